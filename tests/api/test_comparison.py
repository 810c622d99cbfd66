"""Two days side by side through the API: figures, lists, the heat map, and what changed in between."""

import pytest

from tests.doors import Program

BETWEEN = "as_at=2024-06-30&compare=2024-05-01"
LISTS = (
    "/plans/{plan_id}/progress",
    "/plans/{plan_id}/comparison",
    "/plans/{plan_id}/actions",
    "/registers/{register_id}/risks",
    "/registers/{register_id}/heat-map",
)


def change(program: Program, ids: dict[str, str]) -> None:
    """One action becomes delayed, one risk is rescored, and a new one of each is added, all in May."""
    late = {"status": "delayed", "forecast_on": "2024-10-31", "narrative": "No lead.", "reason": "Left"}
    program.post(f"/actions/{ids['action_id']}/updates", {**late, "effective_on": "2024-05-15"}, 201)
    score = {"current": {"likelihood": 5, "impact": 5}, "reason": "The post is vacant."}
    program.post(f"/risks/{ids['risk_id']}/assessments", {**score, "effective_on": "2024-05-15"}, 201)
    points = [{"priority_id": ids["priority_id"], "ref": "7.9"}]
    new = {"title": "Recruit a lead", "points": points, "effective_on": "2024-05-20"}
    program.post(f"/plans/{ids['plan_id']}/actions", new, 201)
    risk = {"ref": "9", "description": "Nobody applies.", "effective_on": "2024-05-20"}
    program.post(f"/registers/{ids['register_id']}/risks", risk, 201)


def test_what_changed_is_answered_with_who_said_why(program: Program, ids: dict[str, str]) -> None:
    change(program, ids)
    found = program.get(f"/plans/{ids['plan_id']}/comparison?{BETWEEN}", 200).json()
    kinds = {kind: [one["ref"] for one in group["items"]] for kind, group in found["actions"].items()}
    assert {kind: refs for kind, refs in kinds.items() if refs} == {
        "became_delayed": ["7.1"],
        "became_overdue": ["7.2"],
        "new": ["7.9"],
        "forecast_moved": ["7.1"],
    }
    (item,) = found["actions"]["became_delayed"]["items"]
    assert (item["before"]["status"], item["after"]["status"]) == ("not_started", "delayed")
    assert (item["entry"]["narrative"], item["entry"]["reason"]) == ("No lead.", "Left")
    (risk,) = found["risks"]["rescored"]["items"]
    assert (risk["before"]["current"]["score"], risk["after"]["current"]["score"]) == (16, 25)
    assert (risk["direction"], risk["entry"]["reason"]) == ("worsening", "The post is vacant.")
    assert found["statuses"]["not_started"] == {"earlier": 4, "came": 1, "left": 1, "later": 4}
    part = program.get(
        f"/plans/{ids['plan_id']}/comparison?{BETWEEN}&priority_id={ids['second_priority_id']}", 200
    ).json()
    assert part["priority"]["ref"] == "SIP 2"
    assert part["actions"]["became_delayed"]["items"] == []


def test_progress_is_answered_for_both_days(program: Program, ids: dict[str, str]) -> None:
    change(program, ids)
    path = f"/plans/{ids['plan_id']}/progress"
    found = program.get(f"{path}?{BETWEEN}", 200).json()
    alone = program.get(f"{path}?as_at=2024-05-01", 200).json()
    assert found["compared"] == {name: alone[name] for name in ("as_at", "overall", "priorities")}
    assert found["overall"] == program.get(f"{path}?as_at=2024-06-30", 200).json()["overall"]
    assert alone["compared"] is None


def test_lists_answer_how_each_record_stood(program: Program, ids: dict[str, str]) -> None:
    change(program, ids)
    items = program.get(f"/plans/{ids['plan_id']}/actions?{BETWEEN}", 200).json()["items"]
    compared = {one["ref"]: one["compared"] for one in items}
    assert compared["7.9"] is None, "it was not there yet"
    then = program.get(f"/plans/{ids['plan_id']}/actions?as_at=2024-05-01", 200).json()["items"]
    for one in then:
        was = compared[one["ref"]]
        assert was == {name: one[name] for name in was}
    risks = program.get(f"/registers/{ids['register_id']}/risks?{BETWEEN}", 200).json()["items"]
    scores = {one["ref"]: one["compared"] and one["compared"]["current"] for one in risks}
    assert scores["1"]["score"] == 16
    assert scores["9"] is None
    alone = program.get(f"/registers/{ids['register_id']}/risks?as_at=2024-05-01", 200).json()["items"]
    was = next(one["compared"] for one in risks if one["ref"] == "1")
    assert was == {name: alone[0][name] for name in was}


def test_the_heat_map_answers_where_each_risk_was(program: Program, ids: dict[str, str]) -> None:
    change(program, ids)
    found = program.get(f"/registers/{ids['register_id']}/heat-map?{BETWEEN}", 200).json()
    placed = {one["ref"]: one["current"] and one["current"]["score"] for one in found["compared"]}
    assert placed == {"1": 16, "2": None}
    now = [cell["score"] for cell in found["cells"] if cell["current"]]
    assert now == [25]


@pytest.mark.parametrize("path", LISTS[2:])
def test_nothing_is_compared_that_was_not_asked_for(program: Program, ids: dict[str, str], path: str) -> None:
    found = program.get(path.format(**ids), 200).json()
    assert {str(one["compared"]) for one in found.get("items", [found])} == {"None"}


@pytest.mark.parametrize("path", LISTS)
def test_a_day_after_the_one_asked_for_is_refused(program: Program, ids: dict[str, str], path: str) -> None:
    answer = program.get(f"{path.format(**ids)}?as_at=2024-05-01&compare=2024-05-02", 422).json()
    assert answer["errors"] == [
        {
            "pointer": "/compare",
            "message": "Give 2024-05-01 or an earlier day: a comparison looks back from that day.",
        }
    ]
    program.get(f"{path.format(**ids)}?compare=2024-07-02", 422)
    program.get(f"{path.format(**ids)}?compare=soon", 422)
    program.get(f"{path.format(**ids)}?compare=2024-07-01", 200)
