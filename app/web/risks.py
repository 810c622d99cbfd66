"""Pages of a risk: what it is, how its score has moved, and the form that assesses it."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection
from starlette.responses import Response

from app import db
from app.access.roles import Operation, may
from app.errors import Conflict, Invalid, NotAllowed, PreconditionFailed
from app.lazy_routes import page_router
from app.models.risks import AssessmentCreate
from app.risk.matrix import Matrix
from app.risk.scoring import RiskState
from app.services import access
from app.services import assessments as assessments_service
from app.services import controls as controls_service
from app.services import data_quality as data_quality_service
from app.services import management_actions as management_service
from app.services import plans as plans_service
from app.services import registers as registers_service
from app.services import risks as risks_service
from app.services.lists import LARGEST_PAGE, Page
from app.web import drafts
from app.web.deps import SentForm, Visitor
from app.web.forms import Form, filled
from app.web.period_line import with_period
from app.web.presenters import assessment_form as presenter
from app.web.presenters.data_quality import section
from app.web.presenters.risk_page import risk_page
from app.web.rendering import page
from app.web.repeats import is_newest
from app.web.stale import stale_page
from app.web.visits import Visit

router = page_router()
_ALL = Page(limit=LARGEST_PAGE)


@router.get("/risks/{risk_id}")
def risk(visit: Visitor, risk_id: UUID, saved: str = "") -> Response:
    """One risk. ``saved`` says what was just saved."""
    who, today = visit.who, visit.at.today
    with db.read(who) as connection:
        found = risks_service.get_risk(connection, who, risk_id, today=today, as_at=visit.day)
        register = registers_service.get_register(
            connection, who, found["register_id"], today=today, day=visit.day
        )
        entries = assessments_service.list_assessments(connection, who, risk_id)
        controls = controls_service.list_controls(connection, who, risk_id, asked=_ALL)["items"]
        actions = _management_actions(connection, visit, risk_id)
        label = _priority_label(connection, visit, register["plan_id"])
        visit = with_period(connection, visit, register["plan_id"])
        findings = data_quality_service.of_risk(connection, who, risk_id, today=today, as_at=visit.day)
    allowed = may_assess(visit, found, actions)
    content = risk_page(
        visit, found, register, entries, controls, actions, allowed, label, findings, saved=saved
    )
    return page("pages/risk.html", who, content)


@router.get("/risks/{risk_id}/assess")
def assess_form(visit: Visitor, risk_id: UUID) -> Response:
    """The form that assesses a risk; always today's record, whatever day was looked at."""
    found, matrix = present(visit, risk_id)
    return _form_page(visit, found, matrix, drafts.resumed(visit, presenter.new_form(found)))


@router.post("/risks/{risk_id}/assess")
def assess(visit: Visitor, risk_id: UUID, sent: SentForm) -> Response:
    """Save an assessment. A stale form shows both versions; what was typed is never lost.

    The same form again (sent twice, or once more after going back) is told that it is saved.
    """
    found, matrix = present(visit, risk_id)
    form = presenter.sent(sent)
    if form.value("edit"):
        return _form_page(visit, found, matrix, presenter.again(found, sent))
    stated = presenter.stated(form, matrix, found)
    version = form.number("version", "The version")
    body = None if form.problems else filled(AssessmentCreate, stated, form)
    if body is None:
        return _form_page(visit, found, matrix, form, status=422)
    if _is_saved(visit, risk_id, body):
        return drafts.saved(visit, f"/risks/{risk_id}?saved=already")
    try:
        with db.write(visit.who) as connection:
            assessments_service.assess(connection, visit.who, visit.at, risk_id, body, version=version or 0)
    except PreconditionFailed as stale:
        # The same form may have been saved since it was looked for: a button pressed twice.
        if _is_saved(visit, risk_id, body):
            return drafts.saved(visit, f"/risks/{risk_id}?saved=already")
        lines = presenter.differences(stale.current, form)
        return stale_page(visit, presenter.stale_of(stale.current, form), form, lines)
    except Invalid as error:
        form.take(error)
        return _form_page(visit, found, matrix, form, status=422)
    return drafts.saved(visit, f"/risks/{risk_id}?saved=1")


def may_assess(visit: Visit, found: dict[str, Any], actions: list[dict[str, Any]]) -> bool:
    """Whether the visitor may assess this risk: the same rule as the service's, for showing the form."""
    people = [one["id"] for one in (found["owner"], found["sro"], *(one["lead"] for one in actions)) if one]
    own = access.is_person(visit.who, *people)
    return may(visit.who, Operation.contribute, own=own) and found["state"] != RiskState.closed


def present(visit: Visit, risk_id: UUID) -> tuple[dict[str, Any], Matrix]:
    """The risk as it is today and its matrix, for somebody who may assess it."""
    who, today = visit.who, visit.at.today
    with db.read(who) as connection:
        found = risks_service.get_risk(connection, who, risk_id, today=today)
        register = registers_service.get_register(connection, who, found["register_id"], today=today)
        actions = _management_actions(connection, visit._replace(day=today), risk_id)
    if found["state"] == RiskState.closed:
        raise Conflict("The risk is closed. It can be assessed after it has been reopened.")
    if not may_assess(visit, found, actions):
        access.require(visit.who, Operation.contribute)
        raise NotAllowed("You can assess the risks that you own or answer for. Ask an editor about others.")
    return found, registers_service.matrix_of(register["matrix"])


def _is_saved(visit: Visit, risk_id: UUID, body: AssessmentCreate) -> bool:
    with db.read(visit.who) as connection:
        entries = assessments_service.list_assessments(connection, visit.who, risk_id)
    return is_newest(visit, entries, "assessed", body)


def _management_actions(connection: Connection, visit: Visit, risk_id: UUID) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = management_service.list_management_actions(
        connection, visit.who, risk_id, today=visit.at.today, as_at=visit.day, asked=_ALL
    )["items"]
    return items


def _priority_label(connection: Connection, visit: Visit, plan_id: UUID | None) -> str:
    """What the register's plan calls its priorities."""
    if plan_id is None:
        return "priority"
    return str(plans_service.get_plan(connection, visit.who, plan_id)["priority_label"])


def _form_page(
    visit: Visit, found: dict[str, Any], matrix: Matrix, form: Form, *, status: int = 200
) -> Response:
    with db.read(visit.who) as connection:
        findings = data_quality_service.of_risk(connection, visit.who, found["id"], today=visit.at.today)
    content = presenter.assess_page(visit, found, matrix, form) | {
        "quality": section(visit, findings),
        "draft": visit.path,
    }
    return page("pages/risk_assess.html", visit.who, content, status=status)
