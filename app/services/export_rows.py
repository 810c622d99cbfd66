"""Reading the rows of an export: as a stream, a block at a time, whatever the size of a plan."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, Select, Uuid, bindparam

BLOCK = 500
"""Rows in memory at once."""

PLAN = bindparam("plan_id", type_=Uuid)
ExportRow = Mapping[str, Any]


def stream(db: Connection, statement: Select[Any], parameters: Mapping[str, Any]) -> Iterator[Row[Any]]:
    """The rows of a statement, fetched in blocks."""
    yield from db.execute(statement.execution_options(yield_per=BLOCK), parameters)


def plain(db: Connection, statement: Select[Any], parameters: Mapping[str, Any]) -> Iterator[ExportRow]:
    """Rows whose columns have the names that they are exported with."""
    for row in stream(db, statement, parameters):
        yield dict(zip(row._fields, row, strict=True))


def in_blocks(
    rows: Iterator[Row[Any]], shown: Callable[[Sequence[Row[Any]]], list[dict[str, Any]]]
) -> Iterator[dict[str, Any]]:
    """Rows as the API answers them, worked out block by block."""
    while block := list(islice(rows, BLOCK)):
        yield from shown(block)


def id_of(value: Mapping[str, Any] | None) -> Any:
    """The id of what an answer names, a person or an entry; None where it names nothing."""
    return value["id"] if value else None


ENTRY = (
    *("id", "sequence", "effective_on", "recorded_at", "author_name", "operation"),
    *("narrative", "reason", "backdated", "replaces"),
)
"""The columns that all dated entries share."""


def entry(row: Row[Any], facts: Sequence[str]) -> dict[str, Any]:
    """An entry with each of the facts that it may state, and the names of those that it does."""
    stated: dict[str, Any] = row.facts
    found = {name: value for name, value in row._mapping.items() if name != "facts"}
    found |= {name: stated.get(name) for name in facts}
    found["stated"] = list(stated)
    return found
