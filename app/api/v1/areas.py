"""Areas: the one that the client belongs to."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from app.api.deps import READS, Fields, Reader, UpdatedSince, answer, page_answer
from app.api.queries import ListQuery, parameters, read_query
from app.api.routing import api_router
from app.db import read
from app.models.areas import AreaList, AreaRead
from app.services import areas as areas_service

router = api_router("areas")


class AreaQuery(ListQuery):
    """The filter of the list of areas."""

    updated_since: UpdatedSince = None


@router.get(
    "/areas",
    response_model=AreaList,
    responses=READS,
    operation_id="list_areas",
    openapi_extra=parameters(AreaQuery),
)
def list_areas(
    request: Request, who: Reader, query: Annotated[AreaQuery, Depends(read_query(AreaQuery))]
) -> Response:
    """The areas that the client may read: its own, and no other."""
    with read(who) as db:
        found = areas_service.list_areas(db, who, asked=query.page(), **query.filters())
    return page_answer(request, AreaList, found, query.fields)


@router.get("/areas/{area_id}", response_model=AreaRead, responses=READS, operation_id="get_area")
def get_area(area_id: UUID, who: Reader, fields: Fields = None) -> Response:
    """One area. `last_sequence` tells whether anything in it changed since it was last read."""
    with read(who) as db:
        return answer(AreaRead, areas_service.get_area(db, who, area_id), fields=fields)
