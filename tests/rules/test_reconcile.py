"""Verdicts on published percentages, held against counting everything that there is, on thousands of cases.

The cases are random but the same in every run. What is counted by brute force knows only how a percentage is
rounded: none of the bounds, theorems or linear programmes that the verdicts come from.
"""

import random
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import NamedTuple

import pytest

from app.plans.linear import Demand, maximise
from app.plans.progress import half_up
from app.plans.reconcile import Limit, Mix, Reconciliation, reconcile
from app.plans.rounding import (
    GROUPS,
    SHARES,
    STATUSES,
    Group,
    Published,
    Share,
    Space,
    least_count,
    smallest,
)

CASES = 10_000
FEW = 400
MOST_TRIED = 12

# --- Counting everything ----------------------------------------------------------------------------------


class Counted(NamedTuple):
    """Four counts, and the percentages that a report would print of them, combined figure last."""

    counts: tuple[int, int, int, int]
    printed: tuple[int, ...]


def counted(counts: tuple[int, int, int, int]) -> Counted:
    complete, on_target, *_ = counts
    shares = [half_up(one, sum(counts)) for one in (*counts, complete + on_target)]
    return Counted(counts, tuple(one for one in shares if one is not None))


@cache
def all_counts(actions: int) -> list[Counted]:
    """Every way in which this number of actions can be in the four statuses."""
    found = []
    for complete, on_target, delayed in product(range(actions + 1), repeat=3):
        if complete + on_target + delayed <= actions:
            found.append(counted((complete, on_target, delayed, actions - complete - on_target - delayed)))
    return found


def gives(one: Counted, row: Published) -> bool:
    """Whether counts print as the row does."""
    complete, on_target, delayed, not_started = one.counts
    values = (complete, on_target, delayed, not_started, complete + on_target)
    for name, count, printed in zip(SHARES, values, one.printed, strict=True):
        share = row.share(name)
        if share is not None and (count != 0 if share == "none" else printed != share):
            return False
    return True


def giving(row: Published, actions: int) -> list[Counted]:
    return [one for one in all_counts(actions) if gives(one, row)]


def size_of(one: Counted, group: Group) -> int:
    return sum(count for status, count in zip(STATUSES, one.counts, strict=True) if status in group)


# --- Cases ------------------------------------------------------------------------------------------------


def some_counts(dice: random.Random, actions: int) -> tuple[int, int, int, int]:
    found = [0, 0, 0, 0]
    for _ in range(actions):
        found[dice.choice((0, 1, 1, 2, 3))] += 1
    return found[0], found[1], found[2], found[3]


def some_row(
    dice: random.Random,
    counts: tuple[int, int, int, int],
    scope: str,
    actions: int | None = None,
    *,
    wrong: float = 0.5,
) -> Published:
    """What somebody might publish of counts: figures left out, exact zeros, and at times a wrong one."""
    one = counted(counts)
    values = (*one.counts, one.counts[0] + one.counts[1])
    shares: dict[str, Share] = {}
    for name, count, printed in zip(SHARES, values, one.printed, strict=True):
        chance = dice.random()
        shares[name] = None if chance < 0.25 else "none" if chance < 0.6 and count == 0 else printed
    if dice.random() < wrong:
        name = dice.choice(SHARES)
        found = shares[name]
        off = dice.choice((-9, -2, -1, 1, 1, 2, 9))
        shares[name] = min(100, max(0, found + off)) if isinstance(found, int) else dice.choice((0, "none"))
    return Published(scope, **shares, actions=actions)  # type: ignore[arg-type]  # mypy cannot see the names


def some_plan(dice: random.Random, largest: int, *, sized: bool) -> list[Published]:
    """An overall row and two or three priorities that may or may not be of one plan."""
    parts = [some_counts(dice, dice.randint(1, largest)) for _ in range(dice.choice((2, 2, 2, 3)))]
    whole = tuple(sum(one) for one in zip(*parts, strict=True))
    rows = [
        some_row(dice, one, f"PAP {place}", sum(one) if sized else None, wrong=0.1)
        for place, one in enumerate(parts)
    ]
    actions = sum(whole) + (dice.random() < 0.02) if sized else None
    return [some_row(dice, (whole[0], whole[1], whole[2], whole[3]), "overall", actions, wrong=0.7), *rows]


def plan_can_be(rows: list[Published], sizes: tuple[int, ...]) -> bool:
    """Whether some counts of priorities of these sizes give every row, and their sum the overall row."""
    overall, *priorities = rows
    sums = {(0, 0, 0, 0)}
    for row, size in zip(priorities, sizes, strict=True):
        sums = {
            (one[0] + other[0], one[1] + other[1], one[2] + other[2], one[3] + other[3])
            for one in sums
            for other in {found.counts for found in giving(row, size)}
        }
    return any(gives(counted(one), overall) for one in sums)


# --- One scope --------------------------------------------------------------------------------------------


def test_a_row_is_possible_with_a_number_of_actions_exactly_when_some_counts_give_it() -> None:
    dice = random.Random(1)
    verdicts = []
    for _ in range(CASES):
        actions = dice.randint(1, 9)
        row = some_row(dice, some_counts(dice, dice.choice((actions, dice.randint(1, 9)))), "PAP 1")
        space, found = Space.of(row, actions), giving(row, actions)
        assert space.is_possible == bool(found), (row, actions)
        verdicts.append(space.is_possible)
        if found:
            group = dice.choice(GROUPS)
            assert space.most(group) == max(size_of(one, group) for one in found), (row, actions, group)
            assert space.least(group) == min(size_of(one, group) for one in found), (row, actions, group)
            assert tuple(space.counts().values()) == max(one.counts for one in found), (row, actions)
    assert 0.2 < sum(verdicts) / CASES < 0.8


def test_the_fewest_actions_are_the_fewest() -> None:
    dice = random.Random(2)
    beyond = 0
    for _ in range(FEW):
        row = some_row(dice, some_counts(dice, dice.randint(1, 30)), "PAP 1")
        found = smallest(row)
        tried = next((n for n in range(1, MOST_TRIED + 1) if giving(row, n)), None)
        if found is None or found.actions > MOST_TRIED:
            assert tried is None, row
            beyond += found is not None
        else:
            assert found.actions == tried, row
    assert beyond > FEW / 40


def test_what_is_impossible_for_2000_actions_is_impossible_for_any_number() -> None:
    dice = random.Random(3)
    for _ in range(FEW):
        row = some_row(dice, some_counts(dice, dice.randint(1, 250)), "PAP 1")
        if smallest(row) is None:
            more = range(1, 2500, dice.randint(1, 97))
            assert not any(Space.of(row, actions).is_possible for actions in more), row


def test_a_least_count_is_never_more_than_a_count_that_there_is() -> None:
    dice = random.Random(4)
    for _ in range(100):
        row = some_row(dice, some_counts(dice, dice.randint(1, 40)), "PAP 1")
        if smallest(row) is None:
            continue
        status = dice.choice(STATUSES)
        spaces = [Space.of(row, actions) for actions in range(1, 300)]
        found = [space.least({status}) for space in spaces if space.is_possible]
        assert least_count(row, status) == min(found, default=least_count(row, status)), (row, status)


# --- The overall row --------------------------------------------------------------------------------------


def test_given_numbers_of_actions_the_overall_row_follows_exactly_when_some_counts_give_all_rows() -> None:
    dice = random.Random(5)
    verdicts = []
    for _ in range(CASES):
        rows = some_plan(dice, 4, sized=True)
        found = reconcile(rows)
        sizes = tuple(row.actions or 0 for row in rows[1:])
        truth = sum(sizes) == rows[0].actions and plan_can_be(rows, sizes)
        assert found.is_possible == truth, rows
        verdicts.append((found.is_possible, found.reason is not None))
    assert verdicts.count((True, False)) > CASES / 20
    assert verdicts.count((False, True)) > CASES / 100, "too few plans whose rows are possible by themselves"


def plans_of_any_size() -> Iterator[tuple[list[Published], Reconciliation]]:
    dice = random.Random(6)
    for _ in range(FEW):
        rows = some_plan(dice, dice.choice((4, 30)), sized=False)
        found = reconcile(rows)
        if all(one.found for one in found.scopes):
            yield rows, found


def test_in_any_sizes_a_possible_plan_has_sizes_and_an_impossible_one_has_a_proof() -> None:
    verdicts = []
    for rows, found in plans_of_any_size():
        verdicts.append(found.is_possible)
        overall, *priorities = rows
        if found.is_possible:
            sized = [
                Published(**{**vars_of(row), "actions": size})  # type: ignore[arg-type]
                for row, size in zip(rows, (sum(found.sizes), *found.sizes), strict=True)
            ]
            assert min(found.sizes) > 0
            assert reconcile(sized).is_possible, rows
        else:
            assert is_proven_impossible(priorities, overall), rows
            assert isinstance(found.reason, Limit)
            assert found.reason.reach <= found.reason.need.percent
    assert verdicts.count(True) > FEW / 10
    assert verdicts.count(False) > FEW / 10


def vars_of(row: Published) -> dict[str, object]:
    return {name: getattr(row, name) for name in ("scope", *SHARES)}


def is_proven_impossible(priorities: list[Published], overall: Published) -> bool:
    """Whether factors (none below zero) add the inequalities up to one that no sizes above zero can meet.

    By Motzkin's theorem there are such factors exactly when the inequalities contradict each other.
    """
    rows = [one.demand for one in Mix(priorities, overall).rows]
    columns = [[row.weights[place] for row in rows] for place in range(len(priorities))]
    demands = [Demand([-weight for weight in column], 0) for column in columns]
    broken = [row.least - sum(row.weights) for row in rows]
    return maximise([0] * len(rows), [*demands, Demand(broken, 1)]) is not None


def test_no_plan_that_some_counts_give_is_called_impossible() -> None:
    dice = random.Random(7)
    seen = 0
    for _ in range(FEW):
        rows = some_plan(dice, 3, sized=False)
        if reconcile(rows).is_possible:
            continue
        for sizes in product((1, 2, 3), repeat=len(rows) - 1):
            assert not plan_can_be(rows, sizes), (rows, sizes)
        seen += 1
    assert seen > FEW / 4


def test_published_from_true_counts_is_possible() -> None:
    dice = random.Random(8)
    for _ in range(100):
        parts = [some_counts(dice, dice.randint(1, 90)) for _ in range(dice.randint(1, 8))]
        total = [sum(one) for one in zip(*parts, strict=True)]
        rows = [Published(f"PAP {place}", *counted(one).printed) for place, one in enumerate(parts)]
        overall = Published("Overall", *counted((total[0], total[1], total[2], total[3])).printed)
        assert reconcile([*rows, overall]).is_possible, rows


# --- Linear programmes ------------------------------------------------------------------------------------


def test_the_largest_value_is_the_smallest_limit() -> None:
    """Duality: the best of a programme is the best of its dual, and reaches it with amounts that fit."""
    dice = random.Random(9)
    for _ in range(500):
        columns, lines = dice.randint(1, 4), dice.randint(1, 4)
        table = [[dice.randint(0, 5) for _ in range(columns)] for _ in range(lines)]
        table.append([1] * columns)
        limits = [dice.randint(0, 9) for _ in table]
        weights = [dice.randint(-3, 6) for _ in range(columns)]
        best = maximise(
            weights, [Demand([-one for one in row], -limit) for row, limit in zip(table, limits, strict=True)]
        )
        dual = maximise(
            [-limit for limit in limits],
            [Demand([row[place] for row in table], weights[place]) for place in range(columns)],
        )
        assert best is not None
        assert dual is not None
        assert best.value == -dual.value
        assert all(
            sum(factor * amount for factor, amount in zip(row, best.amounts, strict=True)) <= limit
            for row, limit in zip(table, limits, strict=True)
        )


def test_demands_that_contradict_each_other_are_met_by_nothing() -> None:
    assert maximise([1], [Demand([1], 2), Demand([-1], -1)]) is None


def test_a_sum_without_a_largest_value_is_refused() -> None:
    with pytest.raises(ValueError, match="no largest value"):
        maximise([1], [Demand([1], 2)])
