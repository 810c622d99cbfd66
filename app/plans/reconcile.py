"""Whether published percentages can come from whole-number counts, scope by scope and all together.

Domain rules, sections 2 and 7. Every verdict is exact: see `rounding` for one scope. For the overall row:

**With numbers of actions.** Counts of the overall row are sums of counts of the priorities. The counts of a
scope are the whole-number points of a base of a generalised polymatroid (nested bounds and a fixed sum), so
are the sums of several, and two such sets have a point in common exactly when, for every group of statuses,
the most of it in the one is not below the least of it in the other (Frank's sandwich theorem, which gives a
whole-number point). So fourteen comparisons decide, and the one that fails is the reason.

**Without.** Counts of a priority times any factor keep its percentages, so priorities can have any positive
rational sizes, and a solution in fractions can be made whole. The same theorem holds for shares; with w > 0
the part of each priority, every group asks that the sum of w times (most of the priority - least of the
overall row) is at least zero, or above zero where either is a limit that is not reached itself. That is a
homogeneous system of fourteen inequalities; "above zero" may be read as "at least one", since solutions can
be multiplied. It is decided by the simplex method in fractions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

from app.plans.linear import Best, Demand, maximise
from app.plans.rounding import GROUPS, PER_HALF, STATUSES, Group, Published, Space, smallest

OVERALL = "overall"
"""The name, in any case, of the row that the others add up to."""


@dataclass(frozen=True)
class Scope:
    """The verdict on one row by itself."""

    row: Published
    found: Space | None
    """The counts of its number of actions where that is known, else of the fewest; None: impossible."""

    @property
    def counts(self) -> dict[str, int] | None:
        """Counts by status that give the row; None where there are none."""
        return {status.value: n for status, n in self.found.counts().items()} if self.found else None

    @cached_property
    def fewest(self) -> Space | None:
        """The counts of the fewest actions that can give the row, whatever its own number."""
        return smallest(self.row)


class Need(NamedTuple):
    """What the overall row asks of a group of statuses, in percent; `is_open`: more than that."""

    group: Group
    percent: Fraction
    is_open: bool


class Limit(NamedTuple):
    """Why no sizes of the priorities will do: while `given` holds, `need.group` reaches at most `reach`.

    `reach` is in percent, and equal to what is needed where the one is a limit that is not reached itself.
    `without_combined`: follows from the four shares of each priority alone.
    """

    need: Need
    reach: Fraction
    given: tuple[Need, ...]
    without_combined: bool


class Excess(NamedTuple):
    """Why the given sizes will not do: the priorities have at most `most` of a group, `least` is needed."""

    group: Group
    most: int
    least: int


class Uneven(NamedTuple):
    """The overall row does not have as many actions as the priorities together."""

    overall: int
    together: int


@dataclass(frozen=True)
class Reconciliation:
    """All verdicts. `reason` says why the overall row cannot follow from the priorities.

    It is looked for too where only the combined figure of a priority makes that one impossible.
    """

    scopes: tuple[Scope, ...]
    reason: Limit | Excess | Uneven | None = None
    sizes: tuple[int, ...] = ()
    """Numbers of actions of the priorities, in order, with which they give the overall row; () if none."""

    @property
    def is_possible(self) -> bool:
        """Whether all rows can hold together."""
        return self.reason is None and all(one.found for one in self.scopes)

    @property
    def overall(self) -> Scope | None:
        """The overall row, where there is one."""
        return next((one for one in self.scopes if is_overall(one.row)), None)

    @property
    def priorities(self) -> tuple[Scope, ...]:
        """All other rows."""
        return tuple(one for one in self.scopes if not is_overall(one.row))


def is_overall(row: Published) -> bool:
    """Whether a row is the one that the others add up to."""
    return row.scope.casefold() == OVERALL


def reconcile(rows: Sequence[Published]) -> Reconciliation:
    """Decide every row by itself, and whether the overall row can follow from the others.

    Either all rows have a number of actions or none has (`published.checked` sees to it), and at most one is
    the overall row.
    """
    scopes = tuple(Scope(row, _by_itself(row)) for row in rows)
    overall = next((row for row in rows if is_overall(row)), None)
    priorities = [row for row in rows if not is_overall(row)]
    if overall is None or not priorities:
        return Reconciliation(scopes)
    all_found = all(one.found for one in scopes)
    if overall.actions is not None:
        sizes = tuple(row.actions or 0 for row in priorities)
        excess = _excess(priorities, overall, overall.actions) if all_found else None
        return Reconciliation(scopes, excess, () if excess or not all_found else sizes)
    plain = [replace(row, complete_or_on_target=None) for row in priorities]
    if not all(row.grains.is_possible for row in (overall, *plain)):
        return Reconciliation(scopes)
    # Figures that were added after rounding are left aside as long as the contradiction does not need them.
    limit = Mix(plain, overall).limit(without_combined=True)
    if limit or not all_found:
        return Reconciliation(scopes, limit)
    mix = Mix(priorities, overall)
    return Reconciliation(scopes, mix.limit(without_combined=False), mix.sizes())


def _by_itself(row: Published) -> Space | None:
    if row.actions is None:
        return smallest(row)
    space = Space.of(row, row.actions)
    return space if space.is_possible else None


def _excess(priorities: Sequence[Published], overall: Published, actions: int) -> Excess | Uneven | None:
    spaces = [Space.of(row, row.actions or 0) for row in priorities]
    together = sum(space.actions for space in spaces)
    if together != actions:
        return Uneven(actions, together)
    whole = Space.of(overall, actions)
    found = [
        Excess(group, sum(space.most(group) for space in spaces), whole.least(group)) for group in GROUPS
    ]
    failed = [one for one in found if one.most < one.least]
    return max(failed, key=lambda one: one.least - one.most, default=None)


class _Row(NamedTuple):
    """What a group of statuses asks of the parts of the priorities, in half percents."""

    need: Need
    most: tuple[int, ...]
    demand: Demand
    """`weights` times the parts is at least 0, or `least` = 1 for above 0."""


class Mix:
    """The overall row as a mix of the priorities in any sizes."""

    def __init__(self, priorities: Sequence[Published], overall: Published) -> None:
        self.size = len(priorities)
        self.rows = [self._row(group, priorities, overall) for group in GROUPS]

    @staticmethod
    def _row(group: Group, priorities: Sequence[Published], overall: Published) -> _Row:
        most = [row.grains.most(group) for row in priorities]
        least = overall.grains.least(group)
        # A limit that is not reached is a grain or a few inside the half percent.
        halves = tuple(-(-one // PER_HALF) for one in most)
        needed = least // PER_HALF
        is_open = least % PER_HALF != 0
        is_strict = is_open or any(one % PER_HALF for one in most)
        weights = [one - needed for one in halves]
        return _Row(Need(group, Fraction(needed, 2), is_open), halves, Demand(weights, int(is_strict)))

    def limit(self, *, without_combined: bool) -> Limit | None:
        """The plainest reason why no sizes will do; None where some do.

        Plainest: the fewest groups; of these, what is given is a single share as published; then the widest
        gap between what is reached and what is needed.
        """
        if self._parts(self.rows) is not None:
            return None
        found = [
            self._limit(row, [one for one in core if one is not row], without_combined)
            for core in self._cores()
            for row in core
        ]
        return max(
            found,
            key=lambda one: (
                -sum(_printed_apart(given.group) for given in one.given),
                one.need.percent - one.reach,
            ),
        )

    def _cores(self) -> list[list[_Row]]:
        """Sets of groups that contradict each other, none of which can be left out: all the smallest ones,
        or one where three groups or more are needed."""
        for number in (1, 2):
            found = [list(rows) for rows in combinations(self.rows, number) if self._parts(rows) is None]
            if found:
                return found
        core = list(self.rows)
        for row in self.rows:
            rest = [one for one in core if one is not row]
            if self._parts(rest) is None:
                core = rest
        return [core]

    def _limit(self, row: _Row, given: Sequence[_Row], without_combined: bool) -> Limit:
        """The most that a group reaches while other groups have what they need."""
        whole = [Demand([1] * self.size, 1), Demand([-1] * self.size, -1)]
        best = maximise(row.most, [*whole, *(Demand(one.demand.weights, 0) for one in given)])
        if best is None:
            raise ValueError("what is given contradicts itself, so it would have been the reason")
        return Limit(row.need, best.value / 2, tuple(one.need for one in given), without_combined)

    def _parts(self, rows: Sequence[_Row]) -> Best | None:
        """Parts above zero that give each group what it needs; every part is one plus an amount."""
        demands = [Demand(one.demand.weights, one.demand.least - sum(one.demand.weights)) for one in rows]
        return maximise([0] * self.size, demands)

    def sizes(self) -> tuple[int, ...]:
        """Whole numbers of actions that will do; () where none will.

        Parts times 200 make every bound of half a percent whole; ten for each row and one leave room for all
        the ones that "less than" takes off.
        """
        found = self._parts(self.rows)
        if found is None:
            return ()
        parts = [1 + amount for amount in found.amounts]
        scale = _common(parts) * 200 * 10 * (self.size + 1)
        return tuple(int(part * scale) for part in parts)


def _printed_apart(group: Group) -> int:
    """How many shares have to be read together for a group or for all the others: one or two."""
    return min(len(group), len(STATUSES) - len(group))


def _common(parts: Sequence[Fraction]) -> int:
    found = 1
    for part in parts:
        found = found * (part * found).denominator
    return found
