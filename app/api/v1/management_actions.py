"""Management actions of a risk and their dated entries."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from app.api.deps import (
    CHANGES,
    CREATES,
    READS,
    RECORDS,
    AsAt,
    Asked,
    Editor,
    Fields,
    OptionalVersion,
    Reader,
    UpdatedSince,
    Version,
    answer,
    created,
    page_answer,
)
from app.api.routing import api_router
from app.clock import moment, today
from app.db import read, write
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
from app.services.lists import answer as list_answer

router = api_router("management actions")


@router.get(
    "/risks/{risk_id}/management-actions",
    response_model=ManagementActionList,
    responses=READS,
    operation_id="list_management_actions",
)
def list_management_actions(
    risk_id: UUID,
    request: Request,
    who: Reader,
    asked: Asked,
    as_at: AsAt = None,
    status: Annotated[Status | None, Query(description="Only with this status.")] = None,
    lead_id: Annotated[UUID | None, Query(description="Only led by this person.")] = None,
    updated_since: UpdatedSince = None,
) -> Response:
    """Management actions of a risk as at a day, in their order."""
    with read(who) as db:
        found = management_actions_service.list_management_actions(
            db,
            who,
            risk_id,
            today=today(),
            as_at=as_at,
            asked=asked,
            status=status,
            lead_id=lead_id,
            updated_since=updated_since,
        )
    return page_answer(request, ManagementActionList, found)


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
)
def list_management_action_updates(management_action_id: UUID, who: Reader) -> Response:
    """Every dated entry of a management action, oldest first."""
    with read(who) as db:
        found = management_actions_service.list_updates(db, who, management_action_id)
    return answer(ManagementActionUpdateList, list_answer(found, None, len(found)))


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
