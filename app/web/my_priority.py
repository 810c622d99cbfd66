"""The page of a senior responsible officer: one priority, and what needs a decision there."""

from uuid import UUID

from starlette.responses import Response

from app import db
from app.errors import invalid
from app.lazy_routes import page_router
from app.services import comparison as comparison_service
from app.services import decisions as decisions_service
from app.services import priorities as priorities_service
from app.services import progress as progress_service
from app.services import registers as registers_service
from app.services.lists import LARGEST_PAGE, Page
from app.web.deps import Present
from app.web.period_line import with_period
from app.web.presenters.my_priority import choice_page, my_priority_page
from app.web.presenters.several import saved_words
from app.web.rendering import page

router = page_router()


@router.get("/my-priority")
def my_priority(visit: Present, priority: str = "", saved: str = "") -> Response:
    """What needs a decision under the visitor's priority, or under the one that ``priority`` names.

    A choice where they have several, and all priorities where they have none; always as it is today.
    ``saved`` says what was just saved.
    """
    who, today = visit.who, visit.at.today
    with db.read(who) as connection:
        own = decisions_service.answered_for(connection, who, who.person_id) if who.person_id else []
        if not priority and len(own) != 1:
            every = [] if own else decisions_service.priorities_of_area(connection, who)
            return page("pages/my_priority_choice.html", who, choice_page(visit, own, every))
        found = priorities_service.get_priority(connection, who, _id(priority) if priority else own[0]["id"])
        visit = with_period(connection, visit, found["plan_id"])
        progress = progress_service.progress(connection, who, found["plan_id"], today=today)
        decisions = decisions_service.of_priority(connection, who, found["plan_id"], found["id"], today=today)
        asked = Page(limit=LARGEST_PAGE)
        registers = registers_service.list_registers(connection, who, today=today, asked=asked)["items"]
        compared = comparison_service.compare(
            connection, who, found["plan_id"], today=today, priority_id=found["id"], as_given=True
        )
    is_own = found["id"] in {one["id"] for one in own}
    content = my_priority_page(visit, found, progress, decisions, registers, compared, is_own)
    content |= {"saved": saved_words(saved), "has_others": len(own) > 1}
    return page("pages/my_priority.html", who, content)


def _id(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError:
        raise invalid("/priority", "Choose a priority from the list.") from None
