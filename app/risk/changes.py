"""What happened to a risk between two days, from its states on both."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.risk.scoring import RiskState


class RiskChange(StrEnum):
    """What can have happened to a risk, in the order in which it is told."""

    rescored = "rescored"
    scored = "scored"
    materialised = "materialised"
    new = "new"
    target_changed = "target_changed"
    accepted = "accepted"
    reopened = "reopened"
    closed = "closed"
    moved = "moved"
    reviewed = "reviewed"


_STATE_CHANGES = {
    RiskState.open: RiskChange.reopened,
    RiskState.accepted: RiskChange.accepted,
    RiskState.materialised: RiskChange.materialised,
    RiskState.closed: RiskChange.closed,
}

Pair = tuple[int, int, str]
"""Likelihood, impact and the band of their score."""


@dataclass(frozen=True, slots=True)
class RiskOnDay:
    """The part of a risk's state on a day that changes are told from; a rating takes the place of a pair."""

    state: RiskState
    current: Pair | str | None
    target: Pair | None
    target_on: date | None
    priority: str | None


def risk_changes(
    before: RiskOnDay | None, after: RiskOnDay | None, earlier: date, later: date, *, assessed: bool
) -> tuple[RiskChange, ...]:
    """What happened to a risk between two days, in the order of ``RiskChange``; nothing on equal days.

    ``before`` is None where it was not in the register yet; ``assessed`` says whether it was assessed in
    between. A risk that was both added and closed in between is told as closed; one that was assessed and
    stands as it stood is told as reviewed, which differs from not looked at (domain rules, section 3).
    """
    if earlier == later or after is None:
        return ()
    if before is None:
        return (RiskChange.closed if after.state is RiskState.closed else RiskChange.new,)
    found: set[RiskChange] = set()
    if before.current != after.current:
        found.add(RiskChange.scored if before.current is None else RiskChange.rescored)
    if (before.target, before.target_on) != (after.target, after.target_on):
        found.add(RiskChange.target_changed)
    if before.state is not after.state:
        found.add(_STATE_CHANGES[after.state])
    if before.priority != after.priority:
        found.add(RiskChange.moved)
    if assessed and not found:
        found.add(RiskChange.reviewed)
    return tuple(change for change in RiskChange if change in found)
