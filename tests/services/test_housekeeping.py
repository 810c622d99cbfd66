"""Signs of life, and what has expired: sessions, tokens, one-time links, locks of accounts."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Table, insert, select, update

from app import db
from app.access.roles import Role, Scope
from app.config import settings
from app.models.base import new_id
from app.models.tables import (
    access_tokens,
    journal_entries,
    sessions,
    spent_sign_ins,
    users,
    worker_heartbeats,
)
from app.security import token_hash
from app.services import clients, housekeeping, sending_state, tokens
from app.services import users as users_service
from app.services.sessions import REMEMBERED
from tests.factories import AT, NOW, Cast, do

SECOND = timedelta(seconds=1)


def run(clear: Callable[[Connection, datetime], bool], now: datetime = NOW) -> bool:
    with db.write(None) as writer:
        return clear(writer, now)


def rows(table: Table) -> list[Any]:
    with db.read(None) as reader:
        return list(reader.execute(select(table).order_by(*table.primary_key)))


@pytest.fixture
def account(people: Cast) -> str:
    """The one-time link of an account."""
    link: str = do(users_service.create_user, people.service, email="pat@north.example", role=Role.viewer)
    return link


def add_sessions(*expire: datetime) -> None:
    """Sessions that ended so long before these times as it is remembered whose they were."""
    with db.write(None) as writer:
        user_id = writer.execute(select(users.c.id)).scalar()
        made = [
            {
                "token_hash": f"{number:064}",
                "user_id": user_id,
                "created_at": NOW,
                "seen_at": NOW,
                "expires_at": expires_at - REMEMBERED,
            }
            for number, expires_at in enumerate(expire)
        ]
        writer.execute(insert(sessions), made)


# --- What has expired -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("account")
def test_expired_sessions_go_and_living_ones_stay() -> None:
    add_sessions(NOW - SECOND, NOW, NOW + SECOND)
    assert not run(housekeeping.clear_sessions)
    assert [row.expires_at for row in rows(sessions)] == [NOW + SECOND - REMEMBERED]


def test_expired_tokens_go_and_living_ones_stay(people: Cast) -> None:
    client_id, secret = do(clients.create_client, people.service, name="A", scopes=[Scope.read])
    with db.write(None) as writer:
        early = tokens.issue_token(writer, str(client_id), secret, None, NOW)
    living = NOW + tokens.TOKEN_LIFETIME - SECOND
    with db.write(None) as writer:
        late = tokens.issue_token(writer, str(client_id), secret, None, living)
    assert not run(housekeeping.clear_access_tokens, living)
    assert len(rows(access_tokens)) == 2
    run(housekeeping.clear_access_tokens, living + SECOND)
    [left] = rows(access_tokens)
    hashes = [token_hash(one["access_token"], settings().key()) for one in (early, late)]
    assert left.token_hash == hashes[1]


@pytest.mark.usefixtures("account")
def test_answers_of_providers_are_forgotten_once_they_have_expired() -> None:
    rows_of = [
        {"token_hash": f"{number:064}", "expires_at": NOW + number * SECOND} for number in range(-1, 2)
    ]
    with db.write(None) as writer:
        writer.execute(insert(spent_sign_ins), rows_of)
    assert not run(housekeeping.clear_spent_sign_ins)
    assert [row.expires_at for row in rows(spent_sign_ins)] == [NOW + SECOND]


def test_a_link_stays_until_it_expires(account: str) -> None:
    last = NOW + users_service.LINK_LIFETIME - SECOND
    run(housekeeping.clear_links, last)
    with db.read(None) as reader:
        assert users_service.open_link(reader, account, last)
    before = rows(users)
    run(housekeeping.clear_links, last + SECOND)
    [after] = rows(users)
    assert (after.link_hash, after.link_expires_at) == (None, None)
    assert after.version == before[0].version, "bookkeeping changes nothing that is shown"


@pytest.mark.usefixtures("account")
def test_a_lock_goes_when_it_has_ended_and_failures_count_on() -> None:
    with db.write(None) as writer:
        writer.execute(update(users).values(failures=3, locked_until=NOW))
    run(housekeeping.clear_locks, NOW - SECOND)
    assert rows(users)[0].locked_until == NOW
    run(housekeeping.clear_locks, NOW)
    [user] = rows(users)
    assert (user.locked_until, user.failures) == (None, 3)


@pytest.mark.usefixtures("account")
def test_a_batch_is_bounded_and_says_that_more_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "AT_ONCE", 3)
    add_sessions(*[NOW] * 7)
    assert [(run(housekeeping.clear_sessions), len(rows(sessions))) for _ in range(3)] == [
        (True, 4),
        (True, 1),
        (False, 0),
    ]


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_rows_that_somebody_else_has_locked_are_passed_over() -> None:
    add_sessions(NOW, NOW)
    with db.write(None) as other:
        other.execute(select(sessions).where(sessions.c.token_hash == f"{0:064}").with_for_update())
        run(housekeeping.clear_sessions)
    assert [row.token_hash for row in rows(sessions)] == [f"{0:064}"]


@pytest.mark.usefixtures("account")
def test_clearing_is_not_journalled() -> None:
    add_sessions(NOW)
    before = rows(journal_entries)
    run(housekeeping.clear_sessions)
    run(housekeeping.clear_links, NOW + timedelta(days=9))
    assert rows(journal_entries) == before


# --- Signs of life ----------------------------------------------------------------------------------------


def a_worker() -> housekeeping.Worker:
    return housekeeping.Worker(new_id(), "worker-0a1b2c3d", AT.now)


def beat(worker: housekeeping.Worker, now: datetime) -> None:
    with db.write(None) as writer:
        housekeeping.beat(writer, worker, now)


def newest(now: datetime) -> dict[str, Any] | None:
    with db.read(None) as reader:
        return housekeeping.newest_heartbeat(reader, now)


@pytest.mark.usefixtures("database")
def test_a_worker_has_one_row_until_it_leaves() -> None:
    one, other = a_worker(), a_worker()
    beat(one, NOW)
    beat(other, NOW)
    beat(one, NOW + 5 * SECOND)
    assert {(row.id, row.started_at, row.seen_at) for row in rows(worker_heartbeats)} == {
        (one.id, NOW, NOW + 5 * SECOND),
        (other.id, NOW, NOW),
    }
    with db.write(None) as writer:
        housekeeping.leave(writer, one, NOW + 6 * SECOND)
    assert {row.id: row.stopped_at for row in rows(worker_heartbeats)} == {
        one.id: NOW + 6 * SECOND,
        other.id: None,
    }
    beat(one, NOW + 7 * SECOND)
    assert [row.stopped_at for row in rows(worker_heartbeats)] == [None, None]


@pytest.mark.usefixtures("database")
def test_a_worker_that_was_not_seen_for_a_day_is_forgotten_until_it_comes_back() -> None:
    gone, living = a_worker(), a_worker()
    beat(gone, NOW)
    beat(living, NOW + SECOND)
    tomorrow = NOW + timedelta(days=1)
    assert not run(housekeeping.clear_heartbeats, tomorrow)
    assert [row.id for row in rows(worker_heartbeats)] == [living.id]
    beat(gone, tomorrow)
    assert len(rows(worker_heartbeats)) == 2


@pytest.mark.usefixtures("database")
def test_the_newest_sign_of_life_tells_whether_it_is_late() -> None:
    assert newest(NOW) is None
    beat(a_worker(), NOW - timedelta(hours=1))
    beat(a_worker(), NOW)
    assert newest(NOW + 30 * SECOND) == {"status": "ok", "seen_at": NOW}
    assert newest(NOW + 31 * SECOND) == {"status": "late", "seen_at": NOW}


@pytest.mark.usefixtures("database")
def test_the_last_that_was_seen_is_named_after_a_clean_stop_and_not_one_that_died_before() -> None:
    died, stopped = a_worker(), a_worker()
    beat(died, NOW)
    stop = NOW + timedelta(minutes=16)
    beat(stopped, stop - SECOND)
    with db.write(None) as writer:
        housekeeping.leave(writer, stopped, stop)
    assert newest(stop + SECOND) == {"status": "late", "seen_at": stop}
    with db.read(None) as reader:
        found = sending_state.figures(reader, stop + SECOND)
    assert (found.workers, found.seen_at) == (0, stop)
