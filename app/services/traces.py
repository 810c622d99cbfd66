"""Whether every dated entry is what the journal, which is chained, tells of it - and the other way round.

Each row of an append-only table was written with one journal entry, of the same area and sequence. Where one
of them is changed, added or taken away outside the service, they no longer agree.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import JSON, Connection, Table, func, select

from app.models.tables import (
    acknowledgements,
    areas,
    assessments,
    errata,
    journal_entries,
    management_action_updates,
    matrix_versions,
    publications,
    updates,
)
from app.sentences.words import listed
from app.services.stored import Fault, as_stored, parsed, rows

_OWN = {"id", "area_id", "sequence", "backdated"}
"""Columns that the journal does not tell of, or that find its entry."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of entry: its rows, the column with the journal's subject, and what differs in names."""

    table: Table
    word: str
    subject: str
    renamed: Mapping[str, str] = field(default_factory=dict)
    untold: frozenset[str] = frozenset()

    @property
    def columns(self) -> list[str]:
        """The columns that the journal tells of."""
        unknown = (_OWN | self.untold) - {self.subject}
        return [column.name for column in self.table.c if column.name not in unknown]


UPDATE = Kind(updates, "update", "action_id")
ASSESSMENT = Kind(assessments, "assessment", "risk_id")
MANAGEMENT_UPDATE = Kind(management_action_updates, "update", "management_action_id")
ERRATUM = Kind(errata, "erratum", "id")
ACKNOWLEDGEMENT = Kind(
    acknowledgements,
    "acknowledgement",
    "subject_id",
    {"check": "check_id"},
    frozenset({"effective_on", "operation"}),
)
PUBLICATION = Kind(
    publications,
    "publication",
    "period_id",
    {"recorded_at": "published_at", "state": ""},
    frozenset({"published_on", "content"}),
)
MATRIX = Kind(matrix_versions, "matrix version", "register_id")
KINDS = (UPDATE, ASSESSMENT, MANAGEMENT_UPDATE, ERRATUM, ACKNOWLEDGEMENT, PUBLICATION, MATRIX)
_DATED = {"action": UPDATE, "risk": ASSESSMENT, "management_action": MANAGEMENT_UPDATE}
_OTHERS = {
    ("erratum", "created"): ERRATUM,
    ("data_quality", "acknowledged"): ACKNOWLEDGEMENT,
    ("period", "published"): PUBLICATION,
    ("matrix", "added"): MATRIX,
}
_STAMPS = ("recorded_at", "author_kind", "author_id", "author_name", "operation", "reason")
_JOURNAL = ("sequence", "noun", "subject_id", "after", *_STAMPS)
_WORDS = {
    "effective_on": "effective date",
    "recorded_at": "recorded time",
    "published_at": "recorded time",
    "author_kind": "author",
    "author_id": "author",
    "author_name": "author",
    "id": "id",
}


def _kind_of(noun: Any, operation: Any) -> Kind | None:
    if noun in _DATED:
        return None if operation in ("created", "changed") else _DATED[noun]
    return _OTHERS.get((noun, operation))


def entry_count(db: Connection) -> int:
    """How many journal entries `wrong_entries` will look at."""
    return db.execute(select(func.count()).select_from(journal_entries)).scalar_one()


def wrong_entries(db: Connection) -> Iterator[Fault | None]:
    """Compare every dated entry with its journal entry; yields a fault, or None for each of the journal."""
    for area in list(rows(db, areas, ("id", "slug"), "ORDER BY slug")):
        yield from _Area(db, area).faults()


class _Area:
    """The entries of one area, each kind read once, side by side with the journal."""

    def __init__(self, db: Connection, area: Mapping[str, Any]) -> None:
        self.slug, self.area_id, self.db = area["slug"], area["id"], db
        self.cursors = {
            kind.table.name: _Cursor(self._rows(kind.table, list(dict.fromkeys(("sequence", *kind.columns)))))
            for kind in KINDS
        }

    def _rows(self, table: Table, wanted: Sequence[str]) -> Iterator[dict[str, Any]]:
        # As it is stored, the id may be no id at all: SQLite compares it as it is.
        wanted_id = ":area_id" if self.db.dialect.name == "sqlite" else "CAST(:area_id AS UUID)"
        tail = f"WHERE area_id = {wanted_id} ORDER BY sequence"
        return rows(self.db, table, wanted, tail, area_id=self.area_id)

    def faults(self) -> Iterator[Fault | None]:
        for entry in self._rows(journal_entries, _JOURNAL):
            kind = _kind_of(entry["noun"], entry["operation"])
            if kind is not None:
                yield from self._compare(kind, entry)
            yield None
        for kind in KINDS:
            for row in self.cursors[kind.table.name].until(None):
                yield _untold(self.slug, kind, row)

    def _compare(self, kind: Kind, entry: Mapping[str, Any]) -> Iterator[Fault | None]:
        cursor, sequence = self.cursors[kind.table.name], entry["sequence"]
        for row in cursor.until(sequence):
            yield _untold(self.slug, kind, row)
        told = _told(kind, entry)
        stored = cursor.take(sequence)
        if stored is None:
            words = (
                f"{_an(kind)} of {{}} is gone: entry {sequence} of the journal of {self.slug} tells of it."
            )
            yield Fault(f"{kind.word}s that are gone", *_subject(kind, told), words)
            return
        differing = _differing(kind, stored, told)
        if differing:
            words = f"{_an(kind)} of {{}} was altered: entry {sequence} of the journal of {self.slug} tells"
            words += f" otherwise of its {listed(differing)}."
            yield Fault(f"{kind.word}s that were altered", *_subject(kind, told), words)


class _Cursor:
    """Rows in the order of their sequences, looked at one ahead."""

    def __init__(self, found: Iterator[dict[str, Any]]) -> None:
        self.found = found
        self.next: dict[str, Any] | None = next(found, None)

    def until(self, sequence: Any) -> Iterator[dict[str, Any]]:
        """The rows before a sequence; all for None. What is no number sorts as SQLite does: at the end."""
        while self.next is not None and (sequence is None or _place(self.next) < _number(sequence)):
            row, self.next = self.next, next(self.found, None)
            yield row

    def take(self, sequence: Any) -> dict[str, Any] | None:
        """The row at a sequence, which is then behind."""
        if self.next is None or _place(self.next) != _number(sequence):
            return None
        row, self.next = self.next, next(self.found, None)
        return row


def _number(sequence: Any) -> float:
    return sequence if isinstance(sequence, int) else float("inf")


def _place(row: Mapping[str, Any]) -> float:
    return _number(row["sequence"])


def _told(kind: Kind, entry: Mapping[str, Any]) -> dict[str, Any]:
    """What a journal entry says of its row, by the row's columns."""
    columns = kind.table.c
    after = parsed(entry["after"])
    told: dict[str, Any] = {"facts": {}}
    for name, value in after.items() if isinstance(after, dict) else ():
        column = kind.renamed.get(name, name)
        if column in columns:
            told[column] = as_stored(kind.table, column, value)
        elif column:
            told["facts"][name] = value
    told |= {kind.renamed.get(name, name): entry[name] for name in _STAMPS}
    told[kind.subject] = entry["subject_id"]
    return told


def _differing(kind: Kind, stored: Mapping[str, Any], told: Mapping[str, Any]) -> list[str]:
    found = []
    for name in kind.columns:
        is_json = isinstance(kind.table.c[name].type, JSON)
        value = parsed(stored[name]) if is_json else stored[name]
        if value != told.get(name):
            found.append(_WORDS.get(name, name.removesuffix("_id").replace("_", " ")))
    return list(dict.fromkeys(found))


def _untold(slug: str, kind: Kind, row: Mapping[str, Any]) -> Fault:
    words = f"{_an(kind)} of {{}} (sequence {row['sequence']}) was put there: the journal of {slug} tells of"
    return Fault(f"{kind.word}s that were put there", *_subject(kind, row), f"{words} none.")


def _subject(kind: Kind, values: Mapping[str, Any]) -> tuple[str, str]:
    if kind is ERRATUM or kind is PUBLICATION:
        return "period", str(values.get("period_id"))
    if kind is ACKNOWLEDGEMENT:
        return str(values.get("subject_noun")), str(values["subject_id"])
    return kind.subject.removesuffix("_id"), str(values[kind.subject])


def _an(kind: Kind) -> str:
    return f"{'An' if kind.word[0] in 'aeu' else 'A'} {kind.word}"
