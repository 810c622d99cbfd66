"""Many at once, with real web processes: no update is lost, nothing is locked, the journal has no gap.

``make test`` runs a short round of each; the long ones are those of the issue: 1,000 pairs on both databases,
32 clients with 500 requests each on SQLite.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import httpx
import pytest
from sqlalchemy import func, select

from app import config, db
from app.journal.verification import verify
from app.models import tables
from app.services import checks
from bench import mixed
from tests import servers
from tests.databases import copy_of, opened

LONG_PAIRS, LONG_REQUESTS = 1000, 500
# One process is what SQLite is for; PostgreSQL is what several share.
PROCESSES = {"sqlite": 1, "postgresql": 2}


@dataclass(frozen=True, slots=True)
class Served:
    """Web processes on one database with the sample, and a token that may write."""

    url: str
    addresses: tuple[str, ...]
    token: str


@pytest.fixture
def served(database_kind: str) -> Iterator[Served]:
    with ExitStack() as stack:
        url = stack.enter_context(copy_of("sample", database_kind))
        options = ["--name", "Load", "--area", "halton", "--scope", "write", "--json"]
        client = json.loads(servers.command(url, "create-client", *options).stdout)
        services = [stack.enter_context(servers.serve(url)) for _ in range(PROCESSES[database_kind])]
        addresses = tuple(service.address for service in services)
        form = {"grant_type": "client_credentials", **client}
        answer = httpx.post(f"{addresses[0]}/oauth/token", data=form, trust_env=False)
        assert answer.status_code == 200, answer.text
        yield Served(url, addresses, answer.json()["access_token"])
        for service in services:
            assert "Traceback" not in service.log.read_text(errors="replace").replace("\\n", "\n")


@dataclass(frozen=True, slots=True)
class Kept:
    """What the database holds: the journal's sequences, and all versions of actions and risks together."""

    sequences: list[int]
    last_sequence: int
    faults: list[str]
    action_versions: int
    risk_versions: int


def kept(url: str) -> Kept:
    with opened(url), db.read(None) as reader:
        entries = tables.journal_entries.c
        [journal] = checks.journals(reader)
        chain = checks.journal_entries(reader, journal)
        verdict = verify(chain, config.settings().chain_key(), journal.last_sequence)
        return Kept(
            list(reader.execute(select(entries.sequence).order_by(entries.sequence)).scalars()),
            journal.last_sequence,
            list(checks.journal_faults(journal, verdict)),
            reader.execute(select(func.sum(tables.actions.c.version))).scalar_one(),
            reader.execute(select(func.sum(tables.risks.c.version))).scalar_one(),
        )


def journal_is_whole(found: Kept) -> bool:
    """Whether the sequences run from 1 to the area's last without a gap or a duplicate, in one chain."""
    return found.sequences == list(range(1, found.last_sequence + 1)) and not found.faults


@pytest.mark.parametrize("pairs", [50, pytest.param(LONG_PAIRS, marks=pytest.mark.long)])
def test_of_two_changes_of_one_version_exactly_one_is_stored(served: Served, pairs: int) -> None:
    before = kept(served.url)
    report = mixed.pairs(served.addresses, served.token, number=pairs)
    after = kept(served.url)
    assert report.pairs == pairs
    assert (report.wrong, report.lost) == (0, 0), report.examples[:5]
    assert after.action_versions - before.action_versions == pairs
    assert after.last_sequence - before.last_sequence == pairs
    assert journal_is_whole(after)


@pytest.mark.parametrize("requests", [8, pytest.param(LONG_REQUESTS, marks=pytest.mark.long)])
def test_many_clients_at_once_break_and_lose_nothing(served: Served, requests: int) -> None:
    before = kept(served.url)
    report = mixed.run(served.addresses, served.token, clients=32, requests=requests)
    after = kept(served.url)
    assert report.requests == 32 * requests
    assert (report.server_errors, report.locked, report.lost) == (0, 0, 0), report.refused
    assert not report.refused
    updates, patches = report.answers["POST update 201"], report.answers["PATCH action 200"]
    assessments = report.answers["POST assessment 201"]
    assert min(updates, patches, assessments) > 0, report.answers
    assert after.action_versions - before.action_versions == updates + patches
    assert after.risk_versions - before.risk_versions == assessments
    assert after.last_sequence - before.last_sequence == updates + patches + assessments
    assert journal_is_whole(after)
