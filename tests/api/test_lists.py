"""Long lists are walked in every order, by ``next`` and by the Link header; what others write moves nothing.

What each list has in common is in test_every_list, filters are in test_filters.
"""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from tests import doors
from tests.doors import API, Program

# Lists that grow long; those of entries are walked in test_every_list.
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
MANY = 7


def sorts(path: str) -> list[str]:
    """What the contract says that a list can be sorted by."""
    described = doors.application().openapi()["paths"][API + path]["get"]["parameters"]
    (found,) = [one["schema"]["enum"] for one in described if one.get("name") == "sort"]
    return list(found)


# Nothing here changes anything, so all tests of a database share one area.
@pytest.fixture(scope="module")
def program(http: TestClient) -> Program:
    return Program(http, doors.token(doors.area("lists"), "write"))


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
    assert len(sorts(path)) > 1
    for sort in sorts(path):
        up = walked(program, there, f"&sort={sort}")
        down = walked(program, there, f"&sort={sort}&descending=true")
        assert [one["id"] for one in down] == [one["id"] for one in reversed(up)]
        assert {one["id"] for one in up} == {one["id"] for one in whole}
