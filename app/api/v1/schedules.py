"""Schedules: what is sent by e-mail, when and to whom. Answers follow the clock: they are never kept."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import Field

from app.api.deps import (
    CHANGES,
    CREATES,
    DELETES,
    READS,
    Fields,
    OptionalVersion,
    Reader,
    ScheduleManager,
    UpdatedSince,
    Version,
    answer,
    created,
    errors,
    page_answer,
)
from app.api.queries import ListQuery, parameters, read_query
from app.api.routing import api_router
from app.clock import moment
from app.db import read, write
from app.models.recipients import RecipientList, RecipientsAdd, RecipientsAdded
from app.models.schedules import (
    ScheduleCreate,
    ScheduleKind,
    ScheduleList,
    SchedulePreview,
    ScheduleRead,
    ScheduleState,
    ScheduleUpdate,
)
from app.services import recipients as recipients_service
from app.services import removals as removals_service
from app.services import schedule_previews
from app.services import schedules as schedules_service

router = api_router("schedules")


def fresh(response: Response) -> Response:
    """What it shows changes without an entry in the journal: nobody may keep it."""
    response.headers["cache-control"] = "no-store"
    return response


class ScheduleQuery(ListQuery):
    """The filters of the list of schedules."""

    state: ScheduleState | None = Field(default=None, description="Only schedules in this state.")
    kind: ScheduleKind | None = Field(default=None, description="Only schedules that send this.")
    plan_id: UUID | None = Field(default=None, description="Only schedules of this plan.")
    updated_since: UpdatedSince = None


class RecipientQuery(ListQuery):
    """The filters of the list of recipients."""

    q: str | None = Field(default=None, max_length=200, description="Words in a name or an address.")
    group_name: str | None = Field(default=None, max_length=120, description="Only of this group.")
    unsubscribed: bool | None = Field(
        default=None, description="Only those who unsubscribed, or only the others."
    )


@router.get(
    "/schedules",
    response_model=ScheduleList,
    responses=errors(422),
    operation_id="list_schedules",
    openapi_extra=parameters(ScheduleQuery),
)
def list_schedules(
    request: Request,
    who: Reader,
    query: Annotated[ScheduleQuery, Depends(read_query(ScheduleQuery))],
) -> Response:
    """The schedules of the area, oldest first, each with its rule in words and when it is due next."""
    with read(who) as db:
        found = schedules_service.list_schedules(
            db, who, now=moment().calendar, asked=query.page(), **query.filters()
        )
    return fresh(page_answer(request, ScheduleList, found, query.fields))


@router.post(
    "/schedules",
    status_code=201,
    response_model=ScheduleRead,
    responses=errors(400, 409, 413, 422),
    operation_id="create_schedule",
)
def create_schedule(who: ScheduleManager, body: ScheduleCreate) -> Response:
    """Add a schedule, with its recipients where they are sent too. It is paused unless `state` is `active`.

    422 names what of the rule does not go together; for a cron expression the field that is wrong. 409 for
    the 101st schedule of an area.
    """
    with write(who) as db:
        found = schedules_service.create_schedule(db, who, moment(), body)
    return fresh(created(ScheduleRead, found, "schedules"))


@router.get(
    "/schedules/{schedule_id}", response_model=ScheduleRead, responses=READS, operation_id="get_schedule"
)
def get_schedule(schedule_id: UUID, who: Reader, fields: Fields = None) -> Response:
    """One schedule: what it sends, when it is due next, and how many receive it."""
    with read(who) as db:
        found = schedules_service.get_schedule(db, who, schedule_id, now=moment().calendar)
    return fresh(answer(ScheduleRead, found, fields=fields))


@router.patch(
    "/schedules/{schedule_id}",
    response_model=ScheduleRead,
    responses=CHANGES,
    operation_id="change_schedule",
)
def change_schedule(
    schedule_id: UUID, who: ScheduleManager, body: ScheduleUpdate, version: Version
) -> Response:
    """Change the fields that are sent. A new rule counts from now on; what was due before is still sent."""
    with write(who) as db:
        found = schedules_service.update_schedule(db, who, moment(), schedule_id, body, version=version)
    return fresh(answer(ScheduleRead, found))


@router.delete(
    "/schedules/{schedule_id}",
    status_code=204,
    response_class=Response,
    responses=DELETES,
    operation_id="delete_schedule",
)
def delete_schedule(schedule_id: UUID, who: ScheduleManager, version: Version) -> Response:
    """Delete a schedule that was added by mistake: one that never ran, with its recipients.

    409 for any other: pause it instead. What it was stays in the journal.
    """
    with write(who) as db:
        removals_service.delete_schedule(db, who, moment(), schedule_id, version=version)
    return Response(status_code=204)


@router.post(
    "/schedules/{schedule_id}/pause",
    status_code=201,
    response_model=ScheduleRead,
    responses=errors(404, 412, 422),
    operation_id="pause_schedule",
)
def pause_schedule(schedule_id: UUID, who: ScheduleManager, version: OptionalVersion) -> Response:
    """Pause a schedule: what falls due from now on is never sent. One that is paused stays as it is."""
    with write(who) as db:
        found = schedules_service.pause(db, who, moment(), schedule_id, version=version)
    return fresh(created(ScheduleRead, found, "schedules"))


@router.post(
    "/schedules/{schedule_id}/resume",
    status_code=201,
    response_model=ScheduleRead,
    responses=errors(404, 412, 422),
    operation_id="resume_schedule",
)
def resume_schedule(schedule_id: UUID, who: ScheduleManager, version: OptionalVersion) -> Response:
    """Run a schedule from now on. Nothing that fell due while it was paused is sent.

    422 for a summary that nobody receives.
    """
    with write(who) as db:
        found = schedules_service.resume(db, who, moment(), schedule_id, version=version)
    return fresh(created(ScheduleRead, found, "schedules"))


@router.get(
    "/schedules/{schedule_id}/preview",
    response_model=SchedulePreview,
    responses=READS,
    operation_id="preview_schedule",
)
def preview_schedule(schedule_id: UUID, who: Reader, fields: Fields = None) -> Response:
    """The next five times at which a schedule is due, and what may not come as expected."""
    with read(who) as db:
        found = schedule_previews.preview(db, who, schedule_id, now=moment().calendar)
    return fresh(answer(SchedulePreview, found, fields=fields))


# --- Recipients -------------------------------------------------------------------------------------------


@router.get(
    "/schedules/{schedule_id}/recipients",
    response_model=RecipientList,
    responses=READS,
    operation_id="list_recipients",
    openapi_extra=parameters(RecipientQuery),
)
def list_recipients(
    schedule_id: UUID,
    request: Request,
    who: ScheduleManager,
    query: Annotated[RecipientQuery, Depends(read_query(RecipientQuery))],
) -> Response:
    """The recipients of a schedule by group, then address, with who unsubscribed."""
    with read(who) as db:
        found = recipients_service.list_recipients(
            db, who, schedule_id, asked=query.page(), **query.filters()
        )
    return fresh(page_answer(request, RecipientList, found, query.fields))


@router.post(
    "/schedules/{schedule_id}/recipients",
    status_code=201,
    response_model=RecipientsAdded,
    responses=CREATES,
    operation_id="add_recipients",
)
def add_recipients(schedule_id: UUID, who: ScheduleManager, body: RecipientsAdd) -> Response:
    """Add up to 5,000 recipients, all or none: users of the area, or plain addresses.

    An address that is there stays as it is, also where it unsubscribed: that is for the recipient to undo.
    One that unsubscribed before it was removed is listed again as unsubscribed, and counts as already there.
    """
    with write(who) as db:
        found = recipients_service.add_recipients(db, who, moment(), schedule_id, body.recipients)
    return fresh(created(RecipientsAdded, found, f"schedules/{schedule_id}/recipients"))


@router.delete(
    "/schedules/{schedule_id}/recipients/{recipient_id}",
    status_code=204,
    response_class=Response,
    responses=errors(404, 409, 412, 422),
    operation_id="remove_recipient",
)
def remove_recipient(
    schedule_id: UUID, recipient_id: UUID, who: ScheduleManager, version: OptionalVersion
) -> Response:
    """Remove a recipient. 409 for the last one of a summary that runs: pause it first.

    That they unsubscribed is remembered. The version is that of the schedule.
    """
    with write(who) as db:
        schedules_service.check_version(db, who, schedule_id, version, now=moment().calendar)
        recipients_service.remove_recipient(db, who, moment(), schedule_id, recipient_id)
    return Response(status_code=204)
