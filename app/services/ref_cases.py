"""Refs that differ only in capital letters are one ref to people: "PAP" and "pap" never stand side by side.

Asked inside the transaction that writes, where writers of an area queue: databases need no rule of their own,
and what was stored before the rule stays as it is.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, UniqueConstraint, bindparam, func, select

from app.errors import invalid

USED = "This ref is used already. Choose another one."


def has_case(refs: Iterable[str]) -> bool:
    """Whether any of the refs could be written in another case; "2.5" could not."""
    return any(ref.lower() != ref.upper() for ref in refs)


def like(ref: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a ref is one of the parameter ``small``, refs in small letters: for plain letters alone.

    SQLite folds no others: where a ref has one, its neighbours are read and compared here.
    """
    found: ColumnElement[bool] = func.lower(ref).in_(bindparam("small", expanding=True))
    return found


def small(refs: Iterable[str]) -> list[str]:
    """Refs in small letters."""
    return sorted({ref.lower() for ref in refs})


def message(ref: str, other: str) -> str:
    """Why a ref cannot be used where another one is."""
    if ref == other:
        return USED
    return f"The ref {other} is used already and differs only in capital letters. Choose another one."


def require_free(db: Connection, table: Table, ref: str, record: Mapping[str, Any]) -> None:
    """Raise Invalid where a record beside this one has the ref, in whatever case.

    ``record`` holds the column within which refs of the table are unique, and its ``id``, None for a new one.
    """
    parent, beside, like_it = _beside(table)
    given = {"parent_id": record[parent]}
    rows = (
        db.execute(like_it, given | {"small": small([ref])}) if ref.isascii() else db.execute(beside, given)
    )
    others = [row.ref for row in rows if row.id != record["id"] and row.ref.lower() == ref.lower()]
    if others:
        raise invalid("/ref", message(ref, ref if ref in others else others[0]))


@cache
def _beside(table: Table) -> tuple[str, Select[Any], Select[Any]]:
    """The column within which a table's refs are unique, the refs there, and those that are like one."""
    columns = next(
        [column.name for column in one.columns]
        for one in table.constraints
        if isinstance(one, UniqueConstraint) and "ref" in one.columns
    )
    (parent,) = (name for name in columns if name != "ref")
    found = select(table.c.id, table.c.ref).where(
        table.c[parent] == bindparam("parent_id", type_=table.c[parent].type)
    )
    return parent, found, found.where(like(table.c.ref))
