"""What happened between two days follows from the two states alone."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.plans.changes import ActionChange as Change
from app.plans.changes import ActionOnDay, action_changes, flows, point_moves
from app.plans.statuses import Status
from app.risk.changes import RiskChange, RiskOnDay, risk_changes
from app.risk.scoring import RiskState

APRIL, JUNE = date(2024, 4, 30), date(2024, 6, 30)
DUE = date(2024, 5, 31)
_days = st.none() | st.dates(date(2024, 3, 1), date(2024, 9, 1))
_actions = st.builds(
    ActionOnDay,
    status=st.sampled_from(Status),
    withdrawn=st.booleans(),
    deadline_on=_days,
    due_ongoing=st.booleans(),
    forecast_on=_days,
    places=st.lists(
        st.tuples(st.sampled_from("ABC"), st.sampled_from(["1.1", "2.1"])),
        min_size=1,
        unique_by=lambda place: place[0],
    ).map(tuple),
)
_pairs = st.tuples(st.integers(1, 5), st.integers(1, 5), st.sampled_from(["Low", "High"]))
_risks = st.builds(
    RiskOnDay,
    state=st.sampled_from(RiskState),
    current=st.none() | _pairs,
    target=st.none() | _pairs,
    target_on=_days,
    priority=st.none() | st.sampled_from("AB"),
)


def action(status: Status = Status.on_target, **given: Any) -> ActionOnDay:
    plain: dict[str, Any] = {
        "withdrawn": False,
        "deadline_on": None,
        "due_ongoing": False,
        "forecast_on": None,
        "places": (("A", "1.1"),),
    }
    return ActionOnDay(status, **{**plain, **given})


def told(before: ActionOnDay | None, after: ActionOnDay | None) -> list[Change]:
    return list(action_changes(before, after, APRIL, JUNE))


_MOVES = {
    ("complete", "on_target"): [Change.reopened],
    ("complete", "delayed"): [Change.became_delayed, Change.reopened],
    ("complete", "not_started"): [Change.reopened],
    ("on_target", "complete"): [Change.completed],
    ("on_target", "delayed"): [Change.became_delayed],
    ("on_target", "not_started"): [Change.not_started_again],
    ("delayed", "complete"): [Change.completed],
    ("delayed", "on_target"): [Change.delayed_to_on_target],
    ("delayed", "not_started"): [Change.not_started_again],
    ("not_started", "complete"): [Change.completed],
    ("not_started", "on_target"): [Change.started],
    ("not_started", "delayed"): [Change.became_delayed],
}


@pytest.mark.parametrize("before", Status)
@pytest.mark.parametrize("after", Status)
def test_every_move_between_two_statuses_has_its_name(before: Status, after: Status) -> None:
    stayed = [Change.still_delayed] if after is Status.delayed else []
    assert told(action(before), action(after)) == (stayed if before is after else _MOVES[before, after])


def test_an_action_comes_goes_and_comes_back() -> None:
    assert told(None, action()) == [Change.new]
    assert told(action(), action(withdrawn=True)) == [Change.withdrawn]
    assert told(action(withdrawn=True), action()) == [Change.reinstated]
    assert told(action(withdrawn=True), action(withdrawn=True, status=Status.complete)) == []
    assert told(None, action(withdrawn=True)) == [Change.withdrawn], "it never counted"


def test_dates_and_places_that_moved_are_told() -> None:
    assert told(action(deadline_on=DUE), action(deadline_on=JUNE)) == [Change.due_moved]
    assert told(action(deadline_on=JUNE), action(deadline_on=JUNE, due_ongoing=True)) == [Change.due_moved]
    assert told(action(forecast_on=None), action(forecast_on=JUNE)) == [Change.forecast_moved]
    assert told(action(), action(places=(("B", "2.1"),))) == [Change.moved]


def test_a_date_that_passed_is_told_without_any_entry() -> None:
    late = action(deadline_on=DUE)
    assert told(late, late) == [Change.became_overdue]
    assert told(action(deadline_on=APRIL), action(deadline_on=APRIL)) == [Change.became_overdue]
    before_both = action(deadline_on=date(2024, 4, 29))
    assert told(before_both, before_both) == [], "it was overdue already"
    done = action(Status.complete, deadline_on=DUE)
    assert told(done, done) == []


@given(st.none() | _actions)
def test_nothing_changes_between_equal_days(state: ActionOnDay | None) -> None:
    assert action_changes(state, state, JUNE, JUNE) == ()
    assert point_moves(state, state) == []


@given(st.lists(st.tuples(st.none() | _actions, _actions), max_size=8), st.none() | st.sampled_from("ABC"))
def test_counts_reconcile_in_every_scope(
    pairs: list[tuple[ActionOnDay | None, ActionOnDay]], scope: str | None
) -> None:
    def count(side: int, status: Status) -> int:
        return sum(
            one.status is status
            for pair in pairs
            if (one := pair[side]) is not None and not one.withdrawn
            for place, _ref in one.places
            if scope in (None, place)
        )

    moves = [move for before, after in pairs for move in point_moves(before, after, scope)]
    for status, flow in flows(moves).items():
        assert count(1, status) == count(0, status) + flow.came - flow.left


@given(st.none() | _actions, _actions)
def test_what_changed_is_told(before: ActionOnDay | None, after: ActionOnDay) -> None:
    found = set(action_changes(before, after, APRIL, JUNE))
    assert (Change.new in found) == (before is None and not after.withdrawn)
    if point_moves(before, after):
        assert found, "a count changed and nothing says why"
    if Change.still_delayed in found:
        assert before is not None
        assert {before.status, after.status} == {Status.delayed}


# --- Risks ------------------------------------------------------------------------------------------------


def risk(state: RiskState = RiskState.open, **given: Any) -> RiskOnDay:
    plain: dict[str, Any] = {
        "current": (4, 4, "High"),
        "target": (2, 2, "Low"),
        "target_on": None,
        "priority": "A",
    }
    return RiskOnDay(state, **{**plain, **given})


def happened(before: RiskOnDay | None, after: RiskOnDay, *, assessed: bool = False) -> list[RiskChange]:
    return list(risk_changes(before, after, APRIL, JUNE, assessed=assessed))


def test_each_change_of_a_risk_has_its_name() -> None:
    assert happened(risk(), risk(current=(3, 4, "Moderate"))) == [RiskChange.rescored]
    assert happened(risk(), risk(current=None)) == [RiskChange.rescored]
    assert happened(risk(current=None), risk()) == [RiskChange.scored]
    assert happened(risk(), risk(current=(4, 4, "Severe"))) == [RiskChange.rescored], "the band changed"
    assert happened(risk(), risk(target=(1, 2, "Low"))) == [RiskChange.target_changed]
    assert happened(risk(), risk(target_on=JUNE)) == [RiskChange.target_changed]
    assert happened(risk(), risk(priority=None)) == [RiskChange.moved]
    assert happened(risk(), risk(RiskState.closed)) == [RiskChange.closed]
    assert happened(risk(), risk(RiskState.materialised)) == [RiskChange.materialised]
    assert happened(risk(), risk(RiskState.accepted)) == [RiskChange.accepted]
    assert happened(risk(RiskState.closed), risk()) == [RiskChange.reopened]
    assert happened(None, risk()) == [RiskChange.new]
    assert happened(None, risk(RiskState.closed)) == [RiskChange.closed]


def test_reviewed_differs_from_not_looked_at() -> None:
    assert happened(risk(), risk(), assessed=True) == [RiskChange.reviewed]
    assert happened(risk(), risk(), assessed=False) == []
    assert happened(risk(), risk(current=(3, 4, "High")), assessed=True) == [RiskChange.rescored]


@given(st.none() | _risks, st.booleans())
def test_nothing_happens_to_a_risk_between_equal_days(state: RiskOnDay | None, assessed: bool) -> None:
    assert risk_changes(state, state, JUNE, JUNE, assessed=assessed) == ()


@given(_risks, _risks)
def test_a_difference_is_always_told(before: RiskOnDay, after: RiskOnDay) -> None:
    assert bool(risk_changes(before, after, APRIL, JUNE, assessed=False)) == (before != after)
