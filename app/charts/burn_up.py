"""A burn-up chart: how many action points there are, are complete, and should be complete, month by month.

Across, a day is a place in per cent of the width; up, a count is a height in px (so text never shrinks). The
three lines differ by their stroke as well as by their label, so they print in black and white.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

HEIGHT = 250
TOP, BOTTOM = 20, 214
LEFT, RIGHT = 6.0, 98.0
MOST_LABELS = 3


class Line(NamedTuple):
    """A straight part of one of the lines."""

    x1: float
    y1: float
    x2: float
    y2: float


class Label(NamedTuple):
    """A date under the axis."""

    x: float
    words: str
    anchor: str


class Month(NamedTuple):
    """A row of the table: a day, and the counts on it; None where it has not come yet."""

    day: date
    total: int | None
    complete: int | None
    due: int


class BurnUp(NamedTuple):
    """All that the chart's macro draws."""

    name: str
    title: str
    description: str
    total: tuple[Line, ...]
    complete: tuple[Line, ...]
    due: tuple[Line, ...]
    labels: tuple[Label, ...]
    day_x: float
    day_words: str
    most: int
    months: tuple[Month, ...]


def burn_up(
    name: str,
    counts: Sequence[tuple[date, int, int]],
    due: Mapping[date, int],
    last: date | None,
) -> BurnUp | None:
    """The chart; None where there are no action points, or fewer than two days.

    ``counts`` are (day, action points, of them complete), oldest first, the last on the day of the page;
    ``due`` from which days how many more, or fewer, are due; ``last`` the plan's last day.
    """
    while counts and not counts[0][1]:
        counts = counts[1:]
    if len(counts) < 2:
        return None
    day = counts[-1][0]
    months = [
        *(Month(on, total, complete, _due_by(due, on)) for on, total, complete in counts),
        *(Month(on, None, None, _due_by(due, on)) for on in _months_after(day, last)),
    ]
    most = max(max(one.total or 0, one.due) for one in months)
    first, end = months[0].day, months[-1].day
    known = [one for one in months if one.total is not None]
    today = known[-1]
    return BurnUp(
        name,
        "Action points that are complete, that were due to be, and all of them",
        f"{_described(today)} The table below has every month.",
        total=_lines([(one.day, one.total or 0) for one in known], first, end, most),
        complete=_lines([(one.day, one.complete or 0) for one in known], first, end, most),
        due=_lines([(one.day, one.due) for one in months], first, end, most),
        labels=_labels(months, first, end),
        day_x=_across(day, first, end),
        day_words=_long(day),
        most=most,
        months=tuple(months),
    )


def _described(today: Month) -> str:
    on = f"On {_long(today.day)}"
    if not today.total:
        return f"{on} there are no actions."
    return (
        f"{on}, {today.complete} of {today.total} action points are complete; {today.due} were due by then."
    )


def _due_by(due: Mapping[date, int], day: date) -> int:
    return sum(count for since, count in due.items() if since <= day)


def _months_after(day: date, last: date | None) -> list[date]:
    """The ends of the months after a day, until the plan ends or for at most two years."""
    found: list[date] = []
    at = day
    while last is not None and at < last and len(found) < 24:
        following = (at.replace(day=1) + timedelta(days=32)).replace(day=1)
        if at == following - timedelta(days=1):
            following = (following + timedelta(days=32)).replace(day=1)
        at = min(following - timedelta(days=1), last)
        found.append(at)
    return found


def _lines(points: Sequence[tuple[date, int]], first: date, end: date, most: int) -> tuple[Line, ...]:
    places = [(_across(day, first, end), _height(count, most)) for day, count in points]
    return tuple(Line(*one, *other) for one, other in pairwise(places))


def _labels(months: Sequence[Month], first: date, end: date) -> tuple[Label, ...]:
    every = -(-len(months) // MOST_LABELS)
    shown = months[::-1][::every][::-1]
    found = []
    for one in shown:
        x = _across(one.day, first, end)
        anchor = "start" if x <= LEFT + 4 else "end" if x >= RIGHT - 4 else "middle"
        # With its day: the line of the page's own day may stand in the same month.
        found.append(Label(x, f"{one.day.day} {one.day:%b %Y}", anchor))
    return tuple(found)


def _across(day: date, first: date, last: date) -> float:
    days = max((last - first).days, 1)
    return round(LEFT + (RIGHT - LEFT) * (day - first).days / days, 2)


def _height(count: int, most: int) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * count / max(most, 1), 1)


def _long(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
