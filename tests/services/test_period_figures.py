"""What a board period adds to figures: no reportable progress, and the direction of risks."""

from datetime import date, timedelta
from typing import Any

import pytest

from app.access.roles import Principal
from app.plans.statuses import FLAGS
from app.services import actions, progress, publications, risks
from app.services.actions import Filter
from tests.factories import (
    ADDED,
    TODAY,
    Cast,
    Shown,
    assess,
    cast,
    do,
    make_action,
    make_period,
    make_plan,
    make_priority,
    make_register,
    make_risk,
    see,
    update,
)

pytestmark = pytest.mark.usefixtures("database")
MAY, JUNE = date(2024, 5, 1), date(2024, 6, 1)
END = date(2024, 6, 30)


@pytest.fixture
def area() -> Cast:
    return cast()


def in_period(area: Cast, plan: Shown, first: date = JUNE, last: date = END) -> Shown:
    return make_period(area.editor, plan["id"], first_day=first, last_day=last)


def unreported(area: Cast, plan: Shown, day: date) -> Any:
    answer = see(progress.progress, area.viewer, plan["id"], today=TODAY, as_at=day)
    return answer["overall"]["flags"]["no_reportable_progress"]


def test_without_a_period_nobody_can_say_whether_progress_is_reportable(area: Cast) -> None:
    plan = make_plan(area.editor)
    action = make_action(area.editor, make_priority(area.editor, plan["id"]))
    assert unreported(area, plan, END) is None
    shown = see(actions.get_action, area.viewer, action["id"], today=TODAY, as_at=END)
    assert shown["flags"]["no_reportable_progress"] is None


def test_a_narrative_in_the_period_is_reportable_progress_and_one_before_it_is_not(area: Cast) -> None:
    plan = make_plan(area.editor)
    priority = make_priority(area.editor, plan["id"])
    in_period(area, plan)
    before, inside, done = (make_action(area.editor, priority, ref=ref) for ref in ("1.1", "1.2", "1.3"))
    update(area.editor, before["id"], narrative="Survey drafted.", effective_on=date(2024, 5, 31))
    update(area.editor, inside["id"], narrative="Survey live.", effective_on=JUNE)
    update(area.editor, done["id"], status="complete", effective_on=date(2024, 5, 20))
    assert unreported(area, plan, END) == {"action_points": 1, "actions": 1}
    found = see(
        actions.list_actions,
        area.viewer,
        plan["id"],
        today=TODAY,
        as_at=END,
        wanted=Filter(flag="no_reportable_progress"),
    )
    assert [one["id"] for one in found["items"]] == [before["id"]]
    assert found["total"] == 1


def test_the_list_and_the_count_of_every_flag_agree_in_a_period(area: Cast) -> None:
    plan = make_plan(area.editor)
    priority = make_priority(area.editor, plan["id"])
    in_period(area, plan)
    late = make_action(area.editor, priority, ref="1.1", due_on=date(2024, 6, 10))
    make_action(area.editor, priority, ref="1.2", start_on=date(2024, 6, 2))
    update(
        area.editor,
        late["id"],
        status="delayed",
        forecast_on=date(2024, 9, 1),
        effective_on=JUNE,
        narrative="Late.",
    )
    for day in (date(2024, 5, 31), JUNE, END):
        figures = see(progress.progress, area.viewer, plan["id"], today=TODAY, as_at=day)["overall"]["flags"]
        for flag in FLAGS:
            found = see(
                actions.list_actions,
                area.viewer,
                plan["id"],
                today=TODAY,
                as_at=day,
                wanted=Filter(flag=flag, priority_id=priority["id"]),
            )
            assert found["total"] == (figures[flag] or {"actions": 0})["actions"], (day, flag)


def test_progress_over_time_is_told_with_the_period_of_each_day(area: Cast) -> None:
    plan = make_plan(area.editor)
    make_action(area.editor, make_priority(area.editor, plan["id"]))
    in_period(area, plan)
    found = see(progress.history, area.viewer, plan["id"], today=TODAY, first_day=MAY, last_day=END)
    flags = [one["overall"]["flags"]["no_reportable_progress"] for one in found["history"]]
    assert flags == [None, {"action_points": 1, "actions": 1}]


@pytest.mark.parametrize(
    ("then", "now", "direction"), [(4, 2, "improving"), (2, 2, "stable"), (2, 4, "worsening")]
)
def test_a_risk_moves_since_the_last_published_period(
    area: Cast, then: int, now: int, direction: str
) -> None:
    plan = make_plan(area.editor)
    register = make_register(area.editor, plan_id=plan["id"])
    pair = {"likelihood": then, "impact": 3}
    risk = make_risk(area.editor, register["id"], current=pair)
    period = in_period(area, plan, MAY, date(2024, 5, 31))
    assess(area.editor, risk["id"], current={"likelihood": now, "impact": 3}, effective_on=date(2024, 6, 10))

    def told(day: date) -> str:
        return str(see(risks.get_risk, area.viewer, risk["id"], today=TODAY, as_at=day)["direction"])

    assert told(END) == "no_data", "the period is not published yet"
    do(publications.publish, area.editor, period["id"], version=period["version"])
    assert told(END) == direction
    assert told(date(2024, 5, 31)) == "no_data", "the period had not ended before that day"
    assert told(date(2024, 5, 31) + timedelta(days=1)) == "stable"


def test_only_the_published_periods_of_the_own_plan_count(area: Cast) -> None:
    risk, published = a_risk_and_a_published_period(area.editor, "PAP", date(2024, 4, 30))
    assess(area.editor, risk["id"], current={"likelihood": 1, "impact": 3}, effective_on=date(2024, 5, 10))
    # Measured from the last day of one of these, the score would not have moved.
    a_risk_and_a_published_period(area.editor, "DBV", date(2024, 5, 31))
    a_risk_and_a_published_period(area.stranger, "PAP", date(2024, 5, 31))
    for day in (END, TODAY):
        found = see(risks.get_risk, area.viewer, risk["id"], today=TODAY, as_at=day)
        assert found["direction"] == "improving"
    assert see(publications.replayed, area.viewer, published["id"]) == {"agrees": True, "differences": []}


def test_replay_gives_the_directions_that_were_published_beside_other_plans(area: Cast) -> None:
    risk, first = a_risk_and_a_published_period(area.editor, "PAP", date(2024, 4, 30))
    a_risk_and_a_published_period(area.editor, "DBV", date(2024, 5, 31))
    assess(area.editor, risk["id"], current={"likelihood": 1, "impact": 3}, effective_on=date(2024, 5, 10))
    second = make_period(area.editor, first["plan_id"], ref="Q2", first_day=MAY, last_day=END)
    do(publications.publish, area.editor, second["id"], version=second["version"])
    assert see(publications.replayed, area.viewer, second["id"])["differences"] == []


def a_risk_and_a_published_period(editor: Principal, ref: str, last_day: date) -> tuple[Shown, Shown]:
    """A plan with a register, a risk of score 6 in it, and a published period that ends on a day."""
    plan = make_plan(editor, ref=ref)
    register = make_register(editor, ref=ref, plan_id=plan["id"])
    risk = make_risk(editor, register["id"], current={"likelihood": 2, "impact": 3})
    period = make_period(editor, plan["id"], first_day=ADDED, last_day=last_day)
    do(publications.publish, editor, period["id"], version=period["version"])
    return risk, period
