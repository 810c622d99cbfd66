"""Which period a day belongs to: what flags, findings and directions need to know of periods, and no more.

Beside ``periods``, which reads figures itself, so that the services of figures need not import it.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select

from app.models.periods import PeriodState
from app.models.tables import periods, publications, registers, risks
from app.services.as_at import DAY


class PeriodDays(NamedTuple):
    """The days of a period."""

    first_day: date
    last_day: date


_OF_PLAN = periods.c.plan_id == bindparam("plan_id", type_=periods.c.plan_id.type)


def contains(day: Any) -> ColumnElement[bool]:
    """Whether a period has a day."""
    found: ColumnElement[bool] = (periods.c.first_day <= day) & (periods.c.last_day >= day)
    return found


def first_day_of(plan_id: Any) -> Any:
    """The first day of the period of a plan (a column) that contains the parameter ``day``, as a column."""
    return (
        select(periods.c.first_day)
        .where(periods.c.plan_id == plan_id, contains(DAY))
        .correlate(plan_id.table)
        .scalar_subquery()
    )


def _last_published(plan_id: Any) -> Select[Any]:
    return select(func.max(periods.c.last_day)).where(
        periods.c.plan_id == plan_id, periods.c.state == PeriodState.published, periods.c.last_day < DAY
    )


def last_published_of(plan_id: Any) -> Any:
    """The last day of a plan's last published period before the parameter ``day``, as a column."""
    # Said and not left to SQLAlchemy: two levels down it would read the table anew, of every area.
    return _last_published(plan_id).correlate(plan_id.table).scalar_subquery()


_LAST_PUBLISHED = _last_published(bindparam("plan_id", type_=periods.c.plan_id.type))
_BETWEEN = select(periods.c.first_day, periods.c.last_day).where(
    _OF_PLAN, periods.c.first_day <= bindparam("last"), periods.c.last_day >= bindparam("first")
)
_LAST_PUBLISHED_BEFORE = _LAST_PUBLISHED.join(publications, publications.c.period_id == periods.c.id).where(
    publications.c.sequence < bindparam("sequence")
)


_PUBLISHED = select(periods.c.ref).where(periods.c.state == PeriodState.published, contains(DAY))
_REGISTERS_PLAN = select(registers.c.plan_id)
_PUBLISHED_OF = {
    "plan_id": _PUBLISHED.where(_OF_PLAN),
    "register_id": _PUBLISHED.where(
        periods.c.plan_id
        == _REGISTERS_PLAN.where(registers.c.id == bindparam("register_id")).scalar_subquery()
    ),
    "risk_id": _PUBLISHED.where(
        periods.c.plan_id
        == _REGISTERS_PLAN.join(risks, risks.c.register_id == registers.c.id)
        .where(risks.c.id == bindparam("risk_id"))
        .scalar_subquery()
    ),
}


def published_on(db: Connection, day: date, **of: UUID) -> str | None:
    """The ref of the published period that a day lies in; None where none does.

    ``of`` names the plan by ``plan_id``, or by the ``register_id`` or ``risk_id`` of a risk register of it.
    """
    (name,) = of
    return db.execute(_PUBLISHED_OF[name], {"day": day, **of}).scalar()


def last_published(
    db: Connection, plan_id: UUID, day: date, *, before_sequence: int | None = None
) -> date | None:
    """The last day of the plan's last published period that ended before a day; None without one.

    With ``before_sequence``, of those published before that place in the area's journal. Directions of risks
    are measured from this day (domain rules, section 3).
    """
    values = {"plan_id": plan_id, "day": day}
    if before_sequence is None:
        return db.execute(_LAST_PUBLISHED, values).scalar()
    return db.execute(_LAST_PUBLISHED_BEFORE, values | {"sequence": before_sequence}).scalar()


_PLACE_OF = (
    select(publications.c.sequence)
    .join(periods, periods.c.id == publications.c.period_id)
    .where(_OF_PLAN, periods.c.last_day == DAY)
)


def publication_place(db: Connection, plan_id: UUID, day: date) -> int:
    """The place in the journal of the publication of the plan's period that ended on a day."""
    place: int = db.execute(_PLACE_OF, {"plan_id": plan_id, "day": day}).scalar_one()
    return place


_NEXT_MEETING = select(func.min(periods.c.meeting_on)).where(_OF_PLAN, periods.c.meeting_on > DAY)


def next_meeting(db: Connection, plan_id: UUID, day: date) -> date | None:
    """When the board of a plan meets first after a day; None where no later meeting is known."""
    return db.execute(_NEXT_MEETING, {"plan_id": plan_id, "day": day}).scalar()


def first_days(db: Connection, plan_id: UUID, days: Sequence[date]) -> dict[date, date | None]:
    """For each of some days in order, the first day of the plan's period that contains it, or None."""
    rows = db.execute(_BETWEEN, {"plan_id": plan_id, "first": days[0], "last": days[-1]})
    spans = [PeriodDays(*row) for row in rows]
    return {
        day: next((one.first_day for one in spans if one.first_day <= day <= one.last_day), None)
        for day in days
    }
