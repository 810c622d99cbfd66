"""Proving who one is with a password, and the sessions that begin then.

A password is checked outside any transaction, since one hash takes 150 ms: signing in is ``find_account``
(read), ``password_fits`` (no database), ``sign_in`` (write). Failures are counted and lock an account.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, select, update

from app.access.roles import Principal
from app.models.tables import authenticators, users
from app.security import LONGEST_PASSWORD, password_matches
from app.services import sessions
from app.services.users import address_of, own_id, plain_text

MOST_FAILURES = 10
LOCKED_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Account:
    """What checking a password needs; no id and no hash where nobody can sign in with the address."""

    user_id: UUID | None
    password_hash: str | None


UNKNOWN = Account(None, None)


class CodeWanted(NamedTuple):
    """The password fits, and the code of the account's authenticator app is wanted besides."""

    user_id: UUID


def find_account(db: Connection, email: str, now: datetime) -> Account:
    """The account to check a password against; one without a hash when it is unknown, locked or disabled."""
    address = address_of(email)
    if address is None:
        return UNKNOWN
    row = db.execute(
        select(users.c.id, users.c.password_hash, users.c.disabled, users.c.locked_until).where(
            users.c.email == address
        )
    ).one_or_none()
    if row is None or row.disabled or row.password_hash is None or _is_locked(row.locked_until, now):
        return UNKNOWN
    return Account(row.id, row.password_hash)


def _is_locked(until: datetime | None, now: datetime) -> bool:
    return until is not None and until > now


def password_fits(account: Account, password: str) -> bool:
    """Whether the password is the account's; equally slow where there is no account. Takes 150 ms."""
    plain = plain_text(password)
    usable = plain is not None and len(plain) <= LONGEST_PASSWORD
    return password_matches(plain if plain is not None and usable else "", account.password_hash) and usable


def account_of(db: Connection, who: Principal, now: datetime) -> Account:
    """The caller's account to check the password against; one without a hash while it is locked."""
    row = db.execute(
        select(users.c.id, users.c.password_hash, users.c.locked_until).where(users.c.id == own_id(who))
    ).one()
    return UNKNOWN if _is_locked(row.locked_until, now) else Account(row.id, row.password_hash)


def sign_in(db: Connection, account: Account, fits: bool, now: datetime) -> str | CodeWanted | None:
    """The token of a new session when the password fits; else None, and the failure is counted.

    After ten failures in a row the account refuses every password for 15 minutes, with the same answer.
    Of an account with an authenticator app the password alone neither signs in nor ends that count.
    """
    if account.user_id is None or not confirm(db, account, fits, now):
        return None
    has_app = select(authenticators.c.user_id).where(authenticators.c.user_id == account.user_id)
    if db.execute(has_app).first() is not None:
        return CodeWanted(account.user_id)
    return proved(db, account.user_id, now)


def confirm(db: Connection, account: Account, fits: bool, now: datetime) -> bool:
    """Whether the password is that of the account; a failure is counted.

    Everything is looked at again here, so that guesses made side by side count as well.
    """
    row = to_prove(db, account.user_id, now) if account.user_id else None
    if row is None or account.user_id is None:
        return False
    if not fits or row.password_hash != account.password_hash:
        failed(db, account.user_id, row, now)
        return False
    return True


def to_prove(db: Connection, user_id: UUID, now: datetime) -> Any:
    """The account's row, locked until the commit; None for one that is disabled, or refuses for a while."""
    row = db.execute(
        select(users.c.failures, users.c.disabled, users.c.locked_until, users.c.password_hash)
        .where(users.c.id == user_id)
        .with_for_update()
    ).one_or_none()
    return None if row is None or row.disabled or _is_locked(row.locked_until, now) else row


def proved(db: Connection, user_id: UUID, now: datetime) -> str:
    """The token of a new session of somebody who gave all that is wanted; failures count from nought."""
    db.execute(update(users).where(users.c.id == user_id).values(failures=0, locked_until=None))
    return sessions.open_session(db, user_id, now)


def failed(db: Connection, user_id: UUID, row: Any, now: datetime) -> None:
    """Count a wrong password or code; ten in a row lock the account for 15 minutes."""
    failures = row.failures + 1
    locks = failures >= MOST_FAILURES
    db.execute(
        update(users)
        .where(users.c.id == user_id)
        .values(failures=0 if locks else failures, locked_until=now + LOCKED_FOR if locks else None)
    )
