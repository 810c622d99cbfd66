"""Risks: their assessments, their states by day, and who may score them."""

from datetime import date, timedelta
from typing import Any

import pytest

from app.errors import Conflict, NotAllowed, PreconditionFailed
from app.models.risks import Pair, RiskUpdate
from app.services import assessments, risks
from tests.factories import (
    ADDED,
    NAMED,
    TODAY,
    Cast,
    Shown,
    assess,
    do,
    make_management_action,
    make_plan,
    make_priority,
    make_register,
    make_risk,
    move,
    pair,
    refused,
    risk,
    see,
)

MAY = date(2024, 5, 1)
JUNE = date(2024, 6, 1)
DAY = timedelta(days=1)


@pytest.fixture
def made(people: Cast, register: Shown) -> Shown:
    """A risk scored 12, with a target of 4."""
    return make_risk(people.editor, register["id"], current=pair(3, 4), target=pair(2, 2))


def accept(people: Cast, made: Shown, **given: Any) -> Shown:
    values = {"accepted_by_id": people.admin.person_id, "accepted_until": TODAY + 30 * DAY} | given
    return move(people.editor, made["id"], "acceptance", **values)


# --- Scores -----------------------------------------------------------------------------------------------


def test_a_score_is_likelihood_times_impact(people: Cast, made: Shown) -> None:
    assert made["current"] == {
        "likelihood": 3,
        "impact": 4,
        "score": 12,
        "band": "Moderate",
        "matrix_version": 1,
    }


def test_the_gap_is_the_current_score_less_the_target(made: Shown) -> None:
    assert made["gap"] == 8


def test_a_risk_without_a_pair_has_no_score(people: Cast, register: Shown) -> None:
    found = make_risk(people.editor, register["id"])
    assert (found["current"], found["gap"]) == (None, None)


def test_a_risk_can_become_not_scored(people: Cast, made: Shown) -> None:
    assess(people.editor, made["id"], current=None)
    assert risk(people.viewer, made["id"])["current"] is None


@pytest.mark.parametrize("likelihood", [0, 11, 2.5, "3", True])
def test_a_likelihood_is_a_whole_number_from_1(likelihood: Any) -> None:
    with pytest.raises(ValueError, match="likelihood"):
        Pair.model_validate({"likelihood": likelihood, "impact": 1})


def test_a_score_cannot_be_typed() -> None:
    with pytest.raises(ValueError, match="score"):
        Pair.model_validate({"likelihood": 1, "impact": 1, "score": 1})


def test_a_pair_outside_the_matrix_is_refused(people: Cast, made: Shown) -> None:
    assert "/current/impact" in refused(assess, people.editor, made["id"], current=pair(1, 6))


def test_a_rating_in_a_register_of_scores_is_refused(people: Cast, made: Shown) -> None:
    assert "/rating" in refused(assess, people.editor, made["id"], rating="High")


def test_a_pair_in_a_register_of_ratings_is_refused(people: Cast) -> None:
    rated = make_register(people.editor, matrix=NAMED)
    assert "/current" in refused(make_risk, people.editor, rated["id"], current=pair(1, 1))


def test_a_rating_that_is_no_band_is_refused(people: Cast) -> None:
    rated = make_register(people.editor, matrix=NAMED)
    assert "/rating" in refused(make_risk, people.editor, rated["id"], rating="Very high")


def test_a_rated_risk_has_a_rating_and_no_score(people: Cast) -> None:
    found = make_risk(people.editor, make_register(people.editor, matrix=NAMED)["id"], rating="M")
    assert (found["rating"], found["current"]) == ({"band": "M", "matrix_version": 1}, None)


@pytest.mark.parametrize("target", [pair(3, 4), pair(4, 4)])
def test_a_target_that_is_not_below_the_score_needs_a_rationale(
    people: Cast, made: Shown, target: dict[str, int]
) -> None:
    assert "/target_rationale" in refused(assess, people.editor, made["id"], target=target)


def test_a_score_that_falls_to_its_target_needs_a_rationale(people: Cast, made: Shown) -> None:
    assert "/target_rationale" in refused(assess, people.editor, made["id"], current=pair(2, 2))


def test_a_target_that_is_not_below_the_score_is_kept_with_its_rationale(people: Cast, made: Shown) -> None:
    assess(people.editor, made["id"], target=pair(3, 4), target_rationale="It cannot fall further")
    assert risk(people.viewer, made["id"])["target_rationale"] == "It cannot fall further"


# --- Entries ----------------------------------------------------------------------------------------------


def test_an_assessment_holds_from_its_effective_date(people: Cast, made: Shown) -> None:
    assess(people.editor, made["id"], current=pair(5, 5), effective_on=MAY)
    found = [risk(people.viewer, made["id"], day)["current"]["score"] for day in (MAY - DAY, MAY, TODAY)]
    assert found == [12, 25, 25]


def test_reviewed_without_change_is_an_assessment_too(people: Cast, made: Shown) -> None:
    assess(people.editor, made["id"], effective_on=JUNE)
    found = risk(people.viewer, made["id"])
    assert (found["last_updated_on"], found["current"]["score"]) == (JUNE, 12)


def test_a_backdated_assessment_never_overwrites_a_later_one(people: Cast, made: Shown) -> None:
    assess(people.editor, made["id"], current=pair(5, 5), effective_on=JUNE)
    entry = assess(people.editor, made["id"], current=pair(2, 4), effective_on=MAY)
    found = [risk(people.viewer, made["id"], day)["current"]["score"] for day in (MAY, JUNE)]
    assert (entry["backdated"], found) == (True, [8, 25])


def test_a_replaced_assessment_is_ignored_and_stays_in_the_list(people: Cast, made: Shown) -> None:
    wrong = assess(people.editor, made["id"], current=pair(5, 5))
    right = assess(people.editor, made["id"], current=pair(5, 1), replaces=wrong["id"])
    listed = see(assessments.list_assessments, people.viewer, made["id"])
    assert risk(people.viewer, made["id"])["current"]["score"] == 5
    assert [one["replaced_by"] for one in listed] == [None, right["id"], None]


def test_the_entry_that_added_a_risk_cannot_be_moved_to_a_later_day(people: Cast, made: Shown) -> None:
    added = see(assessments.list_assessments, people.viewer, made["id"])[0]
    faults = refused(assess, people.editor, made["id"], effective_on=MAY, replaces=added["id"])
    assert "/replaces" in faults


def test_an_assessment_on_a_day_to_come_is_refused(people: Cast, made: Shown) -> None:
    assert "/effective_on" in refused(assess, people.editor, made["id"], effective_on=TODAY + DAY)


def test_an_assessment_before_the_risk_was_added_is_refused(people: Cast, made: Shown) -> None:
    assert "/effective_on" in refused(assess, people.editor, made["id"], effective_on=ADDED - DAY)


def test_a_risk_cannot_have_been_opened_on_a_day_to_come(people: Cast, register: Shown) -> None:
    faults = refused(make_risk, people.editor, register["id"], opened_on=TODAY + DAY)
    assert "/opened_on" in faults


def test_a_priority_of_another_plan_is_refused(people: Cast, made: Shown) -> None:
    other = make_priority(people.editor, make_plan(people.editor, ref="DBV")["id"])
    assert "/priority_id" in refused(assess, people.editor, made["id"], priority_id=other["id"])


def test_a_register_without_a_plan_has_only_general_risks(people: Cast, priority: Shown) -> None:
    general = make_register(people.editor, ref="GEN")
    faults = refused(make_risk, people.editor, general["id"], priority_id=priority["id"])
    assert "/priority_id" in faults


def test_a_risk_is_under_its_priority_of_the_day(people: Cast, priority: Shown, made: Shown) -> None:
    assess(people.editor, made["id"], priority_id=priority["id"], effective_on=MAY)
    assess(people.editor, made["id"], priority_id=None, effective_on=JUNE)
    found = [risk(people.viewer, made["id"], day)["priority_ref"] for day in (MAY - DAY, MAY, JUNE)]
    assert found == [None, "PAP 1", None]


def test_a_review_is_overdue_after_its_date(people: Cast, made: Shown) -> None:
    assess(people.editor, made["id"], review_on=JUNE, effective_on=MAY)
    found = [risk(people.viewer, made["id"], day)["review_overdue"] for day in (JUNE, JUNE + DAY)]
    assert found == [False, True]


# --- States -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "moves, state",
    [
        (["materialisation"], "materialised"),
        (["closure"], "closed"),
        (["closure", "reopening"], "open"),
        (["materialisation", "closure"], "closed"),
        (["materialisation", "reopening"], "open"),
    ],
)
def test_the_moves_of_a_risk_lead_to_their_states(
    people: Cast, made: Shown, moves: list[str], state: str
) -> None:
    for one in moves:
        move(people.editor, made["id"], one)
    assert risk(people.viewer, made["id"])["state"] == state


@pytest.mark.parametrize(
    "moves, refused_move",
    [
        ([], "reopening"),
        (["closure"], "closure"),
        (["closure"], "materialisation"),
        (["materialisation"], "materialisation"),
    ],
)
def test_a_move_from_a_state_that_does_not_allow_it_is_a_conflict(
    people: Cast, made: Shown, moves: list[str], refused_move: str
) -> None:
    for one in moves:
        move(people.editor, made["id"], one)
    with pytest.raises(Conflict):
        move(people.editor, made["id"], refused_move)


def test_a_closed_risk_cannot_be_accepted(people: Cast, made: Shown) -> None:
    move(people.editor, made["id"], "closure")
    with pytest.raises(Conflict):
        accept(people, made)


def test_a_move_looks_at_the_state_of_its_effective_date(people: Cast, made: Shown) -> None:
    move(people.editor, made["id"], "closure", effective_on=JUNE)
    move(people.editor, made["id"], "materialisation", effective_on=MAY)
    found = [risk(people.viewer, made["id"], day)["state"] for day in (MAY, JUNE)]
    assert found == ["materialised", "closed"]


def test_a_backdated_move_that_makes_a_later_one_impossible_is_refused(people: Cast, made: Shown) -> None:
    accept(people, made, effective_on=date(2024, 6, 1))
    early = {"effective_on": date(2024, 5, 1), "reason": "Closed in May"}
    faults = refused(move, people.editor, made["id"], "closure", **early)
    assert faults == {
        "/effective_on": "On 2024-06-01 the risk would go from closed to accepted. Correct that entry first."
    }


def test_a_move_before_the_risk_was_added_is_refused(people: Cast, made: Shown) -> None:
    assert "/effective_on" in refused(move, people.editor, made["id"], "closure", effective_on=ADDED - DAY)


def test_a_closed_risk_cannot_be_assessed(people: Cast, made: Shown) -> None:
    move(people.editor, made["id"], "closure")
    with pytest.raises(Conflict):
        assess(people.editor, made["id"], current=pair(1, 1))


def test_an_accepted_risk_says_by_whom_until_when_and_at_which_assessment(people: Cast, made: Shown) -> None:
    scored = assess(people.editor, made["id"], current=pair(4, 4), effective_on=MAY)
    assess(people.editor, made["id"], narrative="Reviewed, no change", effective_on=JUNE)
    accept(people, made)
    found = risk(people.viewer, made["id"])["accepted"]
    assert (found["by"]["id"], found["until"], found["assessment_id"]) == (
        people.admin.person_id,
        TODAY + 30 * DAY,
        scored["id"],
    )


def test_an_acceptance_cannot_end_before_it_begins(people: Cast, made: Shown) -> None:
    assert "/accepted_until" in refused(accept, people, made, accepted_until=TODAY - DAY)


def test_a_risk_that_is_reopened_is_accepted_no_more(people: Cast, made: Shown) -> None:
    accept(people, made, effective_on=MAY)
    move(people.editor, made["id"], "reopening", effective_on=JUNE)
    found = risk(people.viewer, made["id"])
    assert (found["state"], found["accepted"]) == ("open", None)


def test_closing_a_risk_keeps_its_score(people: Cast, made: Shown) -> None:
    move(people.editor, made["id"], "closure")
    assert risk(people.viewer, made["id"])["current"]["score"] == 12


# --- Who, versions ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("post", ["owner_id", "sro_id"])
def test_a_contributor_assesses_a_risk_that_they_answer_for(people: Cast, register: Shown, post: str) -> None:
    own = make_risk(people.editor, register["id"], **{post: people.contributor.person_id})
    assert assess(people.contributor, own["id"])["author_name"] == people.contributor.name


def test_a_contributor_assesses_a_risk_with_a_management_action_of_theirs(people: Cast, made: Shown) -> None:
    make_management_action(people.editor, made["id"], lead_id=people.contributor.person_id)
    assert assess(people.contributor, made["id"])["author_name"] == people.contributor.name


def test_a_strategic_lead_may_not_assess_for_that_alone(people: Cast, register: Shown) -> None:
    led = make_risk(people.editor, register["id"], strategic_lead_ids=[people.contributor.person_id])
    with pytest.raises(NotAllowed):
        assess(people.contributor, led["id"])


def test_a_contributor_may_not_move_their_risk_to_another_priority(people: Cast, register: Shown) -> None:
    own = make_risk(people.editor, register["id"], owner_id=people.contributor.person_id)
    with pytest.raises(NotAllowed):
        assess(people.contributor, own["id"], priority_id=None)


def test_a_contributor_may_not_close_their_risk(people: Cast, register: Shown) -> None:
    own = make_risk(people.editor, register["id"], owner_id=people.contributor.person_id)
    with pytest.raises(NotAllowed):
        move(people.contributor, own["id"], "closure")


def test_an_assessment_of_an_old_version_is_refused_with_the_current_risk(people: Cast, made: Shown) -> None:
    assess(people.editor, made["id"], current=pair(5, 5), version=made["version"])
    with pytest.raises(PreconditionFailed) as caught:
        assess(people.editor, made["id"], current=pair(1, 5), version=made["version"])
    assert caught.value.current["current"]["score"] == 25


def test_a_changed_ref_moves_a_risk_in_the_order(people: Cast, register: Shown, made: Shown) -> None:
    make_risk(people.editor, register["id"], ref="2")
    do(risks.change_risk, people.editor, made["id"], RiskUpdate(ref="10"), version=None)
    listed = see(risks.list_risks, people.viewer, register["id"], today=TODAY)["items"]
    assert [one["ref"] for one in listed] == ["2", "10"]


def test_a_ref_of_another_risk_of_the_register_is_refused(people: Cast, register: Shown, made: Shown) -> None:
    assert "/ref" in refused(make_risk, people.editor, register["id"], ref=made["ref"])
