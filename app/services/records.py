"""What every mutable record shares: finding it in one's area, versions, and journalled changes."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, Table, Update, bindparam, insert, select, update
from sqlalchemy import delete as sql_delete
from sqlalchemy.exc import IntegrityError

from app.access.roles import Principal
from app.clock import Moment
from app.errors import Conflict, Invalid, NotFound, PreconditionFailed, invalid
from app.errors import Fault as InputFault
from app.models.base import new_id
from app.models.tables import people
from app.services import journal, ref_cases

ADDED_ALREADY = "This was added already."
CURSOR_KEY = "key_"
"""What names of columns begin with that a list reads only for its cursor."""

_FOUND: dict[str, Select[Any]] = {}


def find(db: Connection, who: Principal, table: Table, record_id: UUID, noun: str) -> dict[str, Any]:
    """The row with this id in the caller's area. Raises NotFound, also for another area's."""
    statement = _FOUND.get(table.name)
    if statement is None:
        statement = _FOUND[table.name] = select(table).where(
            table.c.id == bindparam("record_id"), table.c.area_id == bindparam("in_area")
        )
    row = db.execute(statement, {"record_id": record_id, "in_area": who.area_id}).one_or_none()
    if row is None:
        raise NotFound(noun)
    return dict(row._mapping)


def as_dicts(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows of one statement as dicts; a row's own mapping takes four times as long.

    What a list reads only for its cursor stands at the end of a row and is left out.
    """
    names = [name for name in rows[0]._fields if not name.startswith(CURSOR_KEY)] if rows else []
    return [dict(zip(names, row, strict=False)) for row in rows]


def check_version(current: Mapping[str, Any], expected: int | None, answer: Any) -> None:
    """Raise PreconditionFailed, with the current answer, when the record is not at ``expected``."""
    if expected is not None and current["version"] != expected:
        raise PreconditionFailed(answer())


def create(
    db: Connection,
    who: Principal,
    at: Moment,
    table: Table,
    noun: str,
    values: Mapping[str, Any],
    *,
    also: Mapping[str, Any] | None = None,
    record_id: UUID | None = None,
) -> UUID:
    """Insert a new record with its journal entry and return its id: ``record_id`` where one was set aside.

    ``also`` holds the lists of a new record that live in tables of their own, to be journalled with it.
    """
    record_id = record_id or new_id()
    stamps = {
        "id": record_id,
        "area_id": who.area_id,
        "version": 1,
        "created_at": at.now,
        "updated_at": at.now,
    }
    row = {**values, **stamps}
    if "ref" in values:
        ref_cases.require_free(db, table, values["ref"], {**row, "id": None})
    insert_unique(db, table, row)
    journal.record(db, who, at, journal.Change(noun, record_id, "created", None, {**values, **(also or {})}))
    return record_id


def change(
    db: Connection,
    who: Principal,
    at: Moment,
    table: Table,
    noun: str,
    current: Mapping[str, Any],
    values: Mapping[str, Any],
    *,
    also: Mapping[str, tuple[Any, Any]] | None = None,
) -> None:
    """Store what differs, raise the version and journal it; does nothing when nothing differs.

    ``also`` holds (before, after) of lists that live in tables of their own.
    """
    changed = {name: value for name, value in values.items() if current[name] != value}
    lists = {name: pair for name, pair in (also or {}).items() if pair[0] != pair[1]}
    if not changed and not lists:
        return
    if "ref" in changed:
        ref_cases.require_free(db, table, changed["ref"], current)
    _update_unique(
        db, table, current["id"], {**changed, "version": current["version"] + 1, "updated_at": at.now}
    )
    before = {name: current[name] for name in changed} | {name: pair[0] for name, pair in lists.items()}
    after = dict(changed) | {name: pair[1] for name, pair in lists.items()}
    journal.record(db, who, at, journal.Change(noun, current["id"], "changed", before, after))


def delete(
    db: Connection, who: Principal, at: Moment, table: Table, noun: str, current: Mapping[str, Any]
) -> None:
    """Delete a record; what it was, without its stamps, stays in the journal.

    Raises Conflict where something still belongs to it.
    """
    try:
        with db.begin_nested():
            db.execute(sql_delete(table).where(table.c.id == current["id"]))
    except IntegrityError as error:
        raise Conflict("Something belongs to this still, so it stays. Delete or move that first.") from error
    was = {name: value for name, value in current.items() if name in table.c and name not in _STAMPS}
    journal.record(db, who, at, journal.Change(noun, current["id"], "deleted", was, None))


_STAMPS = ("id", "area_id", "version", "created_at", "updated_at")


def touch(db: Connection, at: Moment, table: Table, current: Mapping[str, Any]) -> None:
    """Raise the version of a record whose entries or parts changed."""
    now = {"record_id": current["id"], "to_version": current["version"] + 1, "now": at.now}
    db.execute(_touching(table), now)


@cache
def _touching(table: Table) -> Update:
    return (
        update(table)
        .where(table.c.id == bindparam("record_id"))
        .values(version=bindparam("to_version"), updated_at=bindparam("now"))
    )


_UNIQUE_FIELDS = {
    "ref": ref_cases.USED,
    "email": "This e-mail address has an account already.",
    "slug": "This short name is used already.",
}


def insert_unique(db: Connection, table: Table, values: Mapping[str, Any]) -> None:
    """Insert a row; a value that must be unique and is not becomes an error of its field."""
    try:
        with db.begin_nested():
            db.execute(insert(table), [dict(values)])
    except IntegrityError as error:
        raise _field_error(error) from error


def _update_unique(db: Connection, table: Table, record_id: UUID, values: Mapping[str, Any]) -> None:
    statement = update(table).where(table.c.id == record_id).values(**values)
    if not _UNIQUE_FIELDS.keys() & values.keys():
        db.execute(statement)
        return
    try:
        with db.begin_nested():
            db.execute(statement)
    except IntegrityError as error:
        raise _field_error(error) from error


def _field_error(error: IntegrityError) -> Exception:
    # SQLite names the columns, PostgreSQL the constraint: both hold the column's name. What follows on
    # later lines is what was typed.
    text = str(error.orig).lower().partition("\n")[0]
    if "foreign key" in text:
        return Conflict("What this belongs to was deleted in the meantime. Go back and read it again.")
    if "unique" in text:
        for field, message in _UNIQUE_FIELDS.items():
            if field in text:
                return invalid(f"/{field}", message)
        if "pk_" in text or text.endswith(".id"):
            # Only an id that was set aside can be there: the same form, sent twice at once.
            return Conflict(ADDED_ALREADY)
    return error


def require_people(db: Connection, who: Principal, wanted: Mapping[str, UUID | None]) -> None:
    """Raise Invalid for each pointer whose person is not one of the caller's area."""
    ids = {person_id for person_id in wanted.values() if person_id is not None}
    if not ids:
        return
    known = set(
        db.execute(select(people.c.id).where(people.c.area_id == who.area_id, people.c.id.in_(ids))).scalars()
    )
    faults = [
        InputFault(pointer, "There is no such person in your area. Add the person first.")
        for pointer, person_id in wanted.items()
        if person_id is not None and person_id not in known
    ]
    if faults:
        raise Invalid(faults)


def refuse_nulls(values: Mapping[str, Any], names: tuple[str, ...]) -> None:
    """Raise Invalid for a field sent as null that must hold a value."""
    faults = [
        InputFault(f"/{name}", "This cannot be cleared. Leave the field out to keep it as it is.")
        for name in names
        if name in values and values[name] is None
    ]
    if faults:
        raise Invalid(faults)
