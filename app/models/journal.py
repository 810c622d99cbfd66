"""The journal: one row for each change, in the area's sequence."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String, UniqueConstraint, text
from sqlmodel import Field

from app.models.base import Shape, UtcDateTime, new_id

_DELETED = text("operation = 'deleted'")


class JournalEntry(Shape, table=True):
    """Who changed what, when, from what, to what, and why.

    Append-only, by triggers of the database; ``hash`` chains each entry to the one before it in its area
    (``app.journal.chain``).
    """

    __tablename__ = "journal_entries"
    __table_args__ = (
        UniqueConstraint("area_id", "sequence"),
        Index("ix_journal_entries_subject_id_sequence", "subject_id", "sequence"),
        # The few that tell of a deleted record, which no other row names any more.
        Index("ix_journal_entries_deleted", "area_id", sqlite_where=_DELETED, postgresql_where=_DELETED),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    area_id: UUID = Field(foreign_key="areas.id")
    sequence: int
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    author_kind: str = Field(sa_type=String(10))
    author_id: UUID | None = None
    author_name: str
    noun: str = Field(max_length=30)
    subject_id: UUID
    operation: str = Field(max_length=30)
    before: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    after: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    reason: str | None = None
    hash: str = Field(sa_type=String(64))
