"""Lists: keyset pages over a statement, with a total and an opaque cursor."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, FromClause, Row, Select, func, literal, select, tuple_

from app.errors import invalid

LARGEST_PAGE = 200
DEFAULT_PAGE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Which page is asked for: a cursor from an earlier answer, and how many rows."""

    cursor: str | None = None
    limit: int = DEFAULT_PAGE


FIRST_PAGE = Page()


def encode_cursor(values: Sequence[Any], order: str) -> str:
    """An opaque cursor: the sort values of the last row, and the order that they belong to."""
    plain = [value.isoformat() if isinstance(value, date) else _plain(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps([order, *plain]).encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def decode_cursor(cursor: str, keys: Sequence[ColumnElement[Any]], order: str) -> list[Any]:
    """The values in a cursor, typed as the sort columns. Raises Invalid for one that is not ours."""
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        name, *values = found
        if name != order or len(values) != len(keys):
            raise ValueError
        return [_typed(value, key) for value, key in zip(values, keys, strict=True)]
    except (ValueError, TypeError, AttributeError, binascii.Error) as error:
        raise invalid("/cursor", "Use the `next` value of the answer before, unchanged.") from error


def _typed(value: Any, key: ColumnElement[Any]) -> Any:
    kind = key.type.python_type
    if kind is UUID:
        return UUID(value)
    if kind is datetime:
        return datetime.fromisoformat(value).astimezone(UTC)
    if kind is date:
        return date.fromisoformat(value)
    if not isinstance(value, kind) or "\x00" in str(value):
        raise ValueError
    return value


def page(
    db: Connection,
    statement: Select[Any],
    *,
    keys: Sequence[ColumnElement[Any]],
    count_from: FromClause,
    asked: Page,
    order: str = "",
    descending: bool = False,
) -> tuple[Sequence[Row[Any]], str | None, int]:
    """Rows of one page, the cursor of the next, and the total of all pages.

    ``count_from`` is what the conditions of the statement need, without what is joined only to be shown.
    ``keys`` are never null and end with a unique column, so that paging neither skips nor repeats rows.
    """
    counted = select(func.count()).select_from(count_from)
    if statement.whereclause is not None:
        counted = counted.where(statement.whereclause)
    total = db.execute(counted).scalar_one()
    labelled = [key.label(f"key_{place}") for place, key in enumerate(keys)]
    paged = statement.add_columns(*labelled)
    if asked.cursor:
        after = decode_cursor(asked.cursor, keys, order)
        here = tuple_(*keys)
        edge = tuple_(*(literal(value, key.type) for value, key in zip(after, keys, strict=True)))
        paged = paged.where(here < edge if descending else here > edge)
    ordered = [key.desc() if descending else key.asc() for key in keys]
    rows = db.execute(paged.order_by(*ordered).limit(asked.limit + 1)).all()
    following = None
    if len(rows) > asked.limit:
        rows = rows[: asked.limit]
        following = encode_cursor([rows[-1]._mapping[f"key_{place}"] for place in range(len(keys))], order)
    return rows, following, total


def answer(items: list[dict[str, Any]], following: str | None, total: int) -> dict[str, Any]:
    """A list answer as a plain dict."""
    return {"items": items, "next": following, "total": total}


def contains(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    """Whether a text column holds the words typed, whatever their case; wildcards are plain characters."""
    return func.lower(column).contains(text.lower(), autoescape=True)
