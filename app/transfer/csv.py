"""Rows as CSV (RFC 4180): UTF-8, a header row, lines that end in CR LF, ISO dates.

``write`` is for programs: no mark at the beginning, and text exactly as it was entered. A text that begins
with = + - @ is not altered, so such a file is not to be opened in a spreadsheet without importing its columns
as text (ADR 0017). ``write_for_people`` is what a spreadsheet opens by a double click (ADR 0024): a mark that
says UTF-8, and an apostrophe before what it would take for a formula.
"""

import csv
from collections.abc import Callable, Iterable, Mapping
from io import TextIOWrapper
from typing import IO, Any

from pydantic_core import to_json

from app.transfer.columns import Kind, Table
from app.transfer.plan_export import Row

_Cell = Callable[[Any], str]
SEPARATOR = " "
"""What stands between the values of a column that holds several."""


def write(table: Table, rows: Iterable[Row], file: IO[bytes]) -> None:
    """Write a table for programs; one row is in memory at a time."""
    _write(table, rows, file, "utf-8", _CELLS)


def write_for_people(table: Table, rows: Iterable[Row], file: IO[bytes]) -> None:
    """Write a table for a spreadsheet; one row is in memory at a time."""
    _write(table, rows, file, "utf-8-sig", _FOR_PEOPLE)


def _write(
    table: Table, rows: Iterable[Row], file: IO[bytes], encoding: str, kinds: Mapping[Kind, _Cell]
) -> None:
    text = TextIOWrapper(file, encoding=encoding, newline="", write_through=False)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(table.names)
    cells = [kinds[column.kind] for column in table.columns]
    for row in rows:
        values = table.values(row)
        writer.writerow(
            ["" if value is None else cell(value) for cell, value in zip(cells, values, strict=True)]
        )
    text.flush()
    text.detach()


def _time(value: Any) -> str:
    return str(value.isoformat()).replace("+00:00", "Z")


def _number(value: Any) -> str:
    return repr(value)


def _list(value: Any) -> str:
    return SEPARATOR.join(map(str, value))


_FORMULA = frozenset("=+-@|%\t\r\n＝＋－＠")
"""What a cell begins with that a spreadsheet may take for a formula or command, spaces before it left out."""


def as_plain_text(value: Any) -> str:
    """A text as a spreadsheet shows it and never works it out.

    >>> as_plain_text("=1+1"), as_plain_text("1+1")
    ("'=1+1", '1+1')
    """
    found = str(value)
    is_formula = found[:1] in _FORMULA or found.lstrip()[:1] in _FORMULA
    return f"'{found}" if is_formula else found


_CELLS: dict[Kind, _Cell] = {
    Kind.text: str,
    Kind.id: str,
    Kind.whole: str,
    Kind.number: _number,
    Kind.yes_no: lambda value: "true" if value else "false",
    Kind.day: str,
    Kind.time: _time,
    Kind.days: _list,
    Kind.ids: _list,
    Kind.words: _list,
    Kind.json: lambda value: to_json(value).decode(),
}
_FOR_PEOPLE: dict[Kind, _Cell] = {
    **_CELLS,
    Kind.text: as_plain_text,
    Kind.yes_no: lambda value: "Yes" if value else "No",
}
