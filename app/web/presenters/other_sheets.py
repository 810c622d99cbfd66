"""Sheets of lists that hold no rows of a plan: periods, registers, what a search found, the journal."""

from collections.abc import Mapping
from typing import Any

from app.sentences.risks import register_figures, register_lead
from app.services.registers import matrix_of
from app.transfer.columns import Kind
from app.web.presenters.actions import status_label
from app.web.presenters.journal import noun_label, subject_name
from app.web.presenters.periods import period_name, state_words
from app.web.presenters.search import Hit, Section
from app.web.presenters.sheets import Row, Sheet, history_sheet, table

Item = Mapping[str, Any]
_TEXT, _DAY, _WHOLE = Kind.text, Kind.day, Kind.whole

_PERIODS = table(
    "Periods",
    ("Ref", _TEXT),
    ("Period", _TEXT),
    ("First day", _DAY),
    ("Last day", _DAY),
    ("Board meeting", _DAY),
    ("State", _TEXT),
    ("Published on", _DAY),
    ("Errata", _WHOLE),
)


def period_sheet(plan: Item) -> Sheet:
    """The board periods of a plan."""

    def row(item: Item) -> Row:
        published = item["published"]
        values = (
            *(item["ref"], period_name(item), item["first_day"], item["last_day"], item["meeting_on"]),
            *(state_words(item), published["on"] if published else None, item["errata"]),
        )
        return dict(zip(_PERIODS.names, values, strict=True))

    return Sheet(_PERIODS, row, f"Board periods of {plan['title']}", frozenset({"Period", "State"}))


_REGISTERS = table(
    "Risk registers",
    ("Ref", _TEXT),
    ("Register", _TEXT),
    ("Matrix version", _WHOLE),
    ("Bands", _TEXT),
    ("In words", _TEXT),
)


def register_sheet() -> Sheet:
    """The risk registers: each item is a register and its heat map."""

    def row(item: tuple[Item, Item]) -> Row:
        register, grid = item
        matrix = matrix_of(grid["matrix"])
        bands = "; ".join(f"{one['band']} {one['count']}" for one in grid["bands"])
        lead = register_lead(register_figures(grid))
        values = (register["ref"], register["title"], matrix.version, bands, lead)
        return dict(zip(_REGISTERS.names, values, strict=True))

    return Sheet(_REGISTERS, row, "Risk registers", frozenset({"Register", "Bands", "In words"}))


_FOUND = table(
    "Search",
    ("Kind of record", _TEXT),
    ("Record", _TEXT),
    ("State", _TEXT),
    ("Where it belongs", _TEXT),
    ("Found in", _TEXT),
    ("Text", _TEXT),
)


def search_sheet(typed: str) -> Sheet:
    """What a search found: each item is a section of the page and a hit."""

    def row(item: tuple[Section, Hit]) -> Row:
        section, hit = item
        values = (
            *(section.heading, _plain(hit.name), status_label(hit.status) if hit.status else hit.state),
            *(_plain(hit.about), hit.told, _plain(hit.text)),
        )
        return dict(zip(_FOUND.names, values, strict=True))

    return Sheet(_FOUND, row, f"Search for {typed}", frozenset({"Record", "Where it belongs", "Text"}))


def _plain(pieces: Any) -> str:
    return "".join(piece.text for piece in pieces)


_HISTORY = history_sheet("Journal")
_OF_RECORD = ("Kind of record", "Record")
_JOURNAL = table(
    "Journal",
    *((column.name, column.kind) for column in _HISTORY.table.columns),
    *((name, _TEXT) for name in _OF_RECORD),
)


def journal_sheet() -> Sheet:
    """The area's journal: of each entry what a history tells of it, and which record it is about."""

    def row(item: tuple[Item, Item]) -> Row:
        entry, names = item
        of_record = (noun_label(entry["noun"]), subject_name(entry, names))
        return {**_HISTORY.row(item), **dict(zip(_OF_RECORD, of_record, strict=True))}

    return Sheet(_JOURNAL, row, "Journal", _HISTORY.wide | {"Record"})
