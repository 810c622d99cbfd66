"""What every record has in common: where it is, its version, changing it, reading it as at a day."""

from typing import Any

import pytest

from app.api.examples import REQUESTS
from tests import doors
from tests.doors import API, Program, version_of

# Where it is added, with which example, and one change of a text of it.
CREATED: dict[str, tuple[str, str, dict[str, Any]]] = {
    "people": ("/people", "PersonCreate", {"name": "Designated clinical officer"}),
    "plans": ("/plans", "PlanCreate", {"title": "SEND reform plan"}),
    "priorities": ("/plans/{plan_id}/priorities", "PriorityCreate", {"title": "Commissioning"}),
    "actions": ("/plans/{plan_id}/actions", "ActionCreate", {"title": "Survey twice a year"}),
    "registers": ("/registers", "RegisterCreate", {"title": "Register"}),
    "risks": ("/registers/{register_id}/risks", "RiskCreate", {"effect": "Dates are missed."}),
    "controls": ("/risks/{risk_id}/controls", "ControlCreate", {"description": "Agendas agreed."}),
    "management-actions": (
        "/risks/{risk_id}/management-actions",
        "ManagementActionCreate",
        {"title": "Appoint a lead"},
    ),
    "periods": ("/plans/{plan_id}/periods", "PeriodCreate", {"title": "Spring 2024"}),
}
DATED = {
    "actions": ("/actions/{action_id}", "2024-03-31", "2024-04-01"),
    "risks": ("/risks/{risk_id}", "2024-03-31", "2024-04-01"),
    "management-actions": ("/management-actions/{management_action_id}", "2024-03-31", "2024-04-01"),
}


@pytest.mark.parametrize("noun", CREATED)
def test_a_new_record_is_where_its_location_says(program: Program, ids: dict[str, str], noun: str) -> None:
    path, example, _ = CREATED[noun]
    answer = program.post(path.format(**ids), doors.with_ids(REQUESTS[example], ids), 201)
    made = answer.json()
    assert answer.headers["location"] == f"{API}/{noun}/{made['id']}"
    assert version_of(answer) == made["version"]
    found = program.get(answer.headers["location"], 200)
    assert found.json() == made
    assert found.headers["etag"] == answer.headers["etag"]


@pytest.mark.parametrize("noun", CREATED)
def test_a_change_needs_the_version_that_stands(program: Program, ids: dict[str, str], noun: str) -> None:
    path, example, change = CREATED[noun]
    made = program.post(path.format(**ids), doors.with_ids(REQUESTS[example], ids), 201)
    there, tag = made.headers["location"], made.headers["etag"]
    program.send("PATCH", there, 428, json=change)
    changed = program.patch(there, change, 200, version=tag)
    assert changed.json() == {
        **made.json(),
        **change,
        "version": made.json()["version"] + 1,
        "updated_at": changed.json()["updated_at"],
    }
    assert version_of(changed) == changed.json()["version"]
    assert changed.headers["etag"] != tag
    stale = program.patch(there, {next(iter(change)): "Too late"}, 412, version=tag)
    assert stale.headers["etag"] == changed.headers["etag"]
    assert stale.json()["current"] == changed.json() == program.get(there, 200).json()


@pytest.mark.parametrize("noun", CREATED)
def test_a_change_of_nothing_keeps_the_version(program: Program, ids: dict[str, str], noun: str) -> None:
    path, example, change = CREATED[noun]
    made = program.post(path.format(**ids), doors.with_ids(REQUESTS[example], ids), 201)
    same = {field: made.json()[field] for field in change}
    before = doors.sequence(ids["area_id"])
    for body in ({}, same):
        again = program.patch(made.headers["location"], body, 200, version=made.headers["etag"])
        assert again.json() == made.json()
    assert doors.sequence(ids["area_id"]) == before


@pytest.mark.parametrize("noun", DATED)
def test_a_dated_record_is_there_from_its_first_day(program: Program, ids: dict[str, str], noun: str) -> None:
    path, before, first = DATED[noun]
    there = path.format(**ids)
    program.get(f"{there}?as_at={before}", 404)
    then = program.get(f"{there}?as_at={first}", 200).json()
    assert then["as_at"] == then["added_on"] == first
    today = program.get(there, 200).json()
    differ = {name for name in today if today[name] != then[name]}
    assert {"as_at"} <= differ <= {"as_at", "flags", "overdue", "latest_update"}


@pytest.mark.parametrize(
    "path, body",
    [
        ("/actions/{action_id}/updates", {"status": "on_target", "effective_on": "2024-05-01"}),
        ("/actions/{action_id}/withdrawal", {"reason": "Merged."}),
        ("/risks/{risk_id}/assessments", {"reason": "Reviewed, no change."}),
        ("/risks/{risk_id}/closure", {"reason": "Done."}),
        ("/management-actions/{management_action_id}/updates", {"status": "delayed"}),
    ],
)
def test_an_entry_is_in_the_list_that_its_location_names(
    program: Program, ids: dict[str, str], path: str, body: dict[str, Any]
) -> None:
    there = path.format(**ids)
    record = there.rpartition("/")[0]
    version = program.get(record, 200).headers["etag"]
    answer = program.post(there, body, 201, headers={"if-match": version})
    listed = program.get(answer.headers["location"], 200).json()
    assert answer.json() in listed["items"]
    assert listed["total"] == len(listed["items"])
    assert program.get(record, 200).headers["etag"] != version
    stale = program.post(there, body, 412, headers={"if-match": version}).json()
    assert stale["current"] == program.get(record, 200).json()
    assert program.get(answer.headers["location"], 200).json() == listed
