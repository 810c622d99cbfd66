"""Priorities of a plan."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, bindparam, func, select

from app.access.roles import Operation, Principal
from app.clock import Moment
from app.models.base import changed_fields
from app.models.priorities import PriorityCreate, PriorityUpdate
from app.models.tables import people, priorities
from app.services import access, lists, plans, records

_ALL: Select[Any] = select(
    priorities, people.c.name.label("sro_name"), people.c.organisation.label("sro_organisation")
).select_from(priorities.outerjoin(people, people.c.id == priorities.c.sro_id))
_OF_PLAN = priorities.c.plan_id == bindparam("plan_id")
_LIST = lists.Listing(
    _ALL.where(_OF_PLAN),
    last=[priorities.c.position, priorities.c.id],
    count_from=priorities,
    filters={
        "q": lists.contains(priorities.c.title),
        "ref": priorities.c.ref == bindparam("ref"),
        "updated_since": priorities.c.updated_at >= bindparam("updated_since"),
    },
)
_NAMES = (
    select(priorities.c.id, priorities.c.ref, priorities.c.title, priorities.c.position)
    .where(_OF_PLAN)
    .order_by(priorities.c.position, priorities.c.id)
)
_ONE = _ALL.where(priorities.c.id == bindparam("priority_id"))
_LAST = select(func.max(priorities.c.position)).where(_OF_PLAN)


def _shown(row: Row[Any]) -> dict[str, Any]:
    found = dict(row._mapping)
    name, organisation = found.pop("sro_name"), found.pop("sro_organisation")
    sro_id = found["sro_id"]
    found["sro"] = {"id": sro_id, "name": name, "organisation": organisation} if sro_id else None
    return found


def list_priorities(
    db: Connection,
    who: Principal,
    plan_id: UUID,
    *,
    asked: lists.Page = lists.FIRST_PAGE,
    q: str | None = None,
    ref: str | None = None,
    updated_since: datetime | None = None,
) -> dict[str, Any]:
    """The priorities of a plan, in their order. Raises NotFound for an unknown plan."""
    plans.get_plan(db, who, plan_id)
    wanted = {"q": lists.pattern(q), "ref": ref, "updated_since": updated_since}
    rows, following, total = _LIST.page(db, {"plan_id": plan_id}, wanted, asked)
    return lists.answer([_shown(row) for row in rows], following, total)


def of_plan(db: Connection, plan_id: UUID) -> list[dict[str, Any]]:
    """Every priority of a plan in order, without their officers, for figures and refs."""
    rows = db.execute(_NAMES, {"plan_id": plan_id})
    return [dict(row._mapping) for row in rows]


def get_priority(db: Connection, who: Principal, priority_id: UUID) -> dict[str, Any]:
    """One priority. Raises NotFound."""
    records.find(db, who, priorities, priority_id, "priority")
    return _shown(db.execute(_ONE, {"priority_id": priority_id}).one())


def create_priority(
    db: Connection, who: Principal, at: Moment, plan_id: UUID, body: PriorityCreate
) -> dict[str, Any]:
    """Add a priority to a plan, at its end unless a position is given."""
    access.require(who, Operation.edit)
    plans.get_plan(db, who, plan_id)
    records.require_people(db, who, {"/sro_id": body.sro_id})
    values = {**body.model_dump(), "plan_id": plan_id}
    if values["position"] is None:
        last = db.execute(_LAST, {"plan_id": plan_id}).scalar()
        values["position"] = (last or 0) + 1
    return get_priority(db, who, records.create(db, who, at, priorities, "priority", values))


def change_priority(
    db: Connection,
    who: Principal,
    at: Moment,
    priority_id: UUID,
    body: PriorityUpdate,
    *,
    version: int | None,
) -> dict[str, Any]:
    """Change what was sent. Raises PreconditionFailed when the priority is not at ``version``."""
    access.require(who, Operation.edit)
    current = get_priority(db, who, priority_id)
    records.check_version(current, version, lambda: current)
    values = changed_fields(body)
    records.refuse_nulls(values, ("ref", "title", "position"))
    if "sro_id" in values:
        records.require_people(db, who, {"/sro_id": values["sro_id"]})
    records.change(db, who, at, priorities, "priority", current, values)
    return get_priority(db, who, priority_id)
