"""Findings of the data-quality checks as answered, and their acknowledgement."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, String
from sqlmodel import Field, SQLModel

from app.models.base import UtcDateTime, new_id


class Acknowledgement(SQLModel, table=True):
    """That someone looked at a finding and said why it stays, until the data it was made from changes.

    ``fingerprint`` is of the values that the check looked at: with other values the finding counts again.
    Append-only.
    """

    __tablename__ = "acknowledgements"
    __table_args__ = (Index("ix_acknowledgements_subject", "area_id", "check_id", "subject_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    area_id: UUID = Field(foreign_key="areas.id")
    check_id: str = Field(max_length=60)
    subject_noun: str = Field(max_length=30)
    subject_id: UUID
    fingerprint: str = Field(max_length=64)
    sequence: int
    effective_on: date
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    author_kind: str = Field(sa_type=String(10))
    author_id: UUID | None = None
    author_name: str
    reason: str
