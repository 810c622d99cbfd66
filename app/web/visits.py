"""One request of somebody signed in, as routes and presenters hand it on."""

from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode

from app.access.roles import Principal
from app.clock import Moment
from app.web.presenters.dates import PeriodLine, Position, position


class Visit(NamedTuple):
    """Who asks, when, and the day that the figures are for. ``path`` is the page's own address.

    ``compare`` is an earlier day whose figures stand beside those of the day, if one was asked for.
    ``period`` is the one that the day lies in, of the plan that the page is about (``period_line``).
    ``since`` is the last day of its last published one before the day: directions are measured from it.
    """

    who: Principal
    at: Moment
    day: date
    path: str
    period: PeriodLine | None = None
    compare: date | None = None
    since: date | None = None

    @property
    def place(self) -> int | None:
        """The place of the area's newest journal entry when the visitor was looked up."""
        return self.who.area_sequence or None

    @property
    def as_at(self) -> str:
        """The past day as an address keeps it, or "" today."""
        return self.day.isoformat() if self.day < self.at.today else ""

    @property
    def query(self) -> str:
        """What links to other pages add to stay at the same days; "" today."""
        pairs = [(name, value) for name, value in self.days if value]
        return f"?{urlencode(pairs)}" if pairs else ""

    @property
    def days(self) -> tuple[tuple[str, str], ...]:
        """The days as an address keeps them, "" for today and where nothing is compared."""
        return ("as_at", self.as_at), ("compare", self.compare.isoformat() if self.compare else "")

    def position(self, kept: tuple[tuple[str, str], ...] = ()) -> Position:
        """The line that says which day the figures are of; ``kept`` are the page's own filters."""
        return position(self.day, self.at.today, self.path, kept, self.period)
