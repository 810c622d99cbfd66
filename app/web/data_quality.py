"""Pages of data quality: the list of points, and the form that acknowledges one of a record."""

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

from fastapi import Request
from sqlalchemy import Connection
from starlette.responses import Response

from app import db
from app.access.roles import Operation
from app.errors import Conflict
from app.lazy_routes import page_router
from app.models.data_quality import AcknowledgementCreate
from app.services import access
from app.services import actions as actions_service
from app.services import data_quality as data_quality_service
from app.services import plans as plans_service
from app.services import risks as risks_service
from app.services.lists import LARGEST_PAGE, WHOLE, Page
from app.web import drafts
from app.web.deps import SentForm, Visitor
from app.web.downloads import download, download_asked
from app.web.forms import Form, filled
from app.web.period_line import with_period
from app.web.presenters import acknowledgement_form as presenter
from app.web.presenters import lists
from app.web.presenters.data_quality import ROWS, Asked, asked_for, fields, list_page
from app.web.presenters.sheets import finding_sheet
from app.web.presenters.text import headline
from app.web.rendering import page
from app.web.visits import Visit

router = page_router()


@router.get("/data-quality")
def data_quality(request: Request, visit: Visitor) -> Response:
    """Every point of the area, or of a plan."""
    asked = asked_for(request.query_params)
    who = visit.who
    with db.read(who) as connection:
        plans = plans_service.list_plans(connection, who, asked=Page(limit=LARGEST_PAGE))["items"]
        if kind := download_asked(request.query_params):
            listed = _listed(connection, visit, asked, WHOLE)
            chosen = lists.chosen(fields(asked, plans, listed["every"]))
            return download(visit, kind, finding_sheet(plans), listed["items"], chosen)
        page_asked = Page(limit=ROWS, offset=ROWS * (asked.page - 1))
        listed = _listed(connection, visit, asked, page_asked)
        visit = with_period(connection, visit, UUID(asked.plan) if asked.plan else None)
    return page("pages/data_quality.html", who, list_page(visit, listed, asked, plans))


def _listed(connection: Connection, visit: Visit, asked: Asked, page_asked: Page) -> dict[str, Any]:
    return data_quality_service.list_findings(
        connection,
        visit.who,
        today=visit.at.today,
        as_at=visit.day,
        wanted=asked.wanted(),
        asked=page_asked,
        sort=asked.sort.lstrip("-"),
        descending=asked.sort.startswith("-"),
    )


class _Subject(NamedTuple):
    """The record whose points are acknowledged, and what is found in it today."""

    name: str
    href: str
    section: str
    findings: list[dict[str, Any]]


def _action(connection: Connection, visit: Visit, action_id: UUID) -> _Subject:
    who, today = visit.who, visit.at.today
    found = actions_service.get_action(connection, who, action_id, today=today)
    findings = data_quality_service.of_action(connection, who, action_id, today=today)
    return _Subject(f"{found['ref']} {found['title']}", f"/actions/{action_id}", "plans", findings)


def _risk(connection: Connection, visit: Visit, risk_id: UUID) -> _Subject:
    who, today = visit.who, visit.at.today
    found = risks_service.get_risk(connection, who, risk_id, today=today)
    findings = data_quality_service.of_risk(connection, who, risk_id, today=today)
    name = f"Risk {found['ref']} {headline(found['description'])}"
    return _Subject(name, f"/risks/{risk_id}", "risks", findings)


@router.get("/actions/{action_id}/acknowledge")
def acknowledge_form_of_action(visit: Visitor, action_id: UUID, point: str = "") -> Response:
    """The form for an action; ``point`` is the one that a link named."""
    return _new(visit, _action, action_id, point)


@router.post("/actions/{action_id}/acknowledge")
def acknowledge_of_action(visit: Visitor, action_id: UUID, sent: SentForm) -> Response:
    """Acknowledge a point of an action."""
    return _save(visit, _action, action_id, sent)


@router.get("/risks/{risk_id}/acknowledge")
def acknowledge_form_of_risk(visit: Visitor, risk_id: UUID, point: str = "") -> Response:
    """The form for a risk and its management actions; ``point`` is the one that a link named."""
    return _new(visit, _risk, risk_id, point)


@router.post("/risks/{risk_id}/acknowledge")
def acknowledge_of_risk(visit: Visitor, risk_id: UUID, sent: SentForm) -> Response:
    """Acknowledge a point of a risk or of one of its management actions."""
    return _save(visit, _risk, risk_id, sent)


_Read = Callable[[Connection, Visit, UUID], _Subject]


def _present(visit: Visit, read: _Read, record_id: UUID) -> _Subject:
    """The record as it is today, for somebody who may acknowledge."""
    with db.read(visit.who) as connection:
        found = read(connection, visit, record_id)
    access.require(visit.who, Operation.edit)
    return found


def _new(visit: Visit, read: _Read, record_id: UUID, chosen: str) -> Response:
    found = _present(visit, read, record_id)
    fresh = presenter.new_form(visit, found.findings, chosen)
    form = drafts.resumed(visit, fresh)
    if chosen and form.value("point") != fresh.value("point"):
        # A link to another point than the one that something was typed about.
        form = fresh
    return _form_page(visit, found, form)


def _save(visit: Visit, read: _Read, record_id: UUID, sent: dict[str, str]) -> Response:
    """Save what was sent; the same form again is told that it is saved."""
    found = _present(visit, read, record_id)
    form = presenter.sent(sent)
    stated = presenter.stated(form, found.findings)
    body = filled(AcknowledgementCreate, stated, form) if stated else None
    if body is None:
        return _form_page(visit, found, form, status=422)
    try:
        with db.write(visit.who) as connection:
            data_quality_service.acknowledge(connection, visit.who, visit.at, body)
    except Conflict as error:
        if _is_saved(visit, found, body):
            return drafts.saved(visit, f"{found.href}?saved=told#data-quality")
        form.fault("point", error.detail)
        return _form_page(visit, _present(visit, read, record_id), form, status=409)
    return drafts.saved(visit, f"{found.href}?saved=told#data-quality")


def _is_saved(visit: Visit, found: _Subject, body: AcknowledgementCreate) -> bool:
    """Whether this very acknowledgement was saved before the form came again."""
    told = next(
        one["acknowledged"]
        for one in found.findings
        if (one["check"], one["subject"]["id"]) == (body.check, body.subject_id)
    )
    return bool(told) and (told["author_name"], told["reason"]) == (visit.who.name, body.reason)


def _form_page(visit: Visit, found: _Subject, form: Form, *, status: int = 200) -> Response:
    content = presenter.acknowledge_page(
        visit, found.findings, form, name=found.name, href=found.href, section=found.section
    )
    return page("pages/acknowledge.html", visit.who, content | {"draft": visit.path}, status=status)
