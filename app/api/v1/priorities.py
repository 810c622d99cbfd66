"""Priorities of a plan (workstreams of a grant programme)."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import Field

from app.api.deps import (
    CHANGES,
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
    page_answer,
)
from app.api.queries import Descending, parameters, read_query
from app.api.routing import api_router
from app.clock import moment
from app.db import read, write
from app.models.priorities import PriorityCreate, PriorityList, PriorityRead, PriorityUpdate
from app.services import priorities as priorities_service
from app.services import removals as removals_service

router = api_router("priorities")


class PriorityQuery(Descending):
    """The filters and order of the list of a plan's priorities."""

    q: Search = None
    ref: RefFilter = None
    sro_id: UUID | None = Field(default=None, description="Only with this senior responsible officer.")
    responsible_bodies: str | None = Field(
        default=None, max_length=200, description="Only those whose responsible bodies hold these words."
    )
    updated_since: UpdatedSince = None
    sort: Literal["position", "updated_at"] = Field(
        default="position", description="What to sort by; the position decides between equals."
    )


@router.get(
    "/plans/{plan_id}/priorities",
    response_model=PriorityList,
    responses=READS,
    operation_id="list_priorities",
    openapi_extra=parameters(PriorityQuery),
)
def list_priorities(
    plan_id: UUID,
    request: Request,
    who: Reader,
    query: Annotated[PriorityQuery, Depends(read_query(PriorityQuery))],
) -> Response:
    """Priorities of a plan, in their order."""
    with read(who) as db:
        found = priorities_service.list_priorities(
            db,
            who,
            plan_id,
            asked=query.page(),
            sort=query.sort,
            descending=query.descending,
            **query.filters(),
        )
    return page_answer(request, PriorityList, found, query.fields)


@router.post(
    "/plans/{plan_id}/priorities",
    status_code=201,
    response_model=PriorityRead,
    responses=CREATES,
    operation_id="create_priority",
)
def create_priority(plan_id: UUID, body: PriorityCreate, who: Editor) -> Response:
    """Add a priority to a plan, at its end unless a position is given."""
    with write(who) as db:
        found = priorities_service.create_priority(db, who, moment(), plan_id, body)
    return created(PriorityRead, found, "priorities")


@router.get(
    "/priorities/{priority_id}", response_model=PriorityRead, responses=READS, operation_id="get_priority"
)
def get_priority(priority_id: UUID, who: Reader, fields: Fields = None) -> Response:
    """One priority."""
    with read(who) as db:
        return answer(PriorityRead, priorities_service.get_priority(db, who, priority_id), fields=fields)


@router.patch(
    "/priorities/{priority_id}",
    response_model=PriorityRead,
    responses=CHANGES,
    operation_id="change_priority",
)
def change_priority(priority_id: UUID, body: PriorityUpdate, who: Editor, version: Version) -> Response:
    """Change the fields that are sent."""
    with write(who) as db:
        found = priorities_service.change_priority(db, who, moment(), priority_id, body, version=version)
    return answer(PriorityRead, found)


@router.delete(
    "/priorities/{priority_id}",
    status_code=204,
    response_class=Response,
    responses=DELETES,
    operation_id="delete_priority",
)
def delete_priority(priority_id: UUID, who: Editor, version: Version) -> Response:
    """Delete a priority that was added by mistake: one under which nothing was ever recorded.

    409 for any other, and for one that stands in a published period. What it was stays in the journal.
    """
    with write(who) as db:
        removals_service.delete_priority(db, who, moment(), priority_id, version=version)
    return Response(status_code=204)
