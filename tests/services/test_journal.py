"""The journal in the database: nothing changes what was written, and what was changed even so is found."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, delete, event, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from app import config, db
from app.access.roles import Principal
from app.journal import chain
from app.journal.verification import Kind, Verdict, verify
from app.migrations import append_only
from app.models import tables
from app.models.base import new_id
from app.models.people import PersonCreate
from app.services import checks, journal, people
from tests import factories
from tests.databases import KINDS, open_copy
from tests.factories import AT, Cast, see

ENTRIES = tables.journal_entries
AREAS = tables.areas
COLUMNS = [column.name for column in ENTRIES.c]
PROTECTED = ("journal_entries", "updates", "assessments", "management_action_updates", "matrix_versions")


def history(cast: Cast) -> None:
    """Some of everything that is journalled, in both areas."""
    for who in (cast.editor, cast.stranger):
        plan = factories.make_plan(who)
        priority = factories.make_priority(who, plan["id"], statement="Families said: “too late” — “again”.")
        action = factories.make_action(who, priority, due_on="2024-05-31")
        for status in ("on_target", "delayed", "on_target"):
            factories.update(
                who, action["id"], status=status, narrative=f"Now {status}", reason="Told by Zoë"
            )
        register = factories.make_register(who, plan_id=plan["id"])
        risk = factories.make_risk(who, register["id"], current=factories.pair(4, 4))
        for impact in (3, 2):
            factories.assess(who, risk["id"], current=factories.pair(4, impact))
        factories.make_control(who, risk["id"])
        task = factories.make_management_action(who, risk["id"])
        factories.update_management_action(who, task["id"], status="delayed", narrative="Advert is out")
    for number in range(25):
        factories.make_person(cast.editor, name=f"Lead {number}")


def verdict_of(connection: Connection, area: Principal, sought: str | None = None) -> Verdict:
    """What verifying an area's journal in this transaction says."""
    found = next(one for one in checks.journals(connection) if one.area_id == area.area_id)
    entries = checks.journal_entries(connection, found)
    return verify(entries, config.settings().chain_key(), found.last_sequence, sought)


# --- What is written --------------------------------------------------------------------------------------


@pytest.fixture
def cast(database: str) -> Cast:
    made = factories.cast()
    history(made)
    return made


def test_every_entry_follows_the_one_before_it(cast: Cast) -> None:
    for area in (cast.editor, cast.stranger):
        with db.read(None) as reader:
            verdict = verdict_of(reader, area)
        assert verdict.faults == []
        assert verdict.head == see(journal.head, area)


def test_the_chain_covers_what_is_stored_to_the_last_character(cast: Cast) -> None:
    """Texts and times that two databases could give back differently."""
    later = AT._replace(now=AT.now + timedelta(microseconds=1))
    values = {
        "words": "Ünïcode “quoted” \\ / \t\n\u2028 🙂 e\u0301",
        "number": 12345678901234567890,
        "share": 0.1,
    }
    change = journal.Change(
        "plan", new_id(), "changed", {"nested": [values, None]}, values, "\u200bwhy\u00a0"
    )
    with db.write(cast.editor) as writer:
        journal.record(writer, cast.editor, later, change)
    with db.read(None) as reader:
        assert verdict_of(reader, cast.editor).faults == []


def test_with_another_key_no_entry_fits(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEND_TRACKER_JOURNAL_KEY", "another key of more than thirty-two characters")
    config.settings.cache_clear()
    with db.read(None) as reader:
        assert verdict_of(reader, cast.editor).faults[0].sequence == 1


def test_an_entry_costs_two_statements(cast: Cast) -> None:
    """The hash to follow comes with the next number; only after waiting is it looked for again."""
    change = journal.Change("plan", new_id(), "changed", None, {"title": "Plan"})
    statements: list[str] = []
    with db.write(cast.editor) as writer:
        event.listen(writer, "before_cursor_execute", lambda *given: statements.append(given[2]))
        journal.record(writer, cast.editor, AT, change)
    assert [one.split()[0] for one in statements] == ["UPDATE", "INSERT"]


def test_what_is_taken_back_leaves_no_gap(cast: Cast) -> None:
    with taken_back() as writer:
        people.create_person(writer, cast.editor, AT, PersonCreate(name="Nobody"))
    factories.make_person(cast.editor, name="Somebody")
    with db.read(None) as reader:
        assert verdict_of(reader, cast.editor).faults == []


def test_after_a_cut_the_service_goes_on_and_the_gap_stays_found(cast: Cast) -> None:
    with db.write(None) as writer:
        append_only.release(writer, "journal_entries")
        last = writer.execute(
            select(AREAS.c.last_sequence).where(AREAS.c.id == cast.editor.area_id)
        ).scalar_one()
        writer.execute(
            delete(ENTRIES).where(ENTRIES.c.area_id == cast.editor.area_id, ENTRIES.c.sequence == last)
        )
    factories.make_person(cast.editor, name="Somebody")
    with db.read(None) as reader:
        faults = verdict_of(reader, cast.editor).faults
    assert [(fault.sequence, fault.kind) for fault in faults] == [(last, Kind.missing)]


# --- What the database refuses ----------------------------------------------------------------------------


@pytest.mark.parametrize("table", PROTECTED)
def test_the_database_refuses_to_change_what_was_recorded(cast: Cast, table: str) -> None:
    """Tried after the newest migration: remaking a table on SQLite loses its triggers without a word."""
    with db.read(None) as reader:
        before = reader.execute(text(f"SELECT * FROM {table} ORDER BY id")).all()
    assert before
    statements = [f"UPDATE {table} SET reason = 'rewritten'", f"DELETE FROM {table}"]
    if db.is_sqlite():
        statements.append(f"REPLACE INTO {table} SELECT * FROM {table}")
        if table == "journal_entries":
            others = ", ".join(f'"{name}"' for name in COLUMNS if name != "id")
            statements.append(f"REPLACE INTO {table} (id, {others}) SELECT 'x', {others} FROM {table}")
    else:
        statements += [f"TRUNCATE {table} CASCADE", f"DELETE FROM {table} WHERE false"]
    for statement in statements:
        with pytest.raises(DBAPIError, match="append-only"), db.write(None) as writer:
            writer.execute(text(statement))
    with db.read(None) as reader:
        assert reader.execute(text(f"SELECT * FROM {table} ORDER BY id")).all() == before


def test_every_table_with_a_place_in_the_journal_is_protected(cast: Cast) -> None:
    """A new kind of entry needs its triggers: app.migrations.append_only.protect."""
    entries = {
        one.name for one in tables.metadata.sorted_tables if {"sequence", "recorded_at"} <= {*one.c.keys()}
    }
    found = "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%append_only%'"
    if not db.is_sqlite():
        found = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%append_only%'"
    with db.read(None) as reader:
        assert entries <= set(reader.exec_driver_sql(found.replace("%", "%%")).scalars())


# --- A thousand tamperings --------------------------------------------------------------------------------

TAMPERINGS = 1000


@pytest.fixture(scope="module", params=KINDS)
def tampered(request: pytest.FixtureRequest) -> Iterator[Cast]:
    """The cast and its history in a database without triggers, as for somebody who may alter tables."""
    with open_copy("migrated", request.param):
        made = factories.cast()
        history(made)
        with db.write(None) as writer:
            append_only.release(writer, "journal_entries")
        yield made


class _Undo(Exception):
    """Takes a transaction back."""


@contextmanager
def taken_back() -> Iterator[Connection]:
    """A transaction of which nothing is kept."""
    with suppress(_Undo), db.write(None) as writer:
        yield writer
        raise _Undo


class Vandal:
    """Somebody who may write to the database, and does not know the key."""

    def __init__(
        self, connection: Connection, cast: Cast, chance: random.Random, rows: list[dict[str, Any]]
    ) -> None:
        self.db, self.chance, self.cast, self.rows = connection, chance, cast, rows
        self.area = cast.editor.area_id
        self.last = len(rows)

    def set(self, row: dict[str, Any], **values: Any) -> None:
        self.db.execute(update(ENTRIES).where(ENTRIES.c.id == row["id"]).values(**values))

    def end_at(self, sequence: int) -> None:
        self.db.execute(update(AREAS).where(AREAS.c.id == self.area).values(last_sequence=sequence))

    def shift(self, first: int, by: int) -> None:
        """Renumber all from ``first`` on; twice, as every number on the way is taken."""
        for offset in (10_000 + by, -10_000):
            reached = first if offset > 0 else 10_000
            self.db.execute(
                update(ENTRIES)
                .where(ENTRIES.c.area_id == self.area, ENTRIES.c.sequence >= reached)
                .values(sequence=ENTRIES.c.sequence + offset)
            )

    def edit(self) -> None:
        column = self.chance.choice(COLUMNS)
        # In the other area only places beyond its last are free.
        row = self.chance.choice(self.rows[-3:] if column == "area_id" else self.rows)
        self.set(row, **{column: self.other(column, row[column])})

    def other(self, column: str, value: Any) -> Any:
        if column == "area_id":
            return self.cast.stranger.area_id
        if column == "sequence":
            return self.chance.choice([0, -1, self.last + self.chance.randrange(1, 9)])
        if column == "recorded_at":
            return value + self.chance.choice([1, -1]) * timedelta(
                microseconds=10 ** self.chance.randrange(9)
            )
        if column in ("before", "after"):
            return self.other_json(value)
        if column.endswith("id"):
            return self.chance.choice([uuid4(), None]) if column == "author_id" and value else uuid4()
        if column == "hash":
            return self.chance.choice([row["hash"] for row in self.rows if row["hash"] != value] + ["0" * 64])
        if value is None:
            return ""
        cut = self.chance.randrange(len(value))
        return self.chance.choice(
            [value[:cut] + value[cut + 1 :], value + " ", value.swapcase(), value + "\u0301"]
        )

    def other_json(self, value: Any) -> Any:
        if not value:
            return {"status": "complete"}
        name = self.chance.choice(list(value))
        rest = {one: kept for one, kept in value.items() if one != name}
        return self.chance.choice(
            [rest, value | {name: "other"}, rest | {f"{name} ": value[name]}, value | {"x": None}]
        )

    def remove(self) -> None:
        first = self.chance.randrange(1, self.last)
        number = self.chance.randrange(1, min(4, self.last - first + 1))
        gone = ENTRIES.c.sequence.between(first, first + number - 1)
        self.db.execute(delete(ENTRIES).where(ENTRIES.c.area_id == self.area, gone))
        if self.chance.random() < 0.5:
            self.shift(first + number, -number)
            self.end_at(self.last - self.chance.choice([0, number]))

    def insert(self) -> None:
        place = self.chance.randrange(1, self.last + 2)
        if place <= self.last:
            self.shift(place, 1)
        before = self.rows[place - 2]["hash"] if place > 1 else chain.START
        forged = {
            **self.chance.choice(self.rows),
            "id": uuid4(),
            "sequence": place,
            "reason": "Put there later",
        }
        guesses = [chain.hash_of(before, forged, b"a guess"), before, self.chance.choice(self.rows)["hash"]]
        self.db.execute(insert(ENTRIES), {**forged, "hash": self.chance.choice(guesses)})
        self.end_at(self.last + self.chance.choice([0, 1]))

    def swap(self) -> None:
        one, other = self.chance.sample(self.rows, 2)
        if self.chance.random() < 0.5:
            self.set(one, sequence=-1)
            self.set(other, sequence=one["sequence"])
            self.set(one, sequence=other["sequence"])
            return
        told = ("noun", "subject_id", "operation", "before", "after", "reason", "recorded_at")
        self.set(one, **{name: other[name] for name in told})
        self.set(other, **{name: one[name] for name in told})

    def cut(self) -> None:
        kept = self.chance.randrange(self.last)
        self.db.execute(delete(ENTRIES).where(ENTRIES.c.area_id == self.area, ENTRIES.c.sequence > kept))
        self.end_at(self.chance.choice([self.last, kept, kept]))


WAYS: tuple[Callable[[Vandal], None], ...] = (
    Vandal.edit,
    Vandal.remove,
    Vandal.insert,
    Vandal.swap,
    Vandal.cut,
)


def test_a_thousand_random_tamperings_are_found(tampered: Cast) -> None:
    """Edited, removed, inserted, swapped, cut with the head known: each by itself, then taken back."""
    with db.read(None) as reader:
        of_area = select(ENTRIES).where(ENTRIES.c.area_id == tampered.editor.area_id)
        rows = [dict(row._mapping) for row in reader.execute(of_area.order_by(ENTRIES.c.sequence))]
    chance, missed = random.Random(5), []
    for number in range(TAMPERINGS):
        way = WAYS[number % len(WAYS)]
        with taken_back() as connection:
            way(Vandal(connection, tampered, chance, rows))
            verdict = verdict_of(connection, tampered.editor, sought=rows[-1]["hash"])
        if not verdict.faults and verdict.sought_at is not None:
            missed.append((number, way.__name__))
    assert missed == []
    with db.read(None) as reader:
        assert verdict_of(reader, tampered.editor).faults == [], "the last one was not taken back"


# --- Many at once -----------------------------------------------------------------------------------------


def test_sixteen_writers_at_once_make_one_chain(cast: Cast) -> None:
    """Two areas, half of the writers without the area's lock, as setting a password is."""
    each, areas = 12, (cast.editor, cast.stranger)

    def write(number: int) -> None:
        who = areas[number % 2]
        for turn in range(each):
            change = journal.Change("plan", new_id(), "changed", None, {"writer": number, "turn": turn})
            with db.write(who if number % 4 < 2 else None) as writer:
                journal.record(writer, who, AT, change)
                if turn % 3 == 0:
                    journal.record(writer, who, AT, change)

    before = {who.area_id: place(who) for who in areas}
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(write, range(16)))
    for who in areas:
        with db.read(None) as reader:
            assert verdict_of(reader, who).faults == []
        assert place(who) - before[who.area_id] == 8 * (each + each // 3)


def place(who: Principal) -> int:
    with db.read(None) as reader:
        return int(
            reader.execute(select(AREAS.c.last_sequence).where(AREAS.c.id == who.area_id)).scalar_one()
        )
