"""What the worker does with runs that are over: says that they are done, and forgets them in the end."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, bindparam, delete, select, update

from app import db as database
from app.models.schedule_runs import RunState
from app.models.tables import areas, reminded, run_deliveries, schedule_recipients, schedule_runs
from app.services.housekeeping import clear_some
from app.services.run_sending import OPEN

KEPT_FOR = timedelta(days=400)
"""A year of meetings and a little more: then a run goes, with the addresses that it was sent to."""
CLEARED_AT_ONCE = 20
_RUN, _DELIVERY = schedule_runs.c, run_deliveries.c
_OPEN_IN_RUN = (
    select(1).where(_DELIVERY.run_id == _RUN.id, _DELIVERY.state.in_(OPEN)).correlate(schedule_runs)
)
# From the areas, so that the index by area and state is used, whatever else is kept.
_ENDED = (
    select(_RUN.id)
    .select_from(areas.join(schedule_runs, (_RUN.area_id == areas.c.id) & (_RUN.state == RunState.made)))
    .where(~_OPEN_IN_RUN.exists())
)
_END = (
    update(schedule_runs)
    .where(_RUN.id.in_(bindparam("ids", expanding=True)), _RUN.state == RunState.made, ~_OPEN_IN_RUN.exists())
    .values(state=RunState.done)
)
_OLD = (
    select(_RUN.id)
    .where(_RUN.created_at <= bindparam("until"))
    .limit(CLEARED_AT_ONCE)
    .with_for_update(skip_locked=True)
)
_TO_RECIPIENT = (
    select(1).where(_DELIVERY.recipient_id == schedule_recipients.c.id).correlate(schedule_recipients)
)


def end_runs(_now: datetime) -> bool:
    """Say of runs of which every message is at its end that they are done: a step of the worker."""
    with database.read(None) as reader:
        found = list(reader.execute(_ENDED).scalars())
    if found:
        with database.write(None) as writer:
            writer.execute(_END, {"ids": found})
    return False


def clear_runs(db: Connection, now: datetime) -> bool:
    """Forget runs of 400 days ago, with what was sent to whom; whether more are left."""
    found = list(db.execute(_OLD, {"until": now - KEPT_FOR}).scalars())
    if found:
        for table in (reminded, run_deliveries):
            db.execute(delete(table).where(table.c.run_id.in_(found)))
        db.execute(delete(schedule_runs).where(_RUN.id.in_(found)))
    return len(found) == CLEARED_AT_ONCE


def clear_recipients(db: Connection, now: datetime) -> bool:
    """Forget recipients removed 400 days ago to whom nothing is recorded; who unsubscribed is remembered."""
    row = schedule_recipients.c
    nobody = and_(row.removed_at <= now - KEPT_FOR, row.unsubscribed_at.is_(None), ~_TO_RECIPIENT.exists())
    return clear_some(db, row.id, nobody, delete(schedule_recipients))
