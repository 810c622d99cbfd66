"""API clients: programs of an area, their secrets and their access tokens (RFC 6749, client credentials)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, delete, insert, select

from app.access.roles import SCOPE_OPERATIONS, Operation, Principal, Scope
from app.clock import Moment
from app.config import settings
from app.errors import invalid
from app.models.base import ShortLine, new_id
from app.models.clients import DEFAULT_QUOTA
from app.models.tables import access_tokens, client_secrets, clients
from app.security import new_token, secret_matches, token_hash
from app.services import access, journal, records

TOKEN_LIFETIME = timedelta(hours=1)
MOST_DAYS = 3650
GRANT_TYPE = "client_credentials"
_NAME: TypeAdapter[str] = TypeAdapter(ShortLine)
# Compared with where there is no client, so that both cases take the same time.
_NO_HASH = "0" * 64


class OAuthError(Exception):
    """A refusal of the token endpoint: ``error`` and ``error_description`` of RFC 6749, section 5.2."""

    def __init__(self, error: str, error_description: str, status: int = 400) -> None:
        super().__init__(error_description)
        self.error = error
        self.error_description = error_description
        self.status = status


def create_client(
    db: Connection,
    who: Principal,
    at: Moment,
    *,
    name: str,
    scopes: Iterable[Scope],
    days: int = 365,
    quota: int = DEFAULT_QUOTA,
) -> tuple[UUID, str]:
    """Add a client that expires in ``days`` and may make ``quota`` requests in a minute.

    Returns its id and its secret, which is shown only here.
    """
    access.require(who, Operation.administer)
    granted = set(scopes)
    if not granted:
        raise invalid("/scopes", f"Give at least one scope: {', '.join(Scope)}.")
    if not 1 <= days <= MOST_DAYS:
        raise invalid("/days", f"Give a number of days from 1 to {MOST_DAYS}.")
    try:
        plain_name = _NAME.validate_python(name)
    except ValidationError as error:
        raise invalid("/name", "Give a name of 1 to 120 characters, for example `Reporting`.") from error
    secret, client_id = new_token(), new_id()
    shown = {
        "name": plain_name,
        "scopes": _listed(granted),
        "expires_at": at.now + timedelta(days=days),
        "quota": quota,
    }
    stamps = {
        "id": client_id,
        "area_id": who.area_id,
        "version": 1,
        "created_at": at.now,
        "updated_at": at.now,
    }
    db.execute(insert(clients), {**shown, **stamps, "revoked_at": None})
    _add_secret(db, client_id, secret, at.now)
    journal.record(db, who, at, journal.Change("client", client_id, "created", None, shown))
    return client_id, secret


def _add_secret(db: Connection, client_id: UUID, secret: str, now: datetime) -> None:
    hashed = token_hash(secret, settings().key())
    values = {"id": new_id(), "client_id": client_id, "secret_hash": hashed}
    db.execute(insert(client_secrets), {**values, "created_at": now, "revoked_at": None})


def revoke_client(db: Connection, who: Principal, at: Moment, client_id: UUID) -> None:
    """End a client and its tokens at once. Does nothing when it was revoked before. Raises NotFound."""
    access.require(who, Operation.administer)
    current = records.find(db, who, clients, client_id, "client")
    if current["revoked_at"] is not None:
        return
    db.execute(delete(access_tokens).where(access_tokens.c.client_id == client_id))
    records.change(db, who, at, clients, "client", current, {"revoked_at": at.now})


def issue_token(
    db: Connection, client_id: str, secret: str, scope: str | None, now: datetime
) -> dict[str, Any]:
    """A bearer token for one hour, never beyond the client's end, as ``TokenRead`` answers it.

    Without ``scope`` it carries all that the client was granted. Raises OAuthError.
    """
    client = _client(db, client_id, secret, now)
    scopes = _scopes(client.scopes, scope)
    expires_at = min(now + TOKEN_LIFETIME, client.expires_at)
    token = new_token()
    db.execute(
        delete(access_tokens).where(access_tokens.c.client_id == client.id, access_tokens.c.expires_at <= now)
    )
    db.execute(
        insert(access_tokens),
        {
            "token_hash": token_hash(token, settings().key()),
            "client_id": client.id,
            "scopes": scopes,
            "expires_at": expires_at,
        },
    )
    seconds = int((expires_at - now).total_seconds())
    return {"access_token": token, "token_type": "Bearer", "expires_in": seconds, "scope": scopes}


def check_grant_type(grant_type: str | None) -> None:
    """Raise OAuthError unless the request asks for the one grant that there is."""
    if not grant_type:
        raise OAuthError("invalid_request", f"Send grant_type={GRANT_TYPE} in a form body.")
    if grant_type != GRANT_TYPE:
        raise OAuthError("unsupported_grant_type", f"Only grant_type={GRANT_TYPE} is supported.")


def _client(db: Connection, client_id: str, secret: str, now: datetime) -> Any:
    """The client with these credentials. An unknown, expired or revoked one gets one and the same refusal."""
    try:
        wanted: UUID | None = UUID(client_id)
    except ValueError:
        wanted = None
    row = db.execute(
        select(clients.c.id, clients.c.scopes, clients.c.expires_at, clients.c.revoked_at).where(
            clients.c.id == wanted
        )
    ).one_or_none()
    live = select(client_secrets.c.secret_hash).where(
        client_secrets.c.client_id == wanted, client_secrets.c.revoked_at.is_(None)
    )
    hashes = [*db.execute(live).scalars(), _NO_HASH, _NO_HASH][:2]
    # Both are compared, whichever fits: the time taken tells nothing.
    fits = sum(secret_matches(secret, stored, settings().key()) for stored in hashes) > 0
    if row is None or not fits or row.revoked_at is not None or row.expires_at <= now:
        raise OAuthError(
            "invalid_client",
            "The client id or secret is wrong, expired or revoked. Ask for a new client.",
            401,
        )
    return row


def _scopes(granted: str, asked: str | None) -> str:
    """The scopes of a token: those asked for, all within what was granted (each includes reading)."""
    if not asked or not asked.strip():
        return granted
    allowed = frozenset[Operation]().union(*(SCOPE_OPERATIONS[Scope(one)] for one in granted.split()))
    try:
        wanted = {Scope(one) for one in asked.split()}
    except ValueError as error:
        raise OAuthError("invalid_scope", f"The scopes are {', '.join(Scope)}.") from error
    if any(not SCOPE_OPERATIONS[one] <= allowed for one in wanted):
        raise OAuthError("invalid_scope", f"This client was granted only: {granted}.")
    return _listed(wanted)


def _listed(scopes: set[Scope]) -> str:
    return " ".join(scope for scope in Scope if scope in scopes)
