"""When schedules are due: every rule, both clock changes, month ends, bank holidays, workers that slept."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.schedules import cron
from app.schedules.holidays import english
from app.schedules.rules import (
    FITTING,
    HolidayRule,
    Rule,
    RuleKind,
    Weekday,
    due_times,
    faults,
    is_working_day,
    moment_of,
    next_due,
)
from app.schedules.words import describe

LONDON = ZoneInfo("Europe/London")
HOLIDAYS = english().days
DAY = timedelta(days=1)
EIGHT = time(8)
# 400 days over two changes to summer time and two back, a leap day, two Christmases and two Easters.
START = datetime(2023, 12, 1, tzinfo=UTC)
END = START + 400 * DAY
MEETINGS = (date(2024, 1, 3), date(2024, 4, 4), date(2024, 5, 31), date(2024, 10, 28), date(2024, 12, 30))


def rule(kind: RuleKind, at: time | None = EIGHT, **given: Any) -> Rule:
    return Rule(kind, at, **given)


WEEKLY = rule(RuleKind.weekly, weekday=Weekday.monday)


def local(moments: list[datetime]) -> list[str]:
    return [f"{one.astimezone(LONDON):%Y-%m-%d %H:%M}" for one in moments]


def due(one: Rule, first: str, last: str, **given: Any) -> list[str]:
    """The London times from one day to another, both included."""
    after = moment_of(datetime.combine(date.fromisoformat(first), time())) - timedelta(seconds=1)
    until = moment_of(datetime.combine(date.fromisoformat(last) + DAY, time())) - timedelta(seconds=1)
    return local(due_times(one, after, until, **{"meetings": MEETINGS, "holidays": HOLIDAYS} | given))


# --- Each kind of rule ------------------------------------------------------------------------------------


def test_every_monday_is_every_monday() -> None:
    assert due(WEEKLY, "2024-07-01", "2024-07-15") == [
        "2024-07-01 08:00",
        "2024-07-08 08:00",
        "2024-07-15 08:00",
    ]


def test_a_day_that_a_month_does_not_have_is_its_last() -> None:
    last = rule(RuleKind.monthly, day=31)
    assert due(last, "2024-01-01", "2024-04-30") == [
        "2024-01-31 08:00",
        "2024-02-29 08:00",
        "2024-03-31 08:00",
        "2024-04-30 08:00",
    ]
    assert due(rule(RuleKind.monthly, day=30), "2023-02-01", "2023-03-31") == [
        "2023-02-28 08:00",
        "2023-03-30 08:00",
    ]


@pytest.mark.parametrize(("month", "months"), [(1, "01 04 07 10"), (2, "02 05 08 11"), (3, "03 06 09 12")])
def test_a_quarter_has_one_of_its_months(month: int, months: str) -> None:
    found = due(rule(RuleKind.quarterly, day=5, month=month), "2024-01-01", "2024-12-31")
    assert [one[5:7] for one in found] == months.split()


def test_working_days_before_a_meeting_leave_out_weekends_and_bank_holidays() -> None:
    before = rule(RuleKind.working_days_before_meeting, working_days=5)
    # 4 April 2024 is the Thursday after Easter: Friday and Monday are bank holidays.
    assert due(before, "2024-03-01", "2024-04-30") == ["2024-03-26 08:00"]
    # 3 January 2024: New Year's Day, Boxing Day and Christmas Day come before it.
    assert due(before, "2023-12-01", "2024-01-31") == ["2023-12-22 08:00"]
    one = rule(RuleKind.working_days_before_meeting, working_days=1)
    assert due(one, "2024-05-01", "2024-05-31") == ["2024-05-30 08:00"]


def test_the_first_and_last_working_day_leave_out_weekends_and_bank_holidays() -> None:
    assert due(rule(RuleKind.first_working_day), "2024-01-01", "2024-06-30") == [
        "2024-01-02 08:00",
        "2024-02-01 08:00",
        "2024-03-01 08:00",
        "2024-04-02 08:00",
        "2024-05-01 08:00",
        "2024-06-03 08:00",
    ]
    assert due(rule(RuleKind.last_working_day), "2024-03-01", "2024-03-31") == ["2024-03-28 08:00"]


@pytest.mark.parametrize(
    ("what", "days"),
    [
        ("keep", ["2024-05-06 08:00", "2024-05-13 08:00"]),
        ("before", ["2024-05-03 08:00", "2024-05-13 08:00"]),
        ("after", ["2024-05-07 08:00", "2024-05-13 08:00"]),
        ("skip", ["2024-05-13 08:00"]),
    ],
)
def test_a_bank_holiday_is_kept_moved_or_skipped(what: str, days: list[str]) -> None:
    mondays = rule(RuleKind.weekly, weekday=Weekday.monday, holidays=HolidayRule(what))
    assert due(mondays, "2024-05-01", "2024-05-19") == days  # 6 May 2024 is the early May bank holiday


def test_a_day_of_the_month_moves_off_a_weekend_and_a_chosen_saturday_does_not() -> None:
    first = rule(RuleKind.monthly, day=1, holidays=HolidayRule.after)
    assert due(first, "2024-06-01", "2024-06-30") == ["2024-06-03 08:00"]
    saturdays = rule(RuleKind.weekly, weekday=Weekday.saturday, holidays=HolidayRule.skip)
    assert due(saturdays, "2024-06-01", "2024-06-09") == ["2024-06-01 08:00", "2024-06-08 08:00"]


def test_a_day_that_moves_onto_another_is_due_once() -> None:
    each = rule(RuleKind.cron, None, expression="0 8 * * 1-5", holidays=HolidayRule.after)
    assert due(each, "2024-05-03", "2024-05-08") == [
        "2024-05-03 08:00",
        "2024-05-07 08:00",
        "2024-05-08 08:00",
    ]


# --- Clock changes ----------------------------------------------------------------------------------------


def daily(at: str) -> Rule:
    hour, minute = at.split(":")
    return rule(RuleKind.cron, None, expression=f"{int(minute)} {int(hour)} * * *")


def test_a_time_that_does_not_exist_is_due_at_the_first_moment_after_the_gap() -> None:
    for at in ("01:00", "01:30", "01:59"):
        assert due(daily(at), "2024-03-30", "2024-04-01")[1] == "2024-03-31 02:00"
    assert due(daily("02:00"), "2024-03-31", "2024-03-31") == ["2024-03-31 02:00"]


def test_a_time_that_comes_twice_is_due_the_first_time_alone() -> None:
    found = due_times(
        daily("01:30"), datetime(2024, 10, 26, 12, tzinfo=UTC), datetime(2024, 10, 28, tzinfo=UTC)
    )
    assert found == [datetime(2024, 10, 27, 0, 30, tzinfo=UTC)]


def test_eight_in_the_morning_is_eight_in_the_morning_in_summer_and_in_winter() -> None:
    found = due_times(daily("08:00"), START, END)
    assert len(found) == 400
    assert {f"{one.astimezone(LONDON):%H:%M}" for one in found} == {"08:00"}
    assert {one.hour for one in found} == {7, 8}


# --- 400 days, asked for in any steps ---------------------------------------------------------------------

TIMES = st.times().map(lambda one: one.replace(second=0, microsecond=0, tzinfo=None))
MOVES = st.sampled_from(list(HolidayRule))
RULES = st.one_of(
    st.builds(Rule, st.just(RuleKind.weekly), TIMES, st.sampled_from(list(Weekday)), holidays=MOVES),
    st.builds(Rule, st.just(RuleKind.monthly), TIMES, day=st.integers(1, 31), holidays=MOVES),
    st.builds(
        Rule,
        st.just(RuleKind.quarterly),
        TIMES,
        day=st.integers(1, 31),
        month=st.integers(1, 3),
        holidays=MOVES,
    ),
    st.builds(Rule, st.just(RuleKind.working_days_before_meeting), TIMES, working_days=st.integers(1, 60)),
    st.builds(Rule, st.sampled_from([RuleKind.first_working_day, RuleKind.last_working_day]), TIMES),
    st.builds(
        Rule,
        st.just(RuleKind.cron),
        expression=st.builds(
            "{} {} {} * {}".format,
            st.integers(0, 59),
            st.sampled_from(["*", "1", "*/6", "8-18"]),
            st.sampled_from(["*", "1", "L", "29-31"]),
            st.sampled_from(["*", "1", "mon-fri", "5L", "tue#1"]),
        ),
        holidays=MOVES,
    ),
)


def by_the_day(one: Rule, day: date) -> bool:
    """Whether a rule names a day, worked out from the day itself; not of a cron expression."""
    works = is_working_day(day, HOLIDAYS)
    month_end = monthrange(day.year, day.month)[1]
    if one.kind is RuleKind.weekly:
        return day.strftime("%A").lower() == one.weekday
    if one.kind in (RuleKind.monthly, RuleKind.quarterly):
        wanted = min(one.day or 0, month_end)
        return day.day == wanted and (one.kind is RuleKind.monthly or (day.month - 1) % 3 + 1 == one.month)
    before = [date(day.year, day.month, number) for number in range(1, day.day)]
    behind = [date(day.year, day.month, number) for number in range(day.day + 1, month_end + 1)]
    if one.kind is RuleKind.first_working_day:
        return works and not any(is_working_day(other, HOLIDAYS) for other in before)
    if one.kind is RuleKind.last_working_day:
        return works and not any(is_working_day(other, HOLIDAYS) for other in behind)
    return works and any(
        sum(is_working_day(day + n * DAY, HOLIDAYS) for n in range((meeting - day).days)) == one.working_days
        for meeting in MEETINGS
        if meeting > day
    )


@settings(max_examples=80, deadline=None)
@given(RULES.filter(lambda one: one.kind is not RuleKind.cron))
def test_for_400_days_each_day_that_a_rule_names_comes_once_at_its_hour(one: Rule) -> None:
    found = due_times(one, START, END, meetings=MEETINGS, holidays=HOLIDAYS)
    first, last = START.date() + 14 * DAY, END.date() - 14 * DAY
    days = [first + n * DAY for n in range((last - first).days)]
    named = [day for day in days if by_the_day(one, day)]
    free = is_working_day if one.kind is not RuleKind.weekly else lambda day, known: day not in known
    stay = [day for day in named if free(day, HOLIDAYS) or one.holidays is HolidayRule.keep]
    on = {moment.astimezone(LONDON).date() for moment in found}
    assert set(stay) <= on
    moved = len(named) - len(stay) if one.holidays in (HolidayRule.before, HolidayRule.after) else 0
    if one.holidays in (HolidayRule.keep, HolidayRule.skip):
        assert sorted(day for day in on if first <= day < last) == stay
    # Nothing comes but what is named, or moved off a day on which nobody works.
    assert len([day for day in on if first <= day < last and day not in stay]) <= moved + 2
    assert len(on) == len(found)  # none of these rules names a day twice
    for moment in found:
        at = moment.astimezone(LONDON)
        exists = moment_of(datetime.combine(at.date(), one.at or EIGHT)) == moment
        assert exists
        assert at.time() == one.at or (at.date() in (date(2024, 3, 31),) and at.time() == time(2))


@settings(max_examples=80, deadline=None)
@given(RULES, st.lists(st.integers(1, 400 * 24 * 60), max_size=12))
def test_in_whatever_steps_it_is_asked_for_each_due_time_comes_once(one: Rule, minutes: list[int]) -> None:
    whole = due_times(one, START, END, meetings=MEETINGS, holidays=HOLIDAYS)
    edges = sorted({START, END, *(START + timedelta(minutes=each) for each in minutes)})
    stepped: list[datetime] = []
    for after, until in pairwise(edges):
        stepped += due_times(one, after, until, meetings=MEETINGS, holidays=HOLIDAYS)
    assert stepped == whole
    assert whole == sorted(set(whole))
    assert next_due(one, START, 5, meetings=MEETINGS, holidays=HOLIDAYS)[: len(whole)] == whole[:5]


# --- What is asked for, and in words ----------------------------------------------------------------------


def test_the_next_dates_go_as_far_as_they_must() -> None:
    leap = rule(RuleKind.cron, None, expression="0 8 29 2 *")
    assert local(next_due(leap, START, 3)) == ["2024-02-29 08:00", "2028-02-29 08:00", "2032-02-29 08:00"]
    meeting = rule(RuleKind.working_days_before_meeting, working_days=2)
    assert next_due(meeting, START, 5) == []
    assert len(next_due(meeting, START, 5, meetings=MEETINGS[:2])) == 2


@pytest.mark.parametrize(
    ("one", "fields"),
    [
        (Rule(RuleKind.weekly), ["/time", "/weekday"]),
        (rule(RuleKind.weekly, weekday=Weekday.monday, day=3), ["/day"]),
        (rule(RuleKind.monthly, day=32), ["/day"]),
        (rule(RuleKind.quarterly, day=1), ["/month"]),
        (rule(RuleKind.working_days_before_meeting, working_days=0), ["/working_days"]),
        (rule(RuleKind.first_working_day, holidays=HolidayRule.skip), ["/holidays"]),
        (rule(RuleKind.cron, EIGHT, expression="0 8 * * 1"), ["/time"]),
        (Rule(RuleKind.cron), ["/expression"]),
    ],
)
def test_what_does_not_go_together_is_named(one: Rule, fields: list[str]) -> None:
    found = faults(one)
    assert [fault.field for fault in found] == fields
    assert all(fault.message.endswith((".", "1.")) for fault in found)
    assert set(FITTING) >= {field[1:] for field in fields}


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("0 8 * *", "Give five fields"),
        ("0 0 8 * * 1", "Give five fields"),
        ("60 8 * * 1", "The minute cannot be read: 60."),
        ("0 24 * * 1", "The hour cannot be read: 24."),
        ("0 8 32 * 1", "The day of the month cannot be read: 32."),
        ("0 8 * 13 1", "The month cannot be read: 13."),
        ("0 8 * * someday", "The day of the week cannot be read: someday."),
        ("* 8 * * *", "Give one number from 0 to 59 as the minute"),
        ("*/5 8 * * *", "Give one number from 0 to 59 as the minute"),
        ("0,30 8 * * *", "Give one number from 0 to 59 as the minute"),
        ("0 8 1-31/99999999999 * *", "The day of the month cannot be read: 1-31/99999999999."),
        ("0 0-23/24 * * *", "The hour cannot be read: 0-23/24."),
        ("0 8 30 2 *", "This is never due"),
        ("0 8 * * é", "Give at most 100 characters"),
        ("0 8 * * " + "1," * 60 + "1", "Give at most 100 characters"),
        ("", "Give five fields"),
        ("@daily", "Give five fields"),
    ],
)
def test_a_wrong_expression_is_refused_by_the_field_that_is_wrong(expression: str, words: str) -> None:
    assert cron.fault(expression).startswith(words)


@given(st.text(max_size=40) | st.from_regex(r"[0-9*,/#L a-z-]{1,30}", fullmatch=True))
def test_no_text_as_an_expression_does_worse_than_be_refused(text: str) -> None:
    if not cron.fault(text):
        assert next_due(Rule(RuleKind.cron, expression=text), START, 1)
        assert describe(Rule(RuleKind.cron, expression=text))


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (WEEKLY, "Every Monday at 08:00"),
        (
            rule(RuleKind.weekly, time(7, 5), weekday=Weekday.friday, holidays=HolidayRule.before),
            "Every Friday at 07:05, or on the working day before where that is a bank holiday",
        ),
        (rule(RuleKind.monthly, day=1), "On the 1st of each month at 08:00"),
        (rule(RuleKind.monthly, day=31), "On the last day of each month at 08:00"),
        (rule(RuleKind.monthly, day=30), "On the 30th (or last day) of each month at 08:00"),
        (
            rule(RuleKind.quarterly, day=2, month=2, holidays=HolidayRule.skip),
            "On the 2nd of February, May, August and November at 08:00, but not on a weekend or bank holiday",
        ),
        (
            rule(RuleKind.working_days_before_meeting, time(9), working_days=5),
            "Five working days before each board meeting, at 09:00",
        ),
        (
            rule(RuleKind.working_days_before_meeting, working_days=1),
            "One working day before each board meeting, at 08:00",
        ),
        (
            rule(RuleKind.working_days_before_meeting, working_days=12),
            "12 working days before each board meeting, at 08:00",
        ),
        (rule(RuleKind.first_working_day), "On the first working day of each month at 08:00"),
        (rule(RuleKind.last_working_day), "On the last working day of each month at 08:00"),
        (Rule(RuleKind.cron, expression="0 8 * * 1"), "At 08:00 on Monday"),
        (Rule(RuleKind.cron, expression="0 8 31 * *"), "At 08:00 on the 31st day of every month"),
        (
            Rule(RuleKind.cron, expression="0 8 29 2 1"),
            "At 08:00 on the 29th day of the month or on Monday in February",
        ),
        (
            Rule(RuleKind.cron, expression="0 8 1,15 * mon-fri"),
            "At 08:00 on the first and the 15th day of the month or on Monday through Friday",
        ),
    ],
)
def test_a_rule_is_told_in_words(one: Rule, words: str) -> None:
    assert describe(one) == words


def test_either_of_two_days_is_due_as_the_words_say() -> None:
    found = list(islice(cron.times("0 8 29 2 1", date(2024, 2, 20)), 3))
    assert [one.date() for one in found] == [date(2024, 2, 26), date(2024, 2, 29), date(2025, 2, 3)]


def test_the_shipped_bank_holidays_are_those_of_england() -> None:
    known = english()
    assert {date(2024, 3, 29), date(2024, 4, 1), date(2024, 5, 6), date(2024, 12, 26)} <= known.days
    assert date(2024, 1, 2) not in known.days  # Scotland's
    assert known.known_until >= date(2026, 12, 31)
