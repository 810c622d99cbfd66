"""The journal: every change is recorded here, in the transaction that makes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import Connection, bindparam, insert, select, update

from app.access.roles import Principal
from app.clock import Moment
from app.config import settings
from app.journal import chain
from app.models.base import new_id
from app.models.tables import areas, journal_entries

_HASH_AT = select(journal_entries.c.hash).where(
    journal_entries.c.area_id == bindparam("in_area"), journal_entries.c.sequence == bindparam("at_sequence")
)
# One statement takes the next number, holds the area's row until the commit and reads the hash to follow:
# sequences have no gap, no two writers share one, and the chain has no fork.
_NEXT = (
    update(areas)
    .where(areas.c.id == bindparam("in_area"))
    .values(last_sequence=areas.c.last_sequence + 1)
    .returning(
        areas.c.last_sequence,
        select(journal_entries.c.hash)
        .where(
            # By the parameter: in RETURNING, SQLAlchemy leaves the table's name out on SQLite, so that `id`
            # would be that of the journal's row.
            journal_entries.c.area_id == bindparam("in_area"),
            journal_entries.c.sequence == areas.c.last_sequence - 1,
        )
        .correlate(areas)
        .scalar_subquery(),
    )
)
_APPEND = insert(journal_entries)


@dataclass(frozen=True, slots=True)
class Change:
    """What changed: ``before`` is None for something new; both hold only what the change touches."""

    noun: str
    subject_id: UUID
    operation: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    reason: str | None = None


def record(db: Connection, who: Principal, at: Moment, change: Change) -> int:
    """Append a change to the area's journal and return its sequence. Nobody else writes the journal."""
    sequence, previous = _next(db, who.area_id)
    entry: dict[str, Any] = {
        "id": new_id(),
        "area_id": who.area_id,
        "sequence": sequence,
        "recorded_at": at.now,
        "author_kind": who.kind,
        "author_id": who.id,
        "author_name": who.name,
        "noun": change.noun,
        "subject_id": change.subject_id,
        "operation": change.operation,
        "before": to_jsonable_python(change.before),
        "after": to_jsonable_python(change.after),
        "reason": change.reason,
    }
    entry["hash"] = chain.hash_of(previous, entry, settings().chain_key())
    db.execute(_APPEND, entry)
    return sequence


def _next(db: Connection, area_id: UUID) -> tuple[int, str]:
    """The next sequence of an area, and the hash that its entry follows."""
    sequence, previous = db.execute(_NEXT, {"in_area": area_id}).one()
    if previous is None and sequence > 1:
        # Having waited for another writer, PostgreSQL reads on in the snapshot from before it: look again.
        # An entry that is not there even so was cut: writing goes on, and the check finds the gap.
        previous = db.execute(_HASH_AT, {"in_area": area_id, "at_sequence": sequence - 1}).scalar()
    return sequence, previous or chain.START


def head(db: Connection, who: Principal) -> str:
    """The hash of the newest entry of the caller's area: noted elsewhere, it shows that nothing was cut."""
    last = select(areas.c.last_sequence).where(areas.c.id == who.area_id)
    found: str | None = db.execute(
        _HASH_AT, {"in_area": who.area_id, "at_sequence": db.execute(last).scalar_one()}
    ).scalar()
    return found or chain.START
