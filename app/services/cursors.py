"""Cursors of lists: where the next page begins, sealed for the one list and question that they are for.

A cursor holds the sort values of the last row, and a seal over them and the question: the list, the area or
record that it belongs to, filters, order and day. The question itself is not in it, as it comes with each
request; so a cursor stays short, and one of another list, of another question, or made up, does not fit.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, TypeDecorator

from app.config import settings
from app.errors import BadCursor
from app.security import SEAL_BYTES, seal, seal_matches

Keys = Sequence[ColumnElement[Any]]
Question = Mapping[str, Any]
"""What a list is asked: its name, what it belongs to, filters, order and day; None is not asked."""
_PURPOSE = "cursor"


def encode(values: Iterable[Any], question: Question) -> str:
    """The cursor that follows a row with these sort values, for this question alone."""
    plain = json.dumps(
        [_written(value) for value in values], separators=(",", ":"), ensure_ascii=False
    ).encode()
    return _text(seal(_sealed(plain, question), settings().key(), _PURPOSE) + plain)


def decode(cursor: str, keys: Keys, question: Question) -> list[Any]:
    """The values in a cursor, typed as the sort columns. Raises BadCursor for one of another question."""
    try:
        whole = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        found, plain = whole[:SEAL_BYTES], whole[SEAL_BYTES:]
        if not seal_matches(found, _sealed(plain, question), settings().key(), _PURPOSE):
            raise BadCursor
        return [_typed(value, key) for value, key in zip(json.loads(plain), keys, strict=True)]
    except (ValueError, TypeError, binascii.Error) as error:
        raise BadCursor from error


def _sealed(plain: bytes, question: Question) -> bytes:
    asked = {name: _compared(value) for name, value in question.items() if value is not None}
    return json.dumps(asked, sort_keys=True).encode() + b"\0" + plain


def _compared(value: Any) -> Any:
    """A value of a question as text: the same moment is the same question, however it is written."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Enum):
        return str(value.value)
    return value if isinstance(value, bool | int) else str(value)


def _written(value: Any) -> Any:
    if isinstance(value, UUID):
        return _text(value.bytes)
    return value.isoformat() if isinstance(value, date) else value


def _typed(value: Any, key: ColumnElement[Any]) -> Any:
    plain = key.type.impl_instance if isinstance(key.type, TypeDecorator) else key.type
    kind = plain.python_type
    if kind is UUID:
        return UUID(bytes=base64.urlsafe_b64decode(value + "=="))
    if kind is datetime:
        return datetime.fromisoformat(value).astimezone(UTC)
    if kind is date:
        return date.fromisoformat(value)
    if type(value) is not kind:
        raise ValueError
    return value


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
