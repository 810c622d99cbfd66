"""Risks of a register, their assessments and changes of state."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from app.access.roles import Principal
from app.api.deps import (
    CHANGES,
    CREATES,
    READS,
    RECORDS,
    AsAt,
    Asked,
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
from app.api.routing import api_router
from app.clock import moment, today
from app.db import read, write
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
from app.risk.scoring import RiskState, Treatment
from app.services import assessments as assessments_service
from app.services import compared
from app.services import risks as risks_service
from app.services.lists import answer as list_answer

router = api_router("risks")

Sort = Literal["ref", "severity", "target", "review_on", "updated_at"]


async def wanted_risks(
    state: Annotated[RiskState | None, Query(description="Only in this state.")] = None,
    band: Annotated[
        str | None, Query(max_length=120, description="Only with a current score or rating in this band.")
    ] = None,
    priority_id: Annotated[UUID | None, Query(description="Only under this priority.")] = None,
    general: Annotated[bool | None, Query(description="Only general risks, or only others.")] = None,
    owner_id: Annotated[UUID | None, Query(description="Only owned by this person.")] = None,
    sro_id: Annotated[UUID | None, Query(description="Only with this senior responsible officer.")] = None,
    ref: RefFilter = None,
    treatment: Annotated[Treatment | None, Query(description="Only with this treatment.")] = None,
    review_overdue: Annotated[
        bool | None, Query(description="Only those whose review is overdue, or only others.")
    ] = None,
    updated_since: UpdatedSince = None,
    q: Search = None,
) -> risks_service.Filter:
    """The filters of a list of risks."""
    return risks_service.Filter(
        state=state,
        band=band,
        priority_id=priority_id,
        general=general,
        owner_id=owner_id,
        sro_id=sro_id,
        ref=ref,
        treatment=treatment,
        review_overdue=review_overdue,
        updated_since=updated_since,
        q=q,
    )


@router.get(
    "/registers/{register_id}/risks", response_model=RiskList, responses=READS, operation_id="list_risks"
)
def list_risks(
    register_id: UUID,
    request: Request,
    who: Reader,
    asked: Asked,
    wanted: Annotated[risks_service.Filter, Depends(wanted_risks)],
    as_at: AsAt = None,
    compare: Compare = None,
    sort: Annotated[Sort, Query(description="What to sort by; the ref decides between equals.")] = "ref",
    descending: Annotated[bool, Query(description="Last first.")] = False,
) -> Response:
    """Risks of a register as at a day, closed ones included unless filtered."""
    with read(who) as db:
        found = risks_service.list_risks(
            db,
            who,
            register_id,
            today=today(),
            as_at=as_at,
            wanted=wanted,
            sort=sort,
            descending=descending,
            asked=asked,
        )
        compared.beside_risks(db, who, found["items"], today=today(), as_at=as_at, compare=compare)
    return page_answer(request, RiskList, found)


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
)
def list_assessments(risk_id: UUID, who: Reader) -> Response:
    """Every dated entry of a risk, oldest first; replaced ones stay and say what replaced them."""
    with read(who) as db:
        found = assessments_service.list_assessments(db, who, risk_id)
    return answer(AssessmentList, list_answer(found, None, len(found)))


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
