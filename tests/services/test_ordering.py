"""Putting priorities, and actions under a priority, in another order."""

from datetime import date

import pytest

from app import db
from app.errors import Conflict, PreconditionFailed
from app.services import checks, ordering, record_traces, stored, traces, updates
from tests.factories import (
    TODAY,
    action,
    do,
    make_action,
    make_plan,
    make_priority,
    refused,
    see,
    update,
    withdraw,
)


def ids(found):
    return [one["id"] for one in found]


def under(people, priority):
    """The refs under a priority today, with the titles that have them."""
    return [
        (one["under"], one["title"])
        for one in see(ordering.points_in_order, people.editor, priority["id"], today=TODAY)
    ]


def make_three(people, priority):
    return [
        make_action(people.editor, priority, ref=ref, title=title)
        for ref, title in (("1.1", "Agree"), ("1.2", "Recruit"), ("1.10", "Publish"))
    ]


def put(people, priority, wanted, seen, **given):
    values = {"seen": seen, "reason": "In the order of the inspection report"} | given
    return do(ordering.order_points, people.editor, priority["id"], wanted, **values)


def test_priorities_take_the_places_that_they_are_given(people):
    plan = make_plan(people.editor)
    made = [make_priority(people.editor, plan["id"], ref=f"PAP {n}") for n in (1, 2, 3)]
    first, second, third = ids(made)
    found = do(
        ordering.order_priorities,
        people.editor,
        plan["id"],
        [third, first, second],
        seen=[first, second, third],
    )
    assert [(one["ref"], one["position"]) for one in found] == [("PAP 3", 1), ("PAP 1", 2), ("PAP 2", 3)]


def test_priorities_that_shared_a_position_have_one_each_afterwards(people):
    plan = make_plan(people.editor)
    made = ids([make_priority(people.editor, plan["id"], ref=f"PAP {n}", position=5) for n in (1, 2)])
    found = do(ordering.order_priorities, people.editor, plan["id"], made[::-1], seen=made)
    assert [(one["id"], one["position"]) for one in found] == [(made[1], 1), (made[0], 2)]


def test_an_order_is_stale_when_another_was_saved_in_between(people, priority):
    other = make_priority(people.editor, priority["plan_id"], ref="PAP 2")
    seen = ids([priority, other])
    do(ordering.order_priorities, people.editor, priority["plan_id"], seen[::-1], seen=seen)
    third = make_priority(people.editor, priority["plan_id"], ref="PAP 3")
    with pytest.raises(Conflict):
        do(ordering.order_priorities, people.editor, priority["plan_id"], seen, seen=seen)
    with pytest.raises(PreconditionFailed):
        do(
            ordering.order_priorities,
            people.editor,
            priority["plan_id"],
            [*seen, third["id"]],
            seen=[third["id"], *seen],
        )


def test_the_same_order_again_changes_nothing(people, priority):
    other = make_priority(people.editor, priority["plan_id"], ref="PAP 2")
    seen = ids([priority, other])
    for _ in range(2):
        found = do(ordering.order_priorities, people.editor, priority["plan_id"], seen[::-1], seen=seen)
    assert [one["version"] for one in found] == [2, 2]


def test_actions_take_the_refs_of_their_new_places(people, priority):
    made = ids(make_three(people, priority))
    put(people, priority, [made[2], made[0], made[1]], made)
    assert under(people, priority) == [("1.1", "Publish"), ("1.2", "Agree"), ("1.10", "Recruit")]
    assert action(people.editor, made[2], as_at=date(2024, 6, 30))["ref"] == "1.10", "from today on"
    entry = see(updates.list_updates, people.editor, made[2])[-1]
    assert entry["reason"] == "In the order of the inspection report"
    assert entry["facts"] == {"points": [{"priority_id": str(priority["id"]), "ref": "1.1"}]}


def test_an_action_that_keeps_its_place_gets_no_entry(people, priority):
    made = ids(make_three(people, priority))
    put(people, priority, [made[1], made[0], made[2]], made)
    assert [action(people.editor, one)["version"] for one in made] == [2, 2, 1]


def test_the_other_places_of_a_cross_cutting_action_stay(people, priority):
    other = make_priority(people.editor, priority["plan_id"], ref="PAP 2")
    survey = make_action(people.editor, [priority, other], ref="1.1", title="Survey")
    panel = make_action(people.editor, priority, ref="1.2", title="Panel")
    put(people, priority, [panel["id"], survey["id"]], [survey["id"], panel["id"]])
    assert [one["ref"] for one in action(people.editor, survey["id"])["points"]] == ["1.2", "1.1-2"]


def test_a_withdrawn_action_keeps_its_ref_and_is_not_put_in_order(people, priority):
    made = ids(make_three(people, priority))
    withdraw(people.editor, made[1])
    put(people, priority, [made[2], made[0]], [made[0], made[2]])
    assert under(people, priority) == [("1.1", "Publish"), ("1.10", "Agree")]
    assert action(people.editor, made[1])["ref"] == "1.2"


def test_an_order_of_actions_that_is_not_whole_or_not_new_is_refused(people, priority):
    made = ids(make_three(people, priority))
    for wanted in (made[:2], [*made[:2], made[0]], [*made[:2], people.editor.id]):
        with pytest.raises(Conflict):
            put(people, priority, wanted, made)
    with pytest.raises(PreconditionFailed):
        put(people, priority, made[::-1], [made[1], made[0], made[2]])
    assert refused(put, people, priority, made[::-1], made, reason=None) == {
        "/reason": "Give a reason: refs change, and papers name actions by them."
    }
    assert under(people, priority)[0] == ("1.1", "Agree")


def test_what_is_stored_is_what_the_entries_say_after_an_exchange(people, priority):
    made = ids(make_three(people, priority))
    update(people.editor, made[0], depends_on=[made[1]])
    put(people, priority, made[::-1], made)
    put(people, priority, made, made[::-1])
    with db.read(None) as reader:
        assert stored.summed(reader, traces.wrong_entries(reader)) == []
        assert stored.summed(reader, record_traces.wrong_records(reader)) == []
        assert not any(checks.wrong_states(reader))
    assert action(people.editor, made[0])["flags"]["blocked"]


def test_a_ref_that_somebody_else_has_is_refused_still(people, priority):
    made = make_three(people, priority)
    points = [{"priority_id": priority["id"], "ref": "1.2"}]
    assert list(refused(update, people.editor, made[0]["id"], points=points)) == ["/points/0/ref"]
