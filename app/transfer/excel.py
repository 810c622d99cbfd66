"""Rows as an Excel workbook: a sheet of them, and one that says what they are. Text is never worked out."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import IO, Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from app.transfer.columns import Column, Kind, Table
from app.transfer.plan_export import Row

_OPTIONS = {
    # One row is in memory at a time.
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_WIDTHS = {Kind.day: 13, Kind.time: 18, Kind.whole: 9, Kind.number: 9, Kind.yes_no: 9, Kind.text: 26}
_WIDE = 60
"""Of a column whose texts are long: they wrap."""


def write(
    table: Table,
    rows: Iterable[Row],
    file: IO[bytes],
    *,
    about: Sequence[tuple[str, str]],
    wide: frozenset[str] = frozenset(),
    created: datetime,
) -> None:
    """Write a workbook. ``about``: labels and values of the second sheet, ``wide``: columns of long text."""
    book = xlsxwriter.Workbook(file, _OPTIONS)
    book.set_properties({"title": table.name, "created": created.replace(tzinfo=None)})
    bold = book.add_format({"bold": True, "valign": "top", "text_wrap": True})
    text = book.add_format({"valign": "top", "text_wrap": True, "num_format": "@"})
    plain = book.add_format({"valign": "top"})
    day = book.add_format({"valign": "top", "num_format": "d mmm yyyy", "align": "left"})
    formats = {Kind.text: text, Kind.yes_no: text, Kind.day: day, Kind.time: text}
    sheet = book.add_worksheet(table.name)
    for place, column in enumerate(table.columns):
        width = _WIDE if column.name in wide else _WIDTHS[column.kind]
        sheet.set_column(place, place, width, formats.get(column.kind, plain))
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    for place, name in enumerate(table.names):
        sheet.write_string(0, place, name, bold)
    last = 0
    cells = [_cell(column, formats.get(column.kind, plain)) for column in table.columns]
    for last, row in enumerate(rows, start=1):
        for place, value in enumerate(table.values(row)):
            if value not in (None, ""):
                cells[place](sheet, last, place, value)
    sheet.autofilter(0, 0, last, len(table.columns) - 1)
    _tell(book.add_worksheet("About"), about, bold, text)
    book.close()


def _tell(sheet: Worksheet, about: Sequence[tuple[str, str]], bold: Any, text: Any) -> None:
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, _WIDE)
    for place, (label, value) in enumerate(about):
        sheet.write_string(place, 0, label, bold)
        sheet.write_string(place, 1, value, text)


def _cell(column: Column, form: Any) -> Callable[[Worksheet, int, int, Any], None]:
    """What writes a cell of a column. Each says what it writes, so no text is taken for anything else."""

    def write_cell(sheet: Worksheet, row: int, place: int, value: Any) -> None:
        match column.kind:
            case Kind.day:
                sheet.write_datetime(row, place, value, form)
            case Kind.whole | Kind.number:
                sheet.write_number(row, place, value, form)
            case Kind.yes_no:
                sheet.write_string(row, place, "Yes" if value else "No", form)
            case _:
                sheet.write_string(row, place, str(value), form)

    return write_cell
