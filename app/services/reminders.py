"""Whom reminders go to, and of what: each lead in one message, never twice of the same.

What somebody was reminded of is remembered with a mark (``reminded``): the due date and how many days before
it, the due date and how often it was overdue, or the period without an update. A date that moves is another.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.access.roles import Principal
from app.models.schedule_runs import ReminderReason
from app.models.tables import people, periods, reminded, users
from app.plans.states import ref_order
from app.plans.statuses import deadline
from app.sentences.words import day_in_words, listed, numeral
from app.services import across_plans, recipients
from app.services.period_days import contains

NOTHING = "Nothing was sent: there was nothing to remind anybody of."
DISABLED = "The account is disabled."
UNSUBSCRIBED = "They have unsubscribed."
NOBODY_REACHED = "Nothing was sent."
LONGEST_NAMES = 300
"""Letters of names in a note, which has room for 500."""
MOST_CALLED = 3
"""So many of several people at one address are named in its header."""
LONGEST_NAME = 300
_AT_ONCE = 5_000


class Letter(NamedTuple):
    """What one person is reminded of, or several at one address: ``name`` names them all.

    ``address`` is "" where none is known; ``left_out`` says why nothing is sent, or is "". ``marks`` are rows
    of ``reminded`` without their run.
    """

    person_ids: tuple[UUID, ...]
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
    """That leads have no address; "" where all have one. Whom there is no room for the preview names."""
    if not names:
        return ""
    named: list[str] = []
    more = len(names)
    for name, number in Counter(names).items():
        called = name if number == 1 else f"{name} ({numeral(number)} of this name)"
        if len(", ".join((*named, called))) > LONGEST_NAMES:
            break
        named.append(called)
        more -= number
    rest = " “The next message” on the page of the schedule names everybody." if more else ""
    return f"No e-mail address is known of {listed([*named, *([f'{more} more'] if more else [])])}.{rest}"


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
    letters: dict[Any, Letter] = {}
    found = db.execute(_PEOPLE, {"ids": list(by_person), "area_id": who.area_id}).all()
    for one in found:
        address = (one.email or one.user_email or "").lower()
        left_out = DISABLED if one.disabled else UNSUBSCRIBED if address in unsubscribed else ""
        items = by_person[one.id]
        marks = [
            {"person_id": one.id, "action_id": item.action["id"], "reason": item.reason, "mark": item.mark}
            for item in items
        ]
        letter = Letter((one.id,), one.name, address, left_out, {}, marks)
        at = address or one.id
        letters[at] = _both(letters[at], letter) if at in letters else letter
    names = {one.id: one.name for one in found}
    return [_told_to(one, by_person, names, today) for one in letters.values()]


def _both(one: Letter, other: Letter) -> Letter:
    """Two posts may share an address: one message has what both lead; it is sent if either may have it."""
    return one._replace(
        person_ids=one.person_ids + other.person_ids,
        left_out=one.left_out and other.left_out,
        marks=one.marks + other.marks,
    )


def _told_to(
    letter: Letter, by_person: Mapping[UUID, list[_Item]], names: Mapping[UUID, str], today: date
) -> Letter:
    """A letter with what it says. Of several people at one address each action names whose it is."""
    led: dict[UUID, list[str]] = defaultdict(list)
    items: dict[UUID, _Item] = {}
    for person_id in letter.person_ids:
        for item in by_person[person_id]:
            items.setdefault(item.action["id"], item)
            led[item.action["id"]].append(names[person_id])
    is_one = len(letter.person_ids) == 1
    body = {**_body(list(items.values()), {} if is_one else led, today), "stops": str(letter.person_ids[0])}
    called = list(dict.fromkeys(names[one] for one in letter.person_ids))
    if (more := len(called) - MOST_CALLED) > 0:
        called[MOST_CALLED:] = [f"{more} more"]
    return letter._replace(name=listed(called)[:LONGEST_NAME], body=body)


def _body(items: Sequence[_Item], led: Mapping[UUID, Sequence[str]], today: date) -> dict[str, Any]:
    """What is told at one address (``reports.reminder``), as JSON: the same however often it is sent.

    ``led`` names who leads each action, where that is to be told.
    ``stops``, whose reminders the link in it stops (``subscriptions``), is the caller's to add.
    """
    found: dict[str, Any] = {"as_at": today.isoformat()}
    for reason in ReminderReason:
        mine = [one for one in items if one.reason is reason]
        mine.sort(key=lambda one: (one.due_on or date.max, ref_order(one.action["ref"])))
        if mine:
            found[reason.value] = [_told(one, led.get(one.action["id"], ())) for one in mine]
    return found


def _told(item: _Item, led: Sequence[str]) -> dict[str, Any]:
    told = {name: item.action[name] for name in ("title", "status", "plan_title")}
    refs = [point["ref"] for point in item.action["points"]] or [item.action["ref"]]
    deadline_on = item.due_on.isoformat() if item.due_on else None
    told |= {"id": str(item.action["id"]), "ref": listed(refs), "deadline_on": deadline_on}
    return told | ({"led_by": listed(led)} if led else {})


def example_for(db: Connection, who: Principal, user_id: UUID, letters: Sequence[Letter]) -> list[Letter]:
    """What somebody is sent as a test: what they lead themselves, else the first of what others would get."""
    person_id = db.execute(_PERSON_OF, {"user_id": user_id, "area_id": who.area_id}).scalar()
    mine = [one for one in letters if person_id in one.person_ids]
    return list(mine or letters[:1])
