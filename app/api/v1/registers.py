"""Risk registers, their matrix and heat map."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from app.api.deps import (
    CHANGES,
    CREATES,
    READS,
    AsAt,
    Asked,
    Compare,
    Editor,
    Fields,
    MatrixSetter,
    Reader,
    RefFilter,
    Search,
    UpdatedSince,
    Version,
    answer,
    created,
    page_answer,
)
from app.api.routing import api_router
from app.clock import moment, today
from app.db import read, write
from app.models.registers import (
    HeatMapRead,
    MatrixCreate,
    MatrixList,
    MatrixRead,
    RegisterCreate,
    RegisterList,
    RegisterRead,
    RegisterUpdate,
)
from app.services import compared
from app.services import registers as registers_service

router = api_router("registers")


@router.get("/registers", response_model=RegisterList, responses=READS, operation_id="list_registers")
def list_registers(
    request: Request,
    who: Reader,
    asked: Asked,
    q: Search = None,
    ref: RefFilter = None,
    plan_id: Annotated[UUID | None, Query(description="Only those of this plan.")] = None,
    updated_since: UpdatedSince = None,
) -> Response:
    """Registers of the area, in the order in which they were added, with the matrix in force today."""
    with read(who) as db:
        found = registers_service.list_registers(
            db, who, today=today(), asked=asked, q=q, ref=ref, plan_id=plan_id, updated_since=updated_since
        )
    return page_answer(request, RegisterList, found)


@router.post(
    "/registers",
    status_code=201,
    response_model=RegisterRead,
    responses=CREATES,
    operation_id="create_register",
)
def create_register(body: RegisterCreate, who: Editor) -> Response:
    """Add a register with the first version of its matrix."""
    with write(who) as db:
        found = registers_service.create_register(db, who, moment(), body)
    return created(RegisterRead, found, "registers")


@router.get(
    "/registers/{register_id}", response_model=RegisterRead, responses=READS, operation_id="get_register"
)
def get_register(register_id: UUID, who: Reader, fields: Fields = None) -> Response:
    """One register with the matrix in force today."""
    with read(who) as db:
        found = registers_service.get_register(db, who, register_id, today=today())
    return answer(RegisterRead, found, fields=fields)


@router.patch(
    "/registers/{register_id}",
    response_model=RegisterRead,
    responses=CHANGES,
    operation_id="change_register",
)
def change_register(register_id: UUID, body: RegisterUpdate, who: Editor, version: Version) -> Response:
    """Change the fields that are sent. The matrix changes by a new version instead."""
    with write(who) as db:
        found = registers_service.change_register(db, who, moment(), register_id, body, version=version)
    return answer(RegisterRead, found)


@router.get(
    "/registers/{register_id}/heat-map",
    response_model=HeatMapRead,
    responses=READS,
    operation_id="get_heat_map",
)
def get_heat_map(
    register_id: UUID, who: Reader, as_at: AsAt = None, compare: Compare = None, fields: Fields = None
) -> Response:
    """Every cell of the matrix with the risks that are there, and those that should be, as at a day."""
    with read(who) as db:
        found = registers_service.heat_map(db, who, register_id, today=today(), day=as_at)
        compared.beside_heat_map(db, who, found, today=today(), as_at=as_at, compare=compare)
    return answer(HeatMapRead, found, as_at=as_at, fields=fields)


@router.get(
    "/registers/{register_id}/matrix", response_model=MatrixList, responses=READS, operation_id="list_matrix"
)
def list_matrix(register_id: UUID, who: Reader) -> Response:
    """Every version of the register's matrix, newest first."""
    with read(who) as db:
        return answer(MatrixList, registers_service.list_matrix(db, who, register_id))


@router.post(
    "/registers/{register_id}/matrix",
    status_code=201,
    response_model=MatrixRead,
    responses=CREATES,
    operation_id="add_matrix_version",
)
def add_matrix_version(register_id: UUID, body: MatrixCreate, who: MatrixSetter) -> Response:
    """Add a version of the matrix. Needs the scope `admin`. Old assessments keep the version they have."""
    with write(who) as db:
        found = registers_service.add_matrix_version(db, who, moment(), register_id, body)
    return created(MatrixRead, found, f"registers/{register_id}/matrix")
