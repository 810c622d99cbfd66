"""The time that schedules go by."""

from datetime import UTC, date, datetime

import pytest

from app.clock import Moment


@pytest.mark.parametrize(
    ("now", "today", "calendar"),
    [
        # London's own day: the time itself, also where it is another day in UTC.
        (datetime(2024, 7, 1, 8, 30, tzinfo=UTC), date(2024, 7, 1), datetime(2024, 7, 1, 8, 30, tzinfo=UTC)),
        (
            datetime(2024, 7, 1, 23, tzinfo=UTC),
            date(2024, 7, 2),
            datetime(2024, 7, 1, 23, tzinfo=UTC),
        ),
        # A demonstration: the same time of day in London, on the day taken for today.
        (datetime(2026, 11, 22, 8, 0, tzinfo=UTC), date(2024, 7, 1), datetime(2024, 7, 1, 7, 0, tzinfo=UTC)),
    ],
)
def test_schedules_go_by_the_day_taken_for_today(now: datetime, today: date, calendar: datetime) -> None:
    assert Moment(now, today).calendar == calendar
