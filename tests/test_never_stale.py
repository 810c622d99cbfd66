"""Nothing that is read is older than what was answered to a writer before, whichever process is asked.

Several real web processes on one database. Writers change actions and note each version when it is answered;
readers note what was answered so far, then read, through another process, with and without the ETag that
they hold, compressed or not. ``make test`` runs a short round; the long one is a thousand writes.
"""

import asyncio
import gzip
import json
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from bench.client import Answer, Connection
from tests import servers
from tests.databases import KINDS, copy_of

API = "/api/v1"
PROCESSES = 3
WRITERS, READERS, ACTIONS = 2, 6, 5


@dataclass(frozen=True, slots=True)
class Served:
    """Web processes on one database with the sample, and a client that may write."""

    url: str
    addresses: tuple[str, ...]
    client: dict[str, str]

    def token(self) -> str:
        """A new token of the client."""
        form = {"grant_type": "client_credentials", **self.client}
        answer = httpx.post(f"{self.addresses[0]}/oauth/token", data=form, trust_env=False)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])


@pytest.fixture(scope="module", params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture(scope="module")
def served(database_kind: str) -> Iterator[Served]:
    with ExitStack() as stack:
        url = stack.enter_context(copy_of("sample", database_kind))
        options = ["--name", "Load", "--area", "halton", "--scope", "write", "--quota", "1000000", "--json"]
        client = json.loads(servers.command(url, "create-client", *options).stdout)
        with ThreadPoolExecutor(PROCESSES) as starting:  # each takes a second of waiting
            served = [servers.serve(url, "--no-worker") for _ in range(PROCESSES)]
            services = list(starting.map(stack.enter_context, served))
        yield Served(url, tuple(service.address for service in services), client)
        for service in services:
            assert "Traceback" not in service.log.read_text(errors="replace").replace("\\n", "\n")


@dataclass(slots=True)
class Round:
    """What was answered to writers so far, and what readers found to be older."""

    area: str
    plan: str
    actions: list[str]
    versions: dict[str, int] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    written: int = 0
    first_sequence: int = 0
    reads: int = 0
    not_modified: int = 0
    stale: list[str] = field(default_factory=list)
    is_over: bool = False


async def begin(address: str, token: str) -> Round:
    async with Connection(address, token) as connection:
        area = (await connection.request("GET", f"{API}/areas")).json()["items"][0]
        plan = (await connection.request("GET", f"{API}/plans?limit=1")).json()["items"][0]["id"]
        listed = (await connection.request("GET", f"{API}/plans/{plan}/actions?limit={ACTIONS}")).json()
        found = Round(area["id"], plan, [one["id"] for one in listed["items"]])
        found.first_sequence = area["last_sequence"]
        for one in found.actions:
            action = (await connection.request("GET", f"{API}/actions/{one}")).json()
            found.versions[one] = action["version"]
        return found


async def write(served: Served, token: str, round: Round, mine: int, number: int) -> None:
    """Change the actions of one writer in turn, each time through another process."""
    chance = random.Random(mine)
    async with AsyncConnections(served.addresses, token) as connections:
        for count in range(number):
            action = round.actions[(mine + count * WRITERS) % len(round.actions)]
            title = f"Title {mine}.{count}"
            while True:
                condition = {"if-match": f'"{round.versions[action]}"'}
                path = f"{API}/actions/{action}"
                answer = await chance.choice(connections).request("PATCH", path, {"title": title}, condition)
                if answer.status == 200:
                    break
                assert answer.status == 412, answer.body
                await asyncio.sleep(0)  # another writer was quicker: its version is there in a moment
            round.versions[action] = max(round.versions[action], answer.json()["version"])
            round.written += 1
            await asyncio.sleep(chance.random() * 0.02)


async def read(served: Served, token: str, round: Round, seed: int) -> None:
    """Read one after another thing until the writers are done, holding what was answered before."""
    chance = random.Random(seed)
    held: dict[tuple[str, bool], tuple[str, bytes]] = {}
    packs = seed % 2 == 0
    async with AsyncConnections(served.addresses, token) as connections:
        while not round.is_over:
            path, is_new = chance.choice(_KINDS)(round, chance)
            headers = {"accept-encoding": "gzip"} if packs else {}
            tag, before = held.get((path, packs), ("", b""))
            if tag and chance.random() < 0.7:
                headers["if-none-match"] = tag
            answer: Answer = await chance.choice(connections).request("GET", path, None, headers)
            round.reads += 1
            if answer.status == 304:
                round.not_modified += 1
                body = before
            else:
                assert answer.status == 200, answer.body
                packed = answer.headers.get("content-encoding") == "gzip"
                body = gzip.decompress(answer.body) if packed else answer.body
                held[path, packs] = answer.headers["etag"], body
            if fault := is_new(json.loads(body)):
                round.stale.append(f"{path}, {answer.status}: {fault}")


# --- Kinds of reading: the path, and what is wrong with an answer that is older than is known now -----------


def _action(round: Round, chance: random.Random) -> Any:
    action = chance.choice(round.actions)
    least = round.versions[action]
    return f"{API}/actions/{action}", lambda found: older(found["version"], least)


def _list(round: Round, chance: random.Random) -> Any:
    least = dict(round.versions)

    def wrong(found: Any) -> str:
        return " ".join(older(one["version"], least[one["id"]]) for one in found["items"]).strip()

    return f"{API}/plans/{round.plan}/actions?limit={len(round.actions)}&fields=id,version", wrong


def _area(round: Round, chance: random.Random) -> Any:
    least = round.first_sequence + round.written
    return f"{API}/areas/{round.area}", lambda found: older(found["last_sequence"], least)


def _as_at(round: Round, chance: random.Random) -> Any:
    """Dated facts as at a day, and the record as it is now: its version."""
    action = chance.choice(round.actions)
    least = round.versions[action]
    return f"{API}/actions/{action}?as_at=2024-06-30", lambda found: older(found["version"], least)


_KINDS = (_action, _list, _area, _as_at)


def older(found: int, least: int) -> str:
    return f"{found} after {least}" if found < least else ""


class AsyncConnections:
    """A connection to each process, of one task."""

    def __init__(self, addresses: tuple[str, ...], token: str) -> None:
        self._all = [Connection(address, token) for address in addresses]

    async def __aenter__(self) -> list[Connection]:
        for one in self._all:
            await one.__aenter__()
        return self._all

    async def __aexit__(self, *error: object) -> None:
        for one in self._all:
            await one.__aexit__(*error)


async def play(served: Served, writes: int) -> Round:
    token = served.token()
    round = await begin(served.addresses[0], token)
    readers = [asyncio.create_task(read(served, token, round, seed)) for seed in range(READERS)]
    await asyncio.gather(*(write(served, token, round, mine, writes // WRITERS) for mine in range(WRITERS)))
    round.is_over = True
    await asyncio.gather(*readers)
    return round


@pytest.mark.parametrize("writes", [80, pytest.param(1000, marks=pytest.mark.long)])
def test_no_answer_is_older_than_what_was_answered_before(served: Served, writes: int) -> None:
    found = asyncio.run(play(served, writes))
    assert found.stale == [], f"{len(found.stale)} of {found.reads}"
    assert found.written == writes
    assert found.reads > 2 * writes
    assert found.not_modified > 0


def test_a_revoked_client_is_refused_by_every_process_at_once(served: Served) -> None:
    """The last one of the file: the client is revoked for good."""
    tokens = [served.token() for _ in range(2)]
    plans = f"{API}/plans"

    def statuses(**headers: str) -> set[int]:
        return {
            httpx.get(
                address + plans, headers={"authorization": f"Bearer {token}", **headers}, trust_env=False
            ).status_code
            for address in served.addresses
            for token in tokens
        }

    assert statuses() == {200}
    assert statuses(**{"if-none-match": "*"}) == {304}
    servers.command(served.url, "revoke-client", "--area", "halton", "--client", served.client["client_id"])
    assert statuses() == statuses(**{"if-none-match": "*"}) == {401}
