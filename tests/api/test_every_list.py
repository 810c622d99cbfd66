"""Every list and record of the API, as the contract names them: pages, cursors, fields, parameters, changes.

A new list is walked here without being named: what it cannot do stands in one of the tables, with the reason.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from starlette.testclient import TestClient

from tests import doors
from tests.doors import API, Program

TYPE = "urn:send-tracker:problem:"
# Lists that go on for ever have no total, and cursors of their own kind.
NOT_LISTS = {"list_changes"}
WITHOUT_FIELDS = {
    "get_period_report": "the bytes that were published, whatever is asked for",
    "get_plan_report": "the same whole content, as at any day",
    "list_changes": "a copy is kept from whole changes",
    "export_plan_as_json": "a whole plan, sent while it is read",
}


class Read(NamedTuple):
    """A GET operation of the contract: its fields, the names of its parameters, whether it is a list."""

    operation: str
    path: str
    fields: tuple[str, ...]
    parameters: frozenset[str]
    is_list: bool


def _reads() -> Iterator[Read]:
    document = doors.application().openapi()
    schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        described = methods.get("get")
        content = described and described["responses"]["200"].get("content", {}).get("application/json", {})
        reference = content and content["schema"].get("$ref")
        if not path.startswith(API) or not reference:
            continue
        properties = schemas[reference.rpartition("/")[2]]["properties"]
        is_list = {"items", "next"} <= properties.keys() and described["operationId"] not in NOT_LISTS
        if is_list:
            inner = properties["items"]["items"]["$ref"].rpartition("/")[2]
            properties = schemas[inner]["properties"]
        parameters = {one["name"] for one in described.get("parameters", ()) if one.get("in") == "query"}
        yield Read(
            described["operationId"],
            path.removeprefix(API),
            tuple(properties),
            frozenset(parameters),
            is_list,
        )


READS = {one.operation: one for one in _reads()}
LISTS = [name for name, one in READS.items() if one.is_list]
SPARSE = [name for name, one in READS.items() if name not in WITHOUT_FIELDS and "fields" in one.parameters]
MUTABLE = [name for name in LISTS if "updated_at" in READS[name].fields]
ENTRIES = [name for name in LISTS if "recorded_since" in READS[name].parameters]


# Nothing here changes anything, so all tests of a database share two areas.
@pytest.fixture(scope="module")
def program(http: TestClient) -> Program:
    return Program(http, doors.token(doors.area("every-list"), "write", "admin"))


@pytest.fixture(scope="module")
def ids(program: Program) -> dict[str, str]:
    """Two of everything that is listed."""
    ids = doors.records(program)
    period, published = ids["period_id"], ids["published_period_id"]
    program.post("/people", {"name": "Second lead"}, 201)
    program.post("/plans", {"ref": "WSOA", "title": "Written statement of action"}, 201)
    program.post(f"/actions/{ids['action_id']}/updates", {"narrative": "Going on."}, 201)
    point = {"priority_id": ids["priority_id"], "ref": "7.9"}
    ongoing = {"title": "Keep it", "points": [point], "due_on": "ongoing", "effective_on": "2024-04-01"}
    program.post(f"/plans/{ids['plan_id']}/actions", ongoing, 201)
    matrix = program.get(f"/registers/{ids['register_id']}", 200).json()["matrix"]
    shape = {name: matrix[name] for name in ("kind", "likelihood_labels", "impact_labels", "bands")}
    program.post("/registers", {"ref": "GEN", "title": "General", "matrix": shape}, 201)
    program.post(f"/registers/{ids['register_id']}/matrix", {**shape, "reason": "Agreed"}, 201)
    program.post(f"/risks/{ids['risk_id']}/assessments", {"reason": "Reviewed"}, 201)
    program.post(f"/risks/{ids['risk_id']}/controls", {"description": "Panel"}, 201)
    program.post(f"/risks/{ids['risk_id']}/management-actions", {"title": "Recruit"}, 201)
    step = f"/management-actions/{ids['management_action_id']}/updates"
    program.post(step, {"status": "delayed"}, 201)
    program.put(f"/periods/{period}/commentary", {"text": "On the whole."}, 201)
    program.put(f"/periods/{period}/priorities/{ids['priority_id']}/commentary", {"text": "On one."}, 201)
    for text in ("One figure is wrong.", "Another figure is wrong."):
        program.post(f"/periods/{published}/errata", {"text": text}, 201)
    return ids


@pytest.fixture(scope="module")
def other(http: TestClient) -> Program:
    return Program(http, doors.token(doors.area("another-list"), "write", "admin"))


@pytest.fixture(scope="module")
def other_ids(other: Program) -> dict[str, str]:
    ids = doors.records(other)
    other.post("/people", {"name": "Second lead"}, 201)
    return ids


def there(operation: str, ids: dict[str, str]) -> str:
    return doors.address(READS[operation].path, ids)


def fault(answer: Any) -> tuple[str, str, str]:
    """The type of a problem without what all have in common, and its first pointer and message."""
    problem = answer.json()
    return problem["type"].removeprefix(TYPE), *problem["errors"][0].values()


def test_the_lists_and_records_of_the_contract_are_found() -> None:
    assert len(LISTS) > 15
    assert len(SPARSE) > 30


def test_every_read_takes_fields_unless_it_is_said_why_not() -> None:
    assert {name for name, one in READS.items() if "fields" not in one.parameters} == set(WITHOUT_FIELDS)


def test_every_list_of_records_that_change_says_what_changed_since() -> None:
    missing = [name for name in MUTABLE if "updated_since" not in READS[name].parameters]
    assert missing == []
    assert {"list_updates", "list_assessments", "list_management_action_updates"} <= set(ENTRIES)


@pytest.mark.parametrize("operation", SPARSE)
def test_fields_answer_what_the_whole_holds_and_no_more(
    program: Program, ids: dict[str, str], operation: str
) -> None:
    read, address = READS[operation], there(operation, ids)
    whole = program.get(address, 200).json()
    for names in (read.fields[::2], read.fields[1::2], read.fields[-1:], read.fields[:1]):
        if not names:
            continue
        some = program.get(address, 200, params={"fields": ",".join(names)}).json()
        if read.is_list:
            assert (some["next"], some["total"]) == (whole["next"], whole["total"])
            expected = [{name: one[name] for name in names} for one in whole["items"]]
            assert some["items"] == expected
        else:
            assert some == {name: whole[name] for name in names}


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"as_at": "2024-06-30"},
        {"priority_id": "{priority_id}"},
        {"sort": "lead", "descending": "true"},
        {"sort": "due_on", "compare": "2024-05-01"},
        {"as_at": "2024-05-31", "compare": "2024-05-01", "priority_id": "{priority_id}"},
        {"status": "not_started", "q": "e", "limit": "2"},
    ],
)
def test_each_field_of_a_list_of_actions_alone_is_as_in_the_whole(
    program: Program, ids: dict[str, str], asked: dict[str, str]
) -> None:
    # Only what is asked for is read and worked out: each field in its own way.
    address = there("list_actions", ids)
    query = {name: value.format(**ids) for name, value in asked.items()}
    whole = program.get(address, 200, params=query).json()
    assert len(whole["items"]) > 1
    for name in READS["list_actions"].fields:
        some = program.get(address, 200, params={**query, "fields": name}).json()
        assert some["items"] == [{name: one[name]} for one in whole["items"]], name
        assert some["total"] == whole["total"]


@pytest.mark.parametrize("operation", SPARSE)
def test_fields_that_are_not_there_are_refused_naming_those_that_are(
    program: Program, ids: dict[str, str], operation: str
) -> None:
    for asked in ("colour", "", "id,", "id,,title", " id", "id,id", "ID", "id\x00"):
        answer = program.get(there(operation, ids), 422, params={"fields": asked})
        kind, pointer, message = fault(answer)
        assert (kind, pointer) == ("invalid", "/fields"), asked
        assert "\x00" in asked or READS[operation].fields[-1] in message


@pytest.mark.parametrize("operation", LISTS)
def test_a_page_holds_between_1_and_200_records(
    program: Program, ids: dict[str, str], operation: str
) -> None:
    address = there(operation, ids)
    first = program.get(address, 200, params={"limit": 1}).json()
    assert len(first["items"]) == min(first["total"], 1)
    assert program.get(address, 200, params={"limit": 200}).json()["total"] == first["total"]
    for limit in ("0", "201", "-1", "x", "1.5", ""):
        kind, pointer, _ = fault(program.get(address, 422, params={"limit": limit}))
        assert (kind, pointer) == ("invalid", "/limit")


@pytest.mark.parametrize("operation", LISTS)
def test_pages_of_one_are_the_list(program: Program, ids: dict[str, str], operation: str) -> None:
    address = there(operation, ids)
    whole = program.get(address, 200).json()
    found: list[Any] = []
    asked: dict[str, Any] = {"limit": 1}
    while True:
        answer = program.get(address, 200, params=asked)
        page = answer.json()
        assert page["total"] == whole["total"]
        found += page["items"]
        if page["next"] is None:
            break
        assert len(page["next"]) < 200
        asked["cursor"] = page["next"]
    assert found == whole["items"]
    assert len(found) == whole["total"]


@pytest.mark.parametrize("operation", LISTS)
def test_unknown_and_repeated_parameters_are_refused(
    program: Program, ids: dict[str, str], operation: str
) -> None:
    address = there(operation, ids)
    kind, pointer, message = fault(program.get(f"{address}?colour=red", 422))
    assert (kind, pointer) == ("invalid", "/colour")
    assert "limit" in message
    kind, pointer, _ = fault(program.get(f"{address}?limit=1&limit=2", 422))
    assert (kind, pointer) == ("invalid", "/limit")


@pytest.mark.parametrize("operation", MUTABLE)
def test_updated_since_lists_what_changed(program: Program, ids: dict[str, str], operation: str) -> None:
    address = there(operation, ids)
    newest = max(one["updated_at"] for one in program.get(address, 200).json()["items"])
    found = program.get(address, 200, params={"updated_since": newest}).json()
    assert {one["updated_at"] for one in found["items"]} == {newest}
    assert found["total"] == len(found["items"])
    later = program.get(address, 200, params={"updated_since": "2100-01-01T00:00:00+00:00"}).json()
    assert (later["items"], later["total"], later["next"]) == ([], 0, None)
    for time in ("yesterday", "2024-06-01", "1719822896", "2024-06-01T00:00:00"):
        kind, pointer, _ = fault(program.get(address, 422, params={"updated_since": time}))
        assert (kind, pointer) == ("invalid", "/updated_since")


@pytest.mark.parametrize("operation", ENTRIES)
def test_recorded_since_lists_what_came_since(program: Program, ids: dict[str, str], operation: str) -> None:
    address = there(operation, ids)
    newest = max(one["recorded_at"] for one in program.get(address, 200).json()["items"])
    found = program.get(address, 200, params={"recorded_since": newest}).json()
    assert {one["recorded_at"] for one in found["items"]} == {newest}
    later = program.get(address, 200, params={"recorded_since": "2100-01-01T00:00:00Z"}).json()
    assert (later["items"], later["total"]) == ([], 0)


# --- Cursors ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cursors(program: Program, ids: dict[str, str]) -> dict[str, str]:
    """A good cursor of each list that has two records."""
    found = {}
    for operation in LISTS:
        following = program.get(there(operation, ids), 200, params={"limit": 1}).json()["next"]
        if following:
            found[operation] = following
    return found


def refused(program: Program, address: str, **asked: str) -> None:
    """A cursor is refused in the way that tells a program to begin again."""
    kind, pointer, message = fault(program.get(address, 422, params=asked))
    assert (kind, pointer) == ("cursor", "/cursor")
    assert "begin again" in message


def test_almost_every_list_has_two_pages_here(cursors: dict[str, str]) -> None:
    one = {"list_areas", "list_webhooks", "list_webhook_deliveries", "list_schedules", "list_recipients"}
    assert set(LISTS) - set(cursors) <= one | {"list_runs", "list_run_deliveries"}


@pytest.mark.parametrize("operation", LISTS)
def test_a_cursor_that_is_not_of_the_list_is_refused(
    program: Program, ids: dict[str, str], cursors: dict[str, str], operation: str
) -> None:
    address = there(operation, ids)
    for name, cursor in cursors.items():
        if name != operation:
            refused(program, address, cursor=cursor)
    for forged in ("x", "é", "AAAA", "=", "-_" * 40, '["1.1"]'):
        refused(program, address, cursor=forged)


@pytest.mark.parametrize("operation", LISTS)
def test_a_cursor_that_was_tampered_with_is_refused(
    program: Program, ids: dict[str, str], cursors: dict[str, str], operation: str
) -> None:
    if operation not in cursors:
        return
    address, cursor = there(operation, ids), cursors[operation]
    program.get(address, 200, params={"cursor": cursor})
    for place in (0, 5, len(cursor) // 2, len(cursor) - 3):
        other = "A" if cursor[place] != "A" else "B"
        refused(program, address, cursor=cursor[:place] + other + cursor[place + 1 :])
    refused(program, address, cursor=cursor[:-4])
    refused(program, address, cursor=cursor + "AAAA")


OTHERWISE = {
    "sort": "updated_at",
    "descending": "true",
    "as_at": "2024-06-30",
    "updated_since": "2020-01-01T00:00:00Z",
    "recorded_since": "2020-01-01T00:00:00Z",
    "q": "e",
    "acknowledged": "false",
}


@pytest.mark.parametrize("operation", LISTS)
def test_a_cursor_of_another_question_is_refused(
    program: Program, ids: dict[str, str], cursors: dict[str, str], operation: str
) -> None:
    if operation not in cursors:
        return
    address = there(operation, ids)
    for name in OTHERWISE.keys() & READS[operation].parameters:
        refused(program, address, cursor=cursors[operation], **{name: OTHERWISE[name]})


@pytest.mark.parametrize("operation", LISTS)
def test_a_page_may_be_longer_and_have_other_fields_than_the_one_before(
    program: Program, ids: dict[str, str], cursors: dict[str, str], operation: str
) -> None:
    if operation not in cursors:
        return
    asked = {"cursor": cursors[operation], "limit": "7", "fields": READS[operation].fields[0]}
    program.get(there(operation, ids), 200, params=asked)


@pytest.mark.parametrize("operation", LISTS)
def test_a_cursor_of_another_area_is_refused(
    program: Program,
    ids: dict[str, str],
    other: Program,
    other_ids: dict[str, str],
    cursors: dict[str, str],
    operation: str,
) -> None:
    if operation not in cursors:
        return
    refused(other, there(operation, other_ids), cursor=cursors[operation])
