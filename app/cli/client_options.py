"""What the commands of API clients take."""

from typing import Any

from app.access.roles import Scope
from app.cli import values
from app.cli.adding import add_area, command

SCOPES = tuple(scope.value for scope in Scope)
_ID = "0197f6a0-5111-7a33-8b44-5c6d7e8f9a01"


def add(commands: Any) -> None:
    """Add the commands of API clients."""
    listed = command(
        commands,
        "list-clients",
        "clients",
        "List the clients of the API of an area, with their ends, last uses and live secrets",
        "  send-tracker list-clients --area north\n  send-tracker list-clients --area north --json",
    )
    create = command(
        commands,
        "create-client",
        "clients",
        "Create a client of the API and print its secret, which is shown only now",
        "  send-tracker create-client --name Reporting --area north --scope read\n"
        "  send-tracker create-client --name Import --area north --scope write --days 90 --json\n"
        "  send-tracker create-client --name Warehouse --area north --scope read --quota 600",
    )
    create.add_argument("--name", required=True, help="what the client is")
    create.add_argument("--scope", required=True, action="append", choices=SCOPES, help="may be repeated")
    create.add_argument("--days", default=365, type=int, help="days until it expires (default: %(default)s)")
    create.add_argument(
        "--quota", default=6000, type=int, help="requests that it may make in a minute (default: %(default)s)"
    )
    for one in (listed, create):
        add_area(one)
    _add_ends(commands)


def _add_ends(commands: Any) -> None:
    rotate = command(
        commands,
        "rotate-client",
        "clients",
        "Add a second live secret to a client and print it; the first stays good until it is revoked",
        f"  send-tracker rotate-client --area north --client {_ID}",
    )
    secret = command(
        commands,
        "revoke-client-secret",
        "clients",
        "End one secret of a client and its tokens at once",
        f"  send-tracker revoke-client-secret --area north --client {_ID} --secret 5c6d7e8f",
    )
    secret.add_argument("--secret", required=True, metavar="ID", help="as list-clients shows it")
    client = command(
        commands,
        "revoke-client",
        "clients",
        "End a client and its tokens at once, for good",
        f"  send-tracker revoke-client --area north --client {_ID}",
    )
    for one in (rotate, secret, client):
        add_area(one)
        one.add_argument(
            "--client",
            required=True,
            type=values.record_id("list-clients"),
            metavar="ID",
            help="the client's id",
        )
