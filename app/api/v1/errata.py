"""Errata of published periods."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import Field

from app.api.deps import READS, RECORDS, Editor, OptionalVersion, Reader, UpdatedSince, created, page_answer
from app.api.queries import ListQuery, day_filter, parameters, read_query
from app.api.routing import api_router
from app.clock import moment
from app.db import read, write
from app.models.base import AnyDay
from app.models.periods import ErratumCreate, ErratumList, ErratumRead
from app.services import errata as errata_service

router = api_router("periods")


class ErratumQuery(ListQuery):
    """The filters of the list of a period's errata, which never change."""

    effective_before: AnyDay | None = day_filter("of a day", "before")
    effective_after: AnyDay | None = day_filter("of a day", "after")
    recorded_since: UpdatedSince = Field(
        default=None, description="Only those recorded at or after this time, with its offset."
    )


@router.get(
    "/periods/{period_id}/errata",
    response_model=ErratumList,
    responses=READS,
    operation_id="list_errata",
    openapi_extra=parameters(ErratumQuery),
)
def list_errata(
    period_id: UUID,
    request: Request,
    who: Reader,
    query: Annotated[ErratumQuery, Depends(read_query(ErratumQuery))],
) -> Response:
    """Every erratum of a period, oldest first. Show them beside the published figures."""
    with read(who) as db:
        found = errata_service.page_of_errata(db, who, period_id, asked=query.page(), **query.filters())
    return page_answer(request, ErratumList, found, query.fields)


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
