"""Accounts of the people who sign in, and their passwords. Proving one's password is in ``signing_in``.

Passwords are hashed outside any transaction, since one hash takes 150 ms: setting a password is
``open_link`` (read), ``hash_new_password`` (no database), ``set_password`` (write).
"""

import re
import unicodedata
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, select, update

from app.access.roles import ROLE_OPERATIONS, Operation, Principal, Role
from app.clock import Moment
from app.config import settings
from app.errors import NotAllowed, invalid
from app.models.base import new_id
from app.models.people import Email
from app.models.tables import areas, identities, people, users
from app.models.visible_text import fault_in
from app.security import (
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    hash_password,
    is_soon_guessed,
    new_token,
    token_hash,
)
from app.services import access, journal, records, sessions

LINK_LIFETIME = timedelta(hours=72)
_EMAIL: TypeAdapter[str] = TypeAdapter(Email)


# --- Accounts ---------------------------------------------------------------------------------------------


def create_user(
    db: Connection,
    who: Principal,
    at: Moment,
    *,
    email: str,
    role: Role,
    person_id: UUID | None = None,
    user_id: UUID | None = None,
) -> str:
    """Add an account without a password and return the token of its one-time link (72 hours).

    ``user_id`` is an id that was set aside for it. Raises Invalid for a malformed or used address, and for a
    person who is unknown or has an account.
    """
    token = new_token()
    _add(db, who, at, email, role, person_id, one_time_link(token, at), user_id)
    return token


def one_time_link(token: str, at: Moment) -> dict[str, Any]:
    """What an account keeps of the one-time link with this token: its hash, and when it ends (72 hours)."""
    return {"link_hash": _hash(token), "link_expires_at": at.now + LINK_LIFETIME}


def create_connected_user(db: Connection, who: Principal, at: Moment, *, email: str, role: Role) -> UUID:
    """Add an account that has no password and no link: a provider of single sign-on says who its user is.

    Raises Invalid for a malformed or used address.
    """
    user_id = new_id()
    _add(db, who, at, email, role, None, {}, user_id)
    return user_id


def create_demo_user(
    db: Connection,
    who: Principal,
    at: Moment,
    *,
    email: str,
    role: Role,
    password_hash: str,
    person_id: UUID | None = None,
) -> None:
    """Add an account with a known password. Raises NotAllowed outside a demonstration."""
    if not settings().is_demo:
        raise NotAllowed("Accounts with fixed passwords exist in a demonstration only.")
    _add(db, who, at, email, role, person_id, {"password_hash": password_hash})


def _add(
    db: Connection,
    who: Principal,
    at: Moment,
    email: str,
    role: Role,
    person_id: UUID | None,
    secrets: dict[str, Any],
    user_id: UUID | None = None,
) -> None:
    access.require(who, Operation.administer)
    address = address_of(email)
    if address is None:
        raise invalid("/email", "Give an e-mail address, for example name@council.example.")
    user_id = user_id or new_id()
    require_person(db, who, person_id, user_id)
    shown = {"email": address, "role": str(role), "person_id": person_id}
    stamps = {"version": 1, "created_at": at.now, "updated_at": at.now, "disabled": False, "failures": 0}
    row = {**shown, **secrets, **stamps, "id": user_id, "area_id": who.area_id}
    records.insert_unique(db, users, row)
    journal.record(db, who, at, journal.Change("user", user_id, "created", None, shown))


def require_person(db: Connection, who: Principal, person_id: UUID | None, user_id: UUID) -> None:
    """Raise Invalid for a person who is unknown, or has another account than this one."""
    records.require_people(db, who, {"/person_id": person_id})
    taken = select(users.c.id).where(users.c.person_id == person_id, users.c.id != user_id)
    if person_id and db.execute(taken).first():
        raise invalid("/person_id", "This person has an account already.")


def address_of(email: str) -> str | None:
    """The address as it is stored and looked up; None when it is none."""
    try:
        address = _EMAIL.validate_python(email).lower()
    except ValidationError:
        return None
    return None if fault_in(address) else address


def _hash(token: str) -> str:
    return token_hash(token, settings().key())


# --- Passwords --------------------------------------------------------------------------------------------

_ACCOUNT = (
    select(
        users,
        areas.c.name.label("area_name"),
        people.c.name.label("person_name"),
    )
    .join(areas, areas.c.id == users.c.area_id)
    .outerjoin(people, people.c.id == users.c.person_id)
)


def open_link(db: Connection, token: str, now: datetime) -> dict[str, Any] | None:
    """The account whose one-time link this is; None when the link is unknown, used or expired.

    Who signs in by single sign-on sets no password: it would stay good when their organisation ends theirs.
    """
    row = db.execute(
        _ACCOUNT.where(
            users.c.link_hash == _hash(token),
            users.c.link_expires_at > now,
            users.c.disabled.is_(False),
            users.c.id.not_in(select(identities.c.user_id)),
        )
    ).one_or_none()
    return dict(row._mapping) if row else None


# What everybody here would try first.
_NAMES = ("send", "tracker", "improvement", "council", "partnership")


def hash_new_password(email: str, password: str) -> str:
    """Check a new password and hash it. Raises Invalid that says what to do. Takes 150 ms."""
    plain = plain_text(password)
    if plain is None or any(ord(character) < 32 for character in plain):
        raise invalid("/password", "Choose a password of letters, digits, spaces and signs only.")
    if len(plain) < SHORTEST_PASSWORD:
        raise invalid("/password", f"Choose a longer password: at least {SHORTEST_PASSWORD} characters.")
    if len(plain) > LONGEST_PASSWORD:
        raise invalid("/password", f"Choose a shorter password: at most {LONGEST_PASSWORD} characters.")
    if email.split("@")[0].lower() in plain.lower():
        raise invalid("/password", "Choose a password that does not contain the name in your e-mail address.")
    if is_soon_guessed(plain, (*re.split(r"\W+", email), *_NAMES)):
        raise invalid(
            "/password",
            "Choose a password that is harder to guess, such as three words that do not belong together.",
        )
    return hash_password(plain)


def plain_text(password: str) -> str | None:
    """A password in one spelling of accented letters, whatever keyboard typed it; None if it is no text."""
    try:
        password.encode()
    except UnicodeEncodeError:
        return None
    return unicodedata.normalize("NFKC", password)


def set_password(db: Connection, token: str, password_hash: str, at: Moment) -> None:
    """Store the hash of a password, use up the link and end the account's sessions.

    Raises Invalid when the link was used or expired meanwhile.
    """
    account = open_link(db, token, at.now)
    if account is None:
        raise invalid(
            "", "This link was used already or has expired. Ask an admin of your area for a new one."
        )
    records.touch(db, at, users, account)
    db.execute(
        update(users)
        .where(users.c.id == account["id"])
        .values(
            password_hash=password_hash, link_hash=None, link_expires_at=None, failures=0, locked_until=None
        )
    )
    sessions.end_all(db, account["id"])
    journal.record(
        db, _principal(account), at, journal.Change("user", account["id"], "password_set", None, None)
    )


def change_password(db: Connection, who: Principal, at: Moment, password_hash: str, session: str) -> None:
    """Store the hash of the caller's new password. Other sessions than ``session`` end."""
    account = records.find(db, who, users, own_id(who), "account")
    records.touch(db, at, users, account)
    unused = {"link_hash": None, "link_expires_at": None}
    db.execute(update(users).where(users.c.id == account["id"]).values(password_hash=password_hash, **unused))
    sessions.end_all(db, account["id"], but=session)
    journal.record(db, who, at, journal.Change("user", account["id"], "password_changed", None, None))


def own_id(who: Principal) -> UUID:
    """The caller's account. Raises NotAllowed for a program or the service itself."""
    if who.kind != "user" or who.id is None:
        raise NotAllowed("Only somebody who signs in has an account.")
    return who.id


def principal_of(db: Connection, user_id: UUID) -> Principal:
    """The user as the author of changes, before there is a session."""
    return _principal(dict(db.execute(_ACCOUNT.where(users.c.id == user_id)).one()._mapping))


def _principal(account: dict[str, Any]) -> Principal:
    role = Role(account["role"])
    return Principal(
        kind="user",
        id=account["id"],
        name=account["person_name"] or account["email"],
        area_id=account["area_id"],
        area_name=account["area_name"],
        operations=ROLE_OPERATIONS[role],
        role=role,
        person_id=account["person_id"],
    )
