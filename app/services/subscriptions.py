"""Unsubscribing by a link in a message, without signing in; and subscribing again by the same link.

The link's token names the schedule and the recipient (of reminders the lead) under a seal by the service's
key: nothing that is stored or copied from the database gives one away, and none can be made up.
"""

import base64
import binascii
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, bindparam, func, insert, select, update

from app.access.roles import Principal
from app.clock import Moment
from app.config import settings
from app.errors import NotFound
from app.models.base import new_id
from app.models.schedules import ScheduleKind
from app.models.tables import areas, people, schedule_recipients, schedules, users
from app.security import SEAL_BYTES, seal, seal_matches
from app.services import journal

_PURPOSE = "unsubscribe"
_ID_BYTES = 16
_NOUN = "subscription"
_ROW = schedule_recipients.c
_SCHEDULE: Select[Any] = (
    select(
        schedules.c.id.label("schedule_id"),
        schedules.c.name.label("schedule_name"),
        schedules.c.kind,
        schedules.c.area_id,
        areas.c.name.label("area_name"),
    )
    .join(areas, areas.c.id == schedules.c.area_id)
    .where(schedules.c.id == bindparam("schedule_id"))
)
_HOLD = (
    select(areas.c.id)
    .join(schedules, schedules.c.area_id == areas.c.id)
    .where(schedules.c.id == bindparam("schedule_id"))
    .with_for_update(of=areas)
)
"""A link may be followed twice at once."""
_RECIPIENT = (
    select(
        _ROW.id.label("recipient_id"),
        func.lower(func.coalesce(users.c.email, _ROW.address)).label("address"),
        _ROW.unsubscribed_at,
        _ROW.removed_at,
    )
    .outerjoin(users, users.c.id == _ROW.user_id)
    .where(_ROW.schedule_id == bindparam("schedule_id"))
)
_BY_LINK = _RECIPIENT.where(_ROW.id == bindparam("subject_id"))
_BY_ADDRESS = _RECIPIENT.where(
    func.lower(func.coalesce(users.c.email, _ROW.address)) == bindparam("address"), _ROW.removed_at.is_(None)
)
"""The row that an address has now, where it was added again in another way: as a user, for example."""
_LEAD = (
    select(func.lower(func.coalesce(people.c.email, users.c.email)))
    .outerjoin(users, users.c.person_id == people.c.id)
    .where(people.c.id == bindparam("subject_id"), people.c.area_id == bindparam("area_id"))
)
"""A lead's own address, else that of the account, as reminders go to it."""
_LEAD_ROW = select(_ROW.id, _ROW.unsubscribed_at).where(
    _ROW.schedule_id == bindparam("schedule_id"), _ROW.address == bindparam("address")
)
_SET = (
    update(schedule_recipients)
    .where(_ROW.id == bindparam("recipient_id"))
    .values(
        unsubscribed_at=bindparam("at", type_=_ROW.unsubscribed_at.type),
        removed_at=bindparam("gone_at", type_=_ROW.removed_at.type),
    )
)
_NOTHING_KNOWN = {
    "recipient_id": None,
    "address": None,
    "unsubscribed_at": None,
    "removed_at": None,
    "is_forgotten": True,
}


def token_of(schedule_id: UUID, subject_id: UUID) -> str:
    """The token of a recipient's link; of a reminder's that of the person who leads. 59 letters."""
    plain = schedule_id.bytes + subject_id.bytes
    return base64.urlsafe_b64encode(seal(plain, settings().key(), _PURPOSE) + plain).decode().rstrip("=")


def find(db: Connection, token: str) -> dict[str, Any]:
    """What a link is about: schedule, area, address, and since when it is unsubscribed, if it is.

    ``removed_at`` says since when nothing is sent as the address was removed from the recipients;
    ``is_forgotten`` that nothing is known of them any more. Raises NotFound for a token that the service did
    not make.
    """
    schedule_id, subject_id = _read(token)
    schedule = db.execute(_SCHEDULE, {"schedule_id": schedule_id}).one_or_none()
    if schedule is None:
        raise NotFound(_NOUN)
    found = dict(schedule._mapping)
    given = {"schedule_id": schedule_id, "subject_id": subject_id, "area_id": found["area_id"]}
    row = db.execute(_BY_LINK, given).one_or_none()
    if row is not None and row.removed_at is not None:
        row = db.execute(_BY_ADDRESS, {**given, "address": row.address}).first() or row
    if row is not None:
        return {**found, **row._mapping, "is_forgotten": False}
    address = db.execute(_LEAD, given).scalar()
    if address is None or found["kind"] != ScheduleKind.reminders:
        return {**found, **_NOTHING_KNOWN}
    lead = db.execute(_LEAD_ROW, {**given, "address": address}).one_or_none()
    return {
        **found,
        "recipient_id": lead.id if lead else None,
        "address": address,
        "unsubscribed_at": lead.unsubscribed_at if lead else None,
        "removed_at": None,
        "is_forgotten": False,
    }


def unsubscribe(db: Connection, at: Moment, token: str) -> dict[str, Any]:
    """Send nothing more of this schedule to this address; a second time does nothing. Raises NotFound."""
    return _set(db, at, token, is_wanted=False)


def subscribe_again(db: Connection, at: Moment, token: str) -> dict[str, Any]:
    """Take an unsubscription back. Raises NotFound."""
    return _set(db, at, token, is_wanted=True)


def _set(db: Connection, at: Moment, token: str, *, is_wanted: bool) -> dict[str, Any]:
    db.execute(_HOLD, {"schedule_id": _read(token)[0]})
    found = find(db, token)
    if is_wanted == (found["unsubscribed_at"] is None) or found["is_forgotten"]:
        return found
    if is_wanted and found["removed_at"] is not None:
        # Nothing would be sent all the same; whoever adds them again leaves it to them.
        return found
    stopped_at = None if is_wanted else at.now
    if found["recipient_id"] is None:
        db.execute(insert(schedule_recipients), [_lead_row(found, at)])
    else:
        db.execute(
            _SET, {"recipient_id": found["recipient_id"], "at": stopped_at, "gone_at": found["removed_at"]}
        )
    said = {"recipients": [found["address"]]}
    done = journal.Change(
        "schedule", found["schedule_id"], "subscribed_again" if is_wanted else "unsubscribed", None, said
    )
    journal.record(db, _recipient(found), at, done)
    return {**found, "unsubscribed_at": stopped_at}


def _lead_row(found: dict[str, Any], at: Moment) -> dict[str, Any]:
    """Leads are no recipients by themselves: the row keeps that one wants no reminders."""
    return {
        "id": new_id(),
        "schedule_id": found["schedule_id"],
        "area_id": found["area_id"],
        "address": found["address"],
        "unsubscribed_at": at.now,
        "created_at": at.now,
    }


def _recipient(found: dict[str, Any]) -> Principal:
    """Who did it: whoever has the link."""
    return Principal("system", None, "A recipient", found["area_id"], found["area_name"], frozenset())


def _read(token: str) -> tuple[UUID, UUID]:
    try:
        whole = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise NotFound(_NOUN) from None
    found, plain = whole[:SEAL_BYTES], whole[SEAL_BYTES:]
    if len(plain) != 2 * _ID_BYTES or not seal_matches(found, plain, settings().key(), _PURPOSE):
        raise NotFound(_NOUN)
    return UUID(bytes=plain[:_ID_BYTES]), UUID(bytes=plain[_ID_BYTES:])
