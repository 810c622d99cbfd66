"""Risk matrices as data: labels, size and bands, and what makes one valid.

Domain rules, section 3 (risk): a matrix is `scored` (a grid of likelihood and impact whose bands cover every
reachable score exactly once) or `named` (bands only: a risk has a rating and no scores). It is versioned; a
new version never rewrites the assessments made with an older one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

SMALLEST_SIDE = 2
LARGEST_SIDE = 10
FEWEST_NAMED_BANDS = 2


class MatrixKind(StrEnum):
    """How risks are rated: by scores, or by the name of a band."""

    scored = "scored"
    named = "named"


@dataclass(frozen=True, slots=True)
class Band:
    """A band of a matrix. `lowest` and `highest` are scores, both included; None in a named matrix."""

    name: str
    lowest: int | None = None
    highest: int | None = None


@dataclass(frozen=True, slots=True)
class Matrix:
    """One version of a matrix. Labels run from 1 upwards, bands from low to high."""

    version: int
    kind: MatrixKind
    likelihood_labels: tuple[str, ...]
    impact_labels: tuple[str, ...]
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: `field` is a JSON pointer into what was checked, `message` a sentence for people."""

    field: str
    message: str


def reachable_scores(likelihoods: int, impacts: int) -> tuple[int, ...]:
    """Return every score that a grid of this size can give, ascending."""
    pairs = ((row, column) for row in range(1, likelihoods + 1) for column in range(1, impacts + 1))
    return tuple(sorted({row * column for row, column in pairs}))


def faults(matrix: Matrix) -> tuple[Fault, ...]:
    """Return all that is wrong with a matrix; nothing when it is valid.

    Domain rules, section 3: each side of a scored matrix has 2 to 10 labels, each its own and not blank;
    bands have names of their own, ascend, and hold every reachable score exactly once. A named matrix has at
    least two bands, and neither labels nor scores.
    """
    check = _scored_faults if matrix.kind is MatrixKind.scored else _named_faults
    names = [band.name for band in matrix.bands]
    pointers = [f"/bands/{place}/name" for place in range(len(names))]
    return (*_name_faults(names, pointers), *check(matrix))


def _name_faults(names: Sequence[str], pointers: Sequence[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for name, pointer in zip(names, pointers, strict=True):
        plain = " ".join(name.split()).casefold()
        if not plain:
            yield Fault(pointer, "Give a name.")
        elif plain in seen:
            yield Fault(pointer, f"“{name}” is used twice; each name must be different.")
        seen.add(plain)


def _named_faults(matrix: Matrix) -> Iterator[Fault]:
    for field in ("likelihood_labels", "impact_labels"):
        if getattr(matrix, field):
            yield Fault(f"/{field}", "A named matrix has no likelihood or impact labels.")
    if len(matrix.bands) < FEWEST_NAMED_BANDS:
        yield Fault("/bands", f"A named matrix needs at least {FEWEST_NAMED_BANDS} bands.")
    for place, band in enumerate(matrix.bands):
        for field in ("lowest", "highest"):
            if getattr(band, field) is not None:
                yield Fault(f"/bands/{place}/{field}", "The bands of a named matrix have no scores.")


def _scored_faults(matrix: Matrix) -> Iterator[Fault]:
    sides_fit = True
    for field in ("likelihood_labels", "impact_labels"):
        labels: tuple[str, ...] = getattr(matrix, field)
        yield from _name_faults(labels, [f"/{field}/{place}" for place in range(len(labels))])
        if not SMALLEST_SIDE <= len(labels) <= LARGEST_SIDE:
            sides_fit = False
            yield Fault(f"/{field}", f"Give {SMALLEST_SIDE} to {LARGEST_SIDE} labels.")
    ranges_fit = True
    for fault in _range_faults(matrix.bands):
        ranges_fit = False
        yield fault
    # Gaps are looked for only when grid and ranges make sense: else one slip gives many faults.
    if sides_fit and ranges_fit:
        reachable = reachable_scores(len(matrix.likelihood_labels), len(matrix.impact_labels))
        yield from _gap_faults(matrix.bands, reachable)


def _range_faults(bands: tuple[Band, ...]) -> Iterator[Fault]:
    if not bands:
        yield Fault("/bands", "Give at least one band.")
    before: int | None = None
    for place, band in enumerate(bands):
        pointer = f"/bands/{place}"
        if band.lowest is None:
            yield Fault(f"{pointer}/lowest", f"Give the lowest score of “{band.name}”.")
        if band.highest is None:
            yield Fault(f"{pointer}/highest", f"Give the highest score of “{band.name}”.")
        if band.lowest is None or band.highest is None:
            continue
        if band.highest < band.lowest:
            yield Fault(f"{pointer}/highest", f"“{band.name}” ends at {band.highest}, before it starts.")
        if before is not None and band.lowest <= before:
            yield Fault(
                f"{pointer}/lowest",
                f"“{band.name}” starts at {band.lowest}, but a lower band already reaches {before}.",
            )
        before = band.highest if before is None else max(before, band.highest)


def _gap_faults(bands: tuple[Band, ...], reachable: tuple[int, ...]) -> Iterator[Fault]:
    """Report each reachable score without a band at the band that follows it, or after the last one."""
    gaps: dict[str, list[int]] = {}
    for score in reachable:
        if any(holds(band, score) for band in bands):
            continue
        above = [place for place, band in enumerate(bands) if band.lowest is not None and band.lowest > score]
        pointer = f"/bands/{above[0]}/lowest" if above else f"/bands/{len(bands) - 1}/highest"
        gaps.setdefault(pointer, []).append(score)
    for pointer, scores in gaps.items():
        listed = ", ".join(str(score) for score in scores)
        yield Fault(pointer, f"No band holds the score{'' if len(scores) == 1 else 's'} {listed}.")


def holds(band: Band, score: int) -> bool:
    """Return whether a score lies in a band; never in one of a named matrix."""
    return band.lowest is not None and band.highest is not None and band.lowest <= score <= band.highest
