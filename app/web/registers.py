"""Pages of risk registers: the heat map and the list."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import Request
from sqlalchemy import Connection
from starlette.responses import Response

from app import db
from app.lazy_routes import page_router
from app.services import compared as compared_service
from app.services import data_quality as data_quality_service
from app.services import plans as plans_service
from app.services import priorities as priorities_service
from app.services import registers as registers_service
from app.services import risks as risks_service
from app.services.lists import LARGEST_PAGE, Page
from app.web.deps import Visitor
from app.web.period_line import with_period
from app.web.presenters.heat_map import map_visit
from app.web.presenters.registers import ROWS, asked_for, register_page, registers_page
from app.web.rendering import page
from app.web.visits import Visit

router = page_router()


@router.get("/registers")
def registers(visit: Visitor) -> Response:
    """All registers of the area."""
    with db.read(visit.who) as connection:
        found = registers_service.list_registers(
            connection, visit.who, today=visit.at.today, asked=Page(limit=LARGEST_PAGE)
        )["items"]
        maps = [heat_map_of(connection, visit, one["id"]) for one in found]
    return page("pages/registers.html", visit.who, registers_page(visit, found, maps))


@router.get("/registers/{register_id}")
def register(request: Request, visit: Visitor, register_id: UUID) -> Response:
    """One register: heat map and list."""
    asked = asked_for(request.query_params)
    with db.read(visit.who) as connection:
        found = registers_service.get_register(
            connection, visit.who, register_id, today=visit.at.today, day=visit.day
        )
        grid = heat_map_of(connection, visit, register_id)
        before = None
        if visit.compare is not None:
            before = heat_map_of(connection, visit._replace(day=visit.compare), register_id)
        listed = risks_service.list_risks(
            connection,
            visit.who,
            register_id,
            today=visit.at.today,
            as_at=visit.day,
            wanted=asked.wanted(),
            sort=asked.order[0],
            descending=asked.order[1],
            asked=Page(cursor=asked.cursor or None, limit=ROWS),
        )
        compared_service.beside_risks(
            connection,
            visit.who,
            listed["items"],
            today=visit.at.today,
            as_at=visit.day,
            compare=visit.compare,
        )
        findings = data_quality_service.findings(
            connection, visit.who, today=visit.at.today, as_at=visit.day, register_id=register_id
        )
        plan, priorities = _plan_of(connection, visit, found)
        visit = with_period(connection, visit, found["plan_id"])
        of_map = map_visit(visit, asked.map)
        shown = grid if of_map is visit else heat_map_of(connection, of_map, register_id)
    content = register_page(
        visit,
        found,
        grid,
        listed,
        asked,
        plan,
        priorities,
        before,
        findings,
        shown,
        saved=request.query_params.get("saved", ""),
    )
    return page("pages/register.html", visit.who, content)


def heat_map_of(connection: Connection, visit: Visit, register_id: UUID) -> dict[str, Any]:
    """The heat map of a register on the day of the visit."""
    return registers_service.heat_map(connection, visit.who, register_id, today=visit.at.today, day=visit.day)


def _plan_of(
    connection: Connection, visit: Visit, register: Mapping[str, Any]
) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    plan_id = register["plan_id"]
    if plan_id is None:
        return None, []
    plan = plans_service.get_plan(connection, visit.who, plan_id)
    found = priorities_service.list_priorities(connection, visit.who, plan_id, asked=Page(limit=LARGEST_PAGE))
    return plan, found["items"]
