"""Pages of a schedule's recipients: who they are, adding users and many addresses at once, removing one."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request
from sqlalchemy import Connection
from starlette.responses import Response

from app import db
from app.errors import Conflict, NotFound
from app.lazy_routes import page_router
from app.models.recipients import RecipientsAdd
from app.services import accounts, lists
from app.services import recipients as recipients_service
from app.web import record_forms
from app.web.deps import Present, SentForm
from app.web.downloads import download, download_asked, every
from app.web.forms import Form, filled
from app.web.presenters import schedule_recipients as presenter
from app.web.rendering import page, see_other
from app.web.repeats import id_set_aside, sealed
from app.web.schedules import found
from app.web.visits import Visit

router = page_router()
ROWS = 100
Words = Annotated[str, Query(max_length=2000)]


@router.get("/schedules/{schedule_id}/recipients")
def recipients(
    visit: Present, schedule_id: UUID, request: Request, said: str = "", q: Words = "", cursor: Words = ""
) -> Response:
    """The recipients of a schedule by group."""
    schedule = found(visit, schedule_id)
    query = q.replace("\x00", "").strip()
    with db.read(visit.who) as connection:

        def ask(asked: lists.Page) -> dict[str, Any]:
            return recipients_service.list_recipients(
                connection, visit.who, schedule_id, asked=asked, q=query or None
            )

        if kind := download_asked(request.query_params):
            return download(visit, kind, presenter.recipient_sheet(schedule), every(ask))
        listed = ask(lists.Page(cursor or None, ROWS))
    content = presenter.list_page(schedule, listed, said, query, cursor)
    return page("pages/schedule_recipients.html", visit.who, content)


@router.get("/schedules/{schedule_id}/recipients/new")
def add_form(visit: Present, schedule_id: UUID) -> Response:
    """The form that adds users and addresses."""
    shown = _add_form(visit, found(visit, schedule_id))
    return record_forms.form_page(visit, shown, record_forms.sent(shown.fields, {}))


@router.post("/schedules/{schedule_id}/recipients/new")
def add(visit: Present, schedule_id: UUID, sent: SentForm) -> Response:
    """Add all, or none with what is wrong in which line. Whoever is there already stays as they are."""
    schedule = found(visit, schedule_id)
    shown = _add_form(visit, schedule)
    form = record_forms.sent(shown.fields, sent)
    body = (
        filled(RecipientsAdd, {"recipients": given}, form)
        if (given := presenter.given(shown, form))
        else None
    )

    def work(connection: Connection, body: RecipientsAdd) -> str:
        became = recipients_service.add_recipients(
            connection, visit.who, visit.at, schedule_id, body.recipients
        )
        return f"{shown.back}?said=added-{became['added']}-{became['already_there']}"

    return record_forms.save(visit, shown, form, body, work)


def _add_form(visit: Visit, schedule: dict[str, Any]) -> record_forms.RecordForm:
    with db.read(visit.who) as connection:
        users = accounts.list_users(connection, visit.who, visit.at.now)
        there = recipients_service.list_recipients(connection, visit.who, schedule["id"], asked=lists.WHOLE)
    return presenter.add_form(schedule, users, there["items"])


@router.get("/schedules/{schedule_id}/recipients/{recipient_id}/removal")
def remove_form(visit: Present, schedule_id: UUID, recipient_id: UUID) -> Response:
    """Asks whether a recipient is to go."""
    shown = _remove_form(visit, schedule_id, recipient_id)
    return record_forms.form_page(visit, shown, Form({"set_aside": sealed(visit.who, recipient_id)}))


@router.post("/schedules/{schedule_id}/recipients/{recipient_id}/removal")
def remove(visit: Present, schedule_id: UUID, recipient_id: UUID, sent: SentForm) -> Response:
    """Remove a recipient; again, they are gone already."""
    back = presenter.path_of(schedule_id)
    try:
        shown = _remove_form(visit, schedule_id, recipient_id)
    except NotFound:
        # Only whoever was asked about this very recipient learns that there was one.
        if id_set_aside(visit.who, sent.get("set_aside", "")) != recipient_id:
            raise
        return see_other(f"{back}?said=gone")
    record_forms.require_shown(visit, recipient_id, sent)
    try:
        with db.write(visit.who) as connection:
            recipients_service.remove_recipient(connection, visit.who, visit.at, schedule_id, recipient_id)
    except Conflict as error:
        form = Form(sent)
        form.fault("", error.detail)
        return record_forms.form_page(visit, shown, form, status=409)
    return see_other(f"{back}?said=removed")


def _remove_form(visit: Visit, schedule_id: UUID, recipient_id: UUID) -> record_forms.RecordForm:
    schedule = found(visit, schedule_id)
    with db.read(visit.who) as connection:
        listed = recipients_service.list_recipients(connection, visit.who, schedule_id, asked=lists.WHOLE)
    one = next((one for one in listed["items"] if one["id"] == recipient_id), None)
    if one is None:
        raise NotFound("recipient")
    return presenter.remove_form(schedule, one)
