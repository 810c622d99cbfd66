"""Risks in a report: those of a section with their controls, and where all of a register's stand."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from app.charts.scales import steps_of
from app.plans.statuses import STATUS_LABELS, Status
from app.reports import registers
from app.reports.changes import of_general_risks
from app.reports.document import (
    Block,
    Cell,
    Column,
    Heading,
    HeatMap,
    Kind,
    Paragraph,
    Square,
    Table,
    Voice,
)
from app.reports.values import lead_of
from app.risk.matrix import MatrixKind
from app.sentences.actions import long_or, name_or
from app.sentences.changes import together
from app.sentences.journal_fields import coded
from app.sentences.risks import NOT_SCORED, direction_words, rated
from app.sentences.words import listed, numeral, plural, sentence_case

_Risks = Mapping[str, Mapping[str, Any]]
"""Risks by their ids."""
BAND_COLOURS = ("#e2f2e6", "#f7e7b0", "#f2c14e", "#b1470f", "#8f1d14")
"""The grounds of bands by step, palest = lowest: those of the pages (a test holds the two equal)."""
NO_COLOUR = "#ffffff"
_RISK_COLUMNS = (
    Column("Risk", share=5),
    Column("Now", share=2),
    Column("Target", share=2),
    Column("Gap", Kind.whole),
    Column("Movement", share=2),
    Column("Owner and state", share=3),
    Column("Controls in place", share=4),
)
_MANAGEMENT_COLUMNS = (
    Column("Management action", share=4),
    Column("Risk"),
    Column("Lead", share=2),
    Column("Due", Kind.day, share=2),
    Column("Status", share=2),
)


def risks_of(key: str, section: Mapping[str, Any], to: str) -> Iterable[Block]:
    """The risks of a section in words and as a table, or that there are none.

    ``to`` ends the captions: "of Priority 2".
    """
    found = section["risks"]
    yield Paragraph(section.get("risk_sentence") or section["no_risks"])
    if found:
        rows = tuple(_risk(one) for one in found)
        yield Table(f"{key}-risks", f"Risks {to} that are not closed, worst first", _RISK_COLUMNS, rows)
    planned = tuple(_planned(risk, one) for risk in found for one in risk["management_actions"])
    if planned:
        caption = f"Management actions on risks {to}"
        yield Table(f"{key}-management", caption, _MANAGEMENT_COLUMNS, planned)


def general(content: Mapping[str, Any]) -> Iterable[Block]:
    """The risks that are under no priority."""
    yield Heading("General risks", 2, "general-risks")
    yield from risks_of("general", content["general"], "under no priority")
    yield from of_general_risks(content)


def of_registers(content: Mapping[str, Any]) -> Iterable[Block]:
    """Where the risks of each register are and should be: the heat map and the same figures as tables."""
    found = content.get("registers", ())
    if not found:
        return
    yield Heading("Risk heat map", 2, "heat-map")
    called, risks = registers.names(content), registers.every_risk(content)
    for place, register in enumerate(found, start=1):
        key = f"register-{place}"
        if called:
            yield Heading(called[register["id"]], 3, key)
        yield from _register(key, register, [one for one in risks if one["register_id"] == register["id"]])


def _register(key: str, register: Mapping[str, Any], risks: Sequence[Mapping[str, Any]]) -> Iterable[Block]:
    grid = register["heat_map"]
    yield Paragraph(register["sentence"])
    if grid["matrix"]["kind"] == MatrixKind.scored:
        yield _heat_map(register, risks)
        others = [one["ref"] for one in grid["other_matrix"]]
        if others:
            yield Paragraph(_of_another_version(others), Voice.note)
        scored = tuple(_position(one) for one in risks if one["current"] or one["target"])
        if scored:
            yield Table(f"{key}-scores", f"Scores of risks: {register['title']}", _SCORES, scored)
    yield _bands(key, register, risks)


def _of_another_version(others: Sequence[str]) -> str:
    """Which risks have not the band of their square: each keeps the band that it was given."""
    number = len(others)
    were = plural(number, "risk was", "risks were")
    they = plural(number, "It keeps the band", "They keep the bands")
    theirs = plural(number, "its own", "theirs")
    return (
        f"{sentence_case(numeral(number))} {were} scored with another version of the matrix: "
        f"{listed(others)}. {they} of that version: the colour and the band of a square are not {theirs}."
    )


def _risk(one: Mapping[str, Any]) -> tuple[Cell, ...]:
    return (
        together([f"{one['ref']} {one['description']}", f"Effect: {one['effect']}" if one["effect"] else ""]),
        rated(one["current"] or one["rating"]) or NOT_SCORED,
        rated(one["target"]) or "None",
        one["gap"],
        direction_words(one),
        _owner_and_state(one),
        _controls(one["controls"]),
    )


def _owner_and_state(one: Mapping[str, Any]) -> str:
    owner = name_or(one["owner"] or one["sro"], "No owner")
    accepted = one["accepted"]
    if not accepted:
        return f"{owner}. {coded(one['state'])}."
    until = long_or(accepted["until"], "a day that is not stated")
    return f"{owner}. {coded(one['state'])} by {accepted['by']['name']} until {until}."


def _controls(found: Sequence[Mapping[str, Any]]) -> str:
    """The controls that are in place, numbered where they are several."""
    told = [one["description"] for one in found if one["in_place"]]
    if len(told) < 2:
        return "".join(told) or "None recorded"
    return " ".join(f"{place}. {words}" for place, words in enumerate(told, start=1))


def _planned(risk: Mapping[str, Any], one: Mapping[str, Any]) -> tuple[Cell, ...]:
    status = STATUS_LABELS[Status(one["status"])] if one["status"] else "Not stated"
    return (
        one["title"],
        risk["ref"],
        lead_of(one),
        one["due_on"] or "No due date",
        f"{status}. Overdue." if one["overdue"] else status,
    )


_SCORES = (
    Column("Risk"),
    *(Column(f"{name} now", Kind.whole, share=2) for name in ("Likelihood", "Impact", "Score")),
    Column("Band now", share=2),
    *(Column(f"Target {name}", Kind.whole, share=2) for name in ("likelihood", "impact", "score")),
    Column("Target band", share=2),
)
_OF_SCORE = ("likelihood", "impact", "score", "band")


def _position(one: Mapping[str, Any]) -> tuple[Cell, ...]:
    sides = (one["current"] or {}, one["target"] or {})
    return (
        one["ref"],
        *(side.get(name) for side in sides for name in ("likelihood", "impact", "score", "band")),
    )


def _heat_map(register: Mapping[str, Any], risks: Sequence[Mapping[str, Any]]) -> HeatMap:
    grid = register["heat_map"]
    matrix = grid["matrix"]
    step = steps_of([band["name"] for band in matrix["bands"]])
    by_place = {(one["likelihood"], one["impact"]): one for one in grid["cells"]}
    by_id = {one["id"]: one for one in risks}
    likelihoods, impacts = matrix["likelihood_labels"], matrix["impact_labels"]
    rows = tuple(
        tuple(
            _square(by_place[likelihood, impact], step, by_id)
            for likelihood in range(1, len(likelihoods) + 1)
        )
        for impact in range(len(impacts), 0, -1)
    )
    return HeatMap(
        f"{register['title']}: where each risk is, and where it should be",
        _described(grid, by_id),
        tuple(likelihoods),
        tuple(impacts[::-1]),
        rows,
    )


def _square(cell: Mapping[str, Any], step: Mapping[str, int], by_id: _Risks) -> Square:
    """A square of the matrix; a ref whose own band is another one says so: "R1 (Low)"."""
    number = step.get(cell["band"], 0)
    return Square(
        f"{cell['score']} {cell['band']}",
        BAND_COLOURS[number - 1] if number else NO_COLOUR,
        *(
            tuple(
                f"{ref} ({held.band})" if held.version else ref
                for held, refs in _held(cell, side, by_id).items()
                for ref in refs
            )
            for side in ("current", "target")
        ),
    )


def _described(grid: Mapping[str, Any], by_id: _Risks) -> str:
    """The map in words, with each risk's own band: "Now at 16 High: R1. Target at 4 Low: R1 and R4."."""
    told = [
        f"{words} {cell['score']} {held.band}{_by_version(held.version)}: {listed(refs)}."
        for side, words in (("current", "Now at"), ("target", "Target at"))
        for cell in grid["cells"]
        for held, refs in _held(cell, side, by_id).items()
    ]
    return " ".join(told) or "No risk is scored."


class _Held(NamedTuple):
    """The band of a risk; ``version`` is that of the matrix which gave it, 0 where it is the square's."""

    band: str
    version: int = 0


def _held(cell: Mapping[str, Any], side: str, by_id: _Risks) -> dict[_Held, list[str]]:
    """The refs of a square by their own bands, the square's first: a new matrix rewrites no old score."""
    shared = _Held(cell["band"])
    found: dict[_Held, list[str]] = {shared: []}
    for one in cell[side]:
        own = by_id.get(one["id"], {}).get(side)
        held = _Held(own["band"], own["matrix_version"]) if own and own["band"] != shared.band else shared
        found.setdefault(held, []).append(one["ref"])
    return {held: refs for held, refs in found.items() if refs}


def _by_version(version: int) -> str:
    return f" by version {version} of the matrix" if version else ""


def _bands(key: str, register: Mapping[str, Any], risks: Sequence[Mapping[str, Any]]) -> Table:
    """How many risks are in each band, with the scores that the band stands for.

    A band of another version of the matrix that stands for other scores has a row of its own.
    """
    grid = register["heat_map"]
    span = {band["name"]: _span(band) for band in grid["matrix"]["bands"]}
    others = _of_other_versions(register, span, risks)
    elsewhere = Counter[str]()
    for band, _version, _scores, number in others:
        elsewhere[band] += number
    rows: list[tuple[Cell, ...]] = []
    for one in grid["bands"]:
        left = one["count"] - elsewhere[one["band"]]
        if left or one["band"] in span:
            rows.append((one["band"], span.get(one["band"], "In an earlier matrix"), left))
    rows += [(f"{band}{_by_version(version)}", scores, number) for band, version, scores, number in others]
    if grid["not_scored"]:
        rows.append((NOT_SCORED, "", len(grid["not_scored"])))
    columns = (Column("Band", share=2), Column("Scores", share=2), Column("Risks", Kind.whole))
    caption = f"Risks that are not closed, by band: {register['title']}"
    return Table(f"{key}-bands", caption, columns, tuple(rows))


def _of_other_versions(
    register: Mapping[str, Any], span: Mapping[str, str], risks: Sequence[Mapping[str, Any]]
) -> list[tuple[str, int, str, int]]:
    """Bands of other versions that hold risks and stand for other scores: band, version, scores, number."""
    rated_by = (now for one in risks if (now := one["current"] or one["rating"]))
    count = Counter((now["matrix_version"], now["band"]) for now in rated_by)
    return [
        (band["name"], matrix["matrix_version"], _span(band), count[matrix["matrix_version"], band["name"]])
        for matrix in register["matrices"]
        for band in matrix["bands"]
        if count[matrix["matrix_version"], band["name"]] and span.get(band["name"]) != _span(band)
    ]


def _span(band: Mapping[str, Any]) -> str:
    lowest, highest = band.get("lowest"), band.get("highest")
    if lowest is None:
        return "By name"
    return str(lowest) if lowest == highest else f"{lowest} to {highest}"
