"""The form that corrects an entry of a risk: filled with what it says, each field to be kept or changed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app.risk.matrix import Matrix
from app.web.forms import Form
from app.web.presenters.corrections import LOOK_AGAIN, about, entry_fields
from app.web.presenters.risk_forms import PAIRED, SIDES, Around, pair_typed, priority_field, score_fields
from app.web.presenters.text import headline
from app.web.record_forms import Field, RecordForm

Item = Mapping[str, Any]
_UNDOES = "It {} the risk. Once corrected it no longer does: the risk is as it was before."
_STEPS = ("accepted", "materialised", "closed", "reopened")
_DATES = ("target_on", "review_on")


def correct_assessment(risk: Item, entry: Item, matrix: Matrix, around: Around | None) -> RecordForm:
    """The form that corrects an entry of a risk. ``matrix`` is the one that was in force on its day.

    ``around`` is what the priority is chosen from; None where the entry states none.
    """
    href, operation = f"/risks/{risk['id']}", entry["operation"]
    return RecordForm(
        heading=f"Correct an entry of risk {risk['ref']}",
        caption=(headline(risk["description"]), href),
        fields=[
            *score_fields(matrix),
            *(priority_field(around) if around else ()),
            Field("narrative", "What has happened", "textarea", "The latest position, in words.", rows=3),
            Field("review_on", "Next review", "date"),
            *entry_fields(entry),
        ],
        submit="Save the correction",
        back=href,
        section="risks",
        note=about(entry, _UNDOES.format(operation) if operation in _STEPS else ""),
        saved=f"{href}?saved=corrected",
        look_again=LOOK_AGAIN,
    )


def assessment_as_typed(entry: Item, version: int) -> dict[str, Any]:
    """What an entry of a risk says, as its form takes it, but for the reason, which is new."""
    facts = entry["facts"]
    pairs = {f"{side}_{part}": number for side in SIDES for part, number in (facts.get(side) or {}).items()}
    days = {name: date.fromisoformat(facts[name]) for name in _DATES if facts.get(name)}
    rating = facts.get("rating")
    return {
        **facts,
        **pairs,
        **days,
        "rating": rating["band"] if isinstance(rating, Mapping) else rating,
        "narrative": entry["narrative"],
        "effective_on": entry["effective_on"],
        "version": version,
    }


def assessment_meant(form: Form, found: Item, entry: Item, fields: Sequence[Field]) -> dict[str, Any]:
    """The input of ``assess``. What was cleared by the entry and is still empty is cleared by this."""
    facts = entry["facts"]
    meant = {name: value for name, value in found.items() if name not in PAIRED}
    if any(field.name in PAIRED for field in fields):
        meant |= {side: pair_typed(form, side) for side in SIDES}
    if "priority_id" in facts and "priority_id" not in meant:
        meant["priority_id"] = facts["priority_id"]
    return {
        name: value
        for name, value in meant.items()
        if value is not None or name == "priority_id" or (name in facts and facts[name] is None)
    } | {"replaces": entry["id"]}
