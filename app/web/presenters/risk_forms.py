"""The forms of a risk: adding and changing one, and moving it to another priority."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.risk.matrix import Matrix, MatrixKind
from app.risk.scoring import Treatment
from app.web.forms import Form
from app.web.presenters.choices import MISSING, chosen_of, is_one_of, numbered, people_options, several
from app.web.presenters.dates import today_if_empty
from app.web.record_fields import Field
from app.web.record_forms import RecordForm
from app.web.visits import Visit

LEADS = "strategic_lead_ids"
GENERAL = ""
SIDES = ("current", "target")
_PARTS = ("likelihood", "impact")
Item = Mapping[str, Any]


class Around(NamedTuple):
    """What the forms of a register's risks choose from, and what they stand under."""

    register: Item
    matrix: Matrix
    plan: Item | None
    priorities: Sequence[Item]
    people: Sequence[Item]


# --- What a risk is ---------------------------------------------------------------------------------------


def new_risk(visit: Visit, around: Around, form: Mapping[str, str]) -> RecordForm:
    """The form of a new risk with its first assessment; ``form`` is what was typed so far."""
    href = f"/registers/{around.register['id']}"
    return RecordForm(
        heading="Add a risk",
        caption=(around.register["title"], href),
        fields=[
            *_own_fields(around, _leads_in(form)),
            *_first_assessment(visit, around),
        ],
        submit="Add the risk",
        back=href,
        section="risks",
        note="The score is worked out from likelihood and impact. It is never typed.",
        saved="/risks/{id}?saved=added",
    )


def edit_risk(around: Around, risk: Item, form: Mapping[str, str]) -> RecordForm:
    """The form of what a risk is. Scores, state, review date and priority change by dated entries alone."""
    href = f"/risks/{risk['id']}"
    return RecordForm(
        heading=f"Change risk {risk['ref']}",
        caption=(around.register["title"], f"/registers/{around.register['id']}"),
        fields=_own_fields(around, max(_leads_in(form), len(risk["strategic_leads"]))),
        submit="Save the risk",
        back=href,
        section="risks",
        note="To change scores, the review date, the state or the priority, assess the risk or "
        "choose a step, from the risk’s own page.",
        what="this risk",
        saved=f"{href}?saved=changed",
    )


def _own_fields(around: Around, leads: int) -> list[Field]:
    people = people_options(around.people)
    treatments = [("", "Not stated"), *((one.value, one.value.capitalize()) for one in Treatment)]
    return [
        Field(
            "ref", "Ref", hint="Unique in the register, for example R12. No slash.", width="10", required=True
        ),
        Field(
            "description",
            "What could happen, and why",
            "textarea",
            "Cause and event. The first sentence is the risk’s name in lists.",
            required=True,
        ),
        Field(
            "effect",
            "What it would mean",
            "textarea",
            "For children and young people, and for the plan.",
            rows=3,
        ),
        Field("treatment", "Treatment", "select", options=treatments),
        Field("opened_on", "Date opened", "date", "For example, 27 3 2024."),
        Field("owner_id", "Risk owner", "select", MISSING, people, heading="People"),
        Field("sro_id", "Senior responsible officer (SRO)", "select", options=people),
        *several(LEADS, "Strategic lead", people, leads),
    ]


def _first_assessment(visit: Visit, around: Around) -> list[Field]:
    return [
        *priority_field(around, heading="First assessment"),
        *score_fields(around.matrix),
        Field("review_on", "Next review", "date"),
        Field("narrative", "Latest position", "textarea", "What has happened so far, in words.", rows=3),
        Field(
            "reason",
            "Reason",
            "textarea",
            "Why it is scored so. The board reads it beside the score.",
            rows=3,
        ),
        Field("effective_on", "In the register from", "date", today_if_empty(visit.at.today)),
        Field(
            "last_updated_on",
            "Last updated, as a paper register printed it",
            "date",
            "Only for a risk that you take over from paper.",
        ),
    ]


def score_fields(matrix: Matrix) -> list[Field]:
    """The scores or the rating of a risk, its target date and the reason for the target."""
    if matrix.kind is MatrixKind.named:
        ratings = [("", "Not rated"), *((band.name, band.name) for band in matrix.bands)]
        return [Field("rating", "Rating", "select", options=ratings)]
    empty = {"current": "Not scored", "target": "No target"}
    labels = {"likelihood": matrix.likelihood_labels, "impact": matrix.impact_labels}
    return [
        *(
            Field(
                f"{side}_{part}",
                f"{side.capitalize()} {part}",
                "select",
                options=numbered_labels(labels[part], empty[side]),
            )
            for side in SIDES
            for part in _PARTS
        ),
        Field("target_on", "Target date", "date"),
        Field(
            "target_rationale",
            "Why is the target not below the current score?",
            "textarea",
            "Needed only when it is equal or above.",
            rows=2,
        ),
    ]


def numbered_labels(labels: Sequence[str], empty: str) -> list[tuple[str, str]]:
    """One side of a matrix to choose from: "3 Possible"; ``empty`` is the choice of none."""
    return [("", empty), *((str(place), f"{place} {label}") for place, label in enumerate(labels, start=1))]


def priority_field(around: Around, *, heading: str = "") -> list[Field]:
    """The priority that a risk threatens; no field where its register has no plan."""
    if around.plan is None:
        return []
    label = str(around.plan["priority_label"]).capitalize()
    places = [(GENERAL, "None: a general risk")]
    places += [(str(one["id"]), f"{one['ref']} {one['title']}") for one in around.priorities]
    hint = "What it threatens. A general risk threatens the plan as a whole."
    return [Field("priority_id", label, "select", hint, places, heading=heading)]


def _leads_in(typed: Mapping[str, str]) -> int:
    """How many selects of strategic leads a form that was sent used."""
    used = [name for name, value in typed.items() if value and is_one_of(name, LEADS)]
    return max((int(name.rpartition("_")[2][:3]) + 1 for name in used), default=0)


def known(risk: Item) -> dict[str, Any]:
    """A risk as its form is filled from it."""
    return {**risk, **numbered(LEADS, [str(one["id"]) for one in risk["strategic_leads"]])}


def meant(
    shown: RecordForm, form: Form, stated: Mapping[str, Any], risk: Item | None = None
) -> dict[str, Any]:
    """What a form states, as the service takes it: pairs and strategic leads whole. Adds problems to it."""
    found = {
        name: value
        for name, value in stated.items()
        if not is_one_of(name, LEADS) and not name.startswith(PAIRED)
    }
    leads = chosen_of(form, LEADS, shown.fields)
    if risk is None or leads != [str(one["id"]) for one in risk["strategic_leads"]]:
        found[LEADS] = leads
    if any(field.name.startswith(PAIRED) for field in shown.fields):
        found |= {side: pair_typed(form, side) for side in SIDES}
    # A fact that a new risk does not state is left out: an entry holds only what it states.
    return found if risk is not None else {name: value for name, value in found.items() if value is not None}


PAIRED = tuple(f"{side}_{part}" for side in SIDES for part in _PARTS)


def pair_typed(form: Form, side: str) -> dict[str, Any] | None:
    """The likelihood and impact of one side; None for neither. Adds a problem where one is missing."""
    given = {part: form.number(f"{side}_{part}", f"The {side} {part}") for part in _PARTS}
    missing = [part for part, number in given.items() if number is None]
    if len(missing) == len(given):
        return None
    for part in missing:
        form.fault(f"{side}_{part}", f"Choose the {side} {part} too")
    return given


# --- Where it stands --------------------------------------------------------------------------------------


def move_risk(visit: Visit, around: Around, risk: Item) -> RecordForm:
    """The form that moves a risk to another priority of its register's plan, from a day on."""
    href = f"/risks/{risk['id']}"
    return RecordForm(
        heading=f"Move risk {risk['ref']}",
        caption=(around.register["title"], f"/registers/{around.register['id']}"),
        fields=[*priority_field(around), *dated(visit, "The board reads it in what changed.")],
        submit="Move the risk",
        back=href,
        section="risks",
        note="The risk keeps its ref, scores and history. Before that day it stays where it was.",
        what="this risk",
        saved=f"{href}?saved=moved",
    )


def dated(visit: Visit, why: str) -> list[Field]:
    """The reason of a dated step, which it needs, and the day from which it is true."""
    return [
        Field("reason", "Reason", "textarea", why, rows=3, required=True, words="Give a reason"),
        Field("effective_on", "From", "date", today_if_empty(visit.at.today)),
    ]
