"""Whether every record that can be changed holds what its journal entries say last of each column.

The entries that created and changed a record follow one from another: what a change says was there before is
what those before it left. Rows that no entry made, and records that are gone, are found on the way.
"""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import JSON, Connection, Table, func, select

from app.models import tables
from app.models.tables import (
    action_co_leads,
    actions,
    commentaries,
    controls,
    journal_entries,
    management_actions,
    periods,
    plans,
    priorities,
    registers,
    risk_strategic_leads,
    risks,
)
from app.sentences.words import listed
from app.services.stored import Fault, as_stored, parsed, rows


class _People(NamedTuple):
    """People of a record in a table of their own: what the journal calls them, and the owner's column."""

    name: str
    table: Table
    owner: str


_TABLES: dict[str, Table] = {
    "plan": plans,
    "priority": priorities,
    "action": actions,
    "register": registers,
    "risk": risks,
    "control": controls,
    "management_action": management_actions,
    "person": tables.people,
    "period": periods,
    "commentary": commentaries,
}
_LISTS = {
    "action": _People("co_lead_ids", action_co_leads, "action_id"),
    "risk": _People("strategic_lead_ids", risk_strategic_leads, "risk_id"),
}
_UNTOLD = {"version", "created_at", "updated_at"}
_JOURNAL = ("area_id", "sequence", "noun", "subject_id", "operation", "before", "after")
_OF_RECORDS = """
    WHERE noun IN ({}) AND operation IN ('created', 'changed', 'published', 'deleted')
    ORDER BY subject_id, sequence
""".format(", ".join(f"'{noun}'" for noun in _TABLES))

State = dict[str, Any]


def record_count(db: Connection) -> int:
    """How many records there are."""
    return sum(db.execute(select(func.count()).select_from(table)).scalar_one() for table in _TABLES.values())


def wrong_records(db: Connection) -> Iterator[Fault | None]:
    """Compare every record with its journal entries, both by the record's id.

    Yields a fault, or None for each record that the journal tells of.
    """
    cursors = {noun: _Cursor(db, noun) for noun in _TABLES}
    found = rows(db, journal_entries, _JOURNAL, _OF_RECORDS)
    for (_, noun), history in groupby(found, key=lambda one: (str(one["subject_id"]), one["noun"])):
        entries = list(history)
        subject = str(entries[0]["subject_id"])
        told, contradicted = _told(noun, entries)
        for row in cursors[noun].until(subject):
            yield _untold(noun, row)
        yield contradicted
        yield _compared(noun, subject, cursors[noun].take(subject), told)
    for noun, cursor in cursors.items():
        for row in cursor.until(None):
            yield _untold(noun, row)


class _Cursor:
    """The records of one kind by their ids, looked at one ahead, with their people."""

    def __init__(self, db: Connection, noun: str) -> None:
        self.table, self.people = _TABLES[noun], _LISTS.get(noun)
        columns = [column.name for column in self.table.c if column.name not in _UNTOLD]
        self.found = rows(db, self.table, columns, "ORDER BY id")
        self.next: State | None = next(self.found, None)
        self.listed: Iterator[State] = iter(())
        self.next_listed: State | None = None
        if self.people is not None:
            wanted = (self.people.owner, "person_id")
            self.listed = rows(db, self.people.table, wanted, f"ORDER BY {self.people.owner}, position")
            self.next_listed = next(self.listed, None)

    def until(self, subject: str | None) -> Iterator[State]:
        """The rows before an id; all for None."""
        while self.next is not None and (subject is None or str(self.next["id"]) < subject):
            yield self._take(self.next)

    def take(self, subject: str) -> State | None:
        """The row with an id, which is then behind."""
        if self.next is None or str(self.next["id"]) != subject:
            return None
        return self._take(self.next)

    def _take(self, row: State) -> State:
        self.next = next(self.found, None)
        if self.people is not None:
            row[self.people.name] = self._people(self.people.owner, str(row["id"]))
        return row

    def _people(self, owner: str, record_id: str) -> list[Any]:
        found = []
        while self.next_listed is not None and str(self.next_listed[owner]) <= record_id:
            if str(self.next_listed[owner]) == record_id:
                found.append(self.next_listed["person_id"])
            self.next_listed = next(self.listed, None)
        return found


def _told(noun: str, entries: list[State]) -> tuple[State | None, Fault | None]:
    """What entries say of a record last, and where one of them contradicts those before it.

    A record that was added without people has no list of them in its first entry. None of one that the last
    entry deleted.
    """
    told: State = {"area_id": entries[0]["area_id"]}
    if noun in _LISTS:
        told[_LISTS[noun].name] = []
    contradicted: Fault | None = None
    for entry in entries:
        before, after = _values(noun, entry["before"]), _values(noun, entry["after"])
        if entry["operation"] == "published":
            after = {"state": after.get("state")}
        wrong = [name for name, value in before.items() if name in told and told[name] != value]
        if wrong and contradicted is None:
            words = f"entry {entry['sequence']} of the journal changed the {_words(wrong)} from a value that"
            words = f"On {{}} {words} no entry before it had given."
            contradicted = Fault("records altered before a change", noun, str(entry["subject_id"]), words)
        told |= after
    return None if entries[-1]["operation"] == "deleted" else told, contradicted


def _values(noun: str, stored: Any) -> State:
    """A journal's JSON object by columns and lists, in the form in which these are read."""
    found = parsed(stored)
    table, people = _TABLES[noun], _LISTS.get(noun)
    values: State = {}
    for name, value in found.items() if isinstance(found, dict) else ():
        if people is not None and name == people.name:
            values[name] = [str(one).replace("-", "") for one in value or ()]
        elif name in table.c:
            values[name] = as_stored(table, name, value)
    return values


def _compared(noun: str, subject: str, row: State | None, told: State | None) -> Fault | None:
    if told is None:
        words = "The {} is there again: the journal tells that it was deleted."
        return Fault(f"{_plural(noun)} that were put there", noun, subject, words) if row else None
    if row is None:
        words = "The {} is gone: the journal tells of it, and of nobody who deleted it."
        return Fault(f"{_plural(noun)} that are gone", noun, subject, words)
    columns = _TABLES[noun].c
    wrong = []
    for name, value in row.items():
        if name == "id":
            continue
        is_json = name in columns and isinstance(columns[name].type, JSON)
        if (parsed(value) if is_json else value) != told.get(name):
            wrong.append(name)
    if not wrong:
        return None
    words = f"The {{}} was altered: the journal tells otherwise of its {_words(wrong)}."
    return Fault(f"{_plural(noun)} that were altered", noun, subject, words)


def _untold(noun: str, row: Mapping[str, Any]) -> Fault:
    words = "The {} was put there: no entry of the journal made it."
    return Fault(f"{_plural(noun)} that were put there", noun, str(row["id"]), words)


def _words(names: list[str]) -> str:
    return listed([name.removesuffix("_id").replace("_ids", "s").replace("_", " ") for name in names])


_PLURALS = {"priority": "priorities", "person": "people", "commentary": "commentaries"}


def _plural(noun: str) -> str:
    return _PLURALS.get(noun, f"{noun}s".replace("_", " "))
