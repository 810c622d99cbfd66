"""The forms of plans and priorities: their fields, and what stands around them."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.models.plan_copies import CopiedDates
from app.models.plans import PlanKind
from app.sentences.words import plural
from app.web.presenters.choices import MISSING, people_options
from app.web.presenters.dates import long_date
from app.web.record_forms import Field, RecordForm

KIND_LABELS = {
    PlanKind.priority_action_plan: "Priority action plan",
    PlanKind.written_statement_of_action: "Written statement of action",
    PlanKind.improvement_plan: "Improvement plan",
    PlanKind.reform_plan: "Reform plan",
    PlanKind.grant_programme: "Grant programme",
}
_REF = "Short and unique, for example {}. It stands in addresses and papers. No slash."
_NAMES = (
    Field("title", "Title", words="Give the title of the plan", required=True),
    Field("ref", "Ref", hint=_REF.format("PAP"), width="10", words="Give a ref", required=True),
)
_STARTS = Field("starts_on", "First day", "date", "For example, 1 4 2024. Leave empty if it is not known.")
PLAN_FIELDS = (
    *_NAMES,
    Field(
        "kind",
        "What sort of plan it is",
        "radios",
        "In a grant programme priorities are called workstreams.",
        [(kind.value, label) for kind, label in KIND_LABELS.items()],
        required=True,
        words="Choose what sort of plan it is",
    ),
    _STARTS,
    Field("ends_on", "Last day", "date", "Leave empty if it is not known."),
)


def labelled(label: str, number: int = 2) -> str:
    """What a plan calls one or several of its priorities, or another noun: "2 priorities"."""
    return "priorities" if label == "priority" and number != 1 else plural(number, label)


def new_plan() -> RecordForm:
    """The form that adds a plan."""
    return RecordForm(
        heading="Add a plan",
        caption=("Plans", "/plans"),
        fields=PLAN_FIELDS,
        submit="Add the plan",
        back="/plans",
        section="plans",
        note="Its priorities and actions are added next, on its own page.",
        saved="/plans/{id}?saved=added",
    )


def edit_plan(plan: Mapping[str, Any]) -> RecordForm:
    """The form that changes a plan."""
    path = f"/plans/{plan['id']}"
    return RecordForm(
        heading="Edit the plan",
        caption=(plan["title"], path),
        fields=PLAN_FIELDS,
        submit="Save the plan",
        back=path,
        section="plans",
        what="the plan",
        saved=f"{path}?saved=changed",
        also=("Delete the plan", f"{path}/delete"),
    )


def copy_plan(plan: Mapping[str, Any], actions: int, priorities: int) -> RecordForm:
    """The form that copies a plan; says how much comes along."""
    path = f"/plans/{plan['id']}"
    first = plan["starts_on"]
    by = f"By as much as the first day, {long_date(first)}, moves" if first else "Needs a first day here"
    dates = Field(
        "dates",
        "Dates of the actions",
        "radios",
        options=[
            (CopiedDates.moved.value, "Move them", by),
            (CopiedDates.left_out.value, "Leave them out", "Each action gets its dates later"),
            (CopiedDates.kept.value, "Keep them as they are", ""),
        ],
        required=True,
        words="Choose what becomes of the dates",
    )
    starts = _STARTS._replace(
        label="First day of the new plan", hint="For example, 1 4 2025. Needed where the dates are moved."
    )
    counted = f"{_count(priorities, plan['priority_label'])} and {_count(actions, 'action')}"
    return RecordForm(
        heading="Copy this plan",
        caption=(plan["title"], path),
        fields=(*_NAMES, starts, dates),
        submit="Copy the plan",
        back=path,
        section="plans",
        note=(
            f"The new plan gets the {counted} of this one, "
            "with their refs, leads, descriptions and dependencies. Every action begins as not started. "
            "Withdrawn actions, updates, evidence, risks and periods stay here."
        ),
        saved="/plans/{id}?saved=copied",
    )


def copied_values(plan: Mapping[str, Any]) -> dict[str, str]:
    """What the form of a copy begins with."""
    dates = CopiedDates.moved if plan["starts_on"] else CopiedDates.left_out
    return {"title": plan["title"], "dates": dates.value}


def _count(number: int, noun: str) -> str:
    return f"{number} {labelled(noun, number)}"


# --- Priorities -------------------------------------------------------------------------------------------


def priority_fields(label: str, people: Sequence[Mapping[str, Any]]) -> tuple[Field, ...]:
    """The fields of a priority, or whatever its plan calls it."""
    return (
        Field("title", "Title", words=f"Give the title of the {label}", required=True),
        Field(
            "ref",
            "Ref",
            hint="Unique in the plan, for example PAP 1. No slash.",
            width="10",
            words="Give a ref",
            required=True,
        ),
        Field("statement", "What must improve", "textarea", "In full, as the plan says it."),
        Field(
            "sro_id",
            "Senior responsible officer",
            "select",
            MISSING,
            people_options(people),
        ),
        Field("responsible_bodies", "Responsible bodies", hint="For example, Local authority and ICB."),
    )


def new_priority(plan: Mapping[str, Any], people: Sequence[Mapping[str, Any]]) -> RecordForm:
    """The form that adds a priority to a plan, at its end."""
    label, path = plan["priority_label"], f"/plans/{plan['id']}"
    return RecordForm(
        heading=f"Add a {label}",
        caption=(plan["title"], path),
        fields=priority_fields(label, people),
        submit=f"Add the {label}",
        back=path,
        section="plans",
        saved="/priorities/{id}?saved=added",
    )


def edit_priority(
    plan: Mapping[str, Any], priority: Mapping[str, Any], people: Sequence[Mapping[str, Any]]
) -> RecordForm:
    """The form that changes a priority."""
    label, path = plan["priority_label"], f"/priorities/{priority['id']}"
    return RecordForm(
        heading=f"Edit the {label}",
        caption=(f"{priority['ref']} {priority['title']}", path),
        fields=priority_fields(label, people),
        submit=f"Save the {label}",
        back=path,
        section="plans",
        what=f"the {label}",
        saved=f"{path}?saved=changed",
        also=(f"Delete the {label}", f"{path}/delete"),
    )
