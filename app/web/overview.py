"""The overview: the board's questions about one plan of the area."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import Request
from markupsafe import Markup
from starlette.responses import Response

from app import db
from app.access.roles import Operation, may
from app.errors import invalid
from app.lazy_routes import page_router
from app.models.webhooks import WebhookState
from app.services import last_runs, sending_state
from app.services import overview as overview_service
from app.services import webhooks as webhooks_service
from app.services.lists import Page
from app.services.remembered import Remembered
from app.web.deps import Visitor
from app.web.period_line import in_period
from app.web.presenters.overview import empty_page, overview_page
from app.web.presenters.schedules import messages_in_trouble, waiting_schedules
from app.web.presenters.todos import Todo
from app.web.presenters.webhooks import disabled_webhooks
from app.web.rendering import inner, page
from app.web.visits import Visit

router = page_router()


_KEPT = Remembered()


@router.get("/")
def overview(request: Request, visit: Visitor) -> Response:
    """The overview of the area's first plan, or of the one that ``plan`` names.

    All but its frame follows from the journal, the address and whose it is, and is kept until the area
    changes. A request with ``Cache-Control: no-cache`` or ``no-store`` has it made anew.
    """
    chosen = _plan_id(request.query_params.get("plan", ""))
    disabled = [*_disabled_webhooks(visit), *_waiting_for_a_worker(visit), *_messages_in_trouble(visit)]

    def make() -> Markup:
        return _inner(visit, chosen, disabled)

    who = visit.who
    key = (chosen, visit.day, visit.compare, visit.at.today, who.role, who.person_id, tuple(disabled))
    asked_anew = "no-" in request.headers.get("cache-control", "")
    kept = make() if asked_anew or not visit.place else _KEPT.at(visit.who, visit.place, key, make)
    return page("pages/kept.html", visit.who, {"section": "overview", "heading": "Overview", "kept": kept})


def _inner(visit: Visit, chosen: UUID | None, disabled: Sequence[Todo]) -> Markup:
    with db.read(visit.who) as connection:
        answer = overview_service.overview(
            connection,
            visit.who,
            chosen,
            today=visit.at.today,
            as_at=visit.day,
            compare=visit.compare,
        )
        if answer is None:
            return inner("pages/overview_empty.html", empty_page(visit))
        visit = in_period(connection, visit, answer["plan"]["id"], answer["period"], answer["published"])
    return inner("pages/overview.html", overview_page(visit, answer, disabled))


def _plan_id(typed: str) -> UUID | None:
    """The plan that the address names. Raises Invalid for what is no id."""
    try:
        return UUID(typed) if typed else None
    except ValueError:
        raise invalid("/plan", "Choose a plan from the list.") from None


def _disabled_webhooks(visit: Visit) -> list[Todo]:
    """What administrators must know: other systems that are told of nothing any more. No journal says so."""
    if not may(visit.who, Operation.manage_webhooks):
        return []
    asked = Page(limit=1)
    with db.read(visit.who) as connection:
        found = webhooks_service.list_webhooks(
            connection, visit.who, asked=asked, state=WebhookState.disabled
        )
    return disabled_webhooks(found["total"])


def _waiting_for_a_worker(visit: Visit) -> list[Todo]:
    """What editors must know: nothing that is due is sent, as no worker runs. No journal says so."""
    if not may(visit.who, Operation.edit):
        return []
    with db.read(visit.who) as connection:
        found = sending_state.waiting_for_a_worker(connection, visit.who, visit.at.now)
    return waiting_schedules(found)


def _messages_in_trouble(visit: Visit) -> list[Todo]:
    """What administrators must know besides: scheduled messages that did not arrive. No journal says so."""
    if not may(visit.who, Operation.manage_schedules):
        return []
    with db.read(visit.who) as connection:
        return messages_in_trouble(last_runs.last_runs(connection, visit.who))
