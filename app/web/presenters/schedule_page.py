"""The page of a schedule in words: what it sends, when it is due next, to how many, what its runs came to."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from app.access.roles import Operation, may
from app.clock import LONDON
from app.models.schedule_runs import RunKind
from app.models.schedules import Attachment, MissedRule, ScheduleKind, ScheduleState
from app.schedules import holidays
from app.schedules.rules import HolidayRule, Rule, Weekday, due_times
from app.sentences.words import listed, numeral, plural, sentence_case
from app.web.presenters.dates import long_date, recorded
from app.web.presenters.lists import pages
from app.web.presenters.schedule_forms import FORMATS, LIST, MISSED
from app.web.presenters.schedules import (
    KIND_LABELS,
    RUN_KINDS,
    SAID,
    SECTION,
    STATE_LABELS,
    run_words,
    trouble,
)
from app.web.visits import Visit

_DAYS = [day.value.capitalize() for day in Weekday]
_FURTHEST = timedelta(days=14)
"""Further than any holiday moves a date."""


class Due(NamedTuple):
    """A date on which a schedule is due; ``moved`` says from which date a holiday moved it, "" for none."""

    words: str
    moved: str


class Run(NamedTuple):
    """A run in the list."""

    href: str
    when: str
    why: str
    came_to: str
    trouble: str
    note: str


def schedule_page(
    visit: Visit,
    schedule: Mapping[str, Any],
    plan: Mapping[str, Any],
    ahead: Mapping[str, Any],
    runs: Mapping[str, Any],
    said: str,
    cursor: str,
) -> dict[str, Any]:
    """A schedule; ``ahead`` is when it is due next, ``runs`` a page of its runs, newest first."""
    path = f"{LIST}/{schedule['id']}"
    may_write = may(visit.who, Operation.manage_schedules)
    shown, total = runs["items"], runs["total"]
    is_active = schedule["state"] == ScheduleState.active
    return {
        "section": SECTION if may_write else "",
        "heading": schedule["name"],
        "said": SAID.get(said),
        "warnings": ahead["warnings"],
        "facts": _facts(schedule, plan),
        "path": path,
        "version": schedule["version"],
        "may_write": may_write,
        "is_active": is_active,
        "has_recipients": schedule["kind"] == ScheduleKind.summary or bool(schedule["unsubscribed"]),
        "turn": ("paused", "Pause the schedule") if is_active else ("active", "Start the schedule"),
        "turn_hint": _PAUSING if is_active else _STARTING,
        "dates": due_words(schedule["rule"], ahead["due"]),
        "recipients": recipients_words(schedule),
        "runs": [_run(one) for one in shown],
        "pages": pages(path, (), len(shown), total, cursor, runs["next"], "runs"),
    }


_PAUSING = "While it is paused nothing is sent, and dates that pass are not made up for."
_STARTING = "It is paused. Started, it is sent on the dates above; what passed meanwhile is not made up for."


def _facts(schedule: Mapping[str, Any], plan: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    is_summary = schedule["kind"] == ScheduleKind.summary
    following = schedule["next_due_at"]
    return [
        ("State", STATE_LABELS[ScheduleState(schedule["state"])], ""),
        ("Next", recorded(following) if following else "Not due", ""),
        ("What is sent", KIND_LABELS[ScheduleKind(schedule["kind"])], ""),
        ("Plan", plan["title"], f"/plans/{plan['id']}"),
        ("When", schedule["rule_in_words"], ""),
        *([("Attached", _attached(schedule), "")] if is_summary else []),
        *([] if is_summary else [("Reminds of", reminded_of(schedule["reminders"] or {}), "")]),
        ("If the service is down", MISSED[MissedRule(schedule["missed"])][0], ""),
        ("Not before", long_date(schedule["starts_on"]), ""),
    ]


def _attached(schedule: Mapping[str, Any]) -> str:
    return (
        listed([FORMATS[Attachment(one)].partition(",")[0] for one in schedule["attachments"]]) or "Nothing"
    )


def reminded_of(reminders: Mapping[str, Any]) -> str:
    """Of what leads are reminded: "Due in 14 and 3 days; overdue, every 7 days; no update in the period"."""
    days = sorted(reminders.get("due_days", ()), reverse=True)
    apart = reminders.get("overdue_every_days")
    parts = [
        *([f"due in {listed([str(one) for one in days])} {plural(days[-1], 'day')}"] if days else []),
        *([f"overdue, every {apart} {plural(apart, 'day')}"] if apart else []),
        *(["no update in the period"] if reminders.get("not_updated") else []),
    ]
    return sentence_case("; ".join(parts)) or "Nothing"


def recipients_words(schedule: Mapping[str, Any]) -> str:
    """To how many it goes, in a sentence."""
    number, gone = schedule["recipient_count"], schedule["unsubscribed"]
    has = plural(gone, "has", "have")
    left = f" {sentence_case(numeral(gone))} {has} unsubscribed." if gone else ""
    if schedule["kind"] == ScheduleKind.reminders:
        return (
            f"It goes to everybody who leads an action of the plan and has something to be reminded of.{left}"
        )
    if not number:
        return f"Nobody receives it.{left}"
    counted = sentence_case(f"{numeral(number)} {plural(number, 'recipient')}")
    return f"{counted} {plural(number, 'gets', 'get')} it.{left}"


def due_words(rule: Mapping[str, Any], due: Sequence[Mapping[str, Any]]) -> list[Due]:
    """The next dates in words, each with the date in whose place it comes."""
    return [Due(one["local"], _moved(rule, one["due_at"])) for one in due]


def _moved(stored: Mapping[str, Any], due_at: datetime) -> str:
    """In place of which date it comes: "in place of 26 August 2024, a bank holiday"; "" for none."""
    rule = Rule.of(stored)
    if rule.holidays not in (HolidayRule.before, HolidayRule.after):
        return ""
    kept = due_times(replace(rule, holidays=HolidayRule.keep), due_at - _FURTHEST, due_at + _FURTHEST)
    if due_at in kept:
        return ""
    is_before = rule.holidays is HolidayRule.before
    others = [one for one in kept if (one > due_at if is_before else one < due_at)]
    if not others:
        return ""
    day = (min(others) if is_before else max(others)).astimezone(LONDON).date()
    why = "a bank holiday" if day in holidays.english().days else f"a {_DAYS[day.weekday()]}"
    return f"in place of {long_date(day)}, {why}"


def _run(run: Mapping[str, Any]) -> Run:
    return Run(
        href=f"/schedule-runs/{run['id']}",
        when=recorded(run["due_at"]),
        why=RUN_KINDS[RunKind(run["kind"])],
        came_to=run_words(run),
        trouble=trouble(run["deliveries"]),
        note=run["note"] or "",
    )
