"""The contract keeps what the last released one promised, and the check that says so sees what breaks."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests import breaking, doors
from tests.breaking import Json, breaks

CONTRACT: Json = {
    "components": {
        "schemas": {
            "Status": {"type": "string", "enum": ["open", "closed"]},
            "Create": {
                "type": "object",
                "additionalProperties": False,
                "required": ["ref"],
                "properties": {
                    "ref": {"type": "string", "maxLength": 30},
                    "lead_id": {"anyOf": [{"type": "string", "format": "uuid"}, {"type": "null"}]},
                    "status": {"$ref": "#/components/schemas/Status"},
                    "points": {"type": "array", "items": {"type": "string"}, "minItems": 1},
                },
            },
            "Read": {
                "type": "object",
                "required": ["ref", "score"],
                "properties": {
                    "ref": {"type": "string"},
                    "score": {"type": "integer"},
                    "status": {"$ref": "#/components/schemas/Status"},
                    "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Read"}},
                },
            },
        },
        "responses": {"Gone": {"description": "Gone."}},
        "parameters": {"Known": {"name": "If-None-Match", "in": "header", "schema": {"type": "string"}}},
    },
    "paths": {
        "/things": {
            "post": {
                "operationId": "create_thing",
                "security": [{"client": ["write"]}, {"client": ["admin"]}],
                "parameters": [
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 200}},
                    {"$ref": "#/components/parameters/Known"},
                ],
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Create"}}}
                },
                "responses": {
                    "201": {
                        "headers": {"ETag": {}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Read"}}},
                    },
                    "404": {"$ref": "#/components/responses/Gone"},
                },
            }
        },
    },
}


def operation(contract: Json) -> Json:
    found: Json = contract["paths"]["/things"]["post"]
    return found


def sent(contract: Json) -> Json:
    found: Json = contract["components"]["schemas"]["Create"]
    return found


def answered(contract: Json) -> Json:
    found: Json = contract["components"]["schemas"]["Read"]
    return found


def _set(shape: Json, **values: Any) -> None:
    shape.update(values)


BREAKING: dict[str, tuple[Callable[[Json], Any], str]] = {
    "an operation is removed": (lambda one: one["paths"].pop("/things"), "the operation is gone"),
    "an operation is renamed": (lambda one: _set(operation(one), operationId="add"), "operationId"),
    "a scope no longer does": (lambda one: operation(one)["security"].pop(), "scope admin"),
    "a parameter is removed": (lambda one: operation(one)["parameters"].pop(0), "limit is gone"),
    "a shared parameter is removed": (lambda one: operation(one)["parameters"].pop(1), "If-None-Match"),
    "a parameter is needed": (
        lambda one: _set(operation(one)["parameters"][0], required=True),
        "limit is required",
    ),
    "a parameter takes less": (
        lambda one: _set(operation(one)["parameters"][0]["schema"], maximum=100),
        "maximum is 100",
    ),
    "a parameter has another type": (
        lambda one: _set(operation(one)["parameters"][0]["schema"], type="string"),
        "integer is no longer taken",
    ),
    "a body is needed": (lambda one: _set(operation(one)["requestBody"], required=True), "body is required"),
    "a media type is gone": (
        lambda one: _set(operation(one)["requestBody"], content={"text/csv": {"schema": {}}}),
        "application/json is no longer taken",
    ),
    "a field of a request is removed": (
        lambda one: sent(one)["properties"].pop("lead_id"),
        "lead_id is gone",
    ),
    "a field of a request is needed": (
        lambda one: sent(one)["required"].append("status"),
        "status is required",
    ),
    "a new field of a request is needed": (
        lambda one: (
            sent(one)["properties"].update(size={"type": "integer"}),
            sent(one)["required"].append("size"),
        ),
        "size is required",
    ),
    "a field of a request may no longer be null": (
        lambda one: _set(sent(one)["properties"], lead_id={"type": "string", "format": "uuid"}),
        "null is no longer taken",
    ),
    "a text of a request is shorter": (
        lambda one: _set(sent(one)["properties"]["ref"], maxLength=20),
        "maxLength",
    ),
    "a text of a request has a form": (
        lambda one: _set(sent(one)["properties"]["ref"], pattern="^A"),
        "pattern",
    ),
    "a list of a request is longer at least": (
        lambda one: _set(sent(one)["properties"]["points"], minItems=2),
        "minItems is 2",
    ),
    "a row of a request has another type": (
        lambda one: _set(sent(one)["properties"]["points"], items={"type": "integer"}),
        "points[]: string is no longer taken",
    ),
    "a word is removed": (
        lambda one: one["components"]["schemas"]["Status"]["enum"].remove("closed"),
        "the value closed is gone",
    ),
    "a free text takes only words": (
        lambda one: _set(sent(one)["properties"]["ref"], enum=["A", "B"]),
        "only a list of words",
    ),
    "a field of an answer is removed": (
        lambda one: answered(one)["properties"].pop("status"),
        "status is gone",
    ),
    "a field of an answer may be left out": (
        lambda one: answered(one)["required"].remove("score"),
        "left out",
    ),
    "a field of an answer may be null": (
        lambda one: _set(
            answered(one)["properties"], score={"anyOf": [{"type": "integer"}, {"type": "null"}]}
        ),
        "may be null",
    ),
    "a field of an answer has another type": (
        lambda one: _set(answered(one)["properties"], score={"type": "string"}),
        "is no longer integer",
    ),
    "a list of an answer is one thing": (
        lambda one: _set(answered(one)["properties"], parts={"$ref": "#/components/schemas/Read"}),
        "is no longer array",
    ),
    "a success has another status": (
        lambda one: _set(operation(one)["responses"], **{"202": operation(one)["responses"].pop("201")}),
        "no longer answers 201",
    ),
    "an answer loses a header": (lambda one: operation(one)["responses"]["201"]["headers"].clear(), "ETag"),
    "an answer comes in another form": (
        lambda one: _set(operation(one)["responses"]["201"], content={"text/csv": {}}),
        "no longer comes as application/json",
    ),
}
HARMLESS: dict[str, Callable[[Json], Any]] = {
    "nothing": lambda one: None,
    "an operation more": lambda one: _set(one["paths"], **{"/others": {"get": {"responses": {}}}}),
    "a parameter more": lambda one: operation(one)["parameters"].append(
        {"name": "q", "in": "query", "schema": {"type": "string"}}
    ),
    "a larger page": lambda one: _set(operation(one)["parameters"][0]["schema"], maximum=500),
    "a scope more": lambda one: operation(one)["security"].append({"client": ["read"]}),
    "a field of a request more": lambda one: _set(sent(one)["properties"], size={"type": "integer"}),
    "a field of a request less needed": lambda one: sent(one)["required"].clear(),
    "a request that may be null": lambda one: _set(
        sent(one)["properties"], status={"anyOf": [{"$ref": "#/components/schemas/Status"}, {"type": "null"}]}
    ),
    "a longer text of a request": lambda one: sent(one)["properties"]["ref"].pop("maxLength"),
    "a field of an answer more": lambda one: _set(answered(one)["properties"], size={"type": "integer"}),
    "a field of an answer always there": lambda one: answered(one)["required"].append("status"),
    "a word more": lambda one: one["components"]["schemas"]["Status"]["enum"].append("held"),
    "an error more": lambda one: _set(operation(one)["responses"], **{"409": {"description": "No."}}),
    "an error less": lambda one: operation(one)["responses"].pop("404"),
    "other words in a description": lambda one: _set(answered(one), description="Other words."),
}


@pytest.mark.parametrize("change", BREAKING)
def test_a_change_that_breaks_programs_is_seen(change: str) -> None:
    make, words = BREAKING[change]
    new = copy.deepcopy(CONTRACT)
    make(new)
    found = breaks(CONTRACT, new)
    assert any(words in one for one in found), found


@pytest.mark.parametrize("change", HARMLESS)
def test_a_change_that_breaks_nobody_is_let_through(change: str) -> None:
    new = copy.deepcopy(CONTRACT)
    HARMLESS[change](new)
    assert breaks(CONTRACT, new) == []


def test_nothing_in_the_contract_breaks_a_program_written_for_the_released_one() -> None:
    released = json.loads(breaking.released().read_text(encoding="utf-8"))
    assert breaks(released, doors.application().openapi()) == [], "see docs/api-policy.md"


def test_the_contract_is_of_the_version_that_was_released_last_or_of_a_later_one() -> None:
    released = [int(part) for part in breaking.released().stem.split(".")]
    version = [int(part) for part in doors.application().openapi()["info"]["version"].split(".")]
    assert version >= released
    assert version[0] == released[0], "another first number is another address: /api/v2"
