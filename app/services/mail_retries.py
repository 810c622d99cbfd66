"""When a message that was not taken is tried again, and for how long: eleven tries over two days. Pure."""

import random
from datetime import datetime, timedelta
from uuid import UUID

from app.senders.mail import Outcome, Verdict

DELAYS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=4),
    timedelta(hours=8),
    timedelta(hours=12),
    timedelta(hours=20),
)
"""After the first try, the second, ... the tenth: 47 hours and 51 minutes in all.

A minute first: servers that refuse a stranger once (greylisting) take the message then. Two days in all: a
server that is down over a weekend's night comes back, and a figure that is older should be sent anew.
"""
MOST_TRIES = len(DELAYS) + 1
JITTER = 0.1
"""Each delay is longer by up to a tenth of it."""
LONGEST_RETRY_AFTER = timedelta(hours=6)


def delay(delivery_id: UUID, tries: int) -> timedelta:
    """How long after the try with this number the next one is due; the same each time it is asked."""
    share = random.Random(f"{delivery_id}:{tries}").random()
    return DELAYS[min(tries, len(DELAYS)) - 1] * (1 + JITTER * share)


def next_try(delivery_id: UUID, tries: int, outcome: Outcome, now: datetime) -> datetime:
    """When a message is tried again: no earlier than the mail system asks, within six hours."""
    asked = timedelta(seconds=max(0, outcome.retry_after or 0))
    return now + max(delay(delivery_id, tries), min(asked, LONGEST_RETRY_AFTER))


def pause_until(outcome: Outcome, now: datetime) -> datetime | None:
    """Until when nothing else is sent, where the mail system itself keeps us out; None where it does not.

    Otherwise each of ten thousand waiting messages would knock at a door that is shut.
    """
    if outcome.verdict is not Verdict.temporary or not outcome.retry_after:
        return None
    return now + min(timedelta(seconds=outcome.retry_after), LONGEST_RETRY_AFTER)
