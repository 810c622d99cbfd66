"""What must hold on every day of an action's history, and what a correction may undo."""

from datetime import date

from tests.factories import (
    Cast,
    Shown,
    action,
    make_action,
    refused,
    update,
    withdraw,
)

EARLY, MIDDLE, LATE = date(2024, 6, 1), date(2024, 6, 10), date(2024, 6, 20)


def test_a_circle_of_dependencies_in_the_past_is_refused(people: Cast, priority: Shown) -> None:
    one = make_action(people.editor, priority)
    two = make_action(people.editor, priority, ref="1.2")
    update(people.editor, one["id"], depends_on=[two["id"]], effective_on=EARLY)
    update(people.editor, one["id"], depends_on=[], effective_on=LATE)
    faults = refused(
        update,
        people.editor,
        two["id"],
        depends_on=[one["id"]],
        effective_on=MIDDLE,
        reason="Recorded late",
    )
    assert faults == {
        "/depends_on": "On 2024-06-10 these actions would wait for each other in a circle. Leave one out."
    }


def test_the_same_dependency_after_the_other_has_ended_is_no_circle(people: Cast, priority: Shown) -> None:
    one = make_action(people.editor, priority)
    two = make_action(people.editor, priority, ref="1.2")
    update(people.editor, one["id"], depends_on=[two["id"]], effective_on=EARLY)
    update(people.editor, one["id"], depends_on=[], effective_on=LATE)
    update(people.editor, two["id"], depends_on=[one["id"]], effective_on=LATE)
    assert action(people.viewer, two["id"])["depends_on"] == [str(one["id"])]


def test_an_action_is_not_completed_before_it_starts(people: Cast, priority: Shown) -> None:
    made = make_action(people.editor, priority, start_on=EARLY)
    faults = refused(update, people.editor, made["id"], status="complete", completed_on=date(1990, 1, 1))
    assert faults == {"/completed_on": "Give 2024-06-01 or a later day: the action started then."}


def test_an_action_may_be_done_before_the_day_on_which_it_was_to_start(people: Cast, priority: Shown) -> None:
    made = make_action(people.editor, priority, start_on=date(2024, 9, 1))
    update(people.editor, made["id"], status="complete", effective_on=LATE)
    assert action(people.viewer, made["id"])["completed_on"] == LATE


def test_a_wrong_withdrawal_is_corrected_by_an_entry_that_names_it(people: Cast, priority: Shown) -> None:
    made = make_action(people.editor, priority)
    entry = withdraw(people.editor, made["id"])
    update(people.editor, made["id"], replaces=entry["id"], narrative="Withdrawn by mistake")
    assert action(people.viewer, made["id"])["withdrawn"] is False
