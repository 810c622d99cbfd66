"""Actions of a plan, their dated updates, withdrawal and reinstatement."""

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
from app.api.queries import Descending, StatusEntryQuery, day_filter, parameters, read_query
from app.api.rendering import chosen
from app.api.routing import api_router
from app.clock import moment, today
from app.db import read, write
from app.models.actions import ActionCreate, ActionList, ActionRead, ActionUpdate
from app.models.base import AnyDay
from app.models.updates import UpdateCreate, UpdateList, UpdateRead, Withdrawal
from app.plans.statuses import Flag, ImpactState, Status
from app.services import actions as actions_service
from app.services import compared
from app.services import updates as updates_service

router = api_router("actions")

Sort = Literal["ref", "status", "due_on", "lead", "updated_at"]


class ActionQuery(Descending):
    """The filters, order and days of a list of actions."""

    priority_id: UUID | None = Field(default=None, description="Only under this priority.")
    status: Status | None = Field(default=None, description="Only with this status.")
    flag: Flag | None = Field(default=None, description="Only with this flag.")
    lead_id: UUID | None = Field(default=None, description="Only led or co-led by this person.")
    has_lead: bool | None = Field(default=None, description="Only those that have a lead, or only others.")
    ref: RefFilter = None
    phase: str | None = Field(default=None, max_length=300, description="Only of this phase.")
    responsible_body: str | None = Field(default=None, max_length=300, description="Only of this body.")
    impact_state: ImpactState | None = Field(default=None, description="Only with this state of impact.")
    depends_on: UUID | None = Field(default=None, description="Only those that wait for this action.")
    due_before: AnyDay | None = day_filter("due (ongoing ones: to be reviewed)", "before")
    due_after: AnyDay | None = day_filter("due (ongoing ones: to be reviewed)", "after")
    start_before: AnyDay | None = day_filter("starting", "before")
    start_after: AnyDay | None = day_filter("starting", "after")
    completed_before: AnyDay | None = day_filter("completed", "before")
    completed_after: AnyDay | None = day_filter("completed", "after")
    original_due_before: AnyDay | None = day_filter("first due", "before")
    original_due_after: AnyDay | None = day_filter("first due", "after")
    review_before: AnyDay | None = day_filter("to be reviewed", "before")
    review_after: AnyDay | None = day_filter("to be reviewed", "after")
    forecast_before: AnyDay | None = day_filter("forecast", "before")
    forecast_after: AnyDay | None = day_filter("forecast", "after")
    impact_review_before: AnyDay | None = day_filter("whose impact is reviewed", "before")
    impact_review_after: AnyDay | None = day_filter("whose impact is reviewed", "after")
    added_before: AnyDay | None = day_filter("added", "before")
    added_after: AnyDay | None = day_filter("added", "after")
    reported_before: AnyDay | None = day_filter("last told of", "before")
    reported_after: AnyDay | None = day_filter("last told of", "after")
    withdrawn: bool | None = Field(default=None, description="Only withdrawn ones, or only others.")
    updated_since: UpdatedSince = None
    q: Search = None
    as_at: AsAt = None
    compare: Compare = None
    sort: Sort = Field(default="ref", description="What to sort by; the ref decides between equals.")

    def needed(self) -> frozenset[str] | None:
        """What is read of each action for the fields that are asked for; None for all."""
        if self.fields is None:
            return None
        # An earlier day is looked up by the action and its plan.
        return chosen(ActionList, self.fields) | ({"id", "plan_id"} if self.compare else frozenset())


@router.get(
    "/plans/{plan_id}/actions",
    response_model=ActionList,
    responses=READS,
    operation_id="list_actions",
    openapi_extra=parameters(ActionQuery),
)
def list_actions(
    plan_id: UUID,
    request: Request,
    who: Reader,
    query: Annotated[ActionQuery, Depends(read_query(ActionQuery))],
) -> Response:
    """Distinct actions of a plan as at a day, each with all its refs, in short; `GET` one for the whole.

    Withdrawn ones are listed too.
    """
    with read(who) as db:
        found = actions_service.list_actions(
            db,
            who,
            plan_id,
            today=today(),
            as_at=query.as_at,
            wanted=actions_service.Filter(**query.filters()),
            sort=query.sort,
            descending=query.descending,
            asked=query.page(),
            form="summary",
            only=query.needed(),
        )
        if query.compare or query.fields is None or "compared" in query.fields:
            compared.beside_actions(
                db, who, found["items"], today=today(), as_at=query.as_at, compare=query.compare
            )
    return page_answer(request, ActionList, found, query.fields)


@router.post(
    "/plans/{plan_id}/actions",
    status_code=201,
    response_model=ActionRead,
    responses=CREATES,
    operation_id="create_action",
)
def create_action(plan_id: UUID, body: ActionCreate, who: Editor) -> Response:
    """Add an action; it counts from its effective date."""
    with write(who) as db:
        found = actions_service.create_action(db, who, moment(), plan_id, body)
    return created(ActionRead, found, "actions")


@router.get("/actions/{action_id}", response_model=ActionRead, responses=READS, operation_id="get_action")
def get_action(action_id: UUID, who: Reader, as_at: AsAt = None, fields: Fields = None) -> Response:
    """One action as at a day. 404 for a day before it was added."""
    with read(who) as db:
        found = actions_service.get_action(db, who, action_id, today=today(), as_at=as_at)
    return answer(ActionRead, found, as_at=as_at, fields=fields)


@router.patch(
    "/actions/{action_id}", response_model=ActionRead, responses=CHANGES, operation_id="change_action"
)
def change_action(action_id: UUID, body: ActionUpdate, who: Editor, version: Version) -> Response:
    """Change what is not dated. Status, dates, action points and dependencies change through updates."""
    with write(who) as db:
        found = actions_service.change_action(db, who, moment(), action_id, body, version=version)
    return answer(ActionRead, found)


@router.get(
    "/actions/{action_id}/updates",
    response_model=UpdateList,
    responses=READS,
    operation_id="list_updates",
    openapi_extra=parameters(StatusEntryQuery),
)
def list_updates(
    action_id: UUID,
    request: Request,
    who: Reader,
    query: Annotated[StatusEntryQuery, Depends(read_query(StatusEntryQuery))],
) -> Response:
    """Every dated entry of an action, oldest first; replaced ones stay and say what replaced them."""
    with read(who) as db:
        found = updates_service.page_of_updates(
            db, who, action_id, asked=query.page(), wanted=query.wanted(), descending=query.descending
        )
    return page_answer(request, UpdateList, found, query.fields)


@router.post(
    "/actions/{action_id}/updates",
    status_code=201,
    response_model=UpdateRead,
    responses=RECORDS,
    operation_id="record_update",
)
def record_update(
    action_id: UUID, body: UpdateCreate, who: Contributor, version: OptionalVersion
) -> Response:
    """Record a dated update. Contributors may update what they lead or co-lead."""
    with write(who) as db:
        found = updates_service.record_update(db, who, moment(), action_id, body, version=version)
    return created(UpdateRead, found, f"actions/{action_id}/updates")


@router.post(
    "/actions/{action_id}/withdrawal",
    status_code=201,
    response_model=UpdateRead,
    responses=RECORDS,
    operation_id="withdraw_action",
)
def withdraw_action(action_id: UUID, body: Withdrawal, who: Editor, version: OptionalVersion) -> Response:
    """Withdraw an action: it leaves every count from that day, and is listed apart."""
    with write(who) as db:
        found = updates_service.withdraw(db, who, moment(), action_id, body, version=version)
    return created(UpdateRead, found, f"actions/{action_id}/updates")


@router.post(
    "/actions/{action_id}/reinstatement",
    status_code=201,
    response_model=UpdateRead,
    responses=RECORDS,
    operation_id="reinstate_action",
)
def reinstate_action(action_id: UUID, body: Withdrawal, who: Editor, version: OptionalVersion) -> Response:
    """Reinstate a withdrawn action: it counts again from that day."""
    with write(who) as db:
        found = updates_service.reinstate(db, who, moment(), action_id, body, version=version)
    return created(UpdateRead, found, f"actions/{action_id}/updates")
