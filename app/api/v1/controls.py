"""Controls of a risk."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import Field

from app.api.deps import (
    CHANGES,
    CREATES,
    READS,
    Editor,
    Fields,
    Reader,
    Search,
    UpdatedSince,
    Version,
    answer,
    created,
    page_answer,
)
from app.api.queries import Descending, parameters, read_query
from app.api.routing import api_router
from app.clock import moment
from app.db import read, write
from app.models.controls import ControlCreate, ControlList, ControlRead, ControlUpdate
from app.services import controls as controls_service

router = api_router("controls")


class ControlQuery(Descending):
    """The filters and order of the list of a risk's controls."""

    q: Search = None
    in_place: bool | None = Field(default=None, description="Only those in place, or only ended ones.")
    updated_since: UpdatedSince = None
    sort: Literal["position", "updated_at"] = Field(
        default="position", description="What to sort by; the position decides between equals."
    )


@router.get(
    "/risks/{risk_id}/controls",
    response_model=ControlList,
    responses=READS,
    operation_id="list_controls",
    openapi_extra=parameters(ControlQuery),
)
def list_controls(
    risk_id: UUID,
    request: Request,
    who: Reader,
    query: Annotated[ControlQuery, Depends(read_query(ControlQuery))],
) -> Response:
    """Controls of a risk, in their order."""
    with read(who) as db:
        found = controls_service.list_controls(
            db,
            who,
            risk_id,
            asked=query.page(),
            sort=query.sort,
            descending=query.descending,
            **query.filters(),
        )
    return page_answer(request, ControlList, found, query.fields)


@router.post(
    "/risks/{risk_id}/controls",
    status_code=201,
    response_model=ControlRead,
    responses=CREATES,
    operation_id="create_control",
)
def create_control(risk_id: UUID, body: ControlCreate, who: Editor) -> Response:
    """Add a control to a risk."""
    with write(who) as db:
        found = controls_service.create_control(db, who, moment(), risk_id, body)
    return created(ControlRead, found, "controls")


@router.get("/controls/{control_id}", response_model=ControlRead, responses=READS, operation_id="get_control")
def get_control(control_id: UUID, who: Reader, fields: Fields = None) -> Response:
    """One control."""
    with read(who) as db:
        return answer(ControlRead, controls_service.get_control(db, who, control_id), fields=fields)


@router.patch(
    "/controls/{control_id}", response_model=ControlRead, responses=CHANGES, operation_id="change_control"
)
def change_control(control_id: UUID, body: ControlUpdate, who: Editor, version: Version) -> Response:
    """Change the fields that are sent."""
    with write(who) as db:
        found = controls_service.change_control(db, who, moment(), control_id, body, version=version)
    return answer(ControlRead, found)
