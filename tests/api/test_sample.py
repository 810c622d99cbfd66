"""The papers of June 2024 through the API: every printed figure comes out as printed, on both databases."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import db
from app.services import areas as areas_service
from tests import doors
from tests.databases import open_copy
from tests.doors import Program

SAMPLE = Path(__file__).parents[2] / "app" / "sample"
STATUSES = ("complete", "on_target", "delayed", "not_started")
# docs/domain: section 2, "Acceptance".
PRINTED = {
    "PAP 1": (44, 11, 44, 0),
    "PAP 2": (0, 60, 40, 0),
    "PAP 3": (0, 71, 29, 0),
    "PAP 4": (0, 58, 25, 17),
    "PAP 5": (22, 40, 15, 23),
}


@pytest.fixture(scope="module")
def program(database_kind: str) -> Iterator[Program]:
    """A program of the sample's area. No test here stores anything."""
    with open_copy("sample", database_kind), doors.opened() as http:
        with db.read(None) as reader:
            halton = areas_service.by_slug(reader, "halton")
        yield Program(http, doors.token(halton, "write", "admin"))


def listed(program: Program, path: str) -> list[dict[str, Any]]:
    """Every record of a list, page after page."""
    found: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = program.get(path, 200, params={"limit": 40, **({"cursor": cursor} if cursor else {})}).json()
        found += answer["items"]
        cursor = answer["next"]
    assert len(found) == answer["total"]
    return found


def by_ref(program: Program, path: str) -> dict[str, dict[str, Any]]:
    return {one["ref"]: one for one in listed(program, path)}


def progress(program: Program, day: str) -> dict[str, Any]:
    plan = by_ref(program, "/plans")["PAP"]["id"]
    found: dict[str, Any] = program.get(f"/plans/{plan}/progress?as_at={day}", 200).json()
    return found


def shares(figures: dict[str, Any], value: str) -> tuple[int, ...]:
    return tuple(figures["statuses"][status][value] for status in STATUSES)


def test_progress_at_the_end_of_june_is_as_printed(program: Program) -> None:
    found = progress(program, "2024-06-30")
    assert {one["ref"]: shares(one, "rounded") for one in found["priorities"]} == PRINTED
    overall = found["overall"]
    assert shares(overall, "count") == (17, 40, 20, 16)
    assert shares(overall, "rounded") == (18, 43, 22, 17)
    assert (overall["action_points"], overall["distinct_actions"], overall["withdrawn"]) == (93, 89, 0)
    assert found["priorities"][0]["complete_or_on_target"]["rounded"] == 56
    assert overall["flags"]["overdue"] == {"action_points": 5, "actions": 1}
    for status in STATUSES:
        parts = [one["statuses"][status]["count"] for one in found["priorities"]]
        assert sum(parts) == overall["statuses"][status]["count"]


def test_progress_on_the_first_day_counts_nothing_complete(program: Program) -> None:
    assert shares(progress(program, "2024-04-01")["overall"], "count") == (0, 10, 0, 83)


def test_before_the_first_day_there_is_nothing_and_no_percentage(program: Program) -> None:
    overall = progress(program, "2024-03-31")["overall"]
    assert overall["action_points"] == 0
    assert shares(overall, "percent") == shares(overall, "rounded") == (None,) * 4


def test_the_lists_hold_every_action_once_with_all_its_refs(program: Program) -> None:
    plans = by_ref(program, "/plans")
    actions = listed(program, f"/plans/{plans['PAP']['id']}/actions")
    assert len(actions) == len({one["id"] for one in actions}) == 89
    assert sum(len(one["points"]) for one in actions) == 93
    survey = next(one for one in actions if len(one["points"]) > 1)
    assert [point["ref"] for point in survey["points"]] == ["1.9", "2.5", "3.7", "4.12", "5.60"]
    assert survey["flags"]["overdue"]
    assert len(listed(program, f"/plans/{plans['DBV']['id']}/actions")) == 148


def register(program: Program) -> dict[str, Any]:
    plan = by_ref(program, "/plans")["PAP"]["id"]
    found: dict[str, Any] = next(one for one in listed(program, "/registers") if one["plan_id"] == plan)
    return found


def rows(name: str) -> list[dict[str, str]]:
    with (SAMPLE / "halton-risk-register" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_all_cells_of_the_matrix_are_as_printed(program: Program) -> None:
    cells = program.get(f"/registers/{register(program)['id']}/heat-map", 200).json()["cells"]
    printed = {
        (int(row["likelihood"]), int(row["impact"]), int(row["score"]), row["band"])
        for row in rows("matrix.csv")
    }
    assert len(printed) == 25
    assert {(one["likelihood"], one["impact"], one["score"], one["band"]) for one in cells} == printed


def test_the_eight_scores_and_bands_of_the_register_are_as_printed(program: Program) -> None:
    bands = {int(score): row["band"] for row in rows("bands.csv") for score in row["scores_printed"].split()}
    risks = by_ref(program, f"/registers/{register(program)['id']}/risks")
    printed = {
        (row["ref"], side): int(row[f"{side}_score"])
        for row in rows("register.csv")
        for side in ("current", "target")
    }
    assert len(printed) == 8
    for (ref, side), score in printed.items():
        found = risks[ref][side]
        assert (found["score"], found["band"]) == (score, bands[score])
        assert found["score"] == found["likelihood"] * found["impact"]
        assert risks[ref]["gap"] == printed[(ref, "current")] - printed[(ref, "target")]


def test_the_heat_map_holds_each_risk_where_its_pair_says(program: Program) -> None:
    found = program.get(f"/registers/{register(program)['id']}/heat-map", 200).json()
    there = {
        (risk["ref"], side): (cell["likelihood"], cell["impact"])
        for cell in found["cells"]
        for side in ("current", "target")
        for risk in cell[side]
    }
    assert there == {
        (row["ref"], side): (int(row[f"{side}_likelihood"]), int(row[f"{side}_impact"]))
        for row in rows("register.csv")
        for side in ("current", "target")
    }
    assert (found["not_scored"], found["closed"], found["other_matrix"]) == ([], 0, [])


def test_a_score_cannot_be_written(program: Program) -> None:
    risk = next(iter(by_ref(program, f"/registers/{register(program)['id']}/risks").values()))
    pair = {"likelihood": 4, "impact": 4}
    for body, pointer in (
        ({"current": {**pair, "score": 1}, "reason": "x"}, "/current/score"),
        ({"current": pair, "score": 1, "reason": "x"}, "/score"),
        ({"current": {**pair, "band": "Low"}, "reason": "x"}, "/current/band"),
    ):
        answer = program.post(f"/risks/{risk['id']}/assessments", body, 422).json()
        assert [error["pointer"] for error in answer["errors"]] == [pointer]
    answer = program.patch(f"/risks/{risk['id']}", {"score": 1}, 422).json()
    assert "never typed" in answer["errors"][0]["message"]
    unchanged = {name: value for name, value in risk.items() if name != "compared"}
    assert program.get(f"/risks/{risk['id']}", 200).json() == unchanged


def test_the_programme_has_ratings_and_no_cells(program: Program) -> None:
    plan = by_ref(program, "/plans")["DBV"]["id"]
    named = next(one for one in listed(program, "/registers") if one["plan_id"] == plan)
    risks = listed(program, f"/registers/{named['id']}/risks")
    assert len(risks) == 13
    assert {(one["current"], one["target"], one["gap"]) for one in risks} == {(None, None, None)}
    assert {one["rating"]["band"] for one in risks} <= {"L", "M", "H", "Low", "Medium", "High"}
    found = program.get(f"/registers/{named['id']}/heat-map", 200).json()
    assert found["cells"] == []
    assert sum(one["count"] for one in found["bands"]) == 13
