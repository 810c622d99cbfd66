"""How many rows each choice of several filters would show, all other filters staying as they are."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple


class Facets(NamedTuple):
    """Rows that fit every filter, and by filter how many rows of each value fit all the others."""

    total: int
    counts: tuple[Counter[Any], ...]


def tally(rows: Iterable[tuple[Sequence[Any], int]], fits: Sequence[Callable[[Any], bool]]) -> Facets:
    """Count rows, each given as its value for every filter and how often it stands there.

    ``fits`` say for each filter whether a value is one that is asked for.
    """
    counts = tuple(Counter[Any]() for _ in fits)
    total = 0
    for values, count in rows:
        missed = [place for place, fit in enumerate(fits) if not fit(values[place])]
        if not missed:
            total += count
        # A row that one filter alone leaves out is counted with that filter's choices.
        for place in missed if len(missed) == 1 else range(0 if missed else len(fits)):
            counts[place][values[place]] += count
    return Facets(total, counts)


def is_asked(wanted: Any) -> Callable[[Any], bool]:
    """Fits a value that is the one asked for; anything, where none is."""
    return lambda value: wanted is None or value == wanted
