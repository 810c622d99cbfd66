"""What was added by mistake is taken away: asked first, with what to do instead where it cannot be."""

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection
from starlette.responses import Response

from app import db
from app.access.roles import Operation
from app.lazy_routes import page_router
from app.services import access
from app.services import periods as periods_service
from app.services import plans as plans_service
from app.services import priorities as priorities_service
from app.services import removals as removals_service
from app.web.deps import Present, SentForm
from app.web.presenters import removals as presenter
from app.web.record_forms import NOT_WHOLE, RecordForm, confirm_page, save, sent, version_of
from app.web.schedules import found as schedule_found
from app.web.visits import Visit

router = page_router()


class Found(NamedTuple):
    """A record, and the page that asks before it is deleted."""

    record: dict[str, Any]
    shown: RecordForm


@router.get("/plans/{plan_id}/delete")
def plan_form(visit: Present, plan_id: UUID) -> Response:
    """Asks before a plan is deleted, or says why it stays."""
    return _form(visit, _plan(visit, plan_id))


@router.post("/plans/{plan_id}/delete")
def plan(visit: Present, plan_id: UUID, typed: SentForm) -> Response:
    """Delete a plan with nothing in it."""
    return _delete(visit, _plan(visit, plan_id), typed, removals_service.delete_plan)


@router.get("/priorities/{priority_id}/delete")
def priority_form(visit: Present, priority_id: UUID) -> Response:
    """Asks before a priority is deleted, or says why it stays."""
    return _form(visit, _priority(visit, priority_id))


@router.post("/priorities/{priority_id}/delete")
def priority(visit: Present, priority_id: UUID, typed: SentForm) -> Response:
    """Delete a priority under which nothing was recorded."""
    return _delete(visit, _priority(visit, priority_id), typed, removals_service.delete_priority)


@router.get("/periods/{period_id}/delete")
def period_form(visit: Present, period_id: UUID) -> Response:
    """Asks before a period is deleted, or says why it stays."""
    return _form(visit, _period(visit, period_id))


@router.post("/periods/{period_id}/delete")
def period(visit: Present, period_id: UUID, typed: SentForm) -> Response:
    """Delete a period that is not published, with its commentary."""
    return _delete(visit, _period(visit, period_id), typed, removals_service.delete_period)


@router.get("/schedules/{schedule_id}/delete")
def schedule_form(visit: Present, schedule_id: UUID) -> Response:
    """Asks before a schedule is deleted, or says why it stays."""
    return _form(visit, _schedule(visit, schedule_id))


@router.post("/schedules/{schedule_id}/delete")
def schedule(visit: Present, schedule_id: UUID, typed: SentForm) -> Response:
    """Delete a schedule that never ran."""
    return _delete(visit, _schedule(visit, schedule_id), typed, removals_service.delete_schedule)


def _plan(visit: Visit, plan_id: UUID) -> Found:
    with db.read(visit.who) as connection:
        found = plans_service.get_plan(connection, visit.who, plan_id)
        access.require(visit.who, Operation.edit)
        stays = removals_service.why_plan_stays(connection, visit.who, plan_id)
    return Found(found, presenter.of_plan(found, stays))


def _priority(visit: Visit, priority_id: UUID) -> Found:
    with db.read(visit.who) as connection:
        found = priorities_service.get_priority(connection, visit.who, priority_id)
        access.require(visit.who, Operation.edit)
        plan = plans_service.get_plan(connection, visit.who, found["plan_id"])
        stays = removals_service.why_priority_stays(connection, visit.who, priority_id)
    return Found(found, presenter.of_priority(plan, found, stays))


def _period(visit: Visit, period_id: UUID) -> Found:
    with db.read(visit.who) as connection:
        found = periods_service.get_period(connection, visit.who, period_id)
    access.require(visit.who, Operation.edit)
    return Found(found, presenter.of_period(found, removals_service.why_period_stays(found)))


def _schedule(visit: Visit, schedule_id: UUID) -> Found:
    found = schedule_found(visit, schedule_id)
    with db.read(visit.who) as connection:
        stays = removals_service.why_schedule_stays(connection, visit.who, schedule_id)
    return Found(found, presenter.of_schedule(found, stays))


def _form(visit: Visit, found: Found) -> Response:
    return confirm_page(visit, found.shown, sent((), {"version": str(found.record["version"])}))


def _delete(visit: Visit, found: Found, typed: dict[str, str], delete: Callable[..., None]) -> Response:
    form, record_id = sent((), typed), found.record["id"]
    if not form.has("version"):
        form.fault("", NOT_WHOLE)

    def work(connection: Connection, record_id: UUID) -> str:
        delete(connection, visit.who, visit.at, record_id, version=version_of(form))
        return found.shown.saved

    return save(visit, found.shown, form, record_id, work)
