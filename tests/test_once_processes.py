"""One Idempotency-Key among threads, processes, and processes that are killed: one row, one answer."""

import os
import random
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field

import httpx
import pytest
from sqlalchemy import func, select

from app import config, db
from app.journal.verification import verify
from app.models import tables
from app.services import checks
from tests import doors, dying_server, servers
from tests.databases import opened

AT_ONCE = 20
NAMED = "Improvement lead "


@dataclass(frozen=True, slots=True)
class Site:
    """A database, and a token of a client that may write."""

    url: str
    token: str = field(repr=False)

    def post(self, address: str, key: str = "one") -> httpx.Response:
        """Add a person with this key, another one for each key."""
        headers = {"authorization": f"Bearer {self.token}", "idempotency-key": key}
        body = {"name": NAMED + key, "organisation": "Local authority"}
        return httpx.post(f"{address}/api/v1/people", json=body, headers=headers, trust_env=False, timeout=30)

    def stored(self) -> tuple[int, int, int]:
        """How many people of the name, entries in the journal, and kept answers there are."""
        with opened(self.url), db.read(None) as reader:
            named = select(func.count()).where(tables.people.c.name.startswith(NAMED))
            entries = select(func.count()).select_from(tables.journal_entries)
            kept = select(func.count()).select_from(tables.kept_answers)
            [journal] = checks.journals(reader)
            chain = checks.journal_entries(reader, journal)
            verdict = verify(chain, config.settings().chain_key(), journal.last_sequence)
            assert list(checks.journal_faults(journal, verdict)) == []
            people, written, answers = (reader.execute(one).scalar_one() for one in (named, entries, kept))
            return people, written, answers


@pytest.fixture
def site(database_url: str) -> Site:
    with opened(database_url):
        return Site(database_url, doors.token(doors.area("north"), "write"))


def differing(answers: list[httpx.Response]) -> set[tuple[int, bytes, str, str]]:
    return {(one.status_code, one.content, one.headers["location"], one.headers["etag"]) for one in answers}


def test_one_key_20_times_at_once_in_two_processes_is_one_row_and_one_answer(site: Site) -> None:
    people, written, kept = site.stored()
    with ExitStack() as stack:
        addresses = [stack.enter_context(servers.serve(site.url)).address for _ in range(2)]
        pool = stack.enter_context(ThreadPoolExecutor(AT_ONCE))
        answers = list(pool.map(site.post, addresses * (AT_ONCE // 2)))
        statuses = Counter(one.status_code for one in answers)
        assert statuses.keys() <= {201, 409}, statuses
        for one in answers:
            assert one.status_code == 201 or one.headers["retry-after"] == "1"
        first = [
            one for one in answers if "idempotency-replayed" not in one.headers and one.status_code == 201
        ]
        assert len(first) == 1
        # Those who were told to wait ask again, as everybody may.
        repeated = list(pool.map(site.post, addresses * (AT_ONCE // 2)))
    assert [one.status_code for one in repeated] == [201] * AT_ONCE, "a repetition waits for none"
    given = [*repeated, *(one for one in answers if one.status_code == 201)]
    assert len(differing(given)) == 1
    assert site.stored() == (people + 1, written + 1, kept + 1)


@pytest.mark.parametrize("moment", dying_server.MOMENTS)
def test_after_a_kill_9_the_same_request_is_one_row_and_one_answer(site: Site, moment: str) -> None:
    people, written, kept = site.stored()
    dying = {"settings": {dying_server.SETTING: moment}, "factory": "tests.dying_server:create_app"}
    with servers.serve(site.url, **dying) as service, pytest.raises(httpx.RemoteProtocolError):
        site.post(service.address)
    is_committed = moment == dying_server.BEFORE_ANSWER
    assert site.stored() == (people + is_committed, written + is_committed, kept + is_committed)
    with servers.serve(site.url) as service:
        first, again = site.post(service.address), site.post(service.address)
    assert first.status_code == 201
    assert ("idempotency-replayed" in first.headers) == is_committed
    assert len(differing([first, again])) == 1
    assert site.stored() == (people + 1, written + 1, kept + 1)


@pytest.mark.parametrize("rounds", [1, pytest.param(40, marks=pytest.mark.long)])
def test_what_is_killed_at_any_moment_is_there_once_after_it_is_sent_again(site: Site, rounds: int) -> None:
    people, written, kept = site.stored()
    chance = random.Random(rounds)
    for number in range(1, rounds + 1):
        keys = [f"{number}-{place}" for place in range(12)]
        given: dict[str, bytes] = {}

        def send(key: str, address: str, given: dict[str, bytes] = given) -> None:
            with suppress(httpx.HTTPError):
                given[key] = site.post(address, key).content

        with servers.serve(site.url) as service, ThreadPoolExecutor(4) as pool:
            running = [pool.submit(send, key, service.address) for key in keys]
            time.sleep(chance.uniform(0.0, 0.1))
            os.kill(service.process, signal.SIGKILL)
            wait(running)
        with servers.serve(site.url) as service:
            answers = {key: site.post(service.address, key) for key in keys}
        assert {one.status_code for one in answers.values()} == {201}
        assert all(answers[key].content == content for key, content in given.items())
        done = 12 * number
        assert site.stored() == (people + done, written + done, kept + done)
