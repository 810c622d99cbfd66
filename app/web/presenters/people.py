"""The people of the area: the list, and the form of one."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.errors import invalid
from app.transfer.columns import Kind
from app.web.presenters import lists
from app.web.presenters.choices import person_words
from app.web.presenters.said import Said
from app.web.presenters.sheets import Sheet, table
from app.web.record_forms import Field, RecordForm

PATH = "/people"
ROWS = 50
_COLUMNS = {"name": "Name or post", "organisation": "Organisation", "email": "E-mail address"}
_ORDERS = {
    "name": "by name, from A",
    "-name": "by name, from Z",
    "organisation": "by organisation, from A",
    "-organisation": "by organisation, from Z",
    "email": "by e-mail address, from A",
    "-email": "by e-mail address, from Z",
}
_SAID = {"added": Said("The person is added."), "changed": Said("The person is changed.")}
FIELDS = (
    Field(
        "name",
        "Name or post",
        hint="For example, Joint commissioning lead. A post outlasts whoever holds it.",
        words="Give a name or a post",
        required=True,
    ),
    Field("organisation", "Organisation", hint="For example, ICB."),
    Field("email", "E-mail address", hint="Where messages about their actions reach them."),
)


class Asked(NamedTuple):
    """What the address of the list asks for, as typed."""

    q: str
    organisation: str
    sort: str
    page: int

    @property
    def sort_pairs(self) -> list[tuple[str, str]]:
        """The sorting, where it is not by name."""
        return [("sort", self.sort)] if self.sort != "name" else []

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The filters alone, to be kept by links."""
        return [("q", self.q), ("organisation", self.organisation)]


class Row(NamedTuple):
    """A person in the list. ``href`` is "" for those who may not change one."""

    name: str
    organisation: str
    email: str
    href: str


def list_page(
    found: Mapping[str, Any], asked: Asked, organisations: Sequence[str], may_edit: bool, said: str
) -> dict[str, Any]:
    """The list of people, by name."""
    rows = [
        Row(
            one["name"],
            one["organisation"] or "Not recorded",
            one["email"] or "Not recorded",
            f"{PATH}/{one['id']}/edit" if may_edit else "",
        )
        for one in found["items"]
    ]
    fields = (
        lists.Field("q", "Name or post", asked.q),
        lists.Field(
            "organisation",
            "Organisation",
            asked.organisation,
            [("", "All"), *((name, name) for name in organisations)],
        ),
    )
    filters = lists.filters(PATH, asked.sort_pairs, fields)
    kept = [*asked.pairs, *asked.sort_pairs]
    return {
        "section": "plans",
        "heading": "People",
        "said": _SAID.get(said),
        "may_edit": may_edit,
        "rows": rows,
        "filters": filters,
        "shown": _shown(len(rows), found["total"], asked),
        "columns": lists.columns(PATH, asked.pairs, asked.sort, _COLUMNS),
        "pages": lists.numbered(PATH, kept, asked.page, ROWS, found["total"]),
        "tools": lists.tools(PATH, kept),
    }


def _shown(shown: int, total: int, asked: Asked) -> str:
    return f"{lists.shown_of(shown, total, 'person', before=ROWS * (asked.page - 1))}, {_ORDERS[asked.sort]}"


def asked_for(typed: Mapping[str, str]) -> Asked:
    """What the address asks for. Raises Invalid for a value that no page offers."""
    q, organisation = (
        typed.get(name, "").replace("\x00", "").strip()[:300] for name in ("q", "organisation")
    )
    asked = Asked(q, organisation, typed.get("sort", "") or "name", lists.page_asked(typed))
    if asked.sort not in _ORDERS:
        raise invalid("/sort", "Choose a column to sort by.")
    return asked


def chosen(asked: Asked) -> list[tuple[str, str]]:
    """The filters that are used, in words."""
    pairs = (("Name or post", asked.q), ("Organisation", asked.organisation))
    return [pair for pair in pairs if pair[1]]


_SHEET = table(
    "People", ("Name or post", Kind.text), ("Organisation", Kind.text), ("E-mail address", Kind.text)
)


def people_sheet() -> Sheet:
    """The people as rows to download."""

    def row(one: Mapping[str, Any]) -> Mapping[str, Any]:
        values = (one["name"], one["organisation"], one["email"])
        return dict(zip(_SHEET.names, values, strict=True))

    return Sheet(_SHEET, row, "People")


def new_person() -> RecordForm:
    """The form that adds a person."""
    return RecordForm(
        heading="Add a person",
        caption=("People", PATH),
        fields=FIELDS,
        submit="Add the person",
        back=PATH,
        section="plans",
        note="People lead actions, answer for priorities and own risks. To let somebody sign in, add a user.",
        saved=f"{PATH}?said=added",
    )


def edit_person(person: Mapping[str, Any]) -> RecordForm:
    """The form that changes a person, everywhere where they are named."""
    return RecordForm(
        heading=f"Edit {person_words(person)}",
        caption=("People", PATH),
        fields=FIELDS,
        submit="Save the person",
        back=PATH,
        section="plans",
        what="this person",
        note="The name changes on every page, of earlier days too. The history keeps the old one.",
        saved=f"{PATH}?said=changed",
    )
