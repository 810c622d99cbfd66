"""The list of a register's risks: what its address asks for, and what stands around it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from app.errors import invalid
from app.risk.matrix import Matrix, MatrixKind
from app.risk.scoring import RiskState
from app.services.risk_counts import Counts
from app.services.risk_rows import HIGHEST_FIRST
from app.services.risks import Filter
from app.web.presenters import heat_map, lists
from app.web.presenters.risks import STATE_LABELS, movement_heading, risk_rows
from app.web.visits import Visit

ROWS = 100
ANCHOR = "register"
ANY = "any"
GENERAL = "general"
_COLUMNS = {
    "ref": "Risk",
    "severity": "Now",
    "target": "Target",
    "gap": "Gap",
    "movement": "Movement",
    "state": "State",
    "review_on": "To look at, by next review",
}
_ORDERS = {
    "ref": "in the order of the register",
    "-ref": "in the reverse order of the register",
    "severity": "lowest score first",
    "-severity": "highest score first",
    "target": "lowest target first",
    "-target": "highest target first",
    "review_on": "next review first",
    "-review_on": "last review first",
    "gap": "smallest gap first",
    "-gap": "largest gap first",
    "movement": "improving first",
    "-movement": "without an earlier score first, then worsening",
    "state": "open first",
    "-state": "closed first",
}


class Asked(NamedTuple):
    """What a register's address asks for, as typed. Open risks are shown unless another state is chosen."""

    band: str
    priority: str
    state: str
    sort: str
    page: int
    cell: str = ""
    map: str = ""

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The filters alone, to be kept by links."""
        state = "" if self.state == RiskState.open else self.state
        pairs = [("band", self.band), ("priority", self.priority), ("state", state), ("cell", self.cell)]
        return [*pairs, ("map", self.map)]

    @property
    def sort_pairs(self) -> list[tuple[str, str]]:
        """The sorting, where it is not highest first."""
        return [("sort", self.sort)] if self.sort != "-severity" else []

    @property
    def order(self) -> tuple[str, bool]:
        """The sort as the service takes it, and whether descending; equal scores always by ref upwards."""
        name = self.sort.lstrip("-")
        if not self.sort.startswith("-"):
            return name, False
        return (HIGHEST_FIRST[name], False) if name in HIGHEST_FIRST else (name, True)

    def wanted(self) -> Filter:
        """The filter as the service takes it."""
        is_place = self.priority and self.priority != GENERAL
        cell = heat_map.cell_of(self.cell)
        now = cell if cell and cell.kind == "now" else None
        target = cell if cell and cell.kind == "target" else None
        return Filter(
            likelihood=now and now.likelihood,
            impact=now and now.impact,
            target_likelihood=target and target.likelihood,
            target_impact=target and target.impact,
            state=RiskState(self.state) if self.state in STATE_LABELS else None,
            closed=False if self.state == heat_map.NOT_CLOSED else None,
            band=self.band or None,
            priority_id=UUID(self.priority) if is_place else None,
            general=True if self.priority == GENERAL else None,
        )


def asked_for(typed: Mapping[str, str]) -> Asked:
    """What the address asks for. Raises Invalid for a value that no form offers."""
    asked = Asked(
        band=typed.get("band", "").replace("\x00", "")[:120],
        priority=typed.get("priority", ""),
        state=typed.get("state", "") or RiskState.open.value,
        sort=typed.get("sort", "") or "-severity",
        page=lists.page_asked(typed),
        cell=typed.get("cell", ""),
        map=heat_map.LAST_PERIOD if typed.get("map") == heat_map.LAST_PERIOD else "",
    )
    heat_map.cell_of(asked.cell)
    if asked.state not in (*STATE_LABELS, ANY, heat_map.NOT_CLOSED):
        raise invalid("/state", "Choose a state from the list.")
    if asked.sort not in _ORDERS:
        raise invalid("/sort", "Choose a column to sort by.")
    if asked.priority not in ("", GENERAL):
        try:
            UUID(asked.priority)
        except ValueError:
            raise invalid("/priority", "Choose a priority from the list.") from None
    return asked


def risk_list(
    visit: Visit,
    listed: Mapping[str, Any],
    asked: Asked,
    matrix: Matrix,
    fields: Sequence[lists.Field],
    flags: Mapping[UUID, tuple[str, ...]],
) -> dict[str, Any]:
    """The list of risks with its filters, headers and pages."""
    kept = [*visit.days]
    filtered = [*kept, *asked.pairs, *asked.sort_pairs]
    items: Sequence[Mapping[str, Any]] = listed["items"]
    return {
        "filters": lists.filters(visit.path, [*kept, *asked.sort_pairs], fields, ANCHOR),
        "clear_url": lists.url(visit.path, [*kept, ("state", ANY)], ANCHOR),
        "columns": lists.columns(visit.path, [*kept, *asked.pairs], asked.sort, _COLUMNS, ANCHOR),
        "rows": [
            row._replace(loud=(*row.loud, *flags.get(item["id"], ())))
            for item, row in zip(items, risk_rows(items, matrix, visit), strict=True)
        ],
        "movement": movement_heading(visit.since),
        "shown": lists.shown_of(len(items), listed["total"], "risk", before=ROWS * (asked.page - 1)),
        "order": _order(asked, matrix),
        "pages": lists.numbered(visit.path, filtered, asked.page, ROWS, listed["total"], ANCHOR),
        "tools": lists.tools(visit.path, filtered),
    }


def _order(asked: Asked, matrix: Matrix) -> str:
    words = _ORDERS[asked.sort]
    return words if matrix.kind is MatrixKind.scored else words.replace("score", "rating")


def fields(
    asked: Asked,
    matrix: Matrix,
    plan: Mapping[str, Any] | None,
    priorities: Sequence[Mapping[str, Any]],
    counts: Counts,
) -> list[lists.Field]:
    """The fields of the filter form, each choice with how many risks it would show."""
    names = [band.name for band in reversed(matrix.bands)]
    # Risks that were rated by an earlier version of the matrix may have a band that this one has not.
    names += sorted(name for name in counts.bands if name and name not in names)
    bands = [
        ("", lists.counted("Any", counts.any_band)),
        *((name, lists.counted(name, counts.bands.get(name, 0))) for name in names),
    ]
    places = [
        ("", lists.counted("Any", counts.any_priority)),
        *(
            (str(one["id"]), lists.counted(one["ref"], counts.priorities.get(one["id"], 0)))
            for one in priorities
        ),
        (GENERAL, lists.counted("General", counts.priorities.get(None, 0))),
    ]
    every = sum(counts.states.values())
    states = [
        *((state.value, lists.counted(label, counts.states[state])) for state, label in STATE_LABELS.items()),
        (heat_map.NOT_CLOSED, lists.counted("Not closed", every - counts.states[RiskState.closed])),
        (ANY, lists.counted("Any", every)),
    ]
    cell = heat_map.cell_of(asked.cell)
    on_map = [("", "Any"), (asked.cell, cell.words)] if cell else []
    label = plan["priority_label"].capitalize() if plan else "Priority"
    return [
        lists.Field("band", "Band", asked.band, bands),
        lists.Field("priority", label, asked.priority, places),
        lists.Field("state", "State", asked.state, states, unused=RiskState.open.value),
        *([lists.Field("cell", "Place", asked.cell, on_map)] if cell else []),
    ]
