"""What every section of a report makes of its content: days, names, and cells of tables."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app.reports.document import Cell
from app.sentences.actions import due_words, name_or

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAYS = frozenset({"as_at", "compare", "first_day", "last_day", "until"})
NO_LEAD = "No lead"


def with_days(value: Any, name: str = "") -> Any:
    """A content with its days as dates: JSON has them as text. Only fields that hold days are looked at."""
    if isinstance(value, Mapping):
        return {key: with_days(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [with_days(one) for one in value]
    if isinstance(value, str) and (name.endswith("_on") or name in _DAYS) and _DAY.fullmatch(value):
        return date.fromisoformat(value)
    return value


def named(item: Mapping[str, Any]) -> str:
    """A record as the first cell of its row: "2.5 Carry out the survey"."""
    return f"{item['ref']} {item['title']}"


def lead_of(item: Mapping[str, Any]) -> str:
    """Who leads it."""
    return name_or(item["lead"], NO_LEAD)


def led_by(item: Mapping[str, Any]) -> str:
    """The same in running text: "Lead: Jo Smith", or "No lead"."""
    return f"Lead: {lead_of(item)}" if item["lead"] else NO_LEAD


def due_cell(item: Mapping[str, Any]) -> Cell:
    """When an action is due: a day, or in words why it is none."""
    due = item["due_on"]
    return due if isinstance(due, date) else due_words(item)


def in_one(parts: Sequence[str]) -> str:
    """Some sentences as one text, each told once; "" for those that are empty."""
    return " ".join(dict.fromkeys(part for part in parts if part))
