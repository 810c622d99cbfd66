"""Small parts of a Word file (Office Open XML, ISO/IEC 29500): every text and attribute is escaped here.

What is ``Xml`` has been made by ``node``; a text becomes one only through ``run``.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, NewType
from xml.sax.saxutils import escape, quoteattr

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from app.reports.plain import readable

Xml = NewType("Xml", str)
NONE = Xml("")
TWIPS_IN_MM = 1440 / 25.4
"""A twip is a twentieth of a point: Word measures in them."""
_BREAKS = re.compile("([\n\t])")


def node(tag: str, *inside: Xml, **attributes: str | int) -> Xml:
    """An element of the main vocabulary: ``node("b")`` is <w:b/>."""
    stated = "".join(f" w:{name}={quoteattr(readable(str(value)))}" for name, value in attributes.items())
    return Xml(f"<w:{tag}{stated}>{''.join(inside)}</w:{tag}>" if inside else f"<w:{tag}{stated}/>")


def joined(parts: Iterable[Xml]) -> Xml:
    """Elements one after the other."""
    return Xml("".join(parts))


def parsed(parts: Xml) -> list[Any]:
    """The elements as python-docx holds them, to be put where they belong."""
    return list(parse_xml(f"<w:body {nsdecls('w')}>{parts}</w:body>"))


def run(text: str, *properties: Xml) -> Xml:
    """A text as it is; its line ends and tabs become Word's."""
    found = [node("rPr", *properties)] if properties else []
    for piece in _BREAKS.split(readable(text)):
        if piece == "\n":
            found.append(node("br"))
        elif piece == "\t":
            found.append(node("tab"))
        elif piece:
            found.append(Xml(f'<w:t xml:space="preserve">{escape(piece)}</w:t>'))
    return node("r", *found)


BOLD = node("b")


def paragraph(style: str, *runs: Xml, properties: Sequence[Xml] = ()) -> Xml:
    """A paragraph in a style (its id); ``properties`` in the order of the schema, after the style."""
    return node("p", node("pPr", node("pStyle", val=style), *properties), *runs)


def field(instruction: str, shown: str) -> Xml:
    """A field that Word works out again by itself: PAGE, NUMPAGES, SEQ. ``shown`` stands until it has."""
    states = [node("r", node("fldChar", fldCharType=state)) for state in ("begin", "separate", "end")]
    begin, separate, end = states
    asked = node("r", Xml(f'<w:instrText xml:space="preserve"> {escape(instruction)} </w:instrText>'))
    return joined([begin, asked, separate, run(shown), end])


class Words(NamedTuple):
    """What a table is called and says, for whoever does not see it."""

    title: str
    description: str


class Heads(NamedTuple):
    """Which cells of a table are heads, as its style and assistive technology take it."""

    row: bool = False
    column: bool = False
    total: bool = False


def table(style: str, words: Words, widths: Sequence[int], rows: Iterable[Xml], heads: Heads) -> Xml:
    """A table of fixed columns (twips) with alternative text."""
    look = node(
        "tblLook",
        val=f"{0x0600 | heads.row << 5 | heads.total << 6 | heads.column << 7:04X}",
        firstRow=int(heads.row),
        lastRow=int(heads.total),
        firstColumn=int(heads.column),
        lastColumn=0,
        noHBand=1,
        noVBand=1,
    )
    properties = node(
        "tblPr",
        node("tblStyle", val=style),
        node("tblW", w=sum(widths), type="dxa"),
        node("tblInd", w=0, type="dxa"),
        node("tblLayout", type="fixed"),
        look,
        node("tblCaption", val=words.title),
        node("tblDescription", val=words.description),
    )
    grid = node("tblGrid", *(node("gridCol", w=width) for width in widths))
    return node("tbl", properties, grid, *rows)


def row(cells: Iterable[Xml], *, head: bool = False, whole: bool = True, height: int = 0) -> Xml:
    """A row. ``head``: it stands again on every page; ``whole``: it is not parted between two pages."""
    found = [node("cantSplit")] if whole else []
    if height:
        found.append(node("trHeight", val=height, hRule="atLeast"))
    if head:
        found.append(node("tblHeader"))
    return node("tr", *([node("trPr", *found)] if found else []), *cells)


def cell(width: int, *paragraphs: Xml, properties: Sequence[Xml] = ()) -> Xml:
    """A cell; ``properties`` in the order of the schema, after the width."""
    return node("tc", node("tcPr", node("tcW", w=width, type="dxa"), *properties), *paragraphs)


def shading(ground: str, *, hatched: str = "") -> Xml:
    """The ground of a cell, "#rrggbb"; ``hatched``: with stripes of this colour."""
    pattern = "diagStripe" if hatched else "clear"
    return node("shd", val=pattern, color=_digits(hatched) or "auto", fill=_digits(ground))


def coloured(colour: str) -> Xml:
    """The colour of a text, "#rrggbb"."""
    return node("color", val=_digits(colour))


def _digits(colour: str) -> str:
    return colour.lstrip("#").upper()


def twips(widths: Iterable[float]) -> list[int]:
    """Widths in whole twips, which Word wants."""
    return [max(1, int(width)) for width in widths]
