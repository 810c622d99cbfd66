"""The states of an action by day: spans, dependencies, completion dates, codes, the order of refs."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.entries.fold import FOREVER, Entry
from app.plans.states import FIRST_POINT, OpenSpan, action_days, is_open, ref_order, settled
from app.plans.statuses import ALL_CODES, DUE_MOVED, FORECAST_LATE, OPEN_DEPENDENCY, WITHDRAWN, Status


def april(day: int) -> date:
    return date(2024, 4, day)


def entry(number: int, day: int, replaces: int | None = None, **facts: Any) -> Entry:
    return Entry(number, number, april(day), facts, replaces)


def spans(*entries: Entry, **dependencies: list[OpenSpan]) -> list[tuple[date, date]]:
    return [(one.valid_from, one.valid_to) for one in action_days(entries, dependencies)]


def code_on(day: int, *entries: Entry, **dependencies: list[OpenSpan]) -> int:
    found = action_days(entries, dependencies)
    return next(one.code for one in found if one.valid_from <= april(day) < one.valid_to)


def completed_on(day: int, *entries: Entry) -> date | None:
    found = action_days(entries, {})
    state = next(one for one in found if one.valid_from <= april(day) < one.valid_to)
    completed: date | None = state.facts["completed_on"]
    return completed


ADDED = entry(1, 1, status="not_started")


# --- Spans ------------------------------------------------------------------------------------------------


def test_an_action_with_one_entry_has_one_state_for_ever() -> None:
    assert spans(ADDED) == [(april(1), FOREVER)]


def test_each_day_with_an_entry_starts_a_state() -> None:
    assert spans(ADDED, entry(2, 9, status="delayed")) == [(april(1), april(9)), (april(9), FOREVER)]


def test_an_action_without_entries_has_no_state() -> None:
    assert spans() == []


def test_a_state_ends_where_a_dependency_opens_or_closes() -> None:
    waiting = entry(1, 1, status="not_started", depends_on=["x"])
    assert spans(waiting, x=[OpenSpan(april(4), april(8))]) == [
        (april(1), april(4)),
        (april(4), april(8)),
        (april(8), FOREVER),
    ]


def test_a_dependency_of_another_action_cuts_nothing() -> None:
    assert spans(ADDED, x=[OpenSpan(april(4), april(8))]) == [(april(1), FOREVER)]


def test_a_dependency_cuts_only_the_days_on_which_it_is_waited_for() -> None:
    freed = [entry(1, 1, status="not_started", depends_on=["x"]), entry(2, 3, depends_on=[])]
    assert spans(*freed, x=[OpenSpan(april(2), april(8))]) == [
        (april(1), april(2)),
        (april(2), april(3)),
        (april(3), FOREVER),
    ]


# --- Codes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day, waiting", [(3, False), (4, True), (7, True), (8, False)])
def test_a_dependency_is_open_from_its_first_day_until_before_its_last(day: int, waiting: bool) -> None:
    action = entry(1, 1, status="not_started", depends_on=["x"])
    code = code_on(day, action, x=[OpenSpan(april(4), april(8))])
    assert bool(code & OPEN_DEPENDENCY) is waiting


def test_one_open_dependency_of_two_is_enough_to_wait() -> None:
    action = entry(1, 1, status="not_started", depends_on=["x", "y"])
    code = code_on(5, action, x=[OpenSpan(april(1), april(2))], y=[OpenSpan(april(1), FOREVER)])
    assert code & OPEN_DEPENDENCY


def test_a_dependency_that_is_not_known_is_not_open() -> None:
    assert not code_on(5, entry(1, 1, status="delayed", depends_on=["x"])) & OPEN_DEPENDENCY


def test_a_withdrawn_action_says_so_in_its_code() -> None:
    assert code_on(2, ADDED, entry(2, 2, withdrawn=True)) & WITHDRAWN


def test_a_due_date_moved_later_says_so_in_the_code() -> None:
    moved = [entry(1, 1, status="delayed", due_on=april(5)), entry(2, 2, due_on=april(6))]
    assert code_on(2, *moved) & DUE_MOVED


def test_the_original_due_date_is_the_first_one_by_the_day() -> None:
    moved = [ADDED, entry(2, 5, due_on=april(20)), entry(3, 9, due_on=april(25))]
    assert [one.original_due_on for one in action_days(moved, {})] == [None, april(20), april(20)]


def test_the_review_date_is_the_deadline_of_an_ongoing_action() -> None:
    action = entry(1, 1, status="delayed", due_on=None, due_ongoing=True, review_on=april(7))
    assert action_days([action], {})[0].deadline_on == april(7)


def test_a_forecast_after_the_review_date_of_an_ongoing_action_is_late() -> None:
    action = entry(
        1, 1, status="delayed", due_on=None, due_ongoing=True, review_on=april(7), forecast_on=april(8)
    )
    assert code_on(1, action) & FORECAST_LATE


def test_the_mark_of_a_first_point_is_no_bit_of_a_code() -> None:
    assert FIRST_POINT not in ALL_CODES


@pytest.mark.parametrize(
    "status, withdrawn, waited_for",
    [
        (Status.not_started, False, True),
        (Status.delayed, False, True),
        (Status.complete, False, False),
        (Status.on_target, True, False),
    ],
)
def test_others_wait_for_an_action_until_it_is_complete_or_withdrawn(
    status: Status, withdrawn: bool, waited_for: bool
) -> None:
    assert is_open(status, withdrawn) is waited_for


# --- Completion dates -------------------------------------------------------------------------------------


def test_a_complete_action_has_the_completion_date_that_was_given() -> None:
    assert completed_on(9, ADDED, entry(2, 9, status="complete", completed_on=april(4))) == april(4)


def test_a_complete_action_without_a_date_was_completed_when_the_entry_says() -> None:
    assert completed_on(20, ADDED, entry(2, 9, status="complete")) == april(9)


def test_saying_complete_again_keeps_the_completion_date() -> None:
    again = [ADDED, entry(2, 9, status="complete"), entry(3, 15, status="complete")]
    assert completed_on(20, *again) == april(9)


def test_an_action_that_is_complete_no_more_has_no_completion_date() -> None:
    reopened = [ADDED, entry(2, 9, status="complete", completed_on=april(9)), entry(3, 12, status="delayed")]
    assert completed_on(12, *reopened) is None


def test_a_backdated_completion_does_not_reach_days_on_which_it_is_not_complete() -> None:
    backdated = [ADDED, entry(2, 12, status="delayed"), entry(3, 5, status="complete", completed_on=april(5))]
    assert (completed_on(5, *backdated), completed_on(12, *backdated)) == (april(5), None)


def test_a_second_completion_does_not_take_the_date_of_the_first() -> None:
    twice = [
        ADDED,
        entry(2, 5, status="complete", completed_on=april(5)),
        entry(3, 8, status="delayed"),
        entry(4, 12, status="complete"),
    ]
    assert completed_on(12, *twice) == april(12)


def test_a_replaced_completion_leaves_the_later_one_its_own_date() -> None:
    corrected = [
        ADDED,
        entry(2, 5, status="complete", completed_on=april(5)),
        entry(3, 12, status="complete"),
        entry(4, 5, replaces=2, status="on_target"),
    ]
    assert completed_on(12, *corrected) == april(12)


def test_a_completion_date_can_be_corrected_later() -> None:
    later = [ADDED, entry(2, 9, status="complete"), entry(3, 12, completed_on=april(7))]
    assert completed_on(12, *later) == april(7)


_STATED = st.fixed_dictionaries(
    {},
    optional={"status": st.sampled_from(Status), "completed_on": st.integers(1, 12).map(april)},
)
_ENTRIES = st.lists(st.tuples(st.integers(1, 12), _STATED), max_size=8).map(
    lambda found: [
        ADDED,
        *(Entry(number, number, april(day), facts) for number, (day, facts) in enumerate(found, start=2)),
    ]
)


@given(_ENTRIES)
def test_on_every_day_an_action_has_a_completion_date_exactly_when_it_is_complete(
    entries: list[Entry],
) -> None:
    for state in action_days(entries, {}):
        assert (state.facts["completed_on"] is not None) == (state.status is Status.complete)


@given(_ENTRIES)
def test_settling_twice_changes_nothing_more(entries: list[Entry]) -> None:
    assert settled(settled(entries)) == settled(entries)


@given(_ENTRIES)
def test_states_follow_each_other_without_a_gap_until_for_ever(entries: list[Entry]) -> None:
    found = action_days(entries, {})
    assert [one.valid_to for one in found] == [*(one.valid_from for one in found[1:]), FOREVER]


# --- The order of refs ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "first, second",
    [
        ("2.5", "2.10"),
        ("2", "10"),
        ("1.9", "2.1"),
        ("PAP 2", "PAP 10"),
        ("1", "1.1"),
        ("1.1", "1.1a"),
        ("WS1 a 2", "WS1 a 12"),
    ],
)
def test_refs_are_ordered_as_people_do(first: str, second: str) -> None:
    assert ref_order(first) < ref_order(second)


def test_the_order_of_refs_does_not_look_at_case() -> None:
    assert ref_order("Pap 2") == ref_order("PAP 2")


def test_digits_of_other_scripts_are_letters_to_the_order_of_refs() -> None:
    assert ref_order("٣") == "٣"
