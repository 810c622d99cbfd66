"""Cycles of dependencies."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from app.plans.dependencies import cycle


def test_a_chain_is_no_cycle() -> None:
    assert cycle({"a": ["b"], "b": ["c"]}, "a") is None
    assert cycle({}, "a") is None


def test_an_action_that_depends_on_itself_is_the_smallest_cycle() -> None:
    assert cycle({"a": ["b", "a"], "b": []}, "a") == ("a", "a")


def test_the_shortest_cycle_through_an_action_is_shown_from_it_back_to_it() -> None:
    edges = {"a": ["b"], "b": ["c", "d"], "c": ["d"], "d": ["a"]}
    assert cycle(edges, "a") == ("a", "b", "d", "a")


def test_a_cycle_that_does_not_pass_through_the_action_is_not_its_own() -> None:
    assert cycle({"a": ["b"], "b": ["c"], "c": ["b"]}, "a") is None


graphs = st.dictionaries(st.integers(0, 6), st.lists(st.integers(0, 6), max_size=3), max_size=7)


@settings(max_examples=150, deadline=None)
@given(graphs, st.integers(0, 6))
def test_a_cycle_is_found_exactly_when_the_action_can_reach_itself(
    edges: dict[int, list[int]], start: int
) -> None:
    reached = set(edges.get(start, []))
    for _ in range(7):
        reached |= {there for here in reached for there in edges.get(here, [])}
    found = cycle(edges, start)
    assert (found is not None) == (start in reached)
    if found is not None:
        assert found[0] == found[-1] == start
        assert all(there in edges[here] for here, there in pairwise(found))
        assert len(set(found)) == len(found) - 1
