"""What the checks of data quality find, and its acknowledgement."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from app.api.deps import (
    AsAt,
    Asked,
    Editor,
    Reader,
    created,
    errors,
    page_answer,
)
from app.api.routing import api_router
from app.clock import moment, today
from app.data_quality.base import CheckId, Noun, Severity
from app.db import read, write
from app.models.data_quality import AcknowledgementCreate, AcknowledgementRead, FindingList
from app.services import data_quality as data_quality_service

router = api_router("data quality")


async def wanted_findings(
    plan_id: Annotated[
        UUID | None, Query(description="Only of this plan: its actions, and the risks of its registers.")
    ] = None,
    register_id: Annotated[
        UUID | None, Query(description="Only of this register: its risks and their management actions.")
    ] = None,
    check: Annotated[CheckId | None, Query(description="Only by this check.")] = None,
    severity: Annotated[Severity | None, Query(description="Only of this severity.")] = None,
    noun: Annotated[Noun | None, Query(description="Only about this kind of record.")] = None,
    acknowledged: Annotated[bool | None, Query(description="Only acknowledged ones, or only others.")] = None,
) -> data_quality_service.Filter:
    """The filters of the list of findings."""
    return data_quality_service.Filter(
        plan_id=plan_id,
        register_id=register_id,
        check=check,
        severity=severity,
        noun=noun,
        acknowledged=acknowledged,
    )


@router.get(
    "/data-quality", response_model=FindingList, responses=errors(404, 422), operation_id="list_findings"
)
def list_findings(
    request: Request,
    who: Reader,
    asked: Asked,
    wanted: Annotated[data_quality_service.Filter, Depends(wanted_findings)],
    as_at: AsAt = None,
) -> Response:
    """Everything that the checks find in the area's actions, risks and management actions as at a day.

    Those that block publishing come first. Acknowledged ones are listed too, unless filtered. Withdrawn
    actions and closed risks have none. Findings are not stored: they go when the data is put right.
    """
    with read(who) as db:
        found = data_quality_service.list_findings(
            db, who, today=today(), as_at=as_at, wanted=wanted, asked=asked
        )
    return page_answer(request, FindingList, found)


@router.post(
    "/data-quality/acknowledgements",
    status_code=201,
    response_model=AcknowledgementRead,
    responses=errors(400, 409, 413, 422),
    operation_id="acknowledge_finding",
)
def acknowledge_finding(body: AcknowledgementCreate, who: Editor) -> Response:
    """Say why a finding of today stays as it is. It then counts no more, until the data changes.

    409 when the check finds nothing there any more, when it is acknowledged already, and for a finding that
    blocks publishing: that needs a reason on the action itself, by an update.
    """
    with write(who) as db:
        found = data_quality_service.acknowledge(db, who, moment(), body)
    return created(AcknowledgementRead, found, "data-quality")
