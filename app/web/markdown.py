"""Our own texts in Markdown as HTML with the classes of pages: guides and descriptions of the API."""

import re
from functools import cache
from typing import Any

from markupsafe import Markup

from app.web.static_files import address

_CLASSES = {
    "p": "app-body",
    "ul": "govuk-list govuk-list--bullet app-list",
    "ol": "govuk-list govuk-list--number app-list",
    "a": "govuk-link",
    "pre": "app-code",
    "h2": "app-h2",
    "h3": "app-h3",
}
_TAG = re.compile(rf"<({'|'.join(_CLASSES)})(?=[ >])")
_GUIDE = re.compile(r'href="([a-z-]+)\.md(#[a-z0-9-]+)?"')
_PICTURE = re.compile(r'src="\.\./static/pictures/([a-z-]+\.webp)"')
_TABLE = re.compile(r"<table>(.*?)</table>", re.DOTALL)
_COLUMN = re.compile(r"<th(?: [^>]*)?>(.*?)</th>", re.DOTALL)
_CELL = re.compile(r"<td(?: [^>]*)?>(.*?)</td>", re.DOTALL)
_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_HEADING = re.compile(r"<(h[23])>(.*?)</\1>", re.DOTALL)


def html(text: str) -> Markup:
    """A text of ours as HTML; HTML in it is shown as it is written. Headings get ids, guides addresses.

    Pictures are those of static/pictures.
    """
    found = _HEADING.sub(_with_id, str(_parser().render(text)))
    found = _TAG.sub(lambda tag: f'{tag[0]} class="{_CLASSES[tag[1]]}"', found)
    found = _TABLE.sub(_stacked, found)
    found = _GUIDE.sub(lambda link: f'href="/help/{link[1]}{link[2] or ""}"', found)
    found = _PICTURE.sub(lambda shown: f'class="app-picture" src="{address(shown[1])}"', found)
    return Markup(found)


def inline(text: str) -> Markup:
    """One line of a text: without a paragraph around it."""
    return Markup(_parser().renderInline(text))


def anchor(words: str) -> str:
    """The id of a heading."""
    return "-".join(re.findall(r"[a-z0-9]+", re.sub(r"<[^>]+>|&\w+;", "", words).lower()))


def _with_id(heading: re.Match[str]) -> str:
    return f'<{heading[1]} id="{anchor(heading[2])}">{heading[2]}</{heading[1]}>'


def _stacked(table: re.Match[str]) -> str:
    """A table that stacks on narrow screens, where each cell says its column; its first column heads rows."""
    head, _, body = table[1].partition("</thead>")
    columns: list[str] = _COLUMN.findall(head)
    headers = "".join(f'<th scope="col" role="columnheader">{column}</th>' for column in columns)
    rows = "".join(_row(columns, _CELL.findall(row)) for row in _ROW.findall(body))
    return (
        '<table class="app-table stack" role="table"><thead role="rowgroup"><tr role="row">'
        f'{headers}</tr></thead><tbody role="rowgroup">{rows}</tbody></table>'
    )


def _row(columns: list[str], cells: list[str]) -> str:
    first, *others = cells
    labelled = (
        f'<td role="cell"><span class="cell-label" aria-hidden="true">{column}</span>{cell}</td>'
        for column, cell in zip(columns[1:], others, strict=True)
    )
    return f'<tr role="row"><th scope="row" role="rowheader">{first}</th>{"".join(labelled)}</tr>'


@cache
def _parser() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table")
