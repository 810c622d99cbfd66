"""The database's history: one numbered file a step, applied by ``send-tracker migrate``."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, create_engine, inspect, make_url, text

from app.engines import driver_url

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent


def configuration(url: str) -> "Config":
    """Alembic's settings for a database, without a file."""
    from alembic.config import Config  # 12 MB that only migrating needs

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = driver_url(url)
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Bring a database up to a revision; does nothing where it is there already."""
    from alembic import command

    command.upgrade(configuration(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Take a database back to a revision; ``base`` removes every table."""
    from alembic import command

    command.downgrade(configuration(url), revision)


def head() -> str:
    """The newest revision that this version of the service knows."""
    files = (FOLDER / "versions").glob("[0-9]*.py")
    return max((path.stem.partition("_")[0] for path in files), default="")


def current(url: str) -> str | None:
    """The revision that a database is at; None where it was never migrated, "" where its tables say none."""
    file = Path(make_url(url).database or "")
    is_sqlite = make_url(url).get_backend_name() == "sqlite"
    if is_sqlite and file.parent.is_dir() and not file.exists():
        return None  # connecting would make an empty file there
    engine = create_engine(driver_url(url))
    try:
        with engine.connect() as connection:
            tables = inspect(connection)
            found: str | None = None
            if tables.has_table("alembic_version"):
                found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            return "" if found is None and tables.has_table("areas") else found
    finally:
        engine.dispose()


def compare_type(*compared: Any) -> bool | None:
    """Alembic's question whether the type of a column differs; None leaves the answer to it.

    SQLite's days are declared as text (models.base): read back as DATE, they are what the models say.
    """
    found, declared = compared[-2:]
    return False if isinstance(found, Date) and isinstance(declared, Date) else None
