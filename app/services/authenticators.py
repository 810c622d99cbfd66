"""Authenticator apps of users with a password: adding one, signing in with its codes, recovery codes.

An app's secret is derived from a key of its own and the service's secret key, so the database alone gives
nobody a code. A wrong code counts as a wrong password does: ten in a row lock the account for a while.
"""

import base64
import secrets
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, func, insert, select, update

from app.access import app_codes
from app.access.roles import Principal
from app.clock import Moment
from app.config import settings
from app.errors import Conflict, invalid
from app.models.tables import authenticators, recovery_codes, users
from app.security import derived_key, token_hash
from app.services import journal, sessions, signing_in
from app.services.users import own_id, principal_of

HOW_MANY_CODES = 10
TICKET_LIFETIME = timedelta(minutes=10)
"""How long after the password the code may be given."""
_CODE_BYTES = 10
WRONG_CODE = "This code is wrong, was used already or is no longer good. Type the one that the app shows now"


def secret_of(user_id: UUID, key: UUID) -> bytes:
    """The secret that an app shares with the service."""
    purpose = f"authenticator:{user_id}:{key}"
    return derived_key(purpose, settings().key())[: app_codes.SECRET_BYTES]


# --- Signing in -------------------------------------------------------------------------------------------


def ticket(db: Connection, user_id: UUID, now: datetime) -> str:
    """What a browser carries between password and code; another password makes it worthless."""
    stored = db.execute(select(users.c.password_hash).where(users.c.id == user_id)).scalar_one()
    ends = int((now + TICKET_LIFETIME).timestamp())
    return f"{user_id}.{ends}.{_seal(user_id, ends, stored)}"


def user_of_ticket(db: Connection, carried: str, now: datetime) -> UUID | None:
    """Who gave a password a moment ago; None for a ticket that is none, has expired or is worthless."""
    text, _, rest = carried.partition(".")
    ends, _, seal = rest.partition(".")
    try:
        user_id, ends_at = UUID(text), int(ends)
    except ValueError:
        return None
    row = db.execute(
        select(users.c.password_hash, users.c.disabled)
        .join(authenticators, authenticators.c.user_id == users.c.id)
        .where(users.c.id == user_id)
    ).one_or_none()
    if row is None or row.disabled or ends_at <= now.timestamp():
        return None
    good = _seal(user_id, ends_at, row.password_hash)
    return user_id if compare_digest(seal.encode(), good.encode()) else None


def _seal(user_id: UUID, ends: int, password_hash: str | None) -> str:
    return token_hash(f"password given {user_id} {ends} {password_hash}", settings().key())


def sign_in(db: Connection, carried: str, typed: str, at: Moment) -> str | None:
    """The token of a new session when the code fits, of the app or for recovery; else the failure counts.

    Whoever is locked is refused whatever they type. A recovery code is used up, which is journalled.
    """
    user_id = user_of_ticket(db, carried, at.now)
    # The row is locked: of codes given side by side, one is taken.
    account = signing_in.to_prove(db, user_id, at.now) if user_id else None
    if account is None or user_id is None:
        return None
    if _takes_app_code(db, user_id, typed, at.now):
        return signing_in.proved(db, user_id, at.now)
    if _takes_recovery_code(db, user_id, typed):
        who = principal_of(db, user_id)
        journal.record(db, who, at, journal.Change("user", user_id, "recovery_code_used", None, None))
        return signing_in.proved(db, user_id, at.now)
    signing_in.failed(db, user_id, account, at.now)
    return None


def _takes_app_code(db: Connection, user_id: UUID, typed: str, now: datetime) -> bool:
    app = db.execute(select(authenticators).where(authenticators.c.user_id == user_id)).one_or_none()
    if app is None:
        return False  # taken away while the row was waited for
    step = app_codes.matching_step(secret_of(user_id, app.key), typed, now, after=app.last_step)
    if step is None:
        return False
    db.execute(update(authenticators).where(authenticators.c.user_id == user_id).values(last_step=step))
    return True


def _takes_recovery_code(db: Connection, user_id: UUID, typed: str) -> bool:
    of_user = (recovery_codes.c.user_id == user_id) & (recovery_codes.c.code_hash == _hash(user_id, typed))
    return db.execute(delete(recovery_codes).where(of_user)).rowcount == 1


# --- One's own app ----------------------------------------------------------------------------------------


def state(db: Connection, who: Principal) -> dict[str, Any] | None:
    """Since when the caller has an app, and how many recovery codes are left; None without an app."""
    row = db.execute(
        select(authenticators.c.added_at).where(authenticators.c.user_id == who.id)
    ).one_or_none()
    if row is None:
        return None
    count = select(func.count()).select_from(recovery_codes).where(recovery_codes.c.user_id == who.id)
    return {"added_at": row.added_at, "codes_left": db.execute(count).scalar_one()}


def add(db: Connection, who: Principal, at: Moment, key: UUID, typed: str, session: str) -> list[str]:
    """Add the caller's app, shown to work by a code of it, and return the recovery codes, shown only here.

    Other sessions than ``session`` end. Raises Invalid for a wrong code, Conflict where there is an app.
    """
    user_id = own_id(who)
    if state(db, who) is not None:
        raise Conflict("You have added an authenticator app already. Remove it before you add another one.")
    step = app_codes.matching_step(secret_of(user_id, key), typed, at.now)
    if step is None:
        raise invalid("/code", WRONG_CODE)
    row = {"user_id": user_id, "key": key, "last_step": step, "added_at": at.now}
    db.execute(insert(authenticators), row)
    sessions.end_all(db, user_id, but=session)
    journal.record(db, who, at, journal.Change("user", user_id, "authenticator_added", None, None))
    return _new_codes(db, user_id)


def remove(db: Connection, who: Principal, at: Moment) -> None:
    """Remove the caller's app and its recovery codes: the password alone signs in. Again, it does nothing."""
    user_id = own_id(who)
    if forget(db, user_id):
        journal.record(db, who, at, journal.Change("user", user_id, "authenticator_removed", None, None))


def forget(db: Connection, user_id: UUID) -> bool:
    """Take the app of an account away, with its recovery codes; whether there was one. Not journalled."""
    db.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
    return db.execute(delete(authenticators).where(authenticators.c.user_id == user_id)).rowcount == 1


def renew_codes(db: Connection, who: Principal, at: Moment) -> list[str]:
    """New recovery codes in place of the caller's old ones, shown only here. Raises Conflict: no app."""
    user_id = own_id(who)
    if state(db, who) is None:
        raise Conflict("You have no authenticator app, so there is nothing to recover.")
    journal.record(db, who, at, journal.Change("user", user_id, "recovery_codes_renewed", None, None))
    return _new_codes(db, user_id)


def _new_codes(db: Connection, user_id: UUID) -> list[str]:
    db.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
    made = [_code() for _ in range(HOW_MANY_CODES)]
    db.execute(
        insert(recovery_codes), [{"code_hash": _hash(user_id, code), "user_id": user_id} for code in made]
    )
    return made


def _code() -> str:
    """A recovery code of 80 bits: four groups of four letters and digits."""
    letters = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode().lower()
    return "-".join(letters[place : place + 4] for place in range(0, len(letters), 4))


def _hash(user_id: UUID, typed: str) -> str:
    plain = "".join(letter for letter in typed.lower() if letter.isalnum())
    return token_hash(f"recovery {user_id} {plain}", settings().key())
