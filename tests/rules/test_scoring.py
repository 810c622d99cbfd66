"""Scores, gaps, directions and states of risks (domain rules, section 3)."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.risk.matrix import Band, Matrix, MatrixKind
from app.risk.scoring import (
    ALLOWED_MOVES,
    STATE_AFTER,
    Direction,
    RiskState,
    direction,
    gap,
    pair_faults,
    rationale_needed,
    review_overdue,
    score,
)

quick = settings(max_examples=100, deadline=None)
sides = st.integers(1, 10)
scores = st.none() | st.integers(1, 100)
DAY = date(2024, 6, 30)
GRID = Matrix(1, MatrixKind.scored, ("Rare", "Likely"), ("Minor", "Serious", "Major"), (Band("All", 1, 6),))
NAMED = Matrix(1, MatrixKind.named, (), (), (Band("L"), Band("H")))


@quick
@given(sides, sides)
def test_the_score_is_symmetric(likelihood: int, impact: int) -> None:
    assert score(likelihood, impact) == score(impact, likelihood) == likelihood * impact


@quick
@given(sides, sides)
def test_the_score_rises_with_either_side(likelihood: int, impact: int) -> None:
    assert score(likelihood, impact) < score(likelihood + 1, impact)
    assert score(likelihood, impact) < score(likelihood, impact + 1)


@quick
@given(scores, scores)
def test_gap_direction_and_rationale_follow_the_two_scores(one: int | None, other: int | None) -> None:
    if one is None or other is None:
        assert gap(one, other) is None
        assert direction(one, other) is Direction.no_data
        assert rationale_needed(one, other) is False
    else:
        assert gap(one, other) == one - other
        expected = Direction.improving if other < one else Direction.worsening
        assert direction(one, other) is (Direction.stable if one == other else expected)
        assert rationale_needed(one, other) is (other >= one)


@pytest.mark.parametrize("state", RiskState)
def test_only_the_review_of_an_open_or_accepted_risk_can_be_overdue(state: RiskState) -> None:
    live = state in (RiskState.open, RiskState.accepted)
    assert review_overdue(state, DAY - timedelta(days=1), DAY) is live
    assert review_overdue(state, DAY, DAY) is False
    assert review_overdue(state, None, DAY) is False


def test_every_state_can_be_reached_and_left_again() -> None:
    assert set(ALLOWED_MOVES) == set(STATE_AFTER)
    assert set(STATE_AFTER.values()) == set(RiskState)
    assert set().union(*ALLOWED_MOVES.values()) == set(RiskState)
    for move, state in STATE_AFTER.items():
        assert state not in ALLOWED_MOVES[move]


def test_a_pair_that_fits_and_no_pair_have_no_faults() -> None:
    assert pair_faults(GRID, 2, 3, "/current") == ()
    assert pair_faults(GRID, None, None, "/current") == ()
    assert pair_faults(NAMED, None, None, "/current") == ()


@pytest.mark.parametrize(
    ("likelihood", "impact", "fields"),
    [
        (0, 4, ["/target/likelihood", "/target/impact"]),
        (3, 3, ["/target/likelihood"]),
        (None, 1, ["/target/likelihood"]),
        (1, None, ["/target/impact"]),
    ],
)
def test_a_pair_off_the_grid_or_half_stated_is_a_fault(
    likelihood: int | None, impact: int | None, fields: list[str]
) -> None:
    assert [fault.field for fault in pair_faults(GRID, likelihood, impact, "/target")] == fields


def test_a_named_matrix_takes_no_pair() -> None:
    assert [fault.field for fault in pair_faults(NAMED, 1, 1, "/current")] == ["/current"]
