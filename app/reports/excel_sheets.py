"""What the sheets of a report's workbook hold: its tables, bars and heat maps, the matrix, and the method."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from app.reports.document import Bars, Cell, Column, Document, HeatMap, Kind, Square, Table
from app.reports.plain import one_line
from app.reports.registers import every_risk
from app.sentences.words import sentence_case

METHOD, MATRIX, BARS, HEAT_MAP = "Method", "Matrix", "Bars", "Heat map"
LONGEST_NAME = 31
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_KEPT_BY_EXCEL = "history"


class Sheet(NamedTuple):
    """A sheet: its name, its table, and the grounds of cells ("#rrggbb") by row and column of the table."""

    name: str
    table: Table
    grounds: Mapping[tuple[int, int], str]


class Line(NamedTuple):
    """A line of the method: a label with a value, or a heading where there is no value."""

    label: str
    value: Cell = None
    note: Cell = None


# --- Sheets -----------------------------------------------------------------------------------------------


def sheets(document: Document, content: Mapping[str, Any]) -> list[Sheet]:
    """All sheets but the method: the matrix, the bars, then tables and heat maps in their order."""
    made: list[tuple[str, Table, Mapping[tuple[int, int], str]]] = []
    registers = content.get("registers", ())
    if registers:
        made.append((MATRIX, _matrix(content), {}))
    drawn = [block for block in document.blocks if isinstance(block, Bars)]
    if drawn:
        made.append((BARS, _bars(drawn), {}))
    for block in document.blocks:
        if isinstance(block, Table):
            made.append((sentence_case(block.key), block, {}))
        elif isinstance(block, HeatMap):
            made.append((HEAT_MAP, *_heat_map(block)))
    names = _names([name for name, *_rest in made])
    return [Sheet(name, table, grounds) for name, (_name, table, grounds) in zip(names, made, strict=True)]


def _names(wanted: Iterable[str]) -> list[str]:
    """Names that Excel takes, each once: "Heat map", "Heat map 2"."""
    found: list[str] = []
    taken = {METHOD.lower(), _KEPT_BY_EXCEL}
    for one in wanted:
        plain = _NOT_IN_NAMES.sub(" ", one_line(one, LONGEST_NAME)).strip("' ") or "Table"
        name, number = plain, 1
        while name.lower() in taken:
            number += 1
            name = f"{plain[: LONGEST_NAME - len(str(number)) - 1]} {number}"
        taken.add(name.lower())
        found.append(name)
    return found


def _bars(drawn: Sequence[Bars]) -> Table:
    """The figures of every bar, with the shares as exact as they are known."""
    labels: dict[str, str] = {}
    for block in drawn:
        labels = {**block.labels, **labels}
    columns = [
        Column("Bar", share=4),
        *(Column(label, Kind.whole) for label in labels.values()),
        Column("All", Kind.whole),
        *(Column(f"{label}, share", Kind.percent) for label in labels.values()),
    ]
    rows: dict[tuple[Cell, ...], None] = {}
    for bar in (bar for block in drawn for bar in block.bars):
        counts = [bar.counts.get(status, 0) for status in labels]
        total = sum(counts)
        shares = [Decimal(100 * count) / total if total else None for count in counts]
        # A bar that is drawn twice, for itself and beside the others, is told once.
        rows[(bar.label, *counts, total, *shares)] = None
    return Table("bars", "Figures of every bar in the report", tuple(columns), tuple(rows))


def _heat_map(block: HeatMap) -> tuple[Table, dict[tuple[int, int], str]]:
    columns = (Column("Impact down, likelihood across"), *(Column(label) for label in block.likelihoods))
    rows = [
        (impact, *(_square(one) for one in squares))
        for impact, squares in zip(block.impacts, block.squares, strict=True)
    ]
    grounds = {
        (row, place): one.colour
        for row, squares in enumerate(block.squares)
        for place, one in enumerate(squares, start=1)
    }
    return Table("heat-map", block.title, columns, tuple(rows)), grounds


def _square(square: Square) -> str:
    told = [square.band]
    if square.current:
        told.append(f"Now: {', '.join(square.current)}")
    if square.target:
        told.append(f"Target: {', '.join(square.target)}")
    return "\n".join(told)


# --- The matrix -------------------------------------------------------------------------------------------

_MATRIX_COLUMNS = (
    Column("Register", share=3),
    Column("Version", Kind.whole),
    Column("True from", Kind.day),
    Column("Used in this report"),
    Column("Part", share=2),
    Column("Number", Kind.whole),
    Column("Label", share=2),
    Column("Lowest score", Kind.whole),
    Column("Highest score", Kind.whole),
)


def _matrix(content: Mapping[str, Any]) -> Table:
    """Labels, bands and thresholds of every version of the matrix of every register, newest first."""
    used = {
        (one["register_id"], rated["matrix_version"])
        for one in every_risk(content)
        for rated in (one["current"], one["target"], one["rating"])
        if rated
    } | {(one["id"], one["heat_map"]["matrix"]["matrix_version"]) for one in content["registers"]}
    rows = [row for register in content["registers"] for row in _of_register(register, used)]
    caption = "Labels, bands and thresholds of the matrix of each register"
    return Table("matrix", caption, _MATRIX_COLUMNS, tuple(rows))


def _of_register(register: Mapping[str, Any], used: Set[tuple[str, int]]) -> Iterator[tuple[Cell, ...]]:
    for one in register["matrices"]:
        version = one["matrix_version"]
        about = (
            f"{register['ref']} {register['title']}",
            version,
            date.fromisoformat(one["effective_on"]),
            "Yes" if (register["id"], version) in used else "No",
        )
        for part in ("likelihood", "impact"):
            for number, label in enumerate(one[f"{part}_labels"], start=1):
                yield (*about, part.capitalize(), number, label, None, None)
        for number, band in enumerate(one["bands"], start=1):
            yield (*about, "Band", number, band["name"], band.get("lowest"), band.get("highest"))


# --- The method -------------------------------------------------------------------------------------------

_COUNTED = (
    Line(
        "Action points",
        "An action counts at every place where it stands in the plan. Withdrawn actions are in no count.",
    ),
    Line(
        "Percentages",
        "Each percentage is a count divided by the number of action points of its scope, rounded half up to "
        "a whole number, each by itself. So they may not sum to 100.",
    ),
    Line(
        "Cells of percentages",
        "They hold a share of 1, shown as a whole percentage; those on the sheet “Bars” are not rounded.",
    ),
    Line("Dates", "Days in London. Where a day is not known, the cell says why."),
    Line("Text", "As it was entered. No cell is a formula or a link, whatever it begins with."),
)


def method(document: Document, content: Mapping[str, Any], made: Sequence[Sheet]) -> Iterator[Line]:
    """What the workbook is, how its figures were made, where they come from, and what each sheet shows."""
    yield Line(document.title)
    if document.subtitle:
        yield Line("Report", document.subtitle)
    yield Line("Area", document.look.name)
    yield Line("As at", document.as_at)
    head = content.get("journal_head")
    told = {"As at", "Journal head"}
    yield from (Line(label, value) for label, value in document.facts if label not in told)
    if head:
        yield Line("Journal head", head)
    yield Line("How it is counted")
    if counted := content.get("overall", {}).get("counted"):
        yield Line("The whole plan", counted)
    yield from _COUNTED
    yield Line("Where it comes from")
    yield from _sources(document, content)
    yield Line("Sheets")
    for sheet in made:
        yield Line(sheet.name, sheet.table.caption, len(sheet.table.rows))


def _sources(document: Document, content: Mapping[str, Any]) -> Iterator[Line]:
    yield Line(
        "Source",
        "The service's own record of the plan and its risk registers, as it was known at the journal head. "
        "Whoever has the journal can check it up to there.",
    )
    if plan := content.get("plan"):
        yield Line("Plan", f"{plan['ref']} {plan['title']}")
    for register in content.get("registers", ()):
        version = register["heat_map"]["matrix"]["matrix_version"]
        yield Line("Risk register", f"{register['ref']} {register['title']}, matrix version {version}")
    if "format" in content:
        yield Line("Format of the content", content["format"])
    yield Line("Foot of the report", document.foot)
