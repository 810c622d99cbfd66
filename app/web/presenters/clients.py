"""API clients in words: the list, a client, its ends, and the page that shows a secret once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from app.errors import NotFound
from app.sentences.words import sentence_case
from app.services.clients import MOST_SECRETS, short_id
from app.transfer.columns import Kind
from app.web.presenters.dates import day_of, recorded
from app.web.presenters.said import Said
from app.web.presenters.sheets import Sheet, london_day, table
from app.web.presenters.whole_lists import Choice, Column, WholeList, by_time, whole_list

_STATES = {"live": "Live", "expires_soon": "Live", "expired": "Expired", "revoked": "Revoked"}
_SAID = {
    "created": Said(
        "This client was created already, by the same form. It works, and its secret was shown then: it is "
        "shown only once. If nobody kept it, revoke the client and add another one.",
        False,
    ),
    "added": Said(
        "A secret was added a moment ago, by the same button. It is live, and it is shown only once. "
        "If nobody kept it, revoke it below and add another one.",
        False,
    ),
    "changed": Said("The client is changed."),
    "secret": Said("The secret is revoked. Its tokens have ended."),
    "revoked": Said("The client is revoked. Its tokens have ended."),
    "full": Said(
        "Nothing was added. A client that is live has two secrets at most: revoke the one that is no longer "
        "used first.",
        False,
    ),
    "stale": Said(
        "Nothing was added just now: this client has changed since the page was opened, or the button was "
        "pressed twice. Its live secrets are below, with the times at which they were added.",
        False,
    ),
    "ended": Said("Nothing was changed: the client is revoked for good.", False),
}


class Row(NamedTuple):
    """A client in the list."""

    href: str
    name: str
    which: str
    scopes: str
    state: str
    soon: str
    expires: str
    last_used: str


_COLUMNS = {
    # Those that work come first, by name.
    "name": Column(
        "Client",
        lambda one: (one["state"] in ("expired", "revoked"), one["name"].casefold()),
        ("those that work first", "those that have ended first"),
    ),
    "scopes": Column(
        "What it may do",
        lambda one: one["scopes"],
        ("by that, from A", "by that, from Z"),
    ),
    "state": Column("State", lambda one: one["state"], ("by state, from A", "by state, from Z")),
    "expires": Column(
        "Expires or ended",
        lambda one: one["revoked_at"] or one["expires_at"],
        ("first to end first", "last to end first"),
    ),
    "last_used": Column(
        "Last used", by_time("last_used_at"), ("never or longest unused first", "used last first")
    ),
}
_CHOICES = {
    "state": Choice(
        "State",
        lambda one: str(one["state"]),
        [("live", "Live"), ("expires_soon", "Expires soon"), ("expired", "Expired"), ("revoked", "Revoked")],
    )
}


def client_list(typed: Mapping[str, str], clients: Sequence[Mapping[str, Any]]) -> WholeList:
    """What the address asks for of the clients. Raises Invalid for a value that no form offers."""
    return whole_list("/admin/clients", typed, clients, "client", _COLUMNS, _CHOICES)


_SHEET = table(
    "API clients",
    ("Client", Kind.text),
    ("Client id", Kind.text),
    ("What it may do", Kind.text),
    ("State", Kind.text),
    ("Created on", Kind.day),
    ("Expires or ended on", Kind.day),
    ("Last used on", Kind.day),
)


def client_sheet() -> Sheet:
    """The clients as rows to download: no secret, nor anything of one."""

    def row(one: Mapping[str, Any]) -> Mapping[str, Any]:
        return {
            "Client": one["name"],
            "Client id": str(one["id"]),
            "What it may do": _scopes(one),
            "State": "Expires soon" if one["state"] == "expires_soon" else _STATES[one["state"]],
            "Created on": london_day(one["created_at"]),
            "Expires or ended on": london_day(one["revoked_at"] or one["expires_at"]),
            "Last used on": london_day(one["last_used_at"]),
        }

    return Sheet(_SHEET, row, "API clients")


def list_page(found: WholeList, *, is_empty: bool) -> dict[str, Any]:
    """The list of clients; ``is_empty`` where there are none at all."""
    return {
        "section": "admin",
        "list": found,
        "is_empty": is_empty,
        "heading": "API clients",
        "rows": [
            Row(
                href=f"/admin/clients/{one['id']}",
                name=one["name"],
                which=sentence_case(_which(one)),
                scopes=_scopes(one),
                state=_STATES[one["state"]],
                soon="Expires soon" if one["state"] == "expires_soon" else "",
                expires=_end(one),
                last_used=_used(one["last_used_at"]),
            )
            for one in found.items
        ],
    }


def client_page(client: Mapping[str, Any], said: str) -> dict[str, Any]:
    """A client, what can be done with it, and what has just been done."""
    path = f"/admin/clients/{client['id']}"
    is_live = client["state"] in ("live", "expires_soon")
    return {
        "section": "admin",
        "heading": client["name"],
        "said": _SAID.get(said),
        "soon": "Expires soon" if client["state"] == "expires_soon" else "",
        "facts": _facts(client),
        "secrets": [
            (one["short_id"], recorded(one["created_at"]), f"{path}/secrets/{one['id']}/revoke")
            for one in client["secrets"]
        ],
        "version": client["version"],
        "path": path,
        "may_rotate": is_live and len(client["secrets"]) < MOST_SECRETS,
        "is_full": is_live and len(client["secrets"]) >= MOST_SECRETS,
        "is_revoked": client["state"] == "revoked",
    }


def _facts(client: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    ended = client["revoked_at"]
    pairs = [
        ("Client id", str(client["id"])),
        ("State", _STATES[client["state"]]),
        ("What it may do", _scopes(client)),
        ("Limit", f"{client['quota']:,} requests in a minute"),
        ("Revoked" if ended else "Expires", recorded(ended or client["expires_at"])),
        ("Created", recorded(client["created_at"])),
        ("Last used", _used(client["last_used_at"])),
    ]
    return [(label, value, "") for label, value in pairs]


def secret_page(client: Mapping[str, Any], secret: str, address: str) -> dict[str, Any]:
    """The page that shows a secret, the only one that ever does, and how it is used."""
    return {
        "section": "admin",
        "heading": "Copy the secret now",
        "client": (client["name"], f"/admin/clients/{client['id']}"),
        "client_id": str(client["id"]),
        "secret": secret,
        "is_second": len(client["secrets"]) > 1,
        "token_call": f"curl -u {client['id']}:SECRET -d grant_type=client_credentials {address}/oauth/token",
        "read_call": f'curl -H "Authorization: Bearer TOKEN" {address}/api/v1/plans',
    }


# --- Ends -------------------------------------------------------------------------------------------------


def revoke_page(client: Mapping[str, Any]) -> dict[str, Any]:
    """Asks whether a client is to end."""
    what = (
        f"{client['name']} ({_which(client)}) stops working at once and for good: it gets no token, and its "
        "tokens end."
    )
    return _revoke(client, "Revoke this client?", what, "Revoke the client", "revoke")


def revoke_secret_page(client: Mapping[str, Any], secret_id: UUID) -> dict[str, Any]:
    """Asks whether a secret is to end. Raises NotFound for one that is not live."""
    found = [one for one in client["secrets"] if one["id"] == secret_id]
    if not found:
        raise NotFound("secret")
    secret, is_last = found[0]["short_id"], len(client["secrets"]) == 1
    left = "It is the only one: the client gets no token until you add another."
    what = (
        f"Secret {secret} of {client['name']} ({_which(client)}) and the tokens given out for it stop "
        "working at once. "
        f"{left if is_last else 'The other secret stays good.'}"
    )
    return _revoke(client, "Revoke this secret?", what, "Revoke the secret", f"secrets/{secret_id}/revoke")


def _revoke(client: Mapping[str, Any], heading: str, what: str, button: str, step: str) -> dict[str, Any]:
    path = f"/admin/clients/{client['id']}"
    return {
        "section": "admin",
        "heading": heading,
        "client": (client["name"], path),
        "what": what,
        "button": button,
        "path": f"{path}/{step}",
        "version": client["version"],
        "is_done": client["state"] == "revoked",
    }


def _which(client: Mapping[str, Any]) -> str:
    """What tells two clients of one name apart."""
    return f"created {day_of(client['created_at'])}, id ends in {short_id(client['id'])}"


def _end(client: Mapping[str, Any]) -> str:
    ended = client["revoked_at"]
    return f"Revoked {day_of(ended)}" if ended else day_of(client["expires_at"])


def is_new_secret_last(client: Mapping[str, Any], version: int) -> bool:
    """Whether all that was done to a client since ``version`` is that a secret was added to it."""
    added = max((one["created_at"] for one in client["secrets"]), default=None)
    return bool(client["version"] == version + 1 and added == client["updated_at"])


def _scopes(client: Mapping[str, Any]) -> str:
    return sentence_case(", ".join(client["scopes"]))


def _used(time: datetime | None) -> str:
    return recorded(time) if time else "Never"
