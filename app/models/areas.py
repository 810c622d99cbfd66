"""Areas: local area SEND partnerships. Each owns its plans, registers, people and users."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints
from sqlmodel import Field

from app.models.base import Line, Output, Shape, Time, UtcDateTime, new_id

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$")]


class AreaBase(Shape):
    """What names an area."""

    slug: Slug = Field(unique=True, max_length=40, description="Short name in addresses and commands.")
    name: Line = Field(max_length=300, description="Full name of the partnership.")


class Area(AreaBase, table=True):
    """``last_sequence`` is the place of the newest journal entry; its row is the area's write lock."""

    __tablename__ = "areas"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    last_sequence: int = Field(default=0)
    version: int = Field(default=1)
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class AreaRead(AreaBase, Output):
    """An area as answered."""

    id: UUID = Field(description="Identifier of the area.")
    version: int = Field(description="Rises by one with each change; the ETag of this record begins with it.")
    created_at: Time = Field(description="When it was created, UTC.")
    updated_at: Time = Field(description="When it last changed, UTC.")
    last_sequence: int = Field(description="Place of the newest entry in the area's journal.")


class AreaList(Output):
    """The areas that the caller may read: their own."""

    items: list[AreaRead] = Field(description="The records of this page, in order.")
    next: str | None = Field(description="Cursor of the next page; null on the last one.")
    total: int = Field(description="How many there are.")
