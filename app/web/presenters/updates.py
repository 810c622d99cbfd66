"""The update form of an action: what it offers, what was meant, and both versions when it has gone stale."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.plans.statuses import STATUS_LABELS, Status, compare, reason_needed
from app.web.forms import Form
from app.web.presenters.actions import deadline_of, status_label
from app.web.presenters.both_versions import Both, both, dates
from app.web.presenters.dates import example_of, long_date, long_or, today_if_empty

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
_TEXTS = {
    "narrative": "What has happened",
    "path_to_green": "Path back to green",
    "reason": "Reason",
}
Option = tuple[str, str, str]


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
    example = example_of(today)
    forecast = action["forecast_on"]
    late = "If it is later than the due date, a delayed action is shown as significantly delayed."
    keep = f"Leave empty to keep {long_date(forecast)}." if forecast else ""
    due = action["due_on"]
    kept = f"Leave empty to keep {long_date(due)}." if isinstance(due, date) else "Leave empty for no change."
    return {
        "forecast_on": f"{example} {late} {keep}".rstrip(),
        "completed_on": f"{example} Only with the status Complete.",
        "due_on": f"{example} {kept} The first due date is kept for ever.",
        "effective_on": f"{today_if_empty(today)} An earlier date may need a reason.",
        "path_to_green": "What will bring it back, and who does it."
        + (" Leave empty to keep what is recorded." if action["path_to_green"] else ""),
    }


def differences(action: Mapping[str, Any], form: Form) -> list[Both]:
    """Both versions field by field: what is saved now and what was typed. An empty field changes nothing."""
    latest = action["latest_update"]
    saved = new_form(action)
    rows = [both("status", "Status", (_status(saved), _status(form)), ["status"], saved)]
    was = {"narrative": latest["narrative"] if latest else "", "path_to_green": action["path_to_green"] or ""}
    for name, label in _TEXTS.items():
        # What is told stands beside what was told before: only the path back to green replaces something.
        has_choice = name == "path_to_green" and bool(form.text(name))
        words = (was.get(name, ""), form.text(name) or "")
        rows.append(both(name, label, words, [name], saved, has_choice=has_choice))
    days = {name: long_or(action[name], "") for name in ("forecast_on", "completed_on")}
    for name, day in (days | {"due_on": _due(action)}).items():
        yours = long_or(form.date(name, ""), "")
        # The form calls it the new one; what is saved is not.
        label = _LABELS[name] if name != "due_on" else "Due date"
        rows.append(both(name, label, (day, yours), dates(name), saved, has_choice=bool(yours)))
    return rows


def _status(form: Form) -> str:
    return status_label(form.value("status")) if form.value("status") else ""


def _due(action: Mapping[str, Any]) -> str:
    due = action["due_on"]
    return "Ongoing" if due == "ongoing" else long_or(due, "")
