"""What the worker does for all areas: its sign of life, and clearing what has expired.

Bookkeeping, not journalled. Each function is called in a transaction of its own, by several workers at once:
on PostgreSQL each passes over the rows that another one, or somebody who signs in, has locked.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Delete,
    Update,
    case,
    delete,
    func,
    insert,
    select,
    tuple_,
    update,
)

from app.models.tables import (
    access_tokens,
    drafts,
    kept_answers,
    sessions,
    spent_sign_ins,
    users,
    worker_heartbeats,
)
from app.services.drafts import KEPT_FOR as DRAFTS_KEPT_FOR
from app.services.sessions import REMEMBERED

# Rows that one transaction clears: about 10 ms, for which others wait on SQLite.
AT_ONCE = 500
FORGOTTEN_AFTER = timedelta(days=1)
LATE_AFTER = timedelta(seconds=30)


class Worker(NamedTuple):
    """Who gives a sign of life."""

    id: UUID
    name: str
    started_at: datetime


# --- Signs of life ----------------------------------------------------------------------------------------


def beat(db: Connection, worker: Worker, now: datetime) -> None:
    """Write that the worker lives, as a new row where it has none."""
    table = worker_heartbeats
    found = db.execute(update(table).where(table.c.id == worker.id).values(seen_at=now, stopped_at=None))
    if not found.rowcount:
        db.execute(insert(table), {**worker._asdict(), "seen_at": now})


def leave(db: Connection, worker: Worker, now: datetime) -> None:
    """Write that the worker stops: it was there until now."""
    table = worker_heartbeats
    db.execute(update(table).where(table.c.id == worker.id).values(seen_at=now, stopped_at=now))


def newest_heartbeat(db: Connection, now: datetime) -> dict[str, Any] | None:
    """When any worker was last seen, and whether one is at work; None where none was seen for a day.

    "ok" where one was seen in the last 30 s and has not stopped since, else "late".
    """
    seen_at, at_work = db.execute(_NEWEST).one()
    if seen_at is None:
        return None
    is_late = at_work is None or now - at_work > LATE_AFTER
    return {"status": "late" if is_late else "ok", "seen_at": seen_at}


_NEWEST = select(
    func.max(worker_heartbeats.c.seen_at),
    func.max(case((worker_heartbeats.c.stopped_at.is_(None), worker_heartbeats.c.seen_at))),
)


def clear_heartbeats(db: Connection, now: datetime) -> bool:
    """Forget workers that were not seen for a day."""
    key = worker_heartbeats.c.id
    return clear_some(
        db, key, worker_heartbeats.c.seen_at <= now - FORGOTTEN_AFTER, delete(worker_heartbeats)
    )


# --- What has expired -------------------------------------------------------------------------------------


def clear_sessions(db: Connection, now: datetime) -> bool:
    """Remove sessions that ended long ago. Returns, as all here, whether more are left than were cleared."""
    ended = sessions.c.expires_at <= now - REMEMBERED
    return clear_some(db, sessions.c.token_hash, ended, delete(sessions))


def clear_drafts(db: Connection, now: datetime) -> bool:
    """Forget drafts of forms that nobody went on with."""
    mine = (drafts.c.user_id, drafts.c.path)
    return clear_some(db, mine, drafts.c.saved_at <= now - DRAFTS_KEPT_FOR, delete(drafts))


def clear_access_tokens(db: Connection, now: datetime) -> bool:
    """Remove expired access tokens."""
    expired = access_tokens.c.expires_at <= now
    return clear_some(db, access_tokens.c.token_hash, expired, delete(access_tokens))


def clear_spent_sign_ins(db: Connection, now: datetime) -> bool:
    """Forget answers of providers of single sign-on: once they have expired, they are refused for that."""
    spent = spent_sign_ins.c
    return clear_some(db, spent.token_hash, spent.expires_at <= now, delete(spent_sign_ins))


def clear_links(db: Connection, now: datetime) -> bool:
    """Take expired one-time links from their accounts (a used one is taken away as it is used)."""
    expired = update(users).values(link_hash=None, link_expires_at=None)
    return clear_some(db, users.c.id, users.c.link_expires_at <= now, expired)


def clear_locks(db: Connection, now: datetime) -> bool:
    """Take locks that have ended from their accounts. Failures in a row count on until somebody signs in."""
    return clear_some(db, users.c.id, users.c.locked_until <= now, update(users).values(locked_until=None))


def clear_kept_answers(db: Connection, now: datetime) -> bool:
    """Forget answers that were kept for a repetition of their request, once they have expired."""
    kept = kept_answers.c
    return clear_some(db, (kept.client_id, kept.key), kept.expires_at <= now, delete(kept_answers))


def clear_some(
    db: Connection,
    key: Column[Any] | tuple[Column[Any], ...],
    due: ColumnElement[bool],
    statement: Delete | Update,
) -> bool:
    """Apply the statement to some rows that are due; whether there may be more."""
    columns = key if isinstance(key, tuple) else (key,)
    # Two statements: within one, PostgreSQL may lock more rows than the limit says.
    some = select(*columns).where(due).limit(AT_ONCE).with_for_update(skip_locked=True)
    found = [tuple(row) for row in db.execute(some)]
    if found:
        is_found = (
            tuple_(*columns).in_(found) if len(columns) > 1 else columns[0].in_([one for (one,) in found])
        )
        db.execute(statement.where(is_found))
    return len(found) == AT_ONCE
