"""Findings and acknowledgements as an integrator sees them: filters, pages, refusals; the sample's nine."""

from collections import Counter
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests import doors
from tests.doors import NOBODY, Program

LIST = "/data-quality"
TELL = "/data-quality/acknowledgements"
REASON = "The owner is named at the next board."


def listed(program: Program, **parameters: Any) -> list[dict[str, Any]]:
    """Every finding, page after page."""
    found: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = {"limit": 3, **parameters, **({"cursor": cursor} if cursor else {})}
        answer = program.get(LIST, 200, params=page)
        found += answer.json()["items"]
        cursor = answer.json()["next"]
        assert ("link" in answer.headers) == (cursor is not None)
    assert len(found) == answer.json()["total"]
    return found


def test_findings_are_listed_filtered_and_paged(program: Program, ids: dict[str, str]) -> None:
    found = listed(program)
    whole = program.get(LIST, 200).json()
    assert whole["items"] == found
    assert whole["next"] is None
    assert Counter(one["check"] for one in found) == {
        "action_no_lead": 2,
        "action_no_due_date": 1,
        "risk_no_opened_date": 2,
        "risk_no_owner": 1,
        "management_action_no_due_date": 1,
        "management_action_no_lead": 1,
    }
    for name, value, total in (
        ("noun", "action", 3),
        ("check", "risk_no_owner", 1),
        ("severity", "warns", 8),
        ("severity", "blocks", 0),
        ("acknowledged", "true", 0),
        ("plan_id", ids["plan_id"], 8),
        ("register_id", ids["register_id"], 5),
        ("as_at", "2024-03-31", 0),
    ):
        assert len(listed(program, **{name: value})) == total, name


def test_an_acknowledgement_is_answered_and_read_with_its_finding(
    program: Program, ids: dict[str, str]
) -> None:
    [found] = listed(program, check="risk_no_owner")
    body = {"check": found["check"], "subject_id": found["subject"]["id"], "reason": REASON}
    answer = program.post(TELL, {**body, "fingerprint": found["fingerprint"]}, 201)
    assert answer.headers["location"] == "/api/v1/data-quality"
    made = answer.json()
    assert {name: made[name] for name in body} == body
    [told] = listed(program, check="risk_no_owner", acknowledged="true")
    assert told["acknowledged"]["reason"] == REASON
    assert told == found | {"acknowledged": told["acknowledged"]}
    assert listed(program, check="risk_no_owner", acknowledged="false") == []
    problem = program.post(TELL, body, 409).json()
    assert "acknowledged already" in problem["detail"]
    # With the data the finding goes, and with other data the acknowledgement.
    program.patch(f"/risks/{ids['other_risk_id']}", {"owner_id": ids["person_id"]}, 200)
    assert listed(program, check="risk_no_owner") == []
    assert "finds nothing there" in program.post(TELL, body, 409).json()["detail"]


def test_a_finding_that_blocks_is_refused_and_the_refusal_says_what_to_do(
    program: Program, ids: dict[str, str]
) -> None:
    update = {"status": "on_target", "effective_on": "2024-05-01", "due_on": "2024-05-31"}
    program.post(f"/actions/{ids['third_action_id']}/updates", update, 201)
    [found] = listed(program, severity="blocks")
    assert found["subject"]["id"] == ids["third_action_id"]
    body = {"check": found["check"], "subject_id": found["subject"]["id"], "reason": "x"}
    problem = program.post(TELL, body, 409).json()
    assert "Record an update that repeats the status" in problem["detail"]
    reason = {"status": "on_target", "reason": "Signed on 5 July."}
    program.post(f"/actions/{ids['third_action_id']}/updates", reason, 201)
    assert listed(program, severity="blocks") == []


@pytest.mark.parametrize(
    "change, pointer",
    [
        ({"check": "typed_score"}, "/check"),
        ({"check": None}, "/check"),
        ({"subject_id": "x"}, "/subject_id"),
        ({"subject_id": NOBODY}, "/subject_id"),
        ({"reason": " "}, "/reason"),
        ({"reason": "a\x00b"}, "/reason"),
        ({"reason": None}, "/reason"),
        ({"fingerprint": "0" * 65}, "/fingerprint"),
        ({"severity": "warns"}, "/severity"),
    ],
)
def test_an_acknowledgement_that_will_not_do_names_the_field(
    program: Program, ids: dict[str, str], change: dict[str, Any], pointer: str
) -> None:
    body = {"check": "risk_no_owner", "subject_id": ids["other_risk_id"], "reason": REASON, **change}
    errors = program.post(TELL, body, 422).json()["errors"]
    assert [error["pointer"] for error in errors] == [pointer]
    assert listed(program, acknowledged="true") == []


@pytest.mark.parametrize(
    "name, value",
    [
        ("check", "typed_score"),
        ("severity", "red"),
        ("noun", "plan"),
        ("acknowledged", "maybe"),
        ("plan_id", "x"),
        ("cursor", "x"),
        ("cursor", "WyJkYXRhIHF1YWxpdHkiXQ"),
        ("as_at", "2030-01-01"),
        ("colour", "red"),
    ],
)
def test_a_filter_that_will_not_do_is_refused(program: Program, name: str, value: str) -> None:
    errors = program.get(LIST, 422, params={name: value}).json()["errors"]
    assert [error["pointer"] for error in errors] == [f"/{name}"]


def test_a_plan_or_register_that_is_not_there_is_not_found(
    http: TestClient, program: Program, ids: dict[str, str]
) -> None:
    stranger = Program(http, doors.token(doors.area(f"far-{ids['plan_id'][-12:]}"), "read"))
    for name in ("plan_id", "register_id"):
        program.get(LIST, 404, params={name: NOBODY})
        stranger.get(LIST, 404, params={name: ids[name]})
    assert listed(stranger) == []
