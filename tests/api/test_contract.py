"""The contract: up to date, valid, whole, and with examples that are true."""

import json
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.api.examples import REQUESTS
from app.cli import web
from tests import doors
from tests.doors import API, Program

COMMITTED = Path(__file__).parents[2] / "openapi" / "openapi.json"
METHODS = {"get", "post", "put", "patch", "delete"}
# What an address needs besides the records of ``doors.records``, before its example fits.
FIRST: dict[str, tuple[str, str]] = {
    "reinstate_action": ("/actions/{action_id}/withdrawal", "Withdrawal"),
    "reopen_risk": ("/risks/{risk_id}/closure", "StateChange"),
}
# What takes a body and is answered without storing anything.
ANSWERED = {"reconcile"}


def contract() -> dict[str, Any]:
    return doors.application().openapi()


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of every operation."""
    for path, found in contract()["paths"].items():
        for method, operation in found.items():
            assert method in METHODS, path
            yield method.upper(), path, operation


def taken() -> list[tuple[str, str, str, str]]:
    """Operation, method, path and schema of every operation of the API that takes a body."""
    return [
        (
            operation["operationId"],
            method,
            path.removeprefix(API),
            operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].split("/")[-1],
        )
        for method, path, operation in operations()
        if path.startswith(API) and "requestBody" in operation
    ]


def test_the_committed_contract_is_the_one_that_is_served(capsys: pytest.CaptureFixture[str]) -> None:
    web.openapi(Namespace())
    assert COMMITTED.read_text(encoding="utf-8") == capsys.readouterr().out, "run `make openapi`"


def test_the_contract_is_valid_openapi() -> None:
    OpenAPIV31SpecValidator(contract()).validate()


def test_every_operation_says_what_it_is() -> None:
    seen = set()
    tags = {tag["name"] for tag in contract()["tags"]}
    for method, path, operation in operations():
        where = f"{method} {path}"
        for words in ("summary", "description", "operationId"):
            assert operation.get(words), f"{where} has no {words}"
        assert operation["description"].endswith("."), where
        assert set(operation["tags"]) <= tags, where
        assert operation["operationId"] not in seen, where
        seen.add(operation["operationId"])
        for parameter in operation.get("parameters", []):
            assert parameter.get("description"), f"{where}: {parameter['name']} is not described"


def test_every_property_is_described() -> None:
    missing = [
        f"{name}.{field}"
        for name, schema in contract()["components"]["schemas"].items()
        for field, shape in schema.get("properties", {}).items()
        if not shape.get("description")
    ]
    assert missing == []
    assert [name for name, one in contract()["components"]["schemas"].items() if not one.get("description")
            and not name.startswith("Body_")] == []  # fmt: skip


def test_every_error_of_the_api_is_a_problem() -> None:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for method, path, operation in operations():
        if not path.startswith(API):
            continue
        errors = {status: one for status, one in operation["responses"].items() if int(status) >= 400}
        expected = {"401", "403", "422"} | ({"404"} if "{" in path else set())
        expected |= {"412", "428"} if method in ("PATCH", "PUT") else set()
        expected |= {"400", "413"} if "requestBody" in operation else set()
        assert expected <= errors.keys(), f"{method} {path}"
        for status, response in errors.items():
            assert response["content"] == problem, f"{method} {path} {status}"
            assert response["description"], f"{method} {path} {status}"


def test_every_body_has_an_example() -> None:
    wanted = {name for _, _, _, name in taken()}
    assert wanted == REQUESTS.keys()
    schemas = contract()["components"]["schemas"]
    assert {name: schemas[name]["examples"] for name in wanted} == {
        name: [example] for name, example in REQUESTS.items()
    }


@pytest.mark.parametrize("operation, method, path, name", taken())
def test_every_example_is_accepted_as_it_stands(
    program: Program, ids: dict[str, str], operation: str, method: str, path: str, name: str
) -> None:
    if operation in FIRST:
        before, body = FIRST[operation]
        program.post(before.format(**ids), doors.with_ids(REQUESTS[body], ids), 201)
    body = doors.with_ids(REQUESTS[name], ids)
    there = doors.address(path, ids)
    if operation in ANSWERED:
        program.post(there, body, 200)
        return
    if method == "PATCH":
        answer = program.patch(there, body, 200).json()
    elif method == "PUT":
        version = program.get(there, 200).headers["etag"] if operation == "set_cadence" else None
        answer = program.put(there, body, version=version).json()
    else:
        answer = program.post(there, body, 201).json()
    stated = {
        field: value for field, value in body.items() if field in answer and not isinstance(value, dict)
    }
    assert stated, "the example changes nothing that can be seen"
    for field, value in stated.items():
        if field != "points":
            assert answer[field] == value


def test_every_answer_has_what_the_contract_says_and_no_more(program: Program, ids: dict[str, str]) -> None:
    """``Program`` holds every answer of every test against the contract; here a fault is seen."""
    addresses = [
        doors.address(path, ids)
        for method, path, _ in operations()
        if method == "GET" and path.startswith(API)
    ]
    assert len(addresses) > 20
    for address in addresses:
        program.get(address, 200)
    answer = program.get("/plans", 200)
    answer._content = answer.content.replace(b'"ref":', b'"colour":', 1)
    with pytest.raises(AssertionError, match=r"items\[0\].*(colour|ref)"):
        doors.check_contract("GET", f"{API}/plans", answer)


def test_the_committed_contract_is_json_that_ends_in_a_line() -> None:
    text = COMMITTED.read_text(encoding="utf-8")
    assert json.loads(text)["openapi"] == "3.1.0"
    assert text.endswith("}\n")
