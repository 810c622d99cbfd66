"""The next message of a schedule as it would be sent today: on a page, and as mail programs show it."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from sqlalchemy import Connection
from starlette.responses import HTMLResponse, Response

from app import db
from app.errors import invalid
from app.lazy_routes import page_router
from app.services import message_previews, schedule_previews
from app.services.message_previews import Preview
from app.web.deps import Present
from app.web.presenters import schedule_previews as presenter
from app.web.rendering import page
from app.web.schedules import found
from app.web.visits import Visit

router = page_router()
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; sandbox"
)
"""For a message alone, which has its styles on its elements: no script, no file, nothing of ours in reach."""
Words = Annotated[str, Query(max_length=100)]


@router.get("/schedules/{schedule_id}/preview")
def preview(visit: Present, schedule_id: UUID, lead: Words = "") -> Response:
    """The next dates, and the next message in words; of reminders that to one lead."""
    schedule = found(visit, schedule_id)
    with db.read(visit.who) as connection:
        ahead = schedule_previews.preview(connection, visit.who, schedule_id, now=visit.at.calendar)
        message = _message(connection, visit, schedule_id, lead)
    content = presenter.preview_page(schedule, ahead, message)
    return page("pages/schedule_preview.html", visit.who, content)


@router.get("/schedules/{schedule_id}/preview/message")
def message(visit: Present, schedule_id: UUID, lead: Words = "") -> Response:
    """The message by itself, as its HTML is sent."""
    with db.read(visit.who) as connection:
        made = _message(connection, visit, schedule_id, lead)
    html = made.html or presenter.NO_MESSAGE
    return HTMLResponse(html, headers={"Content-Security-Policy": MAIL_POLICY, "Cache-Control": "no-store"})


def _message(connection: Connection, visit: Visit, schedule_id: UUID, lead: str) -> Preview:
    try:
        person_id = UUID(lead) if lead else None
    except ValueError:
        raise invalid("/lead", "Choose a lead from the list.") from None
    return message_previews.message(
        connection, visit.who, schedule_id, today=visit.at.today, person_id=person_id
    )
