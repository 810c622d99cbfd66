"""Plans of an area."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Uuid, bindparam, select

from app.access.roles import Operation, Principal
from app.clock import Moment
from app.errors import invalid
from app.models.base import changed_fields
from app.models.plans import PlanCreate, PlanKind, PlanUpdate
from app.models.tables import plans, registers
from app.services import access, lists, records

_LIST = lists.Listing(
    "plans",
    select(plans).where(plans.c.area_id == bindparam("area_id")),
    last=[plans.c.id],
    count_from=plans,
    filters={
        "q": lists.contains(plans.c.title),
        "ref": plans.c.ref == bindparam("ref"),
        "kind": plans.c.kind == bindparam("kind"),
        "updated_since": plans.c.updated_at >= bindparam("updated_since"),
        **lists.days({"starts": plans.c.starts_on, "ends": plans.c.ends_on}),
    },
    sorts={"added": [], "ref": [plans.c.ref], "updated_at": [plans.c.updated_at]},
)
_REGISTERS = (
    select(registers.c.id, registers.c.title)
    .where(
        registers.c.area_id == bindparam("area_id", type_=Uuid),
        registers.c.plan_id == bindparam("plan_id", type_=Uuid),
    )
    .order_by(registers.c.id)
)


def priority_label(kind: str) -> str:
    """What a plan of this kind calls its priorities."""
    return "workstream" if kind == PlanKind.grant_programme else "priority"


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "priority_label": priority_label(row["kind"])}


def list_plans(
    db: Connection,
    who: Principal,
    *,
    asked: lists.Page = lists.FIRST_PAGE,
    q: str | None = None,
    ref: str | None = None,
    kind: PlanKind | None = None,
    updated_since: datetime | None = None,
    sort: str = "added",
    descending: bool = False,
    **days: date | None,
) -> dict[str, Any]:
    """The area's plans in the order in which they were added, or another.

    ``days`` are ``starts_before``, ``starts_after``, ``ends_before`` and ``ends_after``.
    """
    wanted = {"q": lists.pattern(q), "ref": ref, "kind": kind, "updated_since": updated_since, **days}
    scope = {"area_id": who.area_id}
    rows, following, total = _LIST.page(db, scope, wanted, asked, sort=sort, descending=descending)
    return lists.answer([_shown(row) for row in records.as_dicts(rows)], following, total)


def registers_of(db: Connection, who: Principal, plan_id: UUID) -> list[dict[str, Any]]:
    """Ids and titles of a plan's registers in the order in which they were added; none of an unknown plan."""
    return records.as_dicts(db.execute(_REGISTERS, {"area_id": who.area_id, "plan_id": plan_id}).all())


def get_plan(db: Connection, who: Principal, plan_id: UUID) -> dict[str, Any]:
    """One plan. Raises NotFound."""
    return _shown(records.find(db, who, plans, plan_id, "plan"))


def create_plan(
    db: Connection, who: Principal, at: Moment, body: PlanCreate, *, plan_id: UUID | None = None
) -> dict[str, Any]:
    """Add a plan, with the id that was set aside for it. Raises Invalid for a ref in use or bad dates."""
    access.require(who, Operation.edit)
    _check_dates(body.starts_on, body.ends_on)
    plan_id = records.create(db, who, at, plans, "plan", body.model_dump(), record_id=plan_id)
    return get_plan(db, who, plan_id)


def change_plan(
    db: Connection, who: Principal, at: Moment, plan_id: UUID, body: PlanUpdate, *, version: int | None
) -> dict[str, Any]:
    """Change what was sent. Raises PreconditionFailed when the plan is not at ``version``."""
    access.require(who, Operation.edit)
    current = get_plan(db, who, plan_id)
    records.check_version(current, version, lambda: current)
    values = changed_fields(body)
    records.refuse_nulls(values, ("ref", "title", "kind"))
    after = current | values
    _check_dates(after["starts_on"], after["ends_on"])
    records.change(db, who, at, plans, "plan", current, values)
    return get_plan(db, who, plan_id)


def _check_dates(starts_on: date | None, ends_on: date | None) -> None:
    if starts_on and ends_on and ends_on < starts_on:
        raise invalid("/ends_on", f"The last day must not be before the first, {starts_on}.")
