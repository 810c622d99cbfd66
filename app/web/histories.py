"""The full history of a record in words, from the journal."""

from uuid import UUID

from starlette.responses import Response

from app import db
from app.lazy_routes import page_router
from app.services import histories
from app.services.lists import Page
from app.web.deps import Visitor
from app.web.presenters.full_history import history_page
from app.web.rendering import page
from app.web.visits import Visit

router = page_router()
ROWS = 50


@router.get("/plans/{plan_id}/history")
def of_plan(visit: Visitor, plan_id: UUID, cursor: str = "") -> Response:
    """Everything that was changed in a plan and its periods."""
    return _history(visit, "plan", plan_id, cursor)


@router.get("/priorities/{priority_id}/history")
def of_priority(visit: Visitor, priority_id: UUID, cursor: str = "") -> Response:
    """Everything that was changed in a priority."""
    return _history(visit, "priority", priority_id, cursor)


@router.get("/actions/{action_id}/history")
def of_action(visit: Visitor, action_id: UUID, cursor: str = "") -> Response:
    """Everything that was changed in an action, corrected entries included."""
    return _history(visit, "action", action_id, cursor)


@router.get("/registers/{register_id}/history")
def of_register(visit: Visitor, register_id: UUID, cursor: str = "") -> Response:
    """Everything that was changed in a register and its matrix."""
    return _history(visit, "register", register_id, cursor)


@router.get("/risks/{risk_id}/history")
def of_risk(visit: Visitor, risk_id: UUID, cursor: str = "") -> Response:
    """Everything that was changed in a risk, its controls and its management actions."""
    return _history(visit, "risk", risk_id, cursor)


@router.get("/periods/{period_id}/history")
def of_period(visit: Visitor, period_id: UUID, cursor: str = "") -> Response:
    """Everything that was changed in a period: its commentaries, errata, review and publication too."""
    return _history(visit, "period", period_id, cursor)


def _history(visit: Visit, noun: str, record_id: UUID, cursor: str) -> Response:
    asked = Page(cursor or None, ROWS)
    with db.read(visit.who) as connection:
        found = histories.history(connection, visit.who, record_id, noun=noun, asked=asked)
    return page("pages/history.html", visit.who, history_page(visit, noun, found, cursor))
