"""Records by their ref, for systems that know refs and not ids."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Response
from pydantic import BaseModel

from app.api.deps import CHANGES, READS, AsAt, Editor, Fields, OptionalVersion, Reader, answer, created
from app.api.routing import api_router
from app.clock import moment, today
from app.db import read, write
from app.models.actions import ActionRead
from app.models.base import Ref
from app.models.by_ref import ActionPut, PriorityPut, RiskPut
from app.models.priorities import PriorityRead
from app.models.risks import RiskRead
from app.services import by_ref, refs

router = api_router("records by ref")

OfRecord = Annotated[Ref, Path(description="The ref, exactly as it is written, percent-encoded.")]


def _puts(model: type[BaseModel], noun: str) -> dict[int | str, dict[str, Any]]:
    return {
        **CHANGES,
        409: {"description": "The change does not fit the present state of the record."},
        201: {"model": model, "description": f"There was no {noun} with this ref: it is added."},
    }


def _put(model: type[BaseModel], found: by_ref.Put, path: str) -> Response:
    return created(model, found.record, path) if found.is_new else answer(model, found.record)


@router.get(
    "/plans/{plan_id}/priorities/by-ref/{ref}",
    response_model=PriorityRead,
    responses=READS,
    operation_id="get_priority_by_ref",
)
def get_priority_by_ref(plan_id: UUID, ref: OfRecord, who: Reader, fields: Fields = None) -> Response:
    """The priority with this ref."""
    with read(who) as db:
        found = refs.get_priority(db, who, plan_id, ref)
    return answer(PriorityRead, found, fields=fields)


@router.put(
    "/plans/{plan_id}/priorities/by-ref/{ref}",
    response_model=PriorityRead,
    responses=_puts(PriorityRead, "priority"),
    operation_id="put_priority_by_ref",
)
def put_priority_by_ref(
    plan_id: UUID, ref: OfRecord, body: PriorityPut, who: Editor, version: OptionalVersion
) -> Response:
    """Add the priority with this ref, or change what differs: only then `If-Match` is needed."""
    with write(who) as db:
        found = by_ref.put_priority(db, who, moment(), plan_id, ref, body, version=version)
    return _put(PriorityRead, found, "priorities")


@router.get(
    "/plans/{plan_id}/actions/by-ref/{ref}",
    response_model=ActionRead,
    responses=READS,
    operation_id="get_action_by_ref",
)
def get_action_by_ref(
    plan_id: UUID, ref: OfRecord, who: Reader, as_at: AsAt = None, fields: Fields = None
) -> Response:
    """The action that has this ref on the day, among its refs."""
    with read(who) as db:
        found = refs.get_action(db, who, plan_id, ref, today=today(), as_at=as_at)
    return answer(ActionRead, found, as_at=as_at, fields=fields)


@router.put(
    "/plans/{plan_id}/actions/by-ref/{ref}",
    response_model=ActionRead,
    responses=_puts(ActionRead, "action"),
    operation_id="put_action_by_ref",
)
def put_action_by_ref(
    plan_id: UUID, ref: OfRecord, body: ActionPut, who: Editor, version: OptionalVersion
) -> Response:
    """Add the action with this ref, or change what differs: only then `If-Match` is needed.

    Dated facts that differ become one dated entry, with the rules and reasons of any update.
    """
    with write(who) as db:
        found = by_ref.put_action(db, who, moment(), plan_id, ref, body, version=version)
    return _put(ActionRead, found, "actions")


@router.get(
    "/registers/{register_id}/risks/by-ref/{ref}",
    response_model=RiskRead,
    responses=READS,
    operation_id="get_risk_by_ref",
)
def get_risk_by_ref(
    register_id: UUID, ref: OfRecord, who: Reader, as_at: AsAt = None, fields: Fields = None
) -> Response:
    """The risk with this ref, as at the day."""
    with read(who) as db:
        found = refs.get_risk(db, who, register_id, ref, today=today(), as_at=as_at)
    return answer(RiskRead, found, as_at=as_at, fields=fields)


@router.put(
    "/registers/{register_id}/risks/by-ref/{ref}",
    response_model=RiskRead,
    responses=_puts(RiskRead, "risk"),
    operation_id="put_risk_by_ref",
)
def put_risk_by_ref(
    register_id: UUID, ref: OfRecord, body: RiskPut, who: Editor, version: OptionalVersion
) -> Response:
    """Add the risk with this ref, or change what differs: only then `If-Match` is needed.

    Scores and other dated facts that differ become one assessment.
    """
    with write(who) as db:
        found = by_ref.put_risk(db, who, moment(), register_id, ref, body, version=version)
    return _put(RiskRead, found, "risks")
