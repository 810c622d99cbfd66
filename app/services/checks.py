"""What the service looks at before it starts, and what `check` looks at in the whole database."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import from_json
from sqlalchemy import Connection, Table, TextClause, Uuid, bindparam, func, select, text

from app.access.roles import system
from app.journal.chain import HASHED, Entry
from app.journal.verification import Fault, Kind, Verdict
from app.migrations import append_only
from app.models.tables import (
    actions,
    areas,
    assessments,
    management_action_updates,
    management_actions,
    matrix_versions,
    publications,
    risks,
    updates,
)
from app.services import action_entries, entries, registers, risk_entries
from app.services import management_actions as management_actions_service
from app.services import publications as publications_service
from app.services.stored import called, readable, rows

_DATED = (updates, assessments, management_action_updates, matrix_versions)


def newest_effective_on(db: Connection) -> date | None:
    """The latest day that any entry of any area is effective on; None while there is no entry."""
    found = (db.execute(select(func.max(table.c.effective_on))).scalar() for table in _DATED)
    return max((day for day in found if day is not None), default=None)


def record_count(db: Connection) -> int:
    """How many records `wrong_states` will look at."""
    tables = (actions, risks, management_actions)
    return sum(db.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)


def wrong_states(db: Connection) -> Iterator[str | None]:
    """Fold the entries of every record again and compare with the states that answers are read from.

    Yields for each record a sentence that says what is wrong, or None.
    """
    for noun, table, derive in _DERIVED:
        for row in list(rows(db, table, ("id",), "ORDER BY id")):
            words = f"The entries of {called(db, noun, row['id'])}"
            yield readable(words, _fault, db, noun, table, derive, row["id"])


Record = Mapping[str, Any]


def _of_action(db: Connection, row: Record) -> tuple[entries.Derived, ...]:
    found = entries.as_entries(action_entries.KIND, entries.load(db, action_entries.KIND, row["id"]))
    return action_entries.derive(db, row["id"], row["plan_id"], found)


def _of_risk(db: Connection, row: Record) -> tuple[entries.Derived, ...]:
    found = entries.as_entries(risk_entries.KIND, entries.load(db, risk_entries.KIND, row["id"]))
    versions = registers.versions(db, row["register_id"])
    matrices = {one["matrix_version"]: registers.matrix_of(one) for one in versions}
    return (risk_entries.derive(row["id"], row["register_id"], found, matrices),)


def _of_management_action(db: Connection, row: Record) -> tuple[entries.Derived, ...]:
    kind = management_actions_service.KIND
    found = entries.as_entries(kind, entries.load(db, kind, row["id"]))
    return (management_actions_service.derive(row["id"], found),)


Derive = Callable[[Connection, Record], tuple[entries.Derived, ...]]
_DERIVED: tuple[tuple[str, Table, Derive], ...] = (
    ("action", actions, _of_action),
    ("risk", risks, _of_risk),
    ("management_action", management_actions, _of_management_action),
)


def _fault(db: Connection, noun: str, table: Table, derive: Derive, stored_id: str) -> str | None:
    row = db.execute(select(table).where(table.c.id == UUID(stored_id))).one()
    if not any(any(entries.differences(db, one)) for one in derive(db, dict(row._mapping))):
        return None
    return f"The states of {called(db, noun, stored_id)} do not follow from its entries."


# --- Triggers ---------------------------------------------------------------------------------------------


def missing_triggers(db: Connection) -> list[str]:
    """A sentence for each table that no longer refuses that what was recorded is changed."""
    return [
        f"The table {table} no longer refuses changes: its append-only triggers are gone or altered."
        for table in append_only.unprotected(db)
    ]


# --- Published periods ------------------------------------------------------------------------------------


def publication_count(db: Connection) -> int:
    """How many published periods `wrong_publications` will look at."""
    return db.execute(select(func.count()).select_from(publications)).scalar_one()


def wrong_publications(db: Connection) -> Iterator[str | None]:
    """Replay every published period and compare it with its stored copy.

    Yields for each a sentence that says what is wrong, or None.
    """
    names = {row["id"]: row["name"] for row in rows(db, areas, ("id", "name"), "")}
    for row in list(rows(db, publications, ("period_id", "area_id"), "ORDER BY area_id, sequence")):
        name = called(db, "period", row["period_id"])
        yield readable(f"The publication of {name}", _publication_fault, db, names, row, name)


def _publication_fault(db: Connection, names: Mapping[str, str], row: Record, name: str) -> str | None:
    period_id, area_id = UUID(row["period_id"]), UUID(row["area_id"])
    found = publications_service.fault(db, system(area_id, names[row["area_id"]]), period_id)
    # The path of a figure is for programs.
    return _PATH.sub(".", found.replace(f"period {period_id}", name)) if found else None


_PATH = re.compile(r" \([^()]*\)\.$")


# --- The journal ------------------------------------------------------------------------------------------


def _reading(expressions: Mapping[str, str]) -> TextClause:
    """All entries of an area as plain texts and numbers: what was tampered with may be of no type."""
    columns = (expressions.get(name, '"{}"').format(name) for name in (*HASHED, "hash"))
    statement = f"SELECT {', '.join(columns)} FROM journal_entries WHERE area_id = :area_id ORDER BY sequence"
    return text(statement).bindparams(bindparam("area_id", type_=Uuid())).execution_options(yield_per=1000)


_TEXT = 'CAST("{}" AS TEXT)'
_ID = f"replace({_TEXT}, '-', '')"
_TIME = """to_char("{}" AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24\\:MI\\:SS.US')"""
_ENTRIES = {
    "sqlite": _reading({}),
    # As SQLite has them: the server writes them out in half the time that making objects of them takes.
    "postgresql": _reading(
        {"before": _TEXT, "after": _TEXT, "recorded_at": _TIME}
        | dict.fromkeys(("id", "area_id", "author_id", "subject_id"), _ID)
    ),
}


class Journal(NamedTuple):
    """An area's journal: how many entries it must have."""

    area_id: UUID
    slug: str
    last_sequence: int


def journals(db: Connection) -> list[Journal]:
    """The journal of every area, by the area's short name."""
    rows = db.execute(select(areas.c.id, areas.c.slug, areas.c.last_sequence).order_by(areas.c.slug))
    return [Journal(*row) for row in rows]


def journal_entries(db: Connection, journal: Journal) -> Iterator[Entry]:
    """A journal's entries in their order, read as they are verified."""
    for row in db.execute(_ENTRIES[db.dialect.name], {"area_id": journal.area_id}):
        *plain, before, after, reason, stored = row
        yield Entry._make((*plain, _parsed(before), _parsed(after), reason, stored))


def _parsed(stored: Any) -> Any:
    try:
        return None if stored is None else from_json(stored)
    except (ValueError, TypeError):
        return stored  # no JSON, so not what was written: its hash will not fit


def journal_faults(journal: Journal, verdict: Verdict) -> Iterator[str]:
    """What is wrong with a journal, a sentence a fault."""
    for fault in verdict.faults:
        yield f"The journal of {journal.slug}: {_words(fault)}."
    if verdict.more_faults:
        yield (
            f"The journal of {journal.slug}: {verdict.more_faults} more entries do not fit. "
            "Is SEND_TRACKER_JOURNAL_KEY the key that they were written with?"
        )


def _words(fault: Fault) -> str:
    several = fault.other > fault.sequence
    match fault.kind:
        case Kind.edited:
            return f"entry {fault.sequence} was edited, or the service did not write it"
        case Kind.inserted:
            return f"entry {fault.sequence} was inserted, the service did not write it"
        case Kind.swapped:
            return f"entry {fault.sequence} was swapped, in its place stands entry {fault.other}"
        case Kind.missing:
            return (
                f"entries {fault.sequence} to {fault.other} are missing"
                if several
                else (f"entry {fault.sequence} is missing")
            )
        case Kind.cut:
            return f"it was cut, entries from {fault.sequence} to {fault.other} are missing at its end"
