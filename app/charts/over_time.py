"""Progress over time: one column a day, its action points stacked by status.

Across, a column's place is in per cent of the width (so the chart fits any screen); up, a count is a height
in px (so text never shrinks). The same figures stand in the table under the chart.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from app.plans.statuses import STATUS_LABELS, Status

HEIGHT = 210
TOP, BOTTOM = 20, 180
LEFT = 9.0
MOST_LABELS = 5
"""So many dates fit beside each other on the narrowest screen."""
_FILLED, _WIDEST = 0.76, 12.0
"""How much of its place a column takes, and the most that it takes of the width, in per cent."""

_KEY = tuple((status.value, STATUS_LABELS[status]) for status in Status)


class Block(NamedTuple):
    """A status in a column: its place from the top and its height, in px."""

    status: str
    y: float
    height: float


class Column(NamedTuple):
    """A day: where its column is, in per cent, its blocks from below, its total, and its date or ""."""

    x: float
    width: float
    middle: float
    blocks: tuple[Block, ...]
    total: int
    total_y: float
    label: str
    anchor: str


class Figures(NamedTuple):
    """A row of the table under the chart: the four counts in the order of the statuses, and their sum."""

    day: date
    words: str
    counts: tuple[int, ...]
    total: int


class OverTime(NamedTuple):
    """All that the chart's macro draws."""

    name: str
    title: str
    description: str
    columns: tuple[Column, ...]
    figures: tuple[Figures, ...]
    key: tuple[tuple[str, str], ...] = _KEY


def over_time(name: str, scope: str, history: Sequence[tuple[date, Mapping[Status, int]]]) -> OverTime | None:
    """The chart of a scope's counts by status, oldest first; None for fewer than two days with actions.

    Days before the first action are left out. ``name`` makes the ids of title and description unique.
    """
    counted = ((day, tuple(found[status] for status in Status)) for day, found in history)
    return _drawn(name, scope, tuple(counted))


# Counts of months that are over stay the same: what a page shows is drawn once, not for every reader.
@lru_cache(maxsize=64)
def _drawn(name: str, scope: str, counted: tuple[tuple[date, tuple[int, ...]], ...]) -> OverTime | None:
    rows = [_figures(day, counts) for day, counts in counted]
    while rows and not rows[0].total:
        rows = rows[1:]
    most = max((row.total for row in rows), default=0)
    if len(rows) < 2 or not most:
        return None
    return OverTime(
        name,
        f"{scope}: action points by status at the end of each month",
        f"{_described(rows[0])}. {_described(rows[-1])}. The table below has every figure.",
        tuple(_column(place, row, len(rows), most) for place, row in enumerate(rows)),
        tuple(rows),
    )


def _figures(day: date, counts: tuple[int, ...]) -> Figures:
    return Figures(day, f"{day.day} {day:%b %Y}", counts, sum(counts))


def _column(place: int, row: Figures, number: int, most: int) -> Column:
    step = (100 - LEFT) / number
    middle, width = LEFT + step * (place + 0.5), min(step * _FILLED, _WIDEST)
    blocks: list[Block] = []
    below = float(BOTTOM)
    for status, count in zip(Status, row.counts, strict=True):
        height = round((BOTTOM - TOP) * count / most, 2)
        if height:
            below = round(below - height, 2)
            blocks.append(Block(status.value, below, height))
    return Column(
        x=round(middle - width / 2, 3),
        width=round(width, 3),
        middle=round(middle, 3),
        blocks=tuple(blocks),
        total=row.total,
        total_y=below,
        label=_short(row.day) if _is_labelled(place, number) else "",
        anchor="end" if place == number - 1 and number > MOST_LABELS else "middle",
    )


def _is_labelled(place: int, number: int) -> bool:
    """Whether a column's date is printed: the last always, and others as far from each other as they must."""
    every = -(-number // MOST_LABELS)
    return (number - 1 - place) % every == 0


def _described(row: Figures) -> str:
    counts = ", ".join(
        f"{STATUS_LABELS[status]} {count}" for status, count in zip(Status, row.counts, strict=True)
    )
    return f"{row.day.day} {row.day:%B %Y}: {counts}"


def _short(day: date) -> str:
    return f"{day.day} {day:%b}"
