"""The forms of API clients: what was typed, what it states, and both versions where it is stale."""

from collections.abc import Mapping
from typing import Any

from app.access.roles import Scope
from app.models.clients import DEFAULT_QUOTA, LARGEST_QUOTA
from app.models.visible_text import fault_in_line
from app.sentences.words import sentence_case
from app.services.clients import MOST_DAYS
from app.web.forms import Form
from app.web.presenters.both_versions import Both, both
from app.web.presenters.dates import day_of

CHANGE_FIELDS = ("name", "quota", "days")
_SCOPE_FIELDS = {f"scope_{scope.value}": scope for scope in Scope}
_FIELDS = ("name", "scopes", *_SCOPE_FIELDS, "quota", "days")
_SCOPES = (
    ("scope_read", "Read", "Read everything in the area."),
    ("scope_write", "Write", "Also create and change plans, actions, registers, risks and periods."),
    ("scope_admin", "Admin", "Read everything, and manage webhooks, schedules and the matrix."),
)
_LONGEST_NAME = 120


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
        form.fault("scopes", "Choose what the program may do")
    days = _whole(form, "days", "Days until it expires", MOST_DAYS)
    if days is None and not form.error("days"):
        form.fault("days", f"Give the days until it expires, from 1 to {MOST_DAYS:,}")
    return {**_named(form), "scopes": scopes, "days": days}


def stated_change(form: Form) -> dict[str, Any]:
    """What the form that changes a client states. Adds problems to it."""
    days = _whole(form, "days", "Days until it expires", MOST_DAYS)
    return _named(form) | ({} if days is None else {"days": days})


def _named(form: Form) -> dict[str, Any]:
    name, quota = form.text("name"), _whole(form, "quota", "Requests in a minute", LARGEST_QUOTA)
    if name is None:
        form.fault("name", "Give a name, for example Data warehouse")
    elif len(name) > _LONGEST_NAME:
        form.fault("name", f"Shorten the name to {_LONGEST_NAME} characters or fewer")
    elif fault := fault_in_line(name):
        form.fault("name", sentence_case(fault))
    if quota is None and not form.error("quota"):
        form.fault("quota", f"Give the requests that it may make in a minute, from 1 to {LARGEST_QUOTA:,}")
    return {"name": name, "quota": quota}


def _whole(form: Form, name: str, label: str, most: int) -> int | None:
    """A whole number up to ``most``, with or without commas; None for nothing, or with a problem."""
    typed = (form.text(name) or "").replace(",", "").replace(" ", "")
    if not typed:
        return None
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= len(str(most))
    if not is_number or not 1 <= int(typed) <= most:
        form.fault(name, f"{label} must be a whole number from 1 to {most:,}")
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
        "days_hint": f"After that it can no longer read or write. 1 to {MOST_DAYS:,} days from now.",
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
        "days_hint": f"Leave empty to keep {day_of(client['expires_at'])}. 1 to {MOST_DAYS:,} days from now.",
        "hidden": ("version", form.value("version")),
        "button": "Save the client",
    }


def differences(client: Mapping[str, Any], form: Form) -> list[Both]:
    """Both versions of a client, field by field. Days left empty keep the day on which it expires."""
    saved = known(client)
    days = form.text("days")
    expires = (day_of(client["expires_at"]), f"{days} days from now" if days else "")
    return [
        both("name", "Name", (client["name"], form.value("name")), ["name"], saved),
        both("quota", "Requests in a minute", (saved.value("quota"), form.value("quota")), ["quota"], saved),
        both("days", "Expires", expires, ["days"], saved, has_choice=bool(days)),
    ]
