"""A report as an Excel workbook: its tables, each on a sheet of its own, and how the figures were made.

Every cell is written as what it is, so no text is ever worked out: the file has no formula and no link.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.reports.cells import written
from app.reports.colours import ink_on
from app.reports.document import Cell, Column, Document, Kind
from app.reports.excel_sheets import METHOD, Line, Sheet, method, sheets
from app.reports.plain import one_line, readable

LONGEST_TEXT = 32_767
"""What a cell can hold, in the UTF-16 units that Excel counts."""
SHORTENED = " […] Shortened: the text has {:,} characters, more than a cell holds. The service has all of it."
_NARROWEST, _WIDEST, _METHOD_WIDTHS = 10, 60, (24, 90, 10)
_FIRST_YEAR = 1900
"""Excel knows no earlier day: one is written as text."""
_LONGEST_FOOT, _LONGEST_PROPERTY = 180, 255
_LINE_HEIGHT, _HIGHEST_ROW = 15, 405
"""In points; Excel has no row higher than 409."""


def excel(document: Document, content: Mapping[str, Any]) -> bytes:
    """The file of a document and of the content that it was made from. The same make the same bytes."""
    file = BytesIO()
    # In memory: nothing of a report is left in a folder of the machine.
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    book.set_properties(
        {
            "title": one_line(document.title, _LONGEST_PROPERTY),
            "subject": one_line(document.subtitle, _LONGEST_PROPERTY),
            "author": one_line(document.look.name, _LONGEST_PROPERTY),
            "created": datetime.combine(document.as_at, time.min),
        }
    )
    made = sheets(document, content)
    pen = _Pen(book)
    _write_method(pen, _new_sheet(book, METHOD, document), list(method(document, content, made)))
    for sheet in made:
        _write_sheet(pen, _new_sheet(book, sheet.name, document), sheet)
    book.close()
    return file.getvalue()


class _Pen:
    """Writes cells, each as what it is, in the formats of one workbook."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}

    def write(
        self,
        sheet: Worksheet,
        at: tuple[int, int],
        value: Cell,
        look: Mapping[str, Any],
        kind: Kind = Kind.text,
    ) -> None:
        """Write a cell of a column of a kind ``at`` a row and column.

        ``look`` is what XlsxWriter calls the properties of a format.
        """
        row, place = at
        found = self._format({**_aligned(value, kind), **look})
        if value is None:
            sheet.write_blank(row, place, None, found)
        elif isinstance(value, str):
            sheet.write_string(row, place, fitting(value), found)
        elif isinstance(value, date):
            sheet.write_datetime(row, place, datetime.combine(value, time.min), found)
        else:
            share = value / 100 if kind is Kind.percent else value
            sheet.write_number(row, place, float(share), found)

    def _format(self, look: Mapping[str, Any]) -> Format:
        key = tuple(sorted(look.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format({"valign": "top", "text_wrap": True, **look})
        return self._formats[key]


def _aligned(value: Cell, kind: Kind) -> dict[str, Any]:
    """Figures at the right, all else at the left, and a little away from figures beside it."""
    if isinstance(value, str):
        return {"num_format": "@", **_AT_LEFT}
    if isinstance(value, date):
        return {"num_format": _DAY, **_AT_LEFT}
    return {"num_format": _NUMBER_FORMATS[kind], "align": "right"}


_DAY = "d mmmm yyyy"
_NUMBER_FORMATS = {Kind.text: "General", Kind.whole: "#,##0", Kind.percent: "0%", Kind.day: _DAY}
_BOLD = {"bold": True}
_HEAD = {**_BOLD, "bottom": 1, "bg_color": "#eef0f1"}
_TITLE = {**_BOLD, "font_size": 14, "text_wrap": False}
_SECTION = {**_BOLD, "font_size": 12, "text_wrap": False}


def fitting(text: str) -> str:
    """A text that a cell can hold; what had to be left out is said."""
    plain = readable(text)
    if _units(plain) <= LONGEST_TEXT:
        return plain
    note = SHORTENED.format(len(plain))
    kept = plain[: LONGEST_TEXT - len(note)]
    while _units(kept) > LONGEST_TEXT - len(note):
        kept = kept[: -max(1, (_units(kept) - LONGEST_TEXT + len(note)) // 2)]
    return kept + note


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


# --- Sheets -----------------------------------------------------------------------------------------------


def _new_sheet(book: Any, name: str, document: Document) -> Worksheet:
    sheet: Worksheet = book.add_worksheet(name)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    # In a foot "&" begins a command, unless it is written twice.
    foot = one_line(document.foot, _LONGEST_FOOT // 2).replace("&", "&&")
    sheet.set_footer(f"&L{foot}&R&P / &N")
    return sheet


def _write_method(pen: _Pen, sheet: Worksheet, lines: Sequence[Line]) -> None:
    for place, width in enumerate(_METHOD_WIDTHS):
        sheet.set_column(place, place, width)
    row = 0
    for line in lines:
        if line.value is None:
            # A section begins under an empty row; the first of them is the title.
            row += 1 if row else 0
            pen.write(sheet, (row, 0), line.label, _SECTION if row else _TITLE)
        else:
            pen.write(sheet, (row, 0), line.label, _BOLD)
            pen.write(sheet, (row, 1), line.value, _AT_LEFT)
            if line.note is not None:
                pen.write(sheet, (row, 2), line.note, {}, Kind.whole)
            _set_height(sheet, row, [line.label, written(line.value, Kind.text)], _METHOD_WIDTHS[:2])
        row += 1


def _write_sheet(pen: _Pen, sheet: Worksheet, made: Sheet) -> None:
    table = made.table
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    widths = [
        _width(column, [row[place] for row in table.rows]) for place, column in enumerate(table.columns)
    ]
    for place, (column, width) in enumerate(zip(table.columns, widths, strict=True)):
        sheet.set_column(place, place, width)
        side = _AT_RIGHT if column.kind in _FIGURES else {}
        pen.write(sheet, (0, place), column.label, {**_HEAD, **side})
    last = len(table.rows)
    for row, values in enumerate(table.rows, start=1):
        total = _BOLD if table.total and row == last else {}
        for place, (value, column) in enumerate(zip(values, table.columns, strict=True)):
            ground = _grounded(made.grounds.get((row - 1, place), ""))
            pen.write(sheet, (row, place), _known(value), {**total, **ground}, column.kind)
        texts = [written(value, column.kind) for value, column in zip(values, table.columns, strict=True)]
        _set_height(sheet, row, texts, widths)
    # The sum of all rows is not one of those that are sorted and filtered.
    sheet.autofilter(0, 0, max(last - table.total, 0), len(table.columns) - 1)


_FIGURES = frozenset({Kind.whole, Kind.percent})
_AT_RIGHT, _AT_LEFT = {"align": "right", "indent": 0}, {"align": "left", "indent": 1}


def _grounded(ground: str) -> dict[str, Any]:
    return {"bg_color": ground, "font_color": ink_on(ground), "border": 1} if ground else {}


def _set_height(sheet: Worksheet, row: int, texts: Sequence[str], widths: Sequence[int]) -> None:
    """Room for the lines of a row: not every program works it out when it opens a file."""
    lines = max(
        sum(1 + max(len(line) - 1, 0) // max(width - 3, 1) for line in text[:LONGEST_TEXT].split("\n"))
        for text, width in zip(texts, widths, strict=True)
    )
    if lines > 1:
        sheet.set_row(row, min(lines * _LINE_HEIGHT, _HIGHEST_ROW))


def _known(value: Cell) -> Cell:
    """A value that Excel has: a day before its first one becomes text."""
    if isinstance(value, date) and value.year < _FIRST_YEAR:
        return written(value, Kind.day)
    return value


def _width(column: Column, values: Sequence[Cell]) -> int:
    """Room for what stands in a column, in letters; long texts wrap."""
    longest = max(
        (len(line) for value in values for line in written(value, column.kind).split("\n")), default=0
    )
    # The arrow of a filter takes the room of three letters.
    return max(_NARROWEST, min(_WIDEST, max(longest, len(column.label) + 3) + 2))
