"""How users prove who they are, beside a password: single sign-on, and codes of an authenticator app.

What is stored proves nothing by itself: secrets of apps are derived, recovery codes kept as hashes.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from app.models.base import Shape, UtcDateTime

LONGEST_ISSUER = 500
LONGEST_SUBJECT = 255
"""OpenID Connect Core, section 2: a subject has at most 255 ASCII characters."""


class Identity(Shape, table=True):
    """Who a user is to a provider of single sign-on: such a user has no password here.

    Issuer and subject never change and are never given to somebody else, as an e-mail address may be.
    """

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    user_id: UUID = Field(foreign_key="users.id", primary_key=True)
    issuer: str = Field(max_length=LONGEST_ISSUER)
    subject: str = Field(max_length=LONGEST_SUBJECT)
    connected_at: datetime = Field(sa_type=UtcDateTime)


class Authenticator(Shape, table=True):
    """The authenticator app of a user. Its secret is derived from ``key`` and the service's own key.

    ``last_step`` is the step (30 seconds, from 1970) of the newest code that was taken: none is taken twice.
    """

    __tablename__ = "authenticators"

    user_id: UUID = Field(foreign_key="users.id", primary_key=True)
    key: UUID
    last_step: int
    added_at: datetime = Field(sa_type=UtcDateTime)


class RecoveryCode(Shape, table=True):
    """A code that signs in once, in place of the app's; used, it is gone."""

    __tablename__ = "recovery_codes"

    code_hash: str = Field(primary_key=True, max_length=64)
    user_id: UUID = Field(foreign_key="users.id", index=True)


class SpentSignIn(Shape, table=True):
    """An answer of a provider that was brought here: it is not taken again. Bookkeeping, for minutes."""

    __tablename__ = "spent_sign_ins"

    token_hash: str = Field(primary_key=True, max_length=64)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
