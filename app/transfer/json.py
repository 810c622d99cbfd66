"""An export as one JSON object: its heading, then a list of objects for each table."""

from collections.abc import Iterable, Iterator
from typing import IO

from pydantic_core import to_json

from app.transfer.columns import Table
from app.transfer.plan_export import Export, Row


def write(export: Export, file: IO[bytes]) -> None:
    """Write the export; one row is in memory at a time."""
    file.write(to_json(export.heading.shown()).removesuffix(b"}"))
    for table, rows in export.tables():
        file.write(b',"' + table.name.encode() + b'":[')
        for number, line in enumerate(_lines(table, rows)):
            file.write(b",\n" + line if number else line)
        file.write(b"]")
    file.write(b"}\n")


def _lines(table: Table, rows: Iterable[Row]) -> Iterator[bytes]:
    for row in rows:
        yield to_json(dict(zip(table.names, table.values(row), strict=True)))
