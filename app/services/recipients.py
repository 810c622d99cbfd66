"""To whom schedules send: users of the area and plain addresses, added and removed by admins; journalled.

A recipient who unsubscribed stays so, also when they are removed and added again: it is theirs to undo.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Connection,
    Select,
    String,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from app.access.roles import Operation, Principal
from app.clock import Moment
from app.errors import Conflict, Fault, Invalid, NotFound, invalid
from app.models.base import new_id
from app.models.recipients import MOST_RECIPIENTS, RecipientCreate, is_mail_address
from app.models.schedule_runs import MailState
from app.models.schedules import ScheduleKind, ScheduleState
from app.models.tables import people, run_deliveries, schedule_recipients, schedules, users
from app.services import access, journal, lists, records

_ROW = schedule_recipients.c
_ADDRESS = func.lower(func.coalesce(users.c.email, _ROW.address), type_=String)
"""Of a user the address that they have now."""
_NAME = func.coalesce(_ROW.name, people.c.name)
_GROUP = func.coalesce(_ROW.group_name, literal(""))
_WITH_USERS = schedule_recipients.outerjoin(users, users.c.id == _ROW.user_id).outerjoin(
    people, people.c.id == users.c.person_id
)
_OF_SCHEDULE = _ROW.schedule_id == bindparam("schedule_id")
_ON_LIST = and_(_OF_SCHEDULE, _ROW.removed_at.is_(None))
_SHOWN: Select[Any] = (
    select(
        _ROW.id,
        _ROW.user_id,
        _ADDRESS.label("address"),
        _NAME.label("name"),
        _ROW.group_name,
        _ROW.unsubscribed_at,
        _ROW.created_at,
    )
    .select_from(_WITH_USERS)
    .where(_ON_LIST)
)
_LIST = lists.Listing(
    "schedule_recipients",
    _SHOWN,
    last=[_GROUP, _ADDRESS, _ROW.id],
    count_from=_WITH_USERS,
    filters={
        "q": or_(lists.contains(_ADDRESS), lists.contains(func.coalesce(_NAME, literal("")))),
        "group_name": _ROW.group_name == bindparam("group_name"),
        "unsubscribed": (_ROW.unsubscribed_at.is_not(None)) == bindparam("unsubscribed"),
    },
)
_TO_SEND = (
    select(_ROW.id, _ADDRESS.label("address"), _NAME.label("name"))
    .select_from(_WITH_USERS)
    .where(_ON_LIST, _ROW.unsubscribed_at.is_(None), or_(_ROW.user_id.is_(None), ~users.c.disabled))
    .order_by(_ROW.id)
)
_UNSUBSCRIBED = (
    select(_ADDRESS).select_from(_WITH_USERS).where(_OF_SCHEDULE, _ROW.unsubscribed_at.is_not(None))
)
_THERE = select(_ROW.address).where(_ON_LIST)
_REMEMBERED = select(_ROW.address, _ROW.id, _ROW.unsubscribed_at).where(
    _OF_SCHEDULE, _ROW.removed_at.is_not(None)
)
_STILL_THERE = (
    select(func.count()).select_from(schedule_recipients).where(_ON_LIST, _ROW.unsubscribed_at.is_(None))
)
_USERS = select(users.c.id, users.c.email).where(
    users.c.area_id == bindparam("area_id"),
    ~users.c.disabled,
    users.c.id.in_(bindparam("user_ids", expanding=True)),
)
_ADD = insert(schedule_recipients)
_BRING_BACK = (
    update(schedule_recipients)
    .where(_ROW.id == bindparam("back"))
    .values(
        removed_at=None,
        created_at=bindparam("new_created_at", type_=_ROW.created_at.type),
        **{
            name: bindparam(f"new_{name}", type_=_ROW[name].type)
            for name in ("user_id", "name", "group_name")
        },
    )
)
REMOVED = "They were removed from the recipients."
_LEAVE_OUT = (
    update(run_deliveries)
    .where(run_deliveries.c.recipient_id == bindparam("gone"), run_deliveries.c.state == MailState.waiting)
    .values(state=MailState.left_out, last_error=REMOVED)
)
_REMOVE = (
    update(schedule_recipients)
    .where(_ROW.id == bindparam("gone"))
    .values(removed_at=bindparam("at", type_=_ROW.removed_at.type))
)
_EVERY = select(_ROW.name, _ROW.address).where(_ON_LIST).order_by(_ROW.id)
_REMOVE_EVERY = delete(schedule_recipients).where(_OF_SCHEDULE)


# --- Reading ----------------------------------------------------------------------------------------------


def list_recipients(
    db: Connection,
    who: Principal,
    schedule_id: UUID,
    *,
    asked: lists.Page = lists.FIRST_PAGE,
    q: str | None = None,
    group_name: str | None = None,
    unsubscribed: bool | None = None,
) -> dict[str, Any]:
    """The recipients of a schedule by group, then address, for admins. ``q`` looks in names and addresses."""
    _schedule(db, who, schedule_id)
    wanted = {"q": lists.pattern(q), "group_name": group_name, "unsubscribed": unsubscribed}
    rows, following, total = _LIST.page(db, {"schedule_id": schedule_id}, wanted, asked)
    return lists.answer(records.as_dicts(rows), following, total)


def to_send(db: Connection, schedule_id: UUID) -> list[dict[str, Any]]:
    """Id, address and name of everybody who gets a message now: nobody twice, none who unsubscribed.

    Users who are disabled get none; others at the address that they have now.
    """
    found: dict[str, dict[str, Any]] = {}
    for one in records.as_dicts(db.execute(_TO_SEND, {"schedule_id": schedule_id}).all()):
        found.setdefault(one["address"], one)
    left_out = unsubscribed_addresses(db, schedule_id)
    return [one for address, one in found.items() if address not in left_out]


def require_one(kind: str, number: int, pointer: str) -> None:
    """Raise Invalid, at ``pointer``, for a summary that goes to so many where that is nobody."""
    if kind == ScheduleKind.summary and not number:
        raise invalid(pointer, "Nobody would receive it. Add a recipient first.")


def unsubscribed_addresses(db: Connection, schedule_id: UUID) -> set[str]:
    """The addresses, in lower case, to which a schedule must not send; removed ones too."""
    return set(db.execute(_UNSUBSCRIBED, {"schedule_id": schedule_id}).scalars())


# --- Changing ---------------------------------------------------------------------------------------------


def add_recipients(
    db: Connection, who: Principal, at: Moment, schedule_id: UUID, given: Sequence[RecipientCreate]
) -> dict[str, int]:
    """Add recipients, all or none; an address that is there stays as it is, also one that unsubscribed.

    One that unsubscribed before it was removed is on the list again as that.

    Raises Invalid naming each that cannot be added, and beyond ``MOST_RECIPIENTS``; NotFound.
    """
    schedule = _schedule(db, who, schedule_id)
    if schedule["kind"] == ScheduleKind.reminders:
        raise invalid("/recipients", "Reminders go to those who lead the actions: nobody is added here.")
    there = set(db.execute(_THERE, {"schedule_id": schedule_id}).scalars())
    new = _new(db, who, given, there)
    total = len(there) + len(new)
    if total > MOST_RECIPIENTS:
        raise invalid(
            "/recipients", f"A schedule has at most {MOST_RECIPIENTS:,} recipients: this makes {total:,}."
        )
    stopped = 0
    if new:
        stopped = _put_on_list(db, who, at, schedule_id, new)
        records.touch(db, at, schedules, schedule)
        added = {"recipients": [_named(one) for one in new]}
        journal.record(db, who, at, journal.Change("schedule", schedule_id, "recipients_added", None, added))
    added_now = len(new) - stopped
    return {"added": added_now, "already_there": len(given) - added_now, "total": total}


def remove_recipient(
    db: Connection, who: Principal, at: Moment, schedule_id: UUID, recipient_id: UUID
) -> None:
    """Remove a recipient: what was sent to them stays recorded, what waits is not sent. Raises NotFound.

    Raises Conflict for the last one of a summary that runs: it would stop without a word.
    """
    schedule = _schedule(db, who, schedule_id)
    found = db.execute(
        select(schedule_recipients).where(
            _ROW.id == recipient_id, _ROW.schedule_id == schedule_id, _ROW.removed_at.is_(None)
        )
    ).one_or_none()
    if found is None:
        raise NotFound("recipient")
    row = dict(found._mapping)
    left = db.execute(_STILL_THERE, {"schedule_id": schedule_id}).scalar_one()
    if schedule["state"] == ScheduleState.active and left == 1 and row["unsubscribed_at"] is None:
        raise Conflict("Nobody else receives it. Pause the schedule first, or add another recipient.")
    db.execute(_LEAVE_OUT, {"gone": recipient_id})
    db.execute(_REMOVE, {"gone": recipient_id, "at": at.now})
    records.touch(db, at, schedules, schedule)
    removed: dict[str, list[str]] = {"recipients": [_named(row)]}
    nobody: dict[str, list[str]] = {"recipients": []}
    done = journal.Change("schedule", schedule_id, "recipients_removed", removed, nobody)
    journal.record(db, who, at, done)


def remove_all(db: Connection, who: Principal, at: Moment, schedule_id: UUID) -> None:
    """Remove every recipient of a schedule that goes itself and never sent anything."""
    _schedule(db, who, schedule_id)
    of_schedule = {"schedule_id": schedule_id}
    named = [_named(dict(row._mapping)) for row in db.execute(_EVERY, of_schedule)]
    db.execute(_REMOVE_EVERY, of_schedule)  # those remembered since they were removed too
    if named:
        before, after = {"recipients": named}, {"recipients": list[str]()}
        journal.record(
            db, who, at, journal.Change("schedule", schedule_id, "recipients_removed", before, after)
        )


def _schedule(db: Connection, who: Principal, schedule_id: UUID) -> dict[str, Any]:
    """The schedule whose recipients are asked for. Raises NotFound before NotAllowed, as of all records."""
    found = records.find(db, who, schedules, schedule_id, "schedule")
    access.require(who, Operation.manage_schedules)
    return found


def _new(
    db: Connection, who: Principal, given: Sequence[RecipientCreate], there: set[str]
) -> list[dict[str, Any]]:
    """The rows of those who are no recipients yet, each address once."""
    emails = _emails(db, who, given)
    faults: list[Fault] = []
    found: dict[str, dict[str, Any]] = {}
    for place, one in enumerate(given):
        address = one.address if one.user_id is None else emails.get(one.user_id)
        if (one.user_id is None) == (one.address is None):
            faults.append(Fault(f"/recipients/{place}", "Give either a `user_id` or an `address`."))
        elif address is None:
            message = "There is no such user in your area, or they are disabled."
            faults.append(Fault(f"/recipients/{place}/user_id", message))
        elif not is_mail_address(address):
            message = f"The address that this user signs in with takes no e-mail: {address}."
            faults.append(Fault(f"/recipients/{place}/user_id", message))
        elif address not in there:
            found.setdefault(address, {**one.model_dump(), "address": address})
    if faults:
        raise Invalid(faults)
    return list(found.values())


def _put_on_list(
    db: Connection, who: Principal, at: Moment, schedule_id: UUID, new: Sequence[Mapping[str, Any]]
) -> int:
    """Store recipients; who was one before gets their row back. Returns how many of these unsubscribed."""
    known = {row.address: row for row in db.execute(_REMEMBERED, {"schedule_id": schedule_id})}
    own = {"schedule_id": schedule_id, "area_id": who.area_id, "created_at": at.now, "unsubscribed_at": None}
    first = [{**one, **own, "id": new_id()} for one in new if one["address"] not in known]
    if first:
        db.execute(_ADD, first)
    again = [one for one in new if one["address"] in known]
    if again:
        db.execute(
            _BRING_BACK,
            [
                {
                    "back": known[one["address"]].id,
                    "new_created_at": at.now,
                    **{f"new_{name}": one[name] for name in ("user_id", "name", "group_name")},
                }
                for one in again
            ],
        )
    return sum(known[one["address"]].unsubscribed_at is not None for one in again)


def _emails(db: Connection, who: Principal, given: Iterable[RecipientCreate]) -> dict[UUID, str]:
    ids = {one.user_id for one in given if one.user_id is not None}
    if not ids:
        return {}
    rows = db.execute(_USERS, {"area_id": who.area_id, "user_ids": list(ids)})
    return {row.id: row.email.lower() for row in rows}


def _named(row: Mapping[str, Any]) -> str:
    return f"{row['name']} <{row['address']}>" if row["name"] else str(row["address"])
