"""Forms of periods: what they offer, what was meant, and both versions when one has gone stale."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app.sentences.words import numeral, sentence_case
from app.web.forms import Form, typed_date
from app.web.presenters import lists
from app.web.presenters.both_versions import Both, both, dates
from app.web.presenters.dates import example_of, long_date, long_or, recorded
from app.web.presenters.periods import period_name
from app.web.visits import Visit

PERIOD_FIELDS = ("ref", "title", "first_day", "last_day", "meeting_on")
PERIOD_DATES = ("first_day", "last_day", "meeting_on")
_LABELS = {"first_day": "First day", "last_day": "Last day", "meeting_on": "Board meeting"}


# --- A period ---------------------------------------------------------------------------------------------


def sent_period(typed: Mapping[str, str]) -> Form:
    """The form of a period as it was sent."""
    return Form(typed, order=PERIOD_FIELDS, dates=PERIOD_DATES)


def proposed_period(given: Mapping[str, str]) -> Form:
    """The form of a new period, filled in with what the address proposes; what is no date is left out."""
    typed = {name: given.get(name, "") for name in ("ref", "title")}
    for name in PERIOD_DATES:
        try:
            typed |= typed_date(name, date.fromisoformat(given.get(name, "")))
        except ValueError:
            continue
    return sent_period(typed)


def known_period(period: Mapping[str, Any]) -> Form:
    """The form of a period as it is."""
    typed = {"ref": period["ref"], "title": period["title"] or "", "version": str(period["version"])}
    for name in PERIOD_DATES:
        typed |= typed_date(name, period[name])
    return sent_period(typed)


def stated_period(form: Form) -> dict[str, Any]:
    """What the form states; nothing typed is null. Adds problems to it."""
    found: dict[str, Any] = {name: form.text(name) for name in ("ref", "title")}
    found |= {name: form.date(name, _LABELS[name]) for name in PERIOD_DATES}
    for name, words in (
        ("ref", "Give a ref, for example 2024-06"),
        ("first_day", "Give the first day of the period"),
        ("last_day", "Give the last day of the period"),
    ):
        if found[name] is None and not form.error(name):
            form.fault(name, words)
    return found


def period_form_page(
    visit: Visit, plan: Mapping[str, Any], form: Form, period: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The form of a new period, or of one that is not published."""
    href = f"/periods/{period['id']}" if period else f"/periods?plan={plan['id']}"
    return {
        "section": "periods",
        "heading": f"Change {period_name(period)}" if period else "Add a period",
        "plan": (plan["title"], f"/periods?plan={plan['id']}"),
        "form": form,
        "action": f"{href}/edit" if period else f"/plans/{plan['id']}/periods/new",
        "href": href,
        "save": "Save the period" if period else "Add the period",
        "example": example_of(visit.at.today),
    }


def period_differences(period: Mapping[str, Any], form: Form) -> list[Both]:
    """Both versions of a period, field by field."""
    saved = known_period(period)
    labels = {"ref": "Ref", "title": "Title"}
    rows = [
        both(name, label, (saved.value(name), form.text(name) or ""), [name], saved)
        for name, label in labels.items()
    ]
    return rows + [
        both(name, label, (long_or(period[name], ""), long_or(form.date(name, ""), "")), dates(name), saved)
        for name, label in _LABELS.items()
    ]


# --- Commentary and errata --------------------------------------------------------------------------------


def sent_text(typed: Mapping[str, str]) -> Form:
    """The form of a commentary as it was sent."""
    return Form(typed, order=("text",))


def commentary_page(
    period: Mapping[str, Any], of: str, path: str, form: Form, current: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The form of the commentary on a period or on one priority; ``of`` says on which."""
    return {
        "section": "periods",
        "heading": f"Commentary on {of}",
        "period": (period_name(period), f"/periods/{period['id']}"),
        "form": form,
        "path": path,
        "written": _written(current) if current else "",
    }


def sent_erratum(typed: Mapping[str, str]) -> Form:
    """The form of an erratum as it was sent."""
    return Form(typed, order=("text", "effective_on"), dates=("effective_on",))


def stated_erratum(form: Form) -> dict[str, Any]:
    """What an erratum states; adds problems to the form."""
    found = {"text": form.text("text"), "effective_on": form.date("effective_on", "Date of the erratum")}
    if found["text"] is None:
        form.fault("text", "Say what is wrong in the published period, and what is right")
    return {name: value for name, value in found.items() if value is not None}


def erratum_page(visit: Visit, period: Mapping[str, Any], form: Form) -> dict[str, Any]:
    """The form of a new erratum."""
    return {
        "section": "periods",
        "heading": "Add an erratum",
        "period": (period_name(period), f"/periods/{period['id']}"),
        "form": form,
        "today": long_date(visit.at.today),
    }


# --- Publishing -------------------------------------------------------------------------------------------


def publish_page(
    visit: Visit,
    period: Mapping[str, Any],
    findings: Sequence[Mapping[str, Any]],
    form: Form,
) -> dict[str, Any]:
    """What is asked before publishing: what freezes, what blocks it, what only warns."""
    last_day = period["last_day"]
    is_over = last_day <= visit.at.today
    blocking = [one for one in findings if one["severity"] == "blocks"]
    warning = [one for one in findings if one["severity"] != "blocks" and not one["acknowledged"]]
    return {
        "section": "periods",
        "heading": f"Publish {period_name(period)}",
        "period": (period_name(period), f"/periods/{period['id']}"),
        "form": form,
        "version": str(period["version"]),
        "last_day": long_date(last_day),
        "is_over": is_over,
        "may_publish": is_over and not blocking,
        "blocking": [_finding(one) for one in blocking],
        "warning": [_finding(one) for one in warning],
        "warning_lead": _warnings(len(warning), len(blocking)),
        "quality_url": lists.url("/data-quality", [("plan", str(period["plan_id"]))]),
    }


def _warnings(number: int, blocking: int) -> str:
    other = "other " if blocking else ""
    if number == 1:
        return f"One {other}point warns and does not stop you."
    return f"{sentence_case(numeral(number))} {other}points warn and do not stop you."


def _finding(one: Mapping[str, Any]) -> tuple[str, str, str]:
    subject = one["subject"]
    noun = str(subject["noun"])
    # A management action has no page: it stands on its risk's.
    href = f"/risks/{one['risk_id']}" if noun == "management_action" else f"/{noun}s/{subject['id']}"
    return f"{noun.replace('_', ' ').capitalize()} {subject['ref']}", href, one["message"]


def _written(current: Mapping[str, Any]) -> str:
    return f"Last written by {current['author_name']}, {recorded(current['updated_at'])}."
