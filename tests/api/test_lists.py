"""Lists of every noun: pages without gap or repeat, totals, the Link header, limits, filters, as at a day."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from tests import doors
from tests.doors import API, Program

# Lists that are paged, with the query that sorts them in other ways.
LISTS = (
    "/people",
    "/plans",
    "/plans/{plan_id}/priorities",
    "/plans/{plan_id}/actions",
    "/registers",
    "/registers/{register_id}/risks",
    "/risks/{risk_id}/controls",
    "/risks/{risk_id}/management-actions",
)
SORTS = {
    "/plans/{plan_id}/actions": ("ref", "status", "due_on", "lead", "updated_at"),
    "/registers/{register_id}/risks": ("ref", "severity", "target", "review_on", "updated_at"),
}
MANY = 7


# Nothing here changes anything, so all tests of a database share one area.
@pytest.fixture(scope="module")
def program(http: TestClient) -> Program:
    return Program(http, doors.token(doors.area("lists"), "write"))


@pytest.fixture(scope="module")
def small(http: TestClient) -> Program:
    """A program of an area with few records, whose ids are ``ids``."""
    return Program(http, doors.token(doors.area("few"), "write"))


@pytest.fixture(scope="module")
def ids(small: Program) -> dict[str, str]:
    return doors.records(small)


@pytest.fixture(scope="module")
def filled(program: Program) -> dict[str, str]:
    """Seven more records of every noun; some share what they are sorted by, some have none of it."""
    ids = doors.records(program)
    plan, register, risk = ids["plan_id"], ids["register_id"], ids["risk_id"]
    matrix = program.get(f"/registers/{register}", 200).json()["matrix"]
    shape = {name: matrix[name] for name in ("kind", "likelihood_labels", "impact_labels", "bands")}
    for number in range(MANY):
        program.post("/people", {"name": f"Lead {number % 3}"}, 201)
        program.post("/plans", {"ref": f"P{number}", "title": f"Plan {number}"}, 201)
        program.post(f"/plans/{plan}/priorities", {"ref": f"X {number}", "title": "More"}, 201)
        body: dict[str, Any] = {
            "title": f"Action {number}",
            "points": [{"priority_id": ids["priority_id"], "ref": f"10.{number}"}],
            "effective_on": "2024-05-01",
        }
        if number % 2:
            body |= {"due_on": "2024-09-30", "lead_id": ids["person_id"], "status": "delayed"}
        program.post(f"/plans/{plan}/actions", body, 201)
        program.post("/registers", {"ref": f"R{number}", "title": "More", "matrix": shape}, 201)
        body = {"ref": f"{number + 10}", "description": "More", "effective_on": "2024-05-01"}
        if number % 2:
            pair = {"likelihood": 1 + number % 5, "impact": 3}
            body |= {"current": pair, "target": {"likelihood": 1, "impact": 1}, "review_on": "2024-08-01"}
        program.post(f"/registers/{register}/risks", body, 201)
        program.post(f"/risks/{risk}/controls", {"description": f"Control {number}"}, 201)
        program.post(f"/risks/{risk}/management-actions", {"title": f"Step {number}"}, 201)
    return ids


def walked(program: Program, path: str, query: str = "") -> list[dict[str, Any]]:
    """All records, by following ``next`` and the Link header, which must say the same."""
    found: list[dict[str, Any]] = []
    address = f"{path}?limit=3{query}"
    totals = set()
    while True:
        answer = program.get(address, 200)
        page = answer.json()
        found += page["items"]
        totals.add(page["total"])
        if page["next"] is None:
            assert "link" not in answer.headers
            assert totals == {len(found)}
            return found
        assert len(page["items"]) == 3
        link, relation = answer.headers["link"].split("; ")
        assert relation == 'rel="next"'
        address = link.strip("<>")
        assert parse_qs(urlsplit(address).query)["cursor"] == [page["next"]]
        assert address.startswith(API)


@pytest.mark.parametrize("path", LISTS)
def test_pages_neither_skip_nor_repeat(program: Program, filled: dict[str, str], path: str) -> None:
    there = path.format(**filled)
    whole = program.get(f"{there}?limit=200", 200).json()["items"]
    assert len(whole) >= MANY
    assert walked(program, there) == whole
    for sort in SORTS.get(path, ()):
        up = walked(program, there, f"&sort={sort}")
        down = walked(program, there, f"&sort={sort}&descending=true")
        assert [one["id"] for one in down] == [one["id"] for one in reversed(up)]
        assert {one["id"] for one in up} == {one["id"] for one in whole}


@pytest.mark.parametrize("path", LISTS)
def test_a_page_holds_between_1_and_200_records(small: Program, ids: dict[str, str], path: str) -> None:
    there = path.format(**ids)
    assert len(small.get(f"{there}?limit=1", 200).json()["items"]) == 1
    small.get(f"{there}?limit=200", 200)
    for limit in ("0", "201", "-1"):
        assert small.get(f"{there}?limit={limit}", 422).json()["errors"][0]["pointer"] == "/limit"


@pytest.mark.parametrize("path", LISTS)
def test_a_misspelt_filter_is_refused(small: Program, ids: dict[str, str], path: str) -> None:
    error = small.get(f"{path.format(**ids)}?colour=red", 422).json()["errors"][0]
    assert error["pointer"] == "/colour"
    assert "limit" in error["message"]


@pytest.mark.parametrize("path", LISTS)
def test_a_cursor_of_another_order_is_refused(program: Program, filled: dict[str, str], path: str) -> None:
    there = path.format(**filled)
    assert program.get(f"{there}?cursor=bad", 422).json()["errors"][0]["pointer"] == "/cursor"
    cursor = program.get(f"{there}?limit=1", 200).json()["next"]
    for sort in SORTS.get(path, ())[1:]:
        refused = program.get(f"{there}?cursor={cursor}&sort={sort}", 422).json()
        assert refused["errors"][0]["pointer"] == "/cursor"


@pytest.mark.parametrize("path", LISTS)
def test_updated_since_lists_what_changed(small: Program, ids: dict[str, str], path: str) -> None:
    there = path.format(**ids)
    newest = max(one["updated_at"] for one in small.get(there, 200).json()["items"])
    assert newest.endswith("Z")
    found = small.get(there, 200, params={"updated_since": newest}).json()
    assert {one["updated_at"] for one in found["items"]} == {newest}
    assert found["total"] == len(found["items"])
    later = small.get(there, 200, params={"updated_since": "2100-01-01T00:00:00+00:00"}).json()
    assert (later["items"], later["total"], later["next"]) == ([], 0, None)


FILTERS: tuple[tuple[str, str, set[str]], ...] = (
    ("/people", "q=PROGRAMME", {"Programme lead"}),
    ("/people", "q=%25", set()),
    ("/plans", "ref=SIP", {"SIP"}),
    ("/plans", "q=improvement", {"SIP"}),
    ("/plans/{plan_id}/priorities", "ref=SIP 2", {"SIP 2"}),
    ("/plans/{plan_id}/actions", "status=not_started", {"7.1", "7.2", "8.2"}),
    ("/plans/{plan_id}/actions", "flag=overdue", {"7.2"}),
    ("/plans/{plan_id}/actions", "flag=late_start", {"7.1"}),
    ("/plans/{plan_id}/actions", "lead_id={person_id}", {"7.1"}),
    ("/plans/{plan_id}/actions", "priority_id={second_priority_id}", {"7.2", "8.2"}),
    ("/plans/{plan_id}/actions", "due_before=2024-06-01", {"7.2"}),
    ("/plans/{plan_id}/actions", "due_after=2024-06-01", {"7.1"}),
    ("/plans/{plan_id}/actions", "ref=8.1", {"7.2"}),
    ("/plans/{plan_id}/actions", "q=dashboard", {"7.1"}),
    ("/plans/{plan_id}/actions", "withdrawn=true", set()),
    ("/plans/{plan_id}/actions", "as_at=2024-03-31", set()),
    ("/registers", "plan_id={plan_id}", {"RR"}),
    ("/registers/{register_id}/risks", "band=High", {"1"}),
    ("/registers/{register_id}/risks", "general=true", {"2"}),
    ("/registers/{register_id}/risks", "priority_id={priority_id}", {"1"}),
    ("/registers/{register_id}/risks", "owner_id={person_id}", {"1"}),
    ("/registers/{register_id}/risks", "state=closed", set()),
    ("/registers/{register_id}/risks", "as_at=2024-03-31", set()),
)


@pytest.mark.parametrize("path, query, expected", FILTERS)
def test_a_filter_lists_those_alone(
    small: Program, ids: dict[str, str], path: str, query: str, expected: set[str]
) -> None:
    found = small.get(f"{path.format(**ids)}?{query.format(**ids)}", 200).json()
    assert {one.get("ref") or one["name"] for one in found["items"]} == expected
    assert found["total"] == len(expected)
