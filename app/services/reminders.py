"""Whom reminders go to, and of what: each lead in one message, never twice of the same.

What somebody was reminded of is remembered with a mark (``reminded``): the due date and how many days before
it, the due date and how often it was overdue, or the period without an update. A date that moves is another.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.access.roles import Principal
from app.models.schedule_runs import ReminderReason
from app.models.tables import people, periods, reminded, users
from app.plans.statuses import deadline
from app.sentences.words import day_in_words, listed
from app.services import across_plans, recipients
from app.services.period_days import contains

NOTHING = "Nothing was sent: there was nothing to remind anybody of."
DISABLED = "The account is disabled."
UNSUBSCRIBED = "They have unsubscribed."
MOST_NAMED = 5
_AT_ONCE = 5_000


class Letter(NamedTuple):
    """What one person is reminded of.

    ``address`` is "" where none is known; ``left_out`` says why nothing is sent, or is "". ``marks`` are rows
    of ``reminded`` without their run.
    """

    person_id: UUID
    name: str
    address: str
    left_out: str
    body: dict[str, Any]
    marks: list[dict[str, Any]]


class _Item(NamedTuple):
    """One action of which a person is reminded, why, and how that is remembered."""

    action: Mapping[str, Any]
    reason: ReminderReason
    mark: str
    due_on: date | None


_PEOPLE = (
    select(people.c.id, people.c.name, people.c.email, users.c.email.label("user_email"), users.c.disabled)
    .outerjoin(users, users.c.person_id == people.c.id)
    .where(people.c.id.in_(bindparam("ids", expanding=True)), people.c.area_id == bindparam("area_id"))
    .order_by(people.c.name, people.c.id)
)
_REMINDED = select(*(reminded.c[name] for name in ("person_id", "action_id", "reason", "mark"))).where(
    reminded.c.action_id.in_(bindparam("ids", expanding=True)), reminded.c.area_id == bindparam("area_id")
)
_PERIOD = select(periods.c.first_day).where(
    periods.c.plan_id == bindparam("plan_id"), contains(bindparam("day"))
)
_PERSON_OF = select(users.c.person_id).where(
    users.c.id == bindparam("user_id"), users.c.area_id == bindparam("area_id")
)


def subject(day: date) -> str:
    """What a run of reminders is called."""
    return f"Your actions on {day_in_words(day)}"


def without_address(names: Sequence[str]) -> str:
    """That leads have no address; "" where all have one."""
    if not names:
        return ""
    more = len(names) - MOST_NAMED
    named = [*names[:MOST_NAMED], f"{more} more"] if more > 0 else list(names)
    return f"No e-mail address is known of {listed(named)}."


def wanted(
    db: Connection,
    who: Principal,
    schedule_id: UUID,
    plan_id: UUID,
    rule: Mapping[str, Any] | None,
    *,
    today: date,
    again: bool = False,
) -> list[Letter]:
    """A letter for each lead and co-lead that has to be reminded of something in a plan, by name.

    What they were reminded of before is left out, unless it is asked for ``again``.
    """
    if not rule:
        return []
    found = across_plans.still_open(db, who, plan_id, today=today)
    period = db.execute(_PERIOD, {"plan_id": plan_id, "day": today}).scalar()
    by_person: dict[UUID, list[_Item]] = defaultdict(list)
    for action in found:
        item = _item(action, rule, today, period)
        leads = [action["lead"], *action["co_leads"]] if item else []
        for person in leads:
            if item and person and item not in by_person[person["id"]]:
                by_person[person["id"]].append(item)
    if not again:
        _leave_out_known(db, who, by_person)
    return _letters(db, who, schedule_id, {one: items for one, items in by_person.items() if items}, today)


def _item(
    action: Mapping[str, Any], rule: Mapping[str, Any], today: date, period: date | None
) -> _Item | None:
    """Why somebody is reminded of an action, the most pressing reason alone; None where they are not."""
    ongoing = action["due_on"] == "ongoing"
    due_on = deadline(None if ongoing else action["due_on"], ongoing, action["review_on"])
    if due_on is not None:
        left = (due_on - today).days
        apart = rule.get("overdue_every_days")
        if left < 0 and apart:
            return _Item(action, ReminderReason.overdue, f"{due_on}/{(-left - 1) // apart}", due_on)
        nearest = min((days for days in rule.get("due_days") or () if left <= days), default=None)
        if left >= 0 and nearest is not None:
            return _Item(action, ReminderReason.due, f"{due_on}/{nearest}", due_on)
    if rule.get("not_updated") and period and action["flags"]["no_reportable_progress"]:
        return _Item(action, ReminderReason.not_updated, str(period), due_on)
    return None


def _leave_out_known(db: Connection, who: Principal, by_person: dict[UUID, list[_Item]]) -> None:
    ids = list({item.action["id"] for items in by_person.values() for item in items})
    known = set()
    for place in range(0, len(ids), _AT_ONCE):
        some = {"ids": ids[place : place + _AT_ONCE], "area_id": who.area_id}
        known |= {tuple(row) for row in db.execute(_REMINDED, some)}
    for person_id, items in by_person.items():
        by_person[person_id] = [
            one for one in items if (person_id, one.action["id"], one.reason.value, one.mark) not in known
        ]


def _letters(
    db: Connection, who: Principal, schedule_id: UUID, by_person: Mapping[UUID, list[_Item]], today: date
) -> list[Letter]:
    if not by_person:
        return []
    unsubscribed = recipients.unsubscribed_addresses(db, schedule_id)
    letters: list[Letter] = []
    addresses: set[str] = set()
    for one in db.execute(_PEOPLE, {"ids": list(by_person), "area_id": who.area_id}):
        address = (one.email or one.user_email or "").lower()
        left_out = DISABLED if one.disabled else UNSUBSCRIBED if address in unsubscribed else ""
        items = by_person[one.id]
        marks = [
            {"person_id": one.id, "action_id": item.action["id"], "reason": item.reason, "mark": item.mark}
            for item in items
        ]
        if address and address in addresses:
            _add_to(letters, address, one.id, items, marks, today)
            continue
        addresses.add(address)
        body = {**_body(items, today), "stops": str(one.id)}
        letters.append(Letter(one.id, one.name, address, left_out, body, marks))
    return letters


def _add_to(
    letters: list[Letter],
    address: str,
    person_id: UUID,
    items: Sequence[_Item],
    marks: list[dict[str, Any]],
    today: date,
) -> None:
    """Two posts may share an address: one message has what both lead."""
    place = next(place for place, one in enumerate(letters) if one.address == address)
    found = letters[place]
    added = _body(items, today)
    body = {**found.body}
    for reason in ReminderReason:
        mine = found.body.get(reason, [])
        known = {one["id"] for one in mine}
        both = [*mine, *(one for one in added.get(reason, []) if one["id"] not in known)]
        if both:
            body[reason.value] = both
    letters[place] = found._replace(body=body, marks=found.marks + marks)


def _body(items: Sequence[_Item], today: date) -> dict[str, Any]:
    """What is told to one person (``reports.reminder``), as JSON: the same however often it is sent.

    ``stops``, whose reminders the link in it stops (``subscriptions``), is the caller's to add.
    """
    found: dict[str, Any] = {"as_at": today.isoformat()}
    for reason in ReminderReason:
        mine = [one for one in items if one.reason is reason]
        mine.sort(key=lambda one: (one.due_on or date.max, one.action["ref"]))
        if mine:
            found[reason.value] = [_told(one) for one in mine]
    return found


def _told(item: _Item) -> dict[str, Any]:
    told = {name: item.action[name] for name in ("ref", "title", "status", "plan_title")}
    deadline_on = item.due_on.isoformat() if item.due_on else None
    return {"id": str(item.action["id"]), **told, "deadline_on": deadline_on}


def example_for(db: Connection, who: Principal, user_id: UUID, letters: Sequence[Letter]) -> list[Letter]:
    """What somebody is sent as a test: what they lead themselves, else the first of what others would get."""
    person_id = db.execute(_PERSON_OF, {"user_id": user_id, "area_id": who.area_id}).scalar()
    mine = [one for one in letters if one.person_id == person_id]
    return list(mine or letters[:1])
