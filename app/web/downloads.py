"""Downloading a list: at its own address with ``download=csv`` or ``xlsx``, so by the same filter."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from app.errors import invalid
from app.file_answers import FileAnswer, new_file
from app.services.lists import Page
from app.transfer import csv
from app.web.presenters.sheets import Sheet
from app.web.visits import Visit

BLOCK = 500
"""Rows that are read at once."""
CSV, EXCEL = "csv", "xlsx"
_MEDIA_TYPES = {
    CSV: "text/csv; charset=utf-8",
    EXCEL: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def download_asked(typed: Mapping[str, str]) -> str:
    """The kind of file that an address asks for, "" for the page. Raises Invalid for another kind."""
    kind = typed.get("download", "")
    if kind not in ("", *_MEDIA_TYPES):
        raise invalid("/download", "Choose CSV or Excel.")
    return kind


def every(ask: Callable[[Page], Mapping[str, Any]]) -> Iterator[Any]:
    """All items of a list, whatever its size: page after page in the caller's transaction."""
    asked = Page(limit=BLOCK)
    while True:
        answer = ask(asked)
        yield from answer["items"]
        if answer["next"] is None:
            return
        asked = Page(cursor=answer["next"], limit=BLOCK, total=answer["total"])


def every_change(ask: Callable[[Page], Mapping[str, Any]]) -> Iterator[tuple[Any, Mapping[str, Any]]]:
    """All entries of a history, each with what the ids in it stand for."""
    asked = Page(limit=BLOCK)
    while True:
        answer = ask(asked)
        yield from ((item, answer["names"]) for item in answer["items"])
        if answer["next"] is None:
            return
        asked = Page(cursor=answer["next"], limit=BLOCK, total=answer["total"])


def download(
    visit: Visit, kind: str, sheet: Sheet, items: Iterable[Any], chosen: Sequence[tuple[str, str]] = ()
) -> FileAnswer:
    """The rows of a list as a file, read and written within the caller's transaction.

    ``chosen`` are the filters in words, which the workbook tells beside whose rows they are and of which day.
    """
    file = new_file()
    rows = map(sheet.row, items)
    try:
        if kind == CSV:
            csv.write_for_people(sheet.table, rows, file)
        else:
            from app.transfer import excel  # 60 ms and some memory that nobody needs before

            about = (*sheet.about(visit), *chosen)
            excel.write(sheet.table, rows, file, about=about, wide=sheet.wide, created=visit.at.now)
    except BaseException:
        file.close()
        raise
    name = re.sub(r"[^A-Za-z0-9]+", "-", f"{sheet.title[:60]} {visit.day}").strip("-").lower()
    return FileAnswer(file, _MEDIA_TYPES[kind], f"{name}.{kind}")
