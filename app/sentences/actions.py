"""Actions in words: when they are due, what their flags say, and who leads them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.plans.statuses import Flag
from app.sentences.words import MONTHS, day_in_words, plural

FLAG_LABELS = {
    Flag.overdue.value: "Overdue",
    Flag.significantly_delayed.value: "Significantly delayed",
    Flag.late_start.value: "Late start",
    Flag.slipped.value: "Slipped",
    Flag.no_reportable_progress.value: "No update this period",
    Flag.blocked.value: "Blocked",
    Flag.contradicted.value: "Contradicted",
}
"""The flags as a filter or a column names them, in the order of the rules."""

CONTRADICTED = "Status and dates contradict each other"


def name_or(person: Mapping[str, Any] | None, otherwise: str) -> str:
    """The name of a person or post, or what to say where nobody is recorded."""
    return str(person["name"]) if person else otherwise


def short_date(day: date) -> str:
    """A date for tables: "31 May 2024", "30 Jun 2024", "5 Sep 2024"."""
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def long_or(day: date | None, otherwise: str) -> str:
    """A date in full, or what to say when there is none."""
    return otherwise if day is None else day_in_words(day)


def days_between(earlier: date, later: date) -> str:
    """The distance of two dates in words: "1 day", "30 days"."""
    days = (later - earlier).days
    return f"{days} {plural(days, 'day')}"


def overdue_words(due: date | None, day: date) -> str:
    """That something is overdue, and since when: "Overdue by 30 days"; "Overdue" where nobody knows."""
    return f"Overdue by {days_between(due, day)}" if due else "Overdue"


def due_words(item: Mapping[str, Any], *, short: bool = False) -> str:
    """When an action is due: a date, "Ongoing" with its review date, or "No due date"."""
    write = short_date if short else day_in_words
    due = item["due_on"]
    if due is None:
        return "No due date"
    if due != "ongoing":
        return write(due)
    review = item["review_on"]
    return f"Ongoing, review {write(review)}" if review else "Ongoing"


def deadline_of(item: Mapping[str, Any]) -> date | None:
    """The date that overdue is measured from: the due date, or the review date of an ongoing action."""
    due = item["due_on"]
    found: date | None = item["review_on"] if due == "ongoing" else due
    return found


def flag_words(item: Mapping[str, Any], day: date) -> tuple[str, ...]:
    """The flags that are set, in words with their figure. The flags themselves come from the rules."""
    flags = item["flags"]
    words = []
    deadline = deadline_of(item)
    if flags["overdue"]:
        words.append(overdue_words(deadline, day))
    if flags["significantly_delayed"]:
        words.append(f"Not expected to meet its date: forecast {long_or(item['forecast_on'], 'later')}")
    if flags["late_start"]:
        words.append(f"Late start: was to start on {long_or(item['start_on'], 'an earlier day')}")
    if flags["slipped"]:
        words.append(f"Slipped: first due {long_or(item['original_due_on'], 'earlier')}")
    if flags["no_reportable_progress"]:
        words.append(FLAG_LABELS["no_reportable_progress"])
    if flags["blocked"]:
        words.append("Blocked: waits for an action that is not complete")
    if flags["contradicted"]:
        words.append(CONTRADICTED)
    return tuple(words)
