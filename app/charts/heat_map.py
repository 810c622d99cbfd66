"""The heat map: a grid of likelihood by impact, as rows of an HTML table, with the risks in their cells."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from app.charts.scales import steps
from app.risk.bands import band_of
from app.risk.matrix import Matrix
from app.risk.scoring import score

MOST_CHIPS = 8
"""More references than this in one cell are replaced by their number."""


class Placed(NamedTuple):
    """A risk to be placed: its pairs of likelihood and impact, None where it is not scored."""

    id: UUID
    ref: str
    current: tuple[int, int] | None
    target: tuple[int, int] | None


class Chip(NamedTuple):
    """A reference in a cell; ``kind`` is "now" or "target"."""

    id: UUID
    ref: str
    kind: str


class Cell(NamedTuple):
    """One cell. ``short`` + ``rest`` is the band's name; edges part it from another band."""

    likelihood: int
    impact: int
    score: int
    band: str
    short: str
    rest: str
    step: int
    edge_right: bool
    edge_top: bool
    chips: tuple[Chip, ...]
    now_count: int
    target_count: int


class Row(NamedTuple):
    """A likelihood, highest first, with its cells by rising impact."""

    likelihood: int
    label: str
    cells: tuple[Cell, ...]


class KeyBand(NamedTuple):
    """A band in the key: "M", "Moderate", 8, 15, its colour step."""

    short: str
    name: str
    lowest: int
    highest: int
    step: int


class HeatMap(NamedTuple):
    """The whole grid; ``unplaced`` are refs of risks without a current pair, ``example`` one for the key."""

    impacts: tuple[tuple[int, str], ...]
    rows: tuple[Row, ...]
    key: tuple[KeyBand, ...]
    unplaced: tuple[str, ...]
    example: str


def heat_map(matrix: Matrix, risks: Iterable[Placed]) -> HeatMap:
    """The heat map of these risks under a scored matrix."""
    risks = tuple(risks)
    found: dict[tuple[int, int], list[Chip]] = defaultdict(list)
    for kind in ("now", "target"):
        for risk in risks:
            pair = risk.current if kind == "now" else risk.target
            if pair is not None:
                found[pair].append(Chip(risk.id, risk.ref, kind))
    short = short_names([band.name for band in matrix.bands])
    step = steps(matrix)
    rows = tuple(
        Row(likelihood, label, tuple(_cells(matrix, likelihood, found, short, step)))
        for likelihood, label in reversed(list(enumerate(matrix.likelihood_labels, start=1)))
    )
    key = tuple(
        KeyBand(short[band.name], band.name, band.lowest or 0, band.highest or 0, step[band.name])
        for band in matrix.bands
    )
    unplaced = tuple(risk.ref for risk in risks if risk.current is None)
    return HeatMap(
        tuple(enumerate(matrix.impact_labels, start=1)), rows, key, unplaced, risks[0].ref if risks else "R1"
    )


def short_names(names: list[str]) -> dict[str, str]:
    """The shortest beginnings that tell the names apart: Low, Moderate, High give L, M, H.

    >>> short_names(["Low", "Moderate", "High"])
    {'Low': 'L', 'Moderate': 'M', 'High': 'H'}
    """
    longest = max((len(name) for name in names), default=0)
    for length in range(1, longest):
        cut = [name[:length] for name in names]
        if len(set(cut)) == len(names):
            return dict(zip(names, cut, strict=True))
    return {name: name for name in names}


def _cells(
    matrix: Matrix,
    likelihood: int,
    found: Mapping[tuple[int, int], list[Chip]],
    short: Mapping[str, str],
    step: Mapping[str, int],
) -> Iterable[Cell]:
    last_likelihood, last_impact = len(matrix.likelihood_labels), len(matrix.impact_labels)

    def name_at(row: int, column: int) -> str | None:
        inside = row <= last_likelihood and column <= last_impact
        return band_of(matrix, score(row, column)).name if inside else None

    for impact in range(1, last_impact + 1):
        value = score(likelihood, impact)
        name = band_of(matrix, value).name
        right, above = name_at(likelihood, impact + 1), name_at(likelihood + 1, impact)
        chips = found.get((likelihood, impact), [])
        now = sum(chip.kind == "now" for chip in chips)
        yield Cell(
            likelihood=likelihood,
            impact=impact,
            score=value,
            band=name,
            short=short[name],
            rest=name[len(short[name]) :],
            step=step[name],
            edge_right=right is not None and right != name,
            edge_top=above is not None and above != name,
            chips=tuple(chips) if len(chips) <= MOST_CHIPS else (),
            now_count=now,
            target_count=len(chips) - now,
        )
