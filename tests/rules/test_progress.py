"""Progress figures from counts (domain rules, section 2)."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.plans.progress import BucketCount, half_up, percent, progress
from app.plans.statuses import ALL_CODES, DUE_PASSED, FLAGS, STATUS_CODES, WITHDRAWN, Status, flags, unpack

quick = settings(max_examples=100, deadline=None)

# As printed in the papers for 30 June 2024: complete, on target, delayed, not started, and their percentages.
PRINTED = {
    "PAP 1": ((4, 1, 4, 0), (44, 11, 44, 0)),
    "PAP 2": ((0, 3, 2, 0), (0, 60, 40, 0)),
    "PAP 3": ((0, 5, 2, 0), (0, 71, 29, 0)),
    "PAP 4": ((0, 7, 3, 2), (0, 58, 25, 17)),
    "PAP 5": ((13, 24, 9, 14), (22, 40, 15, 23)),
}


def of(counts: tuple[int, ...]) -> list[BucketCount]:
    return [BucketCount(code, count, count) for code, count in enumerate(counts)]


def rounded(figures: dict[str, Any]) -> tuple[int | None, ...]:
    return tuple(share["rounded"] for share in figures["statuses"].values())


@st.composite
def scopes(draw: st.DrawFn, among: Sequence[int] = ALL_CODES) -> list[BucketCount]:
    """Counts of a scope; each bucket has at least as many points as distinct actions."""
    made = []
    for code in draw(st.lists(st.sampled_from(among), max_size=12, unique=True)):
        actions = draw(st.integers(0, 40))
        made.append(BucketCount(code, actions + draw(st.integers(0, 5)) * bool(actions), actions))
    return made


@pytest.mark.parametrize("scope", PRINTED)
def test_the_sections_of_the_papers_have_their_percentages(scope: str) -> None:
    counts, expected = PRINTED[scope]
    assert rounded(progress(of(counts), False)) == expected


def test_the_overall_figures_of_the_papers_come_from_the_summed_sections() -> None:
    together = [count for counts, _ in PRINTED.values() for count in of(counts)]
    figures = progress(together, False)
    assert [share["count"] for share in figures["statuses"].values()] == [17, 40, 20, 16]
    assert figures["action_points"] == 93
    assert rounded(figures) == (18, 43, 22, 17)
    assert figures["sums_to_100"] is True


def test_a_combined_figure_comes_from_the_summed_counts() -> None:
    combined = progress(of((4, 1, 4, 0)), False)["complete_or_on_target"]
    assert combined == {"count": 5, "percent": 55.5556, "rounded": 56}


def test_rounded_percentages_that_do_not_add_up_are_said_not_to() -> None:
    assert progress(of((4, 1, 4, 0)), False)["sums_to_100"] is False
    assert progress(of((0, 3, 2, 0)), False)["sums_to_100"] is True


def test_without_action_points_there_are_no_percentages() -> None:
    figures = progress([BucketCount(WITHDRAWN, 3, 2)], True)
    assert figures["action_points"] == figures["distinct_actions"] == 0
    assert figures["withdrawn"] == 3
    assert figures["sums_to_100"] is None
    nothing = {"count": 0, "percent": None, "rounded": None}
    assert list(figures["statuses"].values()) == [nothing] * 4
    assert figures["complete_or_on_target"] == nothing


def test_flags_count_action_points_with_the_distinct_actions_beside_them() -> None:
    cross_cutting = BucketCount(STATUS_CODES[Status.delayed] + DUE_PASSED, 5, 1)
    figures = progress([cross_cutting, BucketCount(1, 88, 88)], False)
    assert figures["flags"]["overdue"] == {"action_points": 5, "actions": 1}
    assert (figures["action_points"], figures["distinct_actions"]) == (93, 89)
    assert list(figures["flags"]) == list(FLAGS)


def test_no_reportable_progress_is_null_without_a_period_and_counted_in_one() -> None:
    counts = of((1, 2, 3, 4))
    assert progress(counts, False)["flags"]["no_reportable_progress"] is None
    assert progress(counts, True)["flags"]["no_reportable_progress"] == {"action_points": 9, "actions": 9}


@pytest.mark.parametrize(
    ("numerator", "denominator", "whole", "exact"),
    [(1, 8, 13, 12.5), (1, 200, 1, 0.5), (1, 201, 0, 0.4975), (0, 5, 0, 0.0), (5, 5, 100, 100.0)],
)
def test_halves_are_rounded_up(numerator: int, denominator: int, whole: int, exact: float) -> None:
    assert half_up(numerator, denominator) == whole
    assert percent(numerator, denominator) == exact


def test_the_fourth_decimal_is_rounded_half_up() -> None:
    assert percent(1, 3) == 33.3333
    assert percent(2, 3) == 66.6667
    assert percent(1, 2_000_000) == 0.0001


def test_nothing_is_divided_by_nothing() -> None:
    assert half_up(0, 0) is None
    assert percent(0, 0) is None


@quick
@given(scopes(), st.booleans())
def test_the_counts_add_up_to_the_denominator(counts: list[BucketCount], has_period: bool) -> None:
    figures = progress(counts, has_period)
    points = [count for count in counts if not count.code & WITHDRAWN]
    assert sum(share["count"] for share in figures["statuses"].values()) == figures["action_points"]
    assert figures["action_points"] == sum(count.action_points for count in points)
    assert figures["distinct_actions"] == sum(count.distinct_actions for count in points)
    assert figures["action_points"] + figures["withdrawn"] == sum(count.action_points for count in counts)


@quick
@given(scopes())
def test_each_percentage_is_as_near_to_the_exact_one_as_it_claims(counts: list[BucketCount]) -> None:
    figures = progress(counts, False)
    total = figures["action_points"]
    for share in (*figures["statuses"].values(), figures["complete_or_on_target"]):
        if not total:
            assert share["rounded"] is share["percent"] is None
            continue
        exact = Fraction(100 * share["count"], total)
        assert -Fraction(1, 2) < share["rounded"] - exact <= Fraction(1, 2)
        claimed = Fraction(repr(share["percent"]))
        assert -Fraction(1, 20_000) < claimed - exact <= Fraction(1, 20_000)


@quick
@given(scopes(), scopes([code for code in ALL_CODES if code & WITHDRAWN]))
def test_withdrawn_actions_change_nothing_but_their_own_number(
    counts: list[BucketCount], withdrawn: list[BucketCount]
) -> None:
    without, together = progress(counts, True), progress([*counts, *withdrawn], True)
    excluded = sum(count.action_points for count in withdrawn)
    assert together == {**without, "withdrawn": without["withdrawn"] + excluded}


@quick
@given(st.lists(scopes(), max_size=4), st.booleans())
def test_the_total_of_a_plan_is_the_sum_of_its_priorities(
    priorities: list[list[BucketCount]], has_period: bool
) -> None:
    plan = progress([count for counts in priorities for count in counts], has_period)
    parts = [progress(counts, has_period) for counts in priorities]
    for field in ("action_points", "withdrawn"):
        assert plan[field] == sum(part[field] for part in parts)
    for status in STATUS_CODES:
        assert plan["statuses"][status]["count"] == sum(p["statuses"][status]["count"] for p in parts)
    combined = sum(part["complete_or_on_target"]["count"] for part in parts)
    assert plan["complete_or_on_target"]["count"] == combined
    for flag, found in plan["flags"].items():
        if found is not None:
            assert found["action_points"] == sum(part["flags"][flag]["action_points"] for part in parts)


@quick
@given(scopes(), st.booleans())
def test_the_counts_of_flags_are_those_of_the_rule(counts: list[BucketCount], has_period: bool) -> None:
    figures = progress(counts, has_period)["flags"]
    for flag in FLAGS:
        having = [count for count in counts if getattr(flags(*unpack(count.code, has_period)), flag)]
        if flag == "no_reportable_progress" and not has_period:
            assert figures[flag] is None
            assert not having
        else:
            assert figures[flag] == {
                "action_points": sum(count.action_points for count in having),
                "actions": sum(count.distinct_actions for count in having),
            }
