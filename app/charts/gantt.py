"""A timeline of actions: each a bar from its start to its deadline, on one scale of days.

Across, a day is a place in per cent of the width, so that the bars fit any screen; heights are px.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

HEIGHT = 24
LONGEST_DAYS = 366 * 5
"""A date further away than this is drawn at the edge: one typing error would flatten the rest."""
_NARROWEST = 0.7
_MOST_TICKS = 7


class Span(NamedTuple):
    """The dates of one action, None where they are not stated; ``until`` is its forecast."""

    start: date | None
    deadline: date | None
    until: date | None
    completed: date | None


class Tick(NamedTuple):
    """A first day of a month on the axis."""

    x: float
    label: str


class Scale(NamedTuple):
    """The days that are drawn, with the place of the day of the page and of some months."""

    first: date
    last: date
    day_x: float
    day_label: str
    ticks: tuple[Tick, ...]

    def place(self, day: date) -> float:
        """Where a day is, in per cent; at the edge for one that lies outside."""
        days = max((self.last - self.first).days, 1)
        return round(min(max(100 * (day - self.first).days / days, 0.0), 100.0), 2)


class Bar(NamedTuple):
    """One action: its bar, how far it is late (``late_x`` to ``late_end``), and where it was completed.

    ``width`` 0 is a single date; an ongoing action without a date has an open end.
    """

    x: float
    width: float
    is_open: bool
    late_x: float | None
    late_end: float | None
    done_x: float | None


def scale(spans: Iterable[Span], first: date | None, last: date | None, day: date) -> Scale:
    """The scale that holds all of the spans, the plan's own first and last day, and the day of the page."""
    dates = [
        one
        for span in spans
        for one in (span.start, span.deadline, span.until, span.completed)
        if one is not None
    ]
    dates += [one for one in (first, last, day) if one is not None]
    begins = max(min(dates), day - timedelta(days=LONGEST_DAYS)).replace(day=1)
    ends = min(max(dates), begins + timedelta(days=LONGEST_DAYS))
    ends = _next_month(max(ends, begins))
    found = Scale(begins, ends, 0.0, f"{day.day} {day:%b %Y}", ())
    return found._replace(day_x=found.place(day), ticks=_ticks(found))


def bar(span: Span, on: Scale, day: date) -> Bar | None:
    """The bar of an action; None where it has no date at all."""
    start, end = span.start or span.deadline, span.deadline
    if start is None and end is None:
        return None
    assert start is not None
    is_open = end is None
    left = on.place(start)
    drawn_to = None if end is None else max(end, start)
    right = 100.0 if drawn_to is None else on.place(drawn_to)
    late_end = None
    if span.completed is None and drawn_to is not None:
        late = max((one for one in (span.until, day) if one and one > drawn_to), default=None)
        late_end = on.place(late) if late is not None else None
    return Bar(
        x=left,
        width=round(max(right - left, _NARROWEST), 2) if span.start or is_open else 0.0,
        is_open=is_open,
        late_x=right if late_end is not None else None,
        late_end=late_end,
        done_x=on.place(span.completed) if span.completed else None,
    )


def _ticks(on: Scale) -> tuple[Tick, ...]:
    months: list[date] = []
    month = on.first
    while month <= on.last:
        months.append(month)
        month = _next_month(month)
    every = -(-len(months) // _MOST_TICKS)
    return tuple(Tick(on.place(one), _label(one)) for one in _spread(months, every) if one < on.last)


def _spread(months: Sequence[date], every: int) -> Sequence[date]:
    return months[::every]


def _label(month: date) -> str:
    return f"{month:%b %Y}"


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
