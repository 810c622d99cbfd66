"""What an overview begins with: the area's plans, the priorities of one of them, and its periods."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Row,
    Select,
    String,
    Uuid,
    bindparam,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from app.access.roles import Principal
from app.errors import NotFound
from app.models.periods import PeriodState
from app.models.tables import (
    areas,
    periods,
    plans,
    priorities,
)

_AREA = bindparam("area_id", type_=Uuid)
_PLAN = bindparam("plan_id", type_=Uuid)

_FIRST = select(plans.c.id).where(plans.c.area_id == _AREA).order_by(plans.c.id).limit(1).scalar_subquery()
_CHOSEN = func.coalesce(_PLAN, _FIRST)
_PLANS = ("id", "ref", "title", "kind", "starts_on", "ends_on")
_NAMED_PERIOD = ("id", "ref", "title", "state", "first_day", "last_day", "meeting_on")


def _part(what: str, named: Sequence[ColumnElement[Any]], meeting: Any, place: Any) -> Select[Any]:
    """Rows of the frame: what they are, six columns of theirs, a third day, and a number."""
    names = ("id", "ref", "title", "kind", "first_day", "last_day")
    columns = (one.label(name) for one, name in zip(named, names, strict=True))
    return select(literal(what).label("what"), *columns, meeting.label("meeting_on"), place.label("place"))


_NO_DAY, _NO_WORD = cast(null(), Date), cast(null(), String)
_FRAME = union_all(
    _part("plan", [plans.c[name] for name in _PLANS], _NO_DAY, areas.c.last_sequence)
    .select_from(plans.join(areas, areas.c.id == plans.c.area_id))
    .where(plans.c.area_id == _AREA),
    _part(
        "priority",
        [*(priorities.c[name] for name in ("id", "ref", "title")), _NO_WORD, _NO_DAY, _NO_DAY],
        _NO_DAY,
        priorities.c.position,
    ).where(priorities.c.plan_id == _CHOSEN, priorities.c.area_id == _AREA),
    _part("period", [periods.c[name] for name in _NAMED_PERIOD[:-1]], periods.c.meeting_on, literal(0)).where(
        periods.c.plan_id == _CHOSEN, periods.c.area_id == _AREA
    ),
)


class Frame(NamedTuple):
    """The plans of an area in the order in which they were added; of one of them its priorities and periods.

    ``place`` is that of the area's newest journal entry, read in the same snapshot as all the rest.
    """

    plan: dict[str, Any]
    plans: list[dict[str, Any]]
    priorities: list[dict[str, Any]]
    periods: Sequence[Mapping[str, Any]]
    place: int


def frame(db: Connection, who: Principal, plan_id: UUID | None) -> Frame | None:
    """The frame of a plan, or of the area's first; None for an area without plans. Raises NotFound."""
    of_kind: dict[str, list[Row[Any]]] = {"plan": [], "priority": [], "period": []}
    for row in db.execute(_FRAME, {"area_id": who.area_id, "plan_id": plan_id}):
        of_kind[row.what].append(row)
    rows = sorted(of_kind["plan"], key=lambda row: row.id)
    found: dict[UUID, dict[str, Any]] = {row.id: dict(zip(_PLANS, row[1:], strict=False)) for row in rows}
    if plan_id is not None and plan_id not in found:
        raise NotFound("plan")
    if not rows:
        return None
    ordered = sorted(of_kind["priority"], key=lambda row: (row.place, row.id))
    return Frame(
        found[plan_id or rows[0].id],
        list(found.values()),
        [{"id": row.id, "ref": row.ref, "title": row.title} for row in ordered],
        [dict(zip(_NAMED_PERIOD, row[1:], strict=False)) for row in of_kind["period"]],
        rows[0].place,
    )


_PERIODS = select(*(periods.c[name] for name in _NAMED_PERIOD)).where(
    periods.c.plan_id == _PLAN, periods.c.area_id == _AREA
)


class Periods(NamedTuple):
    """How a day lies to the periods of a plan.

    ``on_day`` contains it; ``published`` is the last day of the last published one before it, from which
    directions are measured; ``meeting_on`` is when the board meets next after it, by the rule of
    ``period_days.next_meeting``.
    """

    every: Sequence[Mapping[str, Any]]
    on_day: Mapping[str, Any] | None
    published: date | None
    meeting_on: date | None

    def reported_from(self, day: date) -> date | None:
        """The first day of the period that contains a day; None where none does."""
        period = _containing(self.every, day)
        return period["first_day"] if period else None

    def was_published(self, last_day: date, before: date) -> bool:
        """Whether a published period ended on a day that is before another."""
        return last_day < before and any(
            one["state"] == PeriodState.published and one["last_day"] == last_day for one in self.every
        )


def periods_on(db: Connection, who: Principal, plan_id: UUID, day: date) -> Periods:
    """The periods of a plan, seen from a day."""
    rows = db.execute(_PERIODS, {"plan_id": plan_id, "area_id": who.area_id})
    return seen_from([dict(zip(_NAMED_PERIOD, row, strict=True)) for row in rows], day)


def seen_from(every: Sequence[Mapping[str, Any]], day: date) -> Periods:
    """Some plan's periods, all of them, seen from a day."""
    ended = [one["last_day"] for one in every if one["state"] == PeriodState.published]
    meetings = [one["meeting_on"] for one in every if one["meeting_on"]]
    return Periods(
        every,
        _containing(every, day),
        max((last for last in ended if last < day), default=None),
        min((one for one in meetings if one > day), default=None),
    )


def _containing(every: Sequence[Mapping[str, Any]], day: date) -> Mapping[str, Any] | None:
    return next((one for one in every if one["first_day"] <= day <= one["last_day"]), None)
