"""API clients and their access tokens. Secrets and tokens are stored as hashes only."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from app.models.base import Output, Row, UtcDateTime


class Client(Row, table=True):
    """A program of one area. ``scopes`` are separated by spaces; its id is the OAuth client id."""

    __tablename__ = "clients"

    name: str = Field(max_length=120)
    secret_hash: str = Field(max_length=64)
    scopes: str = Field(max_length=60)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AccessToken(SQLModel, table=True):
    """A bearer token; it never outlives its client."""

    __tablename__ = "access_tokens"

    token_hash: str = Field(primary_key=True, max_length=64)
    client_id: UUID = Field(foreign_key="clients.id", index=True)
    scopes: str = Field(max_length=60)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class TokenRead(Output):
    """The answer of the token endpoint (RFC 6749, section 5.1)."""

    access_token: str = Field(description="Send it as `Authorization: Bearer <token>`.")
    token_type: str = Field(description="Always `Bearer`.")
    expires_in: int = Field(description="Seconds until it expires.")
    scope: str = Field(description="The granted scopes, separated by spaces.")
