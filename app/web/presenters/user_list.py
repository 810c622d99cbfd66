"""The list of accounts: what its address asks for, its rows on the page and as a file."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.access.roles import Role
from app.transfer.columns import Kind
from app.web.presenters.dates import day_of
from app.web.presenters.sheets import Sheet, london_day, table
from app.web.presenters.users import LIST, ROLE_LABELS, STATES, state_words
from app.web.presenters.whole_lists import Choice, Column, WholeList, by_time, whole_list


class Row(NamedTuple):
    """An account in the list."""

    href: str
    email: str
    person: str
    role: str
    state: str
    is_off: bool
    added: str


_COLUMNS = {
    "user": Column(
        "User",
        lambda one: (one["disabled"], one["email"]),
        ("disabled ones last", "disabled ones first"),
    ),
    "role": Column("Role", lambda one: [*Role].index(Role(one["role"])), ("viewers first", "admins first")),
    "state": Column("State", lambda one: one["state"], ("by state, from A", "by state, from Z")),
    "added": Column("Added", by_time("created_at"), ("first added first", "last added first")),
}
_CHOICES = {
    "role": Choice("Role", lambda one: str(one["role"]), [(one.value, ROLE_LABELS[one]) for one in Role]),
    "state": Choice("State", lambda one: str(one["state"]), list(STATES.items())),
}


def asked_of(typed: Mapping[str, str], users: Sequence[Mapping[str, Any]]) -> WholeList:
    """What the address asks for of the accounts. Raises Invalid for a value that no form offers."""
    return whole_list(LIST, typed, users, "user", _COLUMNS, _CHOICES)


_SHEET = table(
    "Users",
    ("User", Kind.text),
    ("Person", Kind.text),
    ("Role", Kind.text),
    ("State", Kind.text),
    ("Added on", Kind.day),
)


def user_sheet() -> Sheet:
    """The accounts as rows to download."""

    def row(one: Mapping[str, Any]) -> Mapping[str, Any]:
        return {
            "User": one["email"],
            "Person": one["person_name"],
            "Role": ROLE_LABELS[Role(one["role"])],
            "State": state_words(one),
            "Added on": london_day(one["created_at"]),
        }

    return Sheet(_SHEET, row, "Users")


def list_page(found: WholeList) -> dict[str, Any]:
    """The accounts of the area."""
    return {
        "section": "admin",
        "list": found,
        "heading": "Users",
        "rows": [
            Row(
                href=f"{LIST}/{one['id']}",
                email=one["email"],
                person=one["person_name"] or "",
                role=ROLE_LABELS[Role(one["role"])],
                state=state_words(one),
                is_off=one["state"] in ("disabled", "link_expired", "locked"),
                added=day_of(one["created_at"]),
            )
            for one in found.items
        ],
    }
