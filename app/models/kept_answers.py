"""Answers kept for repeated requests: what a POST with an Idempotency-Key was answered."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, LargeBinary
from sqlmodel import Field

from app.models.base import Shape, UtcDateTime


class KeptAnswer(Shape, table=True):
    """The answer to a client's request with a key, written in the transaction of the request itself.

    ``request_digest`` tells a repetition from another request with the same key. ``headers`` are pairs of
    name and value, in their order; ``body`` the bytes that were sent. Bookkeeping, not journalled.
    """

    __tablename__ = "kept_answers"

    client_id: UUID = Field(foreign_key="clients.id", primary_key=True)
    key: str = Field(primary_key=True, max_length=255)
    request_digest: str = Field(max_length=64)
    status: int
    headers: list[tuple[str, str]] = Field(sa_type=JSON)
    body: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
