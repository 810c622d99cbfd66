"""The commands that manage clients of the API: list, create, rotate, revoke."""

from argparse import Namespace
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from app import clock, db
from app.access.roles import Scope
from app.cli import DONE
from app.cli.failures import CommandError
from app.cli.opening import area_named, opened, print_json
from app.services import clients as clients_service

_STATES = {"live": "live", "expires_soon": "expires soon", "expired": "expired", "revoked": "revoked"}
_HEADINGS = ("client_id", "name", "scopes", "quota", "state", "expires", "last used", "live secrets")


def list_clients(options: Namespace) -> int:
    """Print the clients of an area with their live secrets, never a secret itself."""
    with opened():
        who, now = area_named(options.area), clock.now()
        with db.read(who) as connection:
            found = [
                clients_service.get_client(connection, who, one["id"], now)
                for one in clients_service.list_clients(connection, who, now)
            ]
    if options.json:
        print_json({"items": [_plain(one) for one in found]})
    elif not found:
        print(f"{options.area} has no clients. Next: send-tracker create-client --area {options.area}")
    else:
        print_table([_HEADINGS, *(_row(one) for one in found)])
    return DONE


def create_client(options: Namespace) -> int:
    """Create a client and print its id and secret."""
    with opened():
        who = area_named(options.area)
        with db.write(who) as connection:
            client_id, secret = clients_service.create_client(
                connection,
                who,
                clock.moment(),
                name=options.name,
                scopes=[Scope(scope) for scope in options.scope],
                days=options.days,
                quota=options.quota,
            )
    _print_secret({"client_id": str(client_id), "client_secret": secret}, options.json)
    return DONE


def rotate_client(options: Namespace) -> int:
    """Add a second live secret and print it."""
    with opened():
        who = area_named(options.area)
        with db.write(who) as connection:
            secret_id, secret = clients_service.rotate_client(connection, who, clock.moment(), options.client)
    answer = {"client_id": str(options.client), "client_secret": secret}
    _print_secret({**answer, "secret_id": clients_service.short_id(secret_id)}, options.json)
    if not options.json:
        print("Give it to the program, then end the old one with send-tracker revoke-client-secret.")
    return DONE


def revoke_client_secret(options: Namespace) -> int:
    """End one secret of a client, and the tokens given out for it."""
    with opened():
        who, at = area_named(options.area), clock.moment()
        with db.write(who) as connection:
            client = clients_service.get_client(connection, who, options.client, at.now)
            secret_id = _secret(client, options.secret)
            clients_service.revoke_secret(connection, who, at, options.client, secret_id)
    return _revoked("secret", clients_service.short_id(secret_id), options)


def revoke_client(options: Namespace) -> int:
    """End a client, and the tokens given out to it."""
    with opened():
        who = area_named(options.area)
        with db.write(who) as connection:
            clients_service.revoke_client(connection, who, clock.moment(), options.client)
    return _revoked("client", str(options.client), options)


def _revoked(noun: str, name: str, options: Namespace) -> int:
    if options.json:
        print_json({"client_id": str(options.client), f"{noun}_id": name, "revoked": True})
    else:
        print(f"The {noun} {name} is revoked: it gets no token, and its tokens have ended.")
    return DONE


def _secret(client: dict[str, Any], typed: str) -> UUID:
    """The live secret that a short or whole id names."""
    for one in client["secrets"]:
        if typed.lower() in (one["short_id"], str(one["id"]), one["id"].hex):
            found: UUID = one["id"]
            return found
    live = ", ".join(one["short_id"] for one in client["secrets"]) or "none"
    raise CommandError(f"this client has no live secret {typed}. Live: {live}")


def _print_secret(answer: dict[str, str], as_json: bool) -> None:
    if as_json:
        print_json(answer)
        return
    print("Keep the secret now: it is not shown again.")
    for name, value in answer.items():
        print(f"{name:<14} {value}")


def _plain(client: dict[str, Any]) -> dict[str, Any]:
    """A client for programs: ids and times as text."""
    secrets = [
        {"secret_id": one["short_id"], "created_at": one["created_at"].isoformat()}
        for one in client["secrets"]
    ]
    times = {
        name: client[name].isoformat() if client[name] else None
        for name in ("created_at", "expires_at", "revoked_at", "last_used_at")
    }
    same = {name: client[name] for name in ("name", "scopes", "quota", "state")}
    return {"client_id": str(client["id"]), **same, **times, "secrets": secrets}


def _row(client: dict[str, Any]) -> Sequence[str]:
    return (
        str(client["id"]),
        client["name"],
        " ".join(client["scopes"]),
        f"{client['quota']:,}",
        _STATES[client["state"]],
        _day(client["expires_at"]),
        _day(client["last_used_at"]),
        " ".join(one["short_id"] for one in client["secrets"]) or "none",
    )


def _day(time: datetime | None) -> str:
    return time.astimezone(clock.LONDON).date().isoformat() if time else "never"


def print_table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows with their columns one under the other; the first is the heading."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())
