"""Scores of risks and what follows from them: gap, direction, states, overdue reviews.

Domain rules, section 3 (risk): a score is likelihood times impact and is never typed. A risk without a pair
is "Not scored", never 0 and never the worst: here that is None.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum

from app.risk.matrix import Fault, Matrix, MatrixKind


class Direction(StrEnum):
    """Where a risk's score has moved since the last published period."""

    improving = "improving"
    stable = "stable"
    worsening = "worsening"
    no_data = "no_data"


class RiskState(StrEnum):
    """What has become of a risk."""

    open = "open"
    accepted = "accepted"
    materialised = "materialised"
    closed = "closed"


class Treatment(StrEnum):
    """What is done about a risk."""

    tolerate = "tolerate"
    treat = "treat"
    transfer = "transfer"
    terminate = "terminate"


ALLOWED_MOVES: Mapping[str, frozenset[RiskState]] = {
    "acceptance": frozenset({RiskState.open}),
    "materialisation": frozenset({RiskState.open, RiskState.accepted}),
    "closure": frozenset({RiskState.open, RiskState.accepted, RiskState.materialised}),
    "reopening": frozenset({RiskState.accepted, RiskState.materialised, RiskState.closed}),
}
"""For each change of state, the states it may start from."""

STATE_AFTER: Mapping[str, RiskState] = {
    "acceptance": RiskState.accepted,
    "materialisation": RiskState.materialised,
    "closure": RiskState.closed,
    "reopening": RiskState.open,
}
"""For each change of state, the state it leads to."""

_REVIEWED_STATES = frozenset({RiskState.open, RiskState.accepted})


def score(likelihood: int, impact: int) -> int:
    """Return the score of a pair: likelihood times impact."""
    return likelihood * impact


def gap(current: int | None, target: int | None) -> int | None:
    """Return how far the current score is above the target score; None unless both are scored."""
    return None if current is None or target is None else current - target


def direction(previous: int | None, current: int | None) -> Direction:
    """Return where a score has moved: lower is improving. No data unless there are both scores.

    `previous` is the score as at the last day of the last published period that ended before the day. For a
    named matrix both may be ranks of bands.
    """
    if previous is None or current is None:
        return Direction.no_data
    if current < previous:
        return Direction.improving
    return Direction.worsening if current > previous else Direction.stable


def review_overdue(state: RiskState, review_on: date | None, day: date) -> bool:
    """Return whether the review date of an open or accepted risk is before `day`."""
    return state in _REVIEWED_STATES and review_on is not None and review_on < day


def rationale_needed(current: int | None, target: int | None) -> bool:
    """Return whether a target needs a rationale: it is equal to or above the current score."""
    return current is not None and target is not None and target >= current


def pair_faults(matrix: Matrix, likelihood: int | None, impact: int | None, prefix: str) -> tuple[Fault, ...]:
    """Return what is wrong with a pair under a matrix; nothing when it fits, or when there is no pair.

    `prefix` is the JSON pointer of the pair ("/current"). A pair is stated whole, each number on its side of
    the grid, and never under a named matrix.
    """
    if likelihood is None and impact is None:
        return ()
    if matrix.kind is MatrixKind.named:
        return (
            Fault(prefix, "This register rates risks by name: give a rating, not likelihood and impact."),
        )
    sides = (
        ("likelihood", likelihood, len(matrix.likelihood_labels)),
        ("impact", impact, len(matrix.impact_labels)),
    )
    return tuple(fault for side in sides for fault in _side_faults(*side, prefix))


def _side_faults(name: str, value: int | None, size: int, prefix: str) -> Iterator[Fault]:
    if value is None:
        yield Fault(f"{prefix}/{name}", f"Give the {name} too.")
    elif not 1 <= value <= size:
        yield Fault(f"{prefix}/{name}", f"The {name} must be from 1 to {size}.")
