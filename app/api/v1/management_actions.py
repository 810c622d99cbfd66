"""Management actions of a risk and their dated entries."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import Field

from app.api.deps import (
    CHANGES,
    CREATES,
    READS,
    RECORDS,
    AsAt,
    Editor,
    Fields,
    OptionalVersion,
    Reader,
    Search,
    UpdatedSince,
    Version,
    answer,
    created,
    page_answer,
)
from app.api.queries import Descending, StatusEntryQuery, day_filter, parameters, read_query
from app.api.routing import api_router
from app.clock import moment, today
from app.db import read, write
from app.models.base import AnyDay
from app.models.management_actions import (
    ManagementActionCreate,
    ManagementActionList,
    ManagementActionRead,
    ManagementActionUpdate,
    ManagementActionUpdateCreate,
    ManagementActionUpdateList,
    ManagementActionUpdateRead,
)
from app.plans.statuses import Status
from app.services import management_actions as management_actions_service

router = api_router("management actions")


class ManagementActionQuery(Descending):
    """The filters, order and day of the list of a risk's management actions."""

    q: Search = None
    status: Status | None = Field(default=None, description="Only with this status.")
    not_stated: bool | None = Field(
        default=None, description="Only those whose status is not stated, or only others."
    )
    overdue: bool | None = Field(default=None, description="Only overdue ones, or only others.")
    lead_id: UUID | None = Field(default=None, description="Only led by this person.")
    due_before: AnyDay | None = day_filter("due", "before")
    due_after: AnyDay | None = day_filter("due", "after")
    added_before: AnyDay | None = day_filter("listed from a day", "before")
    added_after: AnyDay | None = day_filter("listed from a day", "after")
    updated_since: UpdatedSince = None
    as_at: AsAt = None
    sort: Literal["position", "due_on", "updated_at"] = Field(
        default="position", description="What to sort by; the position decides between equals."
    )


@router.get(
    "/risks/{risk_id}/management-actions",
    response_model=ManagementActionList,
    responses=READS,
    operation_id="list_management_actions",
    openapi_extra=parameters(ManagementActionQuery),
)
def list_management_actions(
    risk_id: UUID,
    request: Request,
    who: Reader,
    query: Annotated[ManagementActionQuery, Depends(read_query(ManagementActionQuery))],
) -> Response:
    """Management actions of a risk as at a day, in their order."""
    with read(who) as db:
        found = management_actions_service.list_management_actions(
            db,
            who,
            risk_id,
            today=today(),
            as_at=query.as_at,
            asked=query.page(),
            wanted=management_actions_service.Filter(**query.filters()),
            sort=query.sort,
            descending=query.descending,
        )
    return page_answer(request, ManagementActionList, found, query.fields)


@router.post(
    "/risks/{risk_id}/management-actions",
    status_code=201,
    response_model=ManagementActionRead,
    responses=CREATES,
    operation_id="create_management_action",
)
def create_management_action(risk_id: UUID, body: ManagementActionCreate, who: Editor) -> Response:
    """Add a management action to a risk."""
    with write(who) as db:
        found = management_actions_service.create_management_action(db, who, moment(), risk_id, body)
    return created(ManagementActionRead, found, "management-actions")


@router.get(
    "/management-actions/{management_action_id}",
    response_model=ManagementActionRead,
    responses=READS,
    operation_id="get_management_action",
)
def get_management_action(
    management_action_id: UUID, who: Reader, as_at: AsAt = None, fields: Fields = None
) -> Response:
    """One management action as at a day."""
    with read(who) as db:
        found = management_actions_service.get_management_action(
            db, who, management_action_id, today=today(), as_at=as_at
        )
    return answer(ManagementActionRead, found, as_at=as_at, fields=fields)


@router.patch(
    "/management-actions/{management_action_id}",
    response_model=ManagementActionRead,
    responses=CHANGES,
    operation_id="change_management_action",
)
def change_management_action(
    management_action_id: UUID, body: ManagementActionUpdate, who: Editor, version: Version
) -> Response:
    """Change what is not dated. Status and due date change through updates."""
    with write(who) as db:
        found = management_actions_service.change_management_action(
            db, who, moment(), management_action_id, body, version=version
        )
    return answer(ManagementActionRead, found)


@router.get(
    "/management-actions/{management_action_id}/updates",
    response_model=ManagementActionUpdateList,
    responses=READS,
    operation_id="list_management_action_updates",
    openapi_extra=parameters(StatusEntryQuery),
)
def list_management_action_updates(
    management_action_id: UUID,
    request: Request,
    who: Reader,
    query: Annotated[StatusEntryQuery, Depends(read_query(StatusEntryQuery))],
) -> Response:
    """Every dated entry of a management action, oldest first."""
    with read(who) as db:
        found = management_actions_service.page_of_updates(
            db,
            who,
            management_action_id,
            asked=query.page(),
            wanted=query.wanted(),
            descending=query.descending,
        )
    return page_answer(request, ManagementActionUpdateList, found, query.fields)


@router.post(
    "/management-actions/{management_action_id}/updates",
    status_code=201,
    response_model=ManagementActionUpdateRead,
    responses=RECORDS,
    operation_id="record_management_action_update",
)
def record_management_action_update(
    management_action_id: UUID,
    body: ManagementActionUpdateCreate,
    who: Editor,
    version: OptionalVersion,
) -> Response:
    """Record a dated update of a management action."""
    with write(who) as db:
        found = management_actions_service.record_update(
            db, who, moment(), management_action_id, body, version=version
        )
    return created(ManagementActionUpdateRead, found, f"management-actions/{management_action_id}/updates")
