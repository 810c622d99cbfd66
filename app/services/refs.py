"""Records by the ref that people know them by: finding and reading one."""

from datetime import date
from typing import Any, NoReturn
from uuid import UUID

from sqlalchemy import Connection, Select, bindparam, select

from app.access.roles import Principal
from app.errors import NotFound
from app.models.tables import action_point_states, plans, priorities, registers, risks
from app.plans.next_ref import next_ref as following
from app.services import actions as actions_service
from app.services import priorities as priorities_service
from app.services import records, ref_cases
from app.services import risks as risks_service
from app.services.as_at import day as as_at_day

_ACTIONS: Select[Any] = (
    select(action_point_states.c.action_id)
    .join(plans, plans.c.id == action_point_states.c.plan_id)
    .where(
        action_point_states.c.plan_id == bindparam("parent_id"),
        plans.c.area_id == bindparam("in_area"),
        action_point_states.c.valid_from <= bindparam("day"),
        action_point_states.c.valid_to > bindparam("day"),
    )
)
ACTION: Select[Any] = _ACTIONS.where(action_point_states.c.ref == bindparam("ref"))
_PRIORITIES: Select[Any] = select(priorities.c.id).where(
    priorities.c.plan_id == bindparam("parent_id"), priorities.c.area_id == bindparam("in_area")
)
PRIORITY: Select[Any] = _PRIORITIES.where(priorities.c.ref == bindparam("ref"))
IN_PLAN: Select[Any] = (
    select(action_point_states.c.priority_id, action_point_states.c.ref)
    .where(
        action_point_states.c.plan_id == bindparam("parent_id"),
        action_point_states.c.valid_from <= bindparam("day"),
        action_point_states.c.valid_to > bindparam("day"),
    )
    .order_by(action_point_states.c.ref_order)
)
_RISKS: Select[Any] = select(risks.c.id).where(
    risks.c.register_id == bindparam("parent_id"), risks.c.area_id == bindparam("in_area")
)
RISK: Select[Any] = _RISKS.where(risks.c.ref == bindparam("ref"))
# The refs that differ from one that was not found in capital letters alone.
_IN_ANOTHER_CASE: dict[str, Select[Any]] = {
    noun: found.with_only_columns(ref).where(ref_cases.like(ref))
    for noun, found, ref in (
        ("action", _ACTIONS, action_point_states.c.ref),
        ("priority", _PRIORITIES, priorities.c.ref),
        ("risk", _RISKS, risks.c.ref),
    )
}


def find_action(db: Connection, who: Principal, plan_id: UUID, ref: str, day: date) -> UUID | None:
    """The action with this ref on a day: any of its refs. Raises NotFound for an unknown plan."""
    records.find(db, who, plans, plan_id, "plan")
    return find(db, who.area_id, ACTION, plan_id, ref, day=day)


def next_refs(db: Connection, who: Principal, plan_id: UUID, day: date) -> dict[UUID, str]:
    """The ref that a new action under each priority of a plan would follow on with; "" where none does.

    Refs of withdrawn actions count: they are in use. Raises NotFound.
    """
    plan = priorities_service.scope(db, who, plan_id, day)
    rows = db.execute(IN_PLAN, {"parent_id": plan_id, "day": day}).all()
    taken = {row.ref for row in rows}
    last = {row.priority_id: row.ref for row in rows}
    return {one["id"]: following(last.get(one["id"]), taken, within=one["ref"]) for one in plan.priorities}


def find_priority(db: Connection, who: Principal, plan_id: UUID, ref: str) -> UUID | None:
    """The priority with this ref. Raises NotFound for an unknown plan."""
    records.find(db, who, plans, plan_id, "plan")
    return find(db, who.area_id, PRIORITY, plan_id, ref)


def find_risk(db: Connection, who: Principal, register_id: UUID, ref: str) -> UUID | None:
    """The risk with this ref. Raises NotFound for an unknown register."""
    records.find(db, who, registers, register_id, "register")
    return find(db, who.area_id, RISK, register_id, ref)


def find(
    db: Connection, area_id: UUID, statement: Select[Any], parent_id: UUID, ref: str, **more: Any
) -> UUID | None:
    """What a statement finds under a parent by ref; no check that the parent is there."""
    given = {"parent_id": parent_id, "in_area": area_id, "ref": ref.strip(), **more}
    found: UUID | None = db.execute(statement, given).scalar()
    return found


def get_action(
    db: Connection, who: Principal, plan_id: UUID, ref: str, *, today: date, as_at: date | None = None
) -> dict[str, Any]:
    """The action with this ref as at a day. Raises NotFound."""
    day = as_at_day(as_at, today)
    action_id = find_action(db, who, plan_id, ref, day) or _missing(db, who, "action", plan_id, ref, day=day)
    return actions_service.get_action(db, who, action_id, today=today, as_at=as_at)


def get_priority(db: Connection, who: Principal, plan_id: UUID, ref: str) -> dict[str, Any]:
    """The priority with this ref. Raises NotFound."""
    priority_id = find_priority(db, who, plan_id, ref) or _missing(db, who, "priority", plan_id, ref)
    return priorities_service.get_priority(db, who, priority_id)


def get_risk(
    db: Connection, who: Principal, register_id: UUID, ref: str, *, today: date, as_at: date | None = None
) -> dict[str, Any]:
    """The risk with this ref as at a day. Raises NotFound."""
    risk_id = find_risk(db, who, register_id, ref) or _missing(db, who, "risk", register_id, ref)
    return risks_service.get_risk(db, who, risk_id, today=today, as_at=as_at)


def _missing(db: Connection, who: Principal, noun: str, parent_id: UUID, ref: str, **more: Any) -> NoReturn:
    """Raise NotFound, which names a ref that differs in capital letters alone where there is one."""
    given = {"parent_id": parent_id, "in_area": who.area_id, "small": ref_cases.small([ref.strip()]), **more}
    other = db.execute(_IN_ANOTHER_CASE[noun], given).scalar()
    raise NotFound(noun, hint=f"There is one with the ref {other}: capital letters count." if other else "")
