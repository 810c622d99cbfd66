"""The overview: the board's questions about one plan of the area."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import Request
from sqlalchemy import Connection
from starlette.responses import Response

from app import db
from app.access.roles import Operation, may
from app.lazy_routes import page_router
from app.models.webhooks import WebhookState
from app.services import comparison as comparison_service
from app.services import data_quality_counts
from app.services import own_actions as own_actions_service
from app.services import plans as plans_service
from app.services import registers as registers_service
from app.services import risks as risks_service
from app.services import webhooks as webhooks_service
from app.services.lists import LARGEST_PAGE, Page
from app.web.deps import Visitor
from app.web.period_line import with_period
from app.web.plan_choice import chosen_plan
from app.web.plans import MOST_AT_ONCE, progress_of
from app.web.presenters.overview import HIGHEST, Mine, Todo, empty_page, overview_page
from app.web.presenters.webhooks import disabled_webhooks
from app.web.rendering import page
from app.web.visits import Visit

router = page_router()


@router.get("/")
def overview(request: Request, visit: Visitor) -> Response:
    """The overview of the area's first plan, or of the one that ``plan`` names."""
    chosen = request.query_params.get("plan", "")
    who, today = visit.who, visit.at.today
    with db.read(who) as connection:
        plans = plans_service.list_plans(connection, who, asked=Page(limit=LARGEST_PAGE))["items"]
        if not plans:
            return page("pages/overview_empty.html", who, empty_page(visit))
        plan = chosen_plan(connection, visit, plans, chosen)
        visit = with_period(connection, visit, plan["id"])
        progress = progress_of(connection, visit, plan["id"])
        before = _before(connection, visit, plan["id"], progress)
        highest = risks_service.highest(
            connection, who, plan["id"], today=today, as_at=visit.day, limit=HIGHEST
        )
        registers = registers_service.list_registers(
            connection, who, today=today, plan_id=plan["id"], asked=Page(limit=LARGEST_PAGE)
        )["items"]
        mine = _mine(connection, visit, plan["id"])
        overdue_reviews = risks_service.reviews_late(
            connection, who, plan["id"], today=today, as_at=visit.day
        )
        disabled = _disabled_webhooks(connection, visit)
        points = data_quality_counts.of_plan(connection, who, plan["id"], today=today, as_at=visit.day)
    content = overview_page(
        visit, plan, plans, progress, highest, registers, mine, overdue_reviews, points, before
    )
    content["boards"] = [*disabled, *content["boards"]]
    return page("pages/overview.html", who, content)


def _disabled_webhooks(connection: Connection, visit: Visit) -> list[Todo]:
    """What administrators must know: other systems that are told of nothing any more."""
    if not may(visit.who, Operation.manage_webhooks):
        return []
    asked = Page(limit=LARGEST_PAGE)
    found = webhooks_service.list_webhooks(connection, visit.who, asked=asked, state=WebhookState.disabled)
    return disabled_webhooks(found["total"])


def _before(
    connection: Connection, visit: Visit, plan_id: UUID, progress: Mapping[str, Any]
) -> tuple[date, dict[str, Any] | None]:
    """The day that the plan is compared with, and its figures on it; None where the plan is very large."""
    day = visit.compare or comparison_service.usual_day(connection, plan_id, visit.day)
    if progress["overall"]["action_points"] > MOST_AT_ONCE:
        return day, None
    return day, progress_of(connection, visit._replace(day=day), plan_id)["overall"]


def _mine(connection: Connection, visit: Visit, plan_id: UUID) -> Mine | None:
    """How many of the visitor's own actions are overdue, delayed or late to start; None for a non-lead."""
    if visit.who.person_id is None:
        return None

    own = own_actions_service.progress_of_lead(
        connection, visit.who, plan_id, visit.who.person_id, today=visit.at.today, as_at=visit.day
    )
    return Mine(
        all=own["distinct_actions"],
        overdue=own["flags"]["overdue"]["actions"],
        delayed=own["statuses"]["delayed"]["count"],
        late_start=own["flags"]["late_start"]["actions"],
    )
