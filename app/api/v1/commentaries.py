"""Officers' commentary on a period and on each priority in it."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import Field

from app.api.deps import (
    READS,
    Editor,
    OptionalVersion,
    Reader,
    Search,
    UpdatedSince,
    answer,
    created,
    errors,
    page_answer,
)
from app.api.queries import Descending, parameters, read_query
from app.api.routing import api_router
from app.clock import moment
from app.db import read, write
from app.models.commentaries import CommentaryList, CommentaryPut, CommentaryRead
from app.services import commentaries as commentaries_service

router = api_router("periods")
_WRITES: dict[int | str, dict[str, Any]] = {
    201: {"model": CommentaryRead, "description": "The first commentary here."},
    **errors(400, 404, 409, 412, 413, 422, 428),
}


class CommentaryQuery(Descending):
    """The filters and order of the list of a period's commentaries."""

    q: Search = None
    priority_id: UUID | None = Field(default=None, description="Only on this priority.")
    author_name: str | None = Field(default=None, max_length=300, description="Only written by this name.")
    updated_since: UpdatedSince = None
    sort: Literal["position", "updated_at"] = Field(
        default="position",
        description="What to sort by; the position of the priority decides between equals.",
    )


@router.get(
    "/periods/{period_id}/commentaries",
    response_model=CommentaryList,
    responses=READS,
    operation_id="list_commentaries",
    openapi_extra=parameters(CommentaryQuery),
)
def list_commentaries(
    period_id: UUID,
    request: Request,
    who: Reader,
    query: Annotated[CommentaryQuery, Depends(read_query(CommentaryQuery))],
) -> Response:
    """What officers add to the figures of a period: on the whole first, then by priority."""
    with read(who) as db:
        found = commentaries_service.page_of_commentaries(
            db,
            who,
            period_id,
            asked=query.page(),
            sort=query.sort,
            descending=query.descending,
            **query.filters(),
        )
    return page_answer(request, CommentaryList, found, query.fields)


@router.put(
    "/periods/{period_id}/commentary",
    response_model=CommentaryRead,
    responses=_WRITES,
    operation_id="write_commentary",
)
def write_commentary(period_id: UUID, body: CommentaryPut, who: Editor, version: OptionalVersion) -> Response:
    """Write the commentary on the period as a whole, in place of the one before.

    The first needs no `If-Match` (201); to change one, send its version (428 without, 412 when stale). 409
    once the period is published.
    """
    return _write(period_id, None, body, who, version)


@router.put(
    "/periods/{period_id}/priorities/{priority_id}/commentary",
    response_model=CommentaryRead,
    responses=_WRITES,
    operation_id="write_priority_commentary",
)
def write_priority_commentary(
    period_id: UUID, priority_id: UUID, body: CommentaryPut, who: Editor, version: OptionalVersion
) -> Response:
    """Write the commentary on one priority of the period's plan, in place of the one before.

    The first needs no `If-Match` (201); to change one, send its version (428 without, 412 when stale). 409
    once the period is published.
    """
    return _write(period_id, priority_id, body, who, version)


def _write(
    period_id: UUID, priority_id: UUID | None, body: CommentaryPut, who: Editor, version: int | None
) -> Response:
    with write(who) as db:
        found = commentaries_service.write_commentary(
            db, who, moment(), period_id, body, priority_id=priority_id, version=version
        )
    if found["version"] > 1 or version:
        return answer(CommentaryRead, found)
    first = created(CommentaryRead, found, "")
    first.headers["location"] = f"/api/v1/periods/{period_id}/commentaries"
    return first
