"""Progress of a plan and of its priorities, today or as at any day: one query, one rule."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Date, bindparam, column, func, select, values

from app.access.roles import Principal
from app.entries.fold import FOREVER
from app.errors import invalid
from app.models.tables import action_point_states as points
from app.plans.progress import BucketCount
from app.plans.progress import progress as progress_of
from app.plans.states import FIRST_POINT
from app.plans.statuses import DUE_PASSED, START_PASSED
from app.services import priorities
from app.services.as_at import day as as_at_day

LONGEST_HISTORY = 120


def _counts(day: ColumnElement[date]) -> list[ColumnElement[Any]]:
    """How many rows of a stored code have which comparisons with the day.

    Counted beside each other and not grouped by: so the index is read in its order, without a sort.
    The exact buckets follow by subtraction.
    """
    due, started = points.c.deadline_on < day, points.c.start_on < day
    return [
        func.count().label("rows"),
        func.count().filter(due).label("due"),
        func.count().filter(started).label("started"),
        func.count().filter(due & started).label("both"),
    ]


_DAY = bindparam("day", type_=Date)
_OF_PLAN = points.c.plan_id == bindparam("plan_id", type_=points.c.plan_id.type)
_GROUP = (points.c.priority_id, points.c.code)

_TODAY = select(*_GROUP, *_counts(_DAY)).where(_OF_PLAN, points.c.valid_to == FOREVER).group_by(*_GROUP)
_AS_AT = (
    select(*_GROUP, *_counts(_DAY))
    .where(_OF_PLAN, points.c.valid_to > _DAY, points.c.valid_from <= _DAY)
    .group_by(*_GROUP)
)


Tally = dict[int, int]
"""How many rows have each bucket's code, its first-point bit included."""


def tally(rows: Iterable[Sequence[Any]]) -> dict[UUID, Tally]:
    """The exact buckets of each priority, from counts that lie over each other."""
    found: dict[UUID, Tally] = {}
    for priority_id, code, every, due, started, both in rows:
        mine = found.setdefault(priority_id, {})
        for bits, count in (
            (0, every - due - started + both),
            (DUE_PASSED, due - both),
            (START_PASSED, started - both),
            (DUE_PASSED + START_PASSED, both),
        ):
            if count:
                mine[code + bits] = mine.get(code + bits, 0) + count
    return found


def _buckets(counts: Tally, *, distinct: bool) -> list[BucketCount]:
    # Under one priority each action has one point, so its points are its distinct actions.
    return [
        BucketCount(code & ~FIRST_POINT, count, count if distinct or code & FIRST_POINT else 0)
        for code, count in counts.items()
    ]


def progress(
    db: Connection, who: Principal, plan_id: UUID, *, today: date, as_at: date | None = None
) -> dict[str, Any]:
    """Progress of a plan and each priority as at a day. Raises NotFound; Invalid for a day to come."""
    plan, of_plan = priorities.with_plan(db, who, plan_id)
    day = as_at_day(as_at, today)
    statement = _TODAY if day == today else _AS_AT
    rows = db.execute(statement, {"plan_id": plan_id, "day": day}).all()
    return {"plan": plan, "as_at": day, **_figures(of_plan, rows)}


def _figures(of_plan: Sequence[dict[str, Any]], rows: Iterable[Sequence[Any]]) -> dict[str, Any]:
    by_priority = tally(rows)
    overall: Tally = {}
    for found in by_priority.values():
        for code, count in found.items():
            overall[code] = overall.get(code, 0) + count
    return {
        "overall": progress_of(_buckets(overall, distinct=False), has_period=False),
        "priorities": [
            {
                **priority,
                **progress_of(_buckets(by_priority.get(priority["id"], {}), distinct=True), has_period=False),
            }
            for priority in of_plan
        ],
    }


def history(
    db: Connection,
    who: Principal,
    plan_id: UUID,
    *,
    today: date,
    first_day: date | None = None,
    last_day: date | None = None,
) -> dict[str, Any]:
    """Progress at the end of each month from ``first_day`` to ``last_day``, and on ``last_day``.

    By default from the day the first action was added until today. Raises Invalid for a span that is
    empty or longer than ten years.
    """
    plan, of_plan = priorities.with_plan(db, who, plan_id)
    last = as_at_day(last_day, today, "/to")
    first = (
        first_day
        or db.execute(select(func.min(points.c.valid_from)).where(points.c.plan_id == plan_id)).scalar()
    )
    days = month_ends(first or last, last)
    if not days:
        raise invalid("/from", f"Give a first day that is not after the last, {last}.")
    if len(days) > LONGEST_HISTORY:
        raise invalid("/from", f"Give a span of at most {LONGEST_HISTORY} months.")
    by_day: dict[date, list[Any]] = defaultdict(list)
    for row in db.execute(_on_days(days), {"plan_id": plan_id}):
        by_day[row[0]].append(row[1:])
    return {
        "plan": plan,
        "history": [{"as_at": day, **_figures(of_plan, by_day[day])} for day in days],
    }


def _on_days(days: Sequence[date]) -> Any:
    listed = values(column("day", Date), name="days").data([(day,) for day in days]).cte()
    day = listed.c.day
    return (
        select(day, *_GROUP, *_counts(day))
        .select_from(points.join(listed, (points.c.valid_to > day) & (points.c.valid_from <= day)))
        .where(_OF_PLAN)
        .group_by(day, *_GROUP)
    )


def month_ends(first: date, last: date) -> list[date]:
    """Every last day of a month from ``first`` to ``last``, and ``last`` itself.

    >>> [str(day) for day in month_ends(date(2024, 4, 10), date(2024, 6, 5))]
    ['2024-04-30', '2024-05-31', '2024-06-05']
    """
    found: list[date] = []
    day = first
    while day <= last and len(found) <= LONGEST_HISTORY:
        following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        found.append(min(following - timedelta(days=1), last))
        day = following
    return found
