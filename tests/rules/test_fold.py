"""Entries, the order they count in, and the states they make (domain rules, section 5)."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.entries.fold import FOREVER, Entry, fold, standing, state_as_at

START = date(2024, 4, 1)
NAMES = ("status", "due_on", "forecast_on", "depends_on")


def entry(sequence: int, day: int, replaces: int | None = None, **facts: Any) -> Entry:
    return Entry(sequence, sequence, START + timedelta(days=day), facts, replaces)


@st.composite
def histories(draw: st.DrawFn, replacing: bool = True) -> tuple[Entry, ...]:
    """Entries in any order of effective dates, some of which replace an earlier recorded one."""
    facts = st.dictionaries(st.sampled_from(NAMES), st.none() | st.integers(0, 5))
    made: list[Entry] = []
    for sequence in range(1, draw(st.integers(0, 8)) + 1):
        older = st.none() | st.integers(1, sequence - 1) if replacing and sequence > 1 else st.none()
        made.append(entry(sequence, draw(st.integers(0, 6)), draw(older), **draw(facts)))
    return tuple(draw(st.permutations(made)))


days = st.integers(-1, 8).map(lambda offset: START + timedelta(days=offset))
quick = settings(max_examples=100, deadline=None)


def test_a_fact_left_out_keeps_its_value_and_one_stated_as_none_is_cleared() -> None:
    states = fold([entry(1, 0, status="on_target", due_on=5), entry(2, 1, due_on=None), entry(3, 2)])
    assert [dict(state.facts) for state in states] == [
        {"status": "on_target", "due_on": 5},
        {"status": "on_target", "due_on": None},
        {"status": "on_target", "due_on": None},
    ]


def test_a_backdated_entry_fills_the_past_and_does_not_overwrite_a_later_one() -> None:
    entries = [entry(1, 0, status="not_started"), entry(2, 10, status="delayed")]
    backdated = entry(3, 5, status="on_target", forecast_on=9)
    states = fold([*entries, backdated])
    assert [(state.valid_from - START).days for state in states] == [0, 5, 10]
    assert dict(states[1].facts) == {"status": "on_target", "forecast_on": 9}
    assert dict(states[2].facts) == {"status": "delayed", "forecast_on": 9}


def test_entries_of_one_day_count_in_the_order_of_the_journal() -> None:
    assert dict(fold([entry(2, 0, status="delayed"), entry(1, 0, status="on_target")])[0].facts) == {
        "status": "delayed"
    }


def test_of_a_chain_of_corrections_only_the_last_stands() -> None:
    chain = [
        entry(1, 0, status="a"),
        entry(2, 3, replaces=1, status="b"),
        entry(3, 1, replaces=2, status="c"),
    ]
    assert [left.id for left in standing(chain)] == [3]
    assert state_as_at(chain, START) is None


def test_a_replaced_entry_is_ignored_even_before_its_replacement_takes_effect() -> None:
    entries = [entry(1, 0, status="on_target"), entry(2, 1, due_on=4), entry(3, 5, replaces=2, due_on=6)]
    assert state_as_at(entries, START + timedelta(days=2)) == {"status": "on_target"}


def test_a_record_without_entries_has_no_state() -> None:
    assert fold([]) == ()
    assert state_as_at([], START) is None


def test_folding_leaves_the_entries_as_they_were() -> None:
    first = entry(1, 0, status="on_target")
    fold([first, entry(2, 0, status="delayed")])
    assert first.facts == {"status": "on_target"}


@quick
@given(histories())
def test_states_follow_each_other_without_gap_or_overlap_until_for_ever(entries: tuple[Entry, ...]) -> None:
    states = fold(entries)
    for state, following in pairwise(states):
        assert state.valid_from < state.valid_to == following.valid_from
    if states:
        assert states[-1].valid_to == FOREVER
    assert [state.valid_from for state in states] == sorted({left.effective_on for left in standing(entries)})


@quick
@given(histories(), days)
def test_the_state_as_at_a_day_is_that_of_the_interval_around_it(
    entries: tuple[Entry, ...], day: date
) -> None:
    around = [state.facts for state in fold(entries) if state.valid_from <= day < state.valid_to]
    assert around == [facts for facts in [state_as_at(entries, day)] if facts is not None]


@quick
@given(histories(), st.integers(0, 3000))
def test_as_at_any_day_after_every_entry_is_the_latest_state(entries: tuple[Entry, ...], later: int) -> None:
    states = fold(entries)
    if states:
        last = max(each.effective_on for each in entries)
        assert state_as_at(entries, last + timedelta(days=later)) == states[-1].facts


@quick
@given(histories(replacing=False), days)
def test_each_fact_is_that_of_the_last_entry_that_states_it(entries: tuple[Entry, ...], day: date) -> None:
    facts = state_as_at(entries, day) or {}
    for name in NAMES:
        stating = [each for each in entries if each.effective_on <= day and name in each.facts]
        assert (name in facts) == bool(stating)
        if stating:
            last = max(stating, key=lambda each: (each.effective_on, each.sequence))
            assert facts[name] == last.facts[name]


@quick
@given(
    histories(replacing=False),
    st.integers(0, 6),
    st.dictionaries(st.sampled_from(NAMES), st.integers(10, 12)),
)
def test_a_backdated_entry_never_overwrites_a_later_one(
    entries: tuple[Entry, ...], day: int, facts: dict[str, int]
) -> None:
    backdated = entry(99, day, **facts)
    after = fold([*entries, backdated])
    for each in entries:
        if each.effective_on > backdated.effective_on:
            state = next(s for s in after if s.valid_from == each.effective_on)
            for name in each.facts:
                assert state.facts[name] not in (10, 11, 12)


@quick
@given(histories(), days)
def test_replaced_entries_never_contribute(entries: tuple[Entry, ...], day: date) -> None:
    replaced = {each.replaces for each in entries}
    kept = [each for each in entries if each.id not in replaced]
    assert {each.id for each in standing(entries)} == {each.id for each in kept}
    assert fold(entries) == fold(kept)
    assert state_as_at(entries, day) == state_as_at(kept, day)


@quick
@given(histories(), st.randoms(use_true_random=False))
def test_the_order_in_which_entries_are_read_does_not_matter(entries: tuple[Entry, ...], random: Any) -> None:
    shuffled = list(entries)
    random.shuffle(shuffled)
    assert fold(shuffled) == fold(entries)
