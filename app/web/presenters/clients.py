"""API clients in words: the list, a client, its forms, and the page that shows a secret once."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from app.access.roles import Scope
from app.clock import LONDON
from app.errors import NotFound
from app.models.clients import DEFAULT_QUOTA
from app.services.clients import MOST_SECRETS
from app.web.forms import Form
from app.web.presenters.dates import long_date, recorded
from app.web.presenters.updates import Difference

CHANGE_FIELDS = ("name", "quota", "days")
_SCOPE_FIELDS = {f"scope_{scope.value}": scope for scope in Scope}
_FIELDS = ("name", "scopes", *_SCOPE_FIELDS, "quota", "days")
_SCOPES = (
    ("scope_read", "Read", "Read everything in the area."),
    ("scope_write", "Write", "Also create and change plans, actions, registers, risks and periods."),
    ("scope_admin", "Admin", "Read everything, and manage webhooks, schedules and the matrix."),
)
_STATES = {"live": "Live", "expires_soon": "Live", "expired": "Expired", "revoked": "Revoked"}
_SAID = {
    "created": "This client was created already, by the same form. Its secret was shown then. "
    "If nobody kept it, revoke it and add another one.",
    "changed": "The client is changed.",
    "secret": "The secret is revoked. Its tokens have ended.",
    "revoked": "The client is revoked. Its tokens have ended.",
    "full": "Nothing was added. A client that is live has two secrets at most: revoke the one that is no "
    "longer used first.",
    "stale": "Nothing was added: somebody changed this client since the page was opened, or the button was "
    "pressed twice. A secret is shown only once.",
    "ended": "Nothing was changed: the client is revoked for good.",
}


class Row(NamedTuple):
    """A client in the list."""

    href: str
    name: str
    scopes: str
    state: str
    soon: str
    expires: str
    last_used: str


def list_page(clients: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The list of clients: those that work first, then those that have ended."""
    rows = sorted(clients, key=lambda one: one["state"] in ("expired", "revoked"))
    return {
        "section": "admin",
        "heading": "API clients",
        "rows": [
            Row(
                href=f"/admin/clients/{one['id']}",
                name=one["name"],
                scopes=_scopes(one),
                state=_STATES[one["state"]],
                soon="Expires soon" if one["state"] == "expires_soon" else "",
                expires=_day(one["expires_at"]),
                last_used=_used(one["last_used_at"]),
            )
            for one in rows
        ],
    }


def client_page(client: Mapping[str, Any], said: str) -> dict[str, Any]:
    """A client, what can be done with it, and what has just been done."""
    path = f"/admin/clients/{client['id']}"
    is_live = client["state"] in ("live", "expires_soon")
    return {
        "section": "admin",
        "heading": client["name"],
        "said": _SAID.get(said, ""),
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
        ("Scopes", _scopes(client)),
        ("Quota", f"{client['quota']:,} requests in a minute"),
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


# --- Forms ------------------------------------------------------------------------------------------------


def empty(key: str) -> Form:
    """The form of a new client, with what most are given."""
    return sent({"key": key, "scope_read": "1", "quota": f"{DEFAULT_QUOTA:,}", "days": "365"})


def sent(typed: Mapping[str, str], faults: Form | None = None) -> Form:
    """The form of a new client as it was sent, with the faults of another one of the whole form."""
    form = Form(typed, order=_FIELDS)
    if faults is not None and faults.error(""):
        form.fault("", faults.error(""))
    return form


def known(client: Mapping[str, Any]) -> Form:
    """The form that changes a client, as it is."""
    quota, version = f"{client['quota']:,}", str(client["version"])
    return sent_change({"name": client["name"], "quota": quota, "version": version})


def sent_change(typed: Mapping[str, str]) -> Form:
    """The form that changes a client as it was sent."""
    return Form(typed, order=CHANGE_FIELDS)


def stated(form: Form) -> dict[str, Any]:
    """What the form of a new client states. Adds problems to it."""
    scopes = [scope for name, scope in _SCOPE_FIELDS.items() if form.has(name)]
    if not scopes:
        form.fault("scopes", "Choose at least one scope")
    days = _whole(form, "days", "Days until it expires")
    if days is None and not form.error("days"):
        form.fault("days", "Give the days until it expires")
    return {**_named(form), "scopes": scopes, "days": days}


def stated_change(form: Form) -> dict[str, Any]:
    """What the form that changes a client states. Adds problems to it."""
    days = _whole(form, "days", "Days until it expires")
    return _named(form) | ({} if days is None else {"days": days})


def _named(form: Form) -> dict[str, Any]:
    name, quota = form.text("name"), _whole(form, "quota", "Requests in a minute")
    if name is None:
        form.fault("name", "Give a name, for example Data warehouse")
    if quota is None and not form.error("quota"):
        form.fault("quota", "Give the requests that it may make in a minute")
    return {"name": name, "quota": quota}


def _whole(form: Form, name: str, label: str) -> int | None:
    """A whole number, with or without commas; None when nothing was typed, or with a problem."""
    typed = (form.text(name) or "").replace(",", "").replace(" ", "")
    if not typed:
        return None
    if not typed.isascii() or not typed.isdigit() or len(typed) > 12:
        form.fault(name, f"{label} must be a whole number")
        return None
    return int(typed)


def new_page(form: Form) -> dict[str, Any]:
    """The form of a new client."""
    return {
        "section": "admin",
        "heading": "Add an API client",
        "caption": ("API clients", "/admin/clients"),
        "form": form,
        "path": "/admin/clients/new",
        "scopes": _SCOPES,
        "days_hint": "After that it gets no token. 1 to 3,650 days from now.",
        "hidden": ("key", form.value("key")),
        "button": "Add the client",
    }


def edit_page(client: Mapping[str, Any], form: Form) -> dict[str, Any]:
    """The form that changes a client. Its scopes stay: another program gets a client of its own."""
    return {
        "section": "admin",
        "heading": "Change the client",
        "caption": (client["name"], f"/admin/clients/{client['id']}"),
        "form": form,
        "path": f"/admin/clients/{client['id']}/edit",
        "scopes": (),
        "days_hint": f"Leave empty to keep {_day(client['expires_at'])}. 1 to 3,650 days from now.",
        "hidden": ("version", form.value("version")),
        "button": "Save the client",
    }


def differences(client: Mapping[str, Any], form: Form) -> list[Difference]:
    """Both versions of a client, field by field."""
    expires = f"{form.value('days')} days from now" if form.text("days") else ""
    rows = (
        ("Name", client["name"], form.value("name")),
        ("Requests in a minute", f"{client['quota']:,}", form.value("quota")),
        ("Expires", _day(client["expires_at"]), expires),
    )
    return [Difference(label, was, yours, was == yours) for label, was, yours in rows]


# --- Ends -------------------------------------------------------------------------------------------------


def revoke_page(client: Mapping[str, Any]) -> dict[str, Any]:
    """Asks whether a client is to end."""
    what = f"{client['name']} stops working at once and for good: it gets no token, and its tokens end."
    return _revoke(client, "Revoke this client?", what, "Revoke the client", "revoke")


def revoke_secret_page(client: Mapping[str, Any], secret_id: UUID) -> dict[str, Any]:
    """Asks whether a secret is to end. Raises NotFound for one that is not live."""
    found = [one for one in client["secrets"] if one["id"] == secret_id]
    if not found:
        raise NotFound("secret")
    short_id, is_last = found[0]["short_id"], len(client["secrets"]) == 1
    left = "It is the only one: the client gets no token until you add another."
    what = (
        f"Secret {short_id} of {client['name']} and the tokens given out for it stop working at once. "
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


def _scopes(client: Mapping[str, Any]) -> str:
    return ", ".join(client["scopes"])


def _day(time: datetime) -> str:
    return long_date(time.astimezone(LONDON).date())


def _used(time: datetime | None) -> str:
    return recorded(time) if time else "Never"
