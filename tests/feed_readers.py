"""Readers of the feed of changes while others write, with real web processes; the journal to compare with.

with served("postgresql") as site:
    read = read_while_writing(site, writers=16, each=8)
assert read == site.journal()
"""

import itertools
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from sqlalchemy import select, update

from app import db
from app.models import tables
from app.models.change_fields import shown_values
from app.models.change_kinds import HIDDEN_NOUNS
from tests import servers
from tests.databases import copy_of, opened

API = "/api/v1"
# One process is what SQLite is for; PostgreSQL is what several share.
PROCESSES = {"sqlite": 1, "postgresql": 2}
Change = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Site:
    """Web processes on one database with the sample, and a token that may write."""

    url: str
    addresses: tuple[str, ...]
    token: str

    def client(self, number: int = 0) -> httpx.Client:
        """A program that asks one of the processes."""
        headers = {"authorization": f"Bearer {self.token}"}
        address = self.addresses[number % len(self.addresses)]
        return httpx.Client(base_url=address, headers=headers, trust_env=False, timeout=60)

    def journal(self) -> list[Change]:
        """What the journal itself holds for readers, in its order."""
        entry = tables.journal_entries.c
        with opened(self.url), db.read(None) as reader:
            rows = reader.execute(select(tables.journal_entries).order_by(entry.sequence)).all()
            [area] = reader.execute(select(tables.areas.c.last_sequence)).scalars()
        assert [row.sequence for row in rows] == list(range(1, area + 1)), "the journal itself has a gap"
        return [told(row._mapping) for row in rows if row.noun not in HIDDEN_NOUNS]


def told(entry: Any) -> Change:
    """What the feed and the journal both say of a change."""
    return {
        "sequence": entry["sequence"],
        "noun": entry["noun"],
        "operation": entry["operation"],
        "id": str(entry.get("id") if "href" in entry else entry["subject_id"]),
        "author_name": entry["author_name"],
        "reason": entry["reason"],
        **{name: shown_values(entry["noun"], entry[name]) for name in ("before", "after")},
    }


@contextmanager
def served(kind: str) -> Iterator[Site]:
    """The service with the sample on a database of this kind."""
    with ExitStack() as stack:
        url = stack.enter_context(copy_of("sample", kind))
        options = ["--name", "Warehouse", "--area", "halton", "--scope", "write", "--json"]
        client = json.loads(servers.command(url, "create-client", *options).stdout)
        # A reader that polls without rest, and 16 writers, ask more often than a program should.
        with opened(url), db.write(None) as writer:
            writer.execute(update(tables.clients).values(quota=1_000_000))
        services = [stack.enter_context(servers.serve(url)) for _ in range(PROCESSES[kind])]
        addresses = tuple(service.address for service in services)
        form = {"grant_type": "client_credentials", **client}
        answer = httpx.post(f"{addresses[0]}/oauth/token", data=form, trust_env=False)
        assert answer.status_code == 200, answer.text
        yield Site(url, addresses, answer.json()["access_token"])
        for service in services:
            assert "Traceback" not in service.log.read_text(errors="replace").replace("\\n", "\n")


def read_while_writing(
    site: Site, *, writers: int, each: int, limits: Sequence[int] = (7, 1000)
) -> list[list[Change]]:
    """Every change that each reader saw, which polled from the first change on until the writers were done.

    ``writers`` write at once, ``each`` so many changes. A reader for each limit: small pages have to be
    turned, and a large one ends where the journal does at that moment.
    """
    start, done = threading.Barrier(writers + len(limits), timeout=60), threading.Event()
    with ThreadPoolExecutor(writers + len(limits)) as threads:
        readers = [threads.submit(_read, site, start, done, limit) for limit in limits]
        # A writer that failed must not let the readers wait.
        try:
            work = [threads.submit(_write, site, number, each, start) for number in range(writers)]
            for one in work:
                one.result()
        finally:
            done.set()
        return [reader.result() for reader in readers]


def _read(site: Site, start: threading.Barrier, done: threading.Event, limit: int) -> list[Change]:
    polls = itertools.count()
    with ExitStack() as stack:
        programs = [stack.enter_context(site.client(number)) for number in range(len(site.addresses))]
        # What the sample wrote is read first: from here on reader and writers run side by side.
        found, after = _pages(programs[0], 0, 1000)
        start.wait()
        while True:
            was_done = done.is_set()
            program = programs[next(polls) % len(programs)]
            page = answered(program.get(f"{API}/changes", params={"after": after, "limit": limit}))
            found += [told(one) for one in page["items"]]
            after = page["next"]
            if was_done and not page["more"]:
                return found


def _pages(program: httpx.Client, after: int, limit: int) -> tuple[list[Change], int]:
    found: list[Change] = []
    while True:
        page = answered(program.get(f"{API}/changes", params={"after": after, "limit": limit}))
        found += [told(one) for one in page["items"]]
        after = page["next"]
        if not page["more"]:
            return found, after


def answered(answer: httpx.Response) -> Any:
    """The JSON of an answer that succeeded."""
    assert answer.is_success, f"{answer.request.url} answered {answer.status_code}: {answer.text[:500]}"
    return answer.json()


def _write(site: Site, number: int, each: int, start: threading.Barrier) -> None:
    with site.client(number) as program:
        plan = answered(program.get(f"{API}/plans"))["items"][0]["id"]
        actions = answered(program.get(f"{API}/plans/{plan}/actions", params={"limit": 100}))["items"]
        own = actions[number % len(actions)]["id"]
        start.wait()
        for turn in range(each):
            _KINDS[(number + turn) % len(_KINDS)](program, own, f"{number}.{turn}")


def _told_on(program: httpx.Client, action: str, name: str) -> None:
    body = {"narrative": f"Told {name}", "reason": "Measured"}
    answered(program.post(f"{API}/actions/{action}/updates", json=body))


def _changed(program: httpx.Client, action: str, name: str) -> None:
    while True:
        tag = program.get(f"{API}/actions/{action}").headers["etag"]
        body = {"success_measure": f"Measured {name}"}
        answer = program.patch(f"{API}/actions/{action}", json=body, headers={"if-match": tag})
        if answer.status_code != 412:
            answered(answer)
            return


def _added(program: httpx.Client, _action: str, name: str) -> None:
    answered(program.post(f"{API}/people", json={"name": f"Lead {name}"}))


_KINDS: tuple[Callable[[httpx.Client, str, str], None], ...] = (_told_on, _changed, _added)
