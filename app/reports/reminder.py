"""The reminder to one person: their actions that are overdue, fall due, or were not updated; one message."""

from collections.abc import Mapping
from typing import Any

from app.plans.statuses import STATUS_LABELS, Status
from app.reports.document import Look
from app.reports.letter import Item, Letter, Section, some
from app.reports.values import in_one, with_days
from app.sentences.actions import days_between
from app.sentences.changes import stopped
from app.sentences.words import day_in_words, numeral, plural, sentence_case, shortened

MOST = 40
"""So many actions of a group are named; the page behind the button has them all."""
LONGEST_TITLE = 140

_GROUPS = {
    "overdue": ("Overdue", "past its date", "past their date"),
    "due": ("Due soon", "due soon", "due soon"),
    "not_updated": (
        "No update this period",
        "without an update this period",
        "without an update this period",
    ),
}
"""The groups in the order of the message, each with what a sentence says of one and of many."""


def reminder(found: Mapping[str, Any], look: Look, *, base_url: str) -> Letter:
    """The message of a reminder's content.

    ``found``: ``as_at`` the day; ``overdue``, ``due`` and ``not_updated``, each a list of actions (left out
    or empty where there is none) with ``id``, ``ref``, ``title``, ``status``, ``deadline_on`` (or None) and
    ``plan_title``; and ``led_by``, where it goes to several people. Days as dates or as JSON has them.
    """
    told: dict[str, Any] = with_days(found)
    groups = {name: told.get(name) or [] for name in _GROUPS}
    counted = [
        f"{numeral(len(items))} {plural(len(items), one, many)}"
        for (name, items) in groups.items()
        if items
        for _heading, one, many in [_GROUPS[name]]
    ]
    number = len({one["id"] for items in groups.values() for one in items})
    heading = f"{sentence_case(numeral(number))} of your actions {plural(number, 'needs', 'need')} you"
    lead = f"As at {day_in_words(told['as_at'])}: {', '.join(counted)}."
    return Letter(
        subject=f"{heading}: {', '.join(counted)}",
        preview=lead,
        look=look,
        about="Reminder",
        heading=heading,
        leads=(lead,),
        sections=tuple(
            _section(_GROUPS[name][0], items, told, base_url) for name, items in groups.items() if items
        ),
        button=("Open my actions", f"{base_url}/my-actions"),
        foot=("An update takes a minute: what has happened, and what happens next.",),
    )


def _section(heading: str, actions: list[Mapping[str, Any]], told: Mapping[str, Any], base: str) -> Section:
    items, more = some((_item(one, told, base) for one in actions), MOST, "action")
    return Section(heading, items=items, more=more)


def _item(one: Mapping[str, Any], told: Mapping[str, Any], base: str) -> Item:
    due, day = one["deadline_on"], told["as_at"]
    words = [f"Led by {one['led_by']}"] if one.get("led_by") else []
    words.append(STATUS_LABELS[Status(one["status"])])
    if due is None:
        words.append("No due date")
    elif due < day:
        words.append(f"Was due {day_in_words(due)}, {days_between(due, day)} ago")
    elif due == day:
        words.append("Due today")
    else:
        words.append(f"Due {day_in_words(due)}, in {days_between(day, due)}")
    detail = in_one([stopped(part) for part in (*words, shortened(one["plan_title"], LONGEST_TITLE))])
    return Item(
        shortened(f"{one['ref']} {one['title']}", LONGEST_TITLE), detail, f"{base}/actions/{one['id']}"
    )
