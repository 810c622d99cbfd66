"""Sessions of signed-in browsers. They end 12 hours after they began, or 2 hours after they were last used.

They are bookkeeping, not journalled. Whoever changes what an account may do ends its sessions with
``end_all`` or ``lapse_all`` in the same transaction.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, case, delete, insert, select, update

from app import books, db
from app.access.roles import Principal
from app.config import settings
from app.logs import log
from app.models.tables import sessions
from app.security import new_token, token_hash

SESSION_LIFETIME = timedelta(hours=12)
IDLE_LIMIT = timedelta(hours=2)
"""How long a session lasts without being used."""
REMEMBERED = timedelta(days=14)
"""How long it is known whose session one was that is over: what they typed into an open form is kept."""
_NOTED_EVERY = timedelta(minutes=1)
_USER = """
SELECT u.id, u.email, u.role, u.area_id, a.name, a.last_sequence, u.person_id, p.name, c.look,
    u.person_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM priorities r WHERE r.area_id = u.area_id AND r.sro_id = u.person_id
    ),
    s.seen_at < ?
FROM sessions s JOIN users u ON u.id = s.user_id JOIN areas a ON a.id = u.area_id
LEFT JOIN people p ON p.id = u.person_id LEFT JOIN area_settings c ON c.area_id = u.area_id
WHERE s.token_hash = ? AND s.expires_at > ? AND s.seen_at > ? AND NOT u.disabled
"""
_SEEN = "UPDATE sessions SET seen_at = ? WHERE token_hash = ? AND seen_at < ? RETURNING user_id"


def open_session(connection: Connection, user_id: UUID, now: datetime) -> str:
    """The token of a new session. Those of the user that ended long ago are cleared."""
    ended = sessions.c.expires_at <= now - REMEMBERED
    connection.execute(delete(sessions).where(sessions.c.user_id == user_id, ended))
    token = new_token()
    connection.execute(
        insert(sessions),
        {
            "token_hash": hashed(token),
            "user_id": user_id,
            "created_at": now,
            "seen_at": now,
            "expires_at": now + SESSION_LIFETIME,
        },
    )
    return token


def end_session(connection: Connection, token: str, now: datetime) -> str:
    """End the session of this token. Answers another token, which opens nothing; "" where there is none.

    It tells whose session it was: what is sent from a form that is open in another tab is kept for them.
    """
    left = new_token()
    one = sessions.c.token_hash == hashed(token)
    # One that was over already is remembered for no longer than it was.
    over = case((sessions.c.expires_at > now, now), else_=sessions.c.expires_at)
    done = connection.execute(update(sessions).where(one).values(token_hash=hashed(left), expires_at=over))
    return left if done.rowcount else ""


def end_all(connection: Connection, user_id: UUID, *, but: str | None = None) -> int:
    """End every session of a user, but for that of the token ``but``; returns how many ended."""
    statement = delete(sessions).where(sessions.c.user_id == user_id)
    if but is not None:
        statement = statement.where(sessions.c.token_hash != hashed(but))
    return connection.execute(statement).rowcount


def lapse_all(connection: Connection, user_id: UUID, now: datetime, *, but: str | None = None) -> None:
    """End every session of a user as time does: what they send from an open form is still kept for them.

    For another role and for signing out everywhere; another password and the end of an account ``end_all``.
    """
    live = (sessions.c.user_id == user_id) & (sessions.c.expires_at > now)
    if but is not None:
        live &= sessions.c.token_hash != hashed(but)
    connection.execute(update(sessions).where(live).values(expires_at=now))


def list_sessions(connection: Connection, who: Principal, now: datetime, token: str) -> list[dict[str, Any]]:
    """The live sessions of the caller, the newest first; ``is_this`` marks that of the token."""
    live = (sessions.c.expires_at > now) & (sessions.c.seen_at > now - IDLE_LIMIT)
    rows = connection.execute(
        select(sessions).where(sessions.c.user_id == who.id, live).order_by(sessions.c.created_at.desc())
    )
    return [
        {"began_at": row.created_at, "seen_at": row.seen_at, "is_this": row.token_hash == hashed(token)}
        for row in rows
    ]


async def find_user(token: str, now: datetime) -> tuple[Any, ...] | None:
    """The row of the user behind a live session, for the gate; notes once a minute that it is used."""
    wanted, noted = hashed(token), db.lookup_value(now - _NOTED_EVERY)
    row = await db.lookup(_USER, (noted, wanted, db.lookup_value(now), db.lookup_value(now - IDLE_LIMIT)))
    if row is None:
        return None
    if row[-1]:
        try:
            await books.keep(_SEEN, (db.lookup_value(now), wanted, noted))
        except books.Busy:
            log.warning("the use of a session was not noted")
    return row[:-1]


def hashed(token: str) -> str:
    """How the token of a session is stored."""
    return token_hash(token, settings().key())
