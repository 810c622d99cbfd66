"""Many clients at once: a mixed load that must not break, and pairs of changes that must not be lost.

Both are bounded in number, run against services on the loopback and can be imported by tests.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from bench.client import Answer, Connection

API = "/api/v1"
PAIRS_AT_ONCE = 8
STATUSES = ("on_target", "delayed", "not_started", "complete")


@dataclass(slots=True)
class MixedReport:
    """What came back. ``refused`` are answers other than success and a stale ETag, with one example each."""

    answers: Counter[str] = field(default_factory=Counter)  # "PATCH action 200": number
    refused: dict[str, str] = field(default_factory=dict)
    server_errors: int = 0
    locked: int = 0
    requests: int = 0
    lost: int = 0  # entries that were answered with 201 and are not there

    @property
    def passed(self) -> bool:
        """No 5xx, nothing locked, nothing lost, nothing refused."""
        return not (self.server_errors or self.locked or self.lost or self.refused)


@dataclass(slots=True)
class PairsReport:
    """Pairs of changes with the same ETag. ``wrong`` counts the pairs whose answers were not 200 and 412."""

    pairs: int = 0
    wrong: int = 0
    lost: int = 0  # the record does not show the winner's change, or its version did not rise by one
    examples: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Exactly one success in every pair, and it stayed."""
        return self.pairs > 0 and not self.wrong and not self.lost


@dataclass(frozen=True, slots=True)
class _Records:
    plan: str
    actions: Sequence[str]
    registers: Sequence[str]
    risks: Sequence[str]  # of registers with a scored matrix
    sizes: dict[str, tuple[int, int]]  # likelihoods and impacts by risk


def run(
    addresses: Sequence[str], token: str, *, clients: int = 32, requests: int = 500, seed: int = 1
) -> MixedReport:
    """So many clients with so many requests each: reads, changes, updates and assessments.

    ``token`` may read and write. The area needs a plan with actions and a register with risks.
    """
    return asyncio.run(_run(addresses, token, clients, requests, seed))


async def _run(addresses: Sequence[str], token: str, clients: int, requests: int, seed: int) -> MixedReport:
    report = MixedReport()
    async with Connection(addresses[0], token) as connection:
        records = await _find(connection)
        before = await _entries(connection, records)
    work = [
        _client(addresses[number % len(addresses)], token, records, requests, seed + number, report)
        for number in range(clients)
    ]
    await asyncio.gather(*work)
    async with Connection(addresses[0], token) as connection:
        after = await _entries(connection, records)
    written = sum(
        count
        for name, count in report.answers.items()
        if name.endswith(" 201") and name.startswith(("POST update", "POST assessment"))
    )
    report.lost = written - (after - before)
    return report


async def _client(
    address: str, token: str, records: _Records, requests: int, seed: int, report: MixedReport
) -> None:
    chance = random.Random(seed)
    async with Connection(address, token) as connection:
        for number in range(requests):
            kind = _KINDS[chance.randrange(len(_KINDS))]
            name, answer = await kind(connection, records, chance, f"{seed}.{number}")
            report.requests += 1
            report.answers[f"{name} {answer.status}"] += 1
            if answer.status >= 500:
                report.server_errors += 1
            if b"database is locked" in answer.body.lower():
                report.locked += 1
            if answer.status >= 400 and answer.status != 412:
                report.refused.setdefault(
                    f"{name} {answer.status}", answer.body.decode(errors="replace")[:500]
                )


async def _find(connection: Connection) -> _Records:
    plans = await _get(connection, f"{API}/plans?limit=1")
    plan = plans["items"][0]["id"]
    actions = await _get(connection, f"{API}/plans/{plan}/actions?limit=100")
    registers = await _get(connection, f"{API}/registers?limit=20")
    sizes: dict[str, tuple[int, int]] = {}
    for register in registers["items"]:
        matrix = register["matrix"]
        if matrix["kind"] != "scored":
            continue
        size = len(matrix["likelihood_labels"]), len(matrix["impact_labels"])
        risks = await _get(connection, f"{API}/registers/{register['id']}/risks?limit=100")
        sizes |= {risk["id"]: size for risk in risks["items"] if risk["state"] == "open"}
    return _Records(
        plan=plan,
        actions=[action["id"] for action in actions["items"] if not action["withdrawn"]],
        registers=[register["id"] for register in registers["items"]],
        risks=list(sizes),
        sizes=sizes,
    )


async def _get(connection: Connection, path: str) -> Any:
    answer = await connection.request("GET", path)
    if answer.status != 200:
        raise RuntimeError(
            f"GET {path} answered {answer.status}: {answer.body.decode(errors='replace')[:500]}"
        )
    return answer.json()


async def _entries(connection: Connection, records: _Records) -> int:
    """How many updates and assessments the records have."""
    paths = [f"{API}/actions/{action}/updates" for action in records.actions]
    paths += [f"{API}/risks/{risk}/assessments" for risk in records.risks]
    total = 0
    for path in paths:
        total += (await _get(connection, path))["total"]
    return total


# --- Kinds of request: (connection, records, chance, mark) -> what it was, the answer -----------------------


async def _read(
    connection: Connection, records: _Records, chance: random.Random, mark: str
) -> tuple[str, Answer]:
    name, path = chance.choice(
        [
            ("action", f"{API}/actions/{chance.choice(records.actions)}"),
            ("actions", f"{API}/plans/{records.plan}/actions?limit=20"),
            ("progress", f"{API}/plans/{records.plan}/progress"),
            ("history", f"{API}/actions/{chance.choice(records.actions)}/updates"),
            ("risk", f"{API}/risks/{chance.choice(records.risks)}"),
            ("heat map", f"{API}/registers/{chance.choice(records.registers)}/heat-map"),
        ]
    )
    return f"GET {name}", await connection.request("GET", path)


async def _patch(
    connection: Connection, records: _Records, chance: random.Random, mark: str
) -> tuple[str, Answer]:
    path = f"{API}/actions/{chance.choice(records.actions)}"
    found = await connection.request("GET", path)
    if found.status != 200:
        return "GET action", found
    change = {"success_measure": f"Measured by mixed load {mark}"}
    return "PATCH action", await connection.request(
        "PATCH", path, change, {"if-match": found.headers["etag"]}
    )


async def _update(
    connection: Connection, records: _Records, chance: random.Random, mark: str
) -> tuple[str, Answer]:
    body: dict[str, Any] = {"narrative": f"Told by mixed load {mark}", "reason": "Mixed load"}
    if chance.random() < 0.5:
        body["status"] = chance.choice(STATUSES)
        if body["status"] != "complete":
            body["completed_on"] = None
    path = f"{API}/actions/{chance.choice(records.actions)}/updates"
    return "POST update", await connection.request("POST", path, body)


async def _assess(
    connection: Connection, records: _Records, chance: random.Random, mark: str
) -> tuple[str, Answer]:
    risk = chance.choice(records.risks)
    likelihoods, impacts = records.sizes[risk]
    pair = {"likelihood": chance.randint(1, likelihoods), "impact": chance.randint(1, impacts)}
    body = {
        "current": pair,
        "target": {"likelihood": 1, "impact": 1},
        "target_rationale": "As low as it goes",
        "reason": f"Mixed load {mark}",
    }
    return "POST assessment", await connection.request("POST", f"{API}/risks/{risk}/assessments", body)


_KINDS = (_read, _read, _read, _read, _patch, _patch, _update, _update, _assess)


# --- Pairs --------------------------------------------------------------------------------------------------


def pairs(addresses: Sequence[str], token: str, *, number: int = 1000) -> PairsReport:
    """So many pairs of concurrent changes with the same ETag, alternating between the addresses.

    Give two addresses to let two web processes compete.
    """
    return asyncio.run(_pairs(addresses, token, number))


async def _pairs(addresses: Sequence[str], token: str, number: int) -> PairsReport:
    report = PairsReport()
    async with Connection(addresses[0], token) as connection:
        records = await _find(connection)
    actions = list(records.actions[:PAIRS_AT_ONCE])
    await asyncio.gather(
        *(
            _compete(addresses, token, action, range(place, number, len(actions)), report)
            for place, action in enumerate(actions)
        )
    )
    return report


async def _compete(
    addresses: Sequence[str], token: str, action: str, numbers: range, report: PairsReport
) -> None:
    path = f"{API}/actions/{quote(action)}"
    async with Connection(addresses[0], token) as one, Connection(addresses[-1], token) as other:
        for number in numbers:
            found = await one.request("GET", path)
            condition = {"if-match": found.headers["etag"]}
            titles = [f"Pair {number}, first", f"Pair {number}, second"]
            answers = await asyncio.gather(
                one.request("PATCH", path, {"title": titles[0]}, condition),
                other.request("PATCH", path, {"title": titles[1]}, condition),
            )
            report.pairs += 1
            statuses = [answer.status for answer in answers]
            if sorted(statuses) != [200, 412]:
                report.wrong += 1
                report.examples.append(f"pair {number}: {statuses}")
                continue
            winner = titles[statuses.index(200)]
            now = (await one.request("GET", path)).json()
            if now["title"] != winner or now["version"] != found.json()["version"] + 1:
                report.lost += 1
                report.examples.append(f"pair {number}: {now['title']} instead of {winner}")
