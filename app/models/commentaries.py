"""Officers' commentary on a period and on each priority in it: their words beside the generated ones."""

from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from app.models.base import Input, Items, Prose, Row, RowRead, Shape


class CommentaryBase(Shape):
    """A commentary as entered."""

    text: Prose = Field(
        description="What officers add to the figures. No personal data of children or families."
    )


class Commentary(CommentaryBase, Row, table=True):
    """The commentary on a period as a whole (no priority) or on one priority; written until publishing."""

    __tablename__ = "commentaries"
    __table_args__ = (
        Index("uq_commentaries_priority", "period_id", "priority_id", unique=True),
        # In a unique index nulls differ, so that the one of the period as a whole needs its own.
        Index(
            "uq_commentaries_period",
            "period_id",
            unique=True,
            sqlite_where=text("priority_id IS NULL"),
            postgresql_where=text("priority_id IS NULL"),
        ),
    )

    period_id: UUID = Field(foreign_key="periods.id")
    priority_id: UUID | None = Field(default=None, foreign_key="priorities.id", index=True)
    author_name: str


class CommentaryPut(CommentaryBase, Input):
    """The commentary, whole: it takes the place of the one before."""


class CommentaryRead(CommentaryBase, RowRead):
    """A commentary as answered."""

    period_id: UUID = Field(description="The period it is about.")
    priority_id: UUID | None = Field(description="The priority it is about; null for the period as a whole.")
    text: str = Field(description="What officers add to the figures.")
    author_name: str = Field(description="Who wrote it, or changed it last.")


class CommentaryList(Items):
    """The commentaries of a period: the one on the whole first, then in the order of the priorities."""

    items: list[CommentaryRead] = Field(description="The commentaries of the period.")
