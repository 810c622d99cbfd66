"""Workers that slept: over 400 days each due time becomes one run: sent in time, late once, or skipped."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.models.schedule_runs import RunState
from app.models.schedules import MissedRule
from app.schedules.rules import Rule, RuleKind, Weekday, due_times
from app.services.run_dues import ON_TIME, decided
from tests.rules.test_schedule_rules import END, HOLIDAYS, MEETINGS, RULES, START

FIVE = timedelta(minutes=5)
DAY = timedelta(days=1)
DAILY = Rule(RuleKind.cron, expression="30 1 * * *")


@settings(max_examples=40, deadline=None)
@given(
    RULES.filter(lambda one: one.kind is not RuleKind.cron) | st.just(DAILY),
    st.lists(st.tuples(st.integers(0, 399), st.integers(1, 90)), max_size=4),
    st.sampled_from(MissedRule),
)
def test_each_due_time_is_settled_once_however_workers_sleep(
    one: Rule, sleeps: list[tuple[int, int]], missed: MissedRule
) -> None:
    asleep = [(START + first * DAY, START + (first + days) * DAY) for first, days in sleeps]
    whole = due_times(one, START, END, meetings=MEETINGS, holidays=HOLIDAYS)
    # A worker comes five minutes after each due time, and when one wakes.
    looks = {END, *(end for _begin, end in asleep), *(each + FIVE for each in whole)}
    settled, found = START, []
    for now in sorted(looks):
        if now > END or any(begin < now < end for begin, end in asleep):
            continue
        due = due_times(one, settled, now, meetings=MEETINGS, holidays=HOLIDAYS)
        entered = decided(due, missed, now)
        late = [each for each in entered if each.state is RunState.waiting and now - each.due_at > ON_TIME]
        assert len(late) <= (missed is MissedRule.send_late)
        assert all(each.state is RunState.waiting for each in entered if now - each.due_at <= ON_TIME)
        if due and missed is MissedRule.send_late:
            assert entered[-1].state is RunState.waiting
        settled = now
        # Of hundreds of skipped due times the last hundred are shown, and the others counted.
        found += [each.due_at for each in entered]
        assert len(entered) == len(due) or "earlier due times" in str(entered[0].note)
    assert found == sorted(set(found))
    assert set(found) <= set(whole)


@pytest.mark.parametrize(
    ("missed", "states"),
    [
        (MissedRule.send_late, [RunState.skipped, RunState.skipped, RunState.waiting]),
        (MissedRule.skip, [RunState.skipped] * 3),
    ],
)
def test_three_mondays_that_were_slept_through_make_one_message_or_none(
    missed: MissedRule, states: list[RunState]
) -> None:
    mondays = Rule.of({"kind": RuleKind.weekly, "weekday": Weekday.monday, "time": "08:00"})
    now = datetime(2024, 4, 17, 12, tzinfo=UTC)
    due = due_times(mondays, datetime(2024, 3, 26, tzinfo=UTC), now)
    entered = decided(due, missed, now)
    assert [one.state for one in entered] == states
    # Easter Monday and two more, all in summer time.
    assert [f"{one.due_at:%d %H}" for one in entered] == ["01 07", "08 07", "15 07"]
