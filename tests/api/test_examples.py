"""Every example of the contract is true: requests are accepted, answers are as they were recorded.

The answers stand in app/api/recorded; `make examples` writes them anew (tests/recording.py says how).
"""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.api.contract_parts import RECORDED, recorded
from app.api.examples import REQUESTS
from tests import doors, recording
from tests.databases import open_copy
from tests.doors import API, Program
from tests.recording import Asked

READS = [asked for asked in recording.operations() if asked.method == "GET"]
WRITES = [asked for asked in recording.operations() if asked.method != "GET"]
# What takes a body and says something about it, rather than showing it.
ANSWERED = {"reconcile", "make_changes", "add_recipients"}

SOMETIMES = {"Link", "Idempotency-Replayed"}
"""Headers that an answer has where there is something to say."""


@pytest.fixture(scope="module")
def http(database_kind: str) -> Iterator[TestClient]:
    """The application on the sample, beside which each request has an area of its own."""
    with open_copy("sample", database_kind), doors.opened() as started:
        yield started


@pytest.fixture(scope="module")
def sample(http: TestClient) -> tuple[Program, dict[str, str]]:
    """A program of the sample's area, and the ids of records in it."""
    program = recording.sample_program(http)
    return program, recording.sample_ids(program)


@pytest.fixture(scope="module")
def small(http: TestClient) -> tuple[Program, dict[str, str]]:
    """A program of a small area, and the ids of its records; nothing is stored there."""
    return recording.small_area(http, "small")


@pytest.mark.parametrize("asked", WRITES, ids=lambda asked: asked.name)
def test_every_request_is_accepted_and_answered_as_its_example_says(
    program: Program, ids: dict[str, str], asked: Asked
) -> None:
    answer = recording.ask(program, ids, asked)
    _is_as_recorded(asked, answer, ids)
    stated = doors.with_ids(REQUESTS.get(asked.schema, {}), ids)
    found = answer.json() if answer.content else {}
    seen = {name: value for name, value in stated.items() if name in found and not isinstance(value, dict)}
    assert seen or not stated or asked.name in ANSWERED, "the example changes nothing that can be seen"
    for name, value in seen.items():
        if name not in ("points", "scopes"):
            assert found[name] == value


@pytest.mark.parametrize("asked", READS, ids=lambda asked: asked.name)
def test_every_read_answers_as_its_example_says(
    sample: tuple[Program, dict[str, str]], small: tuple[Program, dict[str, str]], asked: Asked
) -> None:
    program, ids = sample if recording.is_in_sample(asked, sample[1]) else small
    _is_as_recorded(asked, recording.ask(program, ids, asked), ids)


def test_a_token_is_answered_as_its_example_says(http: TestClient) -> None:
    assert recording.token_example(http) == recorded("create_token")


def test_no_example_is_left_of_what_is_gone() -> None:
    names = {asked.name for asked in recording.operations()} | {"create_token"}
    assert {path.stem for path in RECORDED.glob("*.json")} <= names


def _is_as_recorded(asked: Asked, answer: Any, ids: dict[str, str]) -> None:
    """The answer, and its headers, are those of the contract."""
    operation = doors.application().openapi()["paths"][API + asked.path][asked.method.lower()]
    described = operation["responses"][str(answer.status_code)]
    missing = {name for name in described["headers"] if name not in answer.headers} - SOMETIMES
    assert missing == set(), "headers of the contract that the answer does not have"
    if answer.headers.get("content-type") == "application/json":
        assert recorded(asked.name) is not None, "run `make examples`"
        assert recording.shown(answer, ids) == recorded(asked.name), "run `make examples`"
        assert described["content"]["application/json"]["example"] == recorded(asked.name)
