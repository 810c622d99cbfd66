"""A write inside another transaction, and the answers that are kept: what is committed, and when they go."""

import threading
from contextlib import ExitStack
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app import db
from app.access.roles import Scope
from app.errors import KeyReused
from app.models.people import PersonCreate
from app.models.tables import kept_answers as table
from app.models.tables import people as people_table
from app.services import clients, housekeeping, kept_answers
from app.services.kept_answers import Answer, Asked
from app.services.people import create_person
from tests.factories import AT, NOW, Cast, do

ANSWER = Answer(
    201, [("location", "/api/v1/people/1"), ("link", "</a>"), ("link", "</b>")], b'{"name": "\xc3\xa9"}\xff'
)
SECOND = timedelta(seconds=1)


@pytest.fixture
def asked(people: Cast) -> Asked:
    client_id, _ = do(clients.create_client, people.service, name="A", scopes=[Scope.write])
    return Asked(client_id, "one", "d" * 64)


def keep(asked: Asked, answer: Answer = ANSWER, now: Any = NOW) -> None:
    with db.write(None) as writer:
        kept_answers.keep(writer, asked, answer, now)


def find(asked: Asked, now: Any = NOW) -> Answer | None:
    with db.read(None) as reader:
        return kept_answers.find(reader, asked, now)


# --- Together ---------------------------------------------------------------------------------------------


def add(who: Any, name: str) -> None:
    with db.write(who) as writer:
        create_person(writer, who, AT, PersonCreate(name=name, organisation="Council"))


def add_and_fail(who: Any, name: str) -> None:
    with db.write(who) as writer:
        create_person(writer, who, AT, PersonCreate(name=name, organisation="Council"))
        raise RuntimeError


def names() -> set[str]:
    with db.read(None) as reader:
        return set(reader.execute(select(people_table.c.name)).scalars())


def test_writes_together_are_committed_together(people: Cast) -> None:
    before = names()
    with db.together():
        add(people.editor, "First")
        assert "First" in names(), "a read inside sees what was written"
        add(people.editor, "Second")
    assert names() - before == {"First", "Second"}


def test_an_error_takes_back_all_that_was_written_together(people: Cast) -> None:
    before = names()
    whole = ExitStack()
    whole.enter_context(db.together())
    add(people.editor, "First")
    with pytest.raises(RuntimeError), whole:
        add_and_fail(people.editor, "Second")
    assert names() == before
    add(people.editor, "Later")
    assert names() - before == {"Later"}


def test_an_error_that_is_caught_takes_back_its_own_part_alone(people: Cast) -> None:
    before = names()
    with db.together():
        add(people.editor, "First")
        with pytest.raises(RuntimeError):
            add_and_fail(people.editor, "Second")
        add(people.editor, "Third")
    assert names() - before == {"First", "Third"}


def test_other_threads_do_not_join(people: Cast) -> None:
    seen: list[set[str]] = []
    with db.together():
        add(people.editor, "First")
        other = threading.Thread(target=lambda: seen.append(names()))
        other.start()
        other.join()
    assert "First" not in seen[0]
    assert "First" in names()


# --- Kept -------------------------------------------------------------------------------------------------


def test_an_answer_is_found_again_to_the_byte(asked: Asked) -> None:
    assert find(asked) is None
    keep(asked)
    assert find(asked) == ANSWER


def test_an_answer_belongs_to_its_client_and_key(asked: Asked, people: Cast) -> None:
    keep(asked)
    other, _ = do(clients.create_client, people.service, name="B", scopes=[Scope.write])
    assert find(asked._replace(client_id=other)) is None
    assert find(asked._replace(key="ONE")) is None
    assert find(asked._replace(client_id=UUID(int=0))) is None
    with pytest.raises(KeyReused):
        find(asked._replace(digest="e" * 64))


def test_an_answer_is_kept_for_24_hours_and_not_a_second_longer(asked: Asked) -> None:
    keep(asked)
    assert find(asked, NOW + timedelta(hours=24) - SECOND) == ANSWER
    assert find(asked, NOW + timedelta(hours=24)) is None
    assert find(asked._replace(digest="e" * 64), NOW + timedelta(hours=24)) is None


def test_an_expired_answer_makes_room_for_another_one(asked: Asked) -> None:
    keep(asked)
    later = NOW + timedelta(hours=24)
    other = asked._replace(digest="e" * 64)
    keep(other, ANSWER._replace(body=b"{}"), later)
    found = find(other, later)
    assert found is not None
    assert found.body == b"{}"


def test_expired_answers_are_cleared_and_the_others_stay(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "AT_ONCE", 2)
    for number in range(5):
        keep(asked._replace(key=f"old {number}"), now=NOW - kept_answers.KEPT_FOR)
    keep(asked, now=NOW - kept_answers.KEPT_FOR + SECOND)
    more = []
    for _ in range(3):
        with db.write(None) as writer:
            more.append(housekeeping.clear_kept_answers(writer, NOW))
    assert more == [True, True, False]
    with db.read(None) as reader:
        assert list(reader.execute(select(table.c.key)).scalars()) == ["one"]


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_a_key_is_one_transactions_until_that_ends(asked: Asked) -> None:
    with db.write(None) as first, db.write(None) as second:
        assert kept_answers.reserve(first, asked)
        assert kept_answers.reserve(first, asked)
        assert not kept_answers.reserve(second, asked)
        assert kept_answers.reserve(second, asked._replace(key="two"))
        assert kept_answers.reserve(second, asked._replace(client_id=UUID(int=0)))
    with db.write(None) as third:
        assert kept_answers.reserve(third, asked)
