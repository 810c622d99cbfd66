"""The overview: the board's questions about one plan of the area."""

from uuid import UUID

from fastapi import Request
from sqlalchemy import Connection
from starlette.responses import Response

from app import db
from app.access.roles import Operation, may
from app.errors import invalid
from app.lazy_routes import page_router
from app.models.webhooks import WebhookState
from app.services import overview as overview_service
from app.services import webhooks as webhooks_service
from app.services.lists import LARGEST_PAGE, Page
from app.web.deps import Visitor
from app.web.period_line import in_period
from app.web.presenters.overview import empty_page, overview_page
from app.web.presenters.todos import Todo
from app.web.presenters.webhooks import disabled_webhooks
from app.web.rendering import page
from app.web.visits import Visit

router = page_router()


@router.get("/")
def overview(request: Request, visit: Visitor) -> Response:
    """The overview of the area's first plan, or of the one that ``plan`` names."""
    chosen = _plan_id(request.query_params.get("plan", ""))
    who = visit.who
    with db.read(who) as connection:
        answer = overview_service.overview(
            connection,
            who,
            chosen,
            today=visit.at.today,
            as_at=visit.day,
            compare=visit.compare,
        )
        if answer is None:
            return page("pages/overview_empty.html", who, empty_page(visit))
        visit = in_period(connection, visit, answer["plan"]["id"], answer["period"], answer["published"])
        disabled = _disabled_webhooks(connection, visit)
    return page("pages/overview.html", who, overview_page(visit, answer, disabled))


def _plan_id(typed: str) -> UUID | None:
    """The plan that the address names. Raises Invalid for what is no id."""
    try:
        return UUID(typed) if typed else None
    except ValueError:
        raise invalid("/plan", "Choose a plan of the list.") from None


def _disabled_webhooks(connection: Connection, visit: Visit) -> list[Todo]:
    """What administrators must know: other systems that are told of nothing any more."""
    if not may(visit.who, Operation.manage_webhooks):
        return []
    asked = Page(limit=LARGEST_PAGE)
    found = webhooks_service.list_webhooks(connection, visit.who, asked=asked, state=WebhookState.disabled)
    return disabled_webhooks(found["total"])
