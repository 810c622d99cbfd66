"""The journal: every change is recorded here, in the transaction that makes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import Connection, bindparam, insert, update

from app.access.roles import Principal
from app.clock import Moment
from app.models.base import new_id
from app.models.tables import areas, journal_entries

# One statement takes the next number and holds the area's row until the commit: sequences have no gap
# and no two writers share one.
_NEXT = (
    update(areas)
    .where(areas.c.id == bindparam("in_area"))
    .values(last_sequence=areas.c.last_sequence + 1)
    .returning(areas.c.last_sequence)
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
    sequence = db.execute(_NEXT, {"in_area": who.area_id}).scalar_one()
    db.execute(
        _APPEND,
        {
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
        },
    )
    return int(sequence)
