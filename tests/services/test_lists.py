"""Lists: pages, totals, cursors, and every filter and sort of actions and risks."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.errors import BadCursor
from app.models.actions import ActionUpdate
from app.models.people import PersonUpdate
from app.services import actions, controls, management_actions, plans, priorities, registers, risks
from app.services import people as people_service
from app.services.lists import Page
from tests.factories import (
    AT,
    NOW,
    TODAY,
    Cast,
    Shown,
    do,
    make_action,
    make_control,
    make_management_action,
    make_person,
    make_plan,
    make_priority,
    make_register,
    make_risk,
    pair,
    refused,
    see,
)

DAY = timedelta(days=1)
LATER = AT._replace(now=NOW + timedelta(hours=2))
SINCE = NOW + timedelta(hours=1)


def refs(found: Shown) -> list[str]:
    return [one["ref"] for one in found["items"]]


# --- Pages ------------------------------------------------------------------------------------------------


def pages(cast: Cast, plan_id: UUID, limit: int, **asked: Any) -> list[list[str]]:
    """Every page of a plan's actions, walked by the cursors."""
    found, cursor = [], None
    while True:
        page = Page(cursor, limit)
        answer = see(actions.list_actions, cast.viewer, plan_id, today=TODAY, asked=page, **asked)
        found.append(refs(answer))
        cursor = answer["next"]
        if cursor is None:
            return found


@pytest.fixture
def plan(people: Cast, priority: Shown) -> UUID:
    """Five actions; some without due date or lead, two due on one day."""
    lead = [make_person(people.editor, name=name)["id"] for name in ("Bea", "Ann")]
    given: list[dict[str, Any]] = [
        {"ref": "1.1", "due_on": TODAY, "lead_id": lead[0], "status": "delayed"},
        {"ref": "1.2", "lead_id": lead[1], "status": "complete"},
        {"ref": "1.3", "due_on": TODAY - DAY, "status": "not_started"},
        {"ref": "1.10", "due_on": TODAY, "lead_id": lead[0], "status": "on_target"},
        {"ref": "1.11", "due_on": "ongoing", "review_on": TODAY + DAY, "status": "delayed"},
    ]
    for one in given:
        make_action(people.editor, priority, **one)
    found: UUID = priority["plan_id"]
    return found


SORTED = {
    "ref": ["1.1", "1.2", "1.3", "1.10", "1.11"],
    "status": ["1.2", "1.10", "1.1", "1.11", "1.3"],
    "due_on": ["1.3", "1.1", "1.10", "1.11", "1.2"],
    "lead": ["1.2", "1.1", "1.10", "1.3", "1.11"],
    "updated_at": ["1.1", "1.2", "1.3", "1.10", "1.11"],
}


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", SORTED)
def test_pages_follow_the_order_without_gap_or_repetition(
    people: Cast, plan: UUID, sort: str, descending: bool
) -> None:
    wanted = SORTED[sort][::-1] if descending else SORTED[sort]
    found = pages(people, plan, 2, sort=sort, descending=descending)
    assert found == [wanted[:2], wanted[2:4], wanted[4:]]


def test_every_sort_of_actions_is_tried_here() -> None:
    assert set(SORTED) == set(actions.SORTS)


def test_the_total_counts_all_pages(people: Cast, plan: UUID) -> None:
    answer = see(actions.list_actions, people.viewer, plan, today=TODAY, asked=Page(limit=2))
    assert answer["total"] == 5


def test_a_page_that_holds_all_has_no_next_one(people: Cast, plan: UUID) -> None:
    assert pages(people, plan, 5) == [SORTED["ref"]]


def test_a_cursor_of_another_order_is_refused(people: Cast, plan: UUID) -> None:
    answer = see(actions.list_actions, people.viewer, plan, today=TODAY, asked=Page(limit=2))
    faults = refused(
        see,
        actions.list_actions,
        people.viewer,
        plan,
        today=TODAY,
        sort="status",
        asked=Page(answer["next"]),
    )
    assert "/cursor" in faults


@pytest.mark.parametrize("cursor", ["x", "é", "=", "A" * 3000, "\x00", "AAAA-_AAAAAAAAAAAAAAAA"])
def test_a_cursor_that_is_not_ours_is_refused(people: Cast, plan: UUID, cursor: str) -> None:
    with pytest.raises(BadCursor):
        see(actions.list_actions, people.viewer, plan, today=TODAY, asked=Page(cursor))


def test_an_empty_cursor_is_the_first_page(people: Cast, plan: UUID) -> None:
    assert refs(see(actions.list_actions, people.viewer, plan, today=TODAY, asked=Page(""))) == SORTED["ref"]


# --- Filters of actions -----------------------------------------------------------------------------------


def filtered(cast: Cast, plan_id: UUID, **wanted: Any) -> list[str]:
    answer = see(actions.list_actions, cast.viewer, plan_id, today=TODAY, wanted=actions.Filter(**wanted))
    assert answer["total"] == len(answer["items"])
    return refs(answer)


@pytest.mark.parametrize(
    "wanted, found",
    [
        ({"status": "delayed"}, ["1.1", "1.11"]),
        ({"flag": "overdue"}, ["1.3"]),
        ({"flag": "no_reportable_progress"}, []),
        ({"ref": "1.10"}, ["1.10"]),
        ({"ref": "1.1%"}, []),
        ({"due_before": TODAY}, ["1.3"]),
        ({"due_after": TODAY}, ["1.11"]),
        ({"due_after": TODAY - DAY}, ["1.1", "1.10", "1.11"]),
        ({"withdrawn": True}, []),
        ({"withdrawn": False}, ["1.1", "1.2", "1.3", "1.10", "1.11"]),
        ({"status": "delayed", "due_after": TODAY}, ["1.11"]),
    ],
)
def test_a_filter_of_dated_facts_finds_what_it_says(
    people: Cast, plan: UUID, wanted: dict[str, Any], found: list[str]
) -> None:
    assert filtered(people, plan, **wanted) == found


def test_the_lead_filter_finds_what_somebody_leads_and_co_leads(people: Cast, priority: Shown) -> None:
    person = people.contributor.person_id
    make_action(people.editor, priority, ref="1", lead_id=person)
    make_action(people.editor, priority, ref="2", co_lead_ids=[people.editor.person_id, person])
    make_action(people.editor, priority, ref="3")
    assert filtered(people, priority["plan_id"], lead_id=person) == ["1", "2"]


@pytest.mark.parametrize(
    "name, value", [("phase", "Phase 1"), ("responsible_body", "ICB"), ("q", "PANEL"), ("q", "50%")]
)
def test_a_filter_of_what_is_not_dated_finds_what_it_says(
    people: Cast, priority: Shown, name: str, value: str
) -> None:
    given = {"phase": "Phase 1", "responsible_body": "ICB", "title": "A panel for 50% of cases"}
    make_action(people.editor, priority, ref="1", **given)
    make_action(people.editor, priority, ref="2", title="A bench for 50 cases")
    assert filtered(people, priority["plan_id"], **{name: value}) == ["1"]


def test_the_filter_of_changes_finds_what_changed_since(people: Cast, priority: Shown) -> None:
    make_action(people.editor, priority, ref="1")
    later = make_action(people.editor, priority, ref="2")
    body = ActionUpdate(title="Other")
    do(actions.change_action, people.editor, later["id"], body, version=None, at=LATER)
    assert filtered(people, priority["plan_id"], updated_since=SINCE) == ["2"]


def test_under_a_priority_actions_are_in_the_order_of_their_refs_there(people: Cast, priority: Shown) -> None:
    other = make_priority(people.editor, priority["plan_id"], ref="PAP 2")
    for first, second in (("1.1", "2.2"), ("1.2", "2.1")):
        points = [{"priority_id": priority["id"], "ref": first}, {"priority_id": other["id"], "ref": second}]
        make_action(people.editor, priority, points=points)
    assert filtered(people, priority["plan_id"], priority_id=other["id"]) == ["1.2", "1.1"]


# --- Risks ------------------------------------------------------------------------------------------------


@pytest.fixture
def scored(people: Cast, register: Shown, priority: Shown) -> UUID:
    """Four risks, one of them not scored and one without review date."""
    given: list[dict[str, Any]] = [
        {"ref": "1", "current": pair(3, 4), "target": pair(1, 2), "review_on": TODAY},
        {"ref": "2", "review_on": TODAY - DAY, "owner_id": people.contributor.person_id},
        {"ref": "3", "current": pair(5, 5), "target": pair(2, 2), "treatment": "treat"},
        {
            "ref": "10",
            "current": pair(1, 1),
            "review_on": date(2024, 9, 1),
            "priority_id": priority["id"],
            "sro_id": people.admin.person_id,
            "description": "Waits grow",
        },
    ]
    for one in given:
        make_risk(people.editor, register["id"], **one)
    found: UUID = register["id"]
    return found


RISKS_SORTED = {
    "ref": ["1", "2", "3", "10"],
    "severity": ["2", "10", "1", "3"],
    "target": ["2", "10", "1", "3"],
    "review_on": ["2", "1", "10", "3"],
    "updated_at": ["1", "2", "3", "10"],
}


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", RISKS_SORTED)
def test_risks_are_in_the_order_asked_for(people: Cast, scored: UUID, sort: str, descending: bool) -> None:
    found: list[str] = []
    cursor = None
    while not found or cursor:
        answer = see(
            risks.list_risks,
            people.viewer,
            scored,
            today=TODAY,
            sort=sort,
            descending=descending,
            asked=Page(cursor, 3),
        )
        found, cursor = found + refs(answer), answer["next"]
    assert found == (RISKS_SORTED[sort][::-1] if descending else RISKS_SORTED[sort])


def test_every_sort_of_risks_is_tried_here() -> None:
    assert set(RISKS_SORTED) == set(risks.SORTS)


@pytest.mark.parametrize(
    "wanted, found",
    [
        ({"state": "open"}, ["1", "2", "3", "10"]),
        ({"state": "closed"}, []),
        ({"band": "High"}, ["3"]),
        ({"general": True}, ["1", "2", "3"]),
        ({"general": False}, ["10"]),
        ({"ref": "1"}, ["1"]),
        ({"treatment": "treat"}, ["3"]),
        ({"review_overdue": True}, ["2"]),
        ({"review_overdue": False}, ["1", "3", "10"]),
        ({"updated_since": SINCE}, []),
        ({"q": "waits"}, ["10"]),
        ({"q": "_"}, []),
    ],
)
def test_a_filter_of_risks_finds_what_it_says(
    people: Cast, scored: UUID, wanted: dict[str, Any], found: list[str]
) -> None:
    answer = see(risks.list_risks, people.viewer, scored, today=TODAY, wanted=risks.Filter(**wanted))
    assert (refs(answer), answer["total"]) == (found, len(found))


def test_risks_are_found_by_the_people_who_answer_for_them(
    people: Cast, scored: UUID, priority: Shown
) -> None:
    for wanted, found in (
        ({"owner_id": people.contributor.person_id}, ["2"]),
        ({"sro_id": people.admin.person_id}, ["10"]),
        ({"priority_id": priority["id"]}, ["10"]),
    ):
        answer = see(risks.list_risks, people.viewer, scored, today=TODAY, wanted=risks.Filter(**wanted))
        assert refs(answer) == found


def test_the_highest_risks_of_a_plan_come_first(people: Cast, scored: UUID, priority: Shown) -> None:
    found = see(risks.highest, people.viewer, priority["plan_id"], today=TODAY, limit=2)
    assert [one["ref"] for one in found] == ["3", "1"]


# --- The other lists --------------------------------------------------------------------------------------


def test_people_are_found_by_name_organisation_and_change(people: Cast) -> None:
    made = make_person(people.editor, name="Bea Hill", organisation="Health trust")
    changed = make_person(people.editor, name="Cas Oak", organisation="Council")
    do(
        people_service.change_person,
        people.editor,
        changed["id"],
        PersonUpdate(name="Cas Elm"),
        version=None,
        at=LATER,
    )
    for wanted, name in (
        ({"q": "hill"}, made["name"]),
        ({"organisation": "Health trust"}, made["name"]),
        ({"updated_since": SINCE}, "Cas Elm"),
    ):
        found = see(people_service.list_people, people.viewer, **wanted)
        assert [one["name"] for one in found["items"]] == [name]


def test_plans_are_found_by_words_ref_kind_and_change(people: Cast) -> None:
    make_plan(people.editor, ref="PAP", title="Priority action plan")
    make_plan(people.editor, ref="DBV", title="Better value", kind="grant_programme")
    for wanted, found in (
        ({"q": "VALUE"}, ["DBV"]),
        ({"ref": "PAP"}, ["PAP"]),
        ({"kind": "grant_programme"}, ["DBV"]),
        ({"updated_since": SINCE}, []),
        ({}, ["PAP", "DBV"]),
    ):
        assert refs(see(plans.list_plans, people.viewer, **wanted)) == found


def test_priorities_are_in_their_place_and_found_by_words_and_ref(people: Cast, priority: Shown) -> None:
    make_priority(people.editor, priority["plan_id"], ref="PAP 3", title="Waiting times", position=2)
    make_priority(people.editor, priority["plan_id"], ref="PAP 2", title="Voice", position=2)
    for wanted, found in (
        ({}, ["PAP 1", "PAP 3", "PAP 2"]),
        ({"q": "waiting"}, ["PAP 3"]),
        ({"ref": "PAP 2"}, ["PAP 2"]),
        ({"updated_since": SINCE}, []),
    ):
        answer = see(priorities.list_priorities, people.viewer, priority["plan_id"], **wanted)
        assert refs(answer) == found


def test_registers_are_found_by_words_ref_plan_and_change(people: Cast, register: Shown) -> None:
    make_register(people.editor, ref="GEN", title="General register")
    for wanted, found in (
        ({}, ["RR", "GEN"]),
        ({"q": "general"}, ["GEN"]),
        ({"ref": "RR"}, ["RR"]),
        ({"plan_id": register["plan_id"]}, ["RR"]),
        ({"updated_since": SINCE}, []),
    ):
        assert refs(see(registers.list_registers, people.viewer, today=TODAY, **wanted)) == found


def test_controls_are_in_their_place_and_found_by_whether_they_are_in_place(
    people: Cast, register: Shown
) -> None:
    risk_id = make_risk(people.editor, register["id"])["id"]
    make_control(people.editor, risk_id, description="First")
    make_control(people.editor, risk_id, description="Second", in_place=False)
    for wanted, found in (
        ({}, ["First", "Second"]),
        ({"in_place": True}, ["First"]),
        ({"in_place": False}, ["Second"]),
        ({"updated_since": SINCE}, []),
    ):
        answer = see(controls.list_controls, people.viewer, risk_id, **wanted)
        assert [one["description"] for one in answer["items"]] == found


def test_management_actions_are_in_their_place_and_found_by_status_and_lead(
    people: Cast, register: Shown
) -> None:
    risk_id = make_risk(people.editor, register["id"])["id"]
    make_management_action(people.editor, risk_id, title="First", status="complete")
    make_management_action(people.editor, risk_id, title="Second", lead_id=people.viewer.person_id)
    for wanted, found in (
        ({}, ["First", "Second"]),
        ({"status": "complete"}, ["First"]),
        ({"lead_id": people.viewer.person_id}, ["Second"]),
        ({"updated_since": SINCE}, []),
    ):
        list_ = management_actions.list_management_actions
        asked = management_actions.Filter(**wanted)
        answer = see(list_, people.viewer, risk_id, today=TODAY, wanted=asked)
        assert [one["title"] for one in answer["items"]] == found
