"""Controls of a risk."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, Uuid, bindparam, func, select

from app.access.roles import Operation, Principal
from app.clock import Moment
from app.models.base import changed_fields
from app.models.controls import ControlCreate, ControlUpdate
from app.models.tables import controls, registers, risks
from app.services import access, lists, records

_LIST = lists.Listing(
    "controls",
    select(controls).where(controls.c.risk_id == bindparam("risk_id")),
    last=[controls.c.position, controls.c.id],
    count_from=controls,
    filters={
        "in_place": controls.c.in_place == bindparam("in_place"),
        "q": lists.contains(controls.c.description),
        "updated_since": controls.c.updated_at >= bindparam("updated_since"),
    },
    sorts={"position": [], "updated_at": [controls.c.updated_at]},
)

_OF_PLAN: Select[Any] = (
    select(controls)
    .join(risks, risks.c.id == controls.c.risk_id)
    .join(registers, registers.c.id == risks.c.register_id)
    .where(
        registers.c.plan_id == bindparam("plan_id", type_=Uuid),
        registers.c.area_id == bindparam("area_id", type_=Uuid),
    )
    .order_by(controls.c.position, controls.c.id)
)


def list_controls(
    db: Connection,
    who: Principal,
    risk_id: UUID,
    *,
    asked: lists.Page = lists.FIRST_PAGE,
    q: str | None = None,
    in_place: bool | None = None,
    updated_since: datetime | None = None,
    sort: str = "position",
    descending: bool = False,
) -> dict[str, Any]:
    """The controls of a risk, in their order or another. Raises NotFound for an unknown risk."""
    records.find(db, who, risks, risk_id, "risk")
    wanted = {"q": lists.pattern(q), "in_place": in_place, "updated_since": updated_since}
    scope = {"risk_id": risk_id}
    rows, following, total = _LIST.page(db, scope, wanted, asked, sort=sort, descending=descending)
    return lists.answer(records.as_dicts(rows), following, total)


def of_plan(db: Connection, who: Principal, plan_id: UUID) -> list[dict[str, Any]]:
    """The controls of every risk in a plan's registers, in their order; empty for an unknown plan."""
    return records.as_dicts(db.execute(_OF_PLAN, {"plan_id": plan_id, "area_id": who.area_id}).all())


def get_control(db: Connection, who: Principal, control_id: UUID) -> dict[str, Any]:
    """One control. Raises NotFound."""
    return records.find(db, who, controls, control_id, "control")


def create_control(
    db: Connection,
    who: Principal,
    at: Moment,
    risk_id: UUID,
    body: ControlCreate,
    *,
    control_id: UUID | None = None,
) -> dict[str, Any]:
    """Add a control to a risk, with the id that was set aside for it."""
    access.require(who, Operation.edit)
    records.find(db, who, risks, risk_id, "risk")
    last = db.execute(select(func.max(controls.c.position)).where(controls.c.risk_id == risk_id)).scalar()
    values = {**body.model_dump(), "risk_id": risk_id, "position": (last or 0) + 1}
    made = records.create(db, who, at, controls, "control", values, record_id=control_id)
    return get_control(db, who, made)


def change_control(
    db: Connection, who: Principal, at: Moment, control_id: UUID, body: ControlUpdate, *, version: int | None
) -> dict[str, Any]:
    """Change what was sent. Raises PreconditionFailed when the control is not at ``version``."""
    access.require(who, Operation.edit)
    current = get_control(db, who, control_id)
    records.check_version(current, version, lambda: current)
    values = changed_fields(body)
    records.refuse_nulls(values, ("description", "in_place"))
    records.change(db, who, at, controls, "control", current, values)
    return get_control(db, who, control_id)
