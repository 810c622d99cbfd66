"""Risks of a register, their assessments and changes of state."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import Field

from app.access.roles import Principal
from app.api.deps import (
    CHANGES,
    CREATES,
    READS,
    RECORDS,
    AsAt,
    Compare,
    Contributor,
    Editor,
    Fields,
    OptionalVersion,
    Reader,
    RefFilter,
    Search,
    UpdatedSince,
    Version,
    answer,
    created,
    page_answer,
)
from app.api.queries import Descending, EntryQuery, day_filter, parameters, read_query
from app.api.routing import api_router
from app.clock import moment, today
from app.db import read, write
from app.models.base import AnyDay
from app.models.risk_positions import RiskList
from app.models.risks import (
    Acceptance,
    AssessmentCreate,
    AssessmentList,
    AssessmentRead,
    RiskCreate,
    RiskRead,
    RiskUpdate,
    StateChange,
)
from app.risk.scoring import Direction, RiskState, Treatment
from app.services import assessments as assessments_service
from app.services import compared
from app.services import risks as risks_service

router = api_router("risks")

Sort = Literal["ref", "severity", "target", "review_on", "updated_at"]


class RiskQuery(Descending):
    """The filters, order and days of the list of a register's risks."""

    state: RiskState | None = Field(default=None, description="Only in this state.")
    band: str | None = Field(
        default=None, max_length=120, description="Only with a current score or rating in this band."
    )
    target_band: str | None = Field(
        default=None, max_length=120, description="Only with a target score in this band."
    )
    scored: bool | None = Field(default=None, description="Only scored or rated ones, or only others.")
    min_score: int | None = Field(
        default=None, ge=1, le=100, description="Only with this score or a higher one."
    )
    max_score: int | None = Field(
        default=None, ge=1, le=100, description="Only with this score or a lower one."
    )
    direction: Direction | None = Field(default=None, description="Only moving in this direction.")
    priority_id: UUID | None = Field(default=None, description="Only under this priority.")
    general: bool | None = Field(default=None, description="Only general risks, or only others.")
    owner_id: UUID | None = Field(default=None, description="Only owned by this person.")
    has_owner: bool | None = Field(default=None, description="Only those that have an owner, or only others.")
    sro_id: UUID | None = Field(default=None, description="Only with this senior responsible officer.")
    has_sro: bool | None = Field(
        default=None, description="Only those that have a senior responsible officer, or only others."
    )
    strategic_lead_id: UUID | None = Field(default=None, description="Only with this strategic lead.")
    accepted_by_id: UUID | None = Field(default=None, description="Only accepted by this person.")
    ref: RefFilter = None
    treatment: Treatment | None = Field(default=None, description="Only with this treatment.")
    review_overdue: bool | None = Field(
        default=None, description="Only those whose review is overdue, or only others."
    )
    review_before: AnyDay | None = day_filter("to be reviewed", "before")
    review_after: AnyDay | None = day_filter("to be reviewed", "after")
    target_before: AnyDay | None = day_filter("with a target date", "before")
    target_after: AnyDay | None = day_filter("with a target date", "after")
    opened_before: AnyDay | None = day_filter("opened", "before")
    opened_after: AnyDay | None = day_filter("opened", "after")
    last_updated_before: AnyDay | None = day_filter("last assessed", "before")
    last_updated_after: AnyDay | None = day_filter("last assessed", "after")
    added_before: AnyDay | None = day_filter("added", "before")
    added_after: AnyDay | None = day_filter("added", "after")
    updated_since: UpdatedSince = None
    q: Search = None
    as_at: AsAt = None
    compare: Compare = None
    sort: Sort = Field(default="ref", description="What to sort by; the ref decides between equals.")


@router.get(
    "/registers/{register_id}/risks",
    response_model=RiskList,
    responses=READS,
    operation_id="list_risks",
    openapi_extra=parameters(RiskQuery),
)
def list_risks(
    register_id: UUID,
    request: Request,
    who: Reader,
    query: Annotated[RiskQuery, Depends(read_query(RiskQuery))],
) -> Response:
    """Risks of a register as at a day, closed ones included unless filtered."""
    with read(who) as db:
        found = risks_service.list_risks(
            db,
            who,
            register_id,
            today=today(),
            as_at=query.as_at,
            wanted=risks_service.Filter(**query.filters()),
            sort=query.sort,
            descending=query.descending,
            asked=query.page(),
        )
        compared.beside_risks(
            db, who, found["items"], today=today(), as_at=query.as_at, compare=query.compare
        )
    return page_answer(request, RiskList, found, query.fields)


@router.post(
    "/registers/{register_id}/risks",
    status_code=201,
    response_model=RiskRead,
    responses=CREATES,
    operation_id="create_risk",
)
def create_risk(register_id: UUID, body: RiskCreate, who: Editor) -> Response:
    """Add a risk with its first assessment, or unscored. A score is never sent: it follows from the pair."""
    with write(who) as db:
        found = risks_service.create_risk(db, who, moment(), register_id, body)
    return created(RiskRead, found, "risks")


@router.get("/risks/{risk_id}", response_model=RiskRead, responses=READS, operation_id="get_risk")
def get_risk(risk_id: UUID, who: Reader, as_at: AsAt = None, fields: Fields = None) -> Response:
    """One risk as at a day. 404 for a day before it was added."""
    with read(who) as db:
        found = risks_service.get_risk(db, who, risk_id, today=today(), as_at=as_at)
    return answer(RiskRead, found, as_at=as_at, fields=fields)


@router.patch("/risks/{risk_id}", response_model=RiskRead, responses=CHANGES, operation_id="change_risk")
def change_risk(risk_id: UUID, body: RiskUpdate, who: Editor, version: Version) -> Response:
    """Change what is not dated. Scores, state, review date and priority change through entries."""
    with write(who) as db:
        found = risks_service.change_risk(db, who, moment(), risk_id, body, version=version)
    return answer(RiskRead, found)


@router.get(
    "/risks/{risk_id}/assessments",
    response_model=AssessmentList,
    responses=READS,
    operation_id="list_assessments",
    openapi_extra=parameters(EntryQuery),
)
def list_assessments(
    risk_id: UUID,
    request: Request,
    who: Reader,
    query: Annotated[EntryQuery, Depends(read_query(EntryQuery))],
) -> Response:
    """Every dated entry of a risk, oldest first; replaced ones stay and say what replaced them."""
    with read(who) as db:
        found = assessments_service.page_of_assessments(
            db, who, risk_id, asked=query.page(), wanted=query.wanted(), descending=query.descending
        )
    return page_answer(request, AssessmentList, found, query.fields)


@router.post(
    "/risks/{risk_id}/assessments",
    status_code=201,
    response_model=AssessmentRead,
    responses=RECORDS,
    operation_id="assess_risk",
)
def assess_risk(
    risk_id: UUID, body: AssessmentCreate, who: Contributor, version: OptionalVersion
) -> Response:
    """Record a dated assessment. Contributors may assess what they own, answer for, or act on."""
    with write(who) as db:
        found = assessments_service.assess(db, who, moment(), risk_id, body, version=version)
    return created(AssessmentRead, found, f"risks/{risk_id}/assessments")


def _change_state(
    who: Principal, risk_id: UUID, move: str, body: StateChange, version: int | None
) -> Response:
    with write(who) as db:
        found = assessments_service.change_state(db, who, moment(), risk_id, move, body, version=version)
    return created(AssessmentRead, found, f"risks/{risk_id}/assessments")


@router.post(
    "/risks/{risk_id}/acceptance",
    status_code=201,
    response_model=AssessmentRead,
    responses=RECORDS,
    operation_id="accept_risk",
)
def accept_risk(risk_id: UUID, body: Acceptance, who: Editor, version: OptionalVersion) -> Response:
    """Accept an open risk as it is scored: by whom, until when, why."""
    return _change_state(who, risk_id, "acceptance", body, version)


@router.post(
    "/risks/{risk_id}/materialisation",
    status_code=201,
    response_model=AssessmentRead,
    responses=RECORDS,
    operation_id="materialise_risk",
)
def materialise_risk(risk_id: UUID, body: StateChange, who: Editor, version: OptionalVersion) -> Response:
    """Record that what the risk spoke of has happened."""
    return _change_state(who, risk_id, "materialisation", body, version)


@router.post(
    "/risks/{risk_id}/closure",
    status_code=201,
    response_model=AssessmentRead,
    responses=RECORDS,
    operation_id="close_risk",
)
def close_risk(risk_id: UUID, body: StateChange, who: Editor, version: OptionalVersion) -> Response:
    """Close a risk. Everything about it is kept."""
    return _change_state(who, risk_id, "closure", body, version)


@router.post(
    "/risks/{risk_id}/reopening",
    status_code=201,
    response_model=AssessmentRead,
    responses=RECORDS,
    operation_id="reopen_risk",
)
def reopen_risk(risk_id: UUID, body: StateChange, who: Editor, version: OptionalVersion) -> Response:
    """Open an accepted, materialised or closed risk again."""
    return _change_state(who, risk_id, "reopening", body, version)
