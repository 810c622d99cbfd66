"""The heat map on a register's page: which day it shows, and what its cells link to."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from app.charts.heat_map import heat_map
from app.errors import invalid
from app.services.registers import matrix_of
from app.web.presenters import lists
from app.web.presenters.dates import long_date
from app.web.presenters.risks import placed
from app.web.visits import Visit

NOT_CLOSED = "not_closed"
"""The state that a list is filtered by for what the map shows: it leaves closed risks out, and only those."""
LAST_PERIOD = "last"
"""What the address says where the map is to show the last published period."""
ANCHOR, LIST = "heat-map", "register"
_CELL = re.compile(r"(now|target)-(10|[1-9])-(10|[1-9])", re.ASCII)


class Cell(NamedTuple):
    """A cell that a list is narrowed to: the risks that are there ("now"), or that should be ("target")."""

    kind: str
    likelihood: int
    impact: int

    @property
    def words(self) -> str:
        """The cell as a filter says it: "Now at likelihood 4, impact 4"."""
        kind = "Now" if self.kind == "now" else "Target"
        return f"{kind} at likelihood {self.likelihood}, impact {self.impact}"


def cell_of(typed: str) -> Cell | None:
    """The cell that an address names ("now-4-4"); None for none. Raises Invalid for what names none."""
    if not typed:
        return None
    found = _CELL.fullmatch(typed)
    if found is None:
        raise invalid("/cell", "Choose a cell of the heat map.")
    return Cell(found[1], int(found[2]), int(found[3]))


class Choice(NamedTuple):
    """One of the days that the map can show; ``is_shown`` for the one that it does."""

    words: str
    url: str
    is_shown: bool


class Section(NamedTuple):
    """The map; ``choices`` is empty where no period was published before the day.

    ``earlier`` is the day in words where it is not the page's own.
    """

    map: Any
    query: str
    cell_url: str
    choices: tuple[Choice, ...]
    earlier: str


def map_visit(visit: Visit, asked: str) -> Visit:
    """The visit whose day the map shows: of the page, or of the last published period that ended before."""
    if asked != LAST_PERIOD or visit.since is None:
        return visit
    return visit._replace(day=visit.since, compare=None)


def section(visit: Visit, grid: Mapping[str, Any], asked: str, kept: list[tuple[str, str]]) -> Section:
    """The map of a scored register from ``grid``, its answer for the day of ``map_visit``.

    ``kept`` are the filters of the list below, which the switch leaves as they are.
    """
    of_map = map_visit(visit, asked)
    is_earlier = of_map is not visit
    days = [(name, value) for name, value in of_map.days if value]
    narrowed = [*days, *([("map", asked)] if is_earlier else []), ("state", NOT_CLOSED), ("cell", "")]
    return Section(
        map=heat_map(matrix_of(grid["matrix"]), placed(grid["cells"], grid["not_scored"])),
        query=of_map.query,
        cell_url=_unfinished(visit.path, narrowed),
        choices=_choices(visit, is_earlier, kept),
        earlier=long_date(of_map.day) if is_earlier else "",
    )


def _unfinished(path: str, pairs: list[tuple[str, str]]) -> str:
    """An address that ends with the name of its last parameter, for the value to follow."""
    *most, (last, _) = pairs
    return f"{lists.url(path, most)}&{last}="


def _choices(visit: Visit, is_earlier: bool, kept: list[tuple[str, str]]) -> tuple[Choice, ...]:
    if visit.since is None:
        return ()
    pairs = [*visit.days, *kept]
    today = "Today" if visit.day == visit.at.today else "This date"
    return (
        Choice(f"{today}, {long_date(visit.day)}", lists.url(visit.path, pairs, ANCHOR), not is_earlier),
        Choice(
            f"As at last period, {long_date(visit.since)}",
            lists.url(visit.path, [*pairs, ("map", LAST_PERIOD)], ANCHOR),
            is_earlier,
        ),
    )
