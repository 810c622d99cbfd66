"""Pages of periods: the list of a plan's, and one of them with its figures."""

import json
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import Request
from sqlalchemy import Connection
from starlette.responses import Response

from app import db
from app.access.roles import Operation, may
from app.errors import invalid
from app.lazy_routes import page_router
from app.models.base import EARLIEST_DATE, LATEST_DATE
from app.services import cadences as cadences_service
from app.services import data_quality_counts, publication_differences
from app.services import errata as errata_service
from app.services import periods as periods_service
from app.services import plans as plans_service
from app.services import publications as publications_service
from app.services.lists import LARGEST_PAGE, Page
from app.web.deps import Visitor
from app.web.downloads import download, download_asked, every
from app.web.plan_choice import chosen_plan
from app.web.presenters.dates import long_date
from app.web.presenters.other_sheets import period_sheet
from app.web.presenters.period_known import Known, known
from app.web.presenters.period_page import period_page
from app.web.presenters.periods import no_plans_page, periods_page, sort_asked
from app.web.rendering import page
from app.web.visits import Visit

router = page_router()
_EVERY = Page(limit=LARGEST_PAGE)
SAVED = {
    "added": "The period is added as a draft.",
    "changed": "The period is saved.",
    "review": "The period is in review.",
    "draft": "The period is a draft again.",
    "published": "The period is published. What is below is what was stored.",
    "erratum": "The erratum is saved. It stands under “Errata”.",
    "commentary": "The commentary is saved.",
    "deleted": "The period is deleted. What it was stays in the history of the plan.",
    "cadence": "The cadence is saved. The next periods that follow from it are below.",
}


@router.get("/periods")
def periods(request: Request, visit: Visitor, saved: str = "") -> Response:
    """The periods of the area's first plan, or of the one that ``plan`` names."""
    who = visit.who
    with db.read(who) as connection:
        plans = plans_service.list_plans(connection, who, asked=_EVERY)["items"]
        if not plans:
            return page("pages/periods_empty.html", who, no_plans_page(visit))
        plan = chosen_plan(connection, visit, plans, request.query_params.get("plan", ""))
        sort = sort_asked(request.query_params)

        def ask(wanted: Page) -> dict[str, Any]:
            return periods_service.list_periods(
                connection, who, plan["id"], asked=wanted, descending=sort.startswith("-")
            )

        if kind := download_asked(request.query_params):
            return download(visit, kind, period_sheet(plan), every(ask))
        found = ask(_EVERY)
        since = _since(request.query_params.get("from", ""))
        cadence = cadences_service.get_cadence(connection, who, plan["id"], today=visit.at.today, since=since)
        differing = publication_differences.may_differ(connection, who, plan["id"])
    content = periods_page(
        plans,
        plan,
        found,
        cadence,
        differing,
        may_edit=may(who, Operation.edit),
        saved=SAVED.get(saved, ""),
        since=since,
        sort=sort,
    )
    return page("pages/periods.html", who, content)


def _since(typed: str) -> date | None:
    """The day from which periods are to be proposed; None for none. Raises Invalid for any other text."""
    if not typed.strip():
        return None
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        day = None
    if day is None or not EARLIEST_DATE <= day <= LATEST_DATE:
        words = f"Choose a day between {long_date(EARLIEST_DATE)} and {long_date(LATEST_DATE)}."
        raise invalid("/from", words)
    return day


@router.get("/periods/{period_id}")
def period(visit: Visitor, period_id: UUID, saved: str = "") -> Response:
    """One period: of a published one the stored copy, of any other the figures as they are now."""
    who = visit.who
    with db.read(who) as connection:
        found = periods_service.get_period(connection, who, period_id)
        plan = plans_service.get_plan(connection, who, found["plan_id"])
        content, compared = _content(connection, visit, found)
        errata = errata_service.list_errata(connection, who, period_id)
    shown = period_page(
        visit,
        plan,
        found,
        content,
        errata,
        compared,
        may_edit=may(who, Operation.edit),
        saved=SAVED.get(saved, ""),
    )
    return page("pages/period.html", who, shown)


def _content(
    connection: Connection, visit: Visit, period: dict[str, Any]
) -> tuple[dict[str, Any], Known | None]:
    """What the report of a period says and, where it is published, how that stands against what is known."""
    who, today = visit.who, visit.at.today
    if not period["published"]:
        report = publications_service.report(connection, who, period["id"], today=today)
        return json.loads(report), None
    proof = publications_service.proof(connection, who, period["id"], today=today)
    findings = data_quality_counts.of_plan(
        connection, who, period["plan_id"], today=today, as_at=period["last_day"]
    )
    return proof.content, known(visit, period, proof, findings)
