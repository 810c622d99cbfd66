"""How a width is shared out among the columns of a table, or the parts of a bar."""

from collections.abc import Sequence


def shared_out(total: float, shares: Sequence[float], least: Sequence[float]) -> list[float]:
    """The widths in proportion to their shares, except that none is less than its least.

    Where there is not even room for what is least, all shrink alike.

    >>> shared_out(100, [1, 1, 98], [10, 10, 10])
    [10, 10, 80.0]
    """
    if sum(least) >= total:
        return [total * one / sum(least) for one in least]
    tight: set[int] = set()
    while True:
        left = total - sum(least[place] for place in tight)
        parts = sum(share for place, share in enumerate(shares) if place not in tight)
        found = [
            least[place] if place in tight else left * share / parts for place, share in enumerate(shares)
        ]
        short = {place for place, width in enumerate(found) if width < least[place]} - tight
        if not short:
            return found
        tight |= short
