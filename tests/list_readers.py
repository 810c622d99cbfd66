"""Readers that walk lists while others write, with real web processes.

with served("postgresql") as site:
    walks = walk_while_writing(site, writers=16, each=8)
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.feed_readers import API, Site, answered

KEPT = "Kept"
"""What the titles of the actions begin with that nobody changes."""


@dataclass(frozen=True, slots=True)
class Walk:
    """One walk through a list: the query, the kept actions that it saw in order, and each page's total."""

    query: str
    seen: list[str]
    others: list[str]
    totals: list[int]


QUERIES = (
    "sort=ref",
    "sort=ref&descending=true",
    "sort=due_on",
    "sort=lead&fields=id,title",
    "sort=status&descending=true",
    "sort=updated_at",
    "q=kept&sort=due_on&descending=true",
    "as_at=2024-06-30&fields=id,title",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan that is walked: its address, the priority and the actions that are written to."""

    path: str
    priority: str
    kept: dict[str, str]
    written: list[str]


def prepared(site: Site, rows: int = 24) -> Plan:
    """A plan with actions that stay as they are, among others that writers change."""
    with site.client() as program:
        plan = made(program, "/plans", ref="WALK", title="A plan to walk through")
        priority = made(program, f"/plans/{plan}/priorities", ref="W 1", title="Walked")
        lead = made(program, "/people", name="Walker")
        path, kept, written = f"/plans/{plan}/actions", {}, []
        for number in range(rows):
            body: dict[str, Any] = {"points": [{"priority_id": priority, "ref": f"5.{number}"}]}
            body |= {"effective_on": "2024-05-01", "status": ("delayed", "not_started")[number // 2 % 2]}
            if number % 3:
                body |= {"due_on": f"2024-09-{1 + number % 5:02}", "lead_id": lead}
            is_kept = number % 2 == 0
            one = made(program, path, title=f"{KEPT if is_kept else 'Written'} {number}", **body)
            if is_kept:
                kept[one] = f"5.{number}"
            else:
                written.append(one)
    return Plan(API + path, priority, kept, written)


def made(program: httpx.Client, path: str, **body: Any) -> str:
    """The id of a new record."""
    return str(answered(program.post(API + path, json=body))["id"])


def walk_while_writing(site: Site, plan: Plan, *, writers: int, each: int, limit: int = 3) -> list[Walk]:
    """Walks in each order, again and again, from before the first write until after the last."""
    start, done = threading.Barrier(writers + 2, timeout=60), threading.Event()
    with ThreadPoolExecutor(writers + 2) as threads:
        halves = QUERIES[::2], QUERIES[1::2]
        readers = [threads.submit(_read, site, plan, half, start, done, limit) for half in halves]
        # A writer that failed must not let the readers walk for ever.
        try:
            work = [threads.submit(_write, site, plan, number, each, start) for number in range(writers)]
            for one in work:
                one.result()
        finally:
            done.set()
        return [walk for reader in readers for walk in reader.result()]


def _read(
    site: Site,
    plan: Plan,
    queries: tuple[str, ...],
    start: threading.Barrier,
    done: threading.Event,
    limit: int,
) -> list[Walk]:
    walks = []
    with site.client(0) as first, site.client(1) as second:
        start.wait()
        while True:
            was_done = done.is_set()
            # The pages of one walk are answered by either process.
            walks += [_walk((first, second), plan, query, limit) for query in queries]
            if was_done:
                return walks


def _walk(programs: tuple[httpx.Client, ...], plan: Plan, query: str, limit: int) -> Walk:
    seen, others, totals = [], [], []
    address, page = f"{plan.path}?limit={limit}&{query}", 0
    while True:
        answer = programs[page % len(programs)].get(address)
        found = answered(answer)
        for one in found["items"]:
            (seen if one["title"].startswith(KEPT) else others).append(one["id"])
        totals.append(found["total"])
        page += 1
        assert page < 1000, "the walk does not end"
        if found["next"] is None:
            return Walk(query, seen, others, totals)
        link = urlsplit(answer.links["next"]["url"])
        address = f"{link.path}?{link.query}"


def _write(site: Site, plan: Plan, number: int, each: int, start: threading.Barrier) -> None:
    with site.client(number) as program:
        start.wait()
        for turn in range(each):
            one = plan.written[(number + turn) % len(plan.written)]
            if turn % 3 == 0:
                points = [{"priority_id": plan.priority, "ref": f"{turn % 9}.{100 + number}{turn}"}]
                body = {"title": f"Added {number}.{turn}", "points": points, "effective_on": "2024-05-02"}
                answered(program.post(plan.path, json=body))
            elif turn % 3 == 1:
                body = {"status": ("on_target", "delayed")[turn % 2], "due_on": f"2024-10-{1 + number:02}"}
                there = f"{API}/actions/{one}/updates"
                answered(program.post(there, json={**body, "reason": "Measured"}))
            else:
                tag = program.get(f"{API}/actions/{one}").headers["etag"]
                patch = {"title": f"Changed {number}.{turn}"}
                answer = program.patch(f"{API}/actions/{one}", json=patch, headers={"if-match": tag})
                assert answer.status_code in (200, 412), answer.text
