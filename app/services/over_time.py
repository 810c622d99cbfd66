"""How many action points had each status over time, for charts: counted from the states of every day."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Date, Integer, Select, bindparam, func, select

from app.access.roles import Principal
from app.models.tables import action_point_states as points
from app.models.tables import plans
from app.plans.statuses import STATUS_BITS, STATUS_CODES, WITHDRAWN, Status
from app.services import records
from app.services.as_at import day as as_at_day
from app.services.progress import month_ends
from app.services.remembered import Remembered

MONTHS = 12
"""A chart of more columns could not be read on a telephone."""

_KIND = points.c.code.op("&", return_type=Integer())(STATUS_BITS + WITHDRAWN)
_LAST, _FIRST = bindparam("last", type_=Date), bindparam("first", type_=Date)
# Spans and not days are counted: one pass over the states, however many days are drawn.
_SPANS: Select[Any] = (
    select(_KIND, points.c.valid_from, points.c.valid_to, func.count())
    .where(
        points.c.plan_id == bindparam("plan_id", type_=points.c.plan_id.type),
        points.c.valid_to > _FIRST,
        points.c.valid_from <= _LAST,
    )
    .group_by(_KIND, points.c.valid_from, points.c.valid_to)
)
_SPANS_UNDER = _SPANS.where(points.c.priority_id == bindparam("priority_id", type_=points.c.priority_id.type))
_STATUSES = {code: status for status, code in STATUS_CODES.items()}


def by_status(
    db: Connection,
    who: Principal,
    plan_id: UUID,
    *,
    today: date,
    as_at: date | None = None,
    priority_id: UUID | None = None,
    months: int = MONTHS,
    place: int | None = None,
) -> list[tuple[date, dict[Status, int]]]:
    """The action points of each status at the end of each of the last ``months``, and on the day itself.

    Of a plan, or of one priority of it; withdrawn ones are left out, as in every count. Raises NotFound for
    an unknown plan; Invalid for a day to come. With a ``place`` (``Remembered.get``) they are
    remembered until the area changes.
    """
    last = as_at_day(as_at, today)

    def counted() -> list[tuple[date, dict[Status, int]]]:
        records.find(db, who, plans, plan_id, "plan")
        return _counted(db, plan_id, last, priority_id, months)

    if place is None:
        return counted()
    key = (plan_id, last, priority_id, months)
    found: list[tuple[date, dict[Status, int]]] = _HISTORIES.get(db, who, key, counted, place=place)
    return found


_HISTORIES = Remembered()


def _counted(
    db: Connection, plan_id: UUID, last: date, priority_id: UUID | None, months: int
) -> list[tuple[date, dict[Status, int]]]:
    days = month_ends(date(max(last.year - 1 - months // 12, 1), last.month, 1), last)[-months - 1 :]
    counts = {day: dict.fromkeys(Status, 0) for day in days}
    parameters = {
        "plan_id": plan_id,
        "priority_id": priority_id,
        "first": days[0],
        "last": last,
    }
    for kind, first, after, count in db.execute(_SPANS_UNDER if priority_id else _SPANS, parameters):
        status = _STATUSES.get(kind)
        if status is None:
            continue  # withdrawn
        for day in days:
            if first <= day < after:
                counts[day][status] += count
    return list(counts.items())
