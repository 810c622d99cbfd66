"""Risks in a report: those of a section with their controls, and where all of a register's stand."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.charts.scales import steps_of
from app.plans.statuses import STATUS_LABELS, Status
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


def registers(content: Mapping[str, Any]) -> Iterable[Block]:
    """Where the risks of each register are and should be: the heat map and the same figures as tables."""
    found = content.get("registers", ())
    if not found:
        return
    yield Heading("Risk heat map", 2, "heat-map")
    risks = [*(one for each in content["priorities"] for one in each["risks"]), *content["general"]["risks"]]
    for place, register in enumerate(found, start=1):
        key = f"register-{place}"
        if len(found) > 1:
            yield Heading(f"{register['ref']} {register['title']}", 3, key)
        yield from _register(key, register, [one for one in risks if one["register_id"] == register["id"]])


def _register(key: str, register: Mapping[str, Any], risks: Sequence[Mapping[str, Any]]) -> Iterable[Block]:
    grid = register["heat_map"]
    yield Paragraph(register["sentence"])
    if grid["matrix"]["kind"] == MatrixKind.scored:
        yield _heat_map(register)
        scored = tuple(_position(one) for one in risks if one["current"] or one["target"])
        if scored:
            yield Table(f"{key}-scores", f"Scores of risks: {register['title']}", _SCORES, scored)
    yield _bands(key, register)
    others = [one["ref"] for one in grid["other_matrix"]]
    if others:
        were = plural(len(others), "risk was", "risks were")
        number = sentence_case(numeral(len(others)))
        note = f"{number} {were} scored with another version of the matrix: {listed(others)}."
        yield Paragraph(note, Voice.note)


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


def _heat_map(register: Mapping[str, Any]) -> HeatMap:
    grid = register["heat_map"]
    matrix = grid["matrix"]
    step = steps_of([band["name"] for band in matrix["bands"]])
    by_place = {(one["likelihood"], one["impact"]): one for one in grid["cells"]}
    likelihoods, impacts = matrix["likelihood_labels"], matrix["impact_labels"]
    rows = tuple(
        tuple(_square(by_place[likelihood, impact], step) for likelihood in range(1, len(likelihoods) + 1))
        for impact in range(len(impacts), 0, -1)
    )
    return HeatMap(
        f"{register['title']}: where each risk is, and where it should be",
        _described(grid),
        tuple(likelihoods),
        tuple(impacts[::-1]),
        rows,
    )


def _square(cell: Mapping[str, Any], step: Mapping[str, int]) -> Square:
    number = step.get(cell["band"], 0)
    return Square(
        f"{cell['score']} {cell['band']}",
        BAND_COLOURS[number - 1] if number else NO_COLOUR,
        *(tuple(one["ref"] for one in cell[side]) for side in ("current", "target")),
    )


def _described(grid: Mapping[str, Any]) -> str:
    """The map in words: "At 16 High now: R1. Target at 4 Low: R1 and R4."."""
    told = [
        f"{words} {cell['score']} {cell['band']}: {listed([one['ref'] for one in cell[side]])}."
        for side, words in (("current", "Now at"), ("target", "Target at"))
        for cell in grid["cells"]
        if cell[side]
    ]
    return " ".join(told) or "No risk is scored."


def _bands(key: str, register: Mapping[str, Any]) -> Table:
    """How many risks are in each band, with the scores that the band stands for."""
    grid = register["heat_map"]
    span = {band["name"]: _span(band) for band in grid["matrix"]["bands"]}
    rows: list[tuple[Cell, ...]] = [
        (one["band"], span.get(one["band"], "In an earlier matrix"), one["count"]) for one in grid["bands"]
    ]
    if grid["not_scored"]:
        rows.append((NOT_SCORED, "", len(grid["not_scored"])))
    columns = (Column("Band", share=2), Column("Scores", share=2), Column("Risks", Kind.whole))
    caption = f"Risks that are not closed, by band: {register['title']}"
    return Table(f"{key}-bands", caption, columns, tuple(rows))


def _span(band: Mapping[str, Any]) -> str:
    lowest, highest = band.get("lowest"), band.get("highest")
    if lowest is None:
        return "By name"
    return str(lowest) if lowest == highest else f"{lowest} to {highest}"
