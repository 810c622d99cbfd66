"""The briefing for members of a board: a plan since its last published period, on two printed pages."""

from fastapi import Request
from starlette.responses import Response

from app import db
from app.lazy_routes import page_router
from app.services import briefings as briefings_service
from app.services import comparison as comparison_service
from app.services import plans as plans_service
from app.services import registers as registers_service
from app.services import risks as risks_service
from app.services.lists import LARGEST_PAGE, Page
from app.web.deps import Visitor
from app.web.period_line import with_period
from app.web.plan_choice import chosen_plan
from app.web.presenters.briefing import HIGHEST, MOST, briefing_page
from app.web.presenters.overview import empty_page
from app.web.rendering import page

router = page_router()
_ALL = Page(limit=LARGEST_PAGE)


@router.get("/briefing")
def briefing(request: Request, visit: Visitor) -> Response:
    """What changed in the area's first plan, or the one that ``plan`` names, and what comes next."""
    who, today = visit.who, visit.at.today
    with db.read(who) as connection:
        plans = plans_service.list_plans(connection, who, asked=_ALL)["items"]
        if not plans:
            content = empty_page(visit) | {"heading": "Briefing for the board"}
            return page("pages/overview_empty.html", who, content)
        plan = chosen_plan(connection, visit, plans, request.query_params.get("plan", ""))
        visit = with_period(connection, visit, plan["id"])
        found = briefings_service.outlook(
            connection, who, plan["id"], today=today, as_at=visit.day, most=MOST
        )
        compared = comparison_service.compare(
            connection, who, plan["id"], today=today, as_at=visit.day, compare=visit.compare, as_given=True
        )
        highest = risks_service.highest(
            connection, who, plan["id"], today=today, as_at=visit.day, limit=HIGHEST
        )
        registers = registers_service.list_registers(
            connection, who, today=today, plan_id=plan["id"], asked=_ALL
        )["items"]
    published = visit.since == compared["compare"]
    content = briefing_page(visit, plan, plans, compared, found, highest, registers, published)
    return page("pages/briefing.html", who, content)
