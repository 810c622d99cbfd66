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
from app.services import last_runs, sending_state
from app.services import overview as overview_service
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
    notices = _notices(visit)

    def make() -> Markup:
        return _inner(visit, chosen, notices)

    who = visit.who
    key = (chosen, visit.day, visit.compare, visit.at.today, who.role, who.person_id, tuple(notices))
    asked_anew = "no-" in request.headers.get("cache-control", "")
    kept = make() if asked_anew or not visit.place else _KEPT.at(visit.who, visit.place, key, make)
    return page("pages/kept.html", visit.who, {"section": "overview", "heading": "Overview", "kept": kept})


def _inner(visit: Visit, chosen: UUID | None, notices: Sequence[Todo]) -> Markup:
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
    return inner("pages/overview.html", overview_page(visit, answer, notices))


def _plan_id(typed: str) -> UUID | None:
    """The plan that the address names. Raises Invalid for what is no id."""
    try:
        return UUID(typed) if typed else None
    except ValueError:
        raise invalid("/plan", "Choose a plan from the list.") from None


def _notices(visit: Visit) -> list[Todo]:
    """What must be known at once and no journal says: what stands still, and messages that did not arrive."""
    if not may(visit.who, Operation.edit):
        return []
    # One transaction: on PostgreSQL each more costs as much as the whole kept page.
    with db.read(visit.who) as connection:
        found = sending_state.standing(connection, visit.who, visit.at.now)
        manages = may(visit.who, Operation.manage_schedules)
        runs = last_runs.last_runs(connection, visit.who) if manages else ()
    return [
        *disabled_webhooks(found.disabled_webhooks),
        *waiting_schedules(found.waiting_schedules),
        *messages_in_trouble(runs),
    ]
