"""What is remembered is what would be worked out now."""

from collections import Counter
from typing import Any
from uuid import UUID

import pytest

from app.models.actions import ActionUpdate
from app.sentences.data_quality import number
from app.services import actions, data_quality, data_quality_counts, people
from app.services.remembered import MOST, Remembered
from tests.factories import (
    TODAY,
    Cast,
    cast,
    do,
    make_action,
    make_person,
    make_plan,
    make_priority,
    see,
    update,
)

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def area() -> Cast:
    return cast()


def counted(area: Cast, plan_id: UUID) -> int:
    found = see(data_quality_counts.of_plan, area.viewer, plan_id, today=TODAY)
    every = see(
        data_quality.list_findings,
        area.viewer,
        today=TODAY,
        wanted=data_quality.Filter(plan_id=plan_id),
    )["every"]
    assert {str(one["check"]): one["count"] for one in found} == Counter(str(one["check"]) for one in every)
    return number(found)


def test_the_count_of_findings_follows_every_change_of_the_area(area: Cast) -> None:
    plan = make_plan(area.editor)
    action = make_action(area.editor, make_priority(area.editor, plan["id"]))
    assert counted(area, plan["id"]) == 2, "no lead and no due date"
    person = make_person(area.editor)
    changed = ActionUpdate(lead_id=person["id"])
    do(actions.change_action, area.editor, action["id"], changed, version=action["version"])
    assert counted(area, plan["id"]) == 1
    update(area.editor, action["id"], due_on=TODAY)
    assert counted(area, plan["id"]) == 0


def test_another_plan_is_remembered_apart_from_the_first(area: Cast) -> None:
    first, second = make_plan(area.editor), make_plan(area.editor, ref="DBV")
    make_action(area.editor, make_priority(area.editor, first["id"]))
    assert counted(area, first["id"]) == 2
    assert counted(area, second["id"]) == 0


def test_what_was_worked_out_is_not_worked_out_again_until_something_changes(area: Cast) -> None:
    made: list[int] = []
    remembered = Remembered()

    def make() -> int:
        made.append(len(made))
        return len(made)

    def ask(db: Any, who: Any) -> Any:
        return remembered.get(db, who, ("figure",), make)

    assert [see(ask, area.viewer), see(ask, area.editor)] == [1, 1], "whoever in the area asks"
    assert see(ask, area.stranger) == 2, "another area has its own"
    make_person(area.editor)
    assert see(ask, area.viewer) == 3, "somebody was added"
    assert see(people.list_people, area.viewer)["total"] > 0


def test_only_so_much_is_remembered(area: Cast) -> None:
    remembered = Remembered()
    for key in range(MOST + 1):
        see(lambda db, who, key=key: remembered.get(db, who, (key,), lambda: key), area.viewer)
    again = see(lambda db, who: remembered.get(db, who, (0,), lambda: "worked out again"), area.viewer)
    assert again == "worked out again"
    kept = see(lambda db, who: remembered.get(db, who, (MOST,), lambda: "worked out again"), area.viewer)
    assert kept == MOST
