"""Risks through the API: scores that follow from pairs, dated states, matrices that keep the past."""

from tests.doors import Program
from tests.factories import FIVE_BY_FIVE


def test_a_score_follows_from_the_pair(program: Program, ids: dict[str, str]) -> None:
    risk = f"/risks/{ids['risk_id']}"
    body = {"current": {"likelihood": 3, "impact": 4}, "reason": "Data officer in post."}
    entry = program.post(f"{risk}/assessments", body, 201).json()
    assert (entry["current"]["score"], entry["current"]["band"]) == (12, "Moderate")
    now = program.get(risk, 200).json()
    assert (now["current"]["score"], now["target"]["score"], now["gap"]) == (12, 4, 8)
    assert (now["direction"], now["state"]) == ("no_data", "open")
    then = program.get(f"{risk}?as_at=2024-06-30", 200).json()
    assert (then["current"]["score"], then["gap"]) == (16, 12)


def test_a_risk_without_a_pair_is_not_scored(program: Program, ids: dict[str, str]) -> None:
    found = program.get(f"/risks/{ids['other_risk_id']}", 200).json()
    assert (found["current"], found["target"], found["gap"], found["rating"]) == (None, None, None, None)
    heat_map = program.get(f"/registers/{ids['register_id']}/heat-map", 200).json()
    assert [one["ref"] for one in heat_map["not_scored"]] == ["2"]


def test_reviewed_without_change_is_an_assessment(program: Program, ids: dict[str, str]) -> None:
    risk = f"/risks/{ids['risk_id']}"
    entry = program.post(f"{risk}/assessments", {"reason": "Reviewed, no change."}, 201).json()
    assert (entry["operation"], entry["current"]) == ("assessed", None)
    assert program.get(risk, 200).json()["last_updated_on"] == "2024-07-01"


def test_states_follow_each_other_as_the_rules_allow(program: Program, ids: dict[str, str]) -> None:
    risk, why = f"/risks/{ids['risk_id']}", {"reason": "Agreed by the board."}
    accepted = {**why, "accepted_by_id": ids["person_id"], "accepted_until": "2024-12-31"}
    program.post(f"{risk}/reopening", why, 409)
    program.post(f"{risk}/acceptance", accepted, 201)
    found = program.get(risk, 200).json()
    assert (found["state"], found["accepted"]["until"]) == ("accepted", "2024-12-31")
    assert found["accepted"]["by"]["id"] == ids["person_id"]
    program.post(f"{risk}/acceptance", accepted, 409)
    program.post(f"{risk}/materialisation", why, 201)
    assert program.get(risk, 200).json()["accepted"] is None
    program.post(f"{risk}/closure", why, 201)
    program.post(f"{risk}/closure", why, 409)
    heat_map = program.get(f"/registers/{ids['register_id']}/heat-map", 200).json()
    assert heat_map["closed"] == 1
    program.post(f"{risk}/reopening", why, 201)
    assert program.get(risk, 200).json()["state"] == "open"
    operations = [one["operation"] for one in program.get(f"{risk}/assessments", 200).json()["items"]]
    assert operations == ["added", "assessed", "accepted", "materialised", "closed", "reopened"]


def test_a_new_matrix_never_rewrites_old_assessments(program: Program, ids: dict[str, str]) -> None:
    register, risk = f"/registers/{ids['register_id']}", f"/risks/{ids['risk_id']}"
    bands = [{"name": "Low", "lowest": 1, "highest": 10}, {"name": "High", "lowest": 12, "highest": 25}]
    body = {**FIVE_BY_FIVE, "bands": bands, "reason": "New policy.", "effective_on": "2024-06-20"}
    made = program.post(f"{register}/matrix", body, 201).json()
    assert made["matrix_version"] == 2
    versions = program.get(f"{register}/matrix", 200).json()["items"]
    assert [one["matrix_version"] for one in versions] == [2, 1]
    assert program.get(risk, 200).json()["current"]["matrix_version"] == 1
    pair = {"likelihood": 3, "impact": 4}
    program.post(f"{risk}/assessments", {"current": pair, "reason": "Scored anew."}, 201)
    now = program.get(risk, 200).json()["current"]
    assert (now["band"], now["matrix_version"]) == ("High", 2)
    assert program.get(f"{risk}?as_at=2024-06-30", 200).json()["current"]["matrix_version"] == 1
    assert program.get(f"{register}/heat-map?as_at=2024-06-01", 200).json()["matrix"]["matrix_version"] == 1


def test_management_actions_have_a_status_or_none(program: Program, ids: dict[str, str]) -> None:
    there = f"/management-actions/{ids['management_action_id']}"
    assert program.get(there, 200).json()["status"] is None
    body = {"status": "delayed", "due_on": "2024-06-01", "effective_on": "2024-05-20"}
    program.post(f"{there}/updates", body, 201)
    now = program.get(there, 200).json()
    assert (now["status"], now["due_on"], now["overdue"]) == ("delayed", "2024-06-01", True)
    assert not program.get(f"{there}?as_at=2024-06-01", 200).json()["overdue"]
    program.post(f"{there}/updates", {"status": None}, 201)
    assert program.get(there, 200).json()["status"] is None


def test_a_control_that_ended_stays_listed(program: Program, ids: dict[str, str]) -> None:
    program.patch(f"/controls/{ids['control_id']}", {"in_place": False}, 200)
    controls = f"/risks/{ids['risk_id']}/controls"
    assert program.get(f"{controls}?in_place=true", 200).json()["total"] == 0
    assert [one["in_place"] for one in program.get(controls, 200).json()["items"]] == [False]
