"""The cadence of a plan's board."""

from uuid import UUID

from fastapi import Response

from app.api.deps import CHANGES, READS, Editor, Fields, Reader, Version, answer
from app.api.routing import api_router
from app.clock import moment, today
from app.db import read, write
from app.models.cadences import CadencePut, CadenceRead
from app.services import cadences as cadences_service

router = api_router("periods")


@router.get(
    "/plans/{plan_id}/cadence", response_model=CadenceRead, responses=READS, operation_id="get_cadence"
)
def get_cadence(plan_id: UUID, who: Reader, fields: Fields = None) -> Response:
    """How the plan's reporting periods follow each other, and the next ones that follow from it.

    Proposed periods follow each other without a gap, and leave out the days of those that exist. A plan
    without periods begins with the last one that is over. `POST` one to `/plans/{id}/periods` to add it.
    """
    with read(who) as db:
        found = cadences_service.get_cadence(db, who, plan_id, today=today())
    return answer(CadenceRead, found, fields=fields)


@router.put(
    "/plans/{plan_id}/cadence", response_model=CadenceRead, responses=CHANGES, operation_id="set_cadence"
)
def set_cadence(plan_id: UUID, body: CadencePut, who: Editor, version: Version) -> Response:
    """Set the cadence, whole. `If-Match` takes the ETag of this address or of the plan.

    The plan is then at a new version. Periods that exist stay as they are.
    """
    with write(who) as db:
        found = cadences_service.set_cadence(db, who, moment(), plan_id, body, version=version)
    return answer(CadenceRead, found)
