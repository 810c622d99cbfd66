"""The update form of an action: what it offers, what was meant, and both versions when it has gone stale."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from app.plans.statuses import STATUS_LABELS, Status, compare, reason_needed
from app.web.forms import Form
from app.web.presenters.actions import deadline_of, status_label
from app.web.presenters.dates import long_date, long_or

FIELDS = (
    "status",
    "narrative",
    "path_to_green",
    "forecast_on",
    "completed_on",
    "due_on",
    "effective_on",
    "reason",
)
DATES = ("forecast_on", "completed_on", "due_on", "effective_on")
_LABELS = {
    "forecast_on": "Forecast date",
    "completed_on": "Completion date",
    "due_on": "New due date",
    "effective_on": "Date from which this is true",
}
Option = tuple[str, str, str]


class Difference(NamedTuple):
    """A field of both versions; ``yours`` is "" where nothing was typed, ``is_same`` where both agree."""

    label: str
    saved: str
    yours: str
    is_same: bool


def new_form(action: Mapping[str, Any]) -> Form:
    """The form as it is first shown: the present status chosen, everything else empty."""
    return sent({"status": action["status"], "version": str(action["version"])})


def sent(typed: Mapping[str, str]) -> Form:
    """The form as it was sent."""
    return Form(typed, order=FIELDS, dates=DATES)


def stated(form: Form) -> dict[str, Any]:
    """What the form states, for the service: empty fields leave things as they are. Adds problems to it."""
    if form.value("status") not in STATUS_LABELS:
        form.fault("status", "Choose a status")
    if form.text("narrative") is None:
        form.fault("narrative", "Say what has happened")
    found: dict[str, Any] = {"status": form.value("status")}
    found |= {name: form.text(name) for name in ("narrative", "path_to_green", "reason")}
    found |= {name: form.date(name, _LABELS[name]) for name in DATES}
    if found["completed_on"] and found["status"] != Status.complete:
        form.fault("completed_on", "Give a completion date only with the status Complete", ())
    return {name: value for name, value in found.items() if value is not None}


def status_options(action: Mapping[str, Any], today: date) -> list[Option]:
    """The four statuses; a choice that will need more says so beforehand, by the rule itself."""
    comparisons = compare(
        deadline_on=deadline_of(action),
        original_due_on=action["original_due_on"],
        forecast_on=action["forecast_on"],
        start_on=action["start_on"],
        day=today,
    )
    options = []
    for status, label in STATUS_LABELS.items():
        needed = reason_needed(before=Status(action["status"]), after=status, comparisons_after=comparisons)
        note = needed or ""
        if status is Status.complete and action["status"] != Status.complete:
            note = "Takes today as its completion date unless you give another below"
        options.append((status.value, label, note.rstrip(".")))
    return options


def hints(action: Mapping[str, Any], today: date) -> dict[str, str]:
    """The hint of each field, with what is recorded now: an empty field keeps it."""
    example = f"For example, {today.day} {today.month} {today.year}."
    forecast = action["forecast_on"]
    late = "If it is later than the due date, a delayed action is shown as significantly delayed."
    keep = f"Leave empty to keep {long_date(forecast)}." if forecast else ""
    due = action["due_on"]
    kept = f"Leave empty to keep {long_date(due)}." if isinstance(due, date) else "Leave empty for no change."
    return {
        "forecast_on": f"{example} {late} {keep}".rstrip(),
        "completed_on": f"{example} Only with the status Complete.",
        "due_on": f"{example} {kept} The first due date is kept for ever.",
        "effective_on": f"Leave empty for today, {long_date(today)}. An earlier date needs a reason.",
        "path_to_green": "What will bring it back, and who does it."
        + (" Leave empty to keep what is recorded." if action["path_to_green"] else ""),
    }


def differences(action: Mapping[str, Any], form: Form) -> list[Difference]:
    """Both versions field by field: what is saved now and what was typed."""
    latest = action["latest_update"]
    yours_status = form.value("status")
    rows = [
        ("Status", status_label(action["status"]), status_label(yours_status) if yours_status else ""),
        ("What has happened", latest["narrative"] if latest else "", form.text("narrative") or ""),
        ("Path back to green", action["path_to_green"] or "", form.text("path_to_green") or ""),
        ("Forecast date", long_or(action["forecast_on"], ""), long_or(form.date("forecast_on", ""), "")),
        ("Due date", _due(action), long_or(form.date("due_on", ""), "")),
        ("Completion date", long_or(action["completed_on"], ""), long_or(form.date("completed_on", ""), "")),
        ("Reason", "", form.text("reason") or ""),
    ]
    return [
        Difference(label, saved or "None", yours, saved == yours)
        for label, saved, yours in rows
        if saved or yours
    ]


def _due(action: Mapping[str, Any]) -> str:
    due = action["due_on"]
    return "Ongoing" if due == "ongoing" else long_or(due, "")
