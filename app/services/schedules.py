"""Schedules of an area: made, changed, paused and resumed by admins; journalled.

When they are due is in ``due_times`` and ``schedule_previews``, what becomes of it in ``schedule_runs``, to
whom it goes in ``recipients``.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, and_, bindparam, func, select, update

from app.access.roles import Operation, Principal
from app.clock import Moment
from app.errors import Conflict, Fault, Invalid, NotFound
from app.models.base import changed_fields
from app.models.schedules import (
    RuleStated,
    ScheduleCreate,
    ScheduleKind,
    ScheduleState,
    ScheduleUpdate,
)
from app.models.tables import plans, schedule_recipients, schedules
from app.schedules import rules
from app.schedules.rules import Rule
from app.schedules.words import describe
from app.services import access, due_times, lists, recipients, records, run_dues

MOST_SCHEDULES = 100
"""Schedules of one area."""
_RULE_FIELDS = tuple(RuleStated.model_fields)
_UNSUBSCRIBED = func.count(schedule_recipients.c.unsubscribed_at)
_OF_SCHEDULE = and_(
    schedule_recipients.c.schedule_id == schedules.c.id, schedule_recipients.c.removed_at.is_(None)
)
_SHOWN: Select[Any] = select(
    schedules,
    select(func.count() - _UNSUBSCRIBED).where(_OF_SCHEDULE).scalar_subquery().label("recipient_count"),
    select(_UNSUBSCRIBED).where(_OF_SCHEDULE).scalar_subquery().label("unsubscribed"),
).where(schedules.c.area_id == bindparam("area_id"))
_ONE = _SHOWN.where(schedules.c.id == bindparam("schedule_id"))
_LIST = lists.Listing(
    "schedules",
    _SHOWN,
    last=[schedules.c.id],
    count_from=schedules,
    filters={
        "state": schedules.c.state == bindparam("state"),
        "kind": schedules.c.kind == bindparam("kind"),
        "plan_id": schedules.c.plan_id == bindparam("plan_id"),
        "updated_since": schedules.c.updated_at >= bindparam("updated_since"),
    },
)
_COUNT = select(func.count()).select_from(schedules).where(schedules.c.area_id == bindparam("area_id"))
_PLAN = select(plans.c.id).where(plans.c.id == bindparam("plan_id"), plans.c.area_id == bindparam("area_id"))
_SETTLED = select(schedules.c.settled_until).where(schedules.c.id == bindparam("of_schedule"))
_SETTLE = (
    update(schedules)
    .where(schedules.c.id == bindparam("of_schedule"))
    .values(settled_until=bindparam("until", type_=schedules.c.settled_until.type))
)


# --- Reading ----------------------------------------------------------------------------------------------


def list_schedules(
    db: Connection,
    who: Principal,
    *,
    now: datetime,
    asked: lists.Page = lists.FIRST_PAGE,
    state: ScheduleState | None = None,
    kind: ScheduleKind | None = None,
    plan_id: UUID | None = None,
    updated_since: datetime | None = None,
) -> dict[str, Any]:
    """The schedules of the area, oldest first."""
    wanted = {"state": state, "kind": kind, "plan_id": plan_id, "updated_since": updated_since}
    rows, following, total = _LIST.page(db, {"area_id": who.area_id}, wanted, asked)
    found = records.as_dicts(rows)
    meetings = due_times.meetings_for(db, found)
    return lists.answer([_shown(one, meetings, now) for one in found], following, total)


def get_schedule(db: Connection, who: Principal, schedule_id: UUID, *, now: datetime) -> dict[str, Any]:
    """One schedule. Raises NotFound."""
    found = row_of(db, who, schedule_id)
    return _shown(found, due_times.meetings_for(db, [found]), now)


def row_of(db: Connection, who: Principal, schedule_id: UUID) -> dict[str, Any]:
    """A schedule as it is kept, with how many recipients it has. Raises NotFound."""
    row = db.execute(_ONE, {"area_id": who.area_id, "schedule_id": schedule_id}).one_or_none()
    if row is None:
        raise NotFound("schedule")
    return dict(row._mapping)


def _shown(row: Mapping[str, Any], meetings: due_times.Meetings, now: datetime) -> dict[str, Any]:
    following: list[datetime] = []
    if row["state"] == ScheduleState.active:
        following = due_times.next_due(row, meetings, max(now, row["settled_until"]), 1)
    return {
        **row,
        "rule": {name: row["rule"].get(name) for name in _RULE_FIELDS},
        "rule_in_words": describe(Rule.of(row["rule"])),
        "next_due_at": following[0] if following else None,
    }


# --- Changing ---------------------------------------------------------------------------------------------


def create_schedule(
    db: Connection, who: Principal, at: Moment, body: ScheduleCreate, *, schedule_id: UUID | None = None
) -> dict[str, Any]:
    """Add a schedule with its recipients, paused unless it is told to run. It is due from now on.

    Raises Invalid where no due times follow from its rule, and for one to run without recipients; Conflict
    beyond ``MOST_SCHEDULES``.
    """
    access.require(who, Operation.manage_schedules)
    if db.execute(_COUNT, {"area_id": who.area_id}).scalar_one() >= MOST_SCHEDULES:
        raise Conflict(f"An area has at most {MOST_SCHEDULES} schedules. Change one that is not used.")
    values = stated(db, who, body, at.today)
    values["settled_until"] = due_times.settled_before(values["starts_on"], at.calendar)
    schedule_id = records.create(db, who, at, schedules, "schedule", values, record_id=schedule_id)
    if body.recipients:
        recipients.add_recipients(db, who, at, schedule_id, body.recipients)
    return get_schedule(db, who, schedule_id, now=at.calendar)


def update_schedule(
    db: Connection,
    who: Principal,
    at: Moment,
    schedule_id: UUID,
    body: ScheduleUpdate,
    *,
    version: int | None,
) -> dict[str, Any]:
    """Change what was sent. A new rule or first day counts from now on: nothing that is past becomes due.

    Raises PreconditionFailed when the schedule is not at ``version``.
    """
    access.require(who, Operation.manage_schedules)
    current = row_of(db, who, schedule_id)
    records.check_version(current, version, lambda: get_schedule(db, who, schedule_id, now=at.calendar))
    values = {**changed_fields(body), **body.model_dump(mode="json", include=_as_kept(body))}
    values |= {"starts_on": body.starts_on} if "starts_on" in values else {}
    records.refuse_nulls(values, ("name", "rule", "missed", "attachments", "starts_on"))
    if "rule" in values:
        values["rule"] = _kept_rule(body.rule)
    merged = {**current, **values}
    _refuse(_unfitting(merged))
    enter_due(db, current, at)
    records.change(db, who, at, schedules, "schedule", current, values)
    if any(values.get(name, current[name]) != current[name] for name in ("rule", "starts_on")):
        _settle(db, schedule_id, due_times.settled_before(merged["starts_on"], at.calendar))
    return get_schedule(db, who, schedule_id, now=at.calendar)


def check_version(
    db: Connection, who: Principal, schedule_id: UUID, version: int | None, *, now: datetime
) -> None:
    """Raise PreconditionFailed when a schedule whose parts change is not at ``version``. Raises NotFound."""
    current = row_of(db, who, schedule_id)
    records.check_version(current, version, lambda: get_schedule(db, who, schedule_id, now=now))


def pause(
    db: Connection, who: Principal, at: Moment, schedule_id: UUID, *, version: int | None = None
) -> dict[str, Any]:
    """Pause a schedule: what falls due from now on is never sent. Does nothing where it is paused."""
    return _set_state(db, who, at, schedule_id, ScheduleState.paused, version)


def resume(
    db: Connection, who: Principal, at: Moment, schedule_id: UUID, *, version: int | None = None
) -> dict[str, Any]:
    """Run a schedule from now on: nothing that fell due while it was paused is sent. Nothing where it runs.

    Raises Invalid for a summary without recipients.
    """
    return _set_state(db, who, at, schedule_id, ScheduleState.active, version)


def _set_state(
    db: Connection, who: Principal, at: Moment, schedule_id: UUID, state: ScheduleState, version: int | None
) -> dict[str, Any]:
    access.require(who, Operation.manage_schedules)
    current = row_of(db, who, schedule_id)
    records.check_version(current, version, lambda: get_schedule(db, who, schedule_id, now=at.calendar))
    if state != current["state"]:
        enter_due(db, current, at)
        if state is ScheduleState.active:
            recipients.require_one(current["kind"], current["recipient_count"], "/state")
            _settle(db, schedule_id, due_times.settled_before(current["starts_on"], at.calendar))
        records.change(db, who, at, schedules, "schedule", current, {"state": state})
    return get_schedule(db, who, schedule_id, now=at.calendar)


def enter_due(db: Connection, current: Mapping[str, Any], at: Moment) -> None:
    """What was due by the schedule as it was is sent, though no worker has come to it yet."""
    more = current["state"] == ScheduleState.active
    while more:
        settled = db.execute(_SETTLED, {"of_schedule": current["id"]}).scalar_one()
        more = run_dues.settle(db, {**current, "settled_until": settled}, at.calendar, entered_at=at.now)


def _settle(db: Connection, schedule_id: UUID, until: datetime) -> None:
    db.execute(_SETTLE, {"of_schedule": schedule_id, "until": until})


# --- What is stated ---------------------------------------------------------------------------------------


def stated(db: Connection, who: Principal, body: ScheduleCreate, today: date) -> dict[str, Any]:
    """The columns that a new schedule states. Raises Invalid, each fault by its field."""
    values = {
        **body.model_dump(mode="json", exclude={"recipients", "plan_id", "starts_on", "rule"}),
        "plan_id": body.plan_id,
        "rule": _kept_rule(body.rule),
        "starts_on": body.starts_on or today,
    }
    faults = _unfitting(values)
    if db.execute(_PLAN, {"plan_id": body.plan_id, "area_id": who.area_id}).first() is None:
        faults.append(Fault("/plan_id", "There is no such plan in your area. Check the id."))
    if body.kind is ScheduleKind.reminders and body.recipients:
        faults.append(Fault("/recipients", "Leave this out: reminders go to those who lead the actions."))
    _refuse(faults)
    if body.state == ScheduleState.active:
        recipients.require_one(body.kind, len(body.recipients), "/state")
    return values


def _as_kept(body: ScheduleUpdate) -> set[str]:
    return body.model_fields_set & {"missed", "attachments", "reminders"}


def _kept_rule(rule: RuleStated | None) -> dict[str, Any]:
    return rule.model_dump(mode="json", exclude_none=True) if rule else {}


def _unfitting(values: Mapping[str, Any]) -> list[Fault]:
    """What of a schedule does not go together."""
    found = [Fault(f"/rule{fault.field}", fault.message) for fault in rules.faults(Rule.of(values["rule"]))]
    reminders = values["reminders"]
    if values["kind"] == ScheduleKind.reminders:
        if not reminders or not any(reminders.values()):
            found.append(Fault("/reminders", "Say of what leads are reminded: due, overdue or not updated."))
        if values["attachments"]:
            found.append(Fault("/attachments", "Leave this out: it belongs to `summary`."))
    elif reminders is not None:
        found.append(Fault("/reminders", "Leave this out: it belongs to `reminders`."))
    return found


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise Invalid(faults)
