"""Schemathesis against the service as a process of its own: every role, both databases, all limits.

The short run is in tests/api. Each database is asked at least 10,000 times, so 20,000 times in all.
"""

import time
from collections import Counter
from datetime import timedelta

import pytest

from tests import doors, fuzzing, servers
from tests.databases import KINDS, copy_of, opened
from tests.doors import Program

pytestmark = pytest.mark.long

# The limits of all are 11,600 requests; those of what only an administrator may do are asked for again.
RUNS = [
    ("write", fuzzing.LIMITS, 1),
    ("admin", fuzzing.LIMITS, 1),
    *((role, fuzzing.DRAWN, 6) for role in fuzzing.SCOPES),
    *5 * [("both", fuzzing.STORIES, 25)],
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_role_is_answered_as_the_contract_says(kind: str) -> None:
    asked: Counter[str] = Counter()
    failures: list[str] = []
    linked = 0
    with copy_of("migrated", kind) as url:
        with opened(url), doors.opened() as http:
            who = doors.area("north")
            ids = doors.records(Program(http, doors.token(who, "write")))
            tokens = {
                role: doors.token(who, *scopes, age=timedelta(days=role == "expired")) if scopes else None
                for role, scopes in fuzzing.SCOPES.items()
            }
        with servers.serve(url) as service:
            for seed, (role, phases, examples) in enumerate(RUNS):
                expected = fuzzing.operations()
                if role == "admin" and phases == fuzzing.LIMITS:
                    expected = fuzzing.refused(("read", "write"))
                began = time.monotonic()
                settings = fuzzing.settings(
                    ids,
                    tokens[role],
                    phases=phases,
                    examples=examples,
                    address=service.address,
                    seed=seed,
                )
                found = fuzzing.run(settings, only=expected)
                took = time.monotonic() - began
                print(f"{kind}, {role}, {' and '.join(phases)}: {found.summary()}; {took:.0f} s")
                print(f"  explained: {dict(found.explained)}")
                failures += [f"{kind}, {role}: {one}" for one in found.failures]
                assert set(found.operations) == expected or phases == fuzzing.STORIES
                assert all(status is not None and status < 500 for status in found.statuses)
                linked += found.linked
                asked[role] += found.requests
    assert not failures, "\n\n".join([f"{len(failures)} failures", *failures[:20]])
    assert linked > 100, "the ids of answers are followed"
    assert asked.keys() == fuzzing.SCOPES.keys()
    assert sum(asked.values()) >= 10_000
