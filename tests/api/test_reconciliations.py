"""Reconciling published percentages through the API: verdicts as documented, refusals by row and field."""

from typing import Any

import pytest

from app.access.roles import Principal
from tests import doors
from tests.doors import Program

HALTON: list[dict[str, Any]] = [
    {"scope": "overall", "complete": 17, "on_target": 51, "delayed": 30, "not_started": 2},
    {"scope": "PAP 1", "complete": 44, "delayed": 44, "complete_or_on_target": 55},
    {"scope": "PAP 2", "complete": 0, "on_target": 60, "delayed": 40},
    {"scope": "PAP 3", "complete": 0, "on_target": 71, "delayed": 29},
    {"scope": "PAP 4", "complete": 0, "on_target": 58, "delayed": 25, "not_started": 17},
    {"scope": "PAP 5", "complete": 22, "on_target": 40, "delayed": 15, "not_started": 23},
]


def verdicts(program: Program, *scopes: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = program.post("/reconciliations", {"scopes": list(scopes)}, 200).json()
    return found


def refused(program: Program, *scopes: dict[str, Any]) -> dict[str, str]:
    """What to do, by pointer."""
    problem = program.post("/reconciliations", {"scopes": list(scopes)}, 422).json()
    assert all(fault["message"].endswith(".") for fault in problem["errors"])
    return {fault["pointer"]: fault["message"] for fault in problem["errors"]}


def test_the_report_of_july_2024_gets_its_verdicts(program: Program) -> None:
    found = verdicts(program, *HALTON)
    assert found.keys() == {"scopes", "verdict", "explanation"}
    assert found["verdict"] == "impossible"
    assert (
        "together 67.0%. With at least 16.5% complete, the priorities' own figures allow 66.05%"
        in found["explanation"]
    )
    assert [one["scope"] for one in found["scopes"]] == [one["scope"] for one in HALTON]
    assert [one["verdict"] for one in found["scopes"]] == ["possible"] * 6
    assert [one["smallest_actions"] for one in found["scopes"]] == [47, 55, 5, 7, 12, 60]
    assert found["scopes"][1]["smallest_counts"] == {
        "complete": 24,
        "on_target": 6,
        "delayed": 24,
        "not_started": 1,
    }


def test_exactly_none_makes_the_55_percent_impossible(program: Program) -> None:
    (one,) = verdicts(program, {**HALTON[1], "not_started": "none"})["scopes"]
    assert (one["verdict"], one["smallest_actions"], one["smallest_counts"]) == ("impossible", None, None)
    assert "55 is what 44 + 11 gives when added after rounding" in one["explanation"]


def test_numbers_of_actions_are_kept_to(program: Program) -> None:
    found = verdicts(
        program,
        {"scope": "Overall", "complete": 33, "actions": 6},
        {"scope": "A", "complete": 50, "actions": 2},
        {"scope": "B", "complete": 25, "actions": 4},
    )
    assert found["verdict"] == "possible"
    assert [one["smallest_actions"] for one in found["scopes"]] == [6, 2, 4]


@pytest.mark.parametrize(
    "fields, pointer",
    [
        ({"complete": 101}, "/scopes/1/complete"),
        ({"complete": -1}, "/scopes/1/complete"),
        ({"complete": 44.5}, "/scopes/1/complete"),
        ({"complete": "44"}, "/scopes/1/complete"),
        ({"delayed": True}, "/scopes/1/delayed"),
        ({"actions": 9}, "/scopes/0/actions"),
        ({"actions": 0}, "/scopes/1/actions"),
        ({"scope": "OVERALL"}, "/scopes/1/scope"),
        ({"scope": " "}, "/scopes/1/scope"),
        ({"on_target": 50, "delayed": 20, "not_started": 20}, "/scopes/1/not_started"),
        ({"colour": "red"}, "/scopes/1/colour"),
    ],
)
def test_a_refusal_names_the_row_and_the_field(
    program: Program, fields: dict[str, Any], pointer: str
) -> None:
    assert list(refused(program, HALTON[0], {"scope": "A", "complete": 50, **fields})) == [pointer]


def test_no_scopes_and_too_many_are_refused(program: Program) -> None:
    assert list(refused(program)) == ["/scopes"]
    assert list(refused(program, *({"scope": str(number)} for number in range(101)))) == ["/scopes"]


def test_a_hundred_scopes_are_answered(program: Program) -> None:
    """The longest question that is taken."""
    priorities = [
        {
            "scope": f"PAP {number}",
            "complete": number % 40,
            "on_target": 30 + number % 7,
            "complete_or_on_target": 30 + number % 7 + number % 40,
        }
        for number in range(99)
    ]
    found = verdicts(program, {"scope": "overall", "complete": 39, "on_target": 36}, *priorities)
    assert found["verdict"] == "impossible"


def test_nothing_is_stored(program: Program, area: Principal) -> None:
    before = doors.counts(), doors.sequence(area.area_id)
    verdicts(program, *HALTON)
    assert (doors.counts(), doors.sequence(area.area_id)) == before
