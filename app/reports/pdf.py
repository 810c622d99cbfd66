"""A report as a PDF file that everybody can read: PDF/UA-1, tagged, in English.

Typst sets it from the templates beside this module. What is written in the report reaches them as JSON and
as nothing else: no text is ever put into markup, so none of it can be taken for markup.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

from app.plans.statuses import Status
from app.reports.cells import said_by, written
from app.reports.colours import ink_on, status_colours
from app.reports.document import (
    Bars,
    Block,
    Commentary,
    Document,
    Heading,
    HeatMap,
    Kind,
    Look,
    Paragraph,
    Square,
    Table,
)
from app.reports.glyphs import FONTS, basic, is_seen, line, lines, plain
from app.reports.pdf_layout import layout, square_letters
from app.reports.plain import one_line
from app.reports.row_headers import with_row_headers
from app.sentences.words import plural

TEMPLATES = Path(__file__).parent / "templates"
_JPEG = b"\xff\xd8"
_RUNNING, _FOOT = 48, 240
"""Characters at most of either side of the running header, which is one line, and of the foot."""
_FACT = 64
"""Letters of a word that fit beside the name of a fact: the head of a journal is copied from there whole."""
_LONG_WORD = 20
"""Letters of a word in a table that a column makes room for."""
_KEPT_RUNS = 10
_MOST_REFS = 36
"""So many references at most have room in a row of squares of the heat map; else squares hold counts."""


def pdf(document: Document) -> bytes:
    """The file. The same document always makes the same bytes: it is dated by the day that it is as at.

    Raises RuntimeError with the compiler's message when the file would not be PDF/UA-1.
    """
    content = _content(document)
    made_on = datetime.combine(document.as_at, time.min, tzinfo=UTC)
    try:
        return _set(content, made_on)
    except RuntimeError:
        # Letters and accents that no font has together: rather a report with words for them than none.
        return _set(_basic(content), made_on)


def _set(content: Mapping[str, Any], made_on: datetime) -> bytes:
    import typst

    try:
        made: bytes = typst.compile(
            TEMPLATES / "main.typ",
            root=TEMPLATES,
            font_paths=_fonts(),
            sys_inputs={"document": json.dumps(content, ensure_ascii=False)},
            # One string: there were releases that forgot what was asked for in a list, without a word.
            pdf_standards="ua-1",
            timestamp=made_on,
        )
    finally:
        _forget()
    return with_row_headers(made)


def _basic(value: Any) -> Any:
    """The content with the main font's characters alone."""
    if isinstance(value, str):
        return basic(value)
    if isinstance(value, Mapping):
        return {key: _basic(one) for key, one in value.items()}
    return [_basic(one) for one in value] if isinstance(value, list | tuple) else value


def _forget() -> None:
    """Let typst drop what it keeps of this report.

    It keeps all that it worked out for its last reports, which nobody asks for again: 15 MB for each of 11
    pages. What was not used in ten more runs goes, so ten runs of nothing follow (3 ms each).
    """
    import typst

    for _ in range(_KEPT_RUNS + 1):
        typst.compile(TEMPLATES / "empty.typ", font_paths=_fonts(), format="svg")


@cache
def _fonts() -> Any:
    """The fonts of this package alone: those of a machine would make another file of the same report."""
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


def _content(document: Document) -> dict[str, Any]:
    """All that the templates are told."""
    language, _, region = document.language.partition("-")
    return {
        "title": _titled(line(document.title)),
        "name": _titled(plain(document.title)),
        "subtitle": line(document.subtitle),
        "area": line(document.look.name),
        "author": plain(document.look.name),
        "language": language,
        "region": region,
        "accent": document.look.accent,
        "logo": _logo(document.look),
        "statuses": {name: own._asdict() for name, own in status_colours(document.look).items()},
        "facts": [[line(label), line(value, _FACT)] for label, value in document.facts],
        "running": [line(one_line(text, _RUNNING)) for text in (document.look.name, document.title)],
        "foot": line(one_line(document.foot, _FOOT)),
        "blocks": _blocks(document.blocks),
    }


def _logo(look: Look) -> dict[str, Any] | None:
    """The picture as its numbers: JSON has no bytes, and files come from the templates alone."""
    if not look.logo:
        return None
    kind = "jpg" if look.logo.startswith(_JPEG) else "png"
    return {"numbers": list(look.logo), "format": kind, "alt": plain(f"Logo of {look.name}")}


def _blocks(blocks: tuple[Block, ...]) -> list[dict[str, Any]]:
    """The blocks, no heading more than one level below the one before it, as PDF/UA-1 has it (7.4.2)."""
    found = []
    level = 1
    for block in blocks:
        content = _SHOWN[type(block)](block)
        if isinstance(block, Heading):
            level = content["level"] = min(block.level, level + 1)
        found.append({"kind": type(block).__name__, **content})
    return found


def _heading(block: Heading) -> dict[str, Any]:
    return {"text": _titled(line(block.text)), "level": block.level}


def _titled(text: str) -> str:
    """The text, or what stands for one in which nothing can be seen: PDF/UA-1 has no empty titles."""
    return text if is_seen(text) else "[No title]"


def _paragraph(block: Paragraph) -> dict[str, Any]:
    return {"lines": lines(block.text), "voice": block.voice.value}


def _commentary(block: Commentary) -> dict[str, Any]:
    return {"said": line(said_by(block)), "paragraphs": [part for part in lines(block.text) if part.strip()]}


def _table(block: Table) -> dict[str, Any]:
    kinds = [column.kind for column in block.columns]
    labels = [" ".join(lines(column.label, _LONG_WORD)) for column in block.columns]
    rows = [
        [_cell(written(cell, kind), kind) for cell, kind in zip(row, kinds, strict=True)]
        for row in block.rows
    ]
    return {
        "caption": line(block.caption),
        "kinds": [kind.value for kind in kinds],
        **layout(labels, rows, [column.share for column in block.columns])._asdict(),
        "total": block.total and bool(rows),
    }


def _cell(text: str, kind: Kind) -> list[str]:
    """The lines of a cell; a date stays on one."""
    found = lines(text, _LONG_WORD)
    return [one.replace(" ", "\N{NO-BREAK SPACE}") for one in found] if kind is Kind.day else found


def _bars(block: Bars) -> dict[str, Any]:
    return {
        "title": line(block.title),
        "alt": plain(f"{block.title}. {block.description}"),
        "key": [[status.value, line(block.labels.get(status.value, ""))] for status in Status],
        "bars": [
            {
                "label": line(bar.label),
                "words": line(bar.words),
                "counts": [[status.value, bar.counts.get(status.value, 0)] for status in Status],
            }
            for bar in block.bars
        ],
    }


def _heat_map(block: HeatMap) -> dict[str, Any]:
    most = max(3, _MOST_REFS // max(len(block.squares), 1))
    fits = square_letters(len(block.likelihoods))
    return {
        "title": line(block.title),
        "likelihoods": [_in_square(label, fits) for label in block.likelihoods],
        "impacts": [_in_square(label, fits) for label in block.impacts],
        "squares": [[_square(square, most, fits) for square in row] for row in block.squares],
    }


def _square(square: Square, most: int, fits: int) -> dict[str, Any]:
    many = len(square.current) + len(square.target) > most
    sides = {"current": square.current, "target": square.target}
    return {
        "band": _in_square(square.band, fits),
        "colour": square.colour,
        "ink": ink_on(square.colour),
        **{
            side: [_in_square(ref, fits) for ref in (_counted(refs) if many else refs)]
            for side, refs in sides.items()
        },
    }


def _counted(refs: Sequence[str]) -> list[str]:
    """How many risks there are, in place of more refs than have room."""
    return [f"{len(refs)} {plural(len(refs), 'risk')}"] if refs else []


def _in_square(text: str, fits: int) -> str:
    return " ".join(lines(text, fits))


_SHOWN: Mapping[type, Callable[[Any], dict[str, Any]]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Commentary: _commentary,
    Table: _table,
    Bars: _bars,
    HeatMap: _heat_map,
}
