"""The people of the area: the list, and the form of one."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.web.presenters import lists
from app.web.presenters.choices import person_words
from app.web.presenters.said import Said
from app.web.record_forms import Field, RecordForm

PATH = "/people"
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
    cursor: str

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
    filters = lists.filters(PATH, (), fields)
    return {
        "section": "plans",
        "heading": "People",
        "said": _SAID.get(said),
        "may_edit": may_edit,
        "rows": rows,
        "filters": filters,
        "shown": f"{lists.shown_of(len(rows), found['total'], 'person')}, by name",
        "pages": lists.pages(PATH, asked.pairs, len(rows), found["total"], asked.cursor, found["next"], ""),
    }


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
