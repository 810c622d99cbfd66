"""How wide the columns of a table are on paper."""

from collections.abc import Sequence

from app.reports.glyphs import longest_word

WIDTH = 493.0
"""Points between the margins of an A4 page (``templates/data.typ``)."""
_LETTER, _BOLD_LETTER, _EDGES = 5.2, 5.7, 9.0
"""Points that a letter takes in a table, in its head, and the room on both sides of a cell."""


def widths(labels: Sequence[str], rows: Sequence[Sequence[list[str]]], shares: Sequence[int]) -> list[float]:
    """The widths in points: as shared out, except that each column has room for its longest word."""
    least = [
        _EDGES + max(_BOLD_LETTER * longest_word(label), _LETTER * _longest(rows, place))
        for place, label in enumerate(labels)
    ]
    if sum(least) >= WIDTH:
        return [round(WIDTH * one / sum(least), 2) for one in least]
    tight: set[int] = set()
    while True:
        left = WIDTH - sum(least[place] for place in tight)
        parts = sum(share for place, share in enumerate(shares) if place not in tight)
        found = [
            least[place] if place in tight else left * share / parts for place, share in enumerate(shares)
        ]
        short = {place for place, width in enumerate(found) if width < least[place]}
        if not short:
            return [round(width, 2) for width in found]
        tight |= short


def _longest(rows: Sequence[Sequence[list[str]]], place: int) -> int:
    return max((longest_word(line) for row in rows for line in row[place]), default=0)
