"""Priorities of a plan (workstreams of a grant programme)."""

from typing import Annotated
from uuid import UUID

from pydantic import StrictInt
from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from app.models.base import Input, Items, Line, Prose, Ref, Row, RowRead, Shape, Whole
from app.models.people import PersonName

Position = Annotated[StrictInt, Field(ge=1, le=1000), Whole]


class PriorityBase(Shape):
    """A priority as entered."""

    ref: Ref = Field(max_length=30, description="Unique in the plan, for example `PAP 1`. No slash.")
    title: Line = Field(max_length=300, description="Short title.")
    statement: Prose | None = Field(
        default=None, max_length=10_000, description="What the partnership must improve, in full."
    )
    responsible_bodies: Line | None = Field(
        default=None, max_length=300, description="Bodies that answer for it together."
    )
    sro_id: UUID | None = Field(default=None, description="The person who is senior responsible officer.")


class Priority(PriorityBase, Row, table=True):
    """A priority of one plan; ``position`` is its place in it, from 1."""

    __tablename__ = "priorities"
    __table_args__ = (UniqueConstraint("plan_id", "ref"),)

    plan_id: UUID = Field(foreign_key="plans.id", index=True)
    position: int
    sro_id: UUID | None = Field(default=None, foreign_key="people.id")


class PriorityCreate(PriorityBase, Input):
    """A new priority; it goes to the end of the plan unless a position is given."""

    position: Position | None = Field(default=None, description="Place in the plan, from 1.")


class PriorityDetails(Input):
    """What of a priority can change, but for its ref."""

    title: Line | None = Field(default=None, description="Short title.")
    statement: Prose | None = Field(default=None, description="What must improve; null clears it.")
    responsible_bodies: Line | None = Field(default=None, description="Responsible bodies; null clears them.")
    sro_id: UUID | None = Field(default=None, description="Senior responsible officer; null clears it.")
    position: Position | None = Field(default=None, description="Place in the plan, from 1.")


class PriorityUpdate(PriorityDetails):
    """What of a priority can change."""

    ref: Ref | None = Field(default=None, description="Unique in the plan. No slash.")


class PriorityRead(PriorityBase, RowRead):
    """A priority as answered."""

    plan_id: UUID = Field(description="The plan it belongs to.")
    position: int = Field(description="Place in the plan, from 1.")
    sro: PersonName | None = Field(description="The senior responsible officer.")


class PriorityList(Items):
    """A page of priorities."""

    items: list[PriorityRead] = Field(description="The records of this page, in order.")
