"""Books that are kept beside requests, outside their transactions: quotas and last-used times.

Each statement is a transaction of its own that waits for no sync of the disk: what is lost with the power is
a minute's count. Nothing is done on the event loop: SQLite writes in a thread and on a connection of its own,
in the queue of this process's writers; PostgreSQL is asked through the gate's async pool.
"""

import asyncio
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from app import db, errors

WAIT_SECONDS = 5.0
"""How long a statement waits for other writers."""

Found = tuple[Any, ...] | None


class Busy(Exception):
    """Other writers kept the database for longer than ``WAIT_SECONDS``; nothing was written."""


async def keep(statement: str, parameters: Sequence[Any]) -> Found:
    """Run one statement with ``?`` for parameters and return its first row, if it has one. Raises Busy."""
    try:
        if not db.is_sqlite():
            async with asyncio.timeout(WAIT_SECONDS):
                return await db.lookup(statement, parameters)
        books = _open_books()
        return await asyncio.get_running_loop().run_in_executor(
            books.thread, books.keep, statement, parameters
        )
    except (sqlite3.OperationalError, TimeoutError, errors.Busy) as error:
        raise Busy from error


class _Books:
    """The thread and the connection of the open SQLite file."""

    def __init__(self) -> None:
        self.opened = db.opened()
        self.file, self._writers = db.books(self.close)
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="books")
        self._connection: sqlite3.Connection | None = None

    def keep(self, statement: str, parameters: Sequence[Any]) -> Found:
        # In the writers' queue: polling for the file's lock between them would hardly ever find it free.
        with db.turn(self._writers, WAIT_SECONDS):
            if self._connection is None:
                self._connection = self._connect()
            rows: list[tuple[Any, ...]] = self._connection.execute(statement, parameters).fetchall()
        return rows[0] if rows else None

    def _connect(self) -> sqlite3.Connection:
        found = sqlite3.connect(self.file, isolation_level=None, check_same_thread=False)
        found.execute(f"PRAGMA busy_timeout = {int(WAIT_SECONDS * 1000)}").close()
        # Not OFF: checkpoints, which this connection makes in its turn, must be synced or the file may break.
        found.execute("PRAGMA synchronous = NORMAL").close()
        return found

    def close(self) -> None:
        self.thread.shutdown()
        if self._connection is not None:
            self._connection.close()


_books: _Books | None = None


def _open_books() -> _Books:
    global _books
    if _books is None or _books.opened != db.opened():
        _books = _Books()
    return _books
