"""Webhooks: addresses of other systems that are told of changes, and what was sent to them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, StringConstraints
from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field

from app.models.base import (
    Input,
    Items,
    Line,
    Output,
    Row,
    RowRead,
    Safe,
    Shape,
    Time,
    UtcDateTime,
    new_id,
    one_of,
)
from app.models.change_kinds import EVENT_TYPES

TEST_EVENT = "webhook.test"
"""The type of the event that an administrator sends to try a webhook; nobody subscribes to it."""


class WebhookState(StrEnum):
    """Whether a webhook is told of changes. ``disabled``: by the service, as it does not take them."""

    enabled = "enabled"
    paused = "paused"
    disabled = "disabled"


class DeliveryState(StrEnum):
    """How the telling of one change stands."""

    waiting = "waiting"
    delivered = "delivered"
    dead = "dead"


class Webhook(Row, table=True):
    """An address that is told of changes. Its secret is derived, and stored nowhere (``generation``).

    ``event_types`` is empty where it is told of every type. ``after_sequence`` is the place in the journal
    up to which deliveries were entered; it and ``failing_since`` are bookkeeping, which leaves the version
    as it is.
    """

    __tablename__ = "webhooks"
    __table_args__ = (one_of("state", WebhookState),)

    url: str = Field(max_length=2000)
    description: str | None = Field(default=None, max_length=300)
    event_types: list[str] = Field(sa_type=JSON)
    state: str = Field(max_length=10)
    state_reason: str | None = Field(default=None, max_length=300)
    generation: int = 1
    previous_secret_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    after_sequence: int = 0
    failing_since: datetime | None = Field(default=None, sa_type=UtcDateTime)


class WebhookDelivery(Shape, table=True):
    """One change to be told to one webhook: its id is the message's. Bookkeeping, not journalled.

    ``body`` is what is sent, to the byte, each time. A test has no ``sequence``: it is about no change.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        one_of("state", DeliveryState),
        UniqueConstraint("webhook_id", "sequence"),
        Index("ix_webhook_deliveries_webhook_id_state", "webhook_id", "state"),
        Index("ix_webhook_deliveries_created_at", "created_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    area_id: UUID = Field(foreign_key="areas.id", index=True)
    webhook_id: UUID = Field(foreign_key="webhooks.id")
    sequence: int | None = None
    event_type: str = Field(max_length=60)
    subject_id: UUID
    body: str
    state: str = Field(max_length=10)
    created_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class WebhookAttempt(Shape, table=True):
    """One try of a delivery: what the receiver answered, or why there was no answer."""

    __tablename__ = "webhook_attempts"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    delivery_id: UUID = Field(foreign_key="webhook_deliveries.id", index=True)
    tried_at: datetime = Field(sa_type=UtcDateTime)
    status: int | None = None
    error: str | None = Field(default=None, max_length=300)
    milliseconds: int


# --- Inputs -----------------------------------------------------------------------------------------------


def _known(value: str) -> str:
    if value not in EVENT_TYPES:
        raise ValueError(f"there is no such event type; there are: {', '.join(EVENT_TYPES)}")
    return value


def _once(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


EventType = Annotated[
    str, AfterValidator(_known), Field(schema_extra={"json_schema_extra": {"enum": list(EVENT_TYPES)}})
]
EventTypes = Annotated[list[EventType], AfterValidator(_once)]
Address = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), Safe]
_URL = "Where the service sends events by POST: https, a public host. No redirects are followed."
_TYPES = "What it is told of; an empty list means every type, those of later versions as well."


class WebhookCreate(Input):
    """A new webhook; it is told of changes from now on."""

    url: Address = Field(description=_URL)
    description: Line | None = Field(default=None, description="What it is for.")
    event_types: EventTypes = Field(default_factory=list, max_length=len(EVENT_TYPES), description=_TYPES)


class WebhookUpdate(Input):
    """What of a webhook can change."""

    url: Address | None = Field(default=None, description=_URL)
    description: Line | None = Field(default=None, description="What it is for; null clears it.")
    event_types: EventTypes | None = Field(default=None, max_length=len(EVENT_TYPES), description=_TYPES)
    state: Literal["enabled", "paused"] | None = Field(
        default=None,
        description="`paused` keeps events until it is `enabled` again; `enabled` also ends a `disabled`. It "
        "goes on where it stopped, with at most the last 10,000 changes of the area.",
    )


# --- Answers ----------------------------------------------------------------------------------------------


class WebhookRead(RowRead):
    """A webhook as answered. Its secret is shown once, on creation and on rotation."""

    url: str = Field(description="Where the service sends events by POST.")
    description: str | None = Field(description="What it is for.")
    event_types: list[str] = Field(description=_TYPES)
    state: WebhookState = Field(
        description="`disabled` is what the service does: after 410, or when nothing arrived for three days."
    )
    state_reason: str | None = Field(description="Why the service disabled it; null otherwise.")
    failing_since: Time | None = Field(description="Since when nothing arrives, UTC; null while it does.")
    previous_secret_until: Time | None = Field(
        description="Until when events are signed with the secret before the last rotation too, UTC."
    )
    waiting: int = Field(description="Events entered and not yet delivered.")
    after_sequence: int = Field(description="Place in the area's journal up to which events were entered.")


class WebhookList(Items):
    """The webhooks of the area, oldest first."""

    items: list[WebhookRead] = Field(description="The records of this page, in order.")


class WebhookWithSecret(WebhookRead):
    """A webhook with the secret that its events are signed with, shown this once."""

    secret: str | None = Field(
        description="`whsec_` and base64, as the libraries of Standard Webhooks take it. Null in an answer "
        "that is repeated for an Idempotency-Key: it is stored nowhere. Rotate it if the first one was lost."
    )


class DeliveryRead(Output):
    """One event for one webhook, and how its delivery stands."""

    id: UUID = Field(description="Identifier of the event: the `webhook-id` header, the same at each try.")
    webhook_id: UUID = Field(description="The webhook.")
    sequence: int | None = Field(description="Place of the change in the area's journal; null for a test.")
    event_type: str = Field(description="What happened, for example `action.updated`.")
    subject_id: UUID = Field(description="The record that changed; for a test the webhook.")
    state: DeliveryState = Field(description="`dead` after the tenth try, until somebody sends it again.")
    created_at: Time = Field(description="When the event was entered, UTC.")
    finished_at: Time | None = Field(description="When it was delivered or given up, UTC.")
    attempts: int = Field(description="How often it was tried.")
    last_status: int | None = Field(description="The HTTP status of the last try; null without an answer.")
    last_error: str | None = Field(description="Why the last try failed; null where it did not.")
    next_try_at: Time | None = Field(
        description="When it is tried next, UTC; null when it is not: delivered, dead, or the webhook stands."
    )


class DeliveryList(Items):
    """Deliveries of a webhook, newest first."""

    items: list[DeliveryRead] = Field(description="The records of this page, in order.")


class AttemptRead(Output):
    """One try of a delivery."""

    tried_at: Time = Field(description="When it was sent, UTC.")
    status: int | None = Field(description="The HTTP status; null where there was no answer.")
    error: str | None = Field(description="Why it failed; null where it did not.")
    milliseconds: int = Field(description="How long it took.")


class DeliveryDetail(DeliveryRead):
    """A delivery with what is sent and each try."""

    body: str = Field(description="What is sent and signed, to the byte, in UTF-8.")
    tries: list[AttemptRead] = Field(description="Each try, oldest first.")


# --- Events -----------------------------------------------------------------------------------------------


class ChangeData(Output):
    """A change in short: which record it is about, and where to read it."""

    sequence: int = Field(description="Place in the area's journal: `GET /changes` continues from it.")
    noun: str = Field(description="What kind of record, for example `action`.")
    id: UUID = Field(description="Identifier of the record.")
    operation: str = Field(description="What was done to it, for example `updated`.")
    ref: str | None = Field(
        description="Its ref when the event was entered: of a commentary or erratum that of its period, of "
        "an area its short name. Null for records that have none."
    )
    title: str | None = Field(description="Its title or description, cut at 300 characters.")
    plan_id: UUID | None = Field(description="The plan it belongs to.")
    register_id: UUID | None = Field(description="The risk register it belongs to.")
    effective_on: str | None = Field(description="The day from which a dated entry is true, London date.")
    reason: str | None = Field(description="Why, where a reason was given.")
    href: str | None = Field(description="Where this API shows the record.")


class ChangeEvent(Output):
    """What a webhook receives for a change (Standard Webhooks 1.0.0). Fields may be added later."""

    type: str = Field(description="What happened: the event type.")
    timestamp: Time = Field(description="When the change was recorded, UTC; not when it was sent.")
    data: ChangeData = Field(description="The change in short. Read the record itself by `href`.")


class WebhookTestData(Output):
    """What a test says."""

    webhook_id: UUID = Field(description="The webhook that is tried.")


class WebhookTestEvent(Output):
    """What a webhook receives when an administrator tries it."""

    type: Literal["webhook.test"] = Field(description="Always `webhook.test`.")
    timestamp: Time = Field(description="When the test was asked for, UTC.")
    data: WebhookTestData = Field(description="Which webhook is tried.")
