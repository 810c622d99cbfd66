"""Pages of the area's journal, for admins: every entry, and whether it is as it was written."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from fastapi import Request
from starlette.responses import Response

from app import db
from app.clock import LONDON
from app.errors import Fault, Invalid, invalid
from app.lazy_routes import page_router
from app.services import journal_list
from app.services.lists import Page
from app.web.deps import Present
from app.web.downloads import download, download_asked, every_change
from app.web.presenters import journal as presenter
from app.web.presenters import lists
from app.web.presenters.full_history import NEWEST, order_asked
from app.web.presenters.other_sheets import journal_sheet
from app.web.rendering import page

router = page_router()
ROWS = 50
_LONGEST_NAME = 300
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


@router.get("/admin/journal")
def journal_page(
    visit: Present,
    request: Request,
    noun: str = "",
    author: str = "",
    since: str = "",
    until: str = "",
    cursor: str = "",
) -> Response:
    """The entries of the area's journal, newest first unless asked; ``since``, ``until`` are London days."""
    asked = presenter.Asked(
        noun if noun in presenter.NOUNS else "",
        author.replace("\x00", "").strip()[:_LONGEST_NAME],
        _day("since", since),
        _day("until", until),
        order_asked(request.query_params),
    )

    def ask(wanted: Page) -> dict[str, Any]:
        return journal_list.list_entries(
            connection,
            visit.who,
            asked=wanted,
            noun=asked.noun or None,
            author=asked.author or None,
            since=_begins(asked.since) if asked.since else None,
            before=_begins(asked.until + timedelta(days=1)) if asked.until else None,
            descending=asked.sort == NEWEST,
        )

    if noun and not asked.noun:
        raise invalid("/noun", "Choose a kind of record from the list.")
    if asked.since and asked.until and asked.until < asked.since:
        raise invalid("/until", "Choose a “To” that is not before “From”.")
    with db.read(visit.who) as connection:
        if kind := download_asked(request.query_params):
            ask(Page(limit=1))  # refused here to who may not, before the file begins
            chosen = lists.chosen(presenter.fields_of(asked))
            return download(visit, kind, journal_sheet(), every_change(ask), chosen)
        found = ask(Page(cursor or None, ROWS))
    return page("pages/journal.html", visit.who, presenter.journal_page(asked, found, cursor))


@router.get("/admin/journal/verification")
def verification(visit: Present, head: str = "") -> Response:
    """Go through the whole journal; ``head`` is one that was noted earlier."""
    head = head.strip().lower()
    if head and not _HASH.fullmatch(head):
        words = "Give a head as this page shows it: 64 digits and letters from a to f."
        raise Invalid([Fault("/head", words)])
    with db.read(visit.who) as connection:
        found = journal_list.verification(connection, visit.who, head)
    return page("pages/journal_verification.html", visit.who, presenter.verification_page(found))


def _day(name: str, typed: str) -> date | None:
    if not typed.strip():
        return None
    try:
        found = date.fromisoformat(typed.strip())
    except ValueError:
        found = date.min
    if not date(1990, 1, 1) <= found <= date(2100, 12, 31):
        raise Invalid([Fault(f"/{name}", "Choose a date as your browser offers it, or leave it empty.")])
    return found


def _begins(day: date) -> datetime:
    """When a London day begins."""
    return datetime.combine(day, time(), LONDON).astimezone(UTC)
