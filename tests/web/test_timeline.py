"""The timeline draws what the figures say: bars on one scale of days, and what should be complete by when."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.charts.burn_up import BOTTOM, TOP, burn_up
from app.charts.gantt import Span, bar, scale
from app.services import timelines
from tests import factories
from tests.web.conftest import links, plan_path, words

DAY = date(2024, 7, 1)
_days = st.none() | st.dates(date(2023, 1, 1), date(2026, 12, 31))
_spans = st.builds(Span, _days, _days, _days, _days)


@given(st.lists(_spans, max_size=8))
def test_every_bar_lies_on_the_scale_and_begins_where_its_action_does(spans):
    on = scale(spans, None, None, DAY)
    assert 0 <= on.day_x <= 100
    assert len(on.ticks) <= 8
    for span in spans:
        drawn = bar(span, on, DAY)
        assert (drawn is None) == (span.start is None and span.deadline is None)
        if drawn is None:
            continue
        assert drawn.x == on.place(span.start or span.deadline)
        assert 0 <= drawn.x <= drawn.x + drawn.width <= 100.8
        assert drawn.is_open == (span.deadline is None)
        if drawn.late_end is not None:
            assert drawn.late_end >= drawn.late_x


def test_a_late_action_has_a_line_to_the_day_or_to_its_forecast():
    on = scale([], date(2024, 1, 1), date(2024, 12, 31), DAY)
    late = bar(Span(date(2024, 1, 1), date(2024, 6, 1), None, None), on, DAY)
    assert late is not None
    assert late.late_end == on.day_x
    forecast = bar(Span(date(2024, 1, 1), date(2024, 6, 1), date(2024, 9, 1), None), on, DAY)
    assert forecast is not None
    assert forecast.late_end == on.place(date(2024, 9, 1))
    done = bar(Span(date(2024, 1, 1), date(2024, 6, 1), None, date(2024, 6, 20)), on, DAY)
    assert done is not None
    assert done.late_end is None
    assert done.done_x == on.place(date(2024, 6, 20))


def test_a_date_that_is_years_off_does_not_flatten_the_rest():
    on = scale([Span(date(2024, 5, 1), date(2204, 5, 1), None, None)], None, None, DAY)
    assert on.last.year < 2031
    assert on.place(date(2204, 5, 1)) == 100


def test_a_burn_up_has_what_is_complete_what_was_due_and_all_of_them():
    counts = [(date(2024, 4, 30), 0, 0), (date(2024, 5, 31), 8, 1), (date(2024, 6, 30), 10, 4)]
    due = {date(2024, 5, 31): 3, date(2024, 6, 1): 2, date(2024, 9, 1): 5}
    chart = burn_up("b", counts, due, date(2024, 9, 15))
    assert chart is not None
    assert [(one.day, one.total, one.complete, one.due) for one in chart.months] == [
        (date(2024, 5, 31), 8, 1, 3),
        (date(2024, 6, 30), 10, 4, 5),
        (date(2024, 7, 31), None, None, 5),
        (date(2024, 8, 31), None, None, 5),
        (date(2024, 9, 15), None, None, 10),
    ]
    assert chart.description.startswith("On 30 June 2024, 4 of 10 action points are complete; 5 were due")
    assert chart.day_words == "30 June 2024"
    assert [one.words for one in chart.labels] == ["31 May 2024", "31 Jul 2024", "15 Sep 2024"]
    assert len(chart.total) == len(chart.complete) == 1
    assert chart.due[-1].y2 == TOP, "all ten are due by the end"
    assert all(TOP <= line.y2 <= BOTTOM for line in (*chart.total, *chart.complete, *chart.due))
    assert burn_up("b", counts[:2], due, None) is None, "one day is no line"


def test_the_timeline_shows_every_action_point_by_priority_with_its_dates(viewer):
    path = f"{plan_path(viewer)}/timeline"
    html = viewer.get(f"{path}?as_at=2024-06-30")
    text = words(html)
    assert "93 action points, 89 distinct actions." in text
    assert "17 of 93 action points are complete. 22 were due by 30 June 2024." in text
    assert html.count('class="ganttcell"') == 93
    assert "Priority 2: Information gathering and sharing" in text
    assert "4 complete, 1 on target and 4 delayed. The rows below have each action with its dates." in text
    assert "1 Apr 2024 Due 31 May 2024 Delayed Overdue by 30 days" in text
    assert links(html, f"{plan_path(viewer)}\\?as_at=2024-06-30"), "the way back stays at the day"
    assert f"{path}?as_at=2024-06-30" in viewer.get(f"{plan_path(viewer)}?as_at=2024-06-30")


def test_what_is_late_or_falls_due_is_shown_alone(viewer):
    path = f"{plan_path(viewer)}/timeline"
    text = words(viewer.get(f"{path}?show=due&as_at=2024-07-01"))
    assert "open and due until 29 July 2024" in text
    assert "1.9 Carry out the parent and carer survey" in text
    one = next(link for link in links(viewer.get(path), "/priorities/"))
    of_one = words(viewer.get(f"{path}?priority={one.rpartition('/')[2]}"))
    assert "9 actions." in of_one
    assert "Priority 2:" not in of_one
    empty = words(viewer.get(f"{path}?show=due&as_at=2024-04-01"))
    assert "No open action is late or falls due until 29 April 2024. Show all actions" in empty


def test_what_no_form_offers_is_refused(viewer, stranger):
    path = f"{plan_path(viewer)}/timeline"
    for query in ("show=all", "priority=x"):
        viewer.get(f"{path}?{query}", expected=422)
    viewer.get(f"{path}?priority=01900000-0000-7000-8000-000000000000", expected=404)
    stranger.get(path, expected=404)


def test_only_so_many_are_drawn_at_once(area, viewer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(timelines, "MOST_ROWS", 50)
    html = viewer.get(f"{plan_path(viewer)}/timeline")
    assert html.count('class="ganttcell"') == 50
    assert "choose one priority" in words(html)


def test_an_action_without_dates_has_words_and_no_bar(area, viewer):
    plan = factories.make_plan(area, ref="NEW")
    priority = factories.make_priority(area, plan["id"])
    factories.make_action(area, priority, ref="1.1", start_on=None, due_on=None)
    factories.make_action(area, priority, ref="1.2", start_on=DAY - timedelta(days=9), due_on="ongoing")
    text = words(viewer.get(f"/plans/{plan['id']}/timeline"))
    assert "Start Not stated Due No due date" in text
    assert "Due Ongoing" in text
    bare = factories.make_plan(area, ref="BARE")
    assert "No actions have been added yet." in words(viewer.get(f"/plans/{bare['id']}/timeline"))


def test_what_was_due_by_a_past_day_is_counted_by_the_actions_of_that_day(area, viewer):
    plan = factories.make_plan(area, ref="MOVED")
    priority = factories.make_priority(area, plan["id"])
    may = date(2024, 5, 1)
    moved, dropped = (
        factories.make_action(area, priority, ref=ref, effective_on=may, due_on=date(2024, 5, 5))
        for ref in ("1.1", "1.2")
    )
    june = date(2024, 6, 20)
    factories.update(area, moved["id"], due_on=date(2024, 8, 30), effective_on=june, reason="Moved")
    factories.withdraw(area, dropped["id"], effective_on=june)
    factories.make_action(area, priority, ref="1.3", effective_on=june, due_on=date(2024, 5, 20))
    path = f"/plans/{plan['id']}/timeline"
    text = words(viewer.get(path))
    assert "31 May 2024 Complete 0 Due by then 2 Action points 2" in text
    assert "1 Jul 2024 Complete 0 Due by then 1 Action points 2" in text
    assert "counted by the actions and due dates of that day" in text
    before = words(viewer.get(f"{path}?as_at=2024-05-31"))
    assert before.count("Overdue by 26 days") == 2, "the page of that day has the same"


def test_days_to_come_are_counted_by_the_actions_of_the_day_of_the_page(area, viewer):
    plan = factories.make_plan(area, ref="AHEAD", ends_on=date(2024, 9, 30))
    priority = factories.make_priority(area, plan["id"])
    action = factories.make_action(area, priority, due_on=date(2024, 7, 20))
    factories.update(
        area, action["id"], due_on=date(2024, 8, 20), effective_on=date(2024, 6, 1), reason="Moved"
    )
    path = f"/plans/{plan['id']}/timeline"
    now = words(viewer.get(path))
    assert "31 Jul 2024 Complete To come Due by then 0" in now
    assert "31 Aug 2024 Complete To come Due by then 1" in now
    assert "Days to come are counted by those of 1 July 2024." in now
    then = words(viewer.get(f"{path}?as_at=2024-05-31"))
    assert "31 Jul 2024 Complete To come Due by then 1" in then


def test_a_plan_whose_actions_are_all_withdrawn_does_not_say_that_none_was_added(area, viewer):
    plan = factories.make_plan(area, ref="GONE")
    action = factories.make_action(area, factories.make_priority(area, plan["id"]))
    factories.withdraw(area, action["id"])
    path = f"/plans/{plan['id']}/timeline"
    html = viewer.get(path)
    assert "Every action has been withdrawn." in words(html)
    assert "There are no actions on 1 July 2024." in words(html)
    assert "added yet" not in html
    assert "0 of 0" not in html
    assert "No actions have been added yet." in words(viewer.get(f"{path}?as_at=2024-03-31"))
