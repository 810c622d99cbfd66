"""Runs of schedules, what was sent to whom, and of what people were reminded."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field

from app.models.base import Shape, UtcDateTime, new_id, one_of
from app.models.recipients import LONGEST_ADDRESS


class RunKind(StrEnum):
    """Why a run was made: it was due, somebody sent it now, or somebody sent themselves a test."""

    due = "due"
    now = "now"
    test = "test"


class RunState(StrEnum):
    """How a run stands. ``made``: what it sends is settled, and its deliveries are entered."""

    waiting = "waiting"
    made = "made"
    done = "done"
    skipped = "skipped"


class MailState(StrEnum):
    """How one message to one recipient stands.

    ``handing_over``: the mail server is being given it. ``doubtful``: it may have taken it, its answer was
    lost. ``refused``: it never will. ``dead``: given up after the last try. ``left_out``: not sent to them.
    """

    waiting = "waiting"
    handing_over = "handing_over"
    sent = "sent"
    doubtful = "doubtful"
    refused = "refused"
    dead = "dead"
    left_out = "left_out"


class ReminderReason(StrEnum):
    """Why somebody is reminded of an action."""

    due = "due"
    overdue = "overdue"
    not_updated = "not_updated"


class ScheduleRun(Shape, table=True):
    """One occurrence of a schedule. Bookkeeping, not journalled.

    ``content`` is what is sent, the same for all, to the byte; reminders have theirs with each delivery.
    ``due_at`` of what was sent by hand is the moment at which that was asked.
    """

    __tablename__ = "schedule_runs"
    __table_args__ = (
        one_of("kind", RunKind),
        one_of("state", RunState),
        UniqueConstraint("schedule_id", "due_at", "kind"),
        Index("ix_schedule_runs_area_id_state", "area_id", "state"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    area_id: UUID = Field(foreign_key="areas.id")
    schedule_id: UUID = Field(foreign_key="schedules.id")
    kind: str = Field(max_length=10)
    due_at: datetime = Field(sa_type=UtcDateTime)
    state: str = Field(max_length=10)
    as_at: date | None = None
    content: bytes | None = Field(default=None, sa_type=LargeBinary)
    subject: str | None = Field(default=None, max_length=300)
    note: str | None = Field(default=None, max_length=500)
    created_at: datetime = Field(sa_type=UtcDateTime)
    made_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RunDelivery(Shape, table=True):
    """One message of a run to one recipient. ``message_id`` stays the same at each try. Bookkeeping.

    ``body`` is what is sent to this one alone (reminders). ``recipient_id`` is null for leads who are
    reminded, and once the recipient was removed.
    """

    __tablename__ = "run_deliveries"
    __table_args__ = (
        one_of("state", MailState),
        UniqueConstraint("run_id", "address"),
        Index("ix_run_deliveries_run_id_state", "run_id", "state"),
        Index("ix_run_deliveries_area_id_state", "area_id", "state"),
        Index("ix_run_deliveries_state", "state"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    area_id: UUID = Field(foreign_key="areas.id")
    run_id: UUID = Field(foreign_key="schedule_runs.id")
    recipient_id: UUID | None = Field(default=None, foreign_key="schedule_recipients.id", index=True)
    address: str = Field(max_length=LONGEST_ADDRESS)
    name: str | None = Field(default=None, max_length=300)
    message_id: str = Field(max_length=200)
    state: str = Field(max_length=12)
    attempts: int = 0
    last_error: str | None = Field(default=None, max_length=500)
    body: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)


class Reminded(Shape, table=True):
    """That a person was reminded of an action for a reason: nobody is, twice, of the same. Bookkeeping.

    ``mark`` says which distance or period it was about, for example the due date and days before it.
    """

    __tablename__ = "reminded"
    __table_args__ = (UniqueConstraint("person_id", "action_id", "reason", "mark"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    area_id: UUID = Field(foreign_key="areas.id", index=True)
    person_id: UUID = Field(foreign_key="people.id")
    action_id: UUID = Field(foreign_key="actions.id", index=True)
    reason: str = Field(max_length=20)
    mark: str = Field(max_length=60)
    run_id: UUID = Field(foreign_key="schedule_runs.id", index=True)
