"""Cadences: periods follow each other day by day, month ends and leap years right; and what is refused."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.plans.cadence import (
    LATEST_DAY,
    Cadence,
    CadenceKind,
    Days,
    Fault,
    Span,
    faults,
    proposals,
    span_around,
    spans,
    weekend_day,
)

DAY = timedelta(days=1)
quick = settings(max_examples=200, deadline=None)
KINDS = [CadenceKind.monthly, CadenceKind.six_weekly, CadenceKind.quarterly]
days = st.dates(date(1990, 1, 1), date(2090, 12, 31))


def d(text: str) -> date:
    return date.fromisoformat(text)


def monthly(anchor: str = "2024-04-01", **given: int) -> Cadence:
    return Cadence(CadenceKind.monthly, d(anchor), **given)


@st.composite
def cadences(draw: st.DrawFn) -> Cadence:
    kind = draw(st.sampled_from(list(CadenceKind)))
    anchor = draw(days)
    if kind is CadenceKind.fixed_dates:
        gaps = draw(st.lists(st.integers(0, 200), min_size=1, max_size=8))
        last_days = tuple(
            anchor + timedelta(days=sum(gaps[: place + 1]) + place) for place in range(len(gaps))
        )
        return Cadence(kind, anchor, last_days=last_days)
    if kind is CadenceKind.relative_to_meetings:
        before = draw(st.integers(0, 92))
        gaps = draw(st.lists(st.integers(0, 200), min_size=1, max_size=8))
        meetings = tuple(
            anchor + timedelta(days=before + sum(gaps[: place + 1]) + place) for place in range(len(gaps))
        )
        return Cadence(kind, anchor, meetings=meetings, days_before=before)
    return Cadence(kind, anchor, meeting_days_after=draw(st.none() | st.integers(0, 92)))


# --- What follows from a cadence --------------------------------------------------------------------------


@quick
@given(cadences(), days, st.integers(1, 12))
def test_periods_follow_each_other_and_cover_every_day_once(
    cadence: Cadence, after: date, number: int
) -> None:
    assert faults(cadence) == []
    found = spans(cadence, after, number)
    if found and cadence.kind in KINDS:
        assert found[0].first_day == after + DAY
    if found:
        assert found[0].first_day == max(after + DAY, cadence.anchor) or cadence.kind in KINDS
    for earlier, later in pairwise(found):
        assert later.first_day == earlier.last_day + DAY
    for span in found:
        assert after < span.first_day <= span.last_day <= LATEST_DAY
        assert span.meeting_on is None or span.meeting_on >= span.last_day


@quick
@given(cadences(), days, st.integers(1, 6))
def test_where_a_period_ends_does_not_depend_on_where_the_search_begins(
    cadence: Cadence, after: date, number: int
) -> None:
    found = spans(cadence, after, number)
    for place, span in enumerate(found):
        assert spans(cadence, span.first_day - DAY, number - place) == found[place:]


@quick
@given(st.sampled_from(KINDS), days, days)
def test_every_day_is_in_exactly_one_period(kind: CadenceKind, anchor: date, day: date) -> None:
    cadence = Cadence(kind, anchor)
    around = span_around(cadence, day)
    assert around is not None
    assert around.first_day <= day <= around.last_day
    assert span_around(cadence, around.first_day) == span_around(cadence, around.last_day) == around
    if around.first_day > d("1990-01-02"):
        before = span_around(cadence, around.first_day - DAY)
        assert before is not None
        assert before.last_day == around.first_day - DAY


@quick
@given(cadences(), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 120)), max_size=5), days)
def test_proposals_and_existing_periods_cover_every_day_once(
    cadence: Cadence, gaps: list[tuple[int, int]], start: date
) -> None:
    taken, day = [], start
    for gap, length in gaps:
        first = day + timedelta(days=gap)
        taken.append(Days(first, first + timedelta(days=length)))
        day = taken[-1].last_day + DAY
    found = proposals(cadence, taken, start, 20)
    covered = sorted([Days(span.first_day, span.last_day) for span in found] + taken)
    for earlier, later in pairwise(covered):
        assert earlier.last_day < later.first_day, "overlap"
    for span in found:
        assert span.first_day >= start
        natural = span_around(cadence, span.last_day)
        assert natural is not None
        assert span.last_day == natural.last_day or span.last_day + DAY in {one.first_day for one in taken}
    if cadence.kind in KINDS and found:
        ends = [one.last_day for one in covered]
        until = found[-1].last_day
        assert sum((one.last_day - one.first_day).days + 1 for one in covered if one.last_day <= until) == (
            (until - start).days + 1
        ), ends


# --- Months, quarters, weeks ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "anchor, after, expected",
    [
        ("2024-04-01", "2024-03-31", [("2024-04-01", "2024-04-30"), ("2024-05-01", "2024-05-31")]),
        ("2024-04-01", "2024-01-31", [("2024-02-01", "2024-02-29"), ("2024-03-01", "2024-03-31")]),
        ("2024-04-01", "2023-01-31", [("2023-02-01", "2023-02-28"), ("2023-03-01", "2023-03-31")]),
        # The 31st of a shorter month is its last day, and the next month has its 31st again.
        ("2024-01-31", "2024-01-30", [("2024-01-31", "2024-02-28"), ("2024-02-29", "2024-03-30")]),
        ("2023-01-30", "2023-02-27", [("2023-02-28", "2023-03-29"), ("2023-03-30", "2023-04-29")]),
        # From the middle of a period on: the rest of it first.
        ("2024-04-15", "2024-05-02", [("2024-05-03", "2024-05-14"), ("2024-05-15", "2024-06-14")]),
    ],
)
def test_months(anchor: str, after: str, expected: list[tuple[str, str]]) -> None:
    found = spans(monthly(anchor), d(after), 2)
    assert [(str(one.first_day), str(one.last_day)) for one in found] == expected


def test_quarters_run_from_the_month_of_their_anchor() -> None:
    found = spans(Cadence(CadenceKind.quarterly, d("2030-02-01"), meeting_days_after=18), d("2024-01-31"), 4)
    assert [str(one.last_day) for one in found] == ["2024-04-30", "2024-07-31", "2024-10-31", "2025-01-31"]
    assert [str(one.meeting_on) for one in found] == ["2024-05-18", "2024-08-18", "2024-11-18", "2025-02-18"]


def test_six_weeks_are_42_days_through_clock_changes_and_leap_days() -> None:
    found = spans(Cadence(CadenceKind.six_weekly, d("2024-01-01")), d("2023-11-19"), 20)
    assert {(one.last_day - one.first_day).days + 1 for one in found} == {42}
    assert {one.first_day.weekday() for one in found} == {0}


def test_fixed_dates_end_when_their_list_ends() -> None:
    cadence = Cadence(
        CadenceKind.fixed_dates,
        d("2024-04-01"),
        last_days=(d("2024-04-30"), d("2024-06-30")),
        meeting_days_after=0,
    )
    assert spans(cadence, d("2020-01-01"), 5) == [
        Span(d("2024-04-01"), d("2024-04-30"), d("2024-04-30")),
        Span(d("2024-05-01"), d("2024-06-30"), d("2024-06-30")),
    ]
    assert spans(cadence, d("2024-06-30"), 5) == []
    assert span_around(cadence, d("2024-03-31")) is None
    assert span_around(cadence, d("2024-07-01")) is None
    assert span_around(cadence, d("2024-05-09")) == Span(d("2024-05-01"), d("2024-06-30"), d("2024-06-30"))


def test_periods_end_before_their_meetings() -> None:
    cadence = Cadence(
        CadenceKind.relative_to_meetings,
        d("2024-04-01"),
        meetings=(d("2024-07-18"), d("2024-08-22"), d("2024-10-17")),
        days_before=18,
    )
    assert spans(cadence, d("2024-03-31"), 5) == [
        Span(d("2024-04-01"), d("2024-06-30"), d("2024-07-18")),
        Span(d("2024-07-01"), d("2024-08-04"), d("2024-08-22")),
        Span(d("2024-08-05"), d("2024-09-29"), d("2024-10-17")),
    ]


def test_no_period_is_proposed_after_the_end_of_the_calendar() -> None:
    assert spans(monthly(), d("2100-10-31"), 5)[-1].last_day == LATEST_DAY
    assert spans(monthly(), LATEST_DAY, 5) == []


def test_a_proposal_fills_the_room_that_existing_periods_leave() -> None:
    taken = [Days(d("2024-05-01"), d("2024-05-31")), Days(d("2024-06-20"), d("2024-07-31"))]
    found = proposals(monthly(meeting_days_after=10), taken, d("2024-04-01"), 3)
    assert found == [
        Span(d("2024-04-01"), d("2024-04-30"), d("2024-05-10")),
        Span(d("2024-06-01"), d("2024-06-19"), d("2024-06-29")),
        Span(d("2024-08-01"), d("2024-08-31"), d("2024-09-10")),
    ]


# --- What is refused --------------------------------------------------------------------------------------

FIXED = Cadence(CadenceKind.fixed_dates, d("2024-04-01"), last_days=(d("2024-04-30"), d("2024-06-30")))
MEETINGS = Cadence(
    CadenceKind.relative_to_meetings, d("2024-04-01"), meetings=(d("2024-07-18"),), days_before=14
)


@pytest.mark.parametrize(
    "cadence, fields",
    [
        (FIXED, []),
        (MEETINGS, []),
        (replace(FIXED, last_days=()), ["/last_days"]),
        (replace(FIXED, last_days=(d("2024-04-30"),) * 2), ["/last_days/1"]),
        (
            replace(FIXED, last_days=(d("2024-06-30"), d("2024-05-31"), d("2024-05-31"))),
            ["/last_days/1", "/last_days/2"],
        ),
        (replace(FIXED, last_days=(d("2024-03-31"),)), ["/anchor"]),
        (replace(FIXED, last_days=tuple(d("2024-04-30") + n * DAY for n in range(201))), ["/last_days"]),
        (replace(FIXED, meetings=(d("2024-07-18"),)), ["/meetings"]),
        (replace(FIXED, meeting_days_after=-1), ["/meeting_days_after"]),
        (replace(FIXED, meeting_days_after=93), ["/meeting_days_after"]),
        (replace(MEETINGS, meetings=()), ["/meetings"]),
        (replace(MEETINGS, meetings=(d("2024-04-10"),)), ["/anchor"]),
        (replace(MEETINGS, days_before=None), ["/days_before"]),
        (replace(MEETINGS, days_before=-1), ["/days_before"]),
        (replace(MEETINGS, days_before=93), ["/days_before"]),
        (replace(MEETINGS, meeting_days_after=3), ["/meeting_days_after"]),
        (replace(monthly(), last_days=(d("2024-04-30"),)), ["/last_days"]),
        (replace(monthly(), days_before=3), ["/days_before"]),
        (monthly(meeting_days_after=0), []),
    ],
)
def test_what_gives_no_periods_is_refused_by_its_field(cadence: Cadence, fields: list[str]) -> None:
    found = faults(cadence)
    assert [fault.field for fault in found] == fields
    for fault in found:
        assert isinstance(fault, Fault)
        assert fault.message[0].isupper()
        assert fault.message.endswith(".")


@given(days)
def test_a_weekend_is_two_days_of_every_seven(day: date) -> None:
    week = [weekend_day(day + number * DAY) for number in range(7)]
    assert sorted(week) == ["", "", "", "", "", "Saturday", "Sunday"]
    assert weekend_day(d("2024-07-20")) == "Saturday"
    assert weekend_day(d("2024-07-21")) == "Sunday"
