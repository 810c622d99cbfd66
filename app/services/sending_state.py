"""How the sending of messages stands: for the overview, and in figures for the machines that watch it."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, select

from app.access.roles import Operation, Principal, may
from app.models.schedule_runs import MailState, RunState
from app.models.schedules import ScheduleState
from app.models.tables import jobs, run_deliveries, schedule_runs, schedules, worker_heartbeats
from app.services import job_counts
from app.services.housekeeping import LATE_AFTER
from app.services.job_claims import WAITING

STOPPED_AFTER = timedelta(minutes=2)
"""A worker that was not seen for so long has stopped: longer than restarting takes."""
TOLD_FOR = timedelta(days=30)
"""How long a message that could not be delivered is spoken of."""
_UNDELIVERED = (MailState.refused, MailState.dead)
_DELIVERY = run_deliveries.c
_SEEN = select(func.max(worker_heartbeats.c.seen_at)).scalar_subquery()
_ACTIVE = (
    select(func.count())
    .where(schedules.c.area_id == bindparam("area_id"), schedules.c.state == ScheduleState.active)
    .scalar_subquery()
)
_FAILED = (
    select(func.count())
    .where(
        _DELIVERY.area_id == bindparam("area_id"),
        _DELIVERY.state.in_(_UNDELIVERED),
        _DELIVERY.created_at > bindparam("since"),
    )
    .scalar_subquery()
)
_TROUBLE = select(_SEEN.label("seen_at"), _ACTIVE.label("active"), _FAILED.label("failed"))


class Trouble(NamedTuple):
    """What is wrong with the sending of an area's schedules.

    ``stopped`` is how many active schedules wait for a worker that has stopped, ``failed`` how many messages
    of the last 30 days could not be delivered.
    """

    stopped: int
    failed: int


def trouble(db: Connection, who: Principal, now: datetime) -> Trouble:
    """What editors and administrators must know; nothing for anybody else. One statement."""
    if not may(who, Operation.edit):
        return Trouble(0, 0)
    found = db.execute(_TROUBLE, {"area_id": who.area_id, "since": now - TOLD_FOR}).one()
    is_stopped = found.seen_at is None or now - found.seen_at > STOPPED_AFTER
    return Trouble(found.active if is_stopped else 0, found.failed)


# --- Figures ----------------------------------------------------------------------------------------------

_BY_STATE = {
    "deliveries": select(_DELIVERY.state, func.count()).group_by(_DELIVERY.state),
    "runs": select(schedule_runs.c.state, func.count()).group_by(schedule_runs.c.state),
    "schedules": select(schedules.c.state, func.count()).group_by(schedules.c.state),
}
_STATES = {"deliveries": MailState, "runs": RunState, "schedules": ScheduleState}
_WORKERS = select(func.count()).where(worker_heartbeats.c.seen_at >= bindparam("since"))
_NEWEST = select(func.max(worker_heartbeats.c.seen_at))
_OLDEST_DUE = select(func.min(jobs.c.due_at)).where(
    jobs.c.state == WAITING, jobs.c.due_at <= bindparam("now")
)


def figures(db: Connection, now: datetime) -> dict[str, Any]:
    """Counts of all areas together, with nothing in them that says whose they are."""
    oldest = db.execute(_OLDEST_DUE, {"now": now}).scalar()
    return {
        "workers": db.execute(_WORKERS, {"since": now - LATE_AFTER}).scalar_one(),
        "seen_at": db.execute(_NEWEST).scalar(),
        "jobs": job_counts.counts(db, now),
        "oldest_due_seconds": max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
        **{
            name: {state.value: 0 for state in _STATES[name]}
            | {row[0]: row[1] for row in db.execute(statement)}
            for name, statement in _BY_STATE.items()
        },
    }
