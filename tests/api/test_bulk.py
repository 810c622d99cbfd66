"""POST /bulk as a program meets it: places of faults, limits, and what it answers."""

from typing import Any

import pytest

from app.models.bulk import MODELS
from tests import doors
from tests.doors import Program


def pointers(answer: Any) -> set[str]:
    return {one["pointer"] for one in answer.json()["errors"]}


def updating(ids: dict[str, str], **body: Any) -> dict[str, Any]:
    return {"operation": "record_update", "action_id": ids["action_id"], "body": body}


def test_faults_of_form_name_the_change_and_the_field(program: Program, ids: dict[str, str]) -> None:
    changes = [
        updating(ids, status="done"),
        updating(ids, colour="red"),
        {"operation": "record_update", "action_id": "none", "body": {}},
        {"operation": "change_action", "action_id": ids["action_id"], "body": {"title": ""}},
    ]
    answer = program.post("/bulk", {"changes": changes}, 422)
    assert pointers(answer) == {
        "/changes/0/body/status",
        "/changes/1/body/colour",
        "/changes/2/action_id",
        "/changes/3/body/title",
        "/changes/3/version",
    }


def test_faults_of_content_name_the_change_and_the_field(program: Program, ids: dict[str, str]) -> None:
    changes = [updating(ids, status="delayed"), updating(ids, completed_on="2024-06-01")]
    answer = program.post("/bulk", {"changes": changes}, 422).json()
    assert [one["pointer"] for one in answer["errors"]] == ["/changes/1/body/completed_on"]
    assert answer["detail"] == "1 of 2 changes cannot be made, so none was. Mend them and send all again."
    assert program.get(f"/actions/{ids['action_id']}", 200).json()["status"] == "not_started"


def test_an_unknown_operation_is_refused_with_those_that_there_are(program: Program) -> None:
    for change, said in (
        ({"operation": "delete_action", "body": {}}, "Give one of create_person, change_person, "),
        ({"body": {}}, "Give this field"),
    ):
        answer = program.post("/bulk", {"changes": [change]}, 422)
        assert pointers(answer) == {"/changes/0/operation"}
        assert said in answer.text


@pytest.mark.parametrize("count", [0, 1001])
def test_from_one_to_a_thousand_changes_are_taken(program: Program, count: int) -> None:
    changes = [{"operation": "create_person", "body": {"name": "Post"}}] * count
    answer = program.post("/bulk", {"changes": changes}, 422)
    assert pointers(answer) == {"/changes"}


def test_a_bulk_may_be_larger_than_other_bodies(program: Program, ids: dict[str, str]) -> None:
    changes = [updating(ids, narrative="x" * 9_000) for _ in range(150)]
    assert len(program.post("/bulk", {"changes": changes, "dry_run": True}, 200).json()["results"]) == 150
    changes *= 4
    assert program.post("/bulk", {"changes": changes}).status_code == 413


def test_it_answers_what_each_change_came_to(program: Program, ids: dict[str, str]) -> None:
    changes = [updating(ids, status="on_target"), {"operation": "create_person", "body": {"name": "Post"}}]
    first, second = program.post("/bulk", {"changes": changes}, 200).json()["results"]
    assert first["href"] == f"{doors.API}/actions/{ids['action_id']}/updates"
    assert program.get(second["href"], 200).json()["id"] == second["id"]


def test_the_contract_tells_the_operations_apart_by_their_names() -> None:
    schemas = doors.application().openapi()["components"]["schemas"]
    told = schemas["BulkCreate"]["properties"]["changes"]["items"]["discriminator"]
    assert told["propertyName"] == "operation"
    assert told["mapping"].keys() == MODELS.keys()


@pytest.mark.parametrize("name", ["actions", "priorities", "risks"])
def test_a_record_put_by_ref_is_answered_as_it_is_read(
    program: Program, ids: dict[str, str], name: str
) -> None:
    parent = f"/registers/{ids['register_id']}" if name == "risks" else f"/plans/{ids['plan_id']}"
    path = f"{parent}/{name}/by-ref/{doors.REFS[name]}"
    read = program.get(path, 200)
    body = {"effect": "Delay"} if name == "risks" else {"title": "Other"}
    program.put(path, body, 428, version=None)
    stale = program.put(path, body, 412, version='"99"').json()
    assert stale["current"]["id"] == read.json()["id"]
    put = program.put(path, body, 200, version=read.headers["etag"])
    assert put.json() == program.get(path, 200).json()
    assert program.put(f"{path}9", body, 412, version='"1"').json()["type"].endswith("nothing-to-match")


def test_a_record_that_is_added_by_ref_says_where_it_is(program: Program, ids: dict[str, str]) -> None:
    path = f"/plans/{ids['plan_id']}/priorities/by-ref/SIP%203"
    added = program.put(path, {"title": "Workforce"}, 201, version=None)
    assert program.get(added.headers["location"], 200).json()["ref"] == "SIP 3"
