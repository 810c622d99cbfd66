"""Runs of schedules and their deliveries, as they are answered."""

from datetime import date
from uuid import UUID

from sqlmodel import Field

from app.models.base import Items, Output, Time
from app.models.schedule_runs import MailState, RunKind, RunState


class RunCounts(Output):
    """How many messages of a run stand how."""

    waiting: int = Field(description="To be sent, or to be tried again.")
    handing_over: int = Field(description="Being given to the mail system at this moment.")
    sent: int = Field(description="Taken by the mail system.")
    doubtful: int = Field(
        description="Perhaps taken: a worker ended, or no answer came. They are tried again."
    )
    refused: int = Field(description="Refused for good.")
    dead: int = Field(description="Given up after the last try.")
    left_out: int = Field(description="Not sent on purpose; each says why.")


class RunRead(Output):
    """One occurrence of a schedule as answered."""

    id: UUID = Field(description="Identifier of the run.")
    schedule_id: UUID = Field(description="The schedule.")
    kind: RunKind = Field(
        description="`due`: by its schedule; `now`: asked for by hand; `test`: to whoever asked, alone."
    )
    due_at: Time = Field(description="When it was due, or asked for, UTC.")
    state: RunState = Field(
        description="`waiting` to be made, `made` and being sent, `done`, or `skipped` as a missed due time."
    )
    as_at: date | None = Field(description="The London date of which the figures are; null until it is made.")
    subject: str | None = Field(description="What the messages are about; null until it is made.")
    note: str | None = Field(description="What to know about it, for example why nothing was sent.")
    created_at: Time = Field(description="When it was entered, UTC.")
    made_at: Time | None = Field(description="When its content was made, UTC.")
    deliveries: RunCounts = Field(description="How many messages stand how.")


class RunList(Items):
    """The runs of a schedule, newest first."""

    items: list[RunRead] = Field(description="The records of this page, in order.")


class RunDeliveryRead(Output):
    """One message of a run to one recipient as answered."""

    id: UUID = Field(description="Identifier of the delivery.")
    run_id: UUID = Field(description="The run.")
    address: str = Field(description="Where it goes.")
    name: str | None = Field(description="Who it is.")
    message_id: str = Field(description="Its Message-ID, the same however often it is tried.")
    state: MailState = Field(
        description="`doubtful`: it may have been taken by the mail system, and is sent again as the same "
        "message; `refused`: for good; `dead`: given up after eleven tries; `left_out`: on purpose."
    )
    attempts: int = Field(description="How often it was tried.")
    last_error: str | None = Field(description="Why the last try failed, or why it was left out.")
    sent_at: Time | None = Field(description="When the mail system took it, UTC.")
    created_at: Time = Field(description="When it was entered, UTC.")
    next_try_at: Time | None = Field(description="When it is tried next, UTC; null when it is not.")


class RunDeliveryList(Items):
    """The messages of a run by address."""

    items: list[RunDeliveryRead] = Field(description="The records of this page, in order.")
