"""The forms that add an action, change it, and state its dates, impact, action points and withdrawal."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from app.web.presenters.action_meant import ON_A_DAY, ONGOING
from app.web.presenters.actions import IMPACT_LABELS
from app.web.presenters.choices import MISSING, people_options, several, status_options
from app.web.presenters.dates import example_of, today_if_empty
from app.web.record_forms import Field, RecordForm

MOST_POINTS = 40
"""Priorities that a form offers: more would be a page that nobody gets to the end of."""
People = Sequence[Mapping[str, Any]]

_DUE = [
    (ON_A_DAY, "On a date", "Leave the due date empty if it is not known yet"),
    (ONGOING, "Ongoing", "It has a review date in place of a due date"),
]
_IMPACTS = [(state.value, label) for state, label in IMPACT_LABELS.items()]


def own_fields(people: People, co_leads: int) -> list[Field]:
    """What of an action is not dated."""
    options = people_options(people)
    return [
        Field(
            "title",
            "Title",
            hint="What is to be done.",
            words="Give the title of the action",
            required=True,
        ),
        Field("lead_id", "Lead", "select", MISSING, options),
        *several("co_lead_ids", "Co-lead", options, co_leads),
        Field("responsible_body", "Responsible body", hint="For example, Local authority."),
        Field("phase", "Phase", hint="If the plan has phases."),
        Field("success_measure", "Success measure", "textarea", "How you will know that it is done.", rows=3),
        Field("expected_impact", "Expected impact", "textarea", "What it should change.", rows=3),
        Field(
            "evidence_links",
            "Evidence",
            "textarea",
            "One link a line: what it is, then its web address. For example, Minutes https://example.org/minutes.",
            rows=3,
        ),
    ]


def point_fields(
    priorities: Sequence[Mapping[str, Any]], free: Mapping[UUID, str], used: Sequence[str] = ()
) -> list[Field]:
    """A ref for each priority; the first of many, but never without one that is ``used``.

    ``free`` is the ref that follows the last one under each.
    """
    first = "Leave empty where the action does not stand under it. Unique in the plan. "
    offered = [
        (place, one) for place, one in enumerate(priorities) if place < MOST_POINTS or str(one["id"]) in used
    ]
    return [
        Field(
            f"points_{place}",
            f"Ref under {one['ref']} {one['title']}",
            hint=("" if number else first) + (f"Next free ref: {ref}." if (ref := free[one["id"]]) else ""),
            width="10",
            heading="" if number else "Action points",
        )
        for number, (place, one) in enumerate(offered)
    ]


def date_fields(today: date, *, may_edit: bool) -> list[Field]:
    """The dates and the impact of an action, and what it waits for."""
    found = [
        Field("start_on", "Start date", "date", example_of(today), heading="Dates"),
        Field("due_kind", "Due", "radios", options=_DUE),
        Field("due_on", "Due date", "date", "The first due date is kept for ever."),
        Field("review_on", "Review date", "date", "Of an ongoing action."),
        Field("forecast_on", "Forecast date", "date", "When it is now expected to be complete."),
        Field("impact_state", "Impact", "select", "Completion is not impact.", _IMPACTS, heading="Impact"),
        Field("impact_review_on", "Impact review date", "date", "When its impact is looked at."),
    ]
    if may_edit:
        found.append(
            Field(
                "depends_on",
                "Waits for",
                hint="Refs of other actions of this plan, with commas between them. For example, 2.1, 2.4.",
                heading="Dependencies",
            )
        )
    return found


def entry_fields(today: date, *, heading: str = "About this change") -> list[Field]:
    """What a dated entry says beside its facts."""
    day = f"{today_if_empty(today)} An earlier date may need a reason."
    return [
        Field("effective_on", "Date from which this is true", "date", day, heading=heading),
        Field(
            "reason",
            "Reason",
            "textarea",
            "Needed for a date before the latest entry, or in a published period.",
            rows=2,
        ),
    ]


def new_action(
    priorities: Sequence[Mapping[str, Any]],
    people: People,
    today: date,
    free: Mapping[UUID, str],
    *,
    back: tuple[str, str],
    of: Mapping[str, Any] | None = None,
) -> RecordForm:
    """The form that adds an action, or copies one (``of``)."""
    points = point_fields(priorities, free)
    fields = _new_fields(points, people, today, len(of["co_leads"]) if of else 0)
    return RecordForm(
        heading=f"Copy action {of['ref']}" if of else "Add an action",
        caption=back,
        fields=fields,
        submit="Add the copy" if of else "Add the action",
        back=back[1],
        section="plans",
        note=(
            "Everything below is taken from it and can be changed before it is added. Its updates and "
            "evidence stay with it."
            if of
            else ""
        ),
        saved="/actions/{id}?saved=added",
    )


def _new_fields(points: Sequence[Field], people: People, today: date, co_leads: int) -> list[Field]:
    """The fields of a new action: what it is, where, who and when first, the rest below."""
    own = {field.name: field for field in own_fields(people, co_leads)}
    dates = {field.name: field for field in date_fields(today, may_edit=True)}
    title, measure, impact, evidence = (
        own.pop(name) for name in ("title", "success_measure", "expected_impact", "evidence_links")
    )
    lead = own.pop("lead_id")
    return [
        title,
        *points,
        lead._replace(heading="Who"),
        *own.values(),
        *(dates[name] for name in ("start_on", "due_kind", "due_on", "review_on")),
        dates["depends_on"]._replace(heading=""),
        measure._replace(heading="Success and impact"),
        impact,
        dates["impact_review_on"],
        evidence,
        Field(
            "status", "Status", "radios", options=status_options(), required=True, heading="Progress so far"
        ),
        Field("narrative", "What has happened so far", "textarea", rows=3),
        Field("completed_on", "Completion date", "date", "Only with the status Complete."),
        dates["forecast_on"],
        Field("path_to_green", "Path back to green", "textarea", "Of a delayed action.", rows=3),
        *entry_fields(today),
    ]


def edit_action(action: Mapping[str, Any], people: People) -> RecordForm:
    """The form of what is not dated."""
    return _of_action(
        action,
        heading=f"Edit action {action['ref']}",
        fields=own_fields(people, len(action["co_leads"])),
        submit="Save the action",
        saved="changed",
        note="You change status, dates, impact and action points on pages of their own.",
    )


def dates_of(action: Mapping[str, Any], today: date, *, may_edit: bool) -> RecordForm:
    """The form of its dates and impact."""
    return _of_action(
        action,
        heading=f"Dates and impact of {action['ref']}",
        fields=[*date_fields(today, may_edit=may_edit), *entry_fields(today)],
        submit="Save these dates",
        saved="dates",
        note="Your changes are recorded together, with their date. A field that you empty is cleared.",
    )


def points_of(
    action: Mapping[str, Any],
    priorities: Sequence[Mapping[str, Any]],
    today: date,
    free: Mapping[UUID, str],
) -> RecordForm:
    """The form of its action points: added, moved and taken away."""
    used = [str(one["priority_id"]) for one in action["points"]]
    return _of_action(
        action,
        heading=f"Action points of {action['ref']}",
        fields=[*point_fields(priorities, free, used), *entry_fields(today)],
        submit="Save these action points",
        saved="points",
        note=(
            "An action counts once under each priority that it stands under. To move it, empty one ref and "
            "give another."
        ),
    )


def withdrawal_of(action: Mapping[str, Any], today: date) -> RecordForm:
    """Asks before an action is withdrawn, or reinstated where it is."""
    out = not action["withdrawn"]
    verb, label = (
        ("Withdraw", "Date from which it is withdrawn") if out else ("Reinstate", "Date from which it counts")
    )
    reason = Field(
        "reason",
        "Reason",
        "textarea",
        "Stands in the history, and beside the number of withdrawn actions.",
        rows=3,
        required=True,
        words="Give a reason",
    )
    day = entry_fields(today, heading="")[0]._replace(label=label)
    return _of_action(
        action,
        heading=f"{verb} action {action['ref']}?",
        fields=[Field("wanted", "", "hidden"), reason, day],
        submit=f"{verb} the action",
        saved="withdrawn" if out else "reinstated",
        note=(
            "The action leaves every count, from today unless you give an earlier date. Nothing is deleted."
            if out
            else "The action counts again, from today unless you give an earlier date."
        ),
    )._replace(danger=out, confirms=True, points=_what_follows(len(action["points"]), out))


def _what_follows(points: int, out: bool) -> tuple[str, ...]:
    """What a withdrawal (``out``) or a reinstatement does to the figures."""
    counted = f"Its {points} action points are" if points > 1 else "Its action point is"
    if out:
        return (
            f"{counted} left out of every percentage, which says how many it leaves out.",
            "Published periods, and figures of the days before, stay as they are.",
            "It is listed apart, with its history, and can be reinstated.",
        )
    return (
        f"{counted} counted in every percentage again.",
        "The days on which it was withdrawn stay so in its history.",
    )


def _of_action(
    action: Mapping[str, Any], *, heading: str, fields: Sequence[Field], submit: str, saved: str, note: str
) -> RecordForm:
    path = f"/actions/{action['id']}"
    return RecordForm(
        heading=heading,
        caption=(f"{action['ref']} {action['title']}", path),
        fields=fields,
        submit=submit,
        back=path,
        section="plans",
        note=note,
        what="the action",
        saved=f"{path}?saved={saved}",
    )
