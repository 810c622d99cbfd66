"""The contract: up to date, valid, whole, and with examples that are true."""

import json
import re
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.access.roles import Scope
from app.api import problems
from app.api.examples import REQUESTS
from app.api.problem_types import PROBLEM_TYPES
from app.api.problems import TYPE, Problem
from app.cli import web
from app.errors import ServiceError
from tests import doors
from tests.doors import API, Program

COMMITTED = Path(__file__).parents[2] / "openapi" / "openapi.json"
METHODS = {"get", "post", "put", "patch", "delete"}
WITH_ADDRESSES = {"list_recipients", "list_run_deliveries", "get_run_delivery"}
"""Of schedules what only admins read."""


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
    tags = [tag["name"] for tag in contract()["tags"]]
    for method, path, operation in operations():
        where = f"{method} {path}"
        for words in ("summary", "description", "operationId"):
            assert operation.get(words), f"{where} has no {words}"
        assert operation["description"].endswith("."), where
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", operation["operationId"]), where
        assert len(operation["tags"]) == 1, where
        assert operation["tags"][0] in tags, where
        assert operation["operationId"] not in seen, where
        seen.add(operation["operationId"])
        assert any(status < "300" for status in operation["responses"]), where
    used = {operation["tags"][0] for _, _, operation in operations()}
    assert set(tags) == used, "a tag that no operation has"


def test_every_parameter_is_described_and_named_once() -> None:
    for method, path, operation in operations():
        where = f"{method} {path}"
        parameters = [resolved(one) for one in operation.get("parameters", [])]
        for one in parameters:
            assert one.get("description", "").endswith("."), f"{where}: {one['name']} is not described"
            assert one["schema"], f"{where}: {one['name']}"
        names = [(one["in"], one["name"]) for one in parameters]
        assert len(names) == len(set(names)), where
        in_path = {name for place, name in names if place == "path"}
        assert in_path == set(re.findall(r"\{(\w+)\}", path)), where
        assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for place, name in names if place != "header")


def test_every_property_is_described() -> None:
    schemas = contract()["components"]["schemas"]
    missing = [
        f"{name}.{field}"
        for name, schema in schemas.items()
        for field, shape in schema.get("properties", {}).items()
        if not shape.get("description")
    ]
    assert missing == []
    forms = {name for name in schemas if name.startswith("Body_")}
    assert [name for name, one in schemas.items() if not one.get("description")] == sorted(forms)


def test_nothing_in_the_contract_is_unused() -> None:
    used = set(re.findall(r'"\$ref": "#/components/(\w+/[\w-]+)"', json.dumps(contract())))
    there = {
        f"{kind}/{name}"
        for kind, shapes in contract()["components"].items()
        for name in shapes
        if kind != "securitySchemes"
    }
    assert there == used


def test_every_success_is_described_with_an_example() -> None:
    for method, path, operation in operations():
        for status, answer in operation["responses"].items():
            if status >= "400":
                continue
            where = f"{method} {path} {status}"
            assert answer["description"].endswith("."), where
            assert answer["description"] != "Successful Response", where
            for kind, content in answer.get("content", {}).items():
                assert content["schema"], where
                is_shown = "example" in content or "examples" in content
                # An archive, a report in print: a file is no example that a description could show.
                assert is_shown or not kind.endswith("json"), f"{where} {kind}: run `make examples`"


def test_every_operation_names_the_scopes_that_may_do_it() -> None:
    scopes = contract()["components"]["securitySchemes"]["client"]["flows"]["clientCredentials"]["scopes"]
    assert scopes.keys() == {scope.value for scope in Scope}
    for method, path, operation in operations():
        named = [scope for one in operation["security"] for scope in one["client"]]
        assert set(named) <= scopes.keys()
        if path.startswith(API):
            assert named, f"{method} {path}"
            is_question = method == "GET" and operation["tags"] != ["webhooks"]
            is_question &= operation["operationId"] not in WITH_ADDRESSES
            assert ("read" in named) == (is_question or operation["operationId"] == "reconcile")


def test_every_error_of_the_api_is_a_problem_with_a_sample_of_each_kind() -> None:
    for method, path, operation in operations():
        if not path.startswith(API):
            continue
        where = f"{method} {path}"
        errors = {status: resolved(one) for status, one in operation["responses"].items() if status >= "400"}
        expected = {"401", "403", "422", "429"} | ({"404"} if "{" in path else set())
        expected |= {"412", "428"} if method in ("PATCH", "PUT") else set()
        expected |= {"400", "413", "415"} if "requestBody" in operation else set()
        assert expected <= errors.keys(), where
        for status, response in errors.items():
            assert response["description"].endswith("."), f"{where} {status}"
            [(kind, content)] = response["content"].items()
            assert (kind, content["schema"]) == (
                "application/problem+json",
                {"$ref": "#/components/schemas/Problem"},
            )
            samples = {name: one["value"] for name, one in content["examples"].items()}
            assert samples, f"{where} {status}"
            for name, sample in samples.items():
                assert (sample["type"], str(sample["status"])) == (TYPE + name, status)
                Problem.model_validate(sample)


def test_every_kind_of_problem_in_the_code_is_documented_and_no_other_one() -> None:
    documented = {one.kind: one for one in PROBLEM_TYPES}
    assert len(documented) == len(PROBLEM_TYPES), "a kind stands twice"
    classes = {one.kind: (one.status, one.title) for one in _subclasses(ServiceError) if _of_the_api(one)}
    others = {kind: (status, title) for status, (kind, title, _) in problems._HTTP.items()}
    in_code = {**others, **classes, "error": (500, ServiceError.title), "http": (417, "Expectation Failed")}
    assert {kind: (one.status, one.title) for kind, one in documented.items()} == in_code
    description = contract()["info"]["description"]
    for one in PROBLEM_TYPES:
        assert f"| `{one.kind}` | {one.status} |" in description
        assert one.meaning.endswith("."), one.kind
        assert one.advice.endswith("."), one.kind


def _subclasses(base: type[ServiceError]) -> Iterator[type[ServiceError]]:
    for one in base.__subclasses__():
        yield one
        yield from _subclasses(one)


def _of_the_api(one: type[ServiceError]) -> bool:
    return not one.__module__.startswith(("app.web", "tests", "app.cli"))


def resolved(shape: dict[str, Any]) -> dict[str, Any]:
    """A part of the contract, or what its reference points to."""
    if "$ref" not in shape:
        return shape
    found: Any = contract()
    for step in shape["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)


def test_every_body_has_an_example() -> None:
    wanted = {name for _, _, _, name in taken()}
    assert wanted == REQUESTS.keys()
    schemas = contract()["components"]["schemas"]
    assert {name: schemas[name]["examples"] for name in wanted} == {
        name: [example] for name, example in REQUESTS.items()
    }


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
