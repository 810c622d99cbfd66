"""Action points and dependencies of actions: refs, circles, and what is blocked on which day."""

from datetime import date, timedelta
from typing import Any

import pytest

from app.errors import Invalid
from app.models.actions import ActionCreate
from app.models.updates import PointPlace, UpdateCreate
from app.services import actions, updates
from tests.factories import (
    Cast,
    Shown,
    action,
    do,
    make_action,
    make_plan,
    make_priority,
    refused,
    reinstate,
    see,
    update,
    withdraw,
)

MAY = date(2024, 5, 1)
JUNE = date(2024, 6, 1)
DAY = timedelta(days=1)


@pytest.fixture
def first(people: Cast, priority: Shown) -> Shown:
    return make_action(people.editor, priority, ref="1.1")


@pytest.fixture
def second(people: Cast, priority: Shown, first: Shown) -> Shown:
    """An action that waits for the first one."""
    return make_action(people.editor, priority, ref="1.2", depends_on=[first["id"]])


def point(priority: Shown, ref: str) -> dict[str, Any]:
    return {"priority_id": priority["id"], "ref": ref}


def blocked(people: Cast, found: Shown, *days: date) -> list[bool]:
    return [action(people.viewer, found["id"], day)["flags"]["blocked"] for day in days]


# --- Action points ----------------------------------------------------------------------------------------


def test_a_ref_of_another_action_is_refused(people: Cast, priority: Shown, first: Shown) -> None:
    assert "/points/0/ref" in refused(make_action, people.editor, priority, ref=first["ref"])


def test_a_ref_of_another_action_is_refused_under_another_priority(people: Cast, first: Shown) -> None:
    other = make_priority(people.editor, first["plan_id"], ref="PAP 2")
    assert "/points/0/ref" in refused(make_action, people.editor, other, ref="1.1")


def test_a_ref_twice_in_one_action_is_refused(people: Cast, priority: Shown) -> None:
    other = make_priority(people.editor, priority["plan_id"], ref="PAP 2")
    points = [point(priority, "1.1"), point(other, "1.1")]
    assert "/points/1/ref" in refused(make_action, people.editor, priority, points=points)


def test_a_priority_twice_in_one_action_is_refused(people: Cast, priority: Shown) -> None:
    points = [point(priority, "1.1"), point(priority, "1.2")]
    assert "/points/1/priority_id" in refused(make_action, people.editor, priority, points=points)


def test_another_plan_may_use_the_same_ref(people: Cast, first: Shown) -> None:
    other = make_priority(people.editor, make_plan(people.editor, ref="DBV")["id"])
    assert make_action(people.editor, other, ref="1.1")["ref"] == first["ref"]


def test_a_priority_of_another_plan_is_refused(people: Cast, priority: Shown) -> None:
    other = make_priority(people.editor, make_plan(people.editor, ref="DBV")["id"])
    body = ActionCreate(title="Other", points=[PointPlace(**point(other, "9.9"))])
    faults = refused(do, actions.create_action, people.editor, priority["plan_id"], body)
    assert "/points/0/priority_id" in faults


def test_a_ref_with_a_slash_is_refused() -> None:
    with pytest.raises(ValueError, match="slash"):
        PointPlace.model_validate({"priority_id": "01900000-0000-7000-8000-000000000000", "ref": "1/1"})


def test_a_ref_that_is_free_again_can_be_used(people: Cast, priority: Shown, first: Shown) -> None:
    update(people.editor, first["id"], points=[point(priority, "1.9")], effective_on=MAY)
    assert make_action(people.editor, priority, ref="1.1", effective_on=MAY)["ref"] == "1.1"


def test_a_ref_that_was_another_actions_on_those_days_is_refused(
    people: Cast, priority: Shown, first: Shown
) -> None:
    update(people.editor, first["id"], points=[point(priority, "1.9")], effective_on=JUNE)
    assert "/points/0/ref" in refused(make_action, people.editor, priority, ref="1.1", effective_on=MAY)


def test_a_correction_may_not_bring_back_a_ref_that_was_taken_meanwhile(
    people: Cast, priority: Shown, first: Shown
) -> None:
    moved = update(people.editor, first["id"], points=[point(priority, "1.9")], effective_on=MAY)
    make_action(people.editor, priority, ref="1.1", effective_on=JUNE)
    faults = refused(
        update, people.editor, first["id"], narrative="x", effective_on=MAY, replaces=moved["id"]
    )
    assert faults == {"/replaces": "The ref 1.1 is used already in this plan. Choose another one."}


def test_a_cross_cutting_action_is_listed_once_with_all_its_refs(people: Cast, priority: Shown) -> None:
    other = make_priority(people.editor, priority["plan_id"], ref="PAP 2")
    make_action(people.editor, [priority, other], ref="1.1")
    found = see(actions.list_actions, people.viewer, priority["plan_id"], today=JUNE)["items"]
    assert [[one["ref"] for one in action["points"]] for action in found] == [["1.1", "1.1-2"]]


def test_a_moved_action_counts_under_its_priority_of_the_day(
    people: Cast, priority: Shown, first: Shown
) -> None:
    other = make_priority(people.editor, priority["plan_id"], ref="PAP 2")
    update(people.editor, first["id"], points=[point(other, "2.1")], effective_on=JUNE)
    refs = [action(people.viewer, first["id"], day)["points"][0]["priority_ref"] for day in (MAY, JUNE)]
    assert refs == ["PAP 1", "PAP 2"]


# --- Dependencies that are refused ------------------------------------------------------------------------


def test_an_action_cannot_wait_for_itself(people: Cast, first: Shown) -> None:
    assert "/depends_on/0" in refused(update, people.editor, first["id"], depends_on=[first["id"]])


def test_an_action_cannot_wait_twice_for_another(people: Cast, first: Shown, second: Shown) -> None:
    twice = [first["id"], first["id"]]
    assert "/depends_on/1" in refused(update, people.editor, second["id"], depends_on=twice)


def test_an_action_of_another_plan_cannot_be_waited_for(people: Cast, first: Shown) -> None:
    elsewhere = make_priority(people.editor, make_plan(people.editor, ref="DBV")["id"])
    other = make_action(people.editor, elsewhere)
    assert "/depends_on/0" in refused(update, people.editor, first["id"], depends_on=[other["id"]])


def test_actions_cannot_wait_for_each_other_in_a_circle(
    people: Cast, priority: Shown, first: Shown, second: Shown
) -> None:
    third = make_action(people.editor, priority, ref="1.3", depends_on=[second["id"]])
    assert "/depends_on" in refused(update, people.editor, first["id"], depends_on=[third["id"]])


def test_a_correction_may_not_bring_back_a_circle(people: Cast, first: Shown, second: Shown) -> None:
    freed = update(people.editor, second["id"], depends_on=[], effective_on=MAY)
    update(people.editor, first["id"], depends_on=[second["id"]], effective_on=JUNE)
    faults = refused(
        update, people.editor, second["id"], narrative="x", effective_on=MAY, replaces=freed["id"]
    )
    assert "/replaces" in faults


def test_a_dependency_that_ended_makes_no_circle(people: Cast, first: Shown, second: Shown) -> None:
    update(people.editor, second["id"], depends_on=[], effective_on=MAY)
    update(people.editor, first["id"], depends_on=[second["id"]], effective_on=JUNE)
    assert blocked(people, first, JUNE) == [True]


# --- What is blocked on which day -------------------------------------------------------------------------


def test_an_action_is_blocked_while_its_dependency_is_open(people: Cast, second: Shown) -> None:
    assert blocked(people, second, MAY) == [True]


def test_an_action_is_blocked_until_its_dependency_is_complete(
    people: Cast, first: Shown, second: Shown
) -> None:
    update(people.editor, first["id"], status="complete", effective_on=JUNE)
    assert blocked(people, second, JUNE - DAY, JUNE) == [True, False]


def test_an_action_is_blocked_until_its_dependency_is_withdrawn(
    people: Cast, first: Shown, second: Shown
) -> None:
    withdraw(people.editor, first["id"], effective_on=JUNE)
    assert blocked(people, second, JUNE - DAY, JUNE) == [True, False]


def test_an_action_is_blocked_again_when_its_dependency_is_reinstated(
    people: Cast, first: Shown, second: Shown
) -> None:
    withdraw(people.editor, first["id"], effective_on=MAY)
    reinstate(people.editor, first["id"], effective_on=JUNE)
    assert blocked(people, second, MAY, JUNE) == [False, True]


def test_a_backdated_completion_of_a_dependency_frees_the_days_since(
    people: Cast, first: Shown, second: Shown
) -> None:
    update(people.editor, first["id"], narrative="Held", effective_on=JUNE)
    update(people.editor, first["id"], status="complete", effective_on=MAY, reason="Found in minutes")
    assert blocked(people, second, MAY - DAY, MAY, JUNE) == [True, False, False]


def test_a_corrected_completion_of_a_dependency_blocks_again(
    people: Cast, first: Shown, second: Shown
) -> None:
    wrong = update(people.editor, first["id"], status="complete", effective_on=MAY)
    update(people.editor, first["id"], status="delayed", effective_on=JUNE, replaces=wrong["id"])
    assert blocked(people, second, MAY, JUNE) == [True, True]


def test_an_action_freed_of_its_dependency_is_not_blocked(people: Cast, second: Shown) -> None:
    update(people.editor, second["id"], depends_on=[], effective_on=JUNE)
    assert blocked(people, second, JUNE - DAY, JUNE) == [True, False]


def test_a_dependency_counts_from_the_day_it_was_added(people: Cast, priority: Shown) -> None:
    later = make_action(people.editor, priority, ref="1.1", effective_on=JUNE)
    waiting = make_action(people.editor, priority, ref="1.2", depends_on=[later["id"]])
    assert blocked(people, waiting, MAY, JUNE) == [False, True]


def test_an_action_that_is_complete_while_it_waits_is_contradicted_and_not_blocked(
    people: Cast, second: Shown
) -> None:
    update(people.editor, second["id"], status="complete")
    found = action(people.viewer, second["id"])["flags"]
    assert (found["contradicted"], found["blocked"]) == (True, False)


def test_a_change_of_a_dependency_leaves_the_version_of_the_waiting_action(
    people: Cast, first: Shown, second: Shown
) -> None:
    update(people.editor, first["id"], status="complete")
    assert action(people.viewer, second["id"])["version"] == second["version"]


def test_every_fault_of_an_entry_is_named_at_once(people: Cast, first: Shown) -> None:
    body = UpdateCreate(
        start_on=JUNE, due_on=MAY, depends_on=[first["id"]], completed_on=MAY, effective_on=JUNE
    )
    with pytest.raises(Invalid) as caught:
        do(updates.record_update, people.editor, first["id"], body)
    pointers = {fault.pointer for fault in caught.value.faults}
    assert pointers >= {"/due_on", "/depends_on/0", "/completed_on"}
