"""Plans, and the progress of their actions."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from pydantic import Field

from app.api.deps import (
    CHANGES,
    CREATES,
    DELETES,
    READS,
    AsAt,
    Compare,
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
from app.api.queries import Descending, day_filter, parameters, read_query
from app.api.routing import api_router
from app.clock import moment, today
from app.db import read, write
from app.models.base import AnyDay
from app.models.plans import PlanCreate, PlanKind, PlanList, PlanRead, PlanUpdate
from app.models.progress import Progress, ProgressHistory
from app.services import compared
from app.services import plans as plans_service
from app.services import progress as progress_service
from app.services import removals as removals_service

router = api_router("plans")


class PlanQuery(Descending):
    """The filters and order of the list of plans."""

    q: Search = None
    ref: RefFilter = None
    kind: PlanKind | None = Field(default=None, description="Only plans of this sort.")
    starts_before: AnyDay | None = day_filter("starting", "before")
    starts_after: AnyDay | None = day_filter("starting", "after")
    ends_before: AnyDay | None = day_filter("ending", "before")
    ends_after: AnyDay | None = day_filter("ending", "after")
    updated_since: UpdatedSince = None
    sort: Literal["added", "ref", "updated_at"] = Field(
        default="added", description="What to sort by; equal ones stand as they were added."
    )


@router.get(
    "/plans",
    response_model=PlanList,
    responses=READS,
    operation_id="list_plans",
    openapi_extra=parameters(PlanQuery),
)
def list_plans(
    request: Request, who: Reader, query: Annotated[PlanQuery, Depends(read_query(PlanQuery))]
) -> Response:
    """Plans of the area, in the order in which they were added."""
    with read(who) as db:
        found = plans_service.list_plans(
            db, who, asked=query.page(), sort=query.sort, descending=query.descending, **query.filters()
        )
    return page_answer(request, PlanList, found, query.fields)


@router.post(
    "/plans", status_code=201, response_model=PlanRead, responses=CREATES, operation_id="create_plan"
)
def create_plan(body: PlanCreate, who: Editor) -> Response:
    """Add a plan; its priorities and actions follow."""
    with write(who) as db:
        found = plans_service.create_plan(db, who, moment(), body)
    return created(PlanRead, found, "plans")


@router.get("/plans/{plan_id}", response_model=PlanRead, responses=READS, operation_id="get_plan")
def get_plan(plan_id: UUID, who: Reader, fields: Fields = None) -> Response:
    """One plan."""
    with read(who) as db:
        return answer(PlanRead, plans_service.get_plan(db, who, plan_id), fields=fields)


@router.patch("/plans/{plan_id}", response_model=PlanRead, responses=CHANGES, operation_id="change_plan")
def change_plan(plan_id: UUID, body: PlanUpdate, who: Editor, version: Version) -> Response:
    """Change the fields that are sent."""
    with write(who) as db:
        found = plans_service.change_plan(db, who, moment(), plan_id, body, version=version)
    return answer(PlanRead, found)


@router.delete(
    "/plans/{plan_id}",
    status_code=204,
    response_class=Response,
    responses=DELETES,
    operation_id="delete_plan",
)
def delete_plan(plan_id: UUID, who: Editor, version: Version) -> Response:
    """Delete a plan that was added by mistake: one with no priority, action, register or period.

    409 for any other, with what it holds. What it was stays in the journal and in `/changes`.
    """
    with write(who) as db:
        removals_service.delete_plan(db, who, moment(), plan_id, version=version)
    return Response(status_code=204)


@router.get(
    "/plans/{plan_id}/progress", response_model=Progress, responses=READS, operation_id="get_progress"
)
def get_progress(
    plan_id: UUID, who: Reader, as_at: AsAt = None, compare: Compare = None, fields: Fields = None
) -> Response:
    """Counts and percentages of the plan and of each priority, as at a day.

    Percentages and flags count action points, so that the plan is the sum of its priorities; the number of
    distinct actions stands beside them. Withdrawn actions are in no count but `withdrawn`.
    """
    with read(who) as db:
        found = compared.progress(db, who, plan_id, today=today(), as_at=as_at, compare=compare)
    return answer(Progress, found, as_at=as_at, fields=fields)


@router.get(
    "/plans/{plan_id}/progress/history",
    response_model=ProgressHistory,
    responses=READS,
    operation_id="get_progress_history",
)
def get_progress_history(
    plan_id: UUID,
    who: Reader,
    first_day: Annotated[
        AnyDay | None,
        Query(alias="from", description="First month; by default when the first action was added."),
    ] = None,
    last_day: Annotated[
        AnyDay | None, Query(alias="to", description="Last day; today by default, never later.")
    ] = None,
    fields: Fields = None,
) -> Response:
    """Progress at the end of each month and on the last day: the figures of a burn-up chart."""
    with read(who) as db:
        found = progress_service.history(
            db, who, plan_id, today=today(), first_day=first_day, last_day=last_day
        )
    return answer(ProgressHistory, found, fields=fields)
