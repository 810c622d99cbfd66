"""How databases are connected to: SQLite by one writer and readers beside it, PostgreSQL by pools."""

import sqlite3
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID, SafeUUID

from pydantic_core import from_json
from sqlalchemy import Connection, Dialect, Engine, Uuid, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

if TYPE_CHECKING:
    from psycopg_pool import AsyncConnectionPool

POOL_SIZE = 8
LOCK_WAIT_SECONDS = 30.0


def driver_url(url: str) -> str:
    """The URL with the driver that we use; ``postgresql://`` means psycopg 3."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return url
    return parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def gate_pool(url: str) -> "AsyncConnectionPool":
    """The small pool of the gate's look-ups and of the books, not opened yet."""
    from psycopg_pool import AsyncConnectionPool  # 9 MB that SQLite does not need

    conninfo = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return AsyncConnectionPool(
        conninfo,
        min_size=2,
        max_size=4,
        open=False,
        # Books that are kept through it (app.books) may be lost with the power: no commit waits for the disk.
        kwargs={"autocommit": True, "prepare_threshold": 0, "options": "-c synchronous_commit=off"},
    )


def sqlite(url: str, begin: str) -> Engine:
    """An engine whose transactions begin with this statement."""
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=POOL_SIZE,
        # Errors are logged with their SQL: what people typed, and hashes, must not be in it.
        hide_parameters=True,
        json_deserializer=from_json,
        connect_args={"check_same_thread": False, "isolation_level": None},
    )
    engine.dialect.colspecs = {**engine.dialect.colspecs, Uuid: _QuickUuid}
    event.listen(engine, "connect", tune_sqlite)
    # The driver must not begin by itself: a deferred read-then-write fails at once when locked.
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


class _QuickUuid(Uuid[UUID]):
    """Reads ids from SQLite's text three times as fast: 100 actions hold 400 of them."""

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], UUID | None]:
        """The stored 32 digits as a UUID, without the checks that its constructor makes of any text."""
        return _uuid


@lru_cache(maxsize=4096)
def _uuid(digits: str | None) -> UUID | None:
    # Kept, as most of them repeat: a list names one plan, five priorities and a dozen people.
    if digits is None:
        return None
    found = UUID.__new__(UUID)
    object.__setattr__(found, "int", int(digits, 16))
    object.__setattr__(found, "is_safe", SafeUUID.unknown)
    return found


def tune_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    """Set a new connection up: journal, waiting for locks, keys, memory."""
    for pragma in (
        f"busy_timeout = {LOCK_WAIT_SECONDS * 1000:.0f}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "cache_size = -4000",  # 4 MB a connection: the system caches the file too
        # Not "temp_store = MEMORY": the pages that a bulk's savepoints keep would take 80 MB.
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def wait_at_most(connection: Connection, seconds: float) -> None:
    """Let an SQLite connection wait so long for the file, from its next transaction on."""
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA busy_timeout = {seconds * 1000:.0f}").close()


def postgresql(url: str, *, reads: bool) -> Engine:
    """An engine that reads snapshots and writes nothing, or one that writes."""
    engine = create_engine(
        url,
        pool_size=POOL_SIZE,
        pool_pre_ping=True,
        hide_parameters=True,
        json_deserializer=from_json,
        # One snapshot for all queries of a read, or figures of one page could contradict each other.
        isolation_level="REPEATABLE READ" if reads else "READ COMMITTED",
        connect_args={"options": f"-c timezone=UTC -c lock_timeout={LOCK_WAIT_SECONDS * 1000:.0f}"},
    )
    if reads:
        event.listen(engine, "connect", _only_read)
    return engine


def _only_read(connection: Any, _record: object) -> None:
    connection.read_only = True


def is_lock(error: DBAPIError) -> bool:
    """Whether a statement failed because others held a lock for longer than it waits."""
    code, state = (getattr(error.orig, name, None) for name in ("sqlite_errorcode", "sqlstate"))
    return code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) or state == "55P03"
