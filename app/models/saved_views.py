"""Saved views: a list with its filters and order, kept under a name."""

from typing import Annotated
from uuid import UUID

from pydantic import StrictBool, StringConstraints
from sqlalchemy import Index
from sqlmodel import Field

from app.models.base import Input, Row, Safe, ShortLine

LONGEST_PATH, LONGEST_QUERY = 200, 1_000
# An address of this service alone: no host can stand in it, nor a way out of its folder.
Place = Annotated[
    str, StringConstraints(max_length=LONGEST_PATH, pattern=r"^/([A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*)?$"), Safe
]
Query = Annotated[str, StringConstraints(max_length=LONGEST_QUERY, pattern=r"^[\x21-\x7e]*$")]


class SavedView(Row, table=True):
    """The address of a list that a user keeps. ``shared`` shows it to everybody in the area.

    Bookkeeping, not journalled: it says how somebody looks at the records, and nothing about them.
    """

    __tablename__ = "saved_views"
    __table_args__ = (Index("uq_saved_views_user_id_name", "user_id", "name", unique=True),)

    user_id: UUID = Field(foreign_key="users.id", index=True)
    name: str = Field(max_length=120)
    path: str = Field(max_length=LONGEST_PATH)
    query: str = Field(max_length=LONGEST_QUERY)
    shared: bool = False


class SavedViewUpdate(Input):
    """What of a saved view can change."""

    name: ShortLine | None = Field(default=None, description="What it is called.")
    shared: StrictBool | None = Field(default=None, description="Whether everybody in the area sees it.")


class SavedViewCreate(Input):
    """A new saved view."""

    name: ShortLine = Field(description="What it is called.")
    path: Place = Field(description="The address of the list.")
    query: Query = Field(default="", description="Its filters and order, as they stand in the address.")
    shared: StrictBool = Field(default=False, description="Whether everybody in the area sees it.")
