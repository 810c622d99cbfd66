"""Risk registers, their matrix and heat map."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import Field

from app.api.deps import (
    CHANGES,
    CREATES,
    READS,
    AsAt,
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
from app.api.queries import Descending, ListQuery, parameters, read_query
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
from app.risk.matrix import MatrixKind
from app.services import compared
from app.services import registers as registers_service

router = api_router("registers")


class RegisterQuery(Descending):
    """The filters and order of the list of registers."""

    q: Search = None
    ref: RefFilter = None
    plan_id: UUID | None = Field(default=None, description="Only those of this plan.")
    kind: MatrixKind | None = Field(default=None, description="Only with a matrix of this kind.")
    updated_since: UpdatedSince = None
    sort: Literal["added", "ref", "updated_at"] = Field(
        default="added", description="What to sort by; equal ones stand as they were added."
    )


@router.get(
    "/registers",
    response_model=RegisterList,
    responses=READS,
    operation_id="list_registers",
    openapi_extra=parameters(RegisterQuery),
)
def list_registers(
    request: Request, who: Reader, query: Annotated[RegisterQuery, Depends(read_query(RegisterQuery))]
) -> Response:
    """Registers of the area, in the order in which they were added, with the matrix in force today."""
    with read(who) as db:
        found = registers_service.list_registers(
            db,
            who,
            today=today(),
            asked=query.page(),
            sort=query.sort,
            descending=query.descending,
            **query.filters(),
        )
    return page_answer(request, RegisterList, found, query.fields)


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
    "/registers/{register_id}/matrix",
    response_model=MatrixList,
    responses=READS,
    operation_id="list_matrix",
    openapi_extra=parameters(ListQuery),
)
def list_matrix(
    register_id: UUID,
    request: Request,
    who: Reader,
    query: Annotated[ListQuery, Depends(read_query(ListQuery))],
) -> Response:
    """Every version of the register's matrix, newest first. Versions never change."""
    with read(who) as db:
        found = registers_service.list_matrix(db, who, register_id, asked=query.page())
    return page_answer(request, MatrixList, found, query.fields)


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
