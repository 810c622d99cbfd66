"""Quotas: what is granted in a minute never adds up to more than the quota, whoever grants it."""

import asyncio
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from app import books, clock, db
from app.access.roles import Scope
from app.models.tables import client_usage
from app.services import clients as clients_service
from app.services import quotas
from app.services.quotas import BLOCK, Verdict
from tests import servers
from tests.factories import Cast, do

NOON = datetime(2026, 3, 2, 12, 0, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
async def closed(people: Cast) -> AsyncIterator[None]:
    """The gate's pool is closed on the loop that opened it."""
    yield
    await db.close_lookup()


def client(people: Cast, quota: int) -> UUID:
    found: UUID = do(
        clients_service.create_client, people.service, name="A", scopes=[Scope.read], quota=quota
    )[0]
    return found


def process() -> None:
    """From here on this process holds nothing: it is as good as another one."""
    quotas._process = None


class Replica:
    """One of several processes in the place of one: it has its own grants."""

    def __init__(self) -> None:
        self._held: Any = None

    async def admit(self, client_id: UUID, quota: int, now: datetime = NOON) -> Verdict:
        quotas._process = self._held
        verdict = await quotas.admit(client_id, quota, now)
        self._held = quotas._process
        return verdict


async def spent(client_id: UUID, quota: int, now: datetime = NOON) -> int:
    """How many requests are admitted until one is refused."""
    count = 0
    while (await quotas.admit(client_id, quota, now)).allowed:
        count += 1
        assert count <= quota
    return count


def usage(client_id: UUID) -> Any:
    with db.read(None) as reader:
        return reader.execute(select(client_usage).where(client_usage.c.client_id == client_id)).one()


@pytest.mark.parametrize("quota", [1, 2, 19, 50, 51, 120, 1030])
async def test_exactly_the_quota_is_admitted_in_a_minute(people: Cast, quota: int) -> None:
    client_id = client(people, quota)
    assert await spent(client_id, quota) == quota
    assert await spent(client_id, quota, NOON + timedelta(seconds=49)) == 0
    assert await spent(client_id, quota, NOON + timedelta(seconds=50)) == quota


async def test_a_verdict_says_what_is_left_and_for_how_long(people: Cast) -> None:
    client_id = client(people, 2)
    assert await quotas.admit(client_id, 2, NOON) == Verdict(True, 2, 1, 50)
    assert await quotas.admit(client_id, 2, NOON + timedelta(seconds=49.9)) == Verdict(True, 2, 0, 1)
    assert await quotas.admit(client_id, 2, NOON + timedelta(seconds=49.9)) == Verdict(False, 2, 0, 1)
    on_the_minute = NOON + timedelta(seconds=50)
    assert await quotas.admit(client_id, 2, on_the_minute) == Verdict(True, 2, 1, 60)


async def test_one_client_does_not_use_up_the_quota_of_another(people: Cast) -> None:
    greedy, modest = client(people, 3), client(people, 3)
    assert await spent(greedy, 3) == 3
    assert await spent(modest, 3) == 3


async def test_the_last_use_is_noted_once_a_minute(people: Cast) -> None:
    client_id = client(people, 1000)
    assert usage(client_id).last_used_at is None
    for seconds in (0, 20, 40):
        process()
        await quotas.admit(client_id, 1000, NOON + timedelta(seconds=seconds))
    assert usage(client_id).last_used_at == NOON
    later = NOON + timedelta(seconds=55)
    await quotas.admit(client_id, 1000, later)
    assert usage(client_id).last_used_at == later


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that books are kept with."""
    seen: list[str] = []
    keep = books.keep

    async def counted(statement: str, parameters: Any) -> Any:
        seen.append(statement)
        return await keep(statement, parameters)

    monkeypatch.setattr(books, "keep", counted)
    return seen


async def test_many_requests_at_once_take_one_block(people: Cast, statements: list[str]) -> None:
    client_id = client(people, 6000)
    found = await asyncio.gather(*(quotas.admit(client_id, 6000, NOON) for _ in range(BLOCK)))
    assert all(verdict.allowed for verdict in found)
    assert sorted(verdict.remaining for verdict in found) == list(range(5950, 6000))
    assert len(statements) == 1
    await quotas.admit(client_id, 6000, NOON)
    assert len(statements) == 2


async def test_a_client_that_is_refused_asks_the_database_once_a_minute(
    people: Cast, statements: list[str]
) -> None:
    client_id = client(people, 1)
    await asyncio.gather(*(quotas.admit(client_id, 1, NOON) for _ in range(100)))
    assert len(statements) == 1


async def test_a_quota_that_is_changed_holds_at_once(people: Cast) -> None:
    client_id = client(people, 40)
    for _ in range(10):
        await quotas.admit(client_id, 40, NOON)
    assert not (await quotas.admit(client_id, 5, NOON)).allowed
    assert await spent(client_id, 60) > 40
    assert usage(client_id).used == 60


async def test_a_clock_that_is_ahead_neither_gives_more_nor_locks_out(people: Cast) -> None:
    client_id = client(people, 4)
    assert await spent(client_id, 4, NOON + timedelta(minutes=1)) == 4
    process()
    assert await spent(client_id, 4, NOON) == 0, "the minute that has begun elsewhere is drawn from"
    with db.write(None) as writer:
        writer.execute(update(client_usage).values(window_start=NOON + timedelta(days=1)))
    process()
    assert await spent(client_id, 4, NOON) == 4, "a clock that was a day ahead is forgotten"


@given(
    quota=st.integers(1, 400),
    turns=st.lists(st.integers(0, 3), min_size=1, max_size=500),
    seconds=st.lists(st.integers(0, 49), min_size=1, max_size=5),
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_processes_in_any_order_admit_the_quota_and_no_more(
    people: Cast, quota: int, turns: list[int], seconds: list[int]
) -> None:
    """Before the first refusal all is used but what the others hold; after all refuse, exactly the quota."""
    client_id = client(people, quota)
    replicas = [Replica() for _ in range(4)]
    admitted, refused = 0, False
    for place, turn in enumerate(turns):
        at = NOON + timedelta(seconds=seconds[place % len(seconds)])
        verdict = await replicas[turn].admit(client_id, quota, at)
        admitted += verdict.allowed
        if not verdict.allowed and not refused:
            refused = True
            assert admitted >= quota - BLOCK * (len(replicas) - 1)
    for replica in replicas:
        while (await replica.admit(client_id, quota)).allowed:
            admitted += 1
    assert admitted == quota


# --- A database that cannot be written --------------------------------------------------------------------


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "WAIT_SECONDS", 0.2)


@pytest.mark.usefixtures("impatient")
async def test_requests_wait_for_a_busy_database_and_are_then_admitted_uncounted(people: Cast) -> None:
    client_id = client(people, 2)
    with db.write(people.service) as writer:
        writer.execute(update(client_usage).values(failures=1))  # holds the row, or the file
        began = time.monotonic()
        found = await asyncio.gather(*(quotas.admit(client_id, 2, NOON) for _ in range(20)))
        assert 0.1 < time.monotonic() - began < 2, "all wait once, not one after another"
        assert all(verdict.allowed for verdict in found)
    assert usage(client_id).used == 0
    await asyncio.sleep(quotas.UNCOUNTED_SECONDS)
    assert await spent(client_id, 2) == 2


# --- Two real processes -----------------------------------------------------------------------------------


def token(http: httpx.Client, client_id: UUID, secret: str) -> str:
    answer = http.post(
        "/oauth/token", data={"grant_type": "client_credentials"}, auth=(str(client_id), secret)
    )
    return str(answer.raise_for_status().json()["access_token"])


def test_two_processes_answer_exactly_the_quota_between_them(people: Cast, database: str) -> None:
    quota = 130
    create, given = clients_service.create_client, {"at": clock.moment(), "scopes": [Scope.read]}
    client_id, secret = do(create, people.service, name="A", quota=quota, **given)
    other = do(create, people.service, name="B", quota=6000, **given)
    with servers.serve(database, "--no-worker") as one, servers.serve(database, "--no-worker") as two:
        addresses = [one.address, two.address]
        with httpx.Client(base_url=one.address, trust_env=False) as http:
            header = {"authorization": f"Bearer {token(http, client_id, secret)}"}
            modest = {"authorization": f"Bearer {token(http, *other)}"}
            _wait_for_a_young_minute()
            with ThreadPoolExecutor(8) as threads:
                answers = list(
                    threads.map(
                        lambda number: httpx.get(
                            f"{addresses[number % 2]}/api/v1/areas",
                            # Whose address is claimed changes nothing.
                            headers={**header, "x-forwarded-for": f"10.0.0.{number}"},
                            trust_env=False,
                        ),
                        range(quota + 40),
                    )
                )
            assert [answer.status_code for answer in answers].count(200) == quota
            refused = [answer for answer in answers if answer.status_code != 200]
            assert {answer.status_code for answer in refused} == {429}
            for answer in refused:
                assert answer.headers["content-type"] == "application/problem+json"
                assert 1 <= int(answer.headers["retry-after"]) <= 60
                assert answer.headers["ratelimit-remaining"] == "0"
            assert http.get("/api/v1/areas", headers=modest).status_code == 200


def _wait_for_a_young_minute() -> None:
    """Quotas begin anew with each minute: begin where none will for a while."""
    second = datetime.now(UTC).second
    if second > 40:
        time.sleep(60.5 - second)
