"""What becomes of due times that no worker was there for."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

GRACE = timedelta(hours=1)
"""A due time that is taken up within it is on time: workers are restarted, and are busy for minutes."""


class Settled(NamedTuple):
    """The due time that becomes a message, if any does, and those that are passed over."""

    sent: datetime | None
    skipped: tuple[datetime, ...]


def settle(due: Sequence[datetime], now: datetime, *, sends_late: bool) -> Settled:
    """What becomes of the due times up to now, in order, that nothing was done about yet.

    However many there are, there is one message, for the last of them: what it says is as at now. Where the
    schedule does not send late, there is none for one that is longer past than ``GRACE``.
    """
    if not due:
        return Settled(None, ())
    if sends_late or now - due[-1] <= GRACE:
        return Settled(due[-1], tuple(due[:-1]))
    return Settled(None, tuple(due))
