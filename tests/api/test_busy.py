"""What a program is told when others write for longer than a request waits."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from app import engines
from tests import doors
from tests.databases import open_copy


@pytest.fixture
def longest() -> float:
    """How many seconds locks are waited for."""
    return 0.5


@pytest.fixture
def url(database_kind: str, longest: float, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database whose locks are waited for so long: PostgreSQL is told when it is opened."""
    monkeypatch.setattr(engines, "LOCK_WAIT_SECONDS", longest)
    with open_copy("migrated", database_kind) as found:
        yield found


@contextmanager
def held(url: str) -> Iterator[None]:
    """Another process, such as a backup, that keeps everybody from writing."""
    holder = sa.create_engine(engines.driver_url(url))
    is_sqlite = url.startswith("sqlite")
    with holder.connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE" if is_sqlite else "SELECT 1 FROM areas FOR UPDATE")
        yield
        other.rollback()
    holder.dispose()


def test_a_request_that_waits_too_long_for_others_is_told_when_to_come_again(
    url: str,
) -> None:
    with doors.opened() as http:
        program = doors.Program(http, doors.token(doors.area("north"), "write"), is_checked=False)
        with held(url):
            refused = program.http.post(f"{doors.API}/people", json={"name": "Post"}, headers=program.headers)
        assert refused.status_code == 503
        assert refused.headers["retry-after"] == "5"
        assert refused.json()["type"].endswith(":busy")
        program.post("/people", {"name": "Post"}, 201)


@pytest.mark.parametrize("longest", [4.0])
def test_those_that_wait_to_write_keep_nobody_from_reading_and_none_waits_for_the_wait_of_another(
    url: str, longest: float
) -> None:
    with doors.opened() as http, ThreadPoolExecutor(6) as senders:
        program = doors.Program(http, doors.token(doors.area("north"), "write"), is_checked=False)

        def send(number: int) -> tuple[int, float]:
            began = time.monotonic()
            body = {"name": f"Post {number}"}
            answer = program.http.post(f"{doors.API}/people", json=body, headers=program.headers)
            return answer.status_code, time.monotonic() - began

        program.get("/people", 200)  # a part of the client's quota is fetched, which is a write too
        with held(url):
            waiting = [senders.submit(send, number) for number in range(6)]
            wait(waiting, timeout=0.5)
            assert program.get("/people?limit=1", 200).json()["items"] == []
            assert not any(one.done() for one in waiting), "and they still wait"
            answers = [one.result() for one in waiting]
    assert {status for status, _ in answers} == {503}
    assert max(seconds for _, seconds in answers) < 4 * longest, "not six times"
