"""Dated, append-only entries: what updates, assessments and management action updates share."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import Connection, Delete, Insert, Select, Table, bindparam, delete, insert, select

from app.access.roles import Operation, Principal, may
from app.clock import Moment
from app.entries.fold import Entry, standing
from app.errors import Fault, Invalid, NotAllowed, invalid
from app.models.base import new_id
from app.services import journal

Decode = Callable[[Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of entry: where its rows are, which column names the parent, and how facts are read."""

    table: Table
    parent: str
    noun: str
    decode: Decode


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry that is about to be recorded; ``facts`` as they are stored, stated ones only."""

    operation: str
    effective_on: date
    facts: Mapping[str, Any]
    narrative: str | None = None
    reason: str | None = None
    replaces: UUID | None = None
    backdated: bool = False


def load(db: Connection, kind: Kind, parent_id: UUID) -> list[dict[str, Any]]:
    """All entries of a record, in the order of its history, each saying which one replaced it."""
    rows = [
        dict(row._mapping) for row in db.execute(_loading(kind.table, kind.parent), {"parent_id": parent_id})
    ]
    by_replaced = {row["replaces"]: row["id"] for row in rows if row["replaces"]}
    for row in rows:
        row["replaced_by"] = by_replaced.get(row["id"])
    return rows


@cache
def _loading(table: Table, parent: str) -> Select[Any]:
    return (
        select(table)
        .where(table.c[parent] == bindparam("parent_id"))
        .order_by(table.c.effective_on, table.c.sequence)
    )


def as_entries(kind: Kind, rows: Iterable[Mapping[str, Any]]) -> list[Entry]:
    """Stored rows as the entries that the rules fold. A narrative is a fact: the last one told stands."""
    return [
        Entry(
            id=row["id"],
            sequence=row["sequence"],
            effective_on=row["effective_on"],
            facts=_with_narrative(
                kind.decode(row["facts"]), row["narrative"], row["id"], row["effective_on"]
            ),
            replaces=row["replaces"],
        )
        for row in rows
    ]


def draft_entry(kind: Kind, draft: Draft, entry_id: UUID) -> Entry:
    """A draft as the newest entry of all, to try it out before anything is written."""
    facts = _with_narrative(kind.decode(draft.facts), draft.narrative, entry_id, draft.effective_on)
    return Entry(entry_id, _NEWEST, draft.effective_on, facts, draft.replaces)


_NEWEST = 2**62


def _with_narrative(
    facts: dict[str, Any], narrative: str | None, entry_id: UUID, day: date
) -> dict[str, Any]:
    return facts | {"narrative_id": entry_id, "narrative_on": day} if narrative else facts


def effective_day(given: date | None, today: date) -> date:
    """The effective date of an entry: today unless given. Raises Invalid for a day still to come."""
    if given is not None and given > today:
        raise invalid("/effective_on", f"Give today, {today}, or an earlier day: this day has not come yet.")
    return given or today


def place(entries: Sequence[Entry], draft: Draft, published: str | None = None) -> Draft:
    """Mark a draft as backdated where it is. Raises Invalid when it does not fit the history.

    Domain rules, section 5: an entry dated before the latest one, or inside a published period (its ref),
    needs a reason, the first of a record too. A wrong entry is corrected by one that names it, and only once.
    """
    faults: list[Fault] = []
    counted = standing(entries)
    if draft.replaces is not None and draft.replaces not in {entry.id for entry in counted}:
        faults.append(
            Fault("/replaces", "Name an entry of this record that counts and has not been replaced already.")
        )
    others = [entry for entry in counted if entry.id != draft.replaces]
    replaces_first = bool(counted) and counted[0].id == draft.replaces
    if counted and not replaces_first and draft.effective_on < counted[0].effective_on:
        first = counted[0].effective_on
        faults.append(Fault("/effective_on", f"Give {first} or a later day: it was added on that day."))
    backdated = any(draft.effective_on < entry.effective_on for entry in others)
    if backdated and not draft.reason:
        faults.append(Fault("/reason", "Give a reason: this is dated before an entry that already stands."))
    elif published and not draft.reason:
        faults.append(
            Fault("/reason", f"Give a reason: this is dated in period {published}, which is published.")
        )
    if faults:
        raise Invalid(faults)
    return replace(draft, backdated=backdated or published is not None)


_ANYBODYS = ("updated", "assessed")
_EDITORS_FACTS = frozenset({"points", "depends_on", "priority_id"})


def may_correct(who: Principal, entry: Mapping[str, Any]) -> bool:
    """Whether ``who``, who may add entries to the record, may correct this one.

    What only editors state (that a record was added or withdrawn, its state, its place), only they take back.
    """
    if may(who, Operation.edit):
        return True
    return entry["operation"] in _ANYBODYS and not _EDITORS_FACTS & set(entry["facts"])


def corrected(
    db: Connection, who: Principal, kind: Kind, parent_id: UUID, replaces: UUID | None
) -> dict[str, Any] | None:
    """The entry of the record that is to be corrected, None for none. Raises NotAllowed (``may_correct``)."""
    rows = load(db, kind, parent_id) if replaces else []
    found = next((row for row in rows if row["id"] == replaces), None)
    if found is not None and not may_correct(who, found):
        raise NotAllowed("Only editors may correct this entry.")
    return found


def append(
    db: Connection,
    who: Principal,
    at: Moment,
    kind: Kind,
    parent_id: UUID,
    draft: Draft,
    *,
    entry_id: UUID,
    before: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Store an entry with its journal row and return it as ``load`` would."""
    facts = to_jsonable_python(draft.facts)
    after = {**facts, "effective_on": draft.effective_on}
    after |= {name: getattr(draft, name) for name in ("narrative", "replaces") if getattr(draft, name)}
    change = journal.Change(kind.noun, parent_id, draft.operation, before, after, draft.reason)
    sequence = journal.record(db, who, at, change)
    row = {
        "id": entry_id,
        "area_id": who.area_id,
        "sequence": sequence,
        "effective_on": draft.effective_on,
        "recorded_at": at.now,
        "author_kind": who.kind,
        "author_id": who.id,
        "author_name": who.name,
        "operation": draft.operation,
        "narrative": draft.narrative,
        "reason": draft.reason,
        "backdated": draft.backdated,
        kind.parent: parent_id,
        "replaces": draft.replaces,
        "facts": facts,
    }
    db.execute(_insertion(kind.table), row)
    return {**row, "replaced_by": None}


def new_entry_id() -> UUID:
    """The id of an entry that is about to be recorded."""
    return new_id()


@dataclass(frozen=True, slots=True)
class Derived:
    """The rows of a derived table that one record must have."""

    table: Table
    owner: Mapping[str, UUID]
    keys: tuple[str, ...]
    rows: Sequence[Mapping[str, Any]]


Rows = list[dict[str, Any]]


def differences(db: Connection, derived: Derived) -> tuple[Rows, Rows]:
    """The stored rows that must go, and the rows that are missing; both empty when all agree."""
    keys = derived.keys
    stored = {
        tuple(row._mapping[key] for key in keys): dict(row._mapping)
        for row in db.execute(_derived(derived.table, tuple(derived.owner)), derived.owner)
    }
    wanted = {tuple(row[key] for key in keys): dict(row) for row in derived.rows}
    gone = [row for key, row in stored.items() if wanted.get(key) != row]
    fresh = [row for key, row in wanted.items() if stored.get(key) != row]
    return gone, fresh


def rewrite(db: Connection, derived: Derived) -> tuple[Rows, Rows]:
    """Make the derived rows of a record what they must be; the rows that went, and those that came."""
    [changed] = rewrite_together(db, [derived])
    return changed


def rewrite_together(db: Connection, several: Sequence[Derived]) -> list[tuple[Rows, Rows]]:
    """As ``rewrite`` of each, but all that goes has gone before anything comes: they may exchange refs."""
    found = [differences(db, derived) for derived in several]
    for derived, (gone, _) in zip(several, found, strict=True):
        for row in gone:
            old = {f"old_{name}": row[name] for name in derived.keys}
            db.execute(_removal(derived.table, derived.keys), old)
    for derived, (_, fresh) in zip(several, found, strict=True):
        if fresh:
            db.execute(_insertion(derived.table), fresh)
    return found


@cache
def _derived(table: Table, owner: tuple[str, ...]) -> Select[Any]:
    return select(table).where(*(table.c[name] == bindparam(name) for name in owner))


@cache
def _insertion(table: Table) -> Insert:
    return insert(table)


@cache
def _removal(table: Table, keys: tuple[str, ...]) -> Delete:
    return delete(table).where(*(table.c[name] == bindparam(f"old_{name}") for name in keys))


def stated(values: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The facts that an input states, ready to store."""
    found: dict[str, Any] = to_jsonable_python({name: values[name] for name in names if name in values})
    return found


def day(value: Any) -> date | None:
    """A stored date as a date."""
    return date.fromisoformat(value) if isinstance(value, str) else value
