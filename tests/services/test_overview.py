"""The overview answers from few statements, and with the figures that every other page has."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert, select

from app import db
from app.errors import NotFound
from app.models.registers import MatrixCreate
from app.models.tables import action_point_states, action_states, actions
from app.plans.changes import ActionChange
from app.services import actions as actions_service
from app.services import briefings, comparison, overview, pressing, progress, registers, risks
from bench.queries import counted
from tests.factories import (
    ADDED,
    FIVE_BY_FIVE,
    TODAY,
    Cast,
    Shown,
    do,
    make_action,
    make_period,
    make_priority,
    make_published,
    make_register,
    make_risk,
    pair,
    see,
    update,
    withdraw,
)

DAY = timedelta(days=1)
MANY = 5000


def overview_of(people: Cast, plan_id: object, **asked: object) -> Shown:
    found = see(overview.overview, people.viewer, plan_id, today=TODAY, **asked)
    assert found is not None
    return dict(found)


def busy(people: Cast, priority: Shown) -> Shown:
    """A plan in which something of most kinds has happened since 31 May."""
    editor, plan_id = people.editor, priority["plan_id"]
    second = make_priority(editor, plan_id, ref="PAP 9")
    due = {"due_on": TODAY + 10 * DAY}
    made = [make_action(editor, [priority, second], ref=f"1.{n}", **due) for n in range(1, 7)]
    made.append(make_action(editor, second, ref="9.7", due_on=TODAY - 5 * DAY))
    lately = {"effective_on": TODAY - 8 * DAY}
    update(editor, made[0]["id"], status="complete", **lately)
    update(editor, made[1]["id"], status="delayed", **lately)
    update(editor, made[2]["id"], status="on_target", **lately)
    update(editor, made[3]["id"], status="delayed", effective_on=TODAY - 60 * DAY)
    update(editor, made[3]["id"], status="on_target", reason="It came.", **lately)
    update(editor, made[4]["id"], due_on=TODAY + 90 * DAY, reason="Slow.", **lately)
    withdraw(editor, made[5]["id"])
    return second


def test_the_overview_has_the_figures_of_the_progress_answer_on_both_days(
    people: Cast, priority: Shown
) -> None:
    busy(people, priority)
    plan_id = priority["plan_id"]
    for back in (0, 3):
        day, then = TODAY - back * DAY, TODAY - 31 * DAY
        found = overview_of(people, plan_id, as_at=day, compare=then)
        now = see(progress.progress, people.viewer, plan_id, today=TODAY, as_at=day)
        before = see(progress.progress, people.viewer, plan_id, today=TODAY, as_at=then)
        assert found["later"] == now
        assert found["earlier"]["overall"].items() <= before["overall"].items()
        for mine, theirs in zip(found["earlier"]["priorities"], before["priorities"], strict=True):
            assert mine.items() <= theirs.items()


def test_what_moved_is_counted_as_the_comparison_tells_it(people: Cast, priority: Shown) -> None:
    busy(people, priority)
    then = TODAY - 31 * DAY
    moved = overview_of(people, priority["plan_id"], compare=then)["moves"]
    told = see(comparison.compare, people.viewer, priority["plan_id"], today=TODAY, compare=then)["actions"]
    without = {ActionChange.became_overdue, ActionChange.still_delayed}
    assert {kind: (one.action_points, one.actions) for kind, one in moved.items()} == {
        kind: (told[kind]["action_points"], told[kind]["actions"])
        for kind in ActionChange
        if told[kind]["actions"] and kind not in without
    }
    assert set(moved) >= {ActionChange.completed, ActionChange.withdrawn, ActionChange.due_moved}
    assert moved[ActionChange.completed].refs == ("1.1",)


def test_deadlines_are_those_of_the_lists(people: Cast, priority: Shown) -> None:
    busy(people, priority)
    plan_id, until = priority["plan_id"], TODAY + 20 * DAY
    make_period(people.editor, plan_id, first_day=TODAY, last_day=TODAY + 5 * DAY, meeting_on=until)
    found = overview_of(people, plan_id)["deadlines"]
    wanted = actions_service.Filter(flag="overdue")
    late = see(actions_service.list_actions, people.viewer, plan_id, today=TODAY, wanted=wanted)
    assert found["until"] == until
    assert found["overdue"]["count"] == late["total"] == 1
    assert [one["ref"] for one in found["due"]["first"]] == ["1.2", "1.3", "1.4"]
    assert found["due"]["count"] == 3


def test_the_next_meeting_is_that_of_the_briefing_also_on_the_day_of_a_meeting(
    people: Cast, priority: Shown
) -> None:
    plan_id, meeting, next_one = priority["plan_id"], TODAY - 2 * DAY, TODAY + 60 * DAY
    for ref, last_day, meeting_on in (("A", TODAY - 9 * DAY, meeting), ("B", TODAY, next_one)):
        first = last_day - 5 * DAY
        make_period(
            people.editor, plan_id, ref=ref, first_day=first, last_day=last_day, meeting_on=meeting_on
        )
    for day, expected in ((meeting - DAY, meeting), (meeting, next_one), (meeting + DAY, next_one)):
        told = see(briefings.outlook, people.viewer, plan_id, today=TODAY, as_at=day)
        found = overview_of(people, plan_id, as_at=day)
        assert found["meeting_on"] == told.meeting_on == expected
        assert found["deadlines"]["until"] == told.until


def test_the_highest_risks_are_those_of_the_register(people: Cast, register: Shown, priority: Shown) -> None:
    editor, plan_id = people.editor, priority["plan_id"]
    for number, (likelihood, impact) in enumerate([(1, 1), (5, 5), (3, 3), (2, 2), (4, 4), (5, 4)], start=1):
        late = TODAY - DAY if number < 3 else None
        make_risk(editor, register["id"], ref=f"R{number}", current=pair(likelihood, impact), review_on=late)
    make_register(editor, ref="SECOND", title="Without a risk", plan_id=plan_id)
    make_published(editor, plan_id, first_day=date(2024, 4, 1), last_day=date(2024, 4, 30))
    found = overview_of(people, plan_id)
    same = see(risks.highest, people.viewer, plan_id, today=TODAY)
    assert [one["ref"] for one in found["risks"]] == [one["ref"] for one in same]
    assert found["reviews_late"] == 2
    assert [one["title"] for one in found["registers"]][-1] == "Without a risk"
    assert {one["score_before"] for one in found["risks"]} == {25, 20, 16, 9, 4}


def test_the_bands_of_today_are_those_of_the_matrix_in_force(people: Cast, priority: Shown) -> None:
    register = make_register(people.editor, plan_id=priority["plan_id"])
    for number, (day, kept) in enumerate(
        [(TODAY - 20 * DAY, "a"), (TODAY - 9 * DAY, "b"), (TODAY - 9 * DAY, "c")]
    ):
        bands = [{**band, "name": f"{band['name']} {kept}"} for band in FIVE_BY_FIVE["bands"]]
        body = MatrixCreate(**FIVE_BY_FIVE | {"bands": bands}, effective_on=day, reason=f"Version {number}")
        do(registers.add_matrix_version, people.admin, register["id"], body)
    with db.read(people.viewer) as reader:
        versions = registers.versions(reader, register["id"])
        for day in (ADDED, TODAY - 21 * DAY, TODAY - 20 * DAY, TODAY - 9 * DAY, TODAY):
            found = pressing.bands_of(reader, people.viewer, priority["plan_id"], today=day)
            wanted = [band["name"] for band in registers.in_force(versions, day)["bands"]]
            assert found == {register["id"]: wanted}, day


def test_an_area_without_plans_has_no_overview_and_an_unknown_plan_is_not_found(people: Cast) -> None:
    assert see(overview.overview, people.viewer, today=TODAY) is None
    with pytest.raises(NotFound):
        see(overview.overview, people.viewer, uuid4(), today=TODAY)


def test_five_thousand_actions_take_fewer_than_ten_statements(people: Cast, priority: Shown) -> None:
    busy(people, priority)
    plan_id = priority["plan_id"]
    _many(people, plan_id)
    total = overview_of(people, plan_id)["later"]["overall"]["distinct_actions"]
    assert total >= MANY
    with counted() as statements:
        overview_of(people, plan_id)
    assert len(statements) < 10


def _many(people: Cast, plan_id: object) -> None:
    """Copy the rows of the plan's actions until there are as many."""
    tables = (actions, action_states, action_point_states)
    with db.write(people.editor) as writer:
        rows = {
            table: [
                dict(row._mapping) for row in writer.execute(select(table).where(table.c.plan_id == plan_id))
            ]
            for table in tables
        }
        of_one = len(rows[actions]) - 1  # one of them is withdrawn
        for copy in range(MANY // of_one + 1):
            ids = {row["id"]: uuid4() for row in rows[actions]}
            writer.execute(insert(actions), [{**row, "id": ids[row["id"]]} for row in rows[actions]])
            for table in tables[1:]:
                copies = [
                    {**row, "action_id": ids[row["action_id"]], "ref": f"{row['ref']}.{copy}"}
                    for row in rows[table]
                ]
                writer.execute(insert(table), copies)
