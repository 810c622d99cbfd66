"""Recipients of schedules: users of the area, or plain addresses."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, StringConstraints, WithJsonSchema
from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from app import config
from app.models.base import Input, Items, Output, Shape, ShortLine, Time, UtcDateTime, new_id

MOST_RECIPIENTS = 5_000
"""Recipients of one schedule."""
LONGEST_ADDRESS = 254


class ScheduleRecipient(Shape, table=True):
    """Somebody to whom a schedule sends: a user of the area, or a plain address.

    ``address`` is in lower case. Of a user it is the one they had when they were added: messages go to the
    one they have. A row stays when it is removed, with whether it is unsubscribed: adding the address again
    does not undo that, and the link in what was sent to it still stops it.
    """

    __tablename__ = "schedule_recipients"
    __table_args__ = (UniqueConstraint("schedule_id", "address"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    schedule_id: UUID = Field(foreign_key="schedules.id")
    area_id: UUID = Field(foreign_key="areas.id", index=True)
    user_id: UUID | None = Field(default=None, foreign_key="users.id", index=True)
    name: str | None = Field(default=None, max_length=120)
    address: str = Field(max_length=LONGEST_ADDRESS)
    group_name: str | None = Field(default=None, max_length=120)
    unsubscribed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)


def is_mail_address(value: str) -> bool:
    """Whether messages can be sent to an address: one in the plain form, with a full domain."""
    return config.is_mail_address(value) and "." in value.partition("@")[2]


def _in_lower_case(value: str) -> str:
    """Addresses are compared in lower case."""
    if not is_mail_address(value):
        raise ValueError("give one e-mail address, for example board@council.example")
    return value.lower()


Address = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=LONGEST_ADDRESS),
    AfterValidator(_in_lower_case),
    WithJsonSchema({"type": "string", "format": "email", "maxLength": LONGEST_ADDRESS}),
]


class RecipientCreate(Input):
    """A recipient to add: a user of the area, or a plain address."""

    user_id: UUID | None = Field(
        default=None, description="A user of the area: messages go to the address that they sign in with."
    )
    address: Address | None = Field(
        default=None,
        description="An e-mail address, where it is no user, for example `board@council.example`.",
    )
    name: ShortLine | None = Field(
        default=None, description="Who it is; null where only the address is known."
    )
    group_name: ShortLine | None = Field(
        default=None, description="The group that recipients are listed under, for example `Board members`."
    )


class RecipientsAdd(Input):
    """Recipients to add to a schedule, all or none."""

    recipients: list[RecipientCreate] = Field(
        min_length=1, max_length=MOST_RECIPIENTS, description="Whom to add. An address that is there stays."
    )


class RecipientRead(Output):
    """A recipient as answered."""

    id: UUID = Field(description="Identifier of the recipient.")
    user_id: UUID | None = Field(description="The user; null for a plain address.")
    address: str = Field(description="Where messages go.")
    name: str | None = Field(description="Who it is.")
    group_name: str | None = Field(description="The group that it is listed under.")
    unsubscribed_at: Time | None = Field(description="When they unsubscribed, UTC; null while they have not.")
    created_at: Time = Field(description="When it was added, UTC.")


class RecipientList(Items):
    """Recipients of a schedule by group, then address."""

    items: list[RecipientRead] = Field(description="The records of this page, in order.")


class RecipientsAdded(Output):
    """What became of recipients that were sent to be added."""

    added: int = Field(description="How many are new.")
    already_there: int = Field(
        description="How many were recipients before, or unsubscribed before they were removed; they stay so."
    )
    total: int = Field(description="How many recipients the schedule has now, with who unsubscribed.")
