"""People: names or posts with an organisation, who lead, answer for and own things."""

from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints
from sqlalchemy import Index
from sqlmodel import Field

from app.models.base import Input, Items, Line, Output, Row, RowRead, Shape

Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, max_length=254, pattern=r"^[^@\s\x00-\x1f<>\"]+@[^@\s\x00-\x1f<>\"]+$"
    ),
]


class PersonBase(Shape):
    """A person as entered."""

    name: Line = Field(max_length=300, description="Name or post, for example `Joint commissioning lead`.")
    organisation: Line | None = Field(default=None, max_length=300, description="For example `ICB`.")
    email: Email | None = Field(default=None, max_length=254, description="Where messages reach them.")


class Person(PersonBase, Row, table=True):
    """A person of one area."""

    __tablename__ = "people"
    __table_args__ = (Index("ix_people_area_id_id", "area_id", "id"),)


class PersonCreate(PersonBase, Input):
    """A new person."""


class PersonUpdate(Input):
    """What of a person can change."""

    name: Line | None = Field(default=None, description="Name or post.")
    organisation: Line | None = Field(default=None, description="Organisation; null clears it.")
    email: Email | None = Field(default=None, description="E-mail address; null clears it.")


class PersonRead(PersonBase, RowRead):
    """A person as answered."""


class PersonName(Output):
    """A person where another record names them."""

    id: UUID = Field(description="Identifier of the person.")
    name: str = Field(description="Name or post.")
    organisation: str | None = Field(description="Organisation.")


class PersonList(Items):
    """A page of people."""

    items: list[PersonRead] = Field(description="The records of this page, in order.")
