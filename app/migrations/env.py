"""Runs migrations; batch mode for SQLite, a lock timeout for PostgreSQL, one transaction for all."""

from alembic import context
from sqlalchemy import Connection, create_engine, text

from app.migrations import compare_type
from app.models.tables import metadata

config = context.config


def _run(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        # Two copies that start together must not migrate twice: the second waits, then finds it done.
        connection.execute(text("SET lock_timeout = '60s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(7364)"))
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=compare_type,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


def _online() -> None:
    given = config.attributes.get("connection")
    if given is not None:
        _run(given)
        return
    engine = create_engine(config.attributes["url"])
    try:
        with engine.begin() as connection:
            _run(connection)
    finally:
        engine.dispose()


_online()
