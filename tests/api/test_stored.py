"""Stored answers: replayed to who asked, while nothing in the area changed, on the same day; never else.

What is written here is written past the application, through the services, as another process would do it.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event
from starlette.testclient import TestClient

from app import clock, db
from app.access.roles import Principal, Role
from app.api import gate
from app.api.stored import Answer, Key, Standing, Store
from app.models import tables
from app.models.people import PersonUpdate
from app.models.updates import UpdateCreate
from app.services import people, updates
from tests import doors, factories
from tests.doors import Program

READS = [path for path, found in doors.application().openapi()["paths"].items() if "get" in found]
# What changes without the journal. Nothing that is stored may be read from these.
NOT_JOURNALLED = {
    "access_tokens",
    "client_secrets",
    "client_usage",
    "jobs",
    "kept_answers",
    "reminded",
    "run_deliveries",
    "schedule_recipients",
    "schedule_runs",
    "schedules",
    "sessions",
    "webhook_attempts",
    "webhook_deliveries",
    "worker_heartbeats",
}
FRESH = {"cache-control": "no-cache"}


class Asked(NamedTuple):
    """What reading asked of the database."""

    statements: list[str]

    @property
    def tables(self) -> set[str]:
        """The tables of the service that the statements name."""
        words = set(re.findall(r"[a-z_]+", " ".join(self.statements).lower()))
        return {table.name for table in tables.metadata.sorted_tables} & words


@contextmanager
def asked() -> Iterator[Asked]:
    """The statements of the routes: what authenticates a request goes another way."""
    found = Asked([])

    def note(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        found.statements.append(statement)

    engine = db._database().reader
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def is_stored(program: Program, path: str, **options: Any) -> bool:
    """Whether this read is answered without the database, from what is stored."""
    with asked() as found:
        program.get(path, **options)
    return not found.statements


class Reading(NamedTuple):
    """A program that only reads, and the ids of records that nobody changes."""

    program: Program
    ids: dict[str, str]


@pytest.fixture(scope="module")
def reader(http: TestClient) -> Reading:
    area = doors.area("settled")
    ids = doors.records(Program(http, doors.token(area, "write"), is_checked=False))
    return Reading(Program(http, doors.token(area, "read", "admin")), ids)


@pytest.fixture
def person(area: Principal, ids: dict[str, str]) -> str:
    return f"/people/{ids['person_id']}"


def rename(who: Principal, path: str, name: str) -> None:
    """Change a person, as another process of the service would."""
    person_id = UUID(path.rpartition("/")[2])
    factories.do(
        people.change_person, who, person_id, PersonUpdate(name=name), at=clock.moment(), version=None
    )


# --- Every read -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", READS)
def test_a_read_is_answered_again_from_what_is_stored_or_says_no_store(reader: Reading, path: str) -> None:
    there = doors.address(path, reader.ids)
    with asked() as first:
        answer = reader.program.get(there, 200, headers=FRESH)
    with asked() as second:
        again = reader.program.get(there, 200)
    if "/export." in path:
        assert second.statements, "what comes in pieces is not kept"
    elif answer.headers["cache-control"] == "no-store":
        assert second.statements
    else:
        assert not second.statements
        assert again.content == answer.content
        assert not first.tables & NOT_JOURNALLED, "this can change without the journal: answer no-store"


def test_every_table_is_journalled_or_never_shown_in_what_is_stored() -> None:
    named = {table.name for table in tables.metadata.sorted_tables}
    assert named >= NOT_JOURNALLED


@pytest.mark.parametrize(
    "path", ["/plans", "/plans/{plan_id}/progress", "/actions/{action_id}?as_at=2024-05-01"]
)
def test_a_304_and_a_head_are_answered_from_what_is_stored(reader: Reading, path: str) -> None:
    there = path.format(**reader.ids)
    tag = reader.program.get(there, 200).headers["etag"]
    assert is_stored(reader.program, there, expected=304, headers={"if-none-match": tag})
    with asked() as found:
        reader.program.send("HEAD", there, 200)
    assert not found.statements


def test_each_day_and_each_query_has_an_answer_of_its_own(reader: Reading) -> None:
    action = f"/actions/{reader.ids['other_action_id']}"
    for query in ("", "?as_at=2024-05-31", "?as_at=2024-06-01", "?fields=id"):
        fresh = reader.program.get(action + query, 200, headers=FRESH)
        assert reader.program.get(action + query, 200).content == fresh.content
    overdue = [
        reader.program.get(f"{action}?as_at={day}", 200).json()["flags"]["overdue"]
        for day in ("2024-05-31", "2024-06-01")
    ]
    assert overdue == [False, True]


# --- What ends it -----------------------------------------------------------------------------------------


def test_a_change_by_another_process_is_seen_at_once(program: Program, area: Principal, person: str) -> None:
    for number in range(5):
        rename(area, person, f"Name {number}")
        assert program.get(person, 200).json()["name"] == f"Name {number}"
        assert is_stored(program, person)


def test_without_the_place_in_the_journal_answers_would_be_stale(
    program: Program, area: Principal, person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault planted that the test before must notice."""
    plain = gate.Standing

    def forgetful(who: Principal, day: date, opened: int) -> Standing:
        return plain(Principal(**{**_fields(who), "area_sequence": 0}), day, opened)

    monkeypatch.setattr(gate, "Standing", forgetful)
    with pytest.raises(AssertionError):
        test_a_change_by_another_process_is_seen_at_once(program, area, person)


def _fields(who: Principal) -> dict[str, Any]:
    return {name: getattr(who, name) for name in Principal.__slots__}


def test_a_change_in_another_area_leaves_it(program: Program, http: TestClient, person: str) -> None:
    program.get(person, 200)
    other = doors.area("other")
    factories.make_person(other)
    assert is_stored(program, person)


def test_an_entry_on_one_record_changes_what_is_told_of_others(
    program: Program, area: Principal, ids: dict[str, str]
) -> None:
    progress = f"/plans/{ids['plan_id']}/progress"
    before = program.get(progress, 200).json()["overall"]["statuses"]["complete"]["count"]
    body = UpdateCreate(status="complete", narrative="Done.")
    factories.do(updates.record_update, area, UUID(ids["action_id"]), body, at=clock.moment())
    after = program.get(progress, 200).json()["overall"]["statuses"]["complete"]["count"]
    assert (before, after) == (0, 1)


def test_an_answer_is_replayed_to_the_client_alone_that_it_was_made_for(
    http: TestClient, program: Program, area: Principal, person: str
) -> None:
    program.get(person, 200)
    assert is_stored(program, person)
    for scopes in (["read"], ["write"], ["admin"]):
        other = Program(http, doors.token(area, *scopes))
        assert not is_stored(other, person)
        assert is_stored(other, person)
    stranger = Program(http, doors.token(doors.area("far"), "read", "write", "admin"))
    stranger.get(person, 404)


def test_who_may_not_read_it_any_more_is_refused(http: TestClient, area: Principal, person: str) -> None:
    client_id, secret = doors.client(area, "read")
    tokens = [doors.token_of(client_id, secret) for _ in range(2)]
    programs = [Program(http, token) for token in tokens]
    tags = [program.get(person, 200).headers["etag"] for program in programs]
    doors.revoke(area, client_id)
    for program, tag in zip(programs, tags, strict=True):
        program.get(person, 401)
        program.get(person, 401, headers={"if-none-match": tag})
        program.send("HEAD", person, 401)


def test_a_token_that_expires_ends_it(http: TestClient, area: Principal, person: str) -> None:
    program = Program(http, doors.token(area, "read"))
    program.get(person, 200)
    assert is_stored(program, person)
    with time_machine.travel(datetime(2999, 1, 1, tzinfo=UTC)):
        program.get(person, 401)


def test_midnight_in_london_ends_it(
    program: Program, area: Principal, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On 2024-09-30 in summer time, when the action is due: midnight is at 23:00 UTC."""
    monkeypatch.setattr(clock, "pinned_today", lambda: None)
    there = f"/actions/{ids['action_id']}"
    with time_machine.travel(datetime(2024, 9, 30, 22, 59, 59, 900_000, tzinfo=UTC), tick=False):
        before = program.get(there, 200)
        assert is_stored(program, there)
    with time_machine.travel(datetime(2024, 9, 30, 23, 0, 0, tzinfo=UTC), tick=False):
        after = program.get(there, 200, headers={"if-none-match": before.headers["etag"]})
    assert (before.json()["flags"]["overdue"], after.json()["flags"]["overdue"]) == (False, True)


def test_what_was_worked_out_across_midnight_is_of_neither_day(
    program: Program, person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = iter([date(2024, 7, 1), date(2024, 7, 2), date(2024, 7, 1), date(2024, 7, 1)])
    monkeypatch.setattr(gate, "today", lambda: next(days))
    program.get(person, 200)
    assert not is_stored(program, person), "asked on the day on which the first was asked"


def test_who_wants_a_fresh_answer_gets_one(program: Program, person: str) -> None:
    for directive in ("no-cache", "no-store", "max-age=0, No-Cache"):
        program.get(person, 200)
        assert not is_stored(program, person, headers={"cache-control": directive})
    assert is_stored(program, person, headers={"cache-control": "max-age=0"})


def test_who_forbids_keeping_leaves_nothing_behind(program: Program, person: str) -> None:
    program.get(person, 200, headers={"cache-control": "no-store"})
    assert not is_stored(program, person)


def test_refusals_are_never_replayed(program: Program, area: Principal, ids: dict[str, str]) -> None:
    there = f"/actions/{ids['action_id']}?as_at=2024-03-01"
    for path in (there, "/plans?colour=red", f"/plans/{doors.NOBODY}"):
        for _ in range(2):
            assert program.get(path).status_code >= 400
    assert not is_stored(program, there)


def test_pages_are_not_stored(http: TestClient, area: Principal, ids: dict[str, str]) -> None:
    cookie = {"cookie": f"session={doors.session(area, Role.viewer)}"}
    for _ in range(2):
        with asked() as found:
            answer = http.get(f"/actions/{ids['action_id']}", headers=cookie)
        assert answer.status_code == 200
        assert found.statements
        assert answer.headers["cache-control"] == "no-store"


def test_the_route_of_a_stored_answer_is_logged(
    program: Program, person: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        program.get(person, 200)
    lines = [line for line in capsys.readouterr().out.splitlines() if '"event": "request"' in line]
    assert ['"route": "/api/v1/people/{person_id}"' in line for line in lines[-2:]] == [True, True]


# --- The store --------------------------------------------------------------------------------------------


WHO = Principal("client", UUID(int=1), "Office", UUID(int=2), "North", frozenset(), area_sequence=7)
NOW = Standing(WHO, date(2024, 7, 1), 1)


def key(name: object) -> Key:
    return Key(WHO.id, f"/{name}", b"", False)


def holding(size: int) -> Answer:
    return Answer((), b"x" * size, b'"tag"')


def test_the_answers_used_longest_ago_go_first() -> None:
    store = Store(most=3 * 3_000)
    for name in "abc":
        store.put(key(name), NOW, holding(1_000))
    assert store.get(key("a"), NOW) is not None
    store.put(key("d"), NOW, holding(1_000))
    assert [store.get(key(name), NOW) is not None for name in "abcd"] == [True, False, True, True]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5_000)), max_size=60))
def test_the_store_never_holds_more_than_it_may(puts: list[tuple[int, int]]) -> None:
    store = Store(most=20_000, largest=4_000)
    for name, size in puts:
        store.put(key(name), NOW, holding(size))
        found = store.get(key(name), NOW)
        assert (found is not None) == (size <= 4_000)
        assert store.size <= 20_000
        assert store.size == sum(one.size for one in store._kept.values())
        assert store.size >= sum(len(one.answer.body) for one in store._kept.values())


_CHANGES: dict[str, Callable[[], Standing]] = {
    "the journal": lambda: NOW._replace(who=Principal(**{**_fields(WHO), "area_sequence": 8})),
    "the scopes": lambda: NOW._replace(who=Principal(**{**_fields(WHO), "operations": frozenset({"read"})})),
    "the quota": lambda: NOW._replace(who=Principal(**{**_fields(WHO), "quota": 60})),
    "the area's name": lambda: NOW._replace(who=Principal(**{**_fields(WHO), "area_name": "South"})),
    "the day": lambda: NOW._replace(day=date(2024, 7, 2)),
    "the database": lambda: NOW._replace(opened=2),
}


@pytest.mark.parametrize("changed", _CHANGES)
def test_an_answer_stands_only_while_all_that_it_follows_from_does(changed: str) -> None:
    store = Store()
    store.put(key("a"), NOW, holding(10))
    assert store.get(key("a"), _CHANGES[changed]()) is None
    store.put(key("a"), _CHANGES[changed](), holding(10))
    assert store.get(key("a"), NOW) is None
    assert len(store) == 1, "the one before is gone, not kept beside it"
