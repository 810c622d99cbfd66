"""Accounts of an area as its admins look after them: invitations, roles, links and ends.

Nobody can lock an area out: an admin changes neither the role nor the end of their own account, and the last
admin who can sign in stays one. Signing in itself is in ``users``.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, bindparam, func, or_, select, update

from app.access.roles import Operation, Principal, Role
from app.clock import Moment
from app.errors import Conflict, NotFound, invalid
from app.models.tables import authenticators, identities, people, users
from app.security import new_token
from app.services import access, journal, records, sessions
from app.services import authenticators as authenticators_service
from app.services import users as users_service

STATES = ("active", "locked", "invited", "link_expired", "disabled")

# --- Reading ----------------------------------------------------------------------------------------------

_can_sign_in: ColumnElement[bool] = or_(users.c.password_hash.is_not(None), identities.c.user_id.is_not(None))
_USERS = (
    select(
        users.c.id,
        users.c.version,
        users.c.email,
        users.c.role,
        users.c.person_id,
        people.c.name.label("person_name"),
        users.c.disabled,
        users.c.locked_until,
        users.c.link_expires_at,
        users.c.created_at,
        users.c.updated_at,
        users.c.password_hash.is_not(None).label("has_password"),
        identities.c.user_id.is_not(None).label("has_single_sign_on"),
        authenticators.c.user_id.is_not(None).label("has_authenticator"),
    )
    .outerjoin(people, people.c.id == users.c.person_id)
    .outerjoin(identities, identities.c.user_id == users.c.id)
    .outerjoin(authenticators, authenticators.c.user_id == users.c.id)
    .where(users.c.area_id == bindparam("in_area"))
)
_LIST = _USERS.order_by(users.c.email)
_ONE = _USERS.where(users.c.id == bindparam("wanted"))
_OTHER_ADMINS = (
    select(func.count())
    .select_from(users.outerjoin(identities, identities.c.user_id == users.c.id))
    .where(
        users.c.area_id == bindparam("in_area"),
        users.c.id != bindparam("but"),
        users.c.role == Role.admin.value,
        users.c.disabled.is_(False),
        _can_sign_in,
    )
)


def list_users(db: Connection, who: Principal, now: datetime) -> list[dict[str, Any]]:
    """All accounts of the area by their address, disabled ones included. ``state`` is one of ``STATES``."""
    access.require(who, Operation.administer)
    return [_shown(row, now) for row in db.execute(_LIST, {"in_area": who.area_id})]


def get_user(db: Connection, who: Principal, user_id: UUID, now: datetime) -> dict[str, Any]:
    """An account with its ``state``, and ``link_until``: until when a one-time link is open, or None.

    Raises NotFound, NotAllowed.
    """
    row = db.execute(_ONE, {"in_area": who.area_id, "wanted": user_id}).one_or_none()
    if row is None:
        raise NotFound("user")
    access.require(who, Operation.administer)
    return _shown(row, now)


def _shown(row: Any, now: datetime) -> dict[str, Any]:
    found = dict(row._mapping)
    ends, locked = found.pop("link_expires_at"), found.pop("locked_until")
    found["link_until"] = ends if ends is not None and ends > now else None
    if found["disabled"]:
        state = "disabled"
    elif not found["has_password"] and not found["has_single_sign_on"]:
        state = "invited" if found["link_until"] else "link_expired"
    else:
        state = "locked" if locked is not None and locked > now else "active"
    return {**found, "state": state}


# --- Changing ---------------------------------------------------------------------------------------------


def invite(
    db: Connection,
    who: Principal,
    at: Moment,
    *,
    email: str,
    role: Role,
    person_id: UUID | None = None,
    user_id: UUID,
) -> str:
    """Add an account and return the token of the one-time link that sets its password (72 hours).

    ``user_id`` is an id that was set aside for it: where it has been used, Conflict is raised and nothing is
    added. Raises Invalid as ``users.create_user`` does.
    """
    access.require(who, Operation.administer)
    if db.execute(select(users.c.id).where(users.c.id == user_id)).first():
        raise Conflict("This person was invited already, and their link was shown then.")
    return users_service.create_user(
        db, who, at, email=email, role=role, person_id=person_id, user_id=user_id
    )


def change_user(
    db: Connection,
    who: Principal,
    at: Moment,
    user_id: UUID,
    values: Mapping[str, Any],
    *,
    version: int | None,
) -> None:
    """Change ``role`` or ``person_id``; what is left out stays. Another role ends the user's sessions.

    Raises NotFound, PreconditionFailed unless the account is at ``version``, and Invalid for one's own role,
    for that of the last admin, and for a person who is unknown or has an account.
    """
    current = _current(db, who, at, user_id, version)
    stated: dict[str, Any] = dict(values)
    role = str(stated.get("role", current["role"]))
    if role != current["role"]:
        if user_id == who.id:
            raise invalid("/role", "Ask another admin: nobody changes their own role.")
        _keep_an_admin(db, who, current, "/role")
    users_service.require_person(db, who, stated.get("person_id"), user_id)
    records.change(db, who, at, users, "user", current, {**stated, "role": role})
    if role != current["role"]:
        sessions.lapse_all(db, user_id, at.now)


def set_disabled(
    db: Connection,
    who: Principal,
    at: Moment,
    user_id: UUID,
    disabled: bool,
    *,
    version: int | None,
    reason: str | None = None,
) -> None:
    """End an account, its sessions and its links at once; or let its user sign in again.

    Done already, nothing happens. Raises NotFound, PreconditionFailed unless the account is at ``version``,
    and Invalid for one's own account and for that of the last admin.
    """
    current = _current(db, who, at, user_id, version)
    if current["disabled"] == disabled:
        return
    if disabled and user_id == who.id:
        raise invalid("", "Ask another admin: nobody ends their own account.")
    if disabled:
        _keep_an_admin(db, who, current, "")
    ended = {"link_hash": None, "link_expires_at": None} if disabled else {}
    opened = {} if disabled else {"failures": 0, "locked_until": None}
    db.execute(update(users).where(users.c.id == user_id).values(disabled=disabled, **ended, **opened))
    records.touch(db, at, users, current)
    sessions.end_all(db, user_id)
    before, after = {"disabled": not disabled}, {"disabled": disabled}
    entry = journal.Change("user", user_id, "disabled" if disabled else "enabled", before, after, reason)
    journal.record(db, who, at, entry)


def new_link(db: Connection, who: Principal, at: Moment, user_id: UUID, *, version: int | None) -> str:
    """The token of a new one-time link on which the user sets a password (72 hours).

    An older link ends, a lock too; the present password stays good until another one is set. Raises NotFound,
    PreconditionFailed unless the account is at ``version``, and Conflict for a disabled account and for one
    that signs in by single sign-on.
    """
    current = _current(db, who, at, user_id, version)
    if current["disabled"]:
        raise Conflict("This account is disabled. Enable it first.")
    if current["has_single_sign_on"]:
        raise Conflict("This account signs in by single sign-on, so it has no password here.")
    token = new_token()
    link = users_service.one_time_link(token, at)
    opened = {"failures": 0, "locked_until": None}
    db.execute(update(users).where(users.c.id == user_id).values(**link, **opened))
    records.touch(db, at, users, current)
    ends = {"link_expires_at": link["link_expires_at"]}
    journal.record(db, who, at, journal.Change("user", user_id, "link_made", None, ends))
    return token


def remove_authenticator(
    db: Connection,
    who: Principal,
    at: Moment,
    user_id: UUID,
    *,
    version: int | None,
    reason: str | None = None,
) -> None:
    """Take the authenticator app of somebody who lost it away: the password alone signs in. Sessions end.

    Done already, nothing happens. Raises NotFound, PreconditionFailed unless the account is at ``version``.
    """
    current = _current(db, who, at, user_id, version)
    if not authenticators_service.forget(db, user_id):
        return
    records.touch(db, at, users, current)
    sessions.end_all(db, user_id)
    entry = journal.Change("user", user_id, "authenticator_removed", None, None, reason)
    journal.record(db, who, at, entry)


def _current(
    db: Connection, who: Principal, at: Moment, user_id: UUID, version: int | None
) -> dict[str, Any]:
    current = get_user(db, who, user_id, at.now)
    records.check_version(current, version, lambda: current)
    return current


def _keep_an_admin(db: Connection, who: Principal, current: Mapping[str, Any], pointer: str) -> None:
    """Raise Invalid where nobody else could look after the area any more."""
    if current["role"] != Role.admin or current["disabled"]:
        return
    if not db.execute(_OTHER_ADMINS, {"in_area": who.area_id, "but": current["id"]}).scalar_one():
        words = "This is the only admin who can sign in. Make somebody else an admin first."
        raise invalid(pointer, words)
