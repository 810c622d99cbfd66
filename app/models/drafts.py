"""Drafts: what somebody typed into a form and has not saved."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON
from sqlmodel import Field

from app.models.base import Shape, UtcDateTime

LONGEST_PATH = 500


class Draft(Shape, table=True):
    """The fields of one form of one user, as they were typed. ``path`` is the address of the form.

    Nobody else reads it. Bookkeeping, not journalled: nothing of it is true until it is saved.
    """

    __tablename__ = "drafts"

    user_id: UUID = Field(foreign_key="users.id", primary_key=True)
    path: str = Field(primary_key=True, max_length=LONGEST_PATH)
    fields: dict[str, str] = Field(sa_type=JSON)
    saved_at: datetime = Field(sa_type=UtcDateTime, index=True)
