"""Drafts of forms: kept while somebody types and when a session is over, gone once the form is saved.

A draft belongs to its user alone and is found by the address of its form. It is kept for 14 days after it was
last changed, and a user has at most 20: the oldest goes first. Bookkeeping, not journalled.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.models.drafts import LONGEST_PATH
from app.models.tables import drafts, users
from app.models.tables import sessions as sessions_table
from app.services import sessions

KEPT_FOR = timedelta(days=14)
MOST_DRAFTS = 20


class Draft(NamedTuple):
    """What was typed, by the name of the input, and when it was kept."""

    fields: Mapping[str, str]
    saved_at: datetime


_ONE = (drafts.c.user_id == bindparam("of_user")) & (drafts.c.path == bindparam("at_path"))
_FIND = select(drafts.c.fields, drafts.c.saved_at).where(_ONE, drafts.c.saved_at > bindparam("since"))
_FORGET = delete(drafts).where(_ONE)
_CHANGE = update(drafts).where(_ONE)
_OLD = (
    select(drafts.c.path)
    .where(drafts.c.user_id == bindparam("of_user"))
    .order_by(drafts.c.saved_at.desc(), drafts.c.path)
    .offset(MOST_DRAFTS)
)
_LAPSED = (
    select(sessions_table.c.user_id)
    .join(users, users.c.id == sessions_table.c.user_id)
    .where(
        sessions_table.c.token_hash == bindparam("hashed"),
        sessions_table.c.expires_at > bindparam("since"),
        users.c.disabled.is_(False),
    )
)


def find(db: Connection, user_id: UUID, path: str, now: datetime) -> Draft | None:
    """What the user typed into the form at this address and did not save."""
    given = {"of_user": user_id, "at_path": path, "since": now - KEPT_FOR}
    row = db.execute(_FIND, given).one_or_none()
    return Draft(row.fields, row.saved_at) if row else None


def keep(db: Connection, user_id: UUID, path: str, fields: Mapping[str, str], now: datetime) -> bool:
    """Keep what was typed in place of what was kept for this form; False where it has no address of ours."""
    if len(path) > LONGEST_PATH:
        return False
    values = {"fields": dict(fields), "saved_at": now}
    found = db.execute(_CHANGE.values(**values), {"of_user": user_id, "at_path": path})
    if not found.rowcount:
        try:
            with db.begin_nested():
                db.execute(insert(drafts), {"user_id": user_id, "path": path, **values})
        except IntegrityError:
            # The same form was kept at this very moment, by another request of the same browser.
            return True
        old = db.execute(_OLD, {"of_user": user_id}).scalars().all()
        if old:
            db.execute(delete(drafts).where(drafts.c.user_id == user_id, drafts.c.path.in_(old)))
    return True


def forget(db: Connection, user_id: UUID, path: str) -> None:
    """The form was saved, or its draft is not wanted."""
    db.execute(_FORGET, {"of_user": user_id, "at_path": path})


def owner_of_lapsed(db: Connection, token: str, now: datetime) -> UUID | None:
    """Whose session this was that is over by time; None for one that was signed out, or of a disabled user.

    Signing out and another password take the session's row away at once; one that has only lapsed, by time or
    for another role, stays for ``sessions.REMEMBERED``.
    """
    given = {"hashed": sessions.hashed(token), "since": now - sessions.REMEMBERED}
    found: UUID | None = db.execute(_LAPSED, given).scalar()
    return found
