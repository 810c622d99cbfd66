"""The timeline of a plan: when its actions start and are due, and whether enough of them get complete."""

from datetime import timedelta
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from app import db
from app.errors import NotFound
from app.lazy_routes import page_router
from app.services import over_time as over_time_service
from app.services import plans as plans_service
from app.services import priorities as priorities_service
from app.services import timelines as timelines_service
from app.services.overview import WEEKS_AHEAD
from app.services.overview_rows import periods_on
from app.web.deps import Visitor
from app.web.period_line import in_period
from app.web.presenters.timeline import DUE, asked_for, timeline_page
from app.web.rendering import page

router = page_router()
MONTHS = 36
"""A burn-up begins at most so long ago."""


@router.get("/plans/{plan_id}/timeline")
def timeline(request: Request, visit: Visitor, plan_id: UUID) -> Response:
    """The actions of a plan on a line of days by priority; ``show=due`` those that are late or fall due."""
    asked = asked_for(request.query_params)
    who, days = visit.who, {"today": visit.at.today, "as_at": visit.day}
    with db.read(who) as connection:
        plan = plans_service.get_plan(connection, who, plan_id)
        periods = periods_on(connection, who, plan_id, visit.day)
        visit = in_period(connection, visit, plan_id, periods.on_day, periods.published)
        of_plan = priorities_service.scope(connection, who, plan_id, visit.day).priorities
        if asked.priority_id and asked.priority_id not in [one["id"] for one in of_plan]:
            raise NotFound("priority")
        ahead = periods.meeting_on or visit.day + timedelta(weeks=WEEKS_AHEAD)
        until = ahead if asked.show == DUE else None
        found = timelines_service.timeline(
            connection, who, plan_id, priority_id=asked.priority_id, until=until, **days
        )
        history = over_time_service.by_status(
            connection, who, plan_id, months=MONTHS, today=visit.at.today, as_at=visit.day
        )
    content = timeline_page(visit, plan, of_plan, found, asked, until, history)
    return page("pages/timeline.html", who, content)
