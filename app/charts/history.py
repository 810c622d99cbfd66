"""The history of a risk's score as a step line: a score holds until the next assessment.

Across, a day is a place in per cent of the width (so the chart fits any screen); up, a score is a height in
px (so text never shrinks).
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from app.charts.scales import highest_score, strips
from app.risk.bands import band_of
from app.risk.matrix import Matrix

HEIGHT = 230
TOP, BOTTOM = 14, 196
LEFT, RIGHT = 10.0, 70.0
"""Per cent: at 320 px dots stay clear of the scores before them and of the bands' names after."""
CLOSEST_LABELS = 13.0
"""Dates nearer to each other than this (per cent) would print over one another: the later is left out."""


class Assessed(NamedTuple):
    """A score from a day on; ``score`` None from a day on which the risk was no longer scored."""

    day: date
    score: int | None


class Dot(NamedTuple):
    """An assessment on the chart; ``label`` is the score, ``day_label`` "" where it would not fit."""

    x: float
    y: int
    label: str
    day_label: str
    anchor: str


class Line(NamedTuple):
    """A straight part of the step line."""

    x1: float
    y1: int
    x2: float
    y2: int


class Area(NamedTuple):
    """A band behind the line; ``lowest`` is its first score, printed at the axis, at ``label_y``."""

    name: str
    step: int
    y: int
    height: int
    lowest: int


class History(NamedTuple):
    """All that the chart's macro draws."""

    name: str
    title: str
    description: str
    areas: tuple[Area, ...]
    dots: tuple[Dot, ...]
    lines: tuple[Line, ...]
    target: int | None
    target_y: int
    top_score: int
    last_label: str


def history(
    name: str, ref: str, matrix: Matrix, assessed: Sequence[Assessed], target: int | None, day: date
) -> History | None:
    """The chart of the assessments up to ``day``, oldest first; None when none of them has a score."""
    if not any(one.score is not None for one in assessed):
        return None
    top = highest_score(matrix)
    first = assessed[0].day
    return History(
        name=name,
        title=f"{ref}: current score at each assessment",
        description=_describe(matrix, assessed, target),
        areas=_areas(matrix),
        dots=_dots(assessed, first, day, top),
        lines=_lines(assessed, first, day, top),
        target=target,
        target_y=_height(target, top) if target is not None else 0,
        top_score=top,
        last_label=_short(day) if day > first else "",
    )


def _across(day: date, first: date, last: date) -> float:
    days = max((last - first).days, 1)
    return round(LEFT + (RIGHT - LEFT) * (day - first).days / days, 2)


def _height(score: int, top: int) -> int:
    return round(BOTTOM - (BOTTOM - TOP) * (score - 0.5) / top)


def _areas(matrix: Matrix) -> tuple[Area, ...]:
    areas = []
    for strip in strips(matrix):
        upper = round(BOTTOM - (BOTTOM - TOP) * strip.end / 100)
        lower = round(BOTTOM - (BOTTOM - TOP) * strip.start / 100)
        areas.append(Area(strip.name, strip.step, upper, lower - upper, strip.lowest))
    return tuple(areas)


def _dots(assessed: Sequence[Assessed], first: date, last: date, top: int) -> tuple[Dot, ...]:
    dots: list[Dot] = []
    labelled = LEFT - CLOSEST_LABELS
    for one in assessed:
        if one.score is None:
            continue
        x = _across(one.day, first, last)
        fits = x - labelled >= CLOSEST_LABELS and (x == LEFT or RIGHT - x >= CLOSEST_LABELS)
        labelled = x if fits else labelled
        label = _short(one.day) if fits else ""
        anchor = "start" if x == LEFT else "middle"
        dots.append(Dot(x, _height(one.score, top), str(one.score), label, anchor))
    return tuple(dots)


def _lines(assessed: Sequence[Assessed], first: date, last: date, top: int) -> tuple[Line, ...]:
    lines: list[Line] = []
    for place, one in enumerate(assessed):
        if one.score is None:
            continue
        following = assessed[place + 1] if place + 1 < len(assessed) else None
        start, y = _across(one.day, first, last), _height(one.score, top)
        end = _across(following.day, first, last) if following else RIGHT
        lines.append(Line(start, y, end, y))
        if following and following.score is not None and following.score != one.score:
            lines.append(Line(end, y, end, _height(following.score, top)))
    return tuple(lines)


def _describe(matrix: Matrix, assessed: Sequence[Assessed], target: int | None) -> str:
    parts = [f"{_long(one.day)}: {_score(matrix, one.score)}" for one in assessed]
    goal = f" Target {_score(matrix, target)}." if target is not None else ""
    return f"{'; '.join(parts)}.{goal}"


def _score(matrix: Matrix, score: int | None) -> str:
    return "not scored" if score is None else f"{score} {band_of(matrix, score).name}"


def _short(day: date) -> str:
    return f"{day.day} {day:%b}"


def _long(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
