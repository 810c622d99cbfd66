"""Board reporting periods of a plan, and what was published at the end of each."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, UniqueConstraint
from sqlmodel import Field

from app.models.base import (
    Day,
    Input,
    Items,
    Line,
    Output,
    Prose,
    Ref,
    Row,
    RowRead,
    Shape,
    Time,
    UtcDateTime,
    new_id,
    one_of,
)


class PeriodState(StrEnum):
    """A period is written, then reviewed, then published: from then on it is frozen."""

    draft = "draft"
    in_review = "in_review"
    published = "published"


class PeriodBase(Shape):
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


class Publication(Shape, table=True):
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


class Erratum(Shape, table=True):
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


class PeriodCreate(PeriodBase, Input):
    """A new period; it begins as a draft."""


class PeriodUpdate(Input):
    """What of a period can change until it is published."""

    ref: Ref | None = Field(default=None, description="Unique in the plan. No slash.")
    title: Line | None = Field(default=None, description="How the board calls it; null clears it.")
    first_day: Day | None = Field(default=None, description="First day of the period.")
    last_day: Day | None = Field(default=None, description="Last day of the period.")
    meeting_on: Day | None = Field(default=None, description="When the board meets; null clears it.")
    state: PeriodState | None = Field(
        default=None,
        description="`in_review` sends it for review, `draft` takes it back. It is published by "
        "`POST /periods/{id}/publication`, not here.",
    )


class Published(Output):
    """When and by whom a period was published, and how to recognise what was."""

    at: Time = Field(description="When it was published, UTC.")
    on: date = Field(description="The London date on which it was published.")
    by: str = Field(description="Who published it.")
    sequence: int = Field(
        description="Place of the publication in the area's journal: the figures follow from the entries "
        "before it."
    )
    digest: str = Field(description="SHA-256 of the published content; the ETag of `report.json`.")


class PeriodRead(PeriodBase, RowRead):
    """A period as answered."""

    plan_id: UUID = Field(description="The plan it belongs to.")
    title: str | None = Field(description="How the board calls it.")
    first_day: date = Field(description="First day of the period.")
    last_day: date = Field(description="Last day: the figures of the period are as at this day.")
    meeting_on: date | None = Field(description="When the board meets about it.")
    state: PeriodState = Field(description="A period is a draft, then in review, then published for ever.")
    published: Published | None = Field(description="The publication; null until it is published.")
    errata: int = Field(description="How many errata stand beside it.")


class PeriodList(Items):
    """A page of periods."""

    items: list[PeriodRead] = Field(description="The records of this page, in order.")


class PublicationRead(Output):
    """A publication as answered: the place at which the period was frozen."""

    period_id: UUID = Field(description="The period.")
    sequence: int = Field(description="Place of the publication in the area's journal.")
    published_at: Time = Field(description="When it was published, UTC.")
    published_on: date = Field(description="The London date on which it was published.")
    author_name: str = Field(description="Who published it.")
    digest: str = Field(description="SHA-256 of the published content; the ETag of `report.json`.")
    journal_head: str = Field(
        description="Hash of the journal's last entry before the publication. Keep it outside the service: "
        "`send-tracker check --journal --head` proves that nothing before it was changed."
    )


class ErratumBase(Shape):
    """An erratum as entered."""

    text: Prose = Field(description="What is wrong in the published period, and what is right.")


class ErratumCreate(ErratumBase, Input):
    """A new erratum. The published period itself stays as it is."""

    effective_on: Day | None = Field(
        default=None,
        description="Date of the erratum: today by default, never later, and not before the "
        "day on which the period was published.",
    )


class ErratumRead(ErratumBase, Output):
    """An erratum as answered; it never changes."""

    id: UUID = Field(description="Identifier of the erratum.")
    period_id: UUID = Field(description="The published period that it stands beside.")
    sequence: int = Field(description="Place in the area's journal.")
    effective_on: date = Field(description="Date of the erratum.")
    recorded_at: Time = Field(description="When the service learned of it, UTC.")
    author_name: str = Field(description="Who recorded it.")
    text: str = Field(description="What is wrong in the published period, and what is right.")


class ErratumList(Items):
    """The errata of a period, oldest first."""

    items: list[ErratumRead] = Field(description="The errata of the period.")
