"""What somebody leads and answers for, and what a board has to know: sorted by what it asks of them."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from app.errors import Invalid, NotAllowed, NotFound, PreconditionFailed
from app.models.updates import UpdateCreate
from app.plans.statuses import ImpactState, impact_not_evidenced
from app.services import across_plans, briefings, decisions, own_risks, several
from app.services.decisions import Why
from app.services.several import ForAction
from tests.factories import (
    TODAY,
    Cast,
    Shown,
    action,
    assess,
    do,
    make_action,
    make_management_action,
    make_period,
    make_person,
    make_plan,
    make_priority,
    make_published,
    make_risk,
    move,
    pair,
    see,
    update,
    withdraw,
)

DAY = timedelta(days=1)
LINK = {"title": "Minutes", "url": "https://council.example/minutes"}
NOW = {"today": TODAY}


def refs(found: list[dict[str, Any]]) -> list[str]:
    return [one["ref"] for one in found]


def test_a_complete_action_comes_back_to_its_lead_by_the_rule_of_impact(
    people: Cast, priority: Shown
) -> None:
    wanted = set()
    me = people.contributor.person_id
    days = (None, TODAY - DAY, TODAY, TODAY + DAY)
    for number, (state, day) in enumerate(product((None, *ImpactState), days)):
        given = {"impact_review_on": day, "impact_state": state, "evidence_links": [LINK]}
        made = make_action(people.editor, priority, ref=f"1.{number}", lead_id=me, **given)
        update(people.editor, made["id"], status="complete")
        if impact_not_evidenced("complete", state, day, TODAY):
            wanted.add(f"1.{number}")
    found = see(across_plans.led_by, people.contributor, me, today=TODAY)
    assert set(refs(found)) == wanted
    assert len(wanted) == 3


# --- My actions -------------------------------------------------------------------------------------------


def test_what_one_leads_is_grouped_by_what_it_asks_each_action_once(people: Cast, priority: Shown) -> None:
    editor, me = people.editor, people.contributor.person_id
    other = make_priority(editor, make_plan(editor, ref="DBV")["id"], ref="W1")
    make_period(editor, priority["plan_id"], first_day=TODAY - 60 * DAY, last_day=TODAY)
    mine = {"lead_id": me}
    make_action(editor, priority, ref="1.1", due_on=TODAY - DAY, **mine)
    make_action(editor, priority, ref="1.2", due_on=TODAY, **mine)
    make_action(editor, other, ref="1.3", due_on=TODAY + 30 * DAY, **mine)
    make_action(editor, priority, ref="1.4", due_on=TODAY + 31 * DAY, **mine)
    make_action(editor, other, ref="1.5", due_on=TODAY + 31 * DAY, co_lead_ids=[me])
    done = make_action(editor, priority, ref="1.6", impact_review_on=TODAY - DAY, **mine)
    update(editor, done["id"], status="complete")
    make_action(editor, priority, ref="1.7", due_on=TODAY - DAY, lead_id=make_person(editor)["id"])
    gone = make_action(editor, priority, ref="1.8", due_on=TODAY - DAY, **mine)
    withdraw(editor, gone["id"])
    finished = make_action(editor, priority, ref="1.9", impact_review_on=TODAY, **mine)
    update(editor, finished["id"], status="complete")

    found = see(across_plans.led_by, people.viewer, me, **NOW)
    work = across_plans.grouped(found, TODAY)
    assert refs(work.overdue) == ["1.1"]
    assert refs(work.due_soon) == ["1.2", "1.3"]
    assert refs(work.no_update) == ["1.4"], "only a plan with a period of today asks for an update"
    assert refs(work.others) == ["1.5"]
    assert refs(work.impact) == ["1.6"]
    assert work.open == 5
    assert {one["plan_title"] for one in found} == {"Priority action plan"}
    assert found[0]["points"][0]["priority_ref"] == "PAP 1"
    assert found[0] == see(across_plans.chosen, people.viewer, [found[0]["id"]], **NOW)[0]


def test_risks_to_review_are_those_that_one_may_assess(
    people: Cast, priority: Shown, register: Shown
) -> None:
    editor, me = people.editor, people.contributor.person_id
    late = {"review_on": TODAY - DAY}
    make_risk(editor, register["id"], ref="1", owner_id=me, **late)
    make_risk(editor, register["id"], ref="2", sro_id=me, review_on=TODAY + 30 * DAY)
    led = make_risk(editor, register["id"], ref="3")
    make_management_action(editor, led["id"], lead_id=me)
    make_risk(editor, register["id"], ref="4", owner_id=me, review_on=TODAY + 31 * DAY)
    make_risk(editor, register["id"], ref="5", **late)
    make_risk(editor, register["id"], ref="6", strategic_lead_ids=[me], **late)
    closed = make_risk(editor, register["id"], ref="7", owner_id=me, **late)
    move(editor, closed["id"], "closure")
    found = see(own_risks.to_review, people.viewer, me, **NOW)
    assert refs(found) == ["1", "2", "3"], "the earliest review first, those without a date last"


# --- Several updates --------------------------------------------------------------------------------------


def said(found: Shown, **given: Any) -> ForAction:
    return ForAction(found["id"], found["version"], UpdateCreate(**{"narrative": "Agreed."} | given))


def test_several_updates_are_recorded_all_or_none(people: Cast, priority: Shown) -> None:
    editor = people.editor
    first, second, third = (make_action(editor, priority, ref=f"1.{one}") for one in (1, 2, 3))
    late = said(third, effective_on=TODAY - 200 * DAY)
    with pytest.raises(several.NoneRecorded) as caught:
        do(several.record_updates, editor, [said(first), said(second)._replace(version=9), late])
    assert {place: type(error) for place, error in caught.value.errors.items()} == {
        1: PreconditionFailed,
        2: Invalid,
    }
    assert [action(editor, one["id"])["latest_update"] for one in (first, second, third)] == [None] * 3
    assert len(do(several.record_updates, editor, [said(first), said(second)])) == 2
    assert action(editor, second["id"])["latest_update"]["narrative"] == "Agreed."


def test_one_action_of_others_keeps_all_from_being_recorded(people: Cast, priority: Shown) -> None:
    me = people.contributor
    own = make_action(people.editor, priority, ref="1.1", lead_id=me.person_id)
    other = make_action(people.editor, priority, ref="1.2")
    with pytest.raises(NotAllowed):
        do(several.record_updates, me, [said(own), said(other)])
    with pytest.raises(NotFound):
        do(several.record_updates, people.stranger, [said(own)])
    assert action(me, own["id"])["latest_update"] is None
    assert len(do(several.record_updates, me, [said(own)])) == 1


# --- What needs a decision --------------------------------------------------------------------------------


def test_each_action_that_needs_a_decision_stands_once_with_every_reason(
    people: Cast, priority: Shown
) -> None:
    editor, lead = people.editor, make_person(people.editor)["id"]
    led, green = {"lead_id": lead}, {"path_to_green": "A second post."}
    make_action(editor, priority, ref="1.1", due_on=TODAY - DAY, status="delayed", **led)
    make_action(editor, priority, ref="1.2", due_on=TODAY + DAY, status="delayed", **led, **green)
    late = {"due_on": TODAY + DAY, "forecast_on": TODAY + 9 * DAY}
    make_action(editor, priority, ref="1.3", status="delayed", **led, **late, **green)
    open_one = make_action(editor, priority, ref="1.4", due_on=TODAY + 90 * DAY)
    make_action(editor, priority, ref="1.5", depends_on=[open_one["id"]], **led)
    done = make_action(editor, priority, ref="1.6", impact_review_on=TODAY - DAY, **led)
    update(editor, done["id"], status="complete")
    fine = make_action(editor, priority, ref="1.7", impact_review_on=TODAY, **led)
    update(editor, fine["id"], status="complete")
    other = make_priority(editor, priority["plan_id"], ref="PAP 2")
    make_action(editor, other, ref="2.1", due_on=TODAY - DAY)

    found = see(decisions.of_priority, people.viewer, priority["plan_id"], priority["id"], **NOW)
    assert [(one.record["ref"], *one.reasons) for one in found.actions] == [
        ("1.1", Why.overdue, Why.no_path),
        ("1.3", Why.forecast_late),
        ("1.5", Why.blocked),
        ("1.4", Why.no_lead),
        ("1.6", Why.impact),
    ]
    assert refs(found.due_soon) == ["1.2"], "delayed with a path back to green, and due soon"


def test_each_risk_that_needs_a_decision_says_why(people: Cast, priority: Shown, register: Shown) -> None:
    editor = people.editor
    high = {"priority_id": priority["id"], "current": pair(4, 4), "target": pair(1, 4)}

    def risk(ref: str, **given: Any) -> Shown:
        return make_risk(editor, register["id"], ref=ref, **{**high, **given})

    risk("1")
    planned = risk("2")
    make_management_action(editor, planned["id"], due_on=TODAY)
    late = risk("3", target_on=TODAY - DAY)
    make_management_action(editor, late["id"], due_on=TODAY - DAY)
    risk("4", current=None, target=None, review_on=TODAY - DAY)
    accepted = risk("5")
    until = {"accepted_by_id": make_person(editor)["id"], "accepted_until": TODAY}
    move(editor, accepted["id"], "acceptance", **until)
    happened = risk("6")
    move(editor, happened["id"], "materialisation")
    closed = risk("7")
    move(editor, closed["id"], "closure")
    risk("8", priority_id=None)

    found = see(decisions.of_priority, people.viewer, priority["plan_id"], priority["id"], **NOW)
    assert {one.record["ref"]: set(one.reasons) for one in found.risks} == {
        "1": {Why.nothing_planned},
        "3": {Why.target_missed, Why.planned_overdue},
        "4": {Why.not_scored, Why.review_overdue},
        "6": {Why.materialised},
    }
    later = see(decisions.of_priority, people.viewer, priority["plan_id"], priority["id"], today=TODAY + DAY)
    assert {one.record["ref"] for one in later.risks if Why.acceptance_over in one.reasons} == {"5"}


def test_an_officer_answers_for_priorities_of_any_plan(people: Cast, priority: Shown) -> None:
    editor, me = people.editor, people.editor.person_id
    other = make_priority(editor, make_plan(editor, ref="DBV")["id"], ref="W1", sro_id=me)
    assert refs(see(decisions.answered_for, editor, me)) == ["W1"]
    assert refs(see(decisions.priorities_of_area, people.viewer)) == [priority["ref"], other["ref"]]
    assert see(decisions.priorities_of_area, people.stranger) == []


# --- The briefing -----------------------------------------------------------------------------------------


def test_what_is_off_track_says_since_when_and_who_said_why(people: Cast, priority: Shown) -> None:
    editor = people.editor
    delayed = make_action(editor, priority, ref="1.1", due_on=TODAY + 90 * DAY)
    for days, given in (
        (40, {"status": "delayed", "reason": "The post is vacant."}),
        (30, {"status": "delayed", "narrative": "Still vacant."}),
        (20, {"status": "on_target", "reason": "Filled."}),
        (10, {"status": "delayed", "reason": "They left again."}),
        (5, {"status": "delayed", "narrative": "Advertised."}),
    ):
        update(editor, delayed["id"], effective_on=TODAY - days * DAY, **given)
    make_action(editor, priority, ref="1.2", due_on=TODAY - DAY)
    gone = make_action(editor, priority, ref="1.3", due_on=TODAY - DAY)
    withdraw(editor, gone["id"])
    make_action(editor, priority, ref="1.4", due_on=TODAY + 60 * DAY)

    def outlook(**given: Any) -> briefings.Outlook:
        found: briefings.Outlook = see(briefings.outlook, people.viewer, priority["plan_id"], **NOW, **given)
        return found

    found = outlook()
    assert refs(found.off_track.items) == ["1.2", "1.1"], "overdue ones first"
    entry = found.off_track.items[1]["status_entry"]
    assert (entry["effective_on"], entry["reason"]) == (TODAY - 10 * DAY, "They left again.")
    assert (refs(found.falls_due.items), found.until) == (["1.4"], TODAY + 60 * DAY)
    assert found.meeting_on is None
    earlier = outlook(as_at=TODAY - 25 * DAY).off_track.items
    assert earlier[0]["status_entry"]["effective_on"] == TODAY - 40 * DAY
    one = outlook(most=1).off_track
    assert (refs(one.items), one.total) == (["1.2"], 2)
    meeting = TODAY + 20 * DAY
    make_period(editor, priority["plan_id"], meeting_on=meeting)
    assert (outlook().until, refs(outlook().falls_due.items)) == (meeting, [])


def test_a_risk_that_got_worse_needs_a_decision(people: Cast, priority: Shown, register: Shown) -> None:
    editor = people.editor
    made = make_risk(editor, register["id"], priority_id=priority["id"], current=pair(2, 2))
    make_published(editor, priority["plan_id"], first_day=TODAY - 60 * DAY, last_day=TODAY - 30 * DAY)
    assess(editor, made["id"], current=pair(4, 4))
    found = see(decisions.of_priority, people.viewer, priority["plan_id"], priority["id"], **NOW)
    assert [set(one.reasons) for one in found.risks] == [{Why.worsening}]
