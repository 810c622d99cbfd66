"""Progress of a plan and of its priorities, today or as at any day: one query, one rule."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Date,
    Select,
    and_,
    bindparam,
    column,
    func,
    literal,
    select,
    union_all,
    values,
)

from app.access.roles import Principal
from app.entries.fold import FOREVER
from app.errors import invalid
from app.models.tables import action_point_states as points
from app.plans.progress import BucketCount
from app.plans.progress import progress as progress_of
from app.plans.states import FIRST_POINT
from app.plans.statuses import DUE_PASSED, REPORTED, START_PASSED
from app.services import period_days, priorities
from app.services.as_at import COMPARE, DAY, stands
from app.services.as_at import day as as_at_day

LONGEST_HISTORY = 120


_BITS = (DUE_PASSED, START_PASSED, REPORTED)
"""The comparisons that depend on the day, as the code has them; the last only matters in a period."""


def counts(
    state: Any, day: ColumnElement[date], reported_from: ColumnElement[date] | None = None
) -> list[ColumnElement[int]]:
    """How many rows of a stored code have which of the comparisons, for each combination of them.

    ``state`` are the columns of a table of states; ``tally`` takes the rows.

    Counted beside each other and not grouped by: so the index is read in its order, without a sort.
    The exact buckets follow by subtraction.
    """
    compared = [state.deadline_on < day, state.start_on < day]
    if reported_from is not None:
        compared.append(state.narrative_on >= reported_from)
    found: list[ColumnElement[int]] = [func.count()]
    for one in range(1, 1 << len(compared)):
        held = [condition for place, condition in enumerate(compared) if one >> place & 1]
        found.append(func.count().filter(and_(*held)))
    return [count.label(f"count_{place}") for place, count in enumerate(found)]


_OF_PLAN = points.c.plan_id == bindparam("plan_id", type_=points.c.plan_id.type)
_GROUP = (points.c.priority_id, points.c.code)


def _statement(*, today: bool, in_period: bool) -> Select[Any]:
    reported_from = bindparam("reported_from", type_=Date) if in_period else None
    return (
        select(*_GROUP, *counts(points.c, DAY, reported_from))
        .where(_OF_PLAN, stands(points.c, today=today))
        .group_by(*_GROUP)
    )


_STATEMENTS = {
    (today, in_period): _statement(today=today, in_period=in_period)
    for today in (True, False)
    for in_period in (True, False)
}


Tally = dict[int, int]
"""How many rows have each bucket's code, its first-point bit included."""


def tally(rows: Iterable[Sequence[Any]]) -> dict[UUID, Tally]:
    """The exact buckets of each priority, from counts that lie over each other.

    A row is a priority, a code, and for each combination of comparisons how many have at least those.
    """
    found: dict[UUID, Tally] = {}
    for priority_id, code, *counts in rows:
        mine = found.setdefault(priority_id, {})
        for bits, count in _exactly(counts):
            if count:
                mine[code + bits] = mine.get(code + bits, 0) + count
    return found


def _exactly(counts: list[int]) -> Iterator[tuple[int, int]]:
    # What has one comparison more is taken off, comparison by comparison.
    for place, _ in enumerate(_BITS[: len(counts).bit_length() - 1]):
        for one in range(len(counts)):
            if not one >> place & 1:
                counts[one] -= counts[one | 1 << place]
    return zip(_BITS_OF, counts, strict=False)


_BITS_OF = tuple(
    sum(bit for place, bit in enumerate(_BITS) if one >> place & 1) for one in range(1 << len(_BITS))
)
"""For each combination of comparisons, what it adds to the code."""


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
    day = as_at_day(as_at, today)
    scope = priorities.scope(db, who, plan_id, day)
    in_period = scope.reported_from is not None
    parameters = {"plan_id": plan_id, "day": day}
    if in_period:
        parameters["reported_from"] = scope.reported_from
    rows = db.execute(_STATEMENTS[day == today, in_period], parameters).all()
    return {"plan": scope.plan, "as_at": day, **_figures(scope.priorities, rows, in_period=in_period)}


def _figures(
    of_plan: Sequence[dict[str, Any]], rows: Iterable[Sequence[Any]], *, in_period: bool
) -> dict[str, Any]:
    by_priority = tally(rows)
    overall: Tally = {}
    for found in by_priority.values():
        for code, count in found.items():
            overall[code] = overall.get(code, 0) + count
    return {
        "overall": progress_of(_buckets(overall, distinct=False), has_period=in_period),
        "priorities": [
            {
                **priority,
                **progress_of(
                    _buckets(by_priority.get(priority["id"], {}), distinct=True), has_period=in_period
                ),
            }
            for priority in of_plan
        ],
    }


_AT_FIRST = points.alias("at_first").c


def _two_days(*, today: bool, in_period: bool) -> CompoundSelect[Any]:
    # Counts of both have as many columns; what the earlier day's narratives say is asked of neither.
    reported_from = bindparam("reported_from", type_=Date) if in_period else None
    stood = (_AT_FIRST.valid_to > COMPARE) & (_AT_FIRST.valid_from <= COMPARE)
    group = (_AT_FIRST.priority_id, _AT_FIRST.code)
    return union_all(
        select(literal(1).label("is_later"), *_GROUP, *counts(points.c, DAY, reported_from))
        .where(_OF_PLAN, stands(points.c, today=today))
        .group_by(*_GROUP),
        select(literal(0), *group, *counts(_AT_FIRST, COMPARE, reported_from))
        .where(_AT_FIRST.plan_id == bindparam("plan_id", type_=points.c.plan_id.type), stood)
        .group_by(*group),
    )


_TWO_DAYS = {
    (today, in_period): _two_days(today=today, in_period=in_period)
    for today in (True, False)
    for in_period in (True, False)
}


def on_two_days(
    db: Connection, scope: priorities.Scope, *, today: date, day: date, compare: date
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Progress of a plan on a day, and on an earlier one without its flags, counted by one statement.

    ``scope`` is that of the later day; it says which plan of the area is counted.
    """
    in_period = scope.reported_from is not None
    parameters = {"plan_id": scope.plan["id"], "day": day, "compare": compare}
    if in_period:
        parameters["reported_from"] = scope.reported_from
    rows = db.execute(_TWO_DAYS[day == today, in_period], parameters).all()
    later, earlier = (
        _figures(scope.priorities, [row[1:] for row in rows if row[0] == which], in_period=in_period)
        for which in (1, 0)
    )
    for one in (earlier["overall"], *earlier["priorities"]):
        del one["flags"]
    return {"plan": scope.plan, "as_at": day, **later}, {"plan": scope.plan, "as_at": compare, **earlier}


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
    last = as_at_day(last_day, today, "/to")
    scope = priorities.scope(db, who, plan_id, last)
    first = (
        first_day
        or db.execute(select(func.min(points.c.valid_from)).where(points.c.plan_id == plan_id)).scalar()
    )
    days = month_ends(first or last, last)
    if not days:
        raise invalid("/from", f"Give a first day that is not after the last, {last}.")
    if len(days) > LONGEST_HISTORY:
        raise invalid("/from", f"Give a span of at most {LONGEST_HISTORY} months.")
    reported_from = period_days.first_days(db, plan_id, days)
    by_day: dict[date, list[Any]] = defaultdict(list)
    for row in db.execute(_on_days(reported_from), {"plan_id": plan_id}):
        by_day[row[0]].append(row[1:])
    return {
        "plan": scope.plan,
        "history": [
            {"as_at": day, **_figures(scope.priorities, by_day[day], in_period=first_day is not None)}
            for day, first_day in reported_from.items()
        ],
    }


def _on_days(reported_from: Mapping[date, date | None]) -> Select[Any]:
    # Nothing has been told since for ever: a null would have no type on PostgreSQL.
    rows = [(day, first_day or FOREVER) for day, first_day in reported_from.items()]
    listed = values(column("day", Date), column("reported_from", Date), name="days").data(rows).cte()
    day = listed.c.day
    return (
        select(day, *_GROUP, *counts(points.c, day, listed.c.reported_from))
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
