"""Actions of a plan: reading them as at any day, adding and changing them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, delete, insert

from app.access.roles import Operation, Principal
from app.clock import Moment
from app.errors import NotFound
from app.models.actions import ActionCreate, ActionUpdate
from app.models.base import changed_fields
from app.models.tables import action_co_leads, actions
from app.plans.statuses import STATUS_CODES, Flag, ImpactState, Status, codes_with_flag
from app.services import access, action_checks, action_entries, entries, lists, priorities, records
from app.services import plans as plans_service
from app.services.action_fields import sparse
from app.services.action_rows import (
    LISTINGS,
    ONE_AS_AT,
    ONE_TODAY,
    REPORTED_ON,
    Asked,
    co_leads_of,
    shown,
    summaries,
    told,
)
from app.services.as_at import day as as_at_day

SORTS = tuple(name for name in LISTINGS[("summary", True, False)].sorts if name != REPORTED_ON)
"""What a list of actions can be sorted by."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What of a plan's actions is asked for; None leaves a filter out."""

    priority_id: UUID | None = None
    status: Status | None = None
    flag: str | None = None
    lead_id: UUID | None = None
    has_lead: bool | None = None
    ref: str | None = None
    phase: str | None = None
    responsible_body: str | None = None
    impact_state: ImpactState | None = None
    depends_on: UUID | None = None
    due_before: date | None = None
    due_after: date | None = None
    start_before: date | None = None
    start_after: date | None = None
    completed_before: date | None = None
    completed_after: date | None = None
    original_due_before: date | None = None
    original_due_after: date | None = None
    review_before: date | None = None
    review_after: date | None = None
    forecast_before: date | None = None
    forecast_after: date | None = None
    impact_review_before: date | None = None
    impact_review_after: date | None = None
    added_before: date | None = None
    added_after: date | None = None
    reported_before: date | None = None
    reported_after: date | None = None
    withdrawn: bool | None = None
    updated_since: datetime | None = None
    q: str | None = None


NO_FILTER = Filter()
_NAMES = tuple(one.name for one in fields(Filter))
# Not the values that have to be looked up first.
_AS_THEY_ARE = [name for name in _NAMES if name not in ("status", "flag", "priority_id", "q")]
Form = Literal["whole", "told", "summary"]
"""How much of each action a list holds: all, a summary with the latest update, or a summary."""


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
    form: Form = "whole",
    only: frozenset[str] | None = None,
) -> dict[str, Any]:
    """Distinct actions of a plan as at a day. Raises NotFound for an unknown plan.

    ``only`` are the fields of a summary that are answered, in place of a form.
    """
    day = as_at_day(as_at, today)
    scope = priorities.scope(db, who, plan_id, day)
    for_day = Asked(day, scope.refs, scope.reported_from)
    some, under_priority = None, wanted.priority_id is not None
    listing = LISTINGS[(form, day == today, under_priority)]
    if only is not None:
        some = sparse(only, sort == "lead", day == today, under_priority)
        listing = some.listing
    given = looked_up(wanted, scope.reported_from is not None)
    parameters = {"plan_id": plan_id, "day": day, "reported_from": scope.reported_from}
    if wanted.priority_id:
        parameters["priority_id"] = wanted.priority_id
    # Not the period of the day, nor what follows from it: somebody may add one between two pages.
    question = {"plan_id": plan_id, "day": day, **{name: getattr(wanted, name) for name in _NAMES}}
    rows, following, total = listing.page(
        db, parameters, given, asked, sort=sort, descending=descending, question=question
    )
    if some:
        items = some.shown(for_day, rows)
    elif form == "whole":
        items = shown(db, for_day, rows)
    else:
        items = (told if form == "told" else summaries)(for_day, rows)
    return lists.answer(items, following, total)


def looked_up(wanted: Filter, in_period: bool) -> dict[str, Any]:
    """The filters as the statements take them; ``in_period`` whether a board period contains the day."""
    given = {name: getattr(wanted, name) for name in _AS_THEY_ARE} | {"q": lists.pattern(wanted.q)}
    if wanted.flag:
        # Only this flag looks at narratives: the others are found in the index alone.
        name = "flag_in_period" if in_period and wanted.flag == Flag.no_reportable_progress else "flag"
        given[name] = sorted(codes_with_flag(wanted.flag, in_period))
    if wanted.status:
        given["status"] = STATUS_CODES[wanted.status]
    return given


def get_action(
    db: Connection, who: Principal, action_id: UUID, *, today: date, as_at: date | None = None
) -> dict[str, Any]:
    """One action as at a day. Raises NotFound when it is unknown or was not there on that day."""
    day = as_at_day(as_at, today)
    statement = ONE_TODAY if day == today else ONE_AS_AT
    parameters = {"action_id": action_id, "area_id": who.area_id, "day": day}
    row = db.execute(statement, parameters).one_or_none()
    if row is None:
        raise NotFound("action" if day == today else f"action on {day}")
    scope = priorities.scope(db, who, row.plan_id, day)
    return shown(db, Asked(day, scope.refs, scope.reported_from), [row])[0]


def create_action(
    db: Connection,
    who: Principal,
    at: Moment,
    plan_id: UUID,
    body: ActionCreate,
    *,
    action_id: UUID | None = None,
) -> dict[str, Any]:
    """Add an action to a plan, true from its effective date, with the id that was set aside for it.

    Raises Invalid with every fault.
    """
    access.require(who, Operation.edit)
    plans_service.get_plan(db, who, plan_id)
    values = body.model_dump(include={*ActionUpdate.model_fields} - {"co_lead_ids"})
    wanted = {"/lead_id": body.lead_id} | _pointers(body.co_lead_ids)
    records.require_people(db, who, wanted)
    facts = entries.stated(body.model_dump(exclude_unset=True), action_entries.FACTS)
    facts |= {"status": str(body.status), "points": entries.stated(body.model_dump(), ["points"])["points"]}
    if body.impact_state is ImpactState.evidenced:
        action_checks.require_evidence(body.evidence_links)
    draft = entries.Draft(
        operation="added",
        effective_on=entries.effective_day(body.effective_on, at.today),
        facts=facts,
        narrative=body.narrative,
        reason=body.reason,
    )
    # First the record, as its entries need it; an error in them takes the whole transaction back.
    also = {"co_lead_ids": list(dict.fromkeys(body.co_lead_ids))} if body.co_lead_ids else None
    own = {**values, "plan_id": plan_id}
    action_id = records.create(db, who, at, actions, "action", own, also=also, record_id=action_id)
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
