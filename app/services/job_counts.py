"""How the ledger of background work stands, and the clearing of what ended long ago."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, delete, func, or_, select

from app.models.tables import jobs
from app.services.housekeeping import clear_some
from app.services.job_claims import DEAD, DONE, RUNNING, WAITING

LATE_AFTER = timedelta(minutes=5)
DONE_KEPT = timedelta(days=30)
DEAD_KEPT = timedelta(days=90)


def counts(db: Connection, now: datetime) -> list[dict[str, Any]]:
    """Per kind, of all areas: how many wait, are late (due over 5 minutes ago), run, and are dead."""
    return [row._asdict() for row in db.execute(_COUNTS, {"late": now - LATE_AFTER})]


def _count(*which: Any) -> Any:
    return func.coalesce(func.sum(case((and_(*which), 1), else_=0)), 0)


_COUNTS = (
    select(
        jobs.c.kind,
        _count(jobs.c.state == WAITING).label("waiting"),
        _count(jobs.c.state == WAITING, jobs.c.due_at <= bindparam("late")).label("late"),
        _count(jobs.c.state == RUNNING).label("running"),
        _count(jobs.c.state == DEAD).label("dead"),
    )
    .where(jobs.c.state.in_([WAITING, RUNNING, DEAD]))
    .group_by(jobs.c.kind)
    .order_by(jobs.c.kind)
)


def clear_jobs(db: Connection, now: datetime) -> bool:
    """Forget what was done 30 days ago, and what died 90 days ago; whether there may be more."""
    old = or_(
        and_(jobs.c.state == DONE, jobs.c.finished_at <= now - DONE_KEPT),
        and_(jobs.c.state == DEAD, jobs.c.finished_at <= now - DEAD_KEPT),
    )
    return clear_some(db, jobs.c.id, old, delete(jobs))
