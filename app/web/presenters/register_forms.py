"""The forms of a risk register: adding one with its matrix, and changing its ref and title."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.risk.matrix import MatrixKind
from app.web.presenters.matrix_forms import MatrixPage
from app.web.record_fields import Field
from app.web.record_forms import RecordForm

Item = Mapping[str, Any]


def new_register(plans: Sequence[Item], registers: Sequence[Item], kind: MatrixKind) -> MatrixPage:
    """The page that adds a register and sets up the first version of its matrix."""
    choices = [(str(one["id"]), f"{one['ref']} {one['title']}") for one in plans]
    hint = "The plan whose risks it holds. It cannot be changed later."
    starts = [
        ("scores from 1 to 25, as the partnership’s register prints them", "/registers/new"),
        ("ratings by name, without scores", f"/registers/new?kind={MatrixKind.named}"),
        *((f"the matrix of {one['title']}", f"/registers/new?from={one['id']}") for one in registers),
    ]
    return MatrixPage(
        heading="Add a risk register",
        caption=("Risk registers", "/registers"),
        before=[*_own(), Field("plan_id", "Plan", "select", hint, choices)],
        after=(),
        submit="Add the register",
        back="/registers",
        note="A register is scored by likelihood and impact."
        if kind is MatrixKind.scored
        else "Each risk of this register is rated by the name of a band: no scores, no heat map.",
        starts=starts,
    )


def edit_register(register: Item) -> RecordForm:
    """The form of a register as it is."""
    href = f"/registers/{register['id']}"
    return RecordForm(
        heading="Change the register",
        caption=(register["title"], href),
        fields=_own(),
        submit="Save the register",
        back=href,
        section="risks",
        what="this register",
        note="A register stays, with its matrix and every assessment. One that was added by mistake: say in "
        "its title that it is not used, and close the risks in it.",
        saved=f"{href}?saved=changed",
    )


def _own() -> list[Field]:
    return [
        Field(
            "ref", "Ref", hint="Unique in your area, for example RISK. No slash.", width="10", required=True
        ),
        Field("title", "Title", required=True),
    ]
