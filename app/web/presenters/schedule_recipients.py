"""Recipients of a schedule in words: the list by group, and what was typed to add many at once."""

import re
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from app.models.base import LONGEST_SHORT_LINE
from app.models.recipients import RecipientCreate, is_mail_address
from app.models.schedules import ScheduleKind
from app.sentences.words import numeral, plural, sentence_case
from app.transfer.columns import Kind
from app.web.forms import Form, filled
from app.web.presenters import lists
from app.web.presenters.dates import day_of
from app.web.presenters.said import Said
from app.web.presenters.schedule_forms import LIST
from app.web.presenters.schedules import SECTION
from app.web.presenters.sheets import Sheet, table
from app.web.record_fields import Field
from app.web.record_forms import RecordForm

MOST_TOLD = 10
"""So many lines that are wrong are named."""
_WITHOUT_GROUP = "Without a group"
_SPLIT = re.compile(r"[\s,;<>\"]+")
_QUOTED = re.compile(r'\s*"([^"]*)"[\s,;<>]*')
"""A name in quotes is one with whatever it holds: "Smith, Jo"."""
_AT = re.compile(r"[^\s,;<>\"]*@[^\s,;<>\"]*")
_SAID = {
    "removed": Said("The recipient is removed."),
    "gone": Said("That recipient is removed already."),
}
_ADDED = re.compile(r"added-(\d{1,6})-(\d{1,6})")


class Row(NamedTuple):
    """A recipient in the list; ``stopped`` says since when they have unsubscribed, "" while they have not."""

    address: str
    name: str
    stopped: str
    is_user: bool
    remove: str


class Group(NamedTuple):
    """Recipients that are listed together."""

    name: str
    rows: list[Row]


def path_of(schedule_id: UUID) -> str:
    """The address of the list."""
    return f"{LIST}/{schedule_id}/recipients"


def list_page(
    schedule: Mapping[str, Any], listed: Mapping[str, Any], said: str, query: str, cursor: str
) -> dict[str, Any]:
    """A page of the recipients of a schedule, by group."""
    path, items = path_of(schedule["id"]), listed["items"]
    field = lists.Field("q", "Name or address", query)
    return {
        "section": SECTION,
        "heading": "Recipients",
        "caption": (schedule["name"], f"{LIST}/{schedule['id']}"),
        "said": _said(said),
        "path": path,
        "may_add": schedule["kind"] == ScheduleKind.summary,
        "has_any": bool(schedule["recipient_count"] or schedule["unsubscribed"]),
        "filters": lists.filters(path, (), [field], "recipients"),
        "shown": lists.shown_of(len(items), listed["total"], "recipient"),
        "groups": [
            Group(name or _WITHOUT_GROUP, [_row(path, one) for one in rows])
            for name, rows in groupby(items, key=lambda one: one["group_name"] or "")
        ],
        "tools": lists.tools(path, [("q", query)]),
        "pages": lists.pages(
            path, [("q", query)], len(items), listed["total"], cursor, listed["next"], "recipients"
        ),
    }


def _said(code: str) -> Said | None:
    found = _ADDED.fullmatch(code)
    if found is None:
        return _SAID.get(code)
    new, there = int(found[1]), int(found[2])
    words = f"{sentence_case(numeral(new))} {plural(new, 'recipient is', 'recipients are')} added."
    if there:
        was = plural(there, "was there already and stays", "were there already and stay")
        words += f" {sentence_case(numeral(there))} {was} as before."
    return Said(words, bool(new))


def _row(path: str, one: Mapping[str, Any]) -> Row:
    stopped = one["unsubscribed_at"]
    return Row(
        address=one["address"],
        name=one["name"] or "",
        stopped=f"Unsubscribed on {day_of(stopped)}" if stopped else "",
        is_user=one["user_id"] is not None,
        remove=f"{path}/{one['id']}/removal",
    )


_SHEET = table(
    "Recipients",
    ("Address", Kind.text),
    ("Name", Kind.text),
    ("Group", Kind.text),
    ("User of this service", Kind.yes_no),
    ("Unsubscribed on", Kind.text),
)


def recipient_sheet(schedule: Mapping[str, Any]) -> Sheet:
    """The recipients as rows to download."""

    def row(one: Mapping[str, Any]) -> Mapping[str, Any]:
        stopped = one["unsubscribed_at"]
        is_user = one["user_id"] is not None
        values = (one["address"], one["name"], one["group_name"], is_user, day_of(stopped) if stopped else "")
        return dict(zip(_SHEET.names, values, strict=True))

    return Sheet(_SHEET, row, f"Recipients of {schedule['name']}")


# --- Adding -----------------------------------------------------------------------------------------------


def add_form(
    schedule: Mapping[str, Any], users: Iterable[Mapping[str, Any]], there: Iterable[Mapping[str, Any]]
) -> RecordForm:
    """The form that adds users who are none yet, and addresses."""
    known = {one["user_id"] for one in there}
    options = [
        (str(one["id"]), f"{one['person_name']}, {one['email']}" if one["person_name"] else one["email"])
        for one in users
        if not one["disabled"] and one["id"] not in known
    ]
    addresses = Field(
        "addresses",
        "E-mail addresses",
        "lines",
        "One on each line, with or without a name: Jo Smith <jo@council.example>. About 300 at a time.",
        rows=8,
    )
    group = Field(
        "group_name",
        "Group",
        hint="They are listed under it. For example, Board members. Leave empty for none.",
        most=120,
    )
    of_area = Field("users", "Users of this service", "checkboxes", _USERS_HINT, options)
    back = path_of(schedule["id"])
    return RecordForm(
        heading="Add recipients",
        caption=("Recipients", back),
        fields=[addresses, *([of_area] if options else []), group],
        submit="Add the recipients",
        back=back,
        section=SECTION,
        note="All are added, or none with what is wrong. An address that has unsubscribed stays so.",
    )


_USERS_HINT = "Messages go to the address that they sign in with, also when it changes."


def given(shown: RecordForm, form: Form) -> list[dict[str, Any]]:
    """The recipients that the form states. Adds problems to it, which name the lines."""
    group = form.text("group_name")
    if not filled(RecipientCreate, {"group_name": group}, form):
        return []
    found, wrong = _addresses(form.value("addresses"))
    if wrong:
        told = wrong[:MOST_TOLD]
        if more := len(wrong) - len(told):
            told.append(f"And {more} more")
        form.fault("addresses", ". ".join(told))
    chosen = [
        option[0]
        for field in shown.fields
        if field.name == "users"
        for option in field.options
        if form.has(f"users-{option[0]}")
    ]
    if not found and not chosen and not wrong:
        form.fault("addresses", "Give at least one address, or choose a user")
    own = {"group_name": group}
    return [{"address": address, "name": name, **own} for address, name in found] + [
        {"user_id": user_id, **own} for user_id in chosen
    ]


def _addresses(typed: str) -> tuple[list[tuple[str, str | None]], list[str]]:
    """Addresses and names of a text with one a line, as mail programs copy them too; and the wrong lines."""
    found: list[tuple[str, str | None]] = []
    wrong = []
    for number, line in enumerate(typed.splitlines(), 1):
        for part in filter(str.strip, line.split(";")):
            one = _address(part)
            if one is None:
                wrong.append(f"Line {number}: “{part.strip()[:60]}” is not one e-mail address")
            elif fault := _name_fault(one[1] or ""):
                wrong.append(f"Line {number}: {fault}")
            else:
                found.append(one)
    return found, wrong


def _address(part: str) -> tuple[str, str | None] | None:
    """The one address of a piece of text, with the name beside it; None where that is not clear."""
    found = _AT.findall(part)
    if len(found) != 1 or not is_mail_address(found[0].lower()):
        return None
    beside = part.replace(found[0], " ")
    quoted = _QUOTED.fullmatch(beside)
    name = " ".join(quoted[1].split() if quoted else [one for one in _SPLIT.split(beside) if one])
    return found[0].lower(), name or None


def _name_fault(name: str) -> str:
    """What is wrong with a name beside an address, and what to do; "" where nothing is."""
    if name.endswith(":"):
        return f"“{name[:60]}” is no name. Give the address alone, or with a name before it"
    if len(name) > LONGEST_SHORT_LINE:
        return f"shorten the name to {LONGEST_SHORT_LINE} characters or fewer"
    return ""


# --- Removing ---------------------------------------------------------------------------------------------


def remove_form(schedule: Mapping[str, Any], one: Mapping[str, Any]) -> RecordForm:
    """Asks whether a recipient is to go."""
    back = path_of(schedule["id"])
    points = ["What was sent to them stays recorded.", "You can add the address again at any time."]
    if one["unsubscribed_at"]:
        points = [
            "They have unsubscribed. That is remembered: whoever adds the address again does not write to "
            "them, until they let it come again by the link in a message."
        ]
    return RecordForm(
        heading=f"Remove {one['address']}?",
        caption=("Recipients", back),
        fields=(),
        submit="Remove the recipient",
        back=back,
        section=SECTION,
        danger=True,
        confirms=True,
        note=f"“{schedule['name']}” is no longer sent to this address.",
        points=points,
    )
