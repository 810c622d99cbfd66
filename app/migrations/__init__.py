"""The database's history: one numbered file a step, applied by ``send-tracker migrate``."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from app.db import driver_url

FOLDER = Path(__file__).parent


def configuration(url: str) -> Config:
    """Alembic's settings for a database, without a file."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = driver_url(url)
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Bring a database up to a revision; does nothing where it is there already."""
    command.upgrade(configuration(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Take a database back to a revision; ``base`` removes every table."""
    command.downgrade(configuration(url), revision)


def head() -> str:
    """The newest revision that this version of the service knows."""
    newest = ScriptDirectory.from_config(configuration("sqlite://"))
    return newest.get_current_head() or ""


def current(url: str) -> str | None:
    """The revision that a database is at; None where it was never migrated."""
    engine = create_engine(driver_url(url))
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            return found
    finally:
        engine.dispose()
