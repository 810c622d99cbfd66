"""Pages of risk registers: the heat map and the list."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import Request
from sqlalchemy import Connection
from starlette.responses import Response

from app import db
from app.lazy_routes import page_router
from app.risk.matrix import MatrixKind
from app.services import compared as compared_service
from app.services import data_quality as data_quality_service
from app.services import plans as plans_service
from app.services import priorities as priorities_service
from app.services import registers as registers_service
from app.services import risk_counts
from app.services import risks as risks_service
from app.services.lists import LARGEST_PAGE, Page
from app.services.off_grid import off_grid
from app.services.registers import matrix_of
from app.services.risk_counts import Counts
from app.web.deps import Visitor
from app.web.downloads import download, download_asked, every
from app.web.period_line import with_period
from app.web.presenters.data_quality import flags_by_risk
from app.web.presenters.heat_map import map_visit
from app.web.presenters.lists import chosen
from app.web.presenters.other_sheets import register_sheet
from app.web.presenters.registers import OffMap, register_page, registers_page
from app.web.presenters.risk_filter import Asked, asked_for, fields
from app.web.presenters.risk_list import ROWS
from app.web.presenters.sheets import risk_sheet
from app.web.rendering import page
from app.web.visits import Visit

router = page_router()


@router.get("/registers")
def registers(request: Request, visit: Visitor) -> Response:
    """All registers of the area."""
    kind = download_asked(request.query_params)
    with db.read(visit.who) as connection:
        found = registers_service.list_registers(
            connection, visit.who, today=visit.at.today, asked=Page(limit=LARGEST_PAGE)
        )["items"]
        maps = [heat_map_of(connection, visit, one["id"]) for one in found]
    if kind:
        return download(visit, kind, register_sheet(), zip(found, maps, strict=True))
    return page("pages/registers.html", visit.who, registers_page(visit, found, maps))


@router.get("/registers/{register_id}")
def register(request: Request, visit: Visitor, register_id: UUID, saved: str = "") -> Response:
    """One register: heat map and list; ``saved`` says what was just done."""
    asked = asked_for(request.query_params)
    with db.read(visit.who) as connection:
        found = registers_service.get_register(
            connection, visit.who, register_id, today=visit.at.today, day=visit.day
        )
        if kind := download_asked(request.query_params):
            return _download(connection, visit, kind, asked, found)
        grid = heat_map_of(connection, visit, register_id)
        then = visit.compare
        before = heat_map_of(connection, visit._replace(day=then), register_id) if then else None
        counts = _counts(connection, visit, register_id, asked)
        page_asked = Page(limit=ROWS, offset=ROWS * (asked.page - 1), total=counts.total)
        listed = _risks(connection, visit, register_id, asked, page_asked)
        compared_service.beside_risks(
            connection, visit.who, listed["items"], today=visit.at.today, as_at=visit.day, compare=then
        )
        findings = _findings(connection, visit, register_id)
        plan, priorities = _plan_of(connection, visit, found)
        offered = fields(asked, matrix_of(grid["matrix"]), plan, priorities, counts)
        visit = with_period(connection, visit, found["plan_id"])
        of_map = map_visit(visit, asked.map)
        shown = grid if of_map is visit else heat_map_of(connection, of_map, register_id)
        off_map = _off_map(connection, of_map, shown)
    content = register_page(
        visit, found, grid, listed, asked, plan, offered, before, findings, (shown, off_map), saved=saved
    )
    return page("pages/register.html", visit.who, content)


def _counts(connection: Connection, visit: Visit, register_id: UUID, asked: Asked) -> Counts:
    return risk_counts.counts(
        connection,
        visit.who,
        register_id,
        today=visit.at.today,
        as_at=visit.day,
        wanted=asked.wanted(),
        place=visit.place,
    )


def _risks(
    connection: Connection, visit: Visit, register_id: UUID, asked: Asked, page_asked: Page
) -> dict[str, Any]:
    return risks_service.list_risks(
        connection,
        visit.who,
        register_id,
        today=visit.at.today,
        as_at=visit.day,
        wanted=asked.wanted(),
        sort=asked.order[0],
        descending=asked.order[1],
        asked=page_asked,
    )


def _findings(connection: Connection, visit: Visit, register_id: UUID) -> list[dict[str, Any]]:
    return data_quality_service.findings(
        connection, visit.who, today=visit.at.today, as_at=visit.day, register_id=register_id
    )


def _download(
    connection: Connection, visit: Visit, kind: str, asked: Asked, register: Mapping[str, Any]
) -> Response:
    """The rows of the list that is asked for, all of them."""
    register_id = register["id"]
    matrix = matrix_of(register["matrix"])
    plan, priorities = _plan_of(connection, visit, register)
    counts = _counts(connection, visit, register_id, asked)
    findings = _findings(connection, visit, register_id)
    visit = with_period(connection, visit, register["plan_id"])
    items = every(lambda page: _risks(connection, visit, register_id, asked, page))
    sheet = risk_sheet(
        f"Risks of {register['ref']} {register['title']}", visit.day, visit.since, flags_by_risk(findings)
    )
    return download(visit, kind, sheet, items, chosen(fields(asked, matrix, plan, priorities, counts)))


def heat_map_of(connection: Connection, visit: Visit, register_id: UUID) -> dict[str, Any]:
    """The heat map of a register on the day of the visit."""
    return registers_service.heat_map(connection, visit.who, register_id, today=visit.at.today, day=visit.day)


def _off_map(connection: Connection, visit: Visit, grid: Mapping[str, Any]) -> OffMap | None:
    """Who is not on this map. Nobody can be beyond the first version of a matrix."""
    matrix = matrix_of(grid["matrix"])
    if matrix.version == 1 or matrix.kind is MatrixKind.named:
        return None
    return off_grid(connection, grid["register_id"], matrix, today=visit.at.today, day=visit.day)


def _plan_of(
    connection: Connection, visit: Visit, register: Mapping[str, Any]
) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    plan_id = register["plan_id"]
    if plan_id is None:
        return None, []
    plan = plans_service.get_plan(connection, visit.who, plan_id)
    found = priorities_service.list_priorities(connection, visit.who, plan_id, asked=Page(limit=LARGEST_PAGE))
    return plan, found["items"]
