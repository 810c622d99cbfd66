"""Records by their ref: what is not there is added, what differs recorded, and the same again is nothing."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app import db
from app.errors import (
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    NothingToMatch,
    PreconditionFailed,
    PreconditionRequired,
)
from app.models.by_ref import ActionPut, PriorityPut, RiskPut
from app.models.tables import journal_entries
from app.services import actions, assessments, by_ref, plans, refs, risks, updates
from tests.factories import (
    ADDED,
    TODAY,
    Cast,
    Shown,
    action,
    do,
    make_action,
    make_priority,
    make_register,
    make_risk,
    pair,
    refused,
    see,
    withdraw,
)

JUNE = date(2024, 6, 1)


def put(people: Cast, plan_id: Any, ref: str, version: int | None = None, **body: Any) -> by_ref.Put:
    found: by_ref.Put = do(by_ref.put_action, people.editor, plan_id, ref, ActionPut(**body), version=version)
    return found


def put_risk(people: Cast, register_id: Any, ref: str, version: int | None = None, **body: Any) -> by_ref.Put:
    found: by_ref.Put = do(by_ref.put_risk, people.editor, register_id, ref, RiskPut(**body), version=version)
    return found


def entries(people: Cast) -> int:
    """How many changes the journals hold."""
    with db.read(None) as reader:
        return int(reader.execute(select(func.count()).select_from(journal_entries)).scalar_one())


@pytest.fixture
def plan(people: Cast, priority: Shown) -> Shown:
    """The plan PAP, which has one priority."""
    found: Shown = see(plans.get_plan, people.viewer, priority["plan_id"])
    return found


# --- What is not there is added ---------------------------------------------------------------------------


def test_an_action_that_is_not_there_is_added_under_the_priorities_named_by_ref(
    people: Cast, priority: Shown
) -> None:
    second = make_priority(people.editor, priority["plan_id"], ref="PAP 2")
    first = make_action(people.editor, priority, ref="1.1")
    found = put(
        people,
        priority["plan_id"],
        "2.5",
        title="Survey of parents",
        points=[{"priority_ref": "PAP 2", "ref": "2.5"}, {"priority_ref": "PAP 1", "ref": "1.9"}],
        depends_on=["1.1"],
        status="on_target",
    )
    assert found.is_new
    assert {(one["priority_id"], one["ref"]) for one in found.record["points"]} == {
        (str(priority["id"]), "1.9"),
        (str(second["id"]), "2.5"),
    }
    assert [str(one) for one in found.record["depends_on"]] == [str(first["id"])]
    assert found.record["status"] == "on_target"


def test_a_new_action_needs_a_title_and_points(people: Cast, plan: Shown) -> None:
    assert set(refused(put, people, plan["id"], "9.9", status="complete")) == {"/title", "/points"}


def test_a_new_priority_needs_a_title_and_a_new_risk_a_description(
    people: Cast, plan: Shown, register: Shown
) -> None:
    body = PriorityPut(statement="Leaders should improve.")
    assert set(refused(do, by_ref.put_priority, people.editor, plan["id"], "PAP 7", body, version=None)) == {
        "/title"
    }
    assert set(refused(put_risk, people, register["id"], "7", current=pair(2, 2))) == {"/description"}


def test_a_priority_is_added_and_changed_by_its_ref(people: Cast, plan: Shown) -> None:
    body = PriorityPut(title="Joint commissioning")
    added = do(by_ref.put_priority, people.editor, plan["id"], "PAP 7", body, version=None)
    again = do(
        by_ref.put_priority, people.editor, plan["id"], "PAP 7", PriorityPut(statement="Leaders."), version=1
    )
    assert (added.is_new, again.is_new) == (True, False)
    assert again.record["id"] == added.record["id"]
    assert (again.record["title"], again.record["statement"]) == ("Joint commissioning", "Leaders.")


def test_a_risk_is_added_with_its_first_assessment(people: Cast, priority: Shown, register: Shown) -> None:
    found = put_risk(
        people,
        register["id"],
        "7",
        description="Posts stay vacant",
        current=pair(4, 4),
        priority_ref="PAP 1",
        reason="Two of five",
    )
    assert found.is_new
    assert found.record["current"]["score"] == 16
    assert found.record["priority_ref"] == "PAP 1"


def test_a_version_of_what_is_not_there_is_refused(people: Cast, plan: Shown) -> None:
    with pytest.raises(NothingToMatch):
        put(people, plan["id"], "9.9", version=1, title="New")


# --- What differs is recorded -----------------------------------------------------------------------------


def test_any_of_an_actions_refs_finds_it(people: Cast, plan: Shown, priority: Shown) -> None:
    second = make_priority(people.editor, plan["id"], ref="PAP 2")
    made = make_action(people.editor, [priority, second], ref="1.1")
    for ref in ("1.1", "1.1-2", " 1.1 "):
        found = see(refs.get_action, people.viewer, plan["id"], ref, today=TODAY)
        assert found["id"] == made["id"]


def test_a_ref_finds_the_action_that_had_it_on_the_day(people: Cast, plan: Shown, priority: Shown) -> None:
    made = make_action(people.editor, priority, ref="1.1")
    put(people, plan["id"], "1.1", version=1, points=[{"priority_ref": "PAP 1", "ref": "1.1"}])
    other = make_priority(people.editor, plan["id"], ref="PAP 2")
    do(
        updates.record_update,
        people.editor,
        made["id"],
        updates.UpdateCreate(points=[{"priority_id": other["id"], "ref": "2.1"}], effective_on=JUNE),
    )
    before = JUNE - timedelta(days=1)
    found = see(refs.get_action, people.viewer, plan["id"], "1.1", today=TODAY, as_at=before)
    assert found["id"] == made["id"]
    with pytest.raises(NotFound):
        see(refs.get_action, people.viewer, plan["id"], "1.1", today=TODAY)


def test_dated_facts_that_differ_become_one_entry_and_the_rest_a_change(
    people: Cast, plan: Shown, priority: Shown
) -> None:
    made = make_action(people.editor, priority, ref="1.1", status="on_target", due_on=date(2024, 9, 30))
    found = put(
        people,
        plan["id"],
        "1.1",
        version=1,
        title="Another title",
        status="delayed",
        due_on="2024-09-30",
        forecast_on="2024-12-31",
        narrative="The supplier is late.",
        reason="Late",
    )
    assert not found.is_new
    stored = see(updates.list_updates, people.viewer, made["id"])
    assert [one["facts"] for one in stored[1:]] == [{"status": "delayed", "forecast_on": "2024-12-31"}]
    assert stored[1]["narrative"] == "The supplier is late."
    assert found.record["title"] == "Another title"
    assert found.record == action(people.viewer, made["id"])


def test_what_differs_is_told_by_the_effective_date(people: Cast, plan: Shown, priority: Shown) -> None:
    made = make_action(people.editor, priority, ref="1.1", status="on_target")
    do(updates.record_update, people.editor, made["id"], updates.UpdateCreate(status="delayed"))
    put(people, plan["id"], "1.1", version=2, status="on_target", effective_on=JUNE)
    assert len(see(updates.list_updates, people.viewer, made["id"])) == 2, "it was on target in June already"
    put(people, plan["id"], "1.1", version=2, status="delayed", effective_on=JUNE, reason="Told late")
    assert action(people.viewer, made["id"], JUNE)["status"] == "delayed"


def test_a_risks_scores_that_differ_become_an_assessment_with_a_reason(
    people: Cast, priority: Shown, register: Shown
) -> None:
    made = make_risk(people.editor, register["id"], ref="1", current=pair(4, 4), target=pair(1, 4))
    assert set(refused(put_risk, people, register["id"], "1", 1, current=pair(3, 4))) == {"/reason"}
    found = put_risk(
        people, register["id"], "1", 1, current=pair(3, 4), target=pair(1, 4), effect="Delay", reason="Posts"
    )
    stored = see(assessments.list_assessments, people.viewer, made["id"])
    assert len(stored) == 2
    assert set(stored[1]["facts"]) == {"current", "last_updated_on"}
    assert (found.record["current"]["score"], found.record["effect"]) == (12, "Delay")


def test_null_clears_and_what_is_left_out_stays(people: Cast, plan: Shown, priority: Shown) -> None:
    make_action(people.editor, priority, ref="1.1", due_on=date(2024, 9, 30), responsible_body="ICB")
    found = put(people, plan["id"], "1.1", version=1, due_on=None, reason="Dropped").record
    assert (found["due_on"], found["responsible_body"]) == (None, "ICB")
    found = put(people, plan["id"], "1.1", version=found["version"], responsible_body=None).record
    assert found["responsible_body"] is None


# --- The same again is nothing ----------------------------------------------------------------------------


def test_the_same_body_again_leaves_nothing(
    people: Cast, plan: Shown, priority: Shown, register: Shown
) -> None:
    body = {
        "title": "Survey",
        "points": [{"priority_ref": "PAP 1", "ref": "1.1"}],
        "status": "complete",
        "completed_on": "2024-06-28",
        "narrative": "Done.",
        "evidence_links": [{"title": "Report", "url": "https://north.example/report"}],
        "impact_state": "evidenced",
    }
    first = put(people, plan["id"], "1.1", **body).record
    risk = {
        "description": "Vacant posts",
        "current": pair(4, 4),
        "target": pair(2, 2),
        "reason": "Posts",
        "priority_ref": "PAP 1",
        "narrative": "Two of five.",
    }
    of_risk = put_risk(people, register["id"], "1", **risk).record
    before = entries(people)
    assert put(people, plan["id"], "1.1", version=first["version"], **body).record == first
    assert put_risk(people, register["id"], "1", of_risk["version"], **risk).record == of_risk
    assert entries(people) == before


FACTS = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(["not_started", "on_target", "delayed"]),
        "start_on": st.sampled_from([None, date(2024, 4, 2), date(2024, 5, 1)]),
        "due_on": st.sampled_from([None, "ongoing", date(2024, 8, 1), date(2025, 1, 1)]),
        "forecast_on": st.sampled_from([None, date(2024, 8, 1)]),
        "path_to_green": st.sampled_from([None, "A second supplier"]),
        "narrative": st.sampled_from([None, "Begun.", "Held up."]),
        "title": st.sampled_from(["One", "Two"]),
        "phase": st.sampled_from([None, "First"]),
    },
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bodies=st.lists(FACTS, min_size=1, max_size=4))
def test_whatever_was_put_holds_and_putting_it_again_leaves_nothing(
    people: Cast, plan: Shown, priority: Shown, bodies: list[dict[str, Any]]
) -> None:
    made = make_action(people.editor, priority, ref=f"x{entries(people)}")
    for body in bodies:
        shown = action(people.viewer, made["id"])
        body = {**body, "reason": "As our system has it"}
        try:
            found = put(people, plan["id"], made["points"][0]["ref"], shown["version"], **body).record
        except Invalid:
            assert action(people.viewer, made["id"]) == shown, "what was refused left something"
            continue
        for name, value in body.items():
            if name not in ("narrative", "reason"):
                assert found[name] == value
        before = entries(people)
        again = put(people, plan["id"], made["points"][0]["ref"], found["version"], **body).record
        assert (again, entries(people)) == (found, before)


def test_the_same_body_again_needs_no_version_and_fits_a_stale_one(
    people: Cast, plan: Shown, priority: Shown, register: Shown
) -> None:
    body = {"title": "Survey", "points": [{"priority_ref": "PAP 1", "ref": "1.1"}], "status": "on_target"}
    first = put(people, plan["id"], "1.1", **body)
    later = put(people, plan["id"], "1.1", first.record["version"], status="delayed", reason="Late")
    again = put(people, plan["id"], "1.1", first.record["version"], status="delayed", reason="Late")
    assert (again.is_new, again.record) == (False, later.record), "its first answer was lost"
    assert put(people, plan["id"], "1.1", title="Survey").record == later.record
    with pytest.raises(PreconditionRequired):
        put(people, plan["id"], "1.1", status="on_target", reason="Back")
    assert action(people.viewer, first.record["id"]) == later.record, "what was refused left something"


# --- Versions, rights and rules ---------------------------------------------------------------------------


def test_what_is_there_is_changed_only_at_the_version_that_was_read(
    people: Cast, plan: Shown, priority: Shown, register: Shown
) -> None:
    make_action(people.editor, priority, ref="1.1")
    make_risk(people.editor, register["id"], ref="1")
    for call in (
        lambda version: put(people, plan["id"], "1.1", version, title="Other"),
        lambda version: put_risk(people, register["id"], "1", version, effect="Other"),
        lambda version: do(
            by_ref.put_priority, people.editor, plan["id"], "PAP 1", PriorityPut(title="O"), version=version
        ),
    ):
        with pytest.raises(PreconditionRequired):
            call(None)
        with pytest.raises(PreconditionFailed):
            call(9)


def test_faults_name_the_ref_that_is_not_there(people: Cast, plan: Shown, priority: Shown) -> None:
    points = [{"priority_ref": "PAP 9", "ref": "1.1"}, {"priority_ref": "PAP 1", "ref": "1.2"}]
    faults = refused(put, people, plan["id"], "1.3", title="T", points=points, depends_on=["8.8"])
    assert set(faults) == {"/points/0/priority_ref", "/points", "/depends_on/0"}


def test_a_risk_of_a_register_without_a_plan_has_no_priority(people: Cast) -> None:
    alone = make_register(people.editor, ref="R2")
    faults = refused(put_risk, people, alone["id"], "1", description="D", priority_ref="PAP 1")
    assert set(faults) == {"/priority_ref"}


def test_a_withdrawn_action_is_reinstated_before_it_is_put(
    people: Cast, plan: Shown, priority: Shown
) -> None:
    made = make_action(people.editor, priority, ref="1.1", status="on_target")
    withdraw(people.editor, made["id"])
    with pytest.raises(Conflict):
        put(people, plan["id"], "1.1", version=2, status="complete")
    assert action(people.viewer, made["id"])["status"] == "on_target"


def test_an_action_that_cannot_be_updated_is_not_changed_either(
    people: Cast, plan: Shown, priority: Shown
) -> None:
    made = make_action(people.editor, priority, ref="1.1")
    late = (TODAY + timedelta(days=1)).isoformat()
    refused(put, people, plan["id"], "1.1", 1, title="Other", status="delayed", effective_on=late)
    assert action(people.viewer, made["id"])["title"] == made["title"]


def test_only_editors_put(people: Cast, plan: Shown, priority: Shown, register: Shown) -> None:
    for function, parent, body in (
        (by_ref.put_action, plan["id"], ActionPut(title="T")),
        (by_ref.put_risk, register["id"], RiskPut(description="T")),
        (by_ref.put_priority, plan["id"], PriorityPut(title="T")),
    ):
        for who in (people.viewer, people.contributor):
            with pytest.raises(NotAllowed):
                do(function, who, parent, "1", body, version=None)


def test_a_day_before_it_was_added_is_refused(people: Cast, plan: Shown, priority: Shown) -> None:
    make_action(people.editor, priority, ref="1.1")
    early = (ADDED - timedelta(days=1)).isoformat()
    faults = refused(
        put, people, plan["id"], "1.1", 1, status="delayed", effective_on=early, reason="Told late"
    )
    assert set(faults) == {"/effective_on"}


def test_records_read_by_ref_are_those_read_by_id(
    people: Cast, plan: Shown, priority: Shown, register: Shown
) -> None:
    made = make_risk(people.editor, register["id"], ref="1")
    found = see(refs.get_risk, people.viewer, register["id"], "1", today=TODAY)
    assert found == see(risks.get_risk, people.viewer, made["id"], today=TODAY)
    assert see(refs.get_priority, people.viewer, plan["id"], "PAP 1")["id"] == priority["id"]
    made = make_action(people.editor, priority, ref="1.1")
    found = see(refs.get_action, people.viewer, plan["id"], "1.1", today=TODAY)
    assert found == see(actions.get_action, people.viewer, made["id"], today=TODAY)
    for read, parent in ((refs.get_risk, register["id"]), (refs.get_action, plan["id"])):
        with pytest.raises(NotFound):
            see(read, people.viewer, parent, "0", today=TODAY)
