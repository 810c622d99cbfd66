"""Areas: the one that the client belongs to."""

from uuid import UUID

from fastapi import Response

from app.api.deps import READS, Fields, Reader, answer
from app.api.routing import api_router
from app.db import read
from app.models.areas import AreaList, AreaRead
from app.services import areas as areas_service

router = api_router("areas")


@router.get("/areas", response_model=AreaList, responses=READS, operation_id="list_areas")
def list_areas(who: Reader) -> Response:
    """The areas that the client may read: its own, and no other."""
    with read(who) as db:
        area = areas_service.get_area(db, who, who.area_id)
    return answer(AreaList, {"items": [area], "next": None, "total": 1})


@router.get("/areas/{area_id}", response_model=AreaRead, responses=READS, operation_id="get_area")
def get_area(area_id: UUID, who: Reader, fields: Fields = None) -> Response:
    """One area. `last_sequence` tells whether anything in it changed since it was last read."""
    with read(who) as db:
        return answer(AreaRead, areas_service.get_area(db, who, area_id), fields=fields)
