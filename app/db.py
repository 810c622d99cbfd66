"""Engines and units of work. The only place that commits.

``read(who)`` and ``write(who)`` are opened inside a route's body, one per request or step of a job:
a snapshot to read from, or a transaction that is committed before the answer goes out. Inside
``together()`` they join its transaction, so that more can be stored with what a route stores, or nothing.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Connection, make_url, text

from app import engines
from app.access.roles import Principal
from app.errors import Busy

if TYPE_CHECKING:
    from psycopg_pool import AsyncConnectionPool


class _Database:
    """The open engines of this process: one that reads, one that writes, and the gate's look-ups."""

    def __init__(self, url: str) -> None:
        self.url = engines.driver_url(url)
        self.is_sqlite = self.url.startswith("sqlite")
        self.reader = (
            engines.sqlite(self.url, "BEGIN") if self.is_sqlite else engines.postgresql(self.url, reads=True)
        )
        self.writer = (
            engines.sqlite(self.url, "BEGIN IMMEDIATE")
            if self.is_sqlite
            else engines.postgresql(self.url, reads=False)
        )
        # SQLite has one writer: queueing here is fair and cheap, the file lock is for other processes.
        self.write_lock = threading.Lock()
        self.gate_connection: sqlite3.Connection | None = None
        self.gate_pool: AsyncConnectionPool | None = None
        self.at_close: list[Callable[[], None]] = []

    def close(self) -> None:
        for work in self.at_close:
            work()
        self.reader.dispose()
        self.writer.dispose()
        if self.gate_connection is not None:
            self.gate_connection.close()


_open: _Database | None = None
_opened = 0
# The transaction that reads and writes of this thread join. A thread of the pool begins with a copy of the
# request's context, so what is set in it is seen there alone.
_shared: ContextVar[Connection | None] = ContextVar("shared transaction", default=None)


def open(url: str) -> None:
    """Open the database of this process, closing another one that was open."""
    global _open, _opened
    close()
    _open = _Database(url)
    _opened += 1


def close() -> None:
    """Close the database of this process, if one is open."""
    global _open
    if _open is not None:
        _open.close()
    _open = None


def _database() -> _Database:
    if _open is None:
        raise RuntimeError("no database is open: call db.open(url) first")
    return _open


def is_open() -> bool:
    """Whether this process has a database open."""
    return _open is not None


def opened() -> int:
    """A number for the open database: another one each time that one is opened."""
    return _opened


def is_sqlite() -> bool:
    """Whether the open database is SQLite."""
    return _database().is_sqlite


def books(at_close: Callable[[], None]) -> tuple[str, threading.Lock]:
    """For ``app.books``: the SQLite file, the lock that writers queue for, and what to do on closing."""
    _database().at_close.append(at_close)
    return make_url(_database().url).database or "", _database().write_lock


@contextmanager
def read(who: Principal | None) -> Iterator[Connection]:
    """A snapshot: every query in it sees the same state, and nothing can be written.

    Inside ``together()`` it is that transaction, which sees what was written in it.
    """
    shared = _shared.get()
    if shared is not None:
        yield shared
        return
    with _database().reader.begin() as connection:
        yield connection


@contextmanager
def write(who: Principal | None) -> Iterator[Connection]:
    """A transaction, committed on leaving and rolled back on an error.

    Writers of one area queue: on PostgreSQL by a lock on the area's row, on SQLite by the one writer
    there is. ``None`` (sign-in, token, create-area) takes no area lock. Inside ``together()`` it is a part of
    that transaction, which an error takes back and which is committed with the whole.
    """
    shared = _shared.get()
    if shared is not None:
        with shared.begin_nested():
            _lock_area(shared, who)
            yield shared
        return
    with _writing() as connection:
        _lock_area(connection, who)
        yield connection


@contextmanager
def together() -> Iterator[Connection]:
    """A transaction that every ``write`` and ``read`` inside joins, in this thread.

    Committed on leaving, with all that was written in them, or rolled back on an error. It takes no area lock
    by itself: on PostgreSQL the first ``write(who)`` inside does.
    """
    with _writing() as connection:
        before = _shared.set(connection)
        try:
            yield connection
        finally:
            _shared.reset(before)


@contextmanager
def _writing() -> Iterator[Connection]:
    database = _database()
    if database.is_sqlite:
        with (
            turn(database.write_lock, engines.LOCK_WAIT_SECONDS) as left,
            database.writer.connect() as connection,
        ):
            # Of the file, which another process may have, for what the queue has left of the time.
            engines.wait_at_most(connection, left)
            with connection.begin():
                yield connection
        return
    with database.writer.begin() as connection:
        yield connection


@contextmanager
def turn(writers: threading.Lock, seconds: float) -> Iterator[float]:
    """A place in the queue of writers; how many seconds are left to wait. Raises Busy after all of them."""
    began = time.monotonic()
    if not writers.acquire(timeout=seconds):
        raise Busy
    try:
        yield max(0.0, seconds - (time.monotonic() - began))
    finally:
        writers.release()


def _lock_area(connection: Connection, who: Principal | None) -> None:
    if who is not None and not _database().is_sqlite:
        connection.execute(_LOCK_AREA, {"area_id": who.area_id})


_LOCK_AREA = text("SELECT 1 FROM areas WHERE id = :area_id FOR UPDATE")


def is_ready() -> bool:
    """Whether the database answers."""
    with _database().reader.connect() as connection:
        return connection.execute(text("SELECT 1")).scalar() == 1


async def lookup(statement: str, parameters: Sequence[Any]) -> tuple[Any, ...] | None:
    """One row by a prepared text, for the gate alone, without a thread hop.

    SQLite answers on the event loop in microseconds; PostgreSQL through a small async pool. The
    statement uses ``?`` for parameters.
    """
    database = _database()
    if database.is_sqlite:
        if database.gate_connection is None:
            path = make_url(database.url).database or ""
            database.gate_connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            engines.tune_sqlite(database.gate_connection, None)
        row: tuple[Any, ...] | None = database.gate_connection.execute(statement, parameters).fetchone()
        return row
    if database.gate_pool is None:
        database.gate_pool = engines.gate_pool(database.url)
        await database.gate_pool.open()
    pool = database.gate_pool
    # Not ``pool.connection()``: it ends a transaction, and here there is none. A fifth of the time.
    connection = await pool.getconn()
    try:
        cursor = await connection.execute(statement.replace("?", "%s").encode(), parameters)
        return await cursor.fetchone()
    finally:
        await pool.putconn(connection)


async def close_lookup() -> None:
    """Close the gate's async pool; called when the web process stops."""
    if _open is not None and _open.gate_pool is not None:
        await _open.gate_pool.close()
        _open.gate_pool = None


def lookup_value(value: UUID | datetime) -> object:
    """An id or a time as a raw statement compares it: text on SQLite, as it is stored there."""
    if not is_sqlite():
        return value
    if isinstance(value, UUID):
        return value.hex
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def lookup_time(value: Any) -> datetime:
    """A time as a raw statement returns it: text on SQLite, a datetime on PostgreSQL."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(f"{value}+00:00")


def lookup_id(value: Any) -> UUID:
    """An id as a look-up returns it: text on SQLite, a UUID on PostgreSQL."""
    return value if isinstance(value, UUID) else UUID(value)
