"""The track of one risk: a scale of all scores with the current one, the target and the way between."""

from typing import NamedTuple

from app.charts.scales import Strip, highest_score, place, strips
from app.risk.matrix import Matrix

_RING = 4.0
"""How far the arrow stops from the middle of the target's ring, in per cent."""


class Earlier(NamedTuple):
    """Where a risk was on an earlier day: the score, and the day in words."""

    score: int
    day: str


class Track(NamedTuple):
    """Positions in per cent; ``now``, ``target`` None where not scored, ``was`` where it has not moved."""

    name: str
    title: str
    strips: tuple[Strip, ...]
    now: float | None
    target: float | None
    arrow_end: float | None
    was: float | None = None


def track(
    name: str,
    ref: str,
    matrix: Matrix,
    current: int | None,
    target: int | None,
    earlier: Earlier | None = None,
) -> Track:
    """The track of a risk with these scores under a scored matrix. ``name`` makes its ids unique."""
    top = highest_score(matrix)
    now_at = None if current is None else place(current, top)
    target_at = None if target is None else place(target, top)
    words = ", ".join(
        part
        for part in (
            "not scored" if current is None else f"current score {current}",
            "no target" if target is None else f"target score {target}",
            f"score on {earlier.day} {earlier.score}" if earlier else "",
        )
        if part
    )
    return Track(
        name,
        f"{ref}: {words}, on a scale of 1 to {top}",
        strips(matrix),
        now_at,
        target_at,
        _arrow_end(now_at, target_at),
        place(earlier.score, top) if earlier and earlier.score != current and earlier.score <= top else None,
    )


def _arrow_end(now: float | None, target: float | None) -> float | None:
    """Where the arrow stops short of the ring; None where there is no room for one."""
    if now is None or target is None or abs(now - target) <= _RING + 1:
        return None
    return round(target + (_RING if now > target else -_RING), 2)
