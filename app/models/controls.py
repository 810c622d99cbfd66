"""Controls: measures already in place against a risk."""

from uuid import UUID

from pydantic import StrictBool
from sqlmodel import Field

from app.models.base import Input, Items, Prose, Row, RowRead, Shape


class ControlBase(Shape):
    """A control as entered."""

    description: Prose = Field(description="What is in place.")
    in_place: StrictBool = Field(
        default=True, description="False once it no longer is; it stays listed as ended."
    )


class Control(ControlBase, Row, table=True):
    """A control of one risk; ``position`` is its place in the list, from 1."""

    __tablename__ = "controls"

    risk_id: UUID = Field(foreign_key="risks.id", index=True)
    position: int


class ControlCreate(ControlBase, Input):
    """A new control; it goes to the end of the list."""


class ControlUpdate(Input):
    """What of a control can change."""

    description: Prose | None = Field(default=None, description="What is in place.")
    in_place: StrictBool | None = Field(default=None, description="Whether it still is.")


class ControlRead(ControlBase, RowRead):
    """A control as answered."""

    risk_id: UUID = Field(description="The risk it acts on.")
    position: int = Field(description="Place in the list, from 1.")


class ControlList(Items):
    """A page of controls."""

    items: list[ControlRead] = Field(description="The records of this page, in order.")
