"""Answers kept for requests with an Idempotency-Key: looked up, and stored in the request's own transaction.

A key belongs to a client. Its answer is kept for 24 hours; from then on the key is free again, whether or not
the worker has cleared the row. Bookkeeping, not journalled.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, insert, select, text

from app.errors import KeyReused
from app.models.tables import kept_answers

KEPT_FOR = timedelta(hours=24)


class Asked(NamedTuple):
    """A request with a key. ``digest`` tells it from every other request, see ``digest_of``."""

    client_id: UUID
    key: str
    digest: str


class Answer(NamedTuple):
    """What a request was answered, to the byte."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes


def digest_of(method: str, path: bytes, query: bytes, body: bytes) -> str:
    """What makes two requests the same: method, path and query as sent, and the bytes of the body."""
    # Neither of the first three can hold a line break as sent, so no two requests run together.
    return hashlib.sha256(b"\n".join((method.encode(), path, query, body))).hexdigest()


def reserve(db: Connection, asked: Asked) -> bool:
    """Keep the key to this transaction until it ends; False when another one has it.

    On SQLite there is one writer, so that nobody else can have it.
    """
    if db.dialect.name == "sqlite":
        return True
    whole = hashlib.sha256(asked.client_id.bytes + asked.key.encode()).digest()
    return bool(db.execute(_RESERVE, {"key": int.from_bytes(whole[:8], signed=True)}).scalar())


# Of the transaction, so that nothing is left of it when the process or its connection dies.
_RESERVE = text("SELECT pg_try_advisory_xact_lock(:key)")


def find(db: Connection, asked: Asked, now: datetime) -> Answer | None:
    """The kept answer of this very request, None when there is none.

    Raises KeyReused when the key was used for another request. Call ``reserve`` first, in a statement of its
    own: what its last holder committed is then seen.
    """
    row = db.execute(_FIND, {"client_id": asked.client_id, "key": asked.key, "now": now}).first()
    if row is None:
        return None
    if row.request_digest != asked.digest:
        raise KeyReused
    return Answer(row.status, [(name, value) for name, value in row.headers], row.body)


_KEY = (
    kept_answers.c.client_id == bindparam("client_id", type_=kept_answers.c.client_id.type),
    kept_answers.c.key == bindparam("key"),
)
_FIND = select(
    kept_answers.c.request_digest, kept_answers.c.status, kept_answers.c.headers, kept_answers.c.body
).where(*_KEY, kept_answers.c.expires_at > bindparam("now", type_=kept_answers.c.expires_at.type))
_FORGET = delete(kept_answers).where(*_KEY)


def keep(db: Connection, asked: Asked, answer: Answer, now: datetime) -> None:
    """Store the answer, in place of an expired one of the same key."""
    db.execute(_FORGET, {"client_id": asked.client_id, "key": asked.key})
    row = {
        "client_id": asked.client_id,
        "key": asked.key,
        "request_digest": asked.digest,
        **answer._asdict(),
        "created_at": now,
        "expires_at": now + KEPT_FOR,
    }
    db.execute(_KEEP, row)


_KEEP = insert(kept_answers)
