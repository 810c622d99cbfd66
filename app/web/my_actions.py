"""The page of what the visitor leads and answers for: what is late, what comes, what nobody heard of."""

from starlette.responses import Response

from app import db
from app.lazy_routes import page_router
from app.services import across_plans, decisions, own_risks
from app.services import registers as registers_service
from app.services.lists import LARGEST_PAGE, Page
from app.web.deps import Present
from app.web.presenters.my_actions import my_actions_page
from app.web.rendering import page

router = page_router()


@router.get("/my-actions")
def my_actions(visit: Present, saved: str = "") -> Response:
    """What the visitor leads, in all plans, and the risks that they answer for; always as it is today.

    ``saved`` says what was just saved. Whoever is no person of the area leads nothing.
    """
    who, today = visit.who, visit.at.today
    found, risks, registers, priorities = [], [], [], []
    if who.person_id is not None:
        with db.read(who) as connection:
            found = across_plans.led_by(connection, who, who.person_id, today=today)
            risks = own_risks.to_review(connection, who, who.person_id, today=today)
            priorities = decisions.answered_for(connection, who, who.person_id)
            if risks:
                asked = Page(limit=LARGEST_PAGE)
                registers = registers_service.list_registers(connection, who, today=today, asked=asked)[
                    "items"
                ]
    work = across_plans.grouped(found, today)
    content = my_actions_page(visit, work, risks, registers, priorities, saved)
    return page("pages/my_actions.html", who, content)
