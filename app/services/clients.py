"""API clients: programs of an area, their secrets, quotas and ends. Managed by admins, never through the API.

A secret is returned once, by what made it; stored and journalled are its hash and its id alone.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from app.access.roles import Operation, Principal, Scope
from app.clock import Moment
from app.config import settings
from app.errors import Conflict, Fault, Invalid, NotFound
from app.models.base import ShortLine, new_id
from app.models.clients import DEFAULT_QUOTA, LARGEST_QUOTA
from app.models.tables import access_tokens, client_secrets, client_usage, clients
from app.security import new_token, token_hash
from app.services import access, journal, records
from app.services.tokens import listed

MOST_DAYS = 3650
MOST_SECRETS = 2
SOON = timedelta(days=30)
"""How long before its end a client is said to expire soon."""
_NAME: TypeAdapter[str] = TypeAdapter(ShortLine)
_HEX_DIGITS = 8


# --- Reading ----------------------------------------------------------------------------------------------

_live = client_secrets.c.revoked_at.is_(None)
_COUNT = (
    select(func.count())
    .where(client_secrets.c.client_id == clients.c.id, _live)
    .correlate(clients)
    .scalar_subquery()
)
_CLIENTS = (
    select(
        clients.c.id,
        clients.c.version,
        clients.c.name,
        clients.c.scopes,
        clients.c.quota,
        clients.c.created_at,
        clients.c.updated_at,
        clients.c.expires_at,
        clients.c.revoked_at,
        client_usage.c.last_used_at,
        _COUNT.label("live_secrets"),
    )
    .outerjoin(client_usage, client_usage.c.client_id == clients.c.id)
    .where(clients.c.area_id == bindparam("in_area"))
)
_LIST = _CLIENTS.order_by(clients.c.name, clients.c.created_at, clients.c.id)
_ONE = _CLIENTS.where(clients.c.id == bindparam("wanted"))
_SECRETS = (
    select(client_secrets.c.id, client_secrets.c.created_at)
    .join(clients, clients.c.id == client_secrets.c.client_id)
    .where(
        client_secrets.c.client_id == bindparam("wanted"), clients.c.area_id == bindparam("in_area"), _live
    )
    .order_by(client_secrets.c.created_at, client_secrets.c.id)
)


def list_clients(db: Connection, who: Principal, now: datetime) -> list[dict[str, Any]]:
    """All clients of the area by name, revoked and expired ones included, without their secrets' ids.

    ``state`` is "live", "expires_soon" (within 30 days), "expired" or "revoked".
    """
    access.require(who, Operation.administer)
    return [_shown(row, now) for row in db.execute(_LIST, {"in_area": who.area_id})]


def get_client(db: Connection, who: Principal, client_id: UUID, now: datetime) -> dict[str, Any]:
    """A client with its live ``secrets``: id, short id and created time, never the secret.

    Raises NotFound, NotAllowed.
    """
    given = {"wanted": client_id, "in_area": who.area_id}
    row = db.execute(_ONE, given).one_or_none()
    if row is None:
        raise NotFound("client")
    access.require(who, Operation.administer)
    secrets = [
        {"id": one.id, "short_id": short_id(one.id), "created_at": one.created_at}
        for one in db.execute(_SECRETS, given)
    ]
    return {**_shown(row, now), "secrets": secrets}


def short_id(whole: UUID) -> str:
    """The end of the id of a secret or client, by which people tell two of them apart."""
    return whole.hex[-_HEX_DIGITS:]


def _shown(row: Any, now: datetime) -> dict[str, Any]:
    found = dict(row._mapping)
    if found["revoked_at"] is not None:
        state = "revoked"
    elif found["expires_at"] <= now:
        state = "expired"
    else:
        state = "expires_soon" if found["expires_at"] - now <= SOON else "live"
    return {**found, "scopes": found["scopes"].split(), "state": state}


# --- Adding and changing ----------------------------------------------------------------------------------


def create_client(
    db: Connection,
    who: Principal,
    at: Moment,
    *,
    name: str,
    scopes: Iterable[Scope],
    days: int = 365,
    quota: int = DEFAULT_QUOTA,
    client_id: UUID | None = None,
) -> tuple[UUID, str]:
    """Add a client that expires in ``days`` and may make ``quota`` requests in a minute.

    Returns its id and its secret, which is shown only here. ``client_id`` is an id that was set aside for
    it: where it has been used, Conflict is raised and nothing is added.
    """
    access.require(who, Operation.administer)
    granted = set(scopes)
    faults = [] if granted else [Fault("/scopes", f"Give at least one scope: {', '.join(Scope)}.")]
    stated = _checked({"name": name, "days": days, "quota": quota}, faults)
    if client_id and db.execute(select(clients.c.id).where(clients.c.id == client_id)).first():
        raise Conflict("This client was created already, and its secret was shown then.")
    secret, client_id = new_token(), client_id or new_id()
    shown = {
        "name": stated["name"],
        "scopes": listed(granted),
        "expires_at": at.now + timedelta(days=days),
        "quota": quota,
    }
    stamps = {"id": client_id, "area_id": who.area_id, "version": 1}
    times = {"created_at": at.now, "updated_at": at.now, "revoked_at": None}
    db.execute(insert(clients), {**shown, **stamps, **times})
    _begin_usage(db, client_id, at.now)
    _add_secret(db, client_id, secret, at.now)
    journal.record(db, who, at, journal.Change("client", client_id, "created", None, shown))
    return client_id, secret


def change_client(
    db: Connection,
    who: Principal,
    at: Moment,
    client_id: UUID,
    values: Mapping[str, Any],
    *,
    version: int | None,
) -> None:
    """Change ``name``, ``quota`` or ``days`` (from now until it expires); what is left out stays.

    Raises NotFound, Invalid, Conflict for a revoked client, PreconditionFailed unless it is at ``version``.
    """
    current = _current(db, who, client_id)
    records.check_version(current, version, lambda: get_client(db, who, client_id, at.now))
    _refuse_revoked(current)
    stated = _checked(values, [])
    if "days" in stated:
        stated["expires_at"] = at.now + timedelta(days=stated.pop("days"))
    records.change(db, who, at, clients, "client", current, stated)


def _checked(values: Mapping[str, Any], faults: list[Fault]) -> dict[str, Any]:
    """The values as they are stored. Raises Invalid with the faults, those found before included."""
    stated = dict(values)
    if "days" in stated and not 1 <= stated["days"] <= MOST_DAYS:
        faults.append(Fault("/days", f"Give a number of days from 1 to {MOST_DAYS}."))
    if "quota" in stated and not 1 <= stated["quota"] <= LARGEST_QUOTA:
        faults.append(Fault("/quota", f"Give a number of requests from 1 to {LARGEST_QUOTA:,}."))
    try:
        if "name" in stated:
            stated["name"] = _NAME.validate_python(stated["name"])
    except ValidationError:
        faults.append(Fault("/name", "Give a name of 1 to 120 characters, for example `Reporting`."))
    if faults:
        raise Invalid(faults)
    return stated


def _begin_usage(db: Connection, client_id: UUID, now: datetime) -> None:
    counted = {"used": 0, "granted": 0, "failures": 0, "last_used_at": None}
    db.execute(
        insert(client_usage), {"client_id": client_id, "window_start": now, "failures_from": now, **counted}
    )


# --- Secrets ----------------------------------------------------------------------------------------------


def rotate_client(
    db: Connection, who: Principal, at: Moment, client_id: UUID, *, version: int | None = None
) -> tuple[UUID, str]:
    """Add a second live secret and return its id and the secret, which is shown only here.

    The first one stays good until it is revoked, so that the program can be given the new one in peace.
    Raises NotFound, Conflict where two are live or the client has ended, PreconditionFailed unless it is at
    ``version``.
    """
    current = _current(db, who, client_id)
    records.check_version(current, version, lambda: get_client(db, who, client_id, at.now))
    _refuse_revoked(current)
    if current["expires_at"] <= at.now:
        raise Conflict("This client has expired. Give it a later end first.")
    live = db.execute(_SECRETS, {"wanted": client_id, "in_area": who.area_id}).all()
    if len(live) >= MOST_SECRETS:
        raise Conflict(
            "This client has two live secrets. Revoke the one that is no longer used, then rotate."
        )
    secret = new_token()
    secret_id = _add_secret(db, client_id, secret, at.now)
    records.touch(db, at, clients, current)
    added = journal.Change("client", client_id, "secret_added", None, {"secret_id": secret_id})
    journal.record(db, who, at, added)
    return secret_id, secret


def revoke_secret(db: Connection, who: Principal, at: Moment, client_id: UUID, secret_id: UUID) -> None:
    """End a secret and the tokens given out for it at once. Does nothing when it was revoked before.

    Raises NotFound.
    """
    current = _current(db, who, client_id)
    of_client = (client_secrets.c.id == secret_id) & (client_secrets.c.client_id == client_id)
    revoked = db.execute(update(client_secrets).where(of_client, _live).values(revoked_at=at.now)).rowcount
    if not revoked:
        if db.execute(select(client_secrets.c.id).where(of_client)).first() is None:
            raise NotFound("secret")
        return
    db.execute(delete(access_tokens).where(access_tokens.c.secret_id == secret_id))
    records.touch(db, at, clients, current)
    change = journal.Change("client", client_id, "secret_revoked", {"secret_id": secret_id}, None)
    journal.record(db, who, at, change)


def revoke_client(db: Connection, who: Principal, at: Moment, client_id: UUID) -> None:
    """End a client and its tokens at once. Does nothing when it was revoked before. Raises NotFound."""
    current = _current(db, who, client_id)
    if current["revoked_at"] is not None:
        return
    db.execute(delete(access_tokens).where(access_tokens.c.client_id == client_id))
    records.change(db, who, at, clients, "client", current, {"revoked_at": at.now})


def _current(db: Connection, who: Principal, client_id: UUID) -> dict[str, Any]:
    found = records.find(db, who, clients, client_id, "client")
    access.require(who, Operation.administer)
    return found


def _refuse_revoked(client: Mapping[str, Any]) -> None:
    if client["revoked_at"] is not None:
        raise Conflict("This client is revoked for good. Create a new one.")


def _add_secret(db: Connection, client_id: UUID, secret: str, now: datetime) -> UUID:
    secret_id = new_id()
    hashed = token_hash(secret, settings().key())
    values = {"id": secret_id, "client_id": client_id, "secret_hash": hashed}
    db.execute(insert(client_secrets), {**values, "created_at": now, "revoked_at": None})
    return secret_id
