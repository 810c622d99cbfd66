"""Webhooks: addresses of other systems that are told of changes, and what was sent to them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.models.base import Row, UtcDateTime, new_id, one_of


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

    ``after_sequence`` is the place in the journal up to which deliveries were entered; it and
    ``failing_since`` are bookkeeping, which leaves the version as it is.
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


class WebhookDelivery(SQLModel, table=True):
    """One change to be told to one webhook: its id is the message's. Bookkeeping, not journalled."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        one_of("state", DeliveryState),
        UniqueConstraint("webhook_id", "sequence"),
        Index("ix_webhook_deliveries_created_at", "created_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    area_id: UUID = Field(foreign_key="areas.id", index=True)
    webhook_id: UUID = Field(foreign_key="webhooks.id")
    sequence: int
    event_type: str = Field(max_length=60)
    subject_id: UUID
    body: str
    state: str = Field(max_length=10)
    created_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class WebhookAttempt(SQLModel, table=True):
    """One try of a delivery: what the receiver answered, or why there was no answer."""

    __tablename__ = "webhook_attempts"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    delivery_id: UUID = Field(foreign_key="webhook_deliveries.id", index=True)
    tried_at: datetime = Field(sa_type=UtcDateTime)
    status: int | None = None
    error: str | None = Field(default=None, max_length=300)
    milliseconds: int
