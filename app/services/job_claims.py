"""Which jobs of the ledger can be claimed now, found lane by lane (services/jobs.py says what a lane is)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    select,
    union_all,
)

from app.models.jobs import JobState
from app.models.tables import jobs

# States stand in the text: the planner of PostgreSQL knows how few rows are in each.
WAITING: ColumnElement[str] = literal_column(f"'{JobState.waiting}'")
RUNNING: ColumnElement[str] = literal_column(f"'{JobState.running}'")
DEAD: ColumnElement[str] = literal_column(f"'{JobState.dead}'")
DONE: ColumnElement[str] = literal_column(f"'{JobState.done}'")

_other = jobs.alias("other")
_lanes = (
    select(func.min(jobs.c.lane).label("lane")).where(jobs.c.state == WAITING).cte("lanes", recursive=True)
)
# Lane after lane by the index: the thousands that wait in one are passed over.
_lanes = _lanes.union_all(
    select(
        select(func.min(_other.c.lane))
        .where(_other.c.state == WAITING, _other.c.lane > _lanes.c.lane)
        .scalar_subquery()
    ).where(_lanes.c.lane.is_not(None))
)
_OF_KINDS = jobs.c.kind.in_(bindparam("kinds", expanding=True))
WAITS = and_(
    jobs.c.state == WAITING,
    jobs.c.due_at <= bindparam("now"),
    _OF_KINDS,
    # Two questions, each of which an index answers at once.
    ~exists(
        select(1).where(
            _other.c.order_key == jobs.c.order_key,
            _other.c.state == WAITING,
            _other.c.position < jobs.c.position,
        )
    ),
    ~exists(select(1).where(_other.c.order_key == jobs.c.order_key, _other.c.state == RUNNING)),
)
LOST = and_(jobs.c.state == RUNNING, jobs.c.lease_until <= bindparam("now"), _OF_KINDS)


def has_room(lane: Any) -> Any:
    """Whether fewer jobs of the lane are held than may be."""
    held = select(func.count()).where(
        _other.c.state == RUNNING, _other.c.lane == lane, _other.c.lease_until > bindparam("now")
    )
    return held.scalar_subquery() < bindparam("lane_limit")


_OPEN_LANES = union_all(
    select(jobs.c.lane, jobs.c.lease_until.label("since")).where(LOST, has_room(jobs.c.lane)),
    select(
        _lanes.c.lane,
        select(jobs.c.due_at)
        .where(jobs.c.lane == _lanes.c.lane, WAITS)
        .order_by(jobs.c.due_at, jobs.c.position)
        .limit(1)
        .scalar_subquery(),
    ).where(_lanes.c.lane.is_not(None), has_room(_lanes.c.lane)),
)


def open_lanes(db: Connection, now: datetime, *, kinds: Sequence[str], lane_limit: int = 1) -> list[str]:
    """The lanes that have a job to claim, what is due longest first. Reads only, by indexes."""
    found = db.execute(_OPEN_LANES, {"kinds": kinds, "now": now, "lane_limit": lane_limit}).all()
    due = sorted((row.since, row.lane) for row in found if row.since is not None)
    return list(dict.fromkeys(lane for _, lane in due))
