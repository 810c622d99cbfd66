"""Actions of a plan: reading them as at any day, adding and changing them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, FromClause, case, delete, func, insert, literal, select

from app.access.roles import Operation, Principal
from app.clock import Moment
from app.entries.fold import FOREVER
from app.errors import NotFound
from app.models.actions import ActionCreate, ActionUpdate
from app.models.base import changed_fields
from app.models.tables import (
    action_co_leads,
    action_point_states,
    action_states,
    actions,
    plans,
)
from app.plans.statuses import DUE_PASSED, START_PASSED, Status, codes_with_flag
from app.services import access, action_entries, entries, lists, records
from app.services import plans as plans_service
from app.services.action_rows import LEAD, READ, STATE, co_leads_of, shown
from app.services.as_at import day as as_at_day
from app.services.as_at import stands

SORTS = ("ref", "status", "due_on", "lead", "updated_at")


@dataclass(frozen=True, slots=True)
class Filter:
    """What of a plan's actions is asked for; None leaves a filter out."""

    priority_id: UUID | None = None
    status: Status | None = None
    flag: str | None = None
    lead_id: UUID | None = None
    ref: str | None = None
    phase: str | None = None
    responsible_body: str | None = None
    due_before: date | None = None
    due_after: date | None = None
    withdrawn: bool | None = None
    updated_since: datetime | None = None
    q: str | None = None


NO_FILTER = Filter()


def list_actions(
    db: Connection,
    who: Principal,
    plan_id: UUID,
    *,
    today: date,
    as_at: date | None = None,
    wanted: Filter = NO_FILTER,
    sort: str = "ref",
    descending: bool = False,
    asked: lists.Page = lists.FIRST_PAGE,
) -> dict[str, Any]:
    """Distinct actions of a plan as at a day. Raises NotFound for an unknown plan."""
    plans_service.get_plan(db, who, plan_id)
    day = as_at_day(as_at, today)
    statement = READ.where(STATE.plan_id == plan_id, stands(STATE, day, today))
    order = STATE.ref_order
    # Counting every action of a plan reads the index of its states alone.
    count_from: FromClause = action_states
    if _needs_actions(wanted):
        count_from = count_from.join(actions, actions.c.id == STATE.action_id)
    if wanted.priority_id:
        point = action_point_states.c
        under = (
            (point.action_id == STATE.action_id)
            & (point.priority_id == wanted.priority_id)
            & stands(point, day, today)
        )
        statement = statement.join(action_point_states, under)
        count_from = count_from.join(action_point_states, under)
        order = point.ref_order
    statement = statement.where(*_conditions(wanted, day))
    keys = _keys(sort, order)
    name = f"{sort}{'-' if descending else ''}"
    rows, following, total = lists.page(
        db,
        statement,
        keys=keys,
        count_from=count_from,
        asked=asked,
        order=name,
        descending=descending,
    )
    return lists.answer(shown(db, plan_id, rows, day), following, total)


def _keys(sort: str, order: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    first: dict[str, list[ColumnElement[Any]]] = {
        "ref": [],
        "status": [STATE.code.op("&", return_type=STATE.code.type)(3)],
        "due_on": [func.coalesce(STATE.deadline_on, literal(FOREVER))],
        "lead": [func.coalesce(LEAD.c.name, literal("\uffff"))],
        "updated_at": [actions.c.updated_at],
    }
    return [*first[sort], order, actions.c.id]


def _needs_actions(wanted: Filter) -> bool:
    """Whether a filter looks at what is not dated."""
    return any((wanted.lead_id, wanted.phase, wanted.responsible_body, wanted.updated_since, wanted.q))


def _conditions(wanted: Filter, day: date) -> Iterable[ColumnElement[bool]]:
    if wanted.status:
        yield STATE.status == wanted.status
    if wanted.flag:
        due = case((STATE.deadline_on < day, DUE_PASSED), else_=0)
        started = case((STATE.start_on < day, START_PASSED), else_=0)
        yield (STATE.code + due + started).in_(sorted(codes_with_flag(wanted.flag, has_period=False)))
    if wanted.lead_id:
        co_leads = select(action_co_leads.c.action_id).where(action_co_leads.c.person_id == wanted.lead_id)
        yield (actions.c.lead_id == wanted.lead_id) | actions.c.id.in_(co_leads)
    if wanted.ref:
        points = action_point_states.alias("by_ref")
        yield STATE.action_id.in_(
            select(points.c.action_id).where(
                points.c.plan_id == STATE.plan_id,
                points.c.ref == wanted.ref,
                points.c.valid_to > day,
                points.c.valid_from <= day,
            )
        )
    for name in ("phase", "responsible_body"):
        if getattr(wanted, name):
            yield actions.c[name] == getattr(wanted, name)
    if wanted.due_before:
        yield STATE.deadline_on < wanted.due_before
    if wanted.due_after:
        yield STATE.deadline_on > wanted.due_after
    if wanted.withdrawn is not None:
        yield STATE.withdrawn.is_(wanted.withdrawn)
    if wanted.updated_since:
        yield actions.c.updated_at >= wanted.updated_since
    if wanted.q:
        yield lists.contains(actions.c.title, wanted.q)


def get_action(
    db: Connection, who: Principal, action_id: UUID, *, today: date, as_at: date | None = None
) -> dict[str, Any]:
    """One action as at a day. Raises NotFound when it is unknown or was not there on that day."""
    day = as_at_day(as_at, today)
    statement = READ.join(plans, plans.c.id == STATE.plan_id).where(
        actions.c.id == action_id, plans.c.area_id == who.area_id, stands(STATE, day, today)
    )
    row = db.execute(statement).one_or_none()
    if row is None:
        raise NotFound("action" if day == today else f"action on {day}")
    return shown(db, row.plan_id, [row], day)[0]


def create_action(
    db: Connection, who: Principal, at: Moment, plan_id: UUID, body: ActionCreate
) -> dict[str, Any]:
    """Add an action to a plan, true from its effective date. Raises Invalid with every fault."""
    access.require(who, Operation.edit)
    plans_service.get_plan(db, who, plan_id)
    values = body.model_dump(include={*ActionUpdate.model_fields} - {"co_lead_ids"})
    wanted = {"/lead_id": body.lead_id} | _pointers(body.co_lead_ids)
    records.require_people(db, who, wanted)
    facts = entries.stated(body.model_dump(exclude_unset=True), action_entries.FACTS)
    facts |= {"status": str(body.status), "points": entries.stated(body.model_dump(), ["points"])["points"]}
    draft = entries.Draft(
        operation="added",
        effective_on=entries.effective_day(body.effective_on, at.today),
        facts=facts,
        narrative=body.narrative,
        reason=body.reason,
    )
    # First the record, as its entries need it; an error in them takes the whole transaction back.
    action_id = records.create(db, who, at, actions, "action", {**values, "plan_id": plan_id})
    _write_co_leads(db, action_id, body.co_lead_ids)
    action_entries.record(db, who, at, {"id": action_id, "plan_id": plan_id, "version": 1}, draft)
    return get_action(db, who, action_id, today=at.today)


def change_action(
    db: Connection, who: Principal, at: Moment, action_id: UUID, body: ActionUpdate, *, version: int | None
) -> dict[str, Any]:
    """Change what was sent. Raises PreconditionFailed when the action is not at ``version``."""
    access.require(who, Operation.edit)
    current = records.find(db, who, actions, action_id, "action")
    records.check_version(current, version, lambda: get_action(db, who, action_id, today=at.today))
    values = changed_fields(body)
    records.refuse_nulls(values, ("title", "co_lead_ids", "evidence_links"))
    co_leads = values.pop("co_lead_ids", None)
    records.require_people(db, who, {"/lead_id": values.get("lead_id")} | _pointers(co_leads or []))
    also = {}
    if co_leads is not None:
        before = [one["id"] for one in co_leads_of(db, [action_id]).get(action_id, [])]
        also["co_lead_ids"] = (before, list(dict.fromkeys(co_leads)))
        db.execute(delete(action_co_leads).where(action_co_leads.c.action_id == action_id))
        _write_co_leads(db, action_id, co_leads)
    records.change(db, who, at, actions, "action", current, values, also=also)
    return get_action(db, who, action_id, today=at.today)


def _pointers(people_ids: Sequence[UUID]) -> dict[str, UUID | None]:
    return {f"/co_lead_ids/{number}": one for number, one in enumerate(people_ids)}


def _write_co_leads(db: Connection, action_id: UUID, people_ids: Sequence[UUID]) -> None:
    rows = [
        {"action_id": action_id, "person_id": person_id, "position": place}
        for place, person_id in enumerate(dict.fromkeys(people_ids))
    ]
    if rows:
        db.execute(insert(action_co_leads), rows)
