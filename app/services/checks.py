"""What the service looks at before it starts, and what `check` looks at in the whole database."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import from_json
from sqlalchemy import Connection, Table, TextClause, Uuid, bindparam, func, select, text

from app.access.roles import system
from app.journal.chain import HASHED, Entry
from app.journal.verification import Fault, Kind, Verdict
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
    for row in _every(db, actions):
        found = entries.as_entries(action_entries.KIND, entries.load(db, action_entries.KIND, row["id"]))
        yield _fault(db, "action", row, action_entries.derive(db, row["id"], row["plan_id"], found))
    for row in _every(db, risks):
        found = entries.as_entries(risk_entries.KIND, entries.load(db, risk_entries.KIND, row["id"]))
        versions = registers.versions(db, row["register_id"])
        matrices = {one["matrix_version"]: registers.matrix_of(one) for one in versions}
        derived = risk_entries.derive(row["id"], row["register_id"], found, matrices)
        yield _fault(db, "risk", row, (derived,))
    for row in _every(db, management_actions):
        kind = management_actions_service.KIND
        found = entries.as_entries(kind, entries.load(db, kind, row["id"]))
        derived = management_actions_service.derive(row["id"], found)
        yield _fault(db, "management action", row, (derived,))


def _every(db: Connection, table: Table) -> Iterator[dict[str, Any]]:
    for row in db.execute(select(table).order_by(table.c.id)):
        yield dict(row._mapping)


def _fault(
    db: Connection, noun: str, row: dict[str, Any], derived: tuple[entries.Derived, ...]
) -> str | None:
    wrong = [one.table.name for one in derived if any(entries.differences(db, one))]
    if not wrong:
        return None
    return f"The states of {noun} {row['id']} do not follow from its entries ({', '.join(wrong)})."


# --- Published periods ------------------------------------------------------------------------------------

_PUBLISHED = (
    select(publications.c.period_id, areas.c.id, areas.c.name)
    .join(areas, areas.c.id == publications.c.area_id)
    .order_by(areas.c.slug, publications.c.sequence)
)


def publication_count(db: Connection) -> int:
    """How many published periods `wrong_publications` will look at."""
    return db.execute(select(func.count()).select_from(publications)).scalar_one()


def wrong_publications(db: Connection) -> Iterator[str | None]:
    """Replay every published period and compare it with its stored copy.

    Yields for each a sentence that says what is wrong, or None.
    """
    for period_id, area_id, area_name in db.execute(_PUBLISHED).all():
        yield publications_service.fault(db, system(area_id, area_name), period_id)


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
