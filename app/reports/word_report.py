"""A document in Word's own words: every block as paragraphs and tables, each in a style."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.reports.cells import said_by, written
from app.reports.document import (
    Bars,
    Block,
    Cell,
    Column,
    Commentary,
    Document,
    Heading,
    HeatMap,
    Kind,
    Paragraph,
    Table,
    Voice,
)
from app.reports.plain import readable
from app.reports.widths import shared_out
from app.reports.word_pictures import Ids, bars, heat_map
from app.reports.word_xml import (
    BOLD,
    Heads,
    Words,
    Xml,
    cell,
    field,
    node,
    paragraph,
    row,
    run,
    table,
    twips,
)

_VOICES = {
    Voice.lead: "Tracker Lead",
    Voice.body: "Normal",
    Voice.note: "Tracker Note",
    Voice.warning: "Tracker Warning",
}
_TALL = 10
"""Lines of a row; a higher one may be parted between two pages, so that no page ends half empty."""
_SMALL = 24
"""Lines of a table; one with fewer is not parted."""
_LONGEST_WORD = 18
"""Letters that a column makes room for; what is longer is broken."""
_EM, _EDGES = 190, 200
"""In twips: the size of the letters of a table, and the room on both sides of a cell."""
_BREADTHS = {**dict.fromkeys("mwMW@%", 0.92), **dict.fromkeys("fijlrt.,:;'()", 0.34)}
_BREADTH, _BREADTH_OF_A_CAPITAL, _BOLD = 0.57, 0.74, 1.08
"""Of letters, in parts of their size."""
_AFTER_TABLE = node("spacing", before=160)
_WITH_NEXT = node("keepNext")
"""Said of each heading and caption: the styles of a template may not say it."""


class _Row(NamedTuple):
    """What a row holds, whether it stays on one page, and whether it stays with the next one."""

    values: Sequence[Cell]
    whole: bool
    stays: bool


class Report:
    """A document on its way into Word: counts its tables and figures, and knows what stands above."""

    def __init__(self, document: Document, ids: Ids, width: int) -> None:
        """``ids``: styles by name, ``width``: that of the text, in twips."""
        self.document = document
        self.ids = ids
        self.width = width
        self._numbers = {"Table": 0, "Figure": 0}
        self._level = 1
        self._follows_table = False

    def front(self) -> Iterable[Xml]:
        """Title, subtitle and facts."""
        yield paragraph(self.ids["Title"], run(self.document.title), properties=[_WITH_NEXT])
        if self.document.subtitle:
            yield paragraph(self.ids["Subtitle"], run(self.document.subtitle))
        for label, value in self.document.facts:
            yield paragraph(self.ids["Tracker Fact"], run(f"{label}: ", BOLD), run(value))

    def blocks(self) -> Iterable[Xml]:
        """All that follows."""
        for block in self.document.blocks:
            yield from self._block(block)
            self._follows_table = isinstance(block, Table | HeatMap)

    def foot(self) -> Xml:
        """The line of every page, with the number of the page at the right."""
        edge = node("tabs", node("tab", val="clear", pos=4513), node("tab", val="right", pos=self.width))
        page = [run("\tPage "), field("PAGE", "1"), run(" of "), field("NUMPAGES", "1")]
        return paragraph(self.ids["footer"], run(self.document.foot), *page, properties=[edge])

    def last(self, *, with_foot: bool) -> Xml:
        """What ends the report; Word wants a paragraph after a table."""
        text = [run(self.document.foot)] if with_foot else []
        return paragraph(self.ids["Tracker Note"], *text, properties=self._apart())

    def _block(self, block: Block) -> Iterable[Xml]:
        match block:
            case Heading():
                yield self._heading(block)
            case Paragraph():
                yield self._paragraph(_VOICES[block.voice], run(block.text))
            case Commentary():
                yield from self._commentary(block)
            case Table():
                yield self._caption("Table", block.caption)
                yield self._table(block)
            case Bars():
                yield self._caption("Figure", block.title)
                yield from bars(block, self.document.look, self.ids, self.width)
            case HeatMap():
                yield self._caption("Figure", block.title)
                yield heat_map(block, self.ids, self.width)

    def _apart(self) -> Sequence[Xml]:
        return [_AFTER_TABLE] if self._follows_table else []

    def _paragraph(self, style: str, *runs: Xml) -> Xml:
        return paragraph(self.ids[style], *runs, properties=self._apart())

    def _heading(self, block: Heading) -> Xml:
        """Level 2 is Word's first, as the title is a Title; no level is left out on the way down."""
        self._level = min(block.level, self._level + 1)
        style = self.ids[f"heading {self._level - 1}"]
        return paragraph(style, run(block.text), properties=[_WITH_NEXT])

    def _commentary(self, block: Commentary) -> Iterable[Xml]:
        yield self._paragraph("Tracker Commentary Author", run(said_by(block)))
        for line in readable(block.text).split("\n"):
            if line.strip():
                yield paragraph(self.ids["Tracker Commentary"], run(line))

    def _caption(self, what: str, text: str) -> Xml:
        """A caption with a number that Word keeps, so that tables can be listed and cited."""
        self._numbers[what] += 1
        number = field(f"SEQ {what} \\* ARABIC", str(self._numbers[what]))
        told = (run(f"{what} "), number, run(f". {text}"))
        return paragraph(self.ids["caption"], *told, properties=[_WITH_NEXT])

    def _table(self, block: Table) -> Xml:
        texts = [
            [written(value, column.kind) for value, column in zip(values, block.columns, strict=True)]
            for values in block.rows
        ]
        widths = _widths(block.columns, texts, self.width)
        lines = [_lines(cells, widths) for cells in texts]
        is_small = sum(lines) < _SMALL
        rows = [self._row(block, widths, [column.label for column in block.columns], "Column")]
        last = len(texts) - 1
        for place, cells in enumerate(texts):
            style = "Cell Total" if block.total and place == last else "Cell"
            own = _Row(block.rows[place], whole=lines[place] <= _TALL, stays=is_small and place < last)
            rows.append(self._row(block, widths, cells, style, own))
        heads = Heads(row=True, column=True, total=block.total and bool(texts))
        words = Words(block.caption, _described(block))
        return table(self.ids["Tracker Table"], words, widths, rows, heads)

    def _row(
        self,
        block: Table,
        widths: Sequence[int],
        texts: Sequence[str],
        style: str,
        own: _Row | None = None,
    ) -> Xml:
        """A row: the head of the table, or one of its ``own``."""
        stays = [_WITH_NEXT] if own and own.stays else []
        found = []
        for place, (text, width) in enumerate(zip(texts, widths, strict=True)):
            is_figure = block.columns[place].kind in (Kind.whole, Kind.percent)
            # A text among figures says why there is none: it is read from the left.
            if is_figure and not (own and isinstance(own.values[place], str)):
                name = f"Tracker {style} Figure"
            else:
                name = f"Tracker {style}"
            found.append(cell(width, paragraph(self.ids[name], run(text), properties=stays)))
        return row(found, head=own is None, whole=own is None or own.whole)


def _described(block: Table) -> str:
    """A table for whoever does not see it: its size, and what its columns are."""
    number = len(block.rows)
    labels = ", ".join(column.label for column in block.columns)
    return f"{block.caption}. {number} {'row' if number == 1 else 'rows'}. Columns: {labels}."


def _widths(columns: Sequence[Column], texts: Sequence[Sequence[str]], total: int) -> list[int]:
    """The widths of a table's columns, each with room for its longest word."""
    least = []
    for place, column in enumerate(columns):
        body = max((_longest(cells[place], column.kind) for cells in texts), default=0)
        head = _longest(column.label, Kind.text) * _BOLD
        least.append(_EDGES + _EM * max(body, head))
    return twips(shared_out(total, [column.share for column in columns], least))


def _longest(text: str, kind: Kind) -> float:
    """How broad the widest word of a text is; of a day, the widest part that reads as one: "30 September"."""
    words = [text.rsplit(" ", 1)[0]] if kind is Kind.day and len(text) <= _LONGEST_WORD else text.split()
    return max((_breadth(word[:_LONGEST_WORD]) for word in words), default=0)


def _breadth(word: str) -> float:
    return sum(
        _BREADTHS.get(letter, _BREADTH_OF_A_CAPITAL if letter.isupper() else _BREADTH) for letter in word
    )


def _lines(cells: Sequence[str], widths: Sequence[int]) -> int:
    """About how many lines the highest cell of a row has."""
    return max(
        sum(1 + int(len(line) * _BREADTH * _EM / width) for line in text.split("\n"))
        for text, width in zip(cells, widths, strict=True)
    )
