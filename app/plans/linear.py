"""Linear programmes in exact arithmetic: small ones, where a rounding error would be a false verdict."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple


class Demand(NamedTuple):
    """The demand that the sum of `weights[i] * x[i]` is at least `least`."""

    weights: Sequence[int]
    least: int


class Best(NamedTuple):
    """The largest value, and amounts that reach it."""

    value: Fraction
    amounts: tuple[Fraction, ...]


def maximise(weights: Sequence[int], demands: Sequence[Demand]) -> Best | None:
    """Return the largest sum of `weights[i] * x[i]` over all x >= 0 that meet the demands.

    None where no x meets them. The simplex method in two phases; of several choices always the variable with
    the smallest number is taken (Bland's rule), so it cannot go round in circles and ends. Raises ValueError
    where the sum has no largest value.
    """
    size = len(weights)
    table = _Table(size, demands)
    if any(row[0] < 0 for row in table.rows):
        table.enter_helper()
        table.climb([Fraction(0)] * (size + 1) + [Fraction(-1)])
        if not table.leave_helper():
            return None
    value = table.climb([Fraction(0), *(Fraction(weight) for weight in weights), Fraction(0)])
    return Best(value, table.amounts())


class _Table:
    """Each basic variable as a constant plus multiples of the others.

    Variables are numbered: 0 to n - 1 the amounts, n the helper, the rest by how much each demand is
    exceeded. `columns[i]` is the variable of place i + 1 of a row.
    """

    def __init__(self, size: int, demands: Sequence[Demand]) -> None:
        self.size = size
        self.columns = list(range(size + 1))
        self.basic = [size + 1 + place for place in range(len(demands))]
        self.rows = [
            [Fraction(-demand.least), *(Fraction(weight) for weight in demand.weights), Fraction(0)]
            for demand in demands
        ]

    def enter_helper(self) -> None:
        """Let the helper ease every demand, as far as the one that is missed most needs."""
        for row in self.rows:
            row[-1] = Fraction(1)
        worst = min(range(len(self.rows)), key=lambda place: self.rows[place][0])
        self._pivot(worst, self.size)

    def leave_helper(self) -> bool:
        """Take the helper out again; False where the demands cannot be met without it."""
        if self.size in self.basic:
            place = self.basic.index(self.size)
            if self.rows[place][0] != 0:
                return False
            column = next(number for number, factor in enumerate(self.rows[place][1:]) if factor != 0)
            self._pivot(place, column)
        column = self.columns.index(self.size) + 1
        for row in self.rows:
            row[column] = Fraction(0)
        return True

    def climb(self, weights: Sequence[Fraction]) -> Fraction:
        """Raise the weighted sum of the amounts and the helper as far as it goes; return its value."""
        while True:
            goal = self._goal(weights)
            rising = [
                (variable, column) for column, variable in enumerate(self.columns) if goal[column + 1] > 0
            ]
            if not rising:
                return goal[0]
            column = min(rising)[1]
            limits = [
                (row[0] / -row[column + 1], self.basic[place], place)
                for place, row in enumerate(self.rows)
                if row[column + 1] < 0
            ]
            if not limits:
                raise ValueError("the sum has no largest value")
            self._pivot(min(limits)[2], column)

    def amounts(self) -> tuple[Fraction, ...]:
        """The amounts as they stand."""
        found = {variable: row[0] for variable, row in zip(self.basic, self.rows, strict=True)}
        return tuple(found.get(variable, Fraction(0)) for variable in range(self.size))

    def _goal(self, weights: Sequence[Fraction]) -> list[Fraction]:
        goal = [Fraction(0)] * (len(self.columns) + 1)
        for variable in range(self.size + 1):
            weight = weights[variable + 1]
            if weight == 0:
                continue
            if variable in self.basic:
                row = self.rows[self.basic.index(variable)]
                goal = [one + weight * other for one, other in zip(goal, row, strict=True)]
            else:
                goal[self.columns.index(variable) + 1] += weight
        return goal

    def _pivot(self, place: int, column: int) -> None:
        """Exchange the basic variable of a row with the variable of a column."""
        row = self.rows[place]
        factor = row[column + 1]
        solved = [-one / factor for one in row]
        solved[column + 1] = 1 / factor
        self.rows[place] = solved
        for other, line in enumerate(self.rows):
            multiple = line[column + 1]
            if other != place and multiple != 0:
                line[column + 1] = Fraction(0)
                self.rows[other] = [one + multiple * new for one, new in zip(line, solved, strict=True)]
        self.basic[place], self.columns[column] = self.columns[column], self.basic[place]
