"""What whole percentages, each rounded half up from counts, say about those counts.

Domain rules, section 2: every percentage is rounded half up from the counts, each by itself; the combined
figure comes from the summed counts. A whole percentage p of n actions therefore means a count x with
(2p - 1) n <= 200 x < (2p + 1) n, and the four counts add to n exactly. Everything here is whole numbers.

**Counts and shares are the same question.** Every bound is a multiple of half a percent, and the only strict
ones are upper bounds. Sums of the bounds that decide whether counts exist, and how many there can be of some
statuses, take each bound at most once (the bounds are nested: complete and on target within the combined
figure, all four within the total; such systems are totally unimodular). So at most five strict bounds meet in
one sum, and a strict bound may be moved inward by a tenth of half a percent without changing any answer but
whether the limit itself is reached. Of `GRAINS` = 2,000 actions every bound is a multiple of ten and "less
than" takes off exactly one: the counts of 2,000 actions stand for the shares of any number of actions. In
particular a row that any number of actions can give, 2,000 actions can give.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations
from typing import Literal, NamedTuple

from app.plans.statuses import Status

Share = int | Literal["none"] | None
"""A published share: a whole percentage (0: rounds to 0), "none" (exactly zero), None (not published)."""

STATUSES = tuple(Status)
COMBINED = "complete_or_on_target"
SHARES = (*(status.value for status in STATUSES), COMBINED)
"""The fields of a row that hold a share, in the order of every table."""

GRAINS = 2_000
PER_HALF = 10
"""Grains in half a percent."""

Group = frozenset[Status]
"""Some of the four statuses, looked at together."""

FRONT = frozenset({Status.complete, Status.on_target})
GROUPS: tuple[Group, ...] = tuple(
    frozenset(chosen)
    for chosen in chain.from_iterable(combinations(STATUSES, size) for size in range(1, len(STATUSES)))
)
"""Every choice of one, two or three statuses, smaller ones first."""


@dataclass(frozen=True)
class Published:
    """The figures of one scope as published."""

    scope: str
    complete: Share = None
    on_target: Share = None
    delayed: Share = None
    not_started: Share = None
    complete_or_on_target: Share = None
    actions: int | None = None

    def share(self, name: str) -> Share:
        """One of the five shares by its field."""
        found: Share = getattr(self, name)
        return found

    @cached_property
    def grains(self) -> "Space":
        """The counts of `GRAINS` actions: the shares of any number of actions."""
        return Space.of(self, GRAINS)


class Span(NamedTuple):
    """Counts from `low` to `high`, both included; none at all where `low` is above."""

    low: int
    high: int


def span(share: Share, actions: int) -> Span:
    """Return the counts of `actions` that are published as this share."""
    if share is None:
        return Span(0, actions)
    if share == "none":
        return Span(0, 0)
    low = -(-(2 * share - 1) * actions // 200)
    high = -(-(2 * share + 1) * actions // 200) - 1
    return Span(max(0, low), min(actions, high))


class Space(NamedTuple):
    """All counts of `actions` actions that give a row: bounds of the four and of the first two together."""

    spans: dict[Status, Span]
    combined: Span
    actions: int

    @classmethod
    def of(cls, row: Published, actions: int) -> "Space":
        """The counts that give the row with this number of actions."""
        spans = {status: span(row.share(status.value), actions) for status in STATUSES}
        return cls(spans, span(row.share(COMBINED), actions), actions)

    def sources(self) -> tuple[Span, Span, Span]:
        """What three sources say of complete plus on target: the two by themselves, the combined figure, and
        what delayed and not started leave. Row by row these are all the bounds that there are."""
        complete, on_target, delayed, not_started = (self.spans[status] for status in STATUSES)
        return (
            Span(complete.low + on_target.low, complete.high + on_target.high),
            self.combined,
            Span(
                self.actions - delayed.high - not_started.high,
                self.actions - delayed.low - not_started.low,
            ),
        )

    def front(self) -> Span:
        """How many can be complete or on target: what the three sources have in common."""
        sources = self.sources()
        return Span(max(one.low for one in sources), min(one.high for one in sources))

    @property
    def is_possible(self) -> bool:
        """Whether there are such counts: no bound is empty, and the three sources have a number in common."""
        front = self.front()
        return front.low <= front.high and all(one.low <= one.high for one in self.spans.values())

    def most(self, group: Iterable[Status]) -> int:
        """The largest count of the statuses of a group together. The space must be possible.

        With k complete or on target, each half by itself is a row of two numbers with a given sum; both
        maxima are straight in k between the points tried, so the largest is at one of these.
        """
        wanted = frozenset(group)
        complete, on_target, delayed, not_started = (self.spans[status] for status in STATUSES)
        front = self.front()
        bends = (
            complete.high + on_target.low,
            on_target.high + complete.low,
            self.actions - delayed.high - not_started.low,
            self.actions - not_started.high - delayed.low,
        )
        tried = {*front, *(one for one in bends if front.low <= one <= front.high)}
        return max(
            _most_of_two(k, Status.complete in wanted, Status.on_target in wanted, complete, on_target)
            + _most_of_two(
                self.actions - k,
                Status.delayed in wanted,
                Status.not_started in wanted,
                delayed,
                not_started,
            )
            for k in tried
        )

    def least(self, group: Iterable[Status]) -> int:
        """The smallest count of the statuses of a group together. The space must be possible."""
        return self.actions - self.most(frozenset(STATUSES) - frozenset(group))

    def counts(self) -> dict[Status, int]:
        """Counts that give the row: of all of them those with the most complete, then the most on target,
        then the most delayed. The space must be possible."""
        left = self
        for status in STATUSES:
            count = left.most({status})
            left = left._replace(spans={**left.spans, status: Span(count, count)})
        return {status: left.spans[status].low for status in STATUSES}


def _most_of_two(total: int, first_counts: bool, second_counts: bool, first: Span, second: Span) -> int:
    if first_counts and second_counts:
        return total
    if first_counts:
        return min(first.high, total - second.low)
    return min(second.high, total - first.low) if second_counts else 0


def smallest(row: Published) -> Space | None:
    """Return the counts of the fewest actions that can give the row; None where no number of actions can.

    The search ends: a row that any number of actions gives is given by 2,000 too (see above).
    """
    if not row.grains.is_possible:
        return None
    return next(
        space for space in (Space.of(row, actions) for actions in range(1, GRAINS + 1)) if space.is_possible
    )


def least_count(row: Published, status: Status) -> int:
    """Return a count of the status that the row needs at least, whatever its number of actions.

    The row must be possible. It is the smallest there is among the first 4,000 numbers of actions, or what
    the share itself demands of more where that is smaller, so it never says too much.
    """
    share = row.grains.least({status})
    if share == 0:
        return 0
    halves = share // PER_HALF
    best = row.grains.actions
    for actions in range(1, 2 * GRAINS + 1):
        if max(1, -(-halves * actions // 200)) >= best:
            return best
        space = Space.of(row, actions)
        if space.is_possible:
            best = min(best, space.least({status}))
    return min(best, max(1, halves * 2 * GRAINS // 200))
