"""Users who sign in to the pages, and their sessions. Tokens and links are stored as hashes only."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from app.access.roles import Role
from app.models.base import Row, Shape, UtcDateTime, one_of
from app.models.people import Email


class User(Row, table=True):
    """One account, in one area, with one role. ``person_id`` says which person of the plans it is."""

    __tablename__ = "users"
    __table_args__ = (one_of("role", Role),)

    email: Email = Field(unique=True, max_length=254)
    role: str = Field(max_length=20)
    person_id: UUID | None = Field(default=None, foreign_key="people.id", unique=True)
    password_hash: str | None = None
    link_hash: str | None = Field(default=None, unique=True)
    link_expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    disabled: bool = False
    failures: int = 0
    locked_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class UserSession(Shape, table=True):
    """A signed-in browser. ``seen_at`` is when it last asked for something, right to the minute."""

    __tablename__ = "sessions"

    token_hash: str = Field(primary_key=True, max_length=64)
    user_id: UUID = Field(foreign_key="users.id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
