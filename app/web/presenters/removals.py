"""The pages that ask before something that was added by mistake is deleted, or say why it stays."""

from collections.abc import Mapping
from typing import Any

from app.sentences.words import plural
from app.web.presenters.periods import period_name
from app.web.presenters.schedule_forms import LIST as SCHEDULES
from app.web.presenters.schedules import SECTION
from app.web.record_forms import RecordForm

_KEPT = "The history and the journal keep what it was, and who deleted it."
_FOR_GOOD = "It cannot be brought back: it would have to be added again."


def of_plan(plan: Mapping[str, Any], stays: str) -> RecordForm:
    """About a plan; ``stays`` says why it cannot be deleted, "" where it can."""
    path = f"/plans/{plan['id']}"
    asked = RecordForm(
        heading="Delete this plan?",
        caption=(plan["title"], path),
        fields=(),
        submit="Delete the plan",
        back=path,
        section="plans",
        note=f"“{plan['title']}” has nothing in it. It leaves every list.",
        points=(_KEPT, _FOR_GOOD),
        saved="/plans?saved=deleted",
    )
    return _asked(asked, "This plan cannot be deleted", stays)


def of_priority(plan: Mapping[str, Any], priority: Mapping[str, Any], stays: str) -> RecordForm:
    """About a priority, or whatever its plan calls it."""
    path, label = f"/priorities/{priority['id']}", plan["priority_label"]
    asked = RecordForm(
        heading=f"Delete this {label}?",
        caption=(f"{priority['ref']} {priority['title']}", path),
        fields=(),
        submit=f"Delete the {label}",
        back=path,
        section="plans",
        note=f"Nothing was ever recorded under {priority['ref']}, “{priority['title']}”. It leaves the plan.",
        points=(_KEPT, _FOR_GOOD),
        saved=f"/plans/{plan['id']}?saved=deleted",
    )
    return _asked(asked, f"This {label} cannot be deleted", stays)


def of_period(period: Mapping[str, Any], stays: str) -> RecordForm:
    """About a board period."""
    path, name = f"/periods/{period['id']}", period_name(period)
    asked = RecordForm(
        heading="Delete this period?",
        caption=(name, path),
        fields=(),
        submit="Delete the period",
        back=path,
        section="periods",
        note=f"“{name}” was never published. It is deleted, with the commentary that was written for it.",
        points=(
            "Actions, risks and their updates stay as they are.",
            "Its days belong to no period any more, until another one is added for them.",
            _KEPT,
        ),
        saved=f"/periods?plan={period['plan_id']}&saved=deleted",
    )
    return _asked(asked, "This period cannot be deleted", stays)


def of_schedule(schedule: Mapping[str, Any], stays: str) -> RecordForm:
    """About a schedule of e-mail."""
    path, number = f"{SCHEDULES}/{schedule['id']}", schedule["recipient_count"] + schedule["unsubscribed"]
    with_them = f", with its {plural(number, 'recipient')}" if number else ""
    asked = RecordForm(
        heading="Delete this schedule?",
        caption=(schedule["name"], path),
        fields=(),
        submit="Delete the schedule",
        back=path,
        section=SECTION,
        note=f"“{schedule['name']}” never sent anything. It is deleted{with_them}.",
        points=("The journal keeps what it was, and who deleted it.", _FOR_GOOD),
        saved=f"{SCHEDULES}?said=deleted",
    )
    return _asked(asked, "This schedule cannot be deleted", stays)


def _asked(asked: RecordForm, heading: str, stays: str) -> RecordForm:
    asked = asked._replace(danger=True, confirms=True)
    if not stays:
        return asked
    return asked._replace(heading=heading, note=stays, points=(), submit="", back_label="Go back")
