"""Board reporting periods of a plan."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import Field

from app.api.deps import (
    CREATES,
    DELETES,
    READS,
    Editor,
    Fields,
    Reader,
    RefFilter,
    Search,
    UpdatedSince,
    Version,
    answer,
    created,
    errors,
    page_answer,
)
from app.api.queries import Descending, day_filter, parameters, read_query
from app.api.routing import api_router
from app.clock import moment
from app.db import read, write
from app.models.base import AnyDay
from app.models.periods import PeriodCreate, PeriodList, PeriodRead, PeriodState, PeriodUpdate
from app.services import periods as periods_service
from app.services import removals as removals_service

router = api_router("periods")


class PeriodQuery(Descending):
    """The filters and order of the list of a plan's periods."""

    q: Search = None
    ref: RefFilter = None
    state: PeriodState | None = Field(default=None, description="Only periods in this state.")
    containing: AnyDay | None = Field(default=None, description="Only the period that this day lies in.")
    ending_before: AnyDay | None = day_filter("with the last day", "before")
    ending_after: AnyDay | None = day_filter("with the last day", "after")
    meeting_before: AnyDay | None = day_filter("whose board meets", "before")
    meeting_after: AnyDay | None = day_filter("whose board meets", "after")
    updated_since: UpdatedSince = None
    sort: Literal["first_day", "updated_at"] = Field(
        default="first_day", description="What to sort by; the first day decides between equals."
    )


@router.get(
    "/plans/{plan_id}/periods",
    response_model=PeriodList,
    responses=READS,
    operation_id="list_periods",
    openapi_extra=parameters(PeriodQuery),
)
def list_periods(
    plan_id: UUID,
    request: Request,
    who: Reader,
    query: Annotated[PeriodQuery, Depends(read_query(PeriodQuery))],
) -> Response:
    """Reporting periods of a plan by their first day. They never overlap, but may leave days out."""
    with read(who) as db:
        found = periods_service.list_periods(
            db,
            who,
            plan_id,
            asked=query.page(),
            sort=query.sort,
            descending=query.descending,
            **query.filters(),
        )
    return page_answer(request, PeriodList, found, query.fields)


@router.post(
    "/plans/{plan_id}/periods",
    status_code=201,
    response_model=PeriodRead,
    responses=CREATES,
    operation_id="create_period",
)
def create_period(plan_id: UUID, body: PeriodCreate, who: Editor) -> Response:
    """Add a period as a draft; the plan's cadence proposes the next ones.

    Refused where another period of the plan has some of its days: the error names it.
    """
    with write(who) as db:
        found = periods_service.create_period(db, who, moment(), plan_id, body)
    return created(PeriodRead, found, "periods")


@router.get("/periods/{period_id}", response_model=PeriodRead, responses=READS, operation_id="get_period")
def get_period(period_id: UUID, who: Reader, fields: Fields = None) -> Response:
    """One period; `published` says when and by whom it was frozen. Its figures are in `report.json`."""
    with read(who) as db:
        return answer(PeriodRead, periods_service.get_period(db, who, period_id), fields=fields)


@router.patch(
    "/periods/{period_id}",
    response_model=PeriodRead,
    responses=errors(400, 404, 409, 412, 413, 422, 428),
    operation_id="change_period",
)
def change_period(period_id: UUID, body: PeriodUpdate, who: Editor, version: Version) -> Response:
    """Change the fields that are sent, or send it for review and take it back by `state`.

    409 once it is published: nothing of a published period changes. Add an erratum instead.
    """
    with write(who) as db:
        found = periods_service.change_period(db, who, moment(), period_id, body, version=version)
    return answer(PeriodRead, found)


@router.delete(
    "/periods/{period_id}",
    status_code=204,
    response_class=Response,
    responses=DELETES,
    operation_id="delete_period",
)
def delete_period(period_id: UUID, who: Editor, version: Version) -> Response:
    """Delete a period that is not published, with its commentary. Both stay in the journal.

    409 once it is published: nothing of a published period changes. Add an erratum instead.
    """
    with write(who) as db:
        removals_service.delete_period(db, who, moment(), period_id, version=version)
    return Response(status_code=204)
