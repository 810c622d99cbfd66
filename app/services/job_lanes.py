"""What is done to all waiting jobs of a lane at once: held back, let go, put off, dropped.

Jobs that are running are left alone: their holder says how they end. Each takes effect with the transaction.
"""

from datetime import UTC, datetime

from sqlalchemy import Connection, and_, bindparam, delete, update

from app.models.jobs import JobState
from app.models.tables import jobs

NEVER = datetime(9000, 1, 1, tzinfo=UTC)
"""When a job that is held back is due."""

_WAITING = and_(jobs.c.lane == bindparam("of_lane"), jobs.c.state == JobState.waiting)
_HOLD = update(jobs).where(_WAITING).values(due_at=NEVER)
_RELEASE = update(jobs).where(_WAITING).values(due_at=bindparam("now"), attempts=0)
_HASTEN = (
    update(jobs).where(_WAITING, jobs.c.attempts == 0, jobs.c.due_at < NEVER).values(due_at=bindparam("now"))
)
_POSTPONE = update(jobs).where(_WAITING, jobs.c.due_at < bindparam("until")).values(due_at=bindparam("until"))
_DROP = delete(jobs).where(jobs.c.lane == bindparam("of_lane"))


def hold(db: Connection, lane: str) -> None:
    """Hold the waiting jobs of a lane back until ``release``. One that is entered later is not held."""
    db.execute(_HOLD, {"of_lane": lane})


def release(db: Connection, lane: str, now: datetime) -> None:
    """Make all that waits in a lane due at once, with all its tries."""
    db.execute(_RELEASE, {"of_lane": lane, "now": now})


def postpone(db: Connection, lane: str, until: datetime) -> None:
    """Let nothing of a lane run before ``until``."""
    db.execute(_POSTPONE, {"of_lane": lane, "until": until})


def hasten(db: Connection, lane: str, now: datetime) -> None:
    """Make due what was put off and never tried; what failed by itself waits as long as it did."""
    db.execute(_HASTEN, {"of_lane": lane, "now": now})


def drop(db: Connection, lane: str) -> None:
    """Take every job of a lane out of the ledger; one that runs is lost to its holder."""
    db.execute(_DROP, {"of_lane": lane})
