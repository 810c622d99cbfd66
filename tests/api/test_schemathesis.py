"""Schemathesis against the API in this process: a short run; the long one is in tests/long.

Each operation of the contract is asked for at least once, with what is valid and what is not, and once more
by every role. Seeds are fixed: the same contract is asked the same questions.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from schemathesis.python import asgi

from tests import doors, fuzzing
from tests.doors import Program

# Reading, adding, changing and ending, with and without a token: the limits of all 90 take minutes.
LIMITED = {
    "GET /api/v1/people/{person_id}",
    "POST /api/v1/people",
    "PATCH /api/v1/people/{person_id}",
    "POST /api/v1/plans",
    "PUT /api/v1/plans/{plan_id}/cadence",
    "DELETE /api/v1/webhooks/{webhook_id}",
    "POST /oauth/token",
}


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    """Schemathesis starts the application by itself, and would end it with the process."""
    yield
    asgi.shutdown_lifespans()


def token_of(role: str, who: doors.Principal) -> str | None:
    """The token of a role; yesterday's is expired."""
    scopes = fuzzing.SCOPES[role]
    age = timedelta(days=1) if role == "expired" else timedelta(0)
    return doors.token(who, *scopes, age=age) if scopes else None


def test_every_operation_answers_each_role_as_the_contract_says(database: str) -> None:
    who = doors.area("north")
    with doors.opened() as http:
        ids = doors.records(Program(http, doors.token(who, "write")))
    token = doors.token(who, "write", "admin")
    settings = fuzzing.settings(ids, token, phases=fuzzing.DRAWN, examples=2)
    found = fuzzing.run(settings, app=doors.application())
    print(found.summary())
    assert not found.failures, found.told()
    assert set(found.operations) == fuzzing.operations(), "an operation that is not asked for is not tested"
    assert found.linked, "the ids of answers are followed"
    assert all(status is not None and status < 500 for status in found.statuses)
    for role, scopes in fuzzing.SCOPES.items():
        statuses, failures = fuzzing.again(found, token_of(role, who))
        assert not failures, f"{role}: {failures}"
        refused = {label for label, status in statuses.items() if status in (401, 403)}
        assert refused == fuzzing.refused(() if role == "expired" else scopes), role


def test_the_limits_of_every_field_are_those_of_the_contract(database: str) -> None:
    who = doors.area("north")
    with doors.opened() as http:
        ids = doors.records(Program(http, doors.token(who, "write")))
    settings = fuzzing.settings(ids, doors.token(who, "write", "admin"), phases=fuzzing.LIMITS)
    found = fuzzing.run(settings, app=doors.application(), only=LIMITED)
    print(found.summary())
    assert not found.failures, found.told()
    assert set(found.operations) == LIMITED
    assert found.statuses[405], "methods that an address does not take are tried"
