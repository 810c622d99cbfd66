"""Officers' commentary on a period and on each priority in it."""

from typing import Any
from uuid import UUID

from fastapi import Response

from app.api.deps import (
    READS,
    Editor,
    OptionalVersion,
    Reader,
    answer,
    created,
    errors,
)
from app.api.routing import api_router
from app.clock import moment
from app.db import read, write
from app.models.commentaries import CommentaryList, CommentaryPut, CommentaryRead
from app.services import commentaries as commentaries_service
from app.services.lists import answer as list_answer

router = api_router("periods")
_WRITES: dict[int | str, dict[str, Any]] = {
    201: {"model": CommentaryRead, "description": "The first commentary here."},
    **errors(400, 404, 409, 412, 413, 422, 428),
}


@router.get(
    "/periods/{period_id}/commentaries",
    response_model=CommentaryList,
    responses=READS,
    operation_id="list_commentaries",
)
def list_commentaries(period_id: UUID, who: Reader) -> Response:
    """What officers add to the figures of a period: on the whole first, then by priority."""
    with read(who) as db:
        found = commentaries_service.list_commentaries(db, who, period_id)
    return answer(CommentaryList, list_answer(found, None, len(found)))


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
