"""Board reporting periods of a plan: draft, in review, and from publishing on never altered.

Publishing itself is in ``publications``, which stores what is answered for ever.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Date, Row, Select, bindparam, func, select

from app.access.roles import Operation, Principal
from app.clock import Moment
from app.errors import Conflict, Fault, Invalid, NotFound, invalid
from app.models.base import changed_fields
from app.models.periods import PeriodCreate, PeriodState, PeriodUpdate
from app.models.tables import errata, periods, publications
from app.models.tables import plans as plans_table
from app.services import access, lists, period_days, plans, records

_PUBLISHED = {
    "at": publications.c.published_at,
    "on": publications.c.published_on,
    "by": publications.c.author_name,
    "sequence": publications.c.sequence,
    "digest": publications.c.digest,
}
_ALL: Select[Any] = select(
    periods,
    *(column.label(f"published_{name}") for name, column in _PUBLISHED.items()),
    select(func.count())
    .select_from(errata)
    .where(errata.c.period_id == periods.c.id)
    .scalar_subquery()
    .label("errata"),
).select_from(periods.outerjoin(publications, publications.c.period_id == periods.c.id))
_OF_PLAN = periods.c.plan_id == bindparam("plan_id", type_=periods.c.plan_id.type)
_CONTAINS = period_days.contains(bindparam("containing", type_=Date))
_LIST = lists.Listing(
    "periods",
    _ALL.where(_OF_PLAN),
    last=[periods.c.first_day, periods.c.id],
    count_from=periods,
    filters={
        "ref": periods.c.ref == bindparam("ref"),
        "state": periods.c.state == bindparam("state"),
        "containing": _CONTAINS,
        "q": lists.contains(periods.c.title),
        "updated_since": periods.c.updated_at >= bindparam("updated_since"),
        **lists.days({"ending": periods.c.last_day, "meeting": periods.c.meeting_on}),
    },
    sorts={"first_day": [], "updated_at": [periods.c.updated_at]},
)
_ONE = _ALL.where(periods.c.id == bindparam("period_id"), periods.c.area_id == bindparam("area_id"))
_NAMED = ("id", "ref", "title", "first_day", "last_day", "state")
_ON_DAY = (
    select(*(periods.c[name] for name in _NAMED))
    .select_from(plans_table.outerjoin(periods, (periods.c.plan_id == plans_table.c.id) & _CONTAINS))
    .where(
        plans_table.c.id == bindparam("plan_id", type_=plans_table.c.id.type),
        plans_table.c.area_id == bindparam("area_id", type_=plans_table.c.area_id.type),
    )
)
_OVERLAPPING = (
    select(periods.c.ref, periods.c.first_day, periods.c.last_day)
    .where(
        _OF_PLAN,
        periods.c.first_day <= bindparam("last", type_=Date),
        periods.c.last_day >= bindparam("first", type_=Date),
    )
    .order_by(periods.c.first_day)
)
_OTHERS = _OVERLAPPING.where(periods.c.id != bindparam("own_id", type_=periods.c.id.type))


def _shown(row: Row[Any]) -> dict[str, Any]:
    found = dict(row._mapping)
    published = {name: found.pop(f"published_{name}") for name in _PUBLISHED}
    found["published"] = published if published["at"] else None
    for name in [name for name in found if name.startswith(records.CURSOR_KEY)]:
        del found[name]
    return found


def list_periods(
    db: Connection,
    who: Principal,
    plan_id: UUID,
    *,
    asked: lists.Page = lists.FIRST_PAGE,
    ref: str | None = None,
    state: PeriodState | None = None,
    containing: date | None = None,
    q: str | None = None,
    updated_since: datetime | None = None,
    sort: str = "first_day",
    descending: bool = False,
    **days: date | None,
) -> dict[str, Any]:
    """The periods of a plan by their first day, or in another order. Raises NotFound for an unknown plan.

    ``days`` are ``ending_before``, ``ending_after``, ``meeting_before`` and ``meeting_after``.
    """
    plans.get_plan(db, who, plan_id)
    own = {"ref": ref, "state": state, "containing": containing, "q": lists.pattern(q)}
    wanted = {**own, "updated_since": updated_since, **days}
    scope = {"plan_id": plan_id}
    rows, following, total = _LIST.page(db, scope, wanted, asked, sort=sort, descending=descending)
    return lists.answer([_shown(row) for row in rows], following, total)


def on_day(db: Connection, who: Principal, plan_id: UUID, day: date) -> dict[str, Any] | None:
    """What the plan's period that a day lies in is called, and its state; None where no period has the day.

    One seek, as every page with figures asks for it. Raises NotFound for an unknown plan.
    """
    row = db.execute(_ON_DAY, {"plan_id": plan_id, "area_id": who.area_id, "containing": day}).first()
    if row is None:
        raise NotFound("plan")
    return dict(zip(_NAMED, row, strict=True)) if row.id else None


def get_period(db: Connection, who: Principal, period_id: UUID) -> dict[str, Any]:
    """One period. Raises NotFound."""
    row = db.execute(_ONE, {"period_id": period_id, "area_id": who.area_id}).one_or_none()
    if row is None:
        raise NotFound("period")
    return _shown(row)


def create_period(
    db: Connection, who: Principal, at: Moment, plan_id: UUID, body: PeriodCreate
) -> dict[str, Any]:
    """Add a period as a draft. Raises Invalid for a ref in use, or days that do not fit."""
    access.require(who, Operation.edit)
    plans.get_plan(db, who, plan_id)
    values = {**body.model_dump(), "plan_id": plan_id, "state": PeriodState.draft}
    _check_days(db, values)
    return get_period(db, who, records.create(db, who, at, periods, "period", values))


def change_period(
    db: Connection, who: Principal, at: Moment, period_id: UUID, body: PeriodUpdate, *, version: int | None
) -> dict[str, Any]:
    """Change what was sent. Raises Conflict once it is published, PreconditionFailed when it is stale."""
    access.require(who, Operation.edit)
    current = get_period(db, who, period_id)
    records.check_version(current, version, lambda: current)
    require_open(current)
    values = changed_fields(body)
    records.refuse_nulls(values, ("ref", "first_day", "last_day", "state"))
    if values.get("state") == PeriodState.published:
        raise invalid("/state", "Publish it by POST to its `publication`, which freezes its figures.")
    _check_days(db, current | values)
    records.change(db, who, at, periods, "period", current, values)
    return get_period(db, who, period_id)


def require_open(period: Mapping[str, Any]) -> None:
    """Raise Conflict for a published period: nothing of it may change any more."""
    if period["state"] == PeriodState.published:
        raise Conflict("The period is published and stays as it is. Add an erratum to say what is wrong.")


def order_faults(values: Mapping[str, Any]) -> list[Fault]:
    """All that is wrong with the order of a period's days; a day that is None is not looked at."""
    first, last, meeting = values["first_day"], values["last_day"], values["meeting_on"]
    found = []
    if first and last and last < first:
        found.append(Fault("/last_day", f"The last day must not be before the first, {first}."))
    if last and meeting and meeting < last:
        words = f"The board meets about a period when it is over: not before {last}."
        found.append(Fault("/meeting_on", words))
    return found


def _check_days(db: Connection, values: Mapping[str, Any]) -> None:
    """Raise Invalid for days out of order, or that another period of the plan has (it is named)."""
    if found := order_faults(values):
        raise Invalid(found)
    first, last = values["first_day"], values["last_day"]
    parameters = {"plan_id": values["plan_id"], "first": first, "last": last}
    own_id = values.get("id")
    statement = _OTHERS if own_id else _OVERLAPPING
    other = db.execute(statement, parameters | ({"own_id": own_id} if own_id else {})).first()
    if other is not None:
        ref, begins, ends = other
        pointer = "/first_day" if begins <= first <= ends else "/last_day"
        raise invalid(
            pointer,
            f"Choose days outside the period {ref}, {begins} to {ends}: periods of a plan never overlap.",
        )
