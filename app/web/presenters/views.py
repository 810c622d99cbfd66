"""Saved views in words: the list, and the forms that save, change and remove one."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from app.access.roles import Operation, may
from app.errors import invalid
from app.models.saved_views import LONGEST_QUERY
from app.web.forms import Form
from app.web.presenters.said import Said
from app.web.record_forms import Field, RecordForm, stated
from app.web.visits import Visit

PATH = "/views"
_SAID = {
    "added": Said("The view is saved."),
    "changed": Said("The view is changed."),
    "removed": Said("The view is removed. What it showed is as it was."),
}
_ID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# The lists of the service, by the shape of their addresses.
_LISTS = {
    f"/plans/{_ID}": "Actions of a plan",
    f"/priorities/{_ID}": "Actions of a priority",
    f"/registers/{_ID}": "Risk register",
    f"/(plans|priorities|actions|registers|risks|periods)/{_ID}/history": "Full history",
    "/data-quality": "Data quality",
    "/changes": "What changed",
    "/plans": "Plans",
    "/people": "People",
    "/search": "Search",
    "/periods": "Board periods",
    "/registers": "Risk registers",
    "/admin/journal": "Journal",
    "/schedules": "Schedules",
    f"/schedules/{_ID}/recipients": "Recipients of a schedule",
    "/admin/users": "Users",
    "/admin/clients": "API clients",
}
_OF_THE_MOMENT = ("page", "cursor", "download", "said", "saved")
"""What an address may hold that is no part of a view."""


class Row(NamedTuple):
    """A view in the list; ``edit`` and ``remove`` are "" for who may not."""

    href: str
    name: str
    kind: str
    whose: str
    edit: str
    remove: str


def list_page(visit: Visit, views: Sequence[Mapping[str, Any]], said: str) -> dict[str, Any]:
    """One's own views, then those that others share."""
    return {
        "section": "",
        "heading": "Saved views",
        "said": _SAID.get(said),
        "rows": [_row(visit, one) for one in views],
    }


def _row(visit: Visit, view: Mapping[str, Any]) -> Row:
    own, which = view["own"], urlencode({"view": view["id"]})
    whose = f"Shared by {view['owner']}"
    if own:
        whose = "Yours, shared with your area" if view["shared"] else "Yours"
    may_remove = own or may(visit.who, Operation.administer)
    return Row(
        href=f"{view['path']}?{view['query']}" if view["query"] else view["path"],
        name=view["name"],
        kind=kind_of(view["path"]),
        whose=whose,
        edit=f"{PATH}/edit?{which}" if own else "",
        remove=f"{PATH}/remove?{which}" if may_remove else "",
    )


def kind_of(path: str) -> str:
    """Which list is at an address, in words; "" for none."""
    return next((words for shape, words in _LISTS.items() if re.fullmatch(shape, path)), "")


def address(of: str) -> tuple[str, str]:
    """Path and query of the list that is to be kept. Raises Invalid for what is no list of this service."""
    parts = urlsplit(of if of.startswith("/") and not of.startswith("//") else "")
    if not kind_of(parts.path):
        raise invalid("/of", "Open a list, choose its filters, and save the view from there.")
    pairs = [pair for pair in parse_qsl(parts.query, max_num_fields=50) if pair[0] not in _OF_THE_MOMENT]
    query = urlencode(pairs)
    if len(query) > LONGEST_QUERY:
        raise invalid("/of", "These filters are too long to be kept.")
    return parts.path, query


def _fields(visit: Visit) -> tuple[Field, ...]:
    shared = Field(
        "shared", "Share it with everybody in your area", "check", hint="They see it, you alone change it."
    )
    return (
        Field("name", "Name", hint="For example, Overdue in priority 2.", required=True, words="Give a name"),
        *([shared] if may(visit.who, Operation.edit) else []),
    )


def new_view(visit: Visit, of: str) -> RecordForm:
    """The form that keeps a list. Raises Invalid for what is no list."""
    path, query = address(of)
    back = f"{path}?{query}" if query else path
    return RecordForm(
        heading="Save this view",
        caption=(kind_of(path), back),
        fields=_fields(visit),
        submit="Save the view",
        back=back,
        section="",
        note="A view keeps the filters and order of a list. What it shows is always up to date.",
        saved=f"{PATH}?said=added",
    )


def stated_new(shown: RecordForm, form: Form, of: str) -> dict[str, Any]:
    """What the form of a new view of a list means."""
    path, query = address(of)
    return {**stated(shown.fields, form), "path": path, "query": query}


def edit_view(visit: Visit, view: Mapping[str, Any]) -> RecordForm:
    """The form of one's own view."""
    return RecordForm(
        heading="Change the view",
        caption=("Saved views", PATH),
        fields=_fields(visit),
        submit="Save the view",
        back=PATH,
        section="",
        what="this view",
        saved=f"{PATH}?said=changed",
    )


def remove_view(view: Mapping[str, Any]) -> RecordForm:
    """Asks whether a view is to go."""
    shared = "Nobody in your area sees it here any more. " if view["shared"] else ""
    return RecordForm(
        heading="Remove this view?",
        caption=("Saved views", PATH),
        fields=(),
        submit="Remove the view",
        back=PATH,
        section="",
        danger=True,
        confirms=True,
        note=f"“{view['name']}” is removed. {shared}The records that it shows stay as they are.",
        saved=f"{PATH}?said=removed",
    )
