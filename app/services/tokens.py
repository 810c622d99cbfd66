"""Access tokens: what a client's id and secret are exchanged for (RFC 6749, client credentials)."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, bindparam, case, delete, insert, select, update

from app.access.roles import SCOPE_OPERATIONS, Operation, Scope
from app.config import settings
from app.models.tables import access_tokens, client_secrets, client_usage, clients
from app.security import new_token, secret_matches, token_hash

TOKEN_LIFETIME = timedelta(hours=1)
GRANT_TYPE = "client_credentials"
MOST_FAILURES = 10
"""Wrong secrets of one client in a minute that are told so; the next are told to wait."""
# Compared with where there is no secret, so that both cases take the same time.
_NO_HASH = "0" * 64


class OAuthError(Exception):
    """A refusal of the token endpoint: ``error`` and ``error_description`` of RFC 6749, section 5.2.

    ``wait`` is how many seconds to wait before trying again, where that is the reason.
    """

    def __init__(self, error: str, error_description: str, status: int = 400, wait: int = 0) -> None:
        super().__init__(error_description)
        self.error = error
        self.error_description = error_description
        self.status = status
        self.wait = wait


class WrongSecret(OAuthError):
    """An unknown, expired or revoked client, or a secret that is not its own: one and the same refusal.

    ``client_id`` is the id that was tried, where it is one.
    """

    def __init__(self, client_id: UUID | None) -> None:
        words = "The client id or secret is wrong, expired or revoked. Ask for a new client."
        super().__init__("invalid_client", words, 401)
        self.client_id = client_id


class Proved(NamedTuple):
    """A client that gave one of its live secrets."""

    client_id: UUID
    secret_id: UUID
    scopes: str
    expires_at: datetime


def check_grant_type(grant_type: str | None) -> None:
    """Raise OAuthError unless the request asks for the one grant that there is."""
    if not grant_type:
        raise OAuthError("invalid_request", f"Send grant_type={GRANT_TYPE} in a form body.")
    if grant_type != GRANT_TYPE:
        raise OAuthError("unsupported_grant_type", f"Only grant_type={GRANT_TYPE} is supported.")


_CLIENT = select(clients.c.id, clients.c.scopes, clients.c.expires_at, clients.c.revoked_at).where(
    clients.c.id == bindparam("client_id")
)
_LIVE_SECRETS = select(client_secrets.c.id, client_secrets.c.secret_hash).where(
    client_secrets.c.client_id == bindparam("client_id"), client_secrets.c.revoked_at.is_(None)
)
# Held until the commit: a secret that is revoked meanwhile waits, and then finds the token to end.
_HELD_SECRETS = _LIVE_SECRETS.with_for_update(read=True)


def prove(db: Connection, client_id: str, secret: str, now: datetime, *, hold: bool = False) -> Proved:
    """The client with these credentials; ``hold`` keeps its secrets until the commit. Raises WrongSecret."""
    try:
        wanted: UUID | None = UUID(client_id)
    except ValueError:
        wanted = None
    row = db.execute(_CLIENT, {"client_id": wanted}).one_or_none()
    live = db.execute(_HELD_SECRETS if hold else _LIVE_SECRETS, {"client_id": wanted}).all()
    stored = [*((one.secret_hash, one.id) for one in live), (_NO_HASH, None), (_NO_HASH, None)][:2]
    # Both are compared, whichever fits: the time taken tells nothing.
    fitting = [found for hashed, found in stored if secret_matches(secret, hashed, settings().key())]
    if row is None or not fitting or row.revoked_at is not None or row.expires_at <= now:
        raise WrongSecret(wanted)
    return Proved(row.id, fitting[0], row.scopes, row.expires_at)


def issue_token(
    db: Connection, client_id: str, secret: str, scope: str | None, now: datetime
) -> dict[str, Any]:
    """A bearer token for one hour, never beyond the client's end, as ``TokenRead`` answers it.

    Without ``scope`` it carries all that the client was granted. Raises OAuthError.
    """
    client = prove(db, client_id, secret, now, hold=True)
    scopes = _scopes(client.scopes, scope)
    expires_at = min(now + TOKEN_LIFETIME, client.expires_at)
    token = new_token()
    db.execute(
        delete(access_tokens).where(
            access_tokens.c.client_id == client.client_id, access_tokens.c.expires_at <= now
        )
    )
    db.execute(
        insert(access_tokens),
        {
            "token_hash": token_hash(token, settings().key()),
            "client_id": client.client_id,
            "secret_id": client.secret_id,
            "scopes": scopes,
            "expires_at": expires_at,
        },
    )
    seconds = int((expires_at - now).total_seconds())
    return {"access_token": token, "token_type": "Bearer", "expires_in": seconds, "scope": scopes}


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
    return listed(wanted)


def listed(scopes: set[Scope]) -> str:
    """Scopes as they are stored and answered: separated by spaces, in one order."""
    return " ".join(scope for scope in Scope if scope in scopes)


# --- Guessing ---------------------------------------------------------------------------------------------

_minute = client_usage.c.failures_from == bindparam("from_")
_COUNT = (
    update(client_usage)
    .where(
        client_usage.c.client_id == bindparam("wanted"), ~_minute | (client_usage.c.failures < MOST_FAILURES)
    )
    .values(
        failures=case((_minute, client_usage.c.failures + 1), else_=1),
        failures_from=bindparam("from_"),
    )
)
_FAILURES = select(client_usage.c.failures).where(client_usage.c.client_id == bindparam("wanted"), _minute)


def failures(db: Connection, client_id: UUID | None, now: datetime) -> int:
    """How many wrong secrets of a client were counted in this minute, at most MOST_FAILURES."""
    given = {"wanted": client_id, "from_": _minute_of(now)}
    return db.execute(_FAILURES, given).scalar() or 0


def count_failure(db: Connection, client_id: UUID | None, now: datetime) -> None:
    """Count a wrong secret, up to MOST_FAILURES. Ids that no client has are not counted."""
    db.execute(_COUNT, {"wanted": client_id, "from_": _minute_of(now)})


def too_many(now: datetime) -> OAuthError:
    """The refusal of another wrong secret in this minute."""
    wait = 60 - now.second
    words = f"Too many wrong secrets for this client. Check the secret, and try again in {wait} seconds."
    return OAuthError("invalid_client", words, 429, wait)


def _minute_of(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)
