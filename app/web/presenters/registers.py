"""What the pages of registers show, and what their addresses ask for."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.access.roles import Operation, may
from app.charts.scales import highest_score
from app.risk.matrix import MatrixKind
from app.sentences.risks import (
    band_counts,
    band_sentence,
    highest_first,
    register_figures,
    register_lead,
)
from app.sentences.words import listed as listed_words
from app.services.registers import matrix_of
from app.web.presenters import heat_map, lists
from app.web.presenters.changes import RISKS
from app.web.presenters.compared import compared
from app.web.presenters.data_quality import flags_by_risk
from app.web.presenters.dates import long_date
from app.web.presenters.risk_filter import Asked
from app.web.presenters.risk_list import risk_list
from app.web.presenters.risks import bands_in_words
from app.web.visits import Visit

OffMap = Mapping[str, Sequence[str]]
"""Refs of the risks that a map leaves out, because its grid is too small: by "current" and by "target"."""
SAVED = {
    "added": "The register is added. Add its risks below.",
    "changed": "The register is saved.",
}


class RegisterRow(NamedTuple):
    """A register in the list of registers."""

    href: str
    name: str
    lead: str
    bands: str


def registers_page(
    visit: Visit, registers: Sequence[Mapping[str, Any]], maps: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The list of registers."""
    rows = [
        RegisterRow(
            href=f"/registers/{one['id']}{visit.query}",
            name=one["title"],
            lead=register_lead(register_figures(grid)),
            bands=band_counts(highest_first(grid)),
        )
        for one, grid in zip(registers, maps, strict=True)
    ]
    return {
        "section": "risks",
        "heading": "Risk registers",
        "at": visit.position(),
        "rows": rows,
        "tools": lists.tools("/registers", visit.days),
        "add_url": "/registers/new" if may(visit.who, Operation.edit) else "",
    }


def register_page(
    visit: Visit,
    register: Mapping[str, Any],
    grid: Mapping[str, Any],
    listed: Mapping[str, Any],
    asked: Asked,
    plan: Mapping[str, Any] | None,
    fields: Sequence[lists.Field],
    before: Mapping[str, Any] | None = None,
    findings: Sequence[Mapping[str, Any]] = (),
    on_map: tuple[Mapping[str, Any], OffMap | None] | None = None,
    *,
    saved: str = "",
) -> dict[str, Any]:
    """A register: lead sentence, heat map, filters and list; ``before`` is the heat map compared with.

    ``on_map`` is the heat map to show, which may be of another day than the page, and who is not on it.
    """
    of_map, off_map = on_map or (grid, None)
    matrix = matrix_of(grid["matrix"])
    scored = matrix.kind is MatrixKind.scored
    return {
        "section": "risks",
        "heading": register["title"],
        "plan": (plan["title"], f"/plans/{plan['id']}{visit.query}") if plan else None,
        "at": visit.position((*asked.pairs, *asked.sort_pairs)),
        "lead": register_lead(register_figures(grid)),
        "second": _second(grid),
        "compared": compared(visit, plan["id"], RISKS, said=_was(before)) if plan else None,
        "notes": _notes(of_map, off_map, "" if of_map is grid else long_date(of_map["as_at"])),
        "map": heat_map.section(visit, of_map, asked.map, [*asked.pairs[:-1], *asked.sort_pairs])
        if scored
        else None,
        "bands": bands_in_words(matrix),
        "query": visit.query,
        "said": SAVED.get(saved, ""),
        "edits": _edits(visit),
        "is_empty": not register_figures(grid).total and not grid["closed"],
        "scale": f"1 to {highest_score(matrix)}" if scored else "",
    } | risk_list(visit, listed, asked, matrix, fields, flags_by_risk(findings))


def _edits(visit: Visit) -> list[tuple[str, str]]:
    """What an editor may do with the register, on the page as at today."""
    if visit.as_at or not may(visit.who, Operation.edit):
        return []
    return [("Add a risk", f"{visit.path}/risks/new"), ("Change the register", f"{visit.path}/edit")]


def _notes(grid: Mapping[str, Any], off_map: OffMap | None, earlier: str) -> str:
    """What is to be known of the map above; ``earlier`` is its day where that is not the day of the page."""
    version = grid["matrix"]
    since = f"version {version['matrix_version']}, in force since {long_date(version['effective_on'])}"
    notes = [f"As at {earlier}: matrix {since}." if earlier else f"Matrix {since}."]
    current, target = (off_map[side] if off_map else [] for side in ("current", "target"))
    if current:
        notes.append(f"Not on the map: {listed_words(current)}, scored on a larger grid.")
    if target:
        notes.append(f"Targets not on the map: {listed_words(target)}.")
    unscored = [one["ref"] for one in grid["not_scored"]]
    if unscored:
        notes.append(f"Not scored: {', '.join(unscored)}.")
    elif register_figures(grid).total:
        notes.append("Every risk is rated.")
    if grid["closed"]:
        notes.append(f"Closed and not on the map: {grid['closed']}.")
    others = [one["ref"] for one in grid["other_matrix"] if one["ref"] not in current]
    if others:
        notes.append(
            f"Scored with an earlier version of the matrix: {', '.join(others)}. "
            "They keep the bands of that version: the colour and the letter of a cell are not theirs."
        )
    return " ".join(notes)


def _second(grid: Mapping[str, Any]) -> str:
    """How many risks are in each band below the highest, of which the first sentence tells."""
    (_band, in_highest), *below = highest_first(grid)
    return band_sentence(below, noun="" if in_highest else "risk")


def _was(before: Mapping[str, Any] | None) -> str:
    """How many risks each band held on the day that the register is compared with."""
    if before is None:
        return ""
    words = band_counts([*highest_first(before), ("not scored", len(before["not_scored"]))])
    return f"Then: {words}." if words else "Then there were no risks."
