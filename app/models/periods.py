"""Board reporting periods of a plan, and what was published at the end of each."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.models.base import Day, Line, Ref, Row, UtcDateTime, new_id, one_of


class PeriodState(StrEnum):
    """A period is written, then reviewed, then published: from then on it is frozen."""

    draft = "draft"
    in_review = "in_review"
    published = "published"


class PeriodBase(SQLModel):
    """A period as entered."""

    ref: Ref = Field(max_length=30, description="Unique in the plan, for example `2024-Q1`. No slash.")
    title: Line | None = Field(
        default=None, max_length=300, description="How the board calls it, for example `April to June 2024`."
    )
    first_day: Day = Field(description="First day of the period.")
    last_day: Day = Field(description="Last day: the figures of the period are as at this day.")
    meeting_on: Day | None = Field(
        default=None, description="When the board meets about it; not before its last day."
    )


class Period(PeriodBase, Row, table=True):
    """A board reporting period of one plan; periods of a plan never overlap."""

    __tablename__ = "periods"
    __table_args__ = (
        UniqueConstraint("plan_id", "ref"),
        one_of("state", PeriodState),
        CheckConstraint("last_day >= first_day", name="days_in_order"),
        CheckConstraint("meeting_on >= last_day", name="meeting_after"),
        Index("ix_periods_plan_id_last_day", "plan_id", "last_day"),
    )

    plan_id: UUID = Field(foreign_key="plans.id")
    state: PeriodState = Field(default=PeriodState.draft, sa_type=String(20))


class Publication(SQLModel, table=True):
    """What was published for a period: the bytes that are answered for ever, and their place in the journal.

    ``sequence`` is the place of the publication's own journal entry: the figures follow from the entries
    before it. Append-only.
    """

    __tablename__ = "publications"
    __table_args__ = (UniqueConstraint("area_id", "sequence"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    area_id: UUID = Field(foreign_key="areas.id", index=True)
    period_id: UUID = Field(foreign_key="periods.id", unique=True)
    sequence: int
    published_at: datetime = Field(sa_type=UtcDateTime)
    published_on: date
    author_kind: str = Field(sa_type=String(10))
    author_id: UUID | None = None
    author_name: str
    digest: str = Field(max_length=64)
    content: bytes = Field(sa_type=LargeBinary)


class Erratum(SQLModel, table=True):
    """A dated correction shown beside a published period, which itself is never altered. Append-only."""

    __tablename__ = "errata"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    area_id: UUID = Field(foreign_key="areas.id", index=True)
    period_id: UUID = Field(foreign_key="periods.id", index=True)
    sequence: int
    effective_on: date
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    author_kind: str = Field(sa_type=String(10))
    author_id: UUID | None = None
    author_name: str
    text: str
