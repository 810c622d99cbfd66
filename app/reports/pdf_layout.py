"""How a table lies on paper: the size of its letters, the widths of its columns, whether it may be parted."""

from collections.abc import Sequence
from typing import NamedTuple

from app.reports.glyphs import longest_word
from app.reports.widths import shared_out

WIDTH = 493.0
"""Points between the margins of an A4 page (``templates/main.typ``)."""
_SIZE, _SMALL_SIZE, _MANY_COLUMNS = 9.5, 9.0, 6
_LETTER, _BOLD_LETTER, _EDGES = 0.55, 0.6, 9.0
"""Of the size: the width of a letter, and of one in the head. In points: the room beside a cell's text."""
_FEW_ROWS, _FEW_LETTERS = 8, 700

Rows = Sequence[Sequence[Sequence[str]]]
"""The lines of every cell of every row."""


class Layout(NamedTuple):
    """``size`` and ``widths`` are in points; a table that is ``whole`` stands on one page."""

    size: float
    widths: list[float]
    whole: bool


def layout(labels: Sequence[str], rows: Rows, shares: Sequence[int]) -> Layout:
    """Columns as wide as shared out, except that each has room for its longest word."""
    size = _SIZE if len(labels) < _MANY_COLUMNS else _SMALL_SIZE
    least = [
        _EDGES + size * max(_BOLD_LETTER * longest_word(label), _LETTER * _longest(rows, place))
        for place, label in enumerate(labels)
    ]
    letters = sum(len(line) for row in rows for cell in row for line in cell)
    whole = len(rows) <= _FEW_ROWS and letters <= _FEW_LETTERS
    return Layout(size, [round(width, 2) for width in shared_out(WIDTH, shares, least)], whole)


def _longest(rows: Rows, place: int) -> int:
    return max((longest_word(line) for row in rows for line in row[place]), default=0)
