"""What changed in a plan and its risks between two days."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from app.api.deps import READS, AsAt, Fields, Reader, answer
from app.api.routing import api_router
from app.clock import today
from app.db import read
from app.models.base import AnyDay
from app.models.comparison import Comparison
from app.services import comparison as comparison_service

router = api_router("comparisons")


@router.get(
    "/plans/{plan_id}/comparison", response_model=Comparison, responses=READS, operation_id="get_comparison"
)
def get_comparison(
    plan_id: UUID,
    who: Reader,
    as_at: AsAt = None,
    compare: Annotated[
        AnyDay | None,
        Query(
            description="The earlier day, never after `as_at`; by default the last day of the last published "
            "board period before it or, where none is, the last end of a month at least four weeks before it."
        ),
    ] = None,
    priority_id: Annotated[UUID | None, Query(description="Only under this priority of the plan.")] = None,
    fields: Fields = None,
) -> Response:
    """The figures of both days, and every action and risk to which something happened in between.

    Each comes with the entry that explains it. Counts reconcile: for each status, the later count is the
    earlier one plus what came less what left.
    """
    with read(who) as db:
        found = comparison_service.compare(
            db, who, plan_id, today=today(), as_at=as_at, compare=compare, priority_id=priority_id
        )
    return answer(Comparison, found, as_at=found["as_at"], fields=fields)
