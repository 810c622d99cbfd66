"""Documents as reports are made of them, of a size and shape that a board gets."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from app.plans.statuses import STATUS_LABELS
from app.reports.cells import said_by, written
from app.reports.document import (
    Bar,
    Bars,
    Block,
    Column,
    Commentary,
    Document,
    Heading,
    HeatMap,
    Kind,
    Look,
    Paragraph,
    Square,
    Table,
    Voice,
)

AS_AT = date(2024, 6, 30)
LABELS = {status.value: label for status, label in STATUS_LABELS.items()}
PRIORITIES = (
    ("Shared strategic oversight and governance", (4, 1, 4, 0)),
    ("Information gathering and sharing", (0, 3, 2, 0)),
    ("Joint commissioning of services", (0, 5, 2, 0)),
    ("Early identification and access to specialist health pathways", (0, 7, 3, 2)),
    ("Timeliness of new and updated EHC plans", (13, 24, 9, 14)),
)
BANDS = {"Low": "#e2f2e6", "Moderate": "#f2c14e", "High": "#8f1d14"}
LIKELIHOODS = ("Very unlikely", "Unlikely", "Possible", "Likely", "Very likely")
IMPACTS = ("Minor", "Moderate", "Significant", "Serious", "Major")
UPDATE = (
    "Draft shown to the board on 20 June 2024; a small group will cut the long list to 25 to 30 data points. "
    "Path back to green: agree the list by 12 July."
)
CONTROL = "Working group established; meetings diarised; long list of indicators being explored."


def board_report(look: Look | None = None, *, risks: int = 20) -> Document:
    """A report of 5 priorities, 93 actions and these risks, every action in a table."""
    blocks: list[Block] = [
        Heading("Overall progress", 2, "overall"),
        Paragraph(
            "18% of action points (17 of 93) are complete, 43% (40 of 93) are on target, 22% (20 of 93) are "
            "delayed and 17% (16 of 93) are not started. One completion date has been missed.",
            Voice.lead,
        ),
        Bars(
            "The whole plan: status of its 93 action points",
            "Complete 17 (18%), On target 40 (43%), Delayed 20 (22%), Not started 16 (17%).",
            (_bar("", (17, 40, 20, 16)),),
            LABELS,
        ),
        _shares(),
        Paragraph("Each percentage is rounded from its counts; they may not sum to 100.", Voice.note),
    ]
    for number, (title, counts) in enumerate(PRIORITIES, 1):
        blocks += _priority(number, title, counts, risks // len(PRIORITIES))
    blocks += [Heading("Risk heat map", 2, "heat-map"), heat_map(risks)]
    blocks += [
        Heading("Data quality", 2, "quality"),
        Paragraph("Two figures were restated after the last report.", Voice.warning),
        Paragraph("40 findings: 17 complete actions without evidence."),
    ]
    return document(*blocks, look=look)


def document(*blocks: Block, look: Look | None = None, title: str = "Progress of the plan") -> Document:
    """A document of these blocks."""
    return Document(
        title,
        "SEND Strategic Improvement Board, 18 July 2024",
        look or Look("Halton SEND partnership"),
        AS_AT,
        (
            ("Plan", "Priority action plan"),
            ("As at", "30 June 2024"),
            ("Journal head", "4f2a 9c11 7be0 d3e8"),
        ),
        "Halton SEND partnership, position as at 30 June 2024, journal head 4f2a 9c11",
        blocks,
    )


def heat_map(risks: int) -> HeatMap:
    """A 5 by 5 heat map with so many risks spread over it."""
    squares = [
        [
            Square(_band((5 - row) * (column + 1)), BANDS[_band((5 - row) * (column + 1))])
            for column in range(5)
        ]
        for row in range(5)
    ]
    for number in range(1, risks + 1):
        for field, place in (("current", number * 7), ("target", number * 3)):
            old = squares[place % 5][(place // 5) % 5]
            refs = {"current": old.current, "target": old.target}
            refs[field] += (f"R{number}",)
            squares[place % 5][(place // 5) % 5] = Square(old.band, old.colour, **refs)
    return HeatMap(
        "Current and target position of every open risk",
        f"{risks} risks; the table of each priority has their scores.",
        LIKELIHOODS,
        IMPACTS[::-1],
        tuple(map(tuple, squares)),
    )


def table(*rows: tuple[str | None, ...], key: str = "words") -> Table:
    """A table of texts, with a column for each."""
    columns = tuple(Column(f"Column {place}") for place in range(1, len(rows[0]) + 1))
    return Table(key, "Words", columns, rows)


def said(document: Document) -> Iterator[str]:
    """Everything that a document says, in the order in which it is read, less its pictures."""
    yield document.title
    yield document.subtitle
    for label, value in document.facts:
        yield label
        yield value
    for block in document.blocks:
        match block:
            case Heading(text=text) | Paragraph(text=text):
                yield text
            case Commentary():
                yield said_by(block)
                yield block.text
            case Table():
                yield block.caption
                yield from (column.label for column in block.columns)
                for row in block.rows:
                    for cell, column in zip(row, block.columns, strict=True):
                        yield written(cell, column.kind)


def _priority(number: int, title: str, counts: tuple[int, ...], risks: int) -> list[Block]:
    return [
        Heading(f"Priority {number}: {title}", 2, f"priority-{number}"),
        Paragraph(f"{counts[0]} of {sum(counts)} actions are complete.", Voice.lead),
        Bars(
            f"Priority {number}: status of its {sum(counts)} actions",
            f"{_words(counts)}.",
            (_bar("", counts),),
            LABELS,
        ),
        Commentary(
            "The board saw a draft dashboard on 20 June.\nThe two strategies depend on recruitment.",
            "Strategic SEND lead",
            AS_AT - timedelta(days=2),
        ),
        Heading("Actions", 3, f"actions-{number}"),
        _actions(number, counts),
        Heading("Risks", 3, f"risks-{number}"),
        _risks(number, risks),
    ]


def _shares() -> Table:
    rows = [
        (f"{number}. {title}", *counts, round(100 * sum(counts[:2]) / sum(counts)))
        for number, (title, counts) in enumerate(PRIORITIES, 1)
    ]
    totals = tuple(sum(counts[place] for _, counts in PRIORITIES) for place in range(4))
    columns = (
        Column("Priority", share=4),
        *(Column(label, Kind.whole) for label in LABELS.values()),
        Column("Complete or on target", Kind.percent),
    )
    rows.append(("The whole plan", *totals, Decimal("61.3")))
    return Table("shares", "Action points of each priority by status", columns, tuple(rows), total=True)


def _actions(number: int, counts: tuple[int, ...]) -> Table:
    statuses = [label for label, count in zip(LABELS.values(), counts, strict=True) for _ in range(count)]
    rows = tuple(
        (
            f"{number}.{place} Build the integrated SEND performance dashboard",
            status,
            AS_AT + timedelta(days=31 * place - 40) if place % 7 else "No date",
            UPDATE if status == "Delayed" else "Agreed by partners.",
        )
        for place, status in enumerate(statuses, 1)
    )
    columns = (
        Column("Action", share=3),
        Column("Status"),
        Column("Due", Kind.day, share=2),
        Column("Latest update and path back to green", share=5),
    )
    return Table(f"actions-{number}", f"Actions of priority {number}", columns, rows)


def _risks(number: int, risks: int) -> Table:
    scores = [(place, 4 + (place * 5 + number * 3) % 21) for place in range(1, risks + 1)]
    rows = tuple(
        (
            f"R{risks * (number - 1) + place}",
            "No integrated dashboard, so leaders cannot assess delivery.",
            f"{score} {_band(score)}",
            CONTROL,
        )
        for place, score in scores
    )
    columns = (Column("Ref"), Column("Risk", share=4), Column("Score now"), Column("Controls", share=5))
    return Table(f"risks-{number}", f"Risks of priority {number}", columns, rows)


def _band(score: int) -> str:
    return "Low" if score < 8 else "Moderate" if score < 16 else "High"


def _bar(label: str, counts: tuple[int, ...]) -> Bar:
    return Bar(label, dict(zip(LABELS, counts, strict=True)), _words(counts))


def _words(counts: tuple[int, ...]) -> str:
    total = sum(counts)
    return ", ".join(
        f"{label} {count} ({round(100 * count / total)}%)"
        for label, count in zip(LABELS.values(), counts, strict=True)
    )
