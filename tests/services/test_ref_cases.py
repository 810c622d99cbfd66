"""Refs that differ only in capital letters are one ref to people, so they never stand side by side."""

from typing import Any

import pytest

from app.errors import NotFound
from app.models.by_ref import PriorityPut
from app.models.periods import PeriodUpdate
from app.models.plans import PlanUpdate
from app.models.updates import PointPlace
from app.services import by_ref, periods, plans, refs
from tests.factories import (
    TODAY,
    Cast,
    do,
    make_action,
    make_period,
    make_plan,
    make_priority,
    make_register,
    make_risk,
    refused,
    see,
    update,
)

ANY: dict[str, Any] = {"version": None}


def used(other: str) -> str:
    return f"The ref {other} is used already and differs only in capital letters. Choose another one."


def test_a_ref_that_differs_only_in_capital_letters_is_refused_within_its_parent(people: Cast) -> None:
    editor = people.editor
    plan = make_plan(editor, ref="PAP")
    assert refused(make_plan, editor, ref="pap") == {"/ref": used("PAP")}
    assert refused(make_plan, editor, ref="PAP") == {"/ref": "This ref is used already. Choose another one."}
    make_priority(editor, plan["id"], ref="PAP 1")
    assert refused(make_priority, editor, plan["id"], ref="Pap 1") == {"/ref": used("PAP 1")}
    make_period(editor, plan["id"], ref="2024-Q1")
    later = {"first_day": TODAY, "last_day": TODAY}
    assert refused(make_period, editor, plan["id"], ref="2024-q1", **later) == {"/ref": used("2024-Q1")}
    register = make_register(editor, ref="Risks", plan_id=plan["id"])
    assert refused(make_register, editor, ref="RISKS") == {"/ref": used("Risks")}
    make_risk(editor, register["id"], ref="Été 1")
    assert refused(make_risk, editor, register["id"], ref="ÉTÉ 1") == {"/ref": used("Été 1")}
    # Another area, another plan: refs of their own.
    other = make_plan(people.stranger, ref="pap")
    make_priority(people.stranger, other["id"], ref="pap 1")


def test_a_record_may_change_the_case_of_its_own_ref_and_not_take_that_of_another(people: Cast) -> None:
    plan = make_plan(people.editor, ref="PAP")
    changed = do(plans.change_plan, people.editor, plan["id"], PlanUpdate(ref="Pap"), **ANY)
    assert changed["ref"] == "Pap"
    first = make_period(people.editor, plan["id"], ref="Q1")
    assert first["ref"] == "Q1"
    second = make_period(people.editor, plan["id"], ref="Q2", first_day=TODAY, last_day=TODAY)
    taken = PeriodUpdate(ref="q1")
    assert refused(do, periods.change_period, people.editor, second["id"], taken, **ANY) == {
        "/ref": used("Q1")
    }


def test_refs_of_action_points_are_held_apart_by_more_than_capital_letters(people: Cast) -> None:
    plan = make_plan(people.editor)
    first, second = (make_priority(people.editor, plan["id"], ref=ref) for ref in ("A", "B"))
    action = make_action(people.editor, first, ref="A1.b")
    words = "The ref a1.B is used already in this plan as A1.b, which differs only in capital letters."
    found = refused(make_action, people.editor, second, ref="a1.B")
    assert found == {"/points/0/ref": f"{words} Choose another one."}
    twice = [PointPlace(priority_id=one["id"], ref=ref) for one, ref in ((first, "A2"), (second, "a2"))]
    assert "as A2, which" in refused(update, people.editor, action["id"], points=twice)["/points/1/ref"]
    twice = [PointPlace(priority_id=one["id"], ref="A2") for one in (first, second)]
    assert refused(update, people.editor, action["id"], points=twice) == {
        "/points/1/ref": "The ref A2 is given under another priority too. Choose another one."
    }
    make_action(people.editor, second, ref="É1")
    assert "as É1, which" in refused(make_action, people.editor, second, ref="é1")["/points/0/ref"]
    # An action may write its own ref otherwise.
    update(people.editor, action["id"], points=[PointPlace(priority_id=first["id"], ref="A1.B")])


def test_a_ref_that_is_not_found_names_the_one_that_differs_in_capital_letters(people: Cast) -> None:
    plan = make_plan(people.editor)
    priority = make_priority(people.editor, plan["id"], ref="PAP 1")
    make_action(people.editor, priority, ref="A1")
    register = make_register(people.editor, plan_id=plan["id"])
    make_risk(people.editor, register["id"], ref="R1")
    calls: tuple[tuple[Any, Any, str, str, dict[str, Any]], ...] = (
        (refs.get_priority, plan, "pap 1", "PAP 1", {}),
        (refs.get_action, plan, "a1", "A1", {"today": TODAY}),
        (refs.get_risk, register, "r1", "R1", {"today": TODAY}),
    )
    for read, parent, typed, other, named in calls:
        with pytest.raises(NotFound, match=f"There is one with the ref {other}: capital letters count."):
            see(read, people.viewer, parent["id"], typed, **named)
        with pytest.raises(NotFound) as caught:
            see(read, people.viewer, parent["id"], "nothing", **named)
        assert "capital" not in str(caught.value)
    put = PriorityPut(title="Other")
    found = refused(do, by_ref.put_priority, people.editor, plan["id"], "pap 1", put, **ANY)
    assert found == {"/ref": used("PAP 1")}
