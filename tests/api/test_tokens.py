"""Tokens at the door: which are refused and as what, guessing, quotas, addresses that are only claimed."""

import json
import time
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from starlette.testclient import TestClient

from app import clock, db
from app.access.roles import Principal
from app.api.problem_types import PROBLEM_TYPES
from app.models.tables import client_usage, clients
from app.services import clients as clients_service
from app.services import tokens
from tests import doors, servers
from tests.databases import copy_of
from tests.doors import Program

FORWARDED = (
    {"x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https", "x-forwarded-host": "evil.example"},
    {"forwarded": "for=203.0.113.8;proto=https;host=evil.example", "x-real-ip": "203.0.113.8"},
)
DOCUMENTED = {one.sample["type"]: one.status for one in PROBLEM_TYPES}


def ask(http: TestClient, client_id: UUID, secret: str, **headers: str) -> Any:
    form = {"grant_type": "client_credentials", "client_id": str(client_id), "client_secret": secret}
    return Program(http, None).send("POST", "/oauth/token", data=form, headers=headers)


@pytest.fixture
def early() -> None:
    """Wrong secrets are counted by the minute: begin where none will begin for a while."""
    left = 60 - clock.now().second
    if left < 10:
        time.sleep(left)


# --- Refused tokens ---------------------------------------------------------------------------------------


def expired(area: Principal) -> str:
    return doors.token(area, "read", age=timedelta(hours=2))


def of_a_revoked_client(area: Principal) -> str:
    client_id, secret = doors.client(area, "read")
    found = doors.token_of(client_id, secret)
    doors.revoke(area, client_id)
    return found


def of_a_revoked_secret(area: Principal) -> str:
    client_id, secret = doors.client(area, "read")
    found = doors.token_of(client_id, secret)
    with db.write(area) as writer:
        at = clock.moment()
        client = clients_service.get_client(writer, area, client_id, at.now)
        clients_service.revoke_secret(writer, area, at, client_id, client["secrets"][0]["id"])
    return found


def of_a_client_that_ended(area: Principal) -> str:
    client_id, secret = doors.client(area, "read")
    found = doors.token_of(client_id, secret)
    with db.write(area) as writer:
        past = clock.now() - timedelta(seconds=1)
        writer.execute(clients.update().where(clients.c.id == client_id).values(expires_at=past))
    return found


@pytest.mark.parametrize(
    "bad", [expired, of_a_revoked_client, of_a_revoked_secret, of_a_client_that_ended, lambda area: "x" * 43]
)
def test_a_token_that_has_ended_is_a_problem_with_its_type(
    http: TestClient, area: Principal, bad: Any
) -> None:
    answer = Program(http, bad(area)).get("/plans", 401)
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert DOCUMENTED[problem["type"]] == problem["status"] == 401
    assert "Ask POST /oauth/token for a new one" in problem["detail"]


@pytest.mark.parametrize("sent", ["{0}", "Basic {0}", "Token {0}", "Bearer", "Bearer "])
def test_a_token_without_its_scheme_is_told_how_it_is_sent(
    http: TestClient, area: Principal, sent: str
) -> None:
    """Told to ask for a new one, a program would do so for ever."""
    header = {"authorization": sent.format(doors.token(area, "read"))}
    problem = Program(http, None).get("/plans", 401, headers=header).json()
    assert problem["detail"].startswith("Send an access token as `Authorization: Bearer <token>`.")


def test_a_token_of_too_narrow_a_scope_is_a_problem_with_its_type(http: TestClient, area: Principal) -> None:
    plan = {"ref": "P", "title": "A plan"}
    problem = Program(http, doors.token(area, "read")).post("/plans", plan, 403).json()
    assert DOCUMENTED[problem["type"]] == 403


def test_a_token_of_another_area_finds_nothing_here(
    http: TestClient, ids: dict[str, str], area: Principal
) -> None:
    stranger = doors.area(f"south-{uuid4().hex[:8]}")
    problem = Program(http, doors.token(stranger, "read")).get(f"/plans/{ids['plan_id']}", 404).json()
    assert DOCUMENTED[problem["type"]] == 404


# --- Quotas -----------------------------------------------------------------------------------------------


def test_a_quota_that_is_used_up_is_a_problem_that_says_when_to_come_back(
    http: TestClient, area: Principal
) -> None:
    greedy = Program(http, doors.token(area, "read", quota=1))
    answers = [greedy.get("/plans") for _ in range(3)]
    refused = answers[-1]
    assert refused.status_code == 429
    assert DOCUMENTED[refused.json()["type"]] == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.headers["ratelimit-limit"] == "1"
    assert refused.headers["ratelimit-remaining"] == "0"
    Program(http, doors.token(area, "read")).get("/plans", 200)


@pytest.mark.parametrize("claimed", FORWARDED)
def test_a_claimed_address_gets_nobody_another_quota(
    http: TestClient, area: Principal, claimed: dict[str, str]
) -> None:
    greedy = Program(http, doors.token(area, "read", quota=1))
    assert [greedy.get("/plans", headers=claimed).status_code for _ in range(3)][-1] == 429


# --- Guessing ---------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("early")
@pytest.mark.parametrize(
    "kind, body",
    (
        ("multipart/form-data", b"grant_type=client_credentials"),
        ("multipart/form-data; boundary=x", b"--y\r\n"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="grant_type"; filename="a"\r\n\r\nb\r\n--x--\r\n',
        ),
    ),
)
def test_what_is_no_form_is_refused_as_oauth_has_it(http: TestClient, kind: str, body: bytes) -> None:
    answer = Program(http, None).send(
        "POST", "/oauth/token", 400, content=body, headers={"content-type": kind}
    )
    assert answer.json()["error"] == "invalid_request"
    assert "application/x-www-form-urlencoded" in answer.json()["error_description"]


def test_guessing_is_told_to_wait_and_locks_nobody_out(http: TestClient, area: Principal) -> None:
    client_id, secret = doors.client(area, "read")
    live = Program(http, doors.token_of(client_id, secret))
    answers = [
        ask(http, client_id, f"guess {number}", **FORWARDED[number % 2])
        for number in range(tokens.MOST_FAILURES + 2)
    ]
    statuses = [answer.status_code for answer in answers]
    assert statuses == [401] * tokens.MOST_FAILURES + [429] * 2
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    assert answers[-1].json()["error"] == "invalid_client"
    live.get("/plans", 200)
    assert ask(http, client_id, secret).status_code == 200, "whoever guesses shuts nobody out"
    other, _ = doors.client(area, "read")
    assert ask(http, other, "wrong").status_code == 401
    with db.read(None) as reader:
        [used] = reader.execute(client_usage.select().where(client_usage.c.client_id == client_id))
    assert used.failures == tokens.MOST_FAILURES


# --- The real server --------------------------------------------------------------------------------------


def test_the_server_believes_no_forwarded_header_and_logs_none() -> None:
    """In a process of its own: uvicorn would take the address of a trusted proxy, which is this machine."""
    with copy_of("sample", "sqlite") as url, servers.serve(url, "--no-worker") as service:
        with httpx.Client(base_url=service.address, trust_env=False) as http:
            plain = http.get("/api/v1/plans", follow_redirects=False)
            for claimed in FORWARDED:
                answer = http.get("/api/v1/plans", headers=claimed, follow_redirects=False)
                assert (answer.status_code, answer.json()) == (401, plain.json())
                page = http.get("/plans", headers=claimed, follow_redirects=False)
                assert page.headers["location"] == "/sign-in?next=/plans"
                elsewhere = http.get("/help/", headers=claimed, follow_redirects=False)
                assert elsewhere.status_code == 404, "no address is built from what a request claims"
                assert "location" not in elsewhere.headers
        log = service.log.read_text()
    assert [line for line in log.splitlines() if '"route"' in line]
    assert "203.0.113" not in log
    assert "evil.example" not in log
    for line in log.splitlines():
        if line.startswith("{"):
            json.loads(line)
