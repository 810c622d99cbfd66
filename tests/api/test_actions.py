"""Actions through the API: updates, corrections, withdrawal, dependencies and progress as at a day."""

from typing import Any

from tests.doors import Program


def counted(program: Program, plan: str, day: str = "2024-07-01") -> dict[str, Any]:
    found: dict[str, Any] = program.get(f"/plans/{plan}/progress?as_at={day}", 200).json()["overall"]
    return found


def test_an_update_changes_the_action_from_its_day_on(program: Program, ids: dict[str, str]) -> None:
    action = f"/actions/{ids['action_id']}"
    body = {"status": "complete", "narrative": "The board uses it.", "effective_on": "2024-06-10"}
    entry = program.post(f"{action}/updates", body, 201).json()
    assert entry["facts"] == {"status": "complete", "completed_on": "2024-06-10"}
    assert entry["author_name"] == "Programme office"
    assert program.get(f"{action}?as_at=2024-06-09", 200).json()["status"] == "not_started"
    now = program.get(action, 200).json()
    assert (now["status"], now["completed_on"]) == ("complete", "2024-06-10")
    assert now["latest_update"]["narrative"] == "The board uses it."
    plan = ids["plan_id"]
    assert counted(program, plan, "2024-06-09")["statuses"]["complete"]["count"] == 0
    assert counted(program, plan)["statuses"]["complete"]["count"] == 1


def test_a_correction_leaves_the_wrong_entry_visible(program: Program, ids: dict[str, str]) -> None:
    updates = f"/actions/{ids['action_id']}/updates"
    wrong = program.post(updates, {"status": "delayed", "effective_on": "2024-06-01"}, 201).json()
    right = {"status": "on_target", "effective_on": "2024-06-01", "replaces": wrong["id"], "reason": "Typed"}
    corrected = program.post(updates, right, 201).json()
    listed = {one["id"]: one for one in program.get(updates, 200).json()["items"]}
    assert listed[wrong["id"]]["replaced_by"] == corrected["id"]
    assert listed[corrected["id"]]["replaces"] == wrong["id"]
    assert program.get(f"/actions/{ids['action_id']}?as_at=2024-06-01", 200).json()["status"] == "on_target"


def test_a_backdated_entry_needs_a_reason_and_overwrites_nothing_later(
    program: Program, ids: dict[str, str]
) -> None:
    updates = f"/actions/{ids['action_id']}/updates"
    program.post(updates, {"status": "on_target", "effective_on": "2024-06-01"}, 201)
    late = {"status": "delayed", "effective_on": "2024-05-15"}
    assert program.post(updates, late, 422).json()["errors"][0]["pointer"] == "/reason"
    assert program.post(updates, {**late, "reason": "Found in the minutes"}, 201).json()["backdated"]
    assert program.get(f"/actions/{ids['action_id']}?as_at=2024-05-20", 200).json()["status"] == "delayed"
    assert program.get(f"/actions/{ids['action_id']}", 200).json()["status"] == "on_target"


def test_a_withdrawn_action_leaves_every_count_from_its_day(program: Program, ids: dict[str, str]) -> None:
    action, plan = f"/actions/{ids['other_action_id']}", ids["plan_id"]
    assert counted(program, plan)["action_points"] == 4
    program.post(f"{action}/withdrawal", {"reason": "Merged.", "effective_on": "2024-06-20"}, 201)
    now, before = counted(program, plan), counted(program, plan, "2024-06-19")
    assert (now["action_points"], now["withdrawn"], now["distinct_actions"]) == (2, 2, 2)
    assert (before["action_points"], before["withdrawn"]) == (4, 0)
    program.post(f"{action}/updates", {"narrative": "x"}, 409)
    program.post(f"{action}/withdrawal", {"reason": "Again."}, 409)
    program.post(f"{action}/reinstatement", {"reason": "Needed.", "effective_on": "2024-06-25"}, 201)
    assert counted(program, plan)["action_points"] == 4
    assert counted(program, plan, "2024-06-24")["withdrawn"] == 2


def test_an_action_waits_for_another(program: Program, ids: dict[str, str]) -> None:
    first, other = ids["action_id"], ids["third_action_id"]
    program.post(f"/actions/{first}/updates", {"depends_on": [other]}, 201)
    assert program.get(f"/actions/{first}", 200).json()["flags"]["blocked"]
    program.post(f"/actions/{other}/updates", {"status": "complete"}, 201)
    now = program.get(f"/actions/{first}", 200).json()
    assert (now["depends_on"], now["flags"]["blocked"]) == ([other], False)


def test_progress_over_time_has_every_month_end_and_today(program: Program, ids: dict[str, str]) -> None:
    program.post(f"/actions/{ids['action_id']}/updates", {"status": "complete"}, 201)
    history = program.get(f"/plans/{ids['plan_id']}/progress/history", 200).json()["history"]
    days = [one["as_at"] for one in history]
    assert days == ["2024-04-30", "2024-05-31", "2024-06-30", "2024-07-01"]
    assert [one["overall"]["statuses"]["complete"]["count"] for one in history] == [0, 0, 0, 1]
    for one in history:
        at_day = program.get(f"/plans/{ids['plan_id']}/progress?as_at={one['as_at']}", 200).json()
        assert {**one, "plan": at_day["plan"], "compared": None} == at_day


def test_an_answer_of_the_past_has_a_digest_as_its_tag(program: Program, ids: dict[str, str]) -> None:
    past = f"/actions/{ids['action_id']}?as_at=2024-05-01"
    tag = program.get(past, 200).headers["etag"]
    assert len(tag) == 34
    assert program.get(past, 200).headers["etag"] == tag
    program.patch(f"/actions/{ids['action_id']}", {"title": "Build it"}, 200)
    assert program.get(past, 200).headers["etag"] != tag
