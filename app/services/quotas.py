"""How many requests a client may make in a minute, kept in the database so that several replicas agree.

A process takes ``BLOCK`` requests at once from the client's row of ``client_usage`` and spends them by
itself: the common request costs a look into a dict. What is granted in a minute (UTC) never adds up to more
than the quota, however many processes there are; what one holds and does not spend in that minute is lost.
"""

import asyncio
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from app import books, db
from app.logs import log

BLOCK = 50
"""Requests that a process takes at once; fewer of a small quota, so that processes can share it."""
MOST_CLIENTS = 10_000
"""Clients whose grants a process keeps; of others it takes a new one at their next request."""
UNCOUNTED_SECONDS = 1.0
"""How long all is admitted uncounted after the database could not be written (``books.Busy``)."""
_SHARES = 20
_WINDOW = timedelta(minutes=1)
# One statement takes a block, or what is left of the quota. A row of a later minute is that of a process
# whose clock is ahead, or of a request that overtook this one, and is drawn from; one far ahead, of a clock
# that was wrong, is begun anew.
_FRESH = "(window_start < ? OR window_start > ?)"
_TAKE = f"""
UPDATE client_usage SET
  used = CASE WHEN {_FRESH} THEN ? WHEN used + ? > ? THEN ? ELSE used + ? END,
  granted = CASE WHEN {_FRESH} THEN ? WHEN used + ? > ? THEN ? - used ELSE ? END,
  last_used_at = CASE WHEN {_FRESH} OR last_used_at IS NULL THEN ? ELSE last_used_at END,
  window_start = CASE WHEN {_FRESH} THEN ? ELSE window_start END
WHERE client_id = ? AND ({_FRESH} OR used < ?)
RETURNING granted, used, window_start
"""


class Verdict(NamedTuple):
    """Whether a request is admitted, and what its client has left.

    ``limit`` is the quota, requests in a minute; ``remaining`` what is left of it in this one, as far as
    this process knows: others may have spent some since; ``reset_seconds`` how long until the next minute
    begins (1 to 60).
    """

    allowed: bool
    limit: int
    remaining: int
    reset_seconds: int


class _Held:
    """What this process holds of a client's quota in the minute ``window`` (minutes since 1970)."""

    __slots__ = ("free", "left", "lock", "quota", "uncounted_until", "window")

    def __init__(self) -> None:
        self.window = -1
        self.left = 0
        self.free = 0  # not granted to any process when this one last took a block
        self.quota = 0
        self.uncounted_until = 0.0
        # Many requests at once take one block, not each its own.
        self.lock = asyncio.Lock()


class _Process:
    """What this process holds, for one event loop and one open database."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.opened = db.opened()
        self.held: OrderedDict[UUID, _Held] = OrderedDict()

    def of(self, client_id: UUID) -> _Held:
        found = self.held.get(client_id)
        if found is None:
            found = self.held[client_id] = _Held()
            if len(self.held) > MOST_CLIENTS:
                self.held.popitem(last=False)
        return found


_process: _Process | None = None


async def admit(client_id: UUID, quota: int, now: datetime) -> Verdict:
    """Count one request of a client against its quota; refused when the minute's is used up.

    While the database cannot be written, requests wait up to ``books.WAIT_SECONDS`` and are then admitted
    uncounted: a quota protects the service, and a locked database is no reason to turn readers away.
    """
    global _process
    loop = asyncio.get_running_loop()
    if _process is None or _process.loop is not loop or _process.opened != db.opened():
        _process = _Process(loop)
    seconds = int(now.timestamp())
    window, reset = seconds // 60, 60 - seconds % 60
    held = _process.of(client_id)
    if not _answers(held, window, quota):
        async with held.lock:
            if not _answers(held, window, quota) and held.uncounted_until < loop.time():
                await _take(held, client_id, quota, now, loop)
    if held.left:
        held.left -= 1
        return Verdict(True, quota, held.free + held.left, reset)
    return Verdict(held.uncounted_until >= loop.time(), quota, 0, reset)


def _answers(held: _Held, window: int, quota: int) -> bool:
    """Whether what is held says what to answer: something is left, or all of the quota was granted."""
    return held.window >= window and held.quota == quota and (held.left > 0 or held.free == 0)


async def _take(
    held: _Held, client_id: UUID, quota: int, now: datetime, loop: asyncio.AbstractEventLoop
) -> None:
    block = min(BLOCK, quota, max(1, quota // _SHARES))
    start = now.replace(second=0, microsecond=0)
    fresh = (db.lookup_value(start), db.lookup_value(start + 2 * _WINDOW))
    begins, time = db.lookup_value(start), db.lookup_value(now)
    given: tuple[Any, ...] = (
        *(*fresh, block, block, quota, quota, block),
        *(*fresh, block, block, quota, quota, block),
        *(*fresh, time),
        *(*fresh, begins),
        *(db.lookup_value(client_id), *fresh, quota),
    )
    try:
        row = await books.keep(_TAKE, given)
    except books.Busy:
        held.uncounted_until = loop.time() + UNCOUNTED_SECONDS
        log.warning("quota not counted: the database is busy", client_id=str(client_id))
        return
    held.quota = quota
    if row is None:
        held.window, held.left, held.free = int(start.timestamp()) // 60, 0, 0
        return
    granted, used, window = row
    held.left, held.free = granted, quota - used
    held.window = int(db.lookup_time(window).timestamp()) // 60
