"""Entries that correct others, and actions that are withdrawn and reinstated."""

from datetime import date, timedelta

import pytest

from app.errors import Conflict
from app.services import progress, updates
from tests.factories import (
    ADDED,
    TODAY,
    Cast,
    Shown,
    action,
    make_action,
    refused,
    reinstate,
    see,
    update,
    withdraw,
)

MAY = date(2024, 5, 1)
JUNE = date(2024, 6, 1)
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def made(people: Cast, priority: Shown) -> Shown:
    """An action on target, added on 1 April."""
    return make_action(people.editor, priority, status="on_target")


# --- Corrections ------------------------------------------------------------------------------------------


def test_a_replaced_entry_is_ignored(people: Cast, made: Shown) -> None:
    wrong = update(people.editor, made["id"], status="delayed", effective_on=MAY)
    update(people.editor, made["id"], narrative="Nothing was late.", effective_on=MAY, replaces=wrong["id"])
    assert action(people.viewer, made["id"], MAY)["status"] == "on_target"


def test_a_replaced_entry_stays_in_the_list_and_names_the_one_that_replaced_it(
    people: Cast, made: Shown
) -> None:
    wrong = update(people.editor, made["id"], status="delayed")
    right = update(people.editor, made["id"], status="not_started", replaces=wrong["id"])
    listed = {one["id"]: one for one in see(updates.list_updates, people.viewer, made["id"])}
    assert (listed[wrong["id"]]["replaced_by"], listed[right["id"]]["replaces"]) == (right["id"], wrong["id"])


def test_only_the_last_of_a_chain_of_corrections_stands(people: Cast, made: Shown) -> None:
    first = update(people.editor, made["id"], status="delayed", effective_on=MAY)
    second = update(people.editor, made["id"], status="complete", effective_on=MAY, replaces=first["id"])
    update(people.editor, made["id"], status="not_started", effective_on=JUNE, replaces=second["id"])
    found = [action(people.viewer, made["id"], day)["status"] for day in (MAY, JUNE)]
    assert found == ["on_target", "not_started"]


def test_an_entry_can_be_replaced_only_once(people: Cast, made: Shown) -> None:
    wrong = update(people.editor, made["id"], status="delayed")
    update(people.editor, made["id"], status="not_started", replaces=wrong["id"])
    assert "/replaces" in refused(
        update, people.editor, made["id"], status="delayed", replaces=wrong["id"], reason="x"
    )


def test_an_entry_of_another_action_cannot_be_replaced(people: Cast, priority: Shown, made: Shown) -> None:
    other = make_action(people.editor, priority, ref="1.2")
    wrong = update(people.editor, other["id"], status="delayed")
    assert "/replaces" in refused(update, people.editor, made["id"], status="delayed", replaces=wrong["id"])


def test_the_entry_that_added_an_action_can_be_moved_to_an_earlier_day(people: Cast, made: Shown) -> None:
    added = see(updates.list_updates, people.viewer, made["id"])[0]
    early = ADDED - timedelta(days=10)
    points = [{"priority_id": point["priority_id"], "ref": point["ref"]} for point in made["points"]]
    update(
        people.editor, made["id"], status="on_target", points=points, effective_on=early, replaces=added["id"]
    )
    assert action(people.viewer, made["id"], early)["added_on"] == early


def test_the_entry_that_added_an_action_cannot_be_moved_behind_another_one(people: Cast, made: Shown) -> None:
    update(people.editor, made["id"], narrative="Begun", effective_on=MAY)
    added = see(updates.list_updates, people.viewer, made["id"])[0]
    points = [{"priority_id": point["priority_id"], "ref": point["ref"]} for point in made["points"]]
    faults = refused(
        update,
        people.editor,
        made["id"],
        status="on_target",
        points=points,
        effective_on=JUNE,
        replaces=added["id"],
    )
    assert "/replaces" in faults


def test_replacing_the_entry_that_added_an_action_needs_status_and_points(people: Cast, made: Shown) -> None:
    added = see(updates.list_updates, people.viewer, made["id"])[0]
    faults = refused(
        update, people.editor, made["id"], narrative="x", effective_on=ADDED, replaces=added["id"]
    )
    assert "/replaces" in faults


def test_a_completion_can_be_corrected_without_giving_its_date_again(people: Cast, made: Shown) -> None:
    wrong = update(people.editor, made["id"], status="complete", effective_on=JUNE)
    update(people.editor, made["id"], status="complete", effective_on=MAY, replaces=wrong["id"])
    assert action(people.viewer, made["id"])["completed_on"] == MAY


# --- Withdrawal -------------------------------------------------------------------------------------------


def points_counted(people: Cast, made: Shown, day: date) -> tuple[int, int]:
    found = see(progress.progress, people.viewer, made["plan_id"], today=TODAY, as_at=day)["overall"]
    return found["action_points"], found["withdrawn"]


def test_a_withdrawn_action_leaves_the_counts_from_that_day(people: Cast, made: Shown) -> None:
    withdraw(people.editor, made["id"], effective_on=JUNE)
    days = (JUNE - timedelta(days=1), JUNE, TODAY)
    assert [points_counted(people, made, day) for day in days] == [(1, 0), (0, 1), (0, 1)]


def test_a_reinstated_action_is_back_in_the_counts_from_that_day(people: Cast, made: Shown) -> None:
    withdraw(people.editor, made["id"], effective_on=MAY)
    reinstate(people.editor, made["id"], effective_on=JUNE)
    assert [points_counted(people, made, day) for day in (MAY, JUNE)] == [(0, 1), (1, 0)]


def test_a_withdrawn_action_has_no_flags(people: Cast, made: Shown) -> None:
    update(people.editor, made["id"], status="delayed", due_on=MAY, effective_on=MAY)
    withdraw(people.editor, made["id"])
    assert not any(action(people.viewer, made["id"])["flags"].values())


def test_an_update_on_a_withdrawn_action_is_a_conflict(people: Cast, made: Shown) -> None:
    withdraw(people.editor, made["id"])
    with pytest.raises(Conflict):
        update(people.editor, made["id"], status="delayed")


def test_withdrawing_twice_is_a_conflict(people: Cast, made: Shown) -> None:
    withdraw(people.editor, made["id"], effective_on=MAY)
    with pytest.raises(Conflict):
        withdraw(people.editor, made["id"])


def test_reinstating_what_is_not_withdrawn_is_a_conflict(people: Cast, made: Shown) -> None:
    with pytest.raises(Conflict):
        reinstate(people.editor, made["id"])


def test_withdrawing_before_the_action_was_added_is_refused(people: Cast, made: Shown) -> None:
    faults = refused(withdraw, people.editor, made["id"], effective_on=ADDED - timedelta(days=1))
    assert "/effective_on" in faults


def test_withdrawing_on_a_day_to_come_is_refused(people: Cast, made: Shown) -> None:
    assert "/effective_on" in refused(withdraw, people.editor, made["id"], effective_on=TOMORROW)
