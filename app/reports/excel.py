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
_NO_COLOUR = ""


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
        self._formats: dict[tuple[Any, ...], Format] = {}

    def write(self, sheet: Worksheet, row: int, place: int, value: Cell, **look: Any) -> None:
        """Write a cell. ``look``: ``kind`` of its column, ``bold``, ``ground`` "#rrggbb"."""
        kind, found = look.get("kind", Kind.text), self._format(value, **look)
        if value is None:
            sheet.write_blank(row, place, None, found)
        elif isinstance(value, str):
            sheet.write_string(row, place, fitting(value), found)
        elif isinstance(value, date):
            sheet.write_datetime(row, place, datetime.combine(value, time.min), found)
        else:
            share = value / 100 if kind is Kind.percent else value
            sheet.write_number(row, place, float(share), found)

    def _format(
        self, value: Cell, *, kind: Kind = Kind.text, bold: bool = False, ground: str = _NO_COLOUR
    ) -> Format:
        number = "@" if isinstance(value, str) else _NUMBER_FORMATS[kind]
        key = (number, bold, ground)
        if key not in self._formats:
            properties = {"valign": "top", "text_wrap": True, "num_format": number, "bold": bold}
            if number == _DAY:
                properties["align"] = "left"
            if ground:
                properties |= {"bg_color": ground, "font_color": ink_on(ground), "border": 1}
            self._formats[key] = self._book.add_format(properties)
        return self._formats[key]


_DAY = "d mmmm yyyy"
_NUMBER_FORMATS = {Kind.text: "@", Kind.whole: "#,##0", Kind.percent: "0%", Kind.day: _DAY}


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
    for row, line in enumerate(lines):
        pen.write(sheet, row, 0, line.label, bold=True)
        for place, value in ((1, line.value), (2, line.note)):
            if value is not None:
                pen.write(sheet, row, place, value, kind=_kind_of(value))


def _kind_of(value: Cell) -> Kind:
    if isinstance(value, str):
        return Kind.text
    return Kind.day if isinstance(value, date) else Kind.whole


def _write_sheet(pen: _Pen, sheet: Worksheet, made: Sheet) -> None:
    table = made.table
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, _width(column, [row[place] for row in table.rows]))
        pen.write(sheet, 0, place, column.label, bold=True)
    last = len(table.rows)
    for row, values in enumerate(table.rows, start=1):
        is_total = table.total and row == last
        for place, (value, column) in enumerate(zip(values, table.columns, strict=True)):
            ground = made.grounds.get((row - 1, place), _NO_COLOUR)
            pen.write(sheet, row, place, _known(value), kind=column.kind, bold=is_total, ground=ground)
    # The sum of all rows is not one of those that are sorted and filtered.
    sheet.autofilter(0, 0, max(last - table.total, 0), len(table.columns) - 1)


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
    return max(_NARROWEST, min(_WIDEST, max(longest, len(column.label) + 3) + 1))
