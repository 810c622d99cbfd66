"""The keyed hash chain of an area's journal: each entry's hash covers the entry and the hash before it.

Whoever can write to the database but does not know the key cannot change, remove, insert or swap an entry so
that the chain still fits. Entries cut from the end are missed by the area's last sequence, or, where that was
set back as well, by a hash that was noted elsewhere before (domain rules, section 5).
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

START = "0" * 64
"""What the first entry of an area follows."""


class Entry(NamedTuple):
    """A journal entry as stored: every column, in the order in which they are hashed, then its hash."""

    id: UUID | str
    area_id: UUID | str
    sequence: int
    recorded_at: datetime | str
    author_kind: str
    author_id: UUID | str | None
    author_name: str
    noun: str
    subject_id: UUID | str
    operation: str
    before: Any
    after: Any
    reason: str | None
    hash: str = ""


HASHED = Entry._fields[:-1]


def canonical(values: Iterable[Any]) -> bytes:
    """The bytes that stand for the hashed columns, the same whatever database they were read from.

    A JSON list in ASCII: names of objects sorted, ids as 32 hexadecimal digits, times in UTC to the
    microsecond. As a list of quoted values it cannot be read in two ways.
    """
    return _encode(list(values)).encode("ascii")


def _plain(value: object) -> str:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        utc = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return utc.strftime("%Y-%m-%d %H:%M:%S.%f")
    return str(value)


_encode = json.JSONEncoder(separators=(",", ":"), sort_keys=True, default=_plain).encode


def following(previous: str, values: Iterable[Any], key: bytes) -> str:
    """The hash of an entry that follows one with the hash ``previous``: HMAC-SHA256, 64 hex digits."""
    return hmac.digest(key, previous.encode() + canonical(values), hashlib.sha256).hex()


def hash_of(previous: str, values: Mapping[str, Any], key: bytes) -> str:
    """The hash of an entry given by its columns' names."""
    return following(previous, [values[name] for name in HASHED], key)
