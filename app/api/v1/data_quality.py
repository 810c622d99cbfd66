"""What the checks of data quality find, and its acknowledgement."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import Field

from app.api.deps import AsAt, Editor, Reader, RefFilter, Search, created, errors, page_answer
from app.api.queries import ListQuery, parameters, read_query
from app.api.routing import api_router
from app.clock import moment, today
from app.data_quality.base import CheckId, Noun, Severity
from app.db import read, write
from app.models.data_quality import AcknowledgementCreate, AcknowledgementRead, FindingList
from app.services import data_quality as data_quality_service

router = api_router("data quality")


class FindingQuery(ListQuery):
    """The filters and day of the list of findings."""

    plan_id: UUID | None = Field(
        default=None, description="Only of this plan: its actions, and the risks of its registers."
    )
    register_id: UUID | None = Field(
        default=None, description="Only of this register: its risks and their management actions."
    )
    priority_id: UUID | None = Field(
        default=None, description="Only about actions and risks under this priority, an action's first one."
    )
    risk_id: UUID | None = Field(default=None, description="Only about this risk and its management actions.")
    subject_id: UUID | None = Field(default=None, description="Only about this record.")
    ref: RefFilter = None
    check: CheckId | None = Field(default=None, description="Only by this check.")
    severity: Severity | None = Field(default=None, description="Only of this severity.")
    noun: Noun | None = Field(default=None, description="Only about this kind of record.")
    acknowledged: bool | None = Field(default=None, description="Only acknowledged ones, or only others.")
    q: Search = None
    as_at: AsAt = None


@router.get(
    "/data-quality",
    response_model=FindingList,
    responses=errors(404, 422),
    operation_id="list_findings",
    openapi_extra=parameters(FindingQuery),
)
def list_findings(
    request: Request, who: Reader, query: Annotated[FindingQuery, Depends(read_query(FindingQuery))]
) -> Response:
    """Everything that the checks find in the area's actions, risks and management actions as at a day.

    Those that block publishing come first. Acknowledged ones are listed too, unless filtered. Withdrawn
    actions and closed risks have none. Findings are not stored: they go when the data is put right.
    """
    with read(who) as db:
        found = data_quality_service.list_findings(
            db,
            who,
            today=today(),
            as_at=query.as_at,
            wanted=data_quality_service.Filter(**query.filters()),
            asked=query.page(),
        )
    return page_answer(request, FindingList, found, query.fields)


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
