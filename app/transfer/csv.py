"""Rows as CSV (RFC 4180): UTF-8 without a mark, a header row, lines that end in CR LF, ISO dates.

For programs: text is exactly as it was entered. A text that begins with = + - @ is not altered, so such a
file is not to be opened in a spreadsheet without importing its columns as text (ADR 0017).
"""

import csv
from collections.abc import Callable, Iterable
from io import TextIOWrapper
from typing import IO, Any

from pydantic_core import to_json

from app.transfer.columns import Kind, Table
from app.transfer.plan_export import Row

SEPARATOR = " "
"""What stands between the values of a column that holds several."""


def write(table: Table, rows: Iterable[Row], file: IO[bytes]) -> None:
    """Write a table; one row is in memory at a time."""
    text = TextIOWrapper(file, encoding="utf-8", newline="", write_through=False)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(table.names)
    cells = [_CELLS[column.kind] for column in table.columns]
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


_CELLS: dict[Kind, Callable[[Any], str]] = {
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
