"""Copying a plan: what comes along, what stays, and where the dates go."""

from datetime import date

import pytest

from app.errors import Conflict
from app.models.actions import ActionUpdate
from app.models.base import new_id
from app.models.plan_copies import PlanCopy
from app.services import actions, plan_copies, plans, priorities, updates
from tests.factories import (
    TODAY,
    do,
    make_action,
    make_person,
    make_plan,
    make_priority,
    refused,
    see,
    update,
    withdraw,
)


def copy(people, plan_id, **given):
    values = {"ref": "PAP-2", "title": "Second plan", "starts_on": date(2025, 4, 1)} | given
    return do(plan_copies.copy_plan, people.editor, plan_id, PlanCopy(**values))


def actions_of(people, plan):
    found = see(actions.list_actions, people.editor, plan["id"], today=TODAY)["items"]
    return {one["ref"]: see(actions.get_action, people.editor, one["id"], today=TODAY) for one in found}


@pytest.fixture
def plan(people):
    return make_plan(
        people.editor,
        kind="grant_programme",
        starts_on=date(2024, 4, 1),
        ends_on=date(2025, 3, 31),
    )


def test_a_copy_has_the_priorities_and_actions_of_the_other_plan(people, plan):
    lead, other = make_person(people.editor), make_person(people.editor, name="Second lead")
    first = make_priority(people.editor, plan["id"], statement="Improve", sro_id=lead["id"], position=7)
    second = make_priority(people.editor, plan["id"], ref="PAP 2", responsible_bodies="ICB")
    make_action(
        people.editor,
        [first, second],
        ref="1.1",
        title="Survey",
        lead_id=lead["id"],
        co_lead_ids=[other["id"]],
        responsible_body="ICB",
        phase="Phase 1",
        success_measure="Half answer",
        expected_impact="Parents are heard",
        start_on=date(2024, 4, 8),
        due_on=date(2024, 6, 30),
        impact_review_on=date(2024, 9, 30),
    )
    made = copy(people, plan["id"])
    assert made["kind"] == "grant_programme"
    assert (made["starts_on"], made["ends_on"]) == (date(2025, 4, 1), date(2026, 3, 31))
    copied = see(priorities.list_priorities, people.editor, made["id"])["items"]
    told = ("ref", "statement", "responsible_bodies", "sro_id", "position")
    assert [[one[name] for name in told] for one in copied] == [
        ["PAP 1", "Improve", None, lead["id"], 7],
        ["PAP 2", None, "ICB", None, 8],
    ]
    survey = actions_of(people, made)["1.1"]
    assert [(one["priority_id"], one["ref"]) for one in survey["points"]] == [
        (str(copied[0]["id"]), "1.1"),
        (str(copied[1]["id"]), "1.1-2"),
    ]
    assert (survey["lead"]["id"], survey["co_leads"][0]["id"]) == (lead["id"], other["id"])
    for name, value in {
        "status": "not_started",
        "responsible_body": "ICB",
        "phase": "Phase 1",
        "success_measure": "Half answer",
        "expected_impact": "Parents are heard",
        "start_on": date(2025, 4, 8),
        "due_on": date(2025, 6, 30),
        "original_due_on": date(2025, 6, 30),
        "impact_review_on": date(2025, 9, 30),
        "added_on": TODAY,
    }.items():
        assert survey[name] == value, name


def test_what_was_done_and_found_stays_with_the_other_plan(people, plan):
    priority = make_priority(people.editor, plan["id"])
    done = make_action(people.editor, priority, ref="1.1")
    link = {"title": "Minutes", "url": "https://north.example/minutes"}
    do(actions.change_action, people.editor, done["id"], ActionUpdate(evidence_links=[link]), version=None)
    update(people.editor, done["id"], status="complete", narrative="Agreed", impact_state="evidenced")
    late = make_action(people.editor, priority, ref="1.2", due_on=date(2024, 6, 30))
    update(people.editor, late["id"], status="delayed", forecast_on=date(2024, 9, 30), path_to_green="Hire")
    withdraw(people.editor, make_action(people.editor, priority, ref="1.3")["id"])
    copied = actions_of(people, copy(people, plan["id"]))
    assert list(copied) == ["1.1", "1.2"], "the withdrawn one is left out"
    for one in copied.values():
        assert (one["status"], one["completed_on"], one["forecast_on"]) == ("not_started", None, None)
        assert (one["evidence_links"], one["impact_state"], one["path_to_green"]) == ([], None, None)
        assert one["latest_update"] is None
        [entry] = see(updates.list_updates, people.editor, one["id"])
        assert entry["reason"] == f"Copied from {one['ref']} of PAP."
    assert see(actions.get_action, people.editor, done["id"], today=TODAY)["version"] == 3


def test_copies_wait_for_each_other_as_the_actions_do(people, plan):
    priority = make_priority(people.editor, plan["id"])
    made = [make_action(people.editor, priority, ref=f"1.{n}") for n in (1, 2, 3, 4)]
    withdraw(people.editor, made[3]["id"])
    update(people.editor, made[0]["id"], depends_on=[made[2]["id"], made[3]["id"]])
    update(people.editor, made[2]["id"], depends_on=[made[1]["id"]])
    copied = actions_of(people, copy(people, plan["id"]))
    assert copied["1.1"]["depends_on"] == [str(copied["1.3"]["id"])], "not for what is withdrawn"
    assert copied["1.3"]["depends_on"] == [str(copied["1.2"]["id"])]
    assert copied["1.1"]["flags"]["blocked"]


def test_dates_are_moved_kept_or_left_out(people, plan):
    priority = make_priority(people.editor, plan["id"])
    make_action(people.editor, priority, start_on=date(2024, 5, 1), due_on="ongoing", review_on=TODAY)
    told = {}
    for dates in ("moved", "kept", "left_out"):
        made = copy(people, plan["id"], ref=dates, dates=dates)
        one = actions_of(people, made)["1.1"]
        told[dates] = (made["ends_on"], one["start_on"], one["due_on"], one["review_on"])
    assert told == {
        "moved": (date(2026, 3, 31), date(2025, 5, 1), "ongoing", date(2025, 7, 1)),
        # The last day of the other plan is before the first of this one.
        "kept": (None, date(2024, 5, 1), "ongoing", TODAY),
        "left_out": (None, None, "ongoing", None),
    }


def test_dates_that_cannot_be_moved_are_refused_at_the_field(people, plan):
    undated = make_plan(people.editor, ref="OTHER")
    assert list(refused(copy, people, undated["id"])) == ["/dates"]
    assert list(refused(copy, people, plan["id"], starts_on=None)) == ["/starts_on"]
    assert list(refused(copy, people, plan["id"], starts_on=date(2100, 12, 1))) == ["/starts_on"]
    assert list(refused(copy, people, plan["id"], ref="PAP")) == ["/ref"]
    assert len(see(plans.list_plans, people.editor)["items"]) == 2, "nothing was added"


def test_a_copy_takes_the_id_that_was_set_aside(people, plan):
    wanted = new_id()
    body = PlanCopy(ref="PAP-2", title="Second plan", dates="left_out")
    made = do(plan_copies.copy_plan, people.editor, plan["id"], body, new_id=wanted)
    assert made["id"] == wanted


def test_a_plan_of_too_many_actions_is_not_copied(people, plan, monkeypatch):
    priority = make_priority(people.editor, plan["id"])
    for ref in ("1.1", "1.2"):
        make_action(people.editor, priority, ref=ref)
    monkeypatch.setattr(plan_copies, "MOST_COPIED", 1)
    with pytest.raises(Conflict, match="2 actions"):
        copy(people, plan["id"])
