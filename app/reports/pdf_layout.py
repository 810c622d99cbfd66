"""How a table lies on paper: the size of its letters, the widths of its columns, whether it may be parted."""

from collections.abc import Sequence
from typing import NamedTuple

from app.reports.glyphs import fitted, longest_word
from app.reports.widths import shared_out

WIDTH = 493.0
"""Points between the margins of an A4 page (``templates/main.typ``)."""
_SIZE, _SMALL_SIZE, _MANY_COLUMNS = 9.5, 9.0, 6
_LETTER, _BOLD_LETTER, _EDGES = 0.56, 0.62, 9.0
"""Of the size: the width of a letter, and of one in the head. In points: the room beside a cell's text."""
HEADS_OF_ROWS = 84.0
"""Points beside a heat map (``templates/pictures.typ``)."""
_FEW_ROWS, _FEW_LETTERS = 8, 700

Rows = Sequence[Sequence[Sequence[str]]]
"""The lines of every cell of every row."""


class Layout(NamedTuple):
    """``size`` and ``widths`` are in points; a table that is ``whole`` stands on one page.

    ``labels`` and ``rows`` are those given, with places to break the words that are wider than their column.
    """

    size: float
    widths: list[float]
    whole: bool
    labels: list[str]
    rows: list[list[list[str]]]


def layout(labels: Sequence[str], rows: Rows, shares: Sequence[int]) -> Layout:
    """Columns as wide as shared out, except that each has room for its longest word while there is room."""
    size = _SIZE if len(labels) < _MANY_COLUMNS else _SMALL_SIZE
    least = [
        _EDGES + size * max(_BOLD_LETTER * longest_word(label), _LETTER * _longest(rows, place))
        for place, label in enumerate(labels)
    ]
    widths = [round(width, 2) for width in shared_out(WIDTH, shares, least)]
    fits = [_letters(width, size) for width in widths]
    letters = sum(len(line) for row in rows for cell in row for line in cell)
    return Layout(
        size,
        widths,
        len(rows) <= _FEW_ROWS and letters <= _FEW_LETTERS,
        [fitted(one, _letters(width, size, bold=True)) for one, width in zip(labels, widths, strict=True)],
        [[[fitted(one, most) for one in cell] for cell, most in zip(row, fits, strict=True)] for row in rows],
    )


def square_letters(columns: int) -> int:
    """How many letters of a word fit in a square of a heat map of so many columns, and beside its rows."""
    width = min(HEADS_OF_ROWS, (WIDTH - HEADS_OF_ROWS) / max(columns, 1))
    return _letters(width, _SMALL_SIZE, bold=True)


def _letters(width: float, size: float, *, bold: bool = False) -> int:
    """How many letters fit in a cell of this width; at least one."""
    letter = size * (_BOLD_LETTER if bold else _LETTER)
    # Widths are rounded to hundredths: a word that a column was made for fits.
    return max(int((width - _EDGES + 0.01) / letter), 1)


def _longest(rows: Rows, place: int) -> int:
    return max((longest_word(line) for row in rows for line in row[place]), default=0)
