"""A POST with an Idempotency-Key is done once: repeated, misused, refused, expired, at once with itself."""

import inspect
import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import Response
from fastapi.routing import APIRoute
from sqlalchemy import select
from starlette.testclient import TestClient

from app import clock, db
from app.access.roles import Principal
from app.api import once
from app.api.examples import REQUESTS
from app.models.tables import kept_answers
from app.services import people, plans, reconciliations, tokens
from tests import doors
from tests.doors import API, Program

KEY = "0d6c9e7a-5f2b-4c57-9a3e-1f0b7c2d4e68"
PLAN = {"ref": "PAP", "title": "Priority action plan"}
IN_USE, REUSED = "idempotency-key-in-use", "idempotency-key-reused"


def keyed(key: str = KEY) -> dict[str, str]:
    return {"idempotency-key": key}


def send(program: Program, body: Any = PLAN, *, path: str = "/plans", key: str = KEY, **options: Any) -> Any:
    return program.post(path, body, headers=keyed(key), **options)


def is_replayed(answer: Any) -> bool:
    return bool(answer.headers.get("idempotency-replayed") == "true")


def kept() -> list[Any]:
    with db.read(None) as reader:
        return list(reader.execute(select(kept_answers)))


@pytest.fixture(autouse=True)
def nothing_kept(http: TestClient) -> Iterator[None]:
    """A file shares one database: what a test left is taken away."""
    yield
    with db.write(None) as writer:
        writer.execute(kept_answers.delete())


# --- Repeated ---------------------------------------------------------------------------------------------


def test_the_same_request_again_stores_nothing_more_and_gets_the_same_answer(
    program: Program, area: Principal
) -> None:
    first = send(program, expected=201)
    after = doors.sequence(area.area_id)
    again = send(program, expected=201)
    assert doors.sequence(area.area_id) == after
    assert (
        again.content,
        again.headers["location"],
        again.headers["etag"],
        again.headers["content-type"],
    ) == (
        first.content,
        first.headers["location"],
        first.headers["etag"],
        first.headers["content-type"],
    )
    assert (is_replayed(first), is_replayed(again)) == (False, True)
    assert len(program.get("/plans", 200).json()["items"]) == 1


def test_a_repetition_gets_the_first_answer_whatever_happened_to_the_record_since(program: Program) -> None:
    first = send(program, expected=201)
    program.patch(f"/plans/{first.json()['id']}", {"title": "Another title"}, 200)
    assert send(program, expected=201).content == first.content


def test_without_a_key_each_request_is_its_own(program: Program) -> None:
    body = {"name": "SEND lead", "organisation": "Council"}
    first, second = (program.post("/people", body, 201) for _ in range(2))
    assert first.json()["id"] != second.json()["id"]
    assert kept() == []


def test_each_key_is_a_request_of_its_own(program: Program) -> None:
    body = {"name": "SEND lead", "organisation": "Council"}
    made = {
        send(program, body, path="/people", key=key).json()["id"] for key in ("a", "b", "A", '"a"', "~" * 255)
    }
    assert len(made) == 5


def test_what_stores_nothing_may_be_repeated_too(program: Program) -> None:
    body = REQUESTS["ReconciliationCreate"]
    first, again = (send(program, body, path="/reconciliations", expected=200) for _ in range(2))
    assert first.content == again.content
    assert is_replayed(again)


def test_what_stores_nothing_is_worked_out_without_holding_up_who_writes(
    program: Program, area: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    check, times = reconciliations.check, []

    def write() -> None:
        with db.write(area):
            times.append(1)

    def check_while_somebody_writes(body: Any) -> Any:
        other = threading.Thread(target=write)
        other.start()
        other.join(5)
        assert not other.is_alive()
        return check(body)

    monkeypatch.setattr(reconciliations, "check", check_while_somebody_writes)
    for _ in range(2):
        send(program, REQUESTS["ReconciliationCreate"], path="/reconciliations", expected=200)
    assert times == [1], "worked out once"
    other = {"scopes": REQUESTS["ReconciliationCreate"]["scopes"][:1]}
    assert send(program, other, path="/reconciliations", expected=422).json()["type"].endswith(REUSED)
    assert times == [1]


def test_a_request_without_a_body_may_be_repeated(program: Program) -> None:
    plan = program.post("/plans", PLAN, 201).json()["id"]
    period = {"ref": "Q0", "first_day": "2024-01-01", "last_day": "2024-03-31"}
    made = program.post(f"/plans/{plan}/periods", period, 201)
    there = f"/periods/{made.json()['id']}/publication"
    first, again = (
        program.post(there, None, 201, headers={**keyed(), "if-match": made.headers["etag"]})
        for _ in range(2)
    )
    assert first.content == again.content
    assert is_replayed(again)


def test_a_key_belongs_to_its_client(http: TestClient, area: Principal, program: Program) -> None:
    body = {"name": "SEND lead", "organisation": "Council"}
    neighbour = Program(http, doors.token(area, "write"))
    stranger = Program(http, doors.token(doors.area(f"south-{area.area_id.hex[-12:]}"), "write"))
    answers = [send(one, body, path="/people", expected=201) for one in (program, neighbour, stranger)]
    assert len({one.json()["id"] for one in answers}) == 3
    assert not any(is_replayed(one) for one in answers)
    other = {**body, "name": "Another lead"}
    assert send(neighbour, other, path="/people", expected=422).json()["type"].endswith(REUSED)


def test_the_journal_has_one_entry_of_what_was_sent_twice(program: Program, area: Principal) -> None:
    before = doors.sequence(area.area_id)
    for _ in range(3):
        send(program, expected=201)
    assert doors.sequence(area.area_id) - before == 1


# --- Misused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path, body",
    [
        ("/plans", {**PLAN, "title": "Another"}),
        ("/people", {"name": "SEND lead", "organisation": "Council"}),
    ],
    ids=["another body", "another path"],
)
def test_another_request_with_the_same_key_is_refused(
    program: Program, area: Principal, path: str, body: Any
) -> None:
    send(program, expected=201)
    before = doors.sequence(area.area_id)
    assert send(program, body, path=path, expected=422).json()["type"].endswith(REUSED)
    assert doors.sequence(area.area_id) == before


def test_requests_are_told_apart_by_method_path_query_and_body() -> None:
    same = ("POST", b"/plans", b"a=1", b"{}")
    others = (
        ("PUT", b"/plans", b"a=1", b"{}"),
        ("POST", b"/people", b"a=1", b"{}"),
        ("POST", b"/plans", b"", b"{}"),
        ("POST", b"/plans", b"a=1", b"{} "),
        ("POST", b"/plans", b"", b"a=1\n{}"),
    )
    digests = {once.kept_answers.digest_of(*one) for one in (same, *others)}
    assert len(digests) == 6


def test_the_same_bytes_are_the_same_request_and_other_bytes_are_not(program: Program) -> None:
    def sent(content: bytes) -> Any:
        headers = {**keyed(), "content-type": "application/json"}
        return program.send("POST", "/plans", headers=headers, content=content)

    assert sent(b'{"ref": "PAP", "title": "T"}').status_code == 201
    assert is_replayed(sent(b'{"ref": "PAP", "title": "T"}'))
    assert sent(b'{"title": "T", "ref": "PAP"}').json()["type"].endswith(REUSED)


@pytest.mark.parametrize("key", ["", "a b", "é", "a\tb", "x" * 256, "\x7f"])
def test_a_key_that_is_none_is_refused_by_name(program: Program, key: str) -> None:
    headers = {b"idempotency-key": key.encode("latin-1")}
    answer = program.send("POST", "/plans", 422, json=PLAN, headers=headers)
    [error] = answer.json()["errors"]
    assert error["pointer"] == "/Idempotency-Key"
    assert "255 visible ASCII" in error["message"]
    assert kept() == []


def test_two_keys_on_one_request_are_refused(program: Program) -> None:
    headers = [(b"authorization", program.headers["authorization"].encode())]
    headers += [(b"idempotency-key", b"a"), (b"idempotency-key", b"b")]
    answer = program.http.post(f"{API}/plans", json=PLAN, headers=headers)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/Idempotency-Key"]


def test_a_key_on_other_methods_is_passed_over(program: Program) -> None:
    plan = send(program, expected=201)
    there = f"/plans/{plan.json()['id']}"
    program.get(there, 200, headers=keyed())
    for title in ("One", "Two"):
        program.patch(there, {"title": title}, 200, headers=keyed())
    assert program.get(there).json()["title"] == "Two"
    assert len(kept()) == 1


# --- Refused ----------------------------------------------------------------------------------------------


def test_an_error_keeps_nothing_and_frees_the_key(program: Program) -> None:
    program.post("/plans", PLAN, 201)
    assert send(program, expected=422).json()["errors"][0]["pointer"] == "/ref"
    assert send(program, {"title": "No ref"}, expected=422).json()["errors"][0]["pointer"] == "/ref"
    assert kept() == []
    made = send(program, {**PLAN, "ref": "SIP"}, expected=201)
    assert not is_replayed(made)


def test_a_fault_of_the_service_keeps_nothing_and_frees_the_key(
    program: Program, area: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    create, before = plans.create_plan, doors.sequence(area.area_id)

    def fail_after_writing(*given: Any, **named: Any) -> Any:
        create(*given, **named)
        raise RuntimeError("planted")

    with monkeypatch.context() as patch:
        patch.setattr(plans, "create_plan", fail_after_writing)
        answer = program.http.post(f"{API}/plans", json=PLAN, headers={**program.headers, **keyed()})
        assert answer.status_code == 500
    assert doors.sequence(area.area_id) == before
    assert kept() == []
    assert not is_replayed(send(program, expected=201))


def test_when_the_answer_cannot_be_kept_nothing_is_stored(
    program: Program, area: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = doors.sequence(area.area_id)

    def fail(*_given: Any) -> None:
        raise RuntimeError("planted")

    with monkeypatch.context() as patch:
        patch.setattr(once.kept_answers, "keep", fail)
        answer = program.http.post(f"{API}/plans", json=PLAN, headers={**program.headers, **keyed()})
        assert answer.status_code == 500
    assert doors.sequence(area.area_id) == before
    assert program.get("/plans", 200).json()["items"] == []


def test_a_client_that_lost_its_scope_gets_no_kept_answer(http: TestClient, area: Principal) -> None:
    client_id, secret = doors.client(area, "read", "write")
    send(Program(http, doors.token_of(client_id, secret)), expected=201)
    with db.write(None) as writer:
        answer = tokens.issue_token(writer, str(client_id), secret, "read", clock.now())
    assert "PAP" not in send(Program(http, str(answer["access_token"])), expected=403).text


def test_a_revoked_client_gets_no_kept_answer(http: TestClient, area: Principal) -> None:
    client_id, secret = doors.client(area, "write")
    program = Program(http, doors.token_of(client_id, secret))
    send(program, expected=201)
    doors.revoke(area, client_id)
    assert "PAP" not in send(program, expected=401).text


# --- Expired ----------------------------------------------------------------------------------------------


def later(patch: pytest.MonkeyPatch, by: timedelta) -> None:
    at: datetime = clock.now() + by
    patch.setattr(once, "now", lambda: at)


def test_an_answer_is_kept_for_24_hours(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    first = send(program, expected=201)
    later(monkeypatch, timedelta(hours=24) - timedelta(minutes=1))
    assert send(program, expected=201).content == first.content


def test_an_expired_answer_that_is_still_there_counts_as_none(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"name": "SEND lead", "organisation": "Council"}
    first = send(program, body, path="/people", expected=201)
    later(monkeypatch, timedelta(hours=24))
    [row] = kept()
    second = send(program, {**body, "name": "Another"}, path="/people", expected=201)
    assert not is_replayed(second)
    assert second.json()["id"] != first.json()["id"]
    [replaced] = kept()
    assert replaced.expires_at - row.expires_at >= timedelta(hours=24) - timedelta(seconds=1)


# --- At once ----------------------------------------------------------------------------------------------


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event]:
    """Adding a person waits inside its transaction: (it has begun, it may go on)."""
    begun, may_go_on = threading.Event(), threading.Event()
    create = people.create_person

    def wait(*given: Any, **named: Any) -> Any:
        made = create(*given, **named)
        begun.set()
        assert may_go_on.wait(10)
        return made

    monkeypatch.setattr(people, "create_person", wait)
    return begun, may_go_on


def test_while_the_first_request_runs_another_one_is_told_to_wait(
    program: Program, held: tuple[threading.Event, threading.Event]
) -> None:
    body, (begun, may_go_on) = {"name": "SEND lead", "organisation": "Council"}, held
    with ThreadPoolExecutor() as pool:
        first = pool.submit(send, program, body, path="/people")
        assert begun.wait(10)
        meanwhile = send(program, body, path="/people", expected=409)
        may_go_on.set()
        made = first.result(10)
    assert meanwhile.json()["type"].endswith(IN_USE)
    assert meanwhile.headers["retry-after"] == "1"
    assert made.status_code == 201
    assert send(program, body, path="/people", expected=201).content == made.content


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_a_key_that_another_process_runs_is_told_to_wait(program: Program) -> None:
    asked: list[once.Asked] = []
    reserve = once.kept_answers.reserve

    def note(connection: Any, wanted: once.Asked) -> bool:
        asked.append(wanted)
        return reserve(connection, wanted)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(once.kept_answers, "reserve", note)
        send(program, expected=201)
    [answered] = asked
    fresh = {"ref": "SIP", "title": "Another plan"}
    with db.write(None) as other:
        assert reserve(other, answered)
        assert reserve(other, answered._replace(key="fresh"))
        assert send(program, fresh, key="fresh", expected=409).json()["type"].endswith(IN_USE)
        assert is_replayed(send(program, expected=201)), "a repetition waits for none"
    assert not is_replayed(send(program, fresh, key="fresh", expected=201))


@pytest.mark.parametrize("requests", [150, pytest.param(6000, marks=pytest.mark.long)])
def test_whatever_happens_at_once_each_key_is_one_record_and_one_answer(
    http: TestClient, area: Principal, requests: int
) -> None:
    """Eight threads send a few requests with a few keys of two clients, in any order."""
    programs = [Program(http, doors.token(area, "read", "write")) for _ in range(2)]
    taken = {"ref": "TAKEN", "title": "Another plan has this ref"}
    programs[0].post("/plans", taken, 201)
    chance = random.Random(requests)
    keys = [str(number) for number in range(1 + requests // 15)]

    def one(_number: int) -> tuple[tuple[int, str], str, Any]:
        client, key, title = chance.randrange(2), chance.choice(keys), chance.choice(("A", "B", "taken"))
        body = taken if title == "taken" else {"ref": f"{client}-{key}-{title}", "title": title}
        return (client, key), title, send(programs[client], body, key=key)

    with ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(one, range(requests)))
    made: dict[tuple[int, str], set[tuple[str, bytes]]] = {}
    for key, title, answer in sent:
        kind = "made" if answer.status_code == 201 else answer.json()["type"].rpartition(":")[2]
        assert kind in {"made", IN_USE, REUSED} | ({"invalid"} if title == "taken" else set()), answer.text
        if kind == "made":
            made.setdefault(key, set()).add((title, answer.content))
    assert all(len(answers) == 1 for answers in made.values())
    for key, title, answer in sent:
        if answer.status_code == 422 and answer.json()["type"].endswith(REUSED):
            assert title not in {first for first, _ in made[key]}
    assert programs[0].get("/plans?limit=1", 200).json()["total"] == 1 + len(made)
    assert {(row.key, row.status) for row in kept()} == {(key, 201) for _, key in made}


# What must be done before the example of an operation fits: path, and the example sent there.
FIRST = {
    "reinstate_action": ("/actions/{action_id}/withdrawal", "Withdrawal"),
    "reopen_risk": ("/risks/{risk_id}/closure", "StateChange"),
}

# What is shown once, and so is in no kept answer.
SHOWN_ONCE = {name: {"secret": None} for name in ("create_webhook", "rotate_webhook_secret")}

# --- Every route ------------------------------------------------------------------------------------------


def posts() -> list[tuple[str, dict[str, Any]]]:
    return [
        (path, operations["post"])
        for path, operations in doors.application().openapi()["paths"].items()
        if path.startswith(API) and "post" in operations
    ]


def test_every_post_of_the_contract_takes_a_key() -> None:
    assert len(posts()) > 15
    for path, operation in posts():
        [parameter] = [one for one in operation["parameters"] if one.get("name") == "Idempotency-Key"]
        assert parameter["in"] == "header", path
        assert not parameter["required"], path
        assert {"409", "422"} <= operation["responses"].keys(), path


def test_no_other_method_of_the_contract_takes_a_key() -> None:
    for operations in doors.application().openapi()["paths"].values():
        for method, operation in operations.items():
            names = {one.get("name") for one in operation.get("parameters", ())}
            assert method == "post" or "Idempotency-Key" not in names


def test_every_post_is_a_plain_function_whose_answer_is_whole() -> None:
    """Its thread carries the transaction; a streamed answer or a dict could not be kept."""
    for route in doors.application().routes:
        if not isinstance(route, APIRoute) or "POST" not in route.methods or not route.path.startswith(API):
            continue
        endpoint = inspect.unwrap(route.endpoint)
        assert not inspect.iscoroutinefunction(endpoint), route.path
        assert inspect.signature(endpoint).return_annotation is Response, route.path
        assert route.endpoint is not endpoint, f"{route.path} is not made by api_router"


@pytest.mark.parametrize("path, operation", posts(), ids=[path for path, _ in posts()])
def test_every_post_is_done_once_for_a_key(
    program: Program, ids: dict[str, str], area: Principal, path: str, operation: dict[str, Any]
) -> None:
    there = doors.address(path, ids)
    if operation["operationId"] in FIRST:
        address, name = FIRST[operation["operationId"]]
        program.post(address.format(**ids), REQUESTS[name], 201)
    options: dict[str, Any] = {"headers": keyed()}
    if "requestBody" in operation:
        shape = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].split("/")[-1]
        options["json"] = doors.with_ids(REQUESTS[shape], ids)
    if there.endswith("/publication"):
        options["headers"]["if-match"] = program.get(there.removesuffix("/publication")).headers["etag"]
    first = program.send("POST", there, **options)
    assert first.status_code < 300, first.text
    sequence = doors.sequence(area.area_id)
    again = program.send("POST", there, first.status_code, **options)
    assert again.json() == first.json() | SHOWN_ONCE.get(operation["operationId"], {})
    assert is_replayed(again)
    assert doors.sequence(area.area_id) == sequence
