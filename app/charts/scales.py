"""The score scale that charts of risks share: each score has a slot of its own, bands are strips of slots.

Edges come from the bands of the matrix that is handed in; nothing here knows a threshold.
"""

from collections.abc import Sequence
from typing import NamedTuple

from app.risk.matrix import Band, Matrix

PALETTE = 5
"""Steps of colour that the styles have for bands, palest = lowest."""


class Strip(NamedTuple):
    """A band on the scale: ``start`` and ``end`` are per cent of the scale's length."""

    name: str
    step: int
    start: float
    end: float
    lowest: int


def step_of(rank: int, bands: int) -> int:
    """The colour step of the band with this rank (1 = lowest) among so many: 1, 3, 5 for three bands.

    >>> [step_of(rank, 3) for rank in (1, 2, 3)]
    [1, 3, 5]
    """
    if bands < 2:
        return 1
    return 1 + (2 * (rank - 1) * (PALETTE - 1) + bands - 1) // (2 * (bands - 1))


def steps(matrix: Matrix) -> dict[str, int]:
    """The colour step of every band of a matrix, by name."""
    return steps_of([band.name for band in matrix.bands])


def steps_of(bands: Sequence[str]) -> dict[str, int]:
    """The colour step of every band, from their names from the lowest up."""
    return {name: step_of(rank, len(bands)) for rank, name in enumerate(bands, start=1)}


def highest_score(matrix: Matrix) -> int:
    """The highest score that a scored matrix can give."""
    return len(matrix.likelihood_labels) * len(matrix.impact_labels)


def place(score: int, top: int) -> float:
    """The middle of a score's slot on a scale from 1 to ``top``, in per cent."""
    return round(100 * (score - 0.5) / top, 2)


def strips(matrix: Matrix) -> tuple[Strip, ...]:
    """The bands of a scored matrix along the scale; each ends where the next begins."""
    top = highest_score(matrix)
    edges = [_start(band, top) for band in matrix.bands[1:]]
    starts, ends = [0.0, *edges], [*edges, 100.0]
    return tuple(
        Strip(band.name, step_of(rank, len(matrix.bands)), start, end, band.lowest or 1)
        for rank, (band, start, end) in enumerate(zip(matrix.bands, starts, ends, strict=True), start=1)
    )


def band_range(band: Band) -> str:
    """The scores of a band in words: "8 to 15"; "" for a band of a named matrix."""
    if band.lowest is None or band.highest is None:
        return ""
    return str(band.lowest) if band.lowest == band.highest else f"{band.lowest} to {band.highest}"


def _start(band: Band, top: int) -> float:
    return round(100 * ((band.lowest or 1) - 1) / top, 2)
