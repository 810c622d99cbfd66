"""How the sending of messages stands: for the overview, and in figures for the machines that watch it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, bindparam, case, func, select

from app.access.roles import Operation, Principal, may
from app.models.schedule_runs import MailState, RunState
from app.models.schedules import ScheduleState
from app.models.tables import jobs, run_deliveries, schedule_runs, schedules, webhooks, worker_heartbeats
from app.models.webhooks import WebhookState
from app.services import access, job_counts
from app.services.housekeeping import LATE_AFTER
from app.services.job_claims import WAITING

STOPPED_AFTER = timedelta(minutes=2)
"""A worker that was not seen for so long has stopped: longer than restarting takes."""
_SEEN = select(func.max(worker_heartbeats.c.seen_at)).scalar_subquery()
_SENDING = select(schedule_runs.c.schedule_id).where(
    schedule_runs.c.area_id == bindparam("area_id"),
    schedule_runs.c.state.in_((RunState.waiting, RunState.made)),
)
"""Of whatever state: also of a paused schedule that was sent by hand."""
_NEED_WORKER = (
    select(func.count())
    .where(
        schedules.c.area_id == bindparam("area_id"),
        (schedules.c.state == ScheduleState.active) | schedules.c.id.in_(_SENDING),
    )
    .scalar_subquery()
)
_DISABLED = (
    select(func.count())
    .where(webhooks.c.area_id == bindparam("area_id"), webhooks.c.state == WebhookState.disabled)
    .scalar_subquery()
)
_STANDING = select(_SEEN.label("seen_at"), _NEED_WORKER.label("need_worker"), _DISABLED.label("disabled"))


class Standing(NamedTuple):
    """What stands still in an area, and nothing in its journal says so.

    ``waiting_schedules`` run, or have something to send, and wait for a worker, as none was seen for two
    minutes; ``disabled_webhooks`` are told of nothing any more, counted for those who may manage them.
    """

    waiting_schedules: int
    disabled_webhooks: int


def standing(db: Connection, who: Principal, now: datetime) -> Standing:
    """What stands still, for editors. One statement: the overview asks it each time."""
    access.require(who, Operation.edit)
    found = db.execute(_STANDING, {"area_id": who.area_id}).one()
    is_stopped = found.seen_at is None or now - found.seen_at > STOPPED_AFTER
    return Standing(
        waiting_schedules=found.need_worker if is_stopped else 0,
        disabled_webhooks=found.disabled if may(who, Operation.manage_webhooks) else 0,
    )


# --- Figures ----------------------------------------------------------------------------------------------


class Figures(NamedTuple):
    """Counts of all areas together, with nothing in them that says whose they are.

    ``workers`` were seen in the last 30 seconds and have not stopped, ``seen_at`` is when any was,
    ``oldest_due_seconds`` for how long the oldest job is due.
    """

    workers: int
    seen_at: datetime | None
    jobs: list[dict[str, Any]]
    oldest_due_seconds: float
    deliveries: dict[str, int]
    runs: dict[str, int]
    schedules: dict[str, int]


_WORKERS = select(
    func.coalesce(
        func.sum(
            case(
                (
                    (worker_heartbeats.c.seen_at >= bindparam("since"))
                    & worker_heartbeats.c.stopped_at.is_(None),
                    1,
                ),
                else_=0,
            )
        ),
        0,
    ),
    func.max(worker_heartbeats.c.seen_at),
)
_OLDEST_DUE = select(func.min(jobs.c.due_at)).where(
    jobs.c.state == WAITING, jobs.c.due_at <= bindparam("now")
)


def figures(db: Connection, now: datetime) -> Figures:
    """The figures for monitoring; a handful of statements over indexes."""
    workers, seen_at = db.execute(_WORKERS, {"since": now - LATE_AFTER}).one()
    oldest = db.execute(_OLDEST_DUE, {"now": now}).scalar()
    return Figures(
        workers=workers,
        seen_at=seen_at,
        jobs=job_counts.counts(db, now),
        oldest_due_seconds=max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
        deliveries=_by_state(db, run_deliveries.c.state, MailState),
        runs=_by_state(db, schedule_runs.c.state, RunState),
        schedules=_by_state(db, schedules.c.state, ScheduleState),
    )


def _by_state(db: Connection, column: Column[str], states: Iterable[StrEnum]) -> dict[str, int]:
    found = {row[0]: row[1] for row in db.execute(select(column, func.count()).group_by(column))}
    return {state.value: found.get(state.value, 0) for state in states}
