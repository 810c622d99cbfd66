"""The form of a plan's cadence: what it offers and what was meant."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app.plans.cadence import FITTING, CadenceKind
from app.web.forms import DateProblem, Form, read_date, typed_date
from app.web.presenters.both_versions import Both, both, dates
from app.web.presenters.dates import example_of, long_date
from app.web.visits import Visit

FIELDS = ("kind", "anchor", "last_days", "meetings", "days_before", "meeting_days_after")
DATES = ("anchor",)
_KINDS = {
    CadenceKind.monthly: ("Every month", ""),
    CadenceKind.six_weekly: ("Every six weeks", ""),
    CadenceKind.quarterly: ("Every quarter", ""),
    CadenceKind.fixed_dates: ("On fixed dates", "Give the last day of each period below."),
    CadenceKind.relative_to_meetings: (
        "Before each board meeting",
        "Give the meetings below, and how many days before a meeting its period ends.",
    ),
}
_LABELS = {
    "anchor": "First day of a period",
    "last_days": "Last days",
    "meetings": "Board meetings",
    "days_before": "Days before a meeting",
    "meeting_days_after": "Days to the meeting",
}
_PARTS = re.compile(r"[\s/.,-]+")


def sent(typed: Mapping[str, str]) -> Form:
    """The form as it was sent."""
    return Form(typed, order=FIELDS, dates=DATES)


def known(cadence: Mapping[str, Any]) -> Form:
    """The form with the cadence as it is."""
    typed = {"version": str(cadence["version"]), "kind": cadence["kind"] or ""}
    typed |= typed_date("anchor", cadence["anchor"])
    for name in ("last_days", "meetings"):
        typed[name] = "\n".join(long_date(day) for day in cadence[name])
    for name in ("days_before", "meeting_days_after"):
        typed[name] = "" if cadence[name] is None else str(cadence[name])
    return sent(typed)


def stated(form: Form) -> dict[str, Any]:
    """What the form states for the kind that is chosen. Adds problems to it."""
    chosen = form.value("kind")
    if chosen not in _KINDS:
        form.fault("kind", "Choose how often the board meets")
    found: dict[str, Any] = {"kind": chosen, "anchor": form.date("anchor", _LABELS["anchor"])}
    if found["anchor"] is None and not form.error("anchor"):
        form.fault("anchor", "Give the first day of a period")
    given: dict[str, Any] = {name: _days(form, name) for name in ("last_days", "meetings")}
    for name in ("days_before", "meeting_days_after"):
        given[name] = form.number(name, _LABELS[name])
    # What belongs to another kind was not meant, though the form shows its field.
    fitting = {name: value for name, value in given.items() if chosen in FITTING[name]}
    return found | {name: value for name, value in fitting.items() if value not in (None, [])}


def cadence_page(visit: Visit, plan: Mapping[str, Any], form: Form) -> dict[str, Any]:
    """The form of the cadence of a plan."""
    return {
        "section": "periods",
        "heading": "Cadence of the board",
        "plan": (plan["title"], f"/periods?plan={plan['id']}"),
        "form": form,
        "path": f"/plans/{plan['id']}/cadence",
        "options": [(kind.value, label, note) for kind, (label, note) in _KINDS.items()],
        "example": example_of(visit.at.today),
        "lists": [
            ("last_days", "Last days", "Only for fixed dates. One date a line, for example 30 June 2024."),
            ("meetings", "Board meetings", "Only for periods before meetings. One date a line."),
        ],
    }


def differences(cadence: Mapping[str, Any], form: Form) -> list[Both]:
    """Both versions of a cadence, field by field."""
    saved = known(cadence)
    rows = [
        both("kind", "How often", (_kind(saved), _kind(form)), ["kind"], saved),
        both("anchor", _LABELS["anchor"], (_day(saved), _day(form)), dates("anchor"), saved),
    ]
    return rows + [
        both(name, label, (saved.value(name), form.text(name) or ""), [name], saved)
        for name, label in _LABELS.items()
        if name != "anchor"
    ]


def _kind(form: Form) -> str:
    found = form.value("kind")
    return _KINDS[CadenceKind(found)][0] if found in _KINDS else ""


def _day(form: Form) -> str:
    found = form.date("anchor", "")
    return long_date(found) if found else ""


def _days(form: Form, name: str) -> Sequence[date]:
    """The dates of a text with one a line; a problem at the field for the first that is none."""
    found = []
    for line in form.value(name).splitlines():
        parts = [part for part in _PARTS.split(line) if part]
        if not parts:
            continue
        if len(parts[0]) == 4:
            parts.reverse()
        day = read_date(parts[0], parts[1], parts[2], "A date") if len(parts) == 3 else None
        if not isinstance(day, date):
            words = day.message if isinstance(day, DateProblem) else "Give one date a line"
            form.fault(name, f"{words}: “{line.strip()[:40]}” is none")
            return []
        found.append(day)
    return found
