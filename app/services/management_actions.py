"""Management actions of a risk: reading them as at any day, their dated entries."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Boolean, Connection, Row, Select, Uuid, bindparam, func, literal, select

from app.access.roles import Operation, Principal
from app.clock import Moment
from app.entries.fold import FOREVER, Entry, fold, state_as_at
from app.errors import NotFound, invalid
from app.models.base import changed_fields
from app.models.management_actions import (
    ManagementActionCreate,
    ManagementActionUpdate,
    ManagementActionUpdateCreate,
)
from app.models.tables import (
    management_action_states,
    management_action_updates,
    management_actions,
    people,
    registers,
    risks,
)
from app.plans.statuses import Comparisons, Status, compare, flags
from app.services import access, entries, entry_lists, lists, period_days, records
from app.services.as_at import DAY, stands
from app.services.as_at import day as as_at_day

_FACTS = ("status", "due_on")
_STATE = management_action_states.c
_READ: Select[Any] = (
    select(
        management_actions,
        _STATE.status,
        _STATE.due_on,
        _STATE.added_on,
        people.c.name.label("lead_name"),
        people.c.organisation.label("lead_organisation"),
    )
    .select_from(management_actions)
    .join(management_action_states, _STATE.management_action_id == management_actions.c.id)
    .outerjoin(people, people.c.id == management_actions.c.lead_id)
)

_COUNTED = management_actions.join(
    management_action_states, _STATE.management_action_id == management_actions.c.id
)
# The rule of _overdue in SQL; a test over all statuses and days keeps the two equal.
_LATE = (_STATE.due_on < DAY) & (func.coalesce(_STATE.status, literal("")) != Status.complete)
_LISTINGS = {
    is_today: lists.Listing(
        "management actions",
        _READ.where(management_actions.c.risk_id == bindparam("risk_id"), stands(_STATE, today=is_today)),
        last=[management_actions.c.position, management_actions.c.id],
        count_from=_COUNTED,
        filters={
            "status": _STATE.status == bindparam("status"),
            "lead_id": management_actions.c.lead_id == bindparam("lead_id"),
            "not_stated": _STATE.status.is_(None) == bindparam("not_stated", type_=Boolean),
            "overdue": func.coalesce(_LATE, literal(False)) == bindparam("overdue", type_=Boolean),
            "q": lists.contains(management_actions.c.title),
            "updated_since": management_actions.c.updated_at >= bindparam("updated_since"),
            **lists.days({"due": _STATE.due_on, "added": _STATE.added_on}),
        },
        sorts={
            "position": [],
            "due_on": [func.coalesce(_STATE.due_on, literal(FOREVER))],
            "updated_at": [management_actions.c.updated_at],
        },
    )
    for is_today in (True, False)
}
_OF_PLAN = {
    is_today: _READ.join(risks, risks.c.id == management_actions.c.risk_id)
    .join(registers, registers.c.id == risks.c.register_id)
    .where(
        registers.c.plan_id == bindparam("plan_id", type_=Uuid),
        registers.c.area_id == bindparam("area_id", type_=Uuid),
        stands(_STATE, today=is_today),
    )
    .order_by(management_actions.c.position, management_actions.c.id)
    for is_today in (True, False)
}
_ONE = {
    is_today: _READ.where(
        management_actions.c.id == bindparam("management_action_id"),
        management_actions.c.area_id == bindparam("area_id"),
        stands(_STATE, today=is_today),
    )
    for is_today in (True, False)
}


def _decode(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {name: entries.day(value) if name == "due_on" else value for name, value in stored.items()}


KIND = entries.Kind(management_action_updates, "management_action_id", "management_action", _decode)


class Filter(NamedTuple):
    """What of a risk's management actions is asked for; None leaves a filter out."""

    status: Status | None = None
    not_stated: bool | None = None
    overdue: bool | None = None
    lead_id: UUID | None = None
    due_before: date | None = None
    due_after: date | None = None
    added_before: date | None = None
    added_after: date | None = None
    updated_since: datetime | None = None
    q: str | None = None


NO_FILTER = Filter()


def list_management_actions(
    db: Connection,
    who: Principal,
    risk_id: UUID,
    *,
    today: date,
    as_at: date | None = None,
    asked: lists.Page = lists.FIRST_PAGE,
    wanted: Filter = NO_FILTER,
    sort: str = "position",
    descending: bool = False,
) -> dict[str, Any]:
    """The management actions of a risk as at a day, in their order or another. Raises NotFound."""
    records.find(db, who, risks, risk_id, "risk")
    day = as_at_day(as_at, today)
    given = wanted._asdict() | {"q": lists.pattern(wanted.q)}
    scope = {"risk_id": risk_id, "day": day}
    listing = _LISTINGS[day == today]
    rows, following, total = listing.page(db, scope, given, asked, sort=sort, descending=descending)
    return lists.answer([_shown(row, day) for row in rows], following, total)


def of_plan(
    db: Connection, who: Principal, plan_id: UUID, *, today: date, as_at: date | None = None
) -> list[dict[str, Any]]:
    """Those of every risk in a plan's registers as at a day, in their order; empty for an unknown plan."""
    day = as_at_day(as_at, today)
    parameters = {"plan_id": plan_id, "area_id": who.area_id, "day": day}
    return [_shown(row, day) for row in db.execute(_OF_PLAN[day == today], parameters)]


def get_management_action(
    db: Connection, who: Principal, management_action_id: UUID, *, today: date, as_at: date | None = None
) -> dict[str, Any]:
    """One management action as at a day. Raises NotFound."""
    day = as_at_day(as_at, today)
    parameters = {"management_action_id": management_action_id, "area_id": who.area_id, "day": day}
    row = db.execute(_ONE[day == today], parameters).one_or_none()
    if row is None:
        raise NotFound("management action" if day == today else f"management action on {day}")
    return _shown(row, day)


def _shown(row: Row[Any], day: date) -> dict[str, Any]:
    (found,) = records.as_dicts([row])
    name, organisation = found.pop("lead_name"), found.pop("lead_organisation")
    lead_id = found["lead_id"]
    found["lead"] = {"id": lead_id, "name": name, "organisation": organisation} if lead_id else None
    return {**found, "as_at": day, "overdue": _overdue(row.status, row.due_on, day)}


def _overdue(status: str | None, due_on: date | None, day: date) -> bool:
    """The rule for actions; one whose status is not stated counts as not complete."""
    compared: Comparisons = compare(
        deadline_on=due_on, original_due_on=None, forecast_on=None, start_on=None, day=day
    )
    return flags(Status(status) if status else Status.not_started, False, compared).overdue


def create_management_action(
    db: Connection,
    who: Principal,
    at: Moment,
    risk_id: UUID,
    body: ManagementActionCreate,
    *,
    management_action_id: UUID | None = None,
) -> dict[str, Any]:
    """Add a management action to a risk, true from its effective date, with the id set aside for it."""
    access.require(who, Operation.edit)
    risk = records.find(db, who, risks, risk_id, "risk")
    records.require_people(db, who, {"/lead_id": body.lead_id})
    table = management_actions.c
    last = db.execute(select(func.max(table.position)).where(table.risk_id == risk_id)).scalar()
    own = {"title": body.title, "lead_id": body.lead_id, "risk_id": risk_id, "position": (last or 0) + 1}
    day = entries.effective_day(body.effective_on, at.today)
    facts = dict.fromkeys(_FACTS) | entries.stated(body.model_dump(), _FACTS)
    draft = entries.Draft("added", day, facts, body.narrative, body.reason)
    new_id = records.create(
        db, who, at, management_actions, "management_action", own, record_id=management_action_id
    )
    _record(db, who, at, {"id": new_id, "version": 1, "risk_id": risk_id}, draft)
    records.touch(db, at, risks, risk)
    return get_management_action(db, who, new_id, today=at.today)


def change_management_action(
    db: Connection,
    who: Principal,
    at: Moment,
    management_action_id: UUID,
    body: ManagementActionUpdate,
    *,
    version: int | None,
) -> dict[str, Any]:
    """Change what was sent. Raises PreconditionFailed when it is not at ``version``."""
    access.require(who, Operation.edit)
    current = records.find(db, who, management_actions, management_action_id, "management action")
    records.check_version(
        current, version, lambda: get_management_action(db, who, management_action_id, today=at.today)
    )
    values = changed_fields(body)
    records.refuse_nulls(values, ("title",))
    records.require_people(db, who, {"/lead_id": values.get("lead_id")})
    records.change(db, who, at, management_actions, "management_action", current, values)
    return get_management_action(db, who, management_action_id, today=at.today)


def list_updates(db: Connection, who: Principal, management_action_id: UUID) -> list[dict[str, Any]]:
    """Every entry of a management action, oldest first, replaced ones included. Raises NotFound."""
    records.find(db, who, management_actions, management_action_id, "management action")
    return entries.load(db, KIND, management_action_id)


def page_of_updates(
    db: Connection,
    who: Principal,
    management_action_id: UUID,
    *,
    asked: lists.Page = lists.FIRST_PAGE,
    wanted: entry_lists.Filter = entry_lists.NO_FILTER,
    descending: bool = False,
) -> dict[str, Any]:
    """A page of a management action's entries, oldest first or newest first. Raises NotFound."""
    records.find(db, who, management_actions, management_action_id, "management action")
    return entry_lists.page(db, KIND, management_action_id, asked, wanted, descending=descending)


def record_update(
    db: Connection,
    who: Principal,
    at: Moment,
    management_action_id: UUID,
    body: ManagementActionUpdateCreate,
    *,
    version: int | None = None,
) -> dict[str, Any]:
    """Record a dated entry and return it."""
    access.require(who, Operation.edit)
    current = records.find(db, who, management_actions, management_action_id, "management action")
    records.check_version(
        current, version, lambda: get_management_action(db, who, management_action_id, today=at.today)
    )
    facts = entries.stated(body.model_dump(exclude_unset=True), _FACTS)
    if not facts and not body.narrative:
        raise invalid("", "State a status, a due date or a narrative.")
    day = entries.effective_day(body.effective_on, at.today)
    draft = entries.Draft("updated", day, facts, body.narrative, body.reason, body.replaces)
    return _record(db, who, at, current, draft)


def _record(
    db: Connection, who: Principal, at: Moment, current: Mapping[str, Any], draft: entries.Draft
) -> dict[str, Any]:
    stored = entries.as_entries(KIND, entries.load(db, KIND, current["id"]))
    entry_id = entries.new_entry_id()
    published = period_days.published_on(db, draft.effective_on, risk_id=current["risk_id"])
    placed = entries.place(stored, draft, published)
    tried = [*stored, entries.draft_entry(KIND, placed, entry_id)]
    was = state_as_at(stored, draft.effective_on) or {}
    before = {name: was.get(name) for name in placed.facts if name in was}
    entry = entries.append(db, who, at, KIND, current["id"], placed, entry_id=entry_id, before=before or None)
    if stored:
        records.touch(db, at, management_actions, current)
    entries.rewrite(db, derive(current["id"], tried))
    return entry


def derive(management_action_id: UUID, found: Sequence[Entry]) -> entries.Derived:
    """The derived rows that a management action with these entries must have."""
    days = fold(found)
    owner = {"management_action_id": management_action_id}
    rows = [
        {**owner, "valid_from": state.valid_from, "valid_to": state.valid_to, "added_on": days[0].valid_from}
        | {name: state.facts.get(name) for name in _FACTS}
        for state in days
    ]
    return entries.Derived(management_action_states, owner, ("management_action_id", "valid_from"), rows)
