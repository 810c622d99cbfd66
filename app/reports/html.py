"""A report as a web page: the article that stands in a page of the service, and a file that stands alone.

The file needs nothing beside it: styles, logo and pictures are in it. Every text is escaped by the templates.
"""

from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from app import charts
from app.charts import bars as bar_charts
from app.models.looks import Look as Colours
from app.models.looks import style_sheet
from app.reports.cells import said_by, written
from app.reports.document import Bars, Cell, Column, Document, Heading, HeatMap, Kind, Square, Table
from app.reports.folder import FOLDER
from app.reports.risk_sections import BAND_COLOURS

_NARROW = 6
"""Tables whose shares come to no more than this are half as wide: figures should stand near their names."""
_NUMBERS = (Kind.whole, Kind.percent)


def article(document: Document) -> Markup:
    """The report from its title to its last line, without a page around it."""
    return Markup(_environment().get_template("report.html").render(**_values(document)))


def html(document: Document) -> bytes:
    """The report as a file."""
    values = {"article": article(document), "document": document, "styles": Markup(_styles(document))}
    return _environment().get_template("report_file.html").render(**values).encode()


def _styles(document: Document) -> str:
    """All styles of a file. Of what the area set only colours are in them, which are checked when set."""
    look = document.look
    colours = style_sheet(Colours({"brand": look.accent, **(look.statuses or {})}))
    return f"{_own_styles()}\n{colours}"


@cache
def _own_styles() -> str:
    return "\n".join(
        (FOLDER / name).read_text(encoding="utf-8") for name in ("report_file.css", "report.css")
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader([FOLDER, Path(charts.__file__).parent / "templates"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["said_by"] = said_by
    return environment


def _values(document: Document) -> dict[str, Any]:
    blocks = document.blocks
    return {
        "document": document,
        "logo": _logo(document.look.logo),
        "contents": [one for one in blocks if isinstance(one, Heading) and one.level == 2],
        "blocks": [
            _shown(place, one, document.blocks[place - 1]) for place, one in enumerate(document.blocks)
        ],
    }


def _logo(content: bytes) -> str:
    """The address of a picture that holds the picture itself; "" without one."""
    if not content:
        return ""
    kind = "png" if content.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{b64encode(content).decode()}"


def _shown(place: int, block: Any, before: Any) -> Mapping[str, Any]:
    """A block as the template takes it: its kind, itself, and what is worked out for it.

    A table right after a heading (``before``) needs no caption that is seen: the heading is one.
    """
    found: dict[str, Any] = {"kind": type(block).__name__, "it": block}
    if isinstance(block, Table):
        found["rows"] = [_row(block.columns, row) for row in block.rows]
        found["numbers"] = [column.kind in _NUMBERS for column in block.columns]
        shares = [column.share for column in block.columns]
        found["widths"] = [round(100 * share / sum(shares), 2) for share in shares]
        found["is_narrow"] = sum(shares) <= _NARROW
        found["is_named"] = isinstance(before, Heading)
    elif isinstance(block, Bars):
        found["bars"] = [
            (
                one.label,
                bar_charts.Bar(f"b{place}-{number}", one.label, one.words, bar_charts.segments(one.counts)),
            )
            for number, one in enumerate(block.bars)
        ]
    elif isinstance(block, HeatMap):
        found["rows"] = [
            (impact, [_square(square) for square in row])
            for impact, row in zip(block.impacts, block.squares, strict=True)
        ]
    return found


def _row(columns: tuple[Column, ...], row: tuple[Cell, ...]) -> list[tuple[str, str, bool]]:
    """Each cell with the label of its column, as text, and whether it is a number."""
    return [
        (column.label, written(cell, column.kind), column.kind in _NUMBERS and not isinstance(cell, str))
        for column, cell in zip(columns, row, strict=True)
    ]


def _square(square: Square) -> tuple[Square, int]:
    """A square with the step of its band's colour, 0 for none: pages have classes, not colours."""
    step = BAND_COLOURS.index(square.colour) + 1 if square.colour in BAND_COLOURS else 0
    return square, step
