"""What the pages of registers show, and what their addresses ask for."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from app.access.roles import Operation, may
from app.charts.scales import highest_score
from app.errors import invalid
from app.risk.matrix import Matrix, MatrixKind
from app.risk.scoring import RiskState
from app.sentences.risks import band_counts, band_sentence, register_figures, register_lead
from app.services.registers import matrix_of
from app.services.risk_rows import HIGHEST_FIRST
from app.services.risks import Filter
from app.web.presenters import heat_map, lists
from app.web.presenters.changes import RISKS
from app.web.presenters.compared import compared
from app.web.presenters.data_quality import flags_by_risk
from app.web.presenters.dates import long_date
from app.web.presenters.risks import STATE_LABELS, bands_in_words, movement_heading, risk_rows
from app.web.visits import Visit

ROWS = 100
ANCHOR = "register"
ANY = "any"
GENERAL = "general"
_COLUMNS = {"ref": "Risk", "severity": "Now", "target": "Target", "review_on": "Review"}
_ORDERS = {
    "ref": "in the order of the register",
    "-ref": "in the reverse order of the register",
    "severity": "lowest score first",
    "-severity": "highest score first",
    "target": "lowest target first",
    "-target": "highest target first",
    "review_on": "next review first",
    "-review_on": "last review first",
}


SAVED = {
    "added": "The register is added. Add its risks below.",
    "changed": "The register is saved.",
}


class Asked(NamedTuple):
    """What a register's address asks for, as typed. Open risks are shown unless another state is chosen."""

    band: str
    priority: str
    state: str
    sort: str
    cursor: str
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


class RegisterRow(NamedTuple):
    """A register in the list of registers."""

    href: str
    name: str
    lead: str
    bands: str


def asked_for(typed: Mapping[str, str]) -> Asked:
    """What the address asks for. Raises Invalid for a value that no form offers."""
    asked = Asked(
        band=typed.get("band", "").replace("\x00", "")[:120],
        priority=typed.get("priority", ""),
        state=typed.get("state", "") or RiskState.open.value,
        sort=typed.get("sort", "") or "-severity",
        cursor=typed.get("cursor", ""),
        cell=typed.get("cell", ""),
        map=heat_map.LAST_PERIOD if typed.get("map") == heat_map.LAST_PERIOD else "",
    )
    heat_map.cell_of(asked.cell)
    if asked.state not in (*STATE_LABELS, ANY, heat_map.NOT_CLOSED):
        raise invalid("/state", "Choose a state of the list.")
    if asked.sort not in _ORDERS:
        raise invalid("/sort", "Choose a column to sort by.")
    if asked.priority not in ("", GENERAL):
        try:
            UUID(asked.priority)
        except ValueError:
            raise invalid("/priority", "Choose a priority of the list.") from None
    return asked


def registers_page(
    visit: Visit, registers: Sequence[Mapping[str, Any]], maps: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The list of registers."""
    rows = [
        RegisterRow(
            href=f"/registers/{one['id']}{visit.query}",
            name=one["title"],
            lead=register_lead(register_figures(grid)),
            bands=band_counts([(band["band"], band["count"]) for band in reversed(grid["bands"])]),
        )
        for one, grid in zip(registers, maps, strict=True)
    ]
    return {
        "section": "risks",
        "heading": "Risk registers",
        "at": visit.position(),
        "rows": rows,
        "add_url": "/registers/new" if may(visit.who, Operation.edit) else "",
    }


def register_page(
    visit: Visit,
    register: Mapping[str, Any],
    grid: Mapping[str, Any],
    listed: Mapping[str, Any],
    asked: Asked,
    plan: Mapping[str, Any] | None,
    priorities: Sequence[Mapping[str, Any]],
    before: Mapping[str, Any] | None = None,
    findings: Sequence[Mapping[str, Any]] = (),
    of_map: Mapping[str, Any] | None = None,
    *,
    saved: str = "",
) -> dict[str, Any]:
    """A register: lead sentence, heat map, filters and list; ``before`` is the heat map compared with.

    ``of_map`` is the heat map to show where it is of another day than the page.
    """
    matrix = matrix_of(grid["matrix"])
    scored = matrix.kind is MatrixKind.scored
    return {
        "section": "risks",
        "heading": register["title"],
        "plan": (plan["title"], f"/plans/{plan['id']}{visit.query}") if plan else None,
        "at": visit.position((*asked.pairs, *asked.sort_pairs)),
        "lead": register_lead(register_figures(grid)),
        "second": _second(grid, matrix),
        "compared": compared(visit, plan["id"], RISKS, said=_was(before)) if plan else None,
        "notes": _notes(grid),
        "map": heat_map.section(visit, of_map or grid, asked.map, [*asked.pairs[:-1], *asked.sort_pairs])
        if scored
        else None,
        "bands": bands_in_words(matrix),
        "query": visit.query,
        "said": SAVED.get(saved, ""),
        "edits": _edits(visit),
        "is_empty": not register_figures(grid).total and not grid["closed"],
        "scale": f"1 to {highest_score(matrix)}" if scored else "",
    } | _list(visit, listed, asked, matrix, _fields(asked, matrix, plan, priorities), flags_by_risk(findings))


def _list(
    visit: Visit,
    listed: Mapping[str, Any],
    asked: Asked,
    matrix: Matrix,
    fields: Sequence[lists.Field],
    flags: Mapping[UUID, tuple[str, ...]],
) -> dict[str, Any]:
    """The list of risks with its filters, headers and pages."""
    kept = [*visit.days]
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
        "shown": lists.shown_of(len(items), listed["total"], "risk"),
        "order": _order(asked, matrix),
        "pages": lists.pages(
            visit.path,
            [*kept, *asked.pairs, *asked.sort_pairs],
            len(items),
            listed["total"],
            asked.cursor,
            listed["next"],
            ANCHOR,
        ),
    }


def _edits(visit: Visit) -> list[tuple[str, str]]:
    """What an editor may do with the register, on the page as at today."""
    if visit.as_at or not may(visit.who, Operation.edit):
        return []
    return [("Add a risk", f"{visit.path}/risks/new"), ("Change the register", f"{visit.path}/edit")]


def _notes(grid: Mapping[str, Any]) -> str:
    version = grid["matrix"]
    notes = [
        f"Matrix version {version['matrix_version']}, in force since {long_date(version['effective_on'])}."
    ]
    unscored = [one["ref"] for one in grid["not_scored"]]
    if unscored:
        notes.append(f"Not scored: {', '.join(unscored)}.")
    elif register_figures(grid).total:
        notes.append("Every risk is rated.")
    if grid["closed"]:
        notes.append(f"Closed and not on the map: {grid['closed']}.")
    others = [one["ref"] for one in grid["other_matrix"]]
    if others:
        notes.append(f"Scored with an earlier version of the matrix: {', '.join(others)}.")
    return " ".join(notes)


def _second(grid: Mapping[str, Any], matrix: Matrix) -> str:
    counts = [(band["band"], band["count"]) for band in reversed(grid["bands"])]
    return band_sentence(counts, noun="risk" if matrix.kind is MatrixKind.scored else "")


def _was(before: Mapping[str, Any] | None) -> str:
    """How many risks each band held on the day that the register is compared with."""
    if before is None:
        return ""
    counts = [(band["band"], band["count"]) for band in reversed(before["bands"])]
    words = band_counts([*counts, ("not scored", len(before["not_scored"]))])
    return f"Then: {words}." if words else "Then there were no risks."


def _order(asked: Asked, matrix: Matrix) -> str:
    words = _ORDERS[asked.sort]
    return words if matrix.kind is MatrixKind.scored else words.replace("score", "rating")


def _fields(
    asked: Asked, matrix: Matrix, plan: Mapping[str, Any] | None, priorities: Sequence[Mapping[str, Any]]
) -> list[lists.Field]:
    bands = [("", "Any"), *((band.name, band.name) for band in reversed(matrix.bands))]
    places = [("", "Any"), *((str(one["id"]), one["ref"]) for one in priorities), (GENERAL, "General")]
    states = [*((state.value, label) for state, label in STATE_LABELS.items())]
    states += [(heat_map.NOT_CLOSED, "Not closed"), (ANY, "Any")]
    cell = heat_map.cell_of(asked.cell)
    on_map = [("", "Any"), (asked.cell, cell.words)] if cell else []
    return [
        lists.Field("band", "Band", asked.band, bands),
        lists.Field(
            "priority", plan["priority_label"].capitalize() if plan else "Priority", asked.priority, places
        ),
        lists.Field("state", "State", asked.state, states, unused=RiskState.open.value),
        *([lists.Field("cell", "Place", asked.cell, on_map)] if cell else []),
    ]
