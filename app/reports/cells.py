"""How the values of a document are written wherever a file holds text: the same figure reads the same."""

from datetime import date

from app.reports.document import Cell, Commentary, Kind
from app.sentences.words import day_in_words


def written(cell: Cell, kind: Kind) -> str:
    """A cell as text: "1,234", "44%", "30 June 2024"; "" where there is none.

    A text in a column of another kind says why there is no value, and stays as it is.
    """
    if cell is None or isinstance(cell, str):
        return cell or ""
    if isinstance(cell, date):
        return day_in_words(cell)
    return f"{cell}%" if kind is Kind.percent else f"{cell:,}"


def said_by(commentary: Commentary) -> str:
    """Who wrote a commentary and when, as the words before it."""
    return f"Commentary by {commentary.author}, {day_in_words(commentary.written_on)}"
