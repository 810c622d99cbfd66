"""Making a run: what it sends, once, and a delivery for each recipient that may have it now.

The content is that of the London day on which the run was due, as known when it is made; it is stored with
the run, so that everybody gets the same, however often it is tried. All of it is one transaction, which the
worker that lost the job does not commit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, insert, select, update

from app import clock
from app import db as database
from app.access.roles import Principal, system
from app.models.base import new_id
from app.models.schedule_runs import MailState, RunKind, RunState
from app.models.schedules import ScheduleKind
from app.models.tables import (
    areas,
    people,
    reminded,
    run_deliveries,
    schedule_recipients,
    schedule_runs,
    schedules,
    users,
)
from app.senders.mail import new_message_id
from app.services import job_entries, jobs, recipients, reminders, report_files, reports
from app.services.jobs import Claimed, Handler
from app.services.run_letters import summary_of
from app.services.run_sending import KIND as MAIL
from app.services.run_sending import LANE_LIMIT, lane_of

TRIES = 10
USER = "user_id"
"""What the job of a test names: to whom it goes."""
DISABLED = "The account is disabled."
UNSUBSCRIBED = "They have unsubscribed."
ELSEWHERE = "The account belongs to another area."
NOBODY = "Nothing was sent: the schedule has no recipients."
ALL_LEFT_OUT = "Nothing was sent: every recipient was left out."
FAILED = "Nothing was sent: the message could not be made. {}"
LONGEST_NOTE, LONGEST_SUBJECT = 500, 300


@dataclass(slots=True)
class Made:
    """What a run sends: ``deliveries`` are rows without their ids, ``reminders`` those to be remembered."""

    as_at: date
    subject: str
    content: bytes | None = None
    deliveries: list[dict[str, Any]] = field(default_factory=list)
    reminders: list[dict[str, Any]] = field(default_factory=list)
    note: str = ""


_RUN = (
    select(
        *(schedule_runs.c[name] for name in ("id", "area_id", "kind", "due_at", "state", "note")),
        schedules.c.id.label("schedule_id"),
        schedules.c.plan_id,
        schedules.c.kind.label("schedule_kind"),
        schedules.c.reminders,
        areas.c.name.label("area_name"),
    )
    .join(schedules, schedules.c.id == schedule_runs.c.schedule_id)
    .join(areas, areas.c.id == schedule_runs.c.area_id)
    .where(schedule_runs.c.id == bindparam("run_id"))
)
_RECIPIENTS = (
    select(
        *(schedule_recipients.c[name] for name in ("id", "address", "user_id")),
        func.coalesce(schedule_recipients.c.name, people.c.name).label("name"),
        users.c.email,
        users.c.disabled,
        users.c.area_id.label("user_area_id"),
    )
    .outerjoin(users, users.c.id == schedule_recipients.c.user_id)
    .outerjoin(people, people.c.id == users.c.person_id)
    .where(
        schedule_recipients.c.schedule_id == bindparam("schedule_id"),
        schedule_recipients.c.removed_at.is_(None),
    )
    .order_by(schedule_recipients.c.id)
)
_USER = select(users.c.email, users.c.disabled, users.c.person_id).where(
    users.c.id == bindparam("user_id"), users.c.area_id == bindparam("area_id")
)
_STORE = (
    update(schedule_runs)
    .where(schedule_runs.c.id == bindparam("run_id"), schedule_runs.c.state == RunState.waiting)
    .values(
        **{
            name: bindparam(f"new_{name}")
            for name in ("state", "as_at", "content", "subject", "note", "made_at")
        }
    )
)
_ADD = insert(run_deliveries)
_REMEMBER = insert(reminded)
_FAIL = (
    update(schedule_runs)
    .where(schedule_runs.c.id == bindparam("run_id"), schedule_runs.c.state == RunState.waiting)
    .values(state=RunState.skipped, note=bindparam("why"))
)


def run(claimed: Claimed, _renew: Callable[[], bool], now: datetime) -> None:
    """Make one run, unless it was made already."""
    run_id = UUID(claimed.key)
    with database.read(None) as reader:
        found = reader.execute(_RUN, {"run_id": run_id}).one_or_none()
    if found is None or found.state != RunState.waiting:
        with database.write(None) as writer:
            jobs.finish(writer, claimed, now)
        return
    who = system(found.area_id, found.area_name)
    today = clock.day_of(now)
    if found.schedule_kind == ScheduleKind.reminders:
        # In the transaction that stores it, one at a time in an area: nobody is reminded twice of the same.
        with database.write(who) as writer:
            _store(writer, claimed, found, _reminding(writer, who, found, claimed.payload, today), now)
        return
    with database.read(who) as reader:
        made = _summing_up(reader, who, found, claimed.payload, today)
    with database.write(None) as writer:
        _store(writer, claimed, found, made, now)


def given_up(db: Connection, claimed: Claimed, _now: datetime, error: str) -> None:
    """A run that could not be made, time and again, because of a fault of ours, says so."""
    db.execute(_FAIL, {"run_id": UUID(claimed.key), "why": FAILED.format(error)[:LONGEST_NOTE]})


# --- What is sent -----------------------------------------------------------------------------------------


def _summing_up(db: Connection, who: Principal, found: Any, payload: Mapping[str, Any], today: date) -> Made:
    """The summary as at the day on which it was due, for all that may have it."""
    day = min(found.due_at.astimezone(clock.LONDON).date(), today)
    content = reports.of_day(db, who, found.plan_id, today=today, day=day)
    made = Made(day, summary_of(content, report_files.look(db, who)).subject, reports.as_bytes(content))
    if found.kind == RunKind.test:
        made.deliveries = _to_user(db, who, UUID(payload[USER]))
    else:
        made.deliveries = _to_all(db, who, found.schedule_id)
        made.note = NOBODY if not made.deliveries else ""
    return made


def _to_all(db: Connection, who: Principal, schedule_id: UUID) -> list[dict[str, Any]]:
    """A delivery for each recipient, one for each address; who may not have it is left out, and shown so."""
    unsubscribed = recipients.unsubscribed_addresses(db, schedule_id)
    rows: dict[str, dict[str, Any]] = {}
    for one in db.execute(_RECIPIENTS, {"schedule_id": schedule_id}):
        address = (one.email or one.address).lower()
        why = UNSUBSCRIBED if address in unsubscribed else _left_out(one, who)
        known = rows.get(address)
        # Of two with one address, who may have it counts.
        if known is None or (known["state"] == MailState.left_out and not why):
            rows[address] = _delivery(address, one.name, why, recipient_id=one.id)
    return list(rows.values())


def _left_out(one: Any, who: Principal) -> str:
    if one.user_id is None:
        return ""
    if one.user_area_id != who.area_id:
        return ELSEWHERE
    return DISABLED if one.disabled else ""


def _to_user(db: Connection, who: Principal, user_id: UUID) -> list[dict[str, Any]]:
    one = db.execute(_USER, {"user_id": user_id, "area_id": who.area_id}).one_or_none()
    if one is None:
        return []
    return [_delivery(one.email, None, DISABLED if one.disabled else "")]


def _reminding(db: Connection, who: Principal, found: Any, payload: Mapping[str, Any], today: date) -> Made:
    """A message for each lead that has to be reminded of something, as at today."""
    is_test = found.kind == RunKind.test
    letters = reminders.wanted(
        db, who, found.schedule_id, found.plan_id, found.reminders, today=today, again=is_test
    )
    made = Made(today, reminders.subject(today))
    if is_test:
        user_id = UUID(payload[USER])
        letters = reminders.example_for(db, who, user_id, letters)
        made.deliveries = [one | {"body": letters[0].body} for one in _to_user(db, who, user_id) if letters]
        made.note = "" if letters else reminders.NOTHING
        return made
    for one in letters:
        if one.address:
            made.deliveries.append(_delivery(one.address, one.name, one.left_out, body=one.body))
        if one.address and not one.left_out:
            made.reminders += [{"id": new_id(), "area_id": who.area_id, **mark} for mark in one.marks]
    without = [one.name for one in letters if not one.address]
    made.note = reminders.NOTHING if not letters else reminders.without_address(without)
    if letters and not made.deliveries:
        made.note = f"{reminders.NOBODY_REACHED} {made.note}"
    return made


def _delivery(
    address: str,
    name: str | None,
    left_out: str,
    *,
    recipient_id: UUID | None = None,
    body: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    delivery_id = new_id()
    return {
        "id": delivery_id,
        "recipient_id": recipient_id,
        "address": address.lower(),
        "name": name,
        "message_id": new_message_id(delivery_id),
        "state": MailState.left_out if left_out else MailState.waiting,
        "last_error": left_out or None,
        "body": body,
    }


# --- Storing ----------------------------------------------------------------------------------------------


def _store(db: Connection, claimed: Claimed, found: Any, made: Made, now: datetime) -> None:
    """Store a run with its deliveries and their jobs, and end its own; nothing where that was lost."""
    if not jobs.finish(db, claimed, now):
        return
    to_send = [one for one in made.deliveries if one["state"] == MailState.waiting]
    if made.deliveries and not to_send:
        made.note = f"{ALL_LEFT_OUT} {made.note}".rstrip()
    values = {
        "state": RunState.made if to_send else RunState.done,
        "as_at": made.as_at,
        "content": made.content,
        "subject": made.subject[:LONGEST_SUBJECT],
        "note": " ".join(part for part in (found.note, made.note) if part)[:LONGEST_NOTE] or None,
        "made_at": now,
    }
    stored = {"run_id": found.id, **{f"new_{name}": value for name, value in values.items()}}
    if not db.execute(_STORE, stored).rowcount:
        return
    shared = {"area_id": found.area_id, "run_id": found.id, "attempts": 0, "created_at": now}
    if made.deliveries:
        db.execute(_ADD, [{**one, **shared} for one in made.deliveries])
    if made.reminders:
        db.execute(_REMEMBER, [{**one, "run_id": found.id} for one in made.reminders])
    lanes = {str(one["id"]): lane_of(one["id"]) for one in to_send}
    job_entries.enter_all(db, area_id=found.area_id, kind=MAIL, lanes=lanes, due_at=now, now=now)


# As many as of mail, so that a worker asks one question about both.
HANDLER = Handler(run=run, lane_limit=LANE_LIMIT, tries=TRIES, given_up=given_up)
"""How jobs of the kind ``schedule_run`` are run."""
