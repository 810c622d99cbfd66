"""Bars and heat maps in Word: tables whose cells are shaded.

They are no pictures, so that officers can copy, correct and recolour them, and that they stay sharp in print.
Each says in words what it shows, holds its figures as text, and has an alternative text.
"""

from collections.abc import Iterable, Mapping

from app.plans.statuses import Status
from app.reports.colours import StatusColours, ink_on, status_colours
from app.reports.document import Bar, Bars, HeatMap, Look, Square
from app.reports.widths import shared_out
from app.reports.word_xml import (
    BOLD,
    Heads,
    Words,
    Xml,
    cell,
    coloured,
    node,
    paragraph,
    row,
    run,
    shading,
    table,
    twips,
)

Ids = Mapping[str, str]
"""The ids of styles by their names."""
_NAME_SHARE = 0.28
"""Of the width: the name beside a bar."""
_TWIPS_OF_A_LETTER = 115
"""About the widest of those that stand in bars, at 9 points."""
_BAR_HEIGHT, _SQUARE_HEIGHT = 360, 620
_HEAD_SHARE = 0.18
CORNER = "Impact down, likelihood across"


def bars(block: Bars, look: Look, ids: Ids, width: int) -> Iterable[Xml]:
    """Each bar as a table of one row, with the same figures in words under it."""
    colours = status_colours(look)
    for bar in block.bars:
        yield _bar(bar, block, colours, ids, width)
        yield paragraph(ids["Tracker Bar Words"], run(bar.words))


def _bar(bar: Bar, block: Bars, colours: Mapping[str, StatusColours], ids: Ids, width: int) -> Xml:
    counts = [(status.value, bar.counts.get(status.value, 0)) for status in Status]
    shown = [(status, count) for status, count in counts if count > 0]
    name = int(width * _NAME_SHARE)
    least = [(len(str(count)) + 2) * _TWIPS_OF_A_LETTER for _status, count in shown]
    parts = twips(shared_out(width - name, [count for _status, count in shown], least))
    cells = [cell(name, paragraph(ids["Tracker Bar Name"], run(bar.label)), properties=[_MIDDLE])]
    for (status, count), part in zip(shown, parts, strict=True):
        label = block.labels.get(status, status)
        cells.append(_segment(status, count, label, colours[status], ids, part))
    words = Words(f"{block.title}: {bar.label}", bar.words)
    only = row(cells, height=_BAR_HEIGHT)
    return table(ids["Tracker Bars"], words, [name, *parts], [only], Heads(column=True))


_MIDDLE = node("vAlign", val="center")


def _segment(status: str, count: int, label: str, colours: StatusColours, ids: Ids, width: int) -> Xml:
    """A part of a bar: its number, and its status too where there is room."""
    text = f"{count} {label}"
    if len(text) * _TWIPS_OF_A_LETTER > width:
        text = str(count)
    is_hatched = status == Status.delayed
    # Stripes under a text are kept light: black is read on them.
    ground = shading(colours.tint, hatched=colours.fill) if is_hatched else shading(colours.fill)
    ink = ink_on(colours.tint) if is_hatched else colours.ink
    edge = "dashed" if status == Status.not_started else "single"
    sides = ("top", "left", "bottom", "right")
    edges = [node(side, val=edge, sz=8, space=0, color=colours.edge.lstrip("#").upper()) for side in sides]
    return cell(
        width,
        paragraph(ids["Tracker Bar"], run(text, coloured(ink))),
        properties=[node("tcBorders", *edges), ground, _MIDDLE],
    )


# --- Heat maps --------------------------------------------------------------------------------------------


def heat_map(block: HeatMap, ids: Ids, width: int) -> Xml:
    """A table with heads on two sides; a square says its band, and which risks are and should be there."""
    number = len(block.likelihoods)
    head = int(width * _HEAD_SHARE)
    widths = [head, *([(width - head) // number] * number)]
    labels = (CORNER, *block.likelihoods)
    first = [_head(label, ids, part) for label, part in zip(labels, widths, strict=True)]
    rows = [row(first, head=True)]
    for impact, squares in zip(block.impacts, block.squares, strict=True):
        found = [_square(one, ids, part) for one, part in zip(squares, widths[1:], strict=True)]
        rows.append(row([_head(impact, ids, head), *found], height=_SQUARE_HEIGHT))
    words = Words(block.title, block.description)
    return table(ids["Tracker Heat Map"], words, widths, rows, Heads(row=True, column=True))


def _head(label: str, ids: Ids, width: int) -> Xml:
    shown = paragraph(ids["Tracker Square"], run(label, BOLD), properties=[node("keepNext")])
    return cell(width, shown, properties=[_MIDDLE])


def _square(square: Square, ids: Ids, width: int) -> Xml:
    ink = coloured(ink_on(square.colour))
    told = [run(square.band, ink)]
    if square.current:
        told.append(run(f"Now: {', '.join(square.current)}", BOLD, ink))
    if square.target:
        told.append(run(f"Target: {', '.join(square.target)}", ink))
    lines = [paragraph(ids["Tracker Square"], one, properties=[node("keepNext")]) for one in told]
    return cell(width, *lines, properties=[shading(square.colour)])
