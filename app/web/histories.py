"""The full history of a record in words, from the journal."""

from typing import Any
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from app import db
from app.lazy_routes import page_router
from app.services import histories
from app.services.lists import Page
from app.web.deps import Visitor
from app.web.downloads import download, download_asked, every_change
from app.web.presenters.full_history import NEWEST, ROWS, asked_for, history_page, title_of
from app.web.presenters.sheets import history_sheet
from app.web.rendering import page
from app.web.visits import Visit

router = page_router()


@router.get("/plans/{plan_id}/history")
def of_plan(visit: Visitor, plan_id: UUID, request: Request) -> Response:
    """Everything that was changed in a plan and its periods."""
    return _history(visit, "plan", plan_id, request)


@router.get("/priorities/{priority_id}/history")
def of_priority(visit: Visitor, priority_id: UUID, request: Request) -> Response:
    """Everything that was changed in a priority."""
    return _history(visit, "priority", priority_id, request)


@router.get("/actions/{action_id}/history")
def of_action(visit: Visitor, action_id: UUID, request: Request) -> Response:
    """Everything that was changed in an action, corrected entries included."""
    return _history(visit, "action", action_id, request)


@router.get("/registers/{register_id}/history")
def of_register(visit: Visitor, register_id: UUID, request: Request) -> Response:
    """Everything that was changed in a register and its matrix."""
    return _history(visit, "register", register_id, request)


@router.get("/risks/{risk_id}/history")
def of_risk(visit: Visitor, risk_id: UUID, request: Request) -> Response:
    """Everything that was changed in a risk, its controls and its management actions."""
    return _history(visit, "risk", risk_id, request)


@router.get("/periods/{period_id}/history")
def of_period(visit: Visitor, period_id: UUID, request: Request) -> Response:
    """Everything that was changed in a period: its commentaries, errata, review and publication too."""
    return _history(visit, "period", period_id, request)


def _history(visit: Visit, noun: str, record_id: UUID, request: Request) -> Response:
    asked = asked_for(request.query_params)
    descending = asked.sort == NEWEST

    def ask(wanted: Page) -> dict[str, Any]:
        return histories.history(
            connection, visit.who, record_id, noun=noun, asked=wanted, descending=descending
        )

    with db.read(visit.who) as connection:
        if kind := download_asked(request.query_params):
            record = ask(Page(limit=1))["record"]
            sheet = history_sheet(f"History of {title_of(noun, record)}")
            return download(visit, kind, sheet, every_change(ask))
        found = ask(Page(limit=ROWS, offset=ROWS * (asked.page - 1)))
    return page("pages/history.html", visit.who, history_page(visit, noun, found, asked))
