"""When what failed is sent again, and when a webhook is given up: ten tries over three days. Pure."""

import random
from datetime import datetime, timedelta
from uuid import UUID

from app.senders.webhook import Outcome

DELAYS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""After the first try, the second, ... the ninth: the table of Standard Webhooks, 75.5 hours in all."""
MOST_TRIES = len(DELAYS) + 1
JITTER = 0.1
"""Each delay is longer by up to a tenth of it."""
LONGEST_RETRY_AFTER = timedelta(hours=24)
GIVES_UP_AFTER = timedelta(days=3)
LONGEST_PAUSE = timedelta(minutes=10)
_GONE = 410
_TOO_BUSY = frozenset({429, 503})


def delay(delivery_id: UUID, tries: int) -> timedelta:
    """How long after the try with this number the next one is due; the same each time it is asked."""
    share = random.Random(f"{delivery_id}:{tries}").random()
    return DELAYS[tries - 1] * (1 + JITTER * share)


def next_try(delivery_id: UUID, tries: int, outcome: Outcome, now: datetime) -> datetime:
    """When a delivery is tried again: no earlier than a receiver that is too busy asks, within a day."""
    return max(now + delay(delivery_id, tries), _not_before(outcome, now))


def pause_until(failing_since: datetime | None, outcome: Outcome, now: datetime) -> datetime:
    """Until when nothing else is sent to a receiver that takes nothing: half as long again as it has not.

    Otherwise each of a thousand waiting events would knock at a door that is shut.
    """
    pause = min((now - (failing_since or now)) / 2, LONGEST_PAUSE)
    return max(now + pause, _not_before(outcome, now))


def _not_before(outcome: Outcome, now: datetime) -> datetime:
    if outcome.status in _TOO_BUSY and outcome.retry_after:
        return now + min(timedelta(seconds=outcome.retry_after), LONGEST_RETRY_AFTER)
    return now


def is_delivered(outcome: Outcome) -> bool:
    """Whether the receiver took it: any 2xx. A redirect is not followed, and not taken."""
    return outcome.status is not None and 200 <= outcome.status < 300


def disabled_because(outcome: Outcome, failing_since: datetime | None, now: datetime) -> str | None:
    """Why a webhook is disabled after this try; None where it is not."""
    if outcome.status == _GONE:
        return "The receiver answered 410 Gone: it wants no more events."
    if not is_delivered(outcome) and failing_since is not None and now - failing_since >= GIVES_UP_AFTER:
        return f"Nothing arrived for three days. The last try: {describe(outcome)}"
    return None


def describe(outcome: Outcome) -> str:
    """Why a try failed, in words; "" where it did not."""
    if is_delivered(outcome):
        return ""
    return outcome.error or f"The receiver answered {outcome.status}."
