"""API clients and their access tokens. Secrets and tokens are stored as hashes only."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from app.models.base import Output, Row, Shape, UtcDateTime, new_id

DEFAULT_QUOTA = 6_000
"""Requests in a minute that a client may make, where nothing else was agreed."""
LARGEST_QUOTA = 1_000_000_000


class Client(Row, table=True):
    """A program of one area. ``scopes`` are separated by spaces; its id is the OAuth client id.

    ``quota`` is how many requests it may make in a minute.
    """

    __tablename__ = "clients"

    name: str = Field(max_length=120)
    scopes: str = Field(max_length=60)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    quota: int = Field(default=DEFAULT_QUOTA)


class ClientSecret(Shape, table=True):
    """A secret of a client: at most two of one client are live, so that one can be replaced in peace."""

    __tablename__ = "client_secrets"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    client_id: UUID = Field(foreign_key="clients.id", index=True)
    secret_hash: str = Field(max_length=64)
    created_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ClientUsage(Shape, table=True):
    """How much of its quota a client has used, and when it last asked. Bookkeeping, not journalled.

    ``used`` are the requests granted to the processes of the service in the minute from ``window_start``,
    ``granted`` those of the last grant alone. ``last_used_at`` is right to the minute; None before the first
    request. ``failures`` are the wrong secrets in the minute from ``failures_from``.
    """

    __tablename__ = "client_usage"

    client_id: UUID = Field(foreign_key="clients.id", primary_key=True)
    window_start: datetime = Field(sa_type=UtcDateTime)
    used: int = 0
    granted: int = 0
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    failures: int = 0
    failures_from: datetime = Field(sa_type=UtcDateTime)


class AccessToken(Shape, table=True):
    """A bearer token; it never outlives its client, nor the secret that it was given out for."""

    __tablename__ = "access_tokens"

    token_hash: str = Field(primary_key=True, max_length=64)
    client_id: UUID = Field(foreign_key="clients.id", index=True)
    secret_id: UUID = Field(foreign_key="client_secrets.id", index=True)
    scopes: str = Field(max_length=60)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class TokenRead(Output):
    """The answer of the token endpoint (RFC 6749, section 5.1)."""

    access_token: str = Field(description="Send it as `Authorization: Bearer <token>`.")
    token_type: str = Field(description="Always `Bearer`.")
    expires_in: int = Field(description="Seconds until it expires.")
    scope: str = Field(description="The granted scopes, separated by spaces.")
