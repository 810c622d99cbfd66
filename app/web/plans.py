"""Pages of plans and priorities: progress, and the list of actions."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import Request
from sqlalchemy import Connection
from starlette.responses import Response

from app import db
from app.lazy_routes import page_router
from app.plans.statuses import Status
from app.sentences.progress import MOST_NAMED
from app.services import action_counts
from app.services import actions as actions_service
from app.services import over_time as over_time_service
from app.services import plans as plans_service
from app.services import priorities as priorities_service
from app.services import progress as progress_service
from app.services import risks as risks_service
from app.services.action_counts import Counts
from app.services.lists import LARGEST_PAGE, Page
from app.services.pressing import bands_of
from app.web.deps import Visitor
from app.web.downloads import download, download_asked, every
from app.web.period_line import with_period
from app.web.presenters.action_filter import WITHDRAWN, Asked, asked_for, fields
from app.web.presenters.action_list import ROWS, ActionList, WithdrawnList, action_list, withdrawn_list
from app.web.presenters.lists import chosen
from app.web.presenters.plans import plan_page, plans_page, priority_page, risks_of
from app.web.presenters.sheets import action_sheet, plan_sheet
from app.web.presenters.steps import SAID
from app.web.rendering import page
from app.web.visits import Visit

router = page_router()
MOST_AT_ONCE = 1000
"""Action points; counting more of them over time takes longer than the rest of a page, so it is a link."""


@router.get("/plans")
def plans(request: Request, visit: Visitor, saved: str = "") -> Response:
    """All plans of the area with their progress. ``saved`` says what was just done."""
    kind = download_asked(request.query_params)
    with db.read(visit.who) as connection:
        found = plans_service.list_plans(connection, visit.who, asked=Page(limit=LARGEST_PAGE))["items"]
        answers = [progress_of(connection, visit, one["id"]) for one in found]
    if kind:
        return download(visit, kind, plan_sheet(), zip(found, answers, strict=True))
    content = plans_page(visit, found, answers)
    return page("pages/plans.html", visit.who, content | {"said": SAID["plans"].get(saved)})


@router.get("/plans/{plan_id}")
def plan(request: Request, visit: Visitor, plan_id: UUID, chart: str = "", saved: str = "") -> Response:
    """One plan: progress by priority, and all its actions. ``chart`` asks for the chart of a large one.

    ``saved`` says what was just done.
    """
    asked = asked_for(request.query_params)
    with db.read(visit.who) as connection:
        found = plans_service.get_plan(connection, visit.who, plan_id)
        if kind := download_asked(request.query_params):
            title = f"Actions of {found['ref']} {found['title']}"
            return _download(connection, visit, kind, asked, title, plan_id)
        visit = with_period(connection, visit, plan_id)
        progress = progress_of(connection, visit, plan_id)
        before = _before(connection, visit, plan_id)
        over_time = _over_time(connection, visit, plan_id, progress["overall"], chart)
        caption = f"Actions of {found['title']}"
        listed = _list(connection, visit, plan_id, asked, caption, progress["overall"])
        apart = _withdrawn(connection, visit, plan_id, asked, progress["overall"])
        registers = plans_service.registers_of(connection, visit.who, plan_id)
    content = plan_page(visit, found, progress, asked, listed, apart, before, over_time, registers)
    return page("pages/plan.html", visit.who, content | {"said": SAID["plan"].get(saved)})


@router.get("/priorities/{priority_id}")
def priority(
    request: Request, visit: Visitor, priority_id: UUID, chart: str = "", saved: str = ""
) -> Response:
    """One priority: progress, actions and risks. ``chart`` and ``saved`` as for a plan."""
    asked = asked_for(request.query_params)
    with db.read(visit.who) as connection:
        found = priorities_service.get_priority(connection, visit.who, priority_id)
        if kind := download_asked(request.query_params):
            title = f"Actions of {found['ref']} {found['title']}"
            return _download(connection, visit, kind, asked, title, found["plan_id"], priority_id)
        visit = with_period(connection, visit, found["plan_id"])
        progress = progress_of(connection, visit, found["plan_id"])
        mine = next(one for one in progress["priorities"] if one["id"] == priority_id)
        missed = _missed(connection, visit, mine, found)
        before = _before(connection, visit, found["plan_id"])
        over_time = _over_time(connection, visit, found["plan_id"], mine, chart, priority_id)
        caption = f"Actions of {found['ref']}"
        listed = _list(connection, visit, found["plan_id"], asked, caption, mine, priority_id)
        apart = _withdrawn(connection, visit, found["plan_id"], asked, mine, priority_id)
        risks = risks_service.of_priority(
            connection, visit.who, priority_id, today=visit.at.today, as_at=visit.day
        )
        bands = bands_of(connection, visit.who, found["plan_id"], today=visit.at.today) if risks else {}
    return page(
        "pages/priority.html",
        visit.who,
        priority_page(
            visit, found, progress["plan"], progress, missed, asked, listed, apart, before, over_time
        )
        | risks_of(visit, risks, bands, progress["plan"])
        | {"said": SAID["priority"].get(saved)},
    )


def progress_of(connection: Connection, visit: Visit, plan_id: UUID) -> dict[str, Any]:
    """Progress of a plan on the day of the visit."""
    return progress_service.progress(connection, visit.who, plan_id, today=visit.at.today, as_at=visit.day)


def _before(connection: Connection, visit: Visit, plan_id: UUID) -> dict[str, Any] | None:
    """Progress on the day that the figures are compared with; None where nothing is compared."""
    return (
        None if visit.compare is None else progress_of(connection, visit._replace(day=visit.compare), plan_id)
    )


def _over_time(
    connection: Connection,
    visit: Visit,
    plan_id: UUID,
    progress: Mapping[str, Any],
    chart: str,
    priority_id: UUID | None = None,
) -> list[tuple[date, dict[Status, int]]] | None:
    """The counts of the chart; None where there are so many action points that it waits to be asked for."""
    if progress["action_points"] > MOST_AT_ONCE and not chart:
        return None
    return over_time_service.by_status(
        connection,
        visit.who,
        plan_id,
        today=visit.at.today,
        as_at=visit.day,
        priority_id=priority_id,
        place=visit.place,
    )


def _missed(
    connection: Connection, visit: Visit, mine: Mapping[str, Any], priority: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The overdue actions of a priority, where they are few enough for its sentence to name them."""
    if not 0 < mine["flags"]["overdue"]["actions"] <= MOST_NAMED:
        return []
    items: list[dict[str, Any]] = actions_service.list_actions(
        connection,
        visit.who,
        priority["plan_id"],
        today=visit.at.today,
        as_at=visit.day,
        wanted=actions_service.Filter(priority_id=priority["id"], flag="overdue"),
        asked=Page(limit=MOST_NAMED),
        form="summary",
    )["items"]
    return items


def _counts(
    connection: Connection, visit: Visit, plan_id: UUID, asked: Asked, priority_id: UUID | None
) -> Counts:
    wanted = asked.wanted(priority_id)
    return action_counts.counts(
        connection,
        visit.who,
        plan_id,
        today=visit.at.today,
        as_at=visit.day,
        wanted=wanted,
        place=visit.place,
    )


def _actions(
    connection: Connection,
    visit: Visit,
    plan_id: UUID,
    asked: Asked,
    priority_id: UUID | None,
    page_asked: Page,
) -> dict[str, Any]:
    return actions_service.list_actions(
        connection,
        visit.who,
        plan_id,
        today=visit.at.today,
        as_at=visit.day,
        wanted=asked.wanted(priority_id),
        sort=asked.sort.lstrip("-"),
        descending=asked.sort.startswith("-"),
        asked=page_asked,
        form="told",
    )


def _download(
    connection: Connection,
    visit: Visit,
    kind: str,
    asked: Asked,
    title: str,
    plan_id: UUID,
    priority_id: UUID | None = None,
) -> Response:
    """The rows of the list that is asked for, all of them."""
    counts = _counts(connection, visit, plan_id, asked, priority_id)
    items = every(lambda page: _actions(connection, visit, plan_id, asked, priority_id, page))
    sheet = action_sheet(title, visit.day, str(priority_id or ""))
    return download(visit, kind, sheet, items, chosen(fields(asked, counts)))


def _list(
    connection: Connection,
    visit: Visit,
    plan_id: UUID,
    asked: Asked,
    caption: str,
    progress: Mapping[str, Any],
    priority_id: UUID | None = None,
) -> ActionList:
    counts = _counts(connection, visit, plan_id, asked, priority_id)
    page_asked = Page(limit=ROWS, offset=ROWS * (asked.page - 1), total=counts.total)
    answer = _actions(connection, visit, plan_id, asked, priority_id, page_asked)
    return action_list(
        answer,
        asked,
        path=visit.path,
        as_at=visit.as_at,
        compare=dict(visit.days)["compare"],
        day=visit.day,
        caption=caption,
        counts=counts,
        priority_id=str(priority_id or ""),
        withdrawn=progress["withdrawn"],
    )


def _withdrawn(
    connection: Connection,
    visit: Visit,
    plan_id: UUID,
    asked: Asked,
    progress: Mapping[str, Any],
    priority_id: UUID | None = None,
) -> WithdrawnList | None:
    """The withdrawn actions, to be listed apart; None without any, or where the list itself shows them."""
    if not progress["withdrawn"] or asked.status == WITHDRAWN:
        return None
    answer = actions_service.list_actions(
        connection,
        visit.who,
        plan_id,
        today=visit.at.today,
        as_at=visit.day,
        wanted=actions_service.Filter(priority_id=priority_id, withdrawn=True),
        asked=Page(limit=ROWS),
        form="summary",
    )
    return withdrawn_list(answer, path=visit.path, as_at=visit.as_at)
