"""Updates of an action: dated entries, withdrawal and reinstatement."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.access.roles import Operation, Principal, may
from app.clock import Moment
from app.errors import Conflict, NotAllowed, NotFound, invalid
from app.models.tables import action_states, actions, updates
from app.models.updates import UpdateCreate, Withdrawal
from app.plans.statuses import ImpactState
from app.services import access, action_checks, action_entries, entries, entry_lists, lists, records
from app.services import actions as actions_service
from app.services.action_rows import co_leads_of


def list_updates(db: Connection, who: Principal, action_id: UUID) -> list[dict[str, Any]]:
    """Every entry of an action, oldest first, replaced ones included. Raises NotFound."""
    records.find(db, who, actions, action_id, "action")
    return entries.load(db, action_entries.KIND, action_id)


def find_update(db: Connection, who: Principal, update_id: UUID) -> dict[str, Any]:
    """An entry by its id alone; ``action_id`` says whose it is. Raises NotFound."""
    return records.find(db, who, updates, update_id, "entry")


def page_of_updates(
    db: Connection,
    who: Principal,
    action_id: UUID,
    *,
    asked: lists.Page = lists.FIRST_PAGE,
    wanted: entry_lists.Filter = entry_lists.NO_FILTER,
    descending: bool = False,
) -> dict[str, Any]:
    """A page of an action's entries, oldest first or newest first. Raises NotFound."""
    records.find(db, who, actions, action_id, "action")
    return entry_lists.page(db, action_entries.KIND, action_id, asked, wanted, descending=descending)


def record_update(
    db: Connection,
    who: Principal,
    at: Moment,
    action_id: UUID,
    body: UpdateCreate,
    *,
    version: int | None = None,
) -> dict[str, Any]:
    """Record a dated entry and return it. Raises Invalid; NotAllowed when it is not the caller's to make;
    Conflict while the action is withdrawn; PreconditionFailed when it is not at ``version``.
    """
    current = _open_action(db, who, at, action_id, version, body.replaces)
    stated = body.model_dump(exclude_unset=True)
    facts = entries.stated(stated, action_entries.FACTS)
    if not facts and not body.narrative:
        raise invalid("", "State at least one fact, or a narrative.")
    records.refuse_nulls(stated, ("status", "points", "depends_on"))
    if {"points", "depends_on"} & set(facts) and not may(who, Operation.edit):
        raise NotAllowed("Only editors may move an action or change what it waits for.")
    if facts.get("impact_state") == ImpactState.evidenced:
        action_checks.require_evidence(current["evidence_links"])
    draft = entries.Draft(
        operation="updated",
        effective_on=entries.effective_day(body.effective_on, at.today),
        facts=facts,
        narrative=body.narrative,
        reason=body.reason,
        replaces=body.replaces,
    )
    return action_entries.record(db, who, at, current, draft)


def _open_action(
    db: Connection,
    who: Principal,
    at: Moment,
    action_id: UUID,
    version: int | None,
    replaces: UUID | None,
) -> dict[str, Any]:
    current = records.find(db, who, actions, action_id, "action")
    access.require(who, Operation.contribute, own=_is_own(db, who, current))
    records.check_version(
        current, version, lambda: actions_service.get_action(db, who, action_id, today=at.today)
    )
    corrected = entries.corrected(db, who, action_entries.KIND, action_id, replaces)
    withdrawn = db.execute(_WITHDRAWN, {"action_id": action_id, "day": at.today}).scalar()
    if withdrawn and not (corrected and corrected["operation"] == "withdrawn"):
        raise Conflict("The action is withdrawn. Reinstate it first.")
    return current


def _is_own(db: Connection, who: Principal, action: Mapping[str, Any]) -> bool:
    """Whether the caller leads or co-leads the action; those who may update any need not be looked for."""
    if may(who, Operation.edit) or access.is_person(who, action["lead_id"]):
        return True
    co_leads = co_leads_of(db, [action["id"]]).get(action["id"], ())
    return access.is_person(who, *(one["id"] for one in co_leads))


_WITHDRAWN = select(action_states.c.withdrawn).where(
    action_states.c.action_id == bindparam("action_id"),
    action_states.c.valid_from <= bindparam("day"),
    action_states.c.valid_to > bindparam("day"),
)


def withdraw(
    db: Connection,
    who: Principal,
    at: Moment,
    action_id: UUID,
    body: Withdrawal,
    *,
    version: int | None = None,
) -> dict[str, Any]:
    """Take an action out of every count from a day on. Raises Conflict when it is out already."""
    return _set_withdrawn(db, who, at, action_id, body, version, withdrawn=True)


def reinstate(
    db: Connection,
    who: Principal,
    at: Moment,
    action_id: UUID,
    body: Withdrawal,
    *,
    version: int | None = None,
) -> dict[str, Any]:
    """Take a withdrawn action back into the counts. Raises Conflict when it is not withdrawn."""
    return _set_withdrawn(db, who, at, action_id, body, version, withdrawn=False)


def _set_withdrawn(
    db: Connection,
    who: Principal,
    at: Moment,
    action_id: UUID,
    body: Withdrawal,
    version: int | None,
    *,
    withdrawn: bool,
) -> dict[str, Any]:
    access.require(who, Operation.edit)
    current = records.find(db, who, actions, action_id, "action")
    day = entries.effective_day(body.effective_on, at.today)
    records.check_version(
        current, version, lambda: actions_service.get_action(db, who, action_id, today=at.today)
    )
    try:
        shown = actions_service.get_action(db, who, action_id, today=at.today, as_at=day)
    except NotFound as error:
        raise invalid("/effective_on", "The action was not there yet on that day.") from error
    if shown["withdrawn"] is withdrawn:
        raise Conflict("The action is withdrawn already." if withdrawn else "The action is not withdrawn.")
    draft = entries.Draft(
        operation="withdrawn" if withdrawn else "reinstated",
        effective_on=day,
        facts={"withdrawn": withdrawn},
        reason=body.reason,
    )
    return action_entries.record(db, who, at, current, draft)
