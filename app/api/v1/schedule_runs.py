"""Runs of schedules: what was sent to whom, sending now, and sending a message again."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import Field

from app.api.deps import (
    READS,
    Fields,
    Reader,
    ScheduleManager,
    answer,
    created,
    errors,
    page_answer,
)
from app.api.queries import ListQuery, parameters, read_query
from app.api.routing import api_router
from app.api.v1.schedules import fresh
from app.clock import moment, now
from app.db import read, write
from app.models.runs import RunDeliveryList, RunDeliveryRead, RunList, RunRead
from app.models.schedule_runs import MailState, RunKind, RunState
from app.services import schedule_runs as runs_service

router = api_router("schedules")


class RunQuery(ListQuery):
    """The filters of the list of runs."""

    kind: RunKind | None = Field(default=None, description="Only runs of this kind.")
    state: RunState | None = Field(default=None, description="Only runs in this state.")


class RunDeliveryQuery(ListQuery):
    """The filters of the list of a run's messages."""

    state: MailState | None = Field(default=None, description="Only messages in this state.")


@router.get(
    "/schedules/{schedule_id}/runs",
    response_model=RunList,
    responses=READS,
    operation_id="list_runs",
    openapi_extra=parameters(RunQuery),
)
def list_runs(
    schedule_id: UUID,
    request: Request,
    who: Reader,
    query: Annotated[RunQuery, Depends(read_query(RunQuery))],
) -> Response:
    """The runs of a schedule, newest first, each with how many of its messages stand how."""
    with read(who) as db:
        found = runs_service.list_runs(db, who, schedule_id, asked=query.page(), **query.filters())
    return fresh(page_answer(request, RunList, found, query.fields))


@router.post(
    "/schedules/{schedule_id}/runs",
    status_code=201,
    response_model=RunRead,
    responses=errors(404, 422),
    operation_id="send_schedule",
)
def send_schedule(schedule_id: UUID, who: ScheduleManager) -> Response:
    """Send now, beside the schedule, also where it is paused. Its next due time stays as it is.

    A worker makes and sends it within seconds: read the run again to see what came of it. Send an
    `Idempotency-Key`, so that asking twice sends once. 422 for a summary that nobody would receive.
    """
    with write(who) as db:
        found = runs_service.send_now(db, who, moment(), schedule_id)
    return fresh(created(RunRead, found, f"runs/{found['id']}"))


@router.get("/runs/{run_id}", response_model=RunRead, responses=READS, operation_id="get_run")
def get_run(run_id: UUID, who: Reader, fields: Fields = None) -> Response:
    """One run, with how many of its messages stand how."""
    with read(who) as db:
        found = runs_service.get_run(db, who, run_id)
    return fresh(answer(RunRead, found, fields=fields))


@router.get(
    "/runs/{run_id}/deliveries",
    response_model=RunDeliveryList,
    responses=READS,
    operation_id="list_run_deliveries",
    openapi_extra=parameters(RunDeliveryQuery),
)
def list_run_deliveries(
    run_id: UUID,
    request: Request,
    who: ScheduleManager,
    query: Annotated[RunDeliveryQuery, Depends(read_query(RunDeliveryQuery))],
) -> Response:
    """The messages of a run by address, each as it stands."""
    with read(who) as db:
        found = runs_service.list_deliveries(
            db, who, run_id, now=now(), asked=query.page(), **query.filters()
        )
    return fresh(page_answer(request, RunDeliveryList, found, query.fields))


@router.get(
    "/run-deliveries/{run_delivery_id}",
    response_model=RunDeliveryRead,
    responses=READS,
    operation_id="get_run_delivery",
)
def get_run_delivery(run_delivery_id: UUID, who: ScheduleManager, fields: Fields = None) -> Response:
    """One message as it stands, and when it is tried next."""
    with read(who) as db:
        found = runs_service.get_delivery(db, who, run_delivery_id, now=now())
    return fresh(answer(RunDeliveryRead, found, fields=fields))


@router.post(
    "/run-deliveries/{run_delivery_id}/resending",
    status_code=201,
    response_model=RunDeliveryRead,
    responses=errors(404, 409, 422),
    operation_id="send_again",
)
def send_again(run_delivery_id: UUID, who: ScheduleManager) -> Response:
    """Send a message again that was refused, given up or is in doubt: the same one, with all its tries.

    409 for one that was sent, was left out, or is being sent.
    """
    with write(who) as db:
        found = runs_service.send_again(db, who, moment(), run_delivery_id)
    return fresh(created(RunDeliveryRead, found, f"run-deliveries/{found['id']}"))
