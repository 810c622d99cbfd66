"""Errata of published periods."""

from uuid import UUID

from fastapi import Response

from app.api.deps import READS, RECORDS, Editor, OptionalVersion, Reader, answer, created
from app.api.routing import api_router
from app.clock import moment
from app.db import read, write
from app.models.periods import ErratumCreate, ErratumList, ErratumRead
from app.services import errata as errata_service
from app.services.lists import answer as list_answer

router = api_router("periods")


@router.get(
    "/periods/{period_id}/errata", response_model=ErratumList, responses=READS, operation_id="list_errata"
)
def list_errata(period_id: UUID, who: Reader) -> Response:
    """Every erratum of a period, oldest first. Show them beside the published figures."""
    with read(who) as db:
        found = errata_service.list_errata(db, who, period_id)
    return answer(ErratumList, list_answer(found, None, len(found)))


@router.post(
    "/periods/{period_id}/errata",
    status_code=201,
    response_model=ErratumRead,
    responses=RECORDS,
    operation_id="add_erratum",
)
def add_erratum(period_id: UUID, body: ErratumCreate, who: Editor, version: OptionalVersion) -> Response:
    """Say what is wrong in a published period. Its figures stay as they were published.

    409 for a period that is not published: change the period itself.
    """
    with write(who) as db:
        found = errata_service.add_erratum(db, who, moment(), period_id, body, version=version)
    return created(ErratumRead, found, f"periods/{period_id}/errata")
