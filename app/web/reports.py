"""Board reports on pages: choosing one, reading it, and downloading it in any format."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from app import db
from app.lazy_routes import page_router
from app.reports.document import Look
from app.services import periods as periods_service
from app.services import plans as plans_service
from app.services import report_files
from app.services.lists import LARGEST_PAGE, Page
from app.web.deps import Present, Visitor
from app.web.plan_choice import chosen_plan
from app.web.presenters.reports import empty_page, report_page, reports_page
from app.web.rendering import page
from app.web.visits import Visit

router = page_router()
_EVERY = Page(limit=LARGEST_PAGE)


@router.get("/reports")
def reports(request: Request, visit: Present) -> Response:
    """The reports of the area's first plan, or of the one that ``plan`` names."""
    with db.read(visit.who) as connection:
        plans = plans_service.list_plans(connection, visit.who, asked=_EVERY)["items"]
        if not plans:
            return page("pages/reports.html", visit.who, empty_page(visit))
        plan = chosen_plan(connection, visit, plans, request.query_params.get("plan", ""))
        periods = periods_service.list_periods(
            connection, visit.who, plan["id"], asked=_EVERY, descending=True
        )
    return page("pages/reports.html", visit.who, reports_page(visit, plans, plan, periods))


@router.get("/periods/{period_id}/report")
def of_period(visit: Present, period_id: UUID) -> Response:
    """The report of a period; once that is published, of its stored copy."""
    content, look = _read(visit, period_id=period_id)
    return _page(visit, content, look, f"/periods/{period_id}")


@router.get("/plans/{plan_id}/report")
def of_day(visit: Visitor, plan_id: UUID) -> Response:
    """The report of a plan as at any day."""
    content, look = _read(visit, plan_id=plan_id, as_at=visit.day)
    return _page(visit, content, look, f"/plans/{plan_id}")


def _read(visit: Visit, **of: Any) -> tuple[dict[str, Any], Look]:
    with db.read(visit.who) as connection:
        return report_files.report(connection, visit.who, today=visit.at.today, **of)


def _page(visit: Visit, content: Mapping[str, Any], look: Look, of: str) -> Response:
    from app.reports import html  # what a report is made with, which other pages need not have

    article = html.article(report_files.document(content, look))
    return page("pages/report.html", visit.who, report_page(visit, content, article, of))


def _file(visit: Visit, kind: str, **of: Any) -> Response:
    content, look = _read(visit, **of)
    made = report_files.made(content, look, kind)
    headers = {"content-disposition": f'attachment; filename="{made.name}"', "cache-control": "no-store"}
    return Response(made.data, media_type=made.media_type, headers=headers)


def _period_file(kind: str) -> Callable[..., Response]:
    def period_report_file(visit: Present, period_id: UUID) -> Response:
        """The report of a period as a file."""
        return _file(visit, kind, period_id=period_id)

    return period_report_file


def _plan_file(kind: str) -> Callable[..., Response]:
    def plan_report_file(visit: Visitor, plan_id: UUID) -> Response:
        """The report of a plan as at any day as a file."""
        return _file(visit, kind, plan_id=plan_id, as_at=visit.day)

    return plan_report_file


for _kind in report_files.FORMATS:
    router.add_api_route(f"/periods/{{period_id}}/report.{_kind}", _period_file(_kind), methods=["GET"])
    router.add_api_route(f"/plans/{{plan_id}}/report.{_kind}", _plan_file(_kind), methods=["GET"])
