"""The only reader of the clock. Times are UTC; "today" is the London date."""

from datetime import UTC, date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.config import Environment, settings

LONDON = ZoneInfo("Europe/London")
DEMO_TODAY = date(2024, 7, 1)


class Moment(NamedTuple):
    """When something happens: the UTC time, and the London date that rules call today."""

    now: datetime
    today: date

    @property
    def calendar(self) -> datetime:
        """The UTC time that schedules go by: now; in demo the same time of day on the day taken for today."""
        london = self.now.astimezone(LONDON)
        if london.date() == self.today:
            return self.now
        return datetime.combine(self.today, london.time(), LONDON).astimezone(UTC)


def now() -> datetime:
    """The present time in UTC, never replaced in demo."""
    return datetime.now(UTC)


def today() -> date:
    """The London date; in demo the fixed day that a banner names (SEND_TRACKER_TODAY)."""
    fixed = pinned_today()
    return fixed if fixed else datetime.now(LONDON).date()


def day_of(moment: datetime) -> date:
    """The London date at a time; in demo the fixed day, as there is no other today."""
    return pinned_today() or moment.astimezone(LONDON).date()


def pinned_today() -> date | None:
    """The day that demo takes for today, or None when the real date is used."""
    options = settings()
    if options.environment is Environment.demo:
        return options.today or DEMO_TODAY
    return None


def moment() -> Moment:
    """Now and today, read together, for one request or one step of a job."""
    return Moment(now(), today())
