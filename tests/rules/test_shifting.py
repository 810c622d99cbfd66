"""Dates of a plan that is copied, and refs of what is new."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.plans.next_ref import next_ref
from app.plans.shifting import shifted

DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("day", "first", "to", "moved"),
    [
        (date(2024, 6, 30), date(2024, 4, 1), date(2025, 4, 1), date(2025, 6, 30)),
        # The end of a quarter stays the end of one, through a leap year too.
        (date(2024, 2, 29), date(2024, 1, 1), date(2025, 1, 1), date(2025, 2, 28)),
        (date(2025, 2, 28), date(2025, 1, 1), date(2028, 1, 1), date(2028, 2, 29)),
        (date(2024, 6, 30), date(2024, 4, 1), date(2024, 5, 1), date(2024, 7, 31)),
        (date(2024, 1, 30), date(2024, 1, 1), date(2024, 2, 1), date(2024, 2, 29)),
        (date(2024, 12, 15), date(2024, 4, 1), date(2023, 4, 1), date(2023, 12, 15)),
        (date(2024, 6, 30), date(2024, 4, 1), date(2024, 4, 8), date(2024, 7, 7)),
    ],
)
def test_dates_move_by_whole_months_where_the_first_days_fall_alike(day, first, to, moved):
    assert shifted(day, first, to) == moved


@given(DAYS, DAYS, DAYS, DAYS)
def test_what_was_not_before_something_is_not_so_afterwards(one, other, first, to):
    earlier, later = sorted((one, other))
    assert shifted(earlier, first, to) <= shifted(later, first, to)
    assert shifted(first, first, to) == to or (first.day == to.day and first.month != to.month)


def test_a_day_beyond_every_calendar_is_no_day():
    for day, first, to in (
        (date(9999, 12, 1), date(2024, 1, 1), date(2024, 2, 1)),
        (date(9999, 12, 1), date(2024, 1, 1), date(2024, 3, 2)),
        (date(1, 1, 1), date(2024, 1, 1), date(2023, 1, 1)),
    ):
        with pytest.raises(OverflowError):
            shifted(day, first, to)


@pytest.mark.parametrize(
    ("last", "taken", "within", "proposed"),
    [
        ("2.5", {"2.5"}, "", "2.6"),
        ("2.9", {"2.9", "2.10"}, "", "2.11"),
        ("A-07", {"A-07"}, "", "A-08"),
        ("1b.6 (new)", {"1b.6 (new)"}, "", "1b.7 (new)"),
        (None, set(), "PAP 3", "3.1"),
        (None, {"3.1"}, "PAP 3", "3.2"),
        (None, set(), "Leadership", ""),
        ("Survey", {"Survey"}, "", ""),
        ("1" * 9 + "x" * 21, set(), "", "1" * 8 + "2" + "x" * 21),
        ("9" * 9 + "x" * 21, set(), "", ""),
    ],
)
def test_a_new_ref_counts_on_from_the_last_one(last, taken, within, proposed):
    assert next_ref(last, taken, within=within) == proposed
