"""The page that compares two days of a plan and its risks."""

from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from app import db
from app.lazy_routes import page_router
from app.services import comparison as comparison_service
from app.services import plans as plans_service
from app.services import priorities as priorities_service
from app.services.lists import LARGEST_PAGE, Page
from app.web.deps import Present
from app.web.downloads import download, download_asked
from app.web.period_line import published_words
from app.web.plan_choice import chosen_plan
from app.web.presenters.change_form import again, days_asked
from app.web.presenters.changes import RISKS, asked_for, changes_page, chooser, every_change
from app.web.presenters.dates import long_date
from app.web.presenters.overview import empty_page
from app.web.presenters.sheets import change_sheet
from app.web.rendering import page

router = page_router()


@router.get("/changes")
def changes(request: Request, visit: Present) -> Response:
    """What changed in a plan between ``compare`` and ``as_at``; in the area's first unless one is named.

    Days that will not do are shown in the form again, with what is wrong.
    """
    asked = asked_for(request.query_params)
    days = days_asked(request.query_params, visit.at.today)
    with db.read(visit.who) as connection:
        plans = plans_service.list_plans(connection, visit.who, asked=Page(limit=LARGEST_PAGE))["items"]
        if not plans:
            return page(
                "pages/overview_empty.html",
                visit.who,
                empty_page(visit) | {"section": "changes", "heading": "What changed"},
            )
        plan = chosen_plan(connection, visit, plans, asked.plan)
        if days.form.problems:
            priorities = priorities_service.scope(connection, visit.who, plan["id"], visit.day).priorities
            content = chooser(visit, plan, plans, priorities, asked) | again(days.form)
            return page("pages/changes_again.html", visit.who, content, status=422)
        visit = visit._replace(day=days.as_at or visit.at.today, compare=days.compare)
        answer = comparison_service.compare(
            connection,
            visit.who,
            plan["id"],
            today=visit.at.today,
            as_at=visit.day,
            compare=visit.compare,
            priority_id=UUID(asked.show) if asked.show not in ("", RISKS) else None,
            as_given=True,
        )
        if kind := download_asked(request.query_params):
            sheet, compared = change_sheet(plan["title"]), [("Compared with", long_date(answer["compare"]))]
            return download(visit, kind, sheet, every_change(visit, answer, asked), compared)
        priorities = priorities_service.scope(connection, visit.who, plan["id"], visit.day).priorities
        notes = [
            published_words(connection, visit, plan["id"], answer[name]) for name in ("compare", "as_at")
        ]
    content = changes_page(visit, plan, plans, priorities, answer, notes, asked)
    return page("pages/changes.html", visit.who, content)
