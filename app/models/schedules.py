"""Schedules: when a summary or reminders are sent, and to whom."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, StrictBool, StrictInt, StringConstraints
from sqlalchemy import JSON, Index
from sqlmodel import Field

from app.models.base import (
    Day,
    Input,
    Items,
    OneLine,
    Output,
    Row,
    RowRead,
    ShortLine,
    Time,
    UtcDateTime,
    Whole,
    one_of,
)
from app.models.recipients import MOST_RECIPIENTS, RecipientCreate
from app.schedules.rules import MOST_WORKING_DAYS, HolidayRule, RuleKind, Weekday

MOST_DAYS = 365


class ScheduleKind(StrEnum):
    """What is sent: the summary of a plan, or to each lead a reminder of their actions."""

    summary = "summary"
    reminders = "reminders"


class MissedRule(StrEnum):
    """What becomes of due times at which no worker was there."""

    send_late = "send_late"
    skip = "skip"


class ScheduleState(StrEnum):
    """Whether a schedule runs. What falls due while it is paused is never sent."""

    active = "active"
    paused = "paused"


class Attachment(StrEnum):
    """A format in which the board report goes with the summary."""

    pdf = "pdf"
    docx = "docx"
    xlsx = "xlsx"
    json = "json"


class Schedule(Row, table=True):
    """When something of a plan is sent. ``rule`` and ``reminders`` are kept as they were stated.

    ``settled_until``: due times up to here have become runs or never will, UTC. It is bookkeeping, which
    leaves the version as it is. ``starts_on``: the first London day on which it is due.
    """

    __tablename__ = "schedules"
    __table_args__ = (
        one_of("kind", ScheduleKind),
        one_of("missed", MissedRule),
        one_of("state", ScheduleState),
        Index("ix_schedules_state_settled_until", "state", "settled_until"),
    )

    plan_id: UUID = Field(foreign_key="plans.id", index=True)
    name: str = Field(max_length=120)
    kind: str = Field(max_length=10)
    rule: dict[str, Any] = Field(sa_type=JSON)
    missed: str = Field(max_length=10)
    attachments: list[str] = Field(sa_type=JSON)
    reminders: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    state: str = Field(max_length=10)
    starts_on: date
    settled_until: datetime = Field(sa_type=UtcDateTime)


# --- Inputs -----------------------------------------------------------------------------------------------


def _once(values: list[Any]) -> list[Any]:
    return list(dict.fromkeys(values))


TimeOfDay = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")
]
Expression = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), OneLine]
DaysAhead = Annotated[StrictInt, Field(ge=0, le=MOST_DAYS), Whole]
Attachments = Annotated[list[Attachment], AfterValidator(_once)]
DayOfMonth = Annotated[StrictInt, Field(ge=1, le=31), Whole]
MonthOfQuarter = Annotated[StrictInt, Field(ge=1, le=3), Whole]
WorkingDays = Annotated[StrictInt, Field(ge=1, le=MOST_WORKING_DAYS), Whole]
DaysApart = Annotated[StrictInt, Field(ge=1, le=MOST_DAYS), Whole]


class RuleStated(Input):
    """When a schedule is due, whole: it takes the place of the rule before. Times are London's."""

    kind: RuleKind = Field(description="How due days are found; it says which other fields belong to it.")
    time: TimeOfDay | None = Field(
        default=None, description="All but `cron`: the time of day in London as HH:MM, for example `08:00`."
    )
    weekday: Weekday | None = Field(default=None, description="`weekly`: the day of the week.")
    day: DayOfMonth | None = Field(
        default=None,
        description="`monthly`, `quarterly`: the day of the month; in shorter months their last day, so that "
        "31 is always the last.",
    )
    month: MonthOfQuarter | None = Field(
        default=None,
        description="`quarterly`: the month of the quarter, 1 to 3; 1 is January, April, July and October.",
    )
    working_days: WorkingDays | None = Field(
        default=None,
        description="`working_days_before_meeting`: how many working days before each meeting.",
    )
    expression: Expression | None = Field(
        default=None,
        description="`cron`: minute, hour, day of the month, month and day of the week, for example "
        "`0 8 * * 1`; at most once an hour.",
    )
    holidays: HolidayRule = Field(
        default=HolidayRule.keep,
        description="What happens on an English bank holiday, and for `monthly` and `quarterly` at a weekend "
        "too: `keep` the day, take the nearest working day `before` or `after`, or `skip` it.",
    )


class Reminders(Input):
    """Of what leads are reminded, each in one message a run, never twice of the same."""

    due_days: Annotated[list[DaysAhead], AfterValidator(_once)] = Field(
        default=[], max_length=10, description="How many days before an action is due, for example 14 and 3."
    )
    overdue_every_days: DaysApart | None = Field(
        default=None,
        description="How many days apart reminders of an overdue action are; null for none.",
    )
    not_updated: StrictBool = Field(
        default=False, description="Whether of actions without an update in the present period, once in it."
    )


class ScheduleCreate(Input):
    """A new schedule. It is paused until it is told to run."""

    plan_id: UUID = Field(description="The plan that it is about.")
    name: ShortLine = Field(description="What it is called, for example `Monday summary`.")
    kind: ScheduleKind = Field(
        default=ScheduleKind.summary,
        description="`summary` of the plan to its recipients, or `reminders` to leads of their actions.",
    )
    rule: RuleStated = Field(description="When it is due.")
    missed: MissedRule = Field(
        default=MissedRule.send_late,
        description="What becomes of due times at which no worker was there: `send_late`, once for all of "
        "them, or `skip`.",
    )
    attachments: Attachments = Field(
        default=[],
        max_length=len(Attachment),
        description="`summary`: the formats of the report that go with it.",
    )
    reminders: Reminders | None = Field(default=None, description="`reminders`: of what leads are reminded.")
    starts_on: Day | None = Field(
        default=None, description="First day on which it may be due, London; today when left out."
    )
    state: Literal["active", "paused"] = Field(
        default="paused", description="`active` runs from now on; a summary then needs a recipient."
    )
    recipients: list[RecipientCreate] = Field(
        default=[],
        max_length=MOST_RECIPIENTS,
        description="To whom the summary goes. More can be added later.",
    )


class ScheduleUpdate(Input):
    """What of a schedule can change. A new rule counts from now on."""

    name: ShortLine | None = Field(default=None, description="What it is called.")
    rule: RuleStated | None = Field(default=None, description="When it is due, whole.")
    missed: MissedRule | None = Field(default=None, description="What becomes of missed due times.")
    attachments: Attachments | None = Field(
        default=None, max_length=len(Attachment), description="The formats of the report that go with it."
    )
    reminders: Reminders | None = Field(default=None, description="Of what leads are reminded, whole.")
    starts_on: Day | None = Field(default=None, description="First day on which it may be due, London.")


# --- Answers ----------------------------------------------------------------------------------------------


class RuleRead(Output):
    """When a schedule is due, as answered: fields that do not belong to its kind are null."""

    kind: RuleKind = Field(description="How due days are found; fields of other kinds are null.")
    time: str | None = Field(description="The time of day in London.")
    weekday: Weekday | None = Field(description="The day of the week.")
    day: int | None = Field(description="The day of the month, or its last.")
    month: int | None = Field(description="The month of the quarter, 1 to 3.")
    working_days: int | None = Field(description="Working days before each meeting.")
    expression: str | None = Field(description="The cron expression.")
    holidays: HolidayRule = Field(description="What happens on bank holidays.")


class RemindersRead(Output):
    """Of what leads are reminded."""

    due_days: list[int] = Field(description="How many days before an action is due.")
    overdue_every_days: int | None = Field(description="Days between reminders of an overdue action.")
    not_updated: bool = Field(description="Whether of actions without an update in the present period.")


class ScheduleRead(RowRead):
    """A schedule as answered. Addresses are read with its recipients, by admins alone."""

    plan_id: UUID = Field(description="The plan that it is about.")
    name: str = Field(description="What it is called.")
    kind: ScheduleKind = Field(description="What is sent.")
    rule: RuleRead = Field(description="When it is due.")
    rule_in_words: str = Field(description="The rule in words, for example `Every Monday at 08:00`.")
    missed: MissedRule = Field(description="What becomes of missed due times.")
    attachments: list[Attachment] = Field(description="The formats of the report that go with it.")
    reminders: RemindersRead | None = Field(description="Of what leads are reminded; null for a summary.")
    state: ScheduleState = Field(description="What falls due while it is `paused` is never sent.")
    starts_on: date = Field(description="First day on which it may be due, London.")
    settled_until: Time = Field(description="Due times up to here have become runs or never will, UTC.")
    next_due_at: Time | None = Field(description="When it is due next, UTC; null when it is not.")
    recipient_count: int = Field(description="How many recipients it sends to, without who unsubscribed.")
    unsubscribed: int = Field(description="How many recipients unsubscribed.")


class ScheduleList(Items):
    """The schedules of the area, oldest first."""

    items: list[ScheduleRead] = Field(description="The records of this page, in order.")


class DueTime(Output):
    """A time at which a schedule is due."""

    due_at: Time = Field(description="When, UTC.")
    local: str = Field(description="When in London, for example `Monday 1 July 2024 at 08:00`.")


class SchedulePreview(Output):
    """When a schedule is due next, and what to know about it."""

    schedule_id: UUID = Field(description="The schedule.")
    rule_in_words: str = Field(description="The rule in words.")
    due: list[DueTime] = Field(description="The next five due times; fewer where no more meetings are known.")
    warnings: list[str] = Field(description="What may not come as expected, in sentences.")
