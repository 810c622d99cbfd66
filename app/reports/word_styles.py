"""The styles of a report in Word. A council's template keeps those that it has: only missing ones are added.

Beside Word's own styles (Title, Heading 1 to 4, Caption) there are some that begin with "Tracker": a template
that has a style of such a name decides how that part of a report looks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from docx.oxml.ns import qn

from app.reports.word_xml import BOLD, NONE, Xml, coloured, joined, node, parsed

INK, GREY, RULE, AMBER = "#14181b", "#4a5258", "#b1b4b6", "#7a4a00"
FONT = "Arial"
"""Where a council gives no template: on every computer, and easy to read."""


@dataclass(frozen=True, slots=True)
class Style:
    """A style: ``paragraph`` and ``text`` are its properties, ``inside`` those of a table."""

    name: str
    based_on: str = "Normal"
    following: str = ""
    paragraph: Xml = NONE
    text: Xml = NONE
    kind: str = "paragraph"
    inside: Xml = NONE
    quick: bool = True


def _space(before: int, after: int) -> Xml:
    return node("spacing", before=before, after=after)


def _size(points: float) -> Xml:
    return joined([node("sz", val=int(points * 2)), node("szCs", val=int(points * 2))])


def _line(side: str, colour: str, *, weight: int, space: int = 0) -> Xml:
    return node(side, val="single", sz=weight, space=space, color=colour.lstrip("#").upper())


KEEP = joined([node("keepNext"), node("keepLines")])
_BODY = _space(0, 120)


def _heading(level: int, points: float, accent: str) -> Style:
    rule = node("pBdr", _line("top", accent, weight=12, space=6)) if level == 1 else NONE
    before = (360, 240, 200, 160)[level - 1]
    return Style(
        f"heading {level}",
        following="Normal",
        paragraph=joined([KEEP, rule, _space(before, 100), node("outlineLvl", val=level - 1)]),
        text=joined([BOLD, coloured(INK), _size(points)]),
    )


def _titles(accent: str) -> list[Style]:
    return [
        Style("Title", following="Subtitle", paragraph=joined([KEEP, _space(0, 60)]), text=_bold(22)),
        Style("Subtitle", following="Normal", paragraph=joined([KEEP, _space(0, 160)]), text=_grey(12)),
        *(_heading(level, points, accent) for level, points in enumerate((15, 13, 11.5, 11), start=1)),
        Style("caption", following="Normal", paragraph=joined([KEEP, _space(160, 80)]), text=_bold(9.5)),
        Style("footer", text=_grey(8.5), paragraph=_space(0, 0), quick=False),
    ]


def _bold(points: float) -> Xml:
    return joined([BOLD, coloured(INK), _size(points)])


def _grey(points: float) -> Xml:
    return joined([coloured(GREY), _size(points)])


def _voices(accent: str) -> list[Style]:
    def beside(colour: str) -> Xml:
        return node("pBdr", _line("left", colour, weight=24, space=8))

    indented = node("ind", left=227)
    commentary = joined([beside(accent), _space(0, 80), indented])
    return [
        Style("Tracker Fact", paragraph=_space(0, 40)),
        Style("Tracker Lead", paragraph=_BODY, text=BOLD),
        Style("Tracker Note", paragraph=_BODY, text=_grey(9.5)),
        Style("Tracker Warning", paragraph=joined([beside(AMBER), _BODY, indented]), text=BOLD),
        Style("Tracker Commentary", paragraph=commentary),
        Style(
            "Tracker Commentary Author",
            following="Tracker Commentary",
            paragraph=joined([KEEP, beside(accent), _space(80, 40), indented]),
            text=BOLD,
        ),
    ]


def _cells() -> list[Style]:
    right, centre = node("jc", val="right"), node("jc", val="center")
    close = _space(40, 40)
    return [
        Style("Tracker Cell", paragraph=close, text=_size(9.5)),
        Style("Tracker Cell Figure", "Tracker Cell", paragraph=right),
        Style("Tracker Cell Total", "Tracker Cell", text=BOLD),
        Style("Tracker Cell Total Figure", "Tracker Cell Total", paragraph=right),
        Style("Tracker Column", "Tracker Cell", paragraph=node("keepNext"), text=BOLD),
        Style("Tracker Column Figure", "Tracker Column", paragraph=right),
        Style("Tracker Bar", paragraph=joined([node("keepNext"), _space(20, 20), centre]), text=_bold(9)),
        Style("Tracker Bar Name", "Tracker Cell", paragraph=node("keepNext")),
        Style("Tracker Bar Words", paragraph=_space(20, 100), text=_grey(8.5)),
        Style("Tracker Square", paragraph=joined([_space(30, 10), centre]), text=_size(8.5)),
    ]


def _tables() -> list[Style]:
    edges = [_line("top", INK, weight=8), _line("bottom", INK, weight=8), _line("insideH", RULE, weight=4)]
    under_head = node("tcPr", node("tcBorders", _line("bottom", INK, weight=8)))
    over_total = node("tcPr", node("tcBorders", _line("top", INK, weight=8)))
    ruled = joined(
        [
            node("tblPr", node("tblBorders", *edges), _margins(85)),
            node("tblStylePr", node("rPr", BOLD), under_head, type="firstRow"),
            node("tblStylePr", node("rPr", BOLD), over_total, type="lastRow"),
        ]
    )
    every = ("top", "left", "bottom", "right", "insideH", "insideV")
    framed = node("tblBorders", *(_line(side, INK, weight=4) for side in every))
    squares = joined(
        [
            node("tblPr", framed, _margins(60)),
            node("tblStylePr", node("rPr", BOLD), type="firstRow"),
            node("tblStylePr", node("rPr", BOLD), type="firstCol"),
        ]
    )
    return [
        Style("Tracker Table", "Normal Table", kind="table", inside=ruled),
        Style("Tracker Bars", "Normal Table", kind="table", inside=node("tblPr", _margins(20))),
        Style("Tracker Heat Map", "Normal Table", kind="table", inside=squares),
    ]


def _margins(sides: int) -> Xml:
    return node("tblCellMar", *(node(side, w=sides, type="dxa") for side in ("left", "right")))


_GROUND = (
    Style("Normal", based_on=""),
    Style("Default Paragraph Font", based_on="", kind="character", quick=False),
    Style("Normal Table", based_on="", kind="table", inside=node("tblPr", _margins(108)), quick=False),
)


def add_styles(package: Any, accent: str) -> dict[str, str]:
    """Add the styles that a file has not, and return the id of each by its name.

    ``package`` is python-docx's document.
    """
    element = package.styles.element
    known = _known(element)
    taken = set(known.values())
    ids: dict[str, str] = {}
    missing = []
    for style in (*_GROUND, *_titles(accent), *_voices(accent), *_cells(), *_tables()):
        found = known.get((style.kind, style.name.lower()))
        if found is None:
            missing.append(style)
            found = _new_id(style.name, taken)
        ids[style.name] = found
    element.extend(parsed(joined(_written(style, ids) for style in missing)))
    return ids


def clear_styles(package: Any, language: str) -> None:
    """Take every style out of a file that is not a council's, and set the font that all begin with."""
    element = package.styles.element
    for one in list(element):
        element.remove(one)
    fonts = node("rFonts", ascii=FONT, hAnsi=FONT, eastAsia=FONT, cs=FONT)
    spoken = node("lang", val=language, eastAsia=language, bidi="ar-SA")
    text = node("rPrDefault", node("rPr", fonts, _size(11), spoken))
    spacing = node("spacing", after=120, line=264, lineRule="auto")
    defaults = node("docDefaults", text, node("pPrDefault", node("pPr", spacing)))
    element.extend(parsed(defaults))


def _known(element: Any) -> dict[tuple[str, str], str]:
    """The ids of the styles of a file by their kind and name."""
    found = {}
    for one in element.findall(qn("w:style")):
        name = one.find(qn("w:name"))
        if name is not None:
            kind = one.get(qn("w:type"), "paragraph")
            found[kind, name.get(qn("w:val"), "").lower()] = one.get(qn("w:styleId"), "")
    return found


def _new_id(name: str, taken: set[str]) -> str:
    wanted = found = "".join(word[:1].upper() + word[1:] for word in name.split())
    number = 1
    while found in taken:
        number += 1
        found = f"{wanted}{number}"
    taken.add(found)
    return found


def _written(style: Style, ids: Mapping[str, str]) -> Xml:
    parts = [node("name", val=style.name)]
    if style.based_on:
        parts.append(node("basedOn", val=ids[style.based_on]))
    if style.following:
        parts.append(node("next", val=ids[style.following]))
    if style.quick:
        parts.append(node("qFormat"))
    parts += [
        *([node("pPr", style.paragraph)] if style.paragraph else []),
        *([node("rPr", style.text)] if style.text else []),
        style.inside,
    ]
    is_ground = style in _GROUND
    own = {"default": 1} if is_ground else {}
    if style.name.startswith("Tracker"):
        own = {"customStyle": 1}
    return node("style", *parts, type=style.kind, styleId=ids[style.name], **own)
