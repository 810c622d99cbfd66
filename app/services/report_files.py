"""Board reports as files: the content of a period or of a day, and the bytes of each format made of it.

The content is read once; making files of it asks the database for nothing. What each format needs is imported
when a report is first asked for in it.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy import Connection

from app.access.roles import Principal
from app.config import settings
from app.models.area_settings import DEFAULT_COLOURS
from app.models.looks import DIGEST_DIGITS
from app.plans.statuses import Status
from app.reports.document import Document, Look
from app.services import area_settings, publications, reports
from app.services import errata as errata_service
from app.services.area_settings import COLOUR_FIELDS
from app.transfer.plan_export import file_name

ERRATA = "errata"
"""What a content carries beside what is stored of it: the corrections of a published period."""


class FileMade(NamedTuple):
    """A report as a file: what it is called where it is kept, what it is, and its bytes."""

    name: str
    media_type: str
    data: bytes


class Format(NamedTuple):
    """A kind of file: what people call it, its media type, and how it is made."""

    label: str
    media_type: str
    make: Callable[[Mapping[str, Any], Look, bytes | None], bytes]


def report(
    db: Connection,
    who: Principal,
    *,
    today: date,
    period_id: UUID | None = None,
    plan_id: UUID | None = None,
    as_at: date | None = None,
) -> tuple[dict[str, Any], Look]:
    """The content of the report of a period, or of a plan as at a day (by default today), and the look.

    Of a published period it is the stored copy, with its ``errata`` where it has some. Raises NotFound for an
    unknown period or plan, Invalid for a day to come.
    """
    if period_id is not None:
        found = json.loads(publications.report(db, who, period_id, today=today))
        corrections = errata_service.list_errata(db, who, period_id)
        if corrections:
            found[ERRATA] = to_jsonable_python(corrections)
    elif plan_id is not None:
        found = reports.of_day(db, who, plan_id, today=today, day=as_at or today)
    else:
        raise TypeError("a report is of a period or of a plan")
    return found, look(db, who)


def look(db: Connection, who: Principal) -> Look:
    """How the caller's area presents itself: name, logo, colours, and its own template for Word."""
    found = area_settings.get_settings(db, who)
    digest = found["logo_digest"]
    logo = area_settings.logo(db, who, digest[:DIGEST_DIGITS])[0] if digest else b""
    own = {status.value: found[COLOUR_FIELDS[status.value]] for status in Status}
    statuses = {name: colour for name, colour in own.items() if colour}
    brand = found[COLOUR_FIELDS["brand"]] or DEFAULT_COLOURS["brand"]
    template = area_settings.template(db, who) if found["template_digest"] else b""
    return Look(found["name"], logo, brand, statuses or None, template)


def made(content: Mapping[str, Any], look: Look, kind: str, *, template: bytes | None = None) -> FileMade:
    """The report as a file of a format; ``template`` is used for Word in place of the area's own.

    Raises KeyError for a kind that is none of ``MADE``, Invalid for a template that will not do.
    """
    found = MADE[kind]
    return FileMade(name_of(content, kind), found.media_type, found.make(content, look, template))


def name_of(content: Mapping[str, Any], kind: str) -> str:
    """What the file of a report is called: "PAP-board-report-2024-06-30.pdf".

    Of a period "PAP-Q1-board-report-2024-06-30.pdf", or "PAP-Q1-draft-board-report-...": what was published
    may differ from what is known of the same day now, and lies in the same folder.
    """
    parts = [content["plan"]["ref"], "board-report"]
    if content["period"]:
        is_draft = content.get("published") is False
        parts[1:1] = [content["period"]["ref"], *(["draft"] if is_draft else [])]
    return file_name("-".join(parts), content["as_at"], kind)


def document(content: Mapping[str, Any], look: Look) -> Document:
    """The report as the document of which every format is made."""
    from app.reports import contents

    return contents.document(content, look)


def _html(content: Mapping[str, Any], look: Look, _template: bytes | None) -> bytes:
    from app.reports import html

    return html.html(document(content, look))


def _pdf(content: Mapping[str, Any], look: Look, _template: bytes | None) -> bytes:
    from app.reports import pdf

    return pdf.pdf(document(content, look))


def _word(content: Mapping[str, Any], look: Look, template: bytes | None) -> bytes:
    from app.reports import word

    return word.word(document(content, look), template)


def _excel(content: Mapping[str, Any], look: Look, _template: bytes | None) -> bytes:
    from app.reports import excel

    return excel.excel(document(content, look), content)


def _json(content: Mapping[str, Any], _look: Look, _template: bytes | None) -> bytes:
    """The content itself: of a published period the bytes that are stored."""
    return reports.as_bytes({name: value for name, value in content.items() if name != ERRATA})


def _eml(content: Mapping[str, Any], look: Look, _template: bytes | None) -> bytes:
    """The summary e-mail as a draft, for whoever opens it to send."""
    from app.reports.email import rendered
    from app.reports.summary import summary
    from app.senders.message import as_draft

    return as_draft(*rendered(summary(content, look, base_url=settings().opened_at)))


_OFFICE = "application/vnd.openxmlformats-officedocument"
FORMATS: Mapping[str, Format] = {
    "html": Format("Web page", "text/html; charset=utf-8", _html),
    "pdf": Format("PDF", "application/pdf", _pdf),
    "docx": Format("Word", f"{_OFFICE}.wordprocessingml.document", _word),
    "xlsx": Format("Excel", f"{_OFFICE}.spreadsheetml.sheet", _excel),
    "json": Format("JSON", "application/json", _json),
}
"""Every format of a report by the ending of its file."""
MADE: Mapping[str, Format] = {**FORMATS, "eml": Format("E-mail", "message/rfc822", _eml)}
"""The same, and the summary of it as a message."""
