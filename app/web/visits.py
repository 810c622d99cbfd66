"""One request of somebody signed in, as routes and presenters hand it on."""

from datetime import date
from typing import NamedTuple

from app.access.roles import Principal
from app.clock import Moment
from app.web.presenters.dates import PeriodLine, Position, position


class Visit(NamedTuple):
    """Who asks, when, and the day that the figures are for. ``path`` is the page's own address.

    ``period`` is the one that the day lies in, of the plan that the page is about (``period_line``).
    """

    who: Principal
    at: Moment
    day: date
    path: str
    period: PeriodLine | None = None

    @property
    def as_at(self) -> str:
        """The past day as an address keeps it, or "" today."""
        return self.day.isoformat() if self.day < self.at.today else ""

    @property
    def query(self) -> str:
        """What links to other pages add to stay at the same past day; "" today."""
        return f"?as_at={self.as_at}" if self.as_at else ""

    def position(self, kept: tuple[tuple[str, str], ...] = ()) -> Position:
        """The line that says which day the figures are of; ``kept`` are the page's own filters."""
        return position(self.day, self.at.today, self.path, kept, self.period)
