"""Pages of schedules: the list, one with its recipients, dates and runs, its forms, pausing and starting."""

from typing import Any
from uuid import UUID

from fastapi import Request
from sqlalchemy import Connection
from starlette.responses import Response

from app import db
from app.access.roles import Operation, may
from app.errors import Invalid, PreconditionFailed, invalid
from app.lazy_routes import page_router
from app.models.schedules import ScheduleCreate, ScheduleKind, ScheduleState, ScheduleUpdate
from app.services import access, last_runs, lists, schedule_previews
from app.services import plans as plans_service
from app.services import schedule_runs as runs_service
from app.services import schedules as schedules_service
from app.web import record_forms
from app.web.deps import Present, SentForm
from app.web.downloads import download, download_asked
from app.web.forms import filled
from app.web.presenters import schedule_forms as forms
from app.web.presenters import schedule_meant as meant
from app.web.presenters import schedule_page as presenter
from app.web.presenters import schedules as list_presenter
from app.web.record_forms import NOT_WHOLE, version_sent
from app.web.rendering import page, see_other
from app.web.repeats import set_aside
from app.web.visits import Visit

router = page_router()
LIST = forms.LIST
SHOWN_RUNS = 25


@router.get("/schedules")
def schedule_list(visit: Present, request: Request, said: str = "") -> Response:
    """The schedules of the area."""
    with db.read(visit.who) as connection:
        now = visit.at.calendar
        found = schedules_service.list_schedules(connection, visit.who, now=now, asked=lists.WHOLE)
        plans = _plans(connection, visit)
        last = last_runs.last_runs(connection, visit.who)
    items = list_presenter.with_plans(found["items"], plans, last)
    listed = list_presenter.asked_of(request.query_params, items, plans)
    if kind := download_asked(request.query_params):
        return download(visit, kind, list_presenter.schedule_sheet(), listed.items, listed.chosen)
    content = list_presenter.list_page(listed, said, may_write=_may_write(visit))
    return page("pages/schedules.html", visit.who, content)


def _plans(connection: Connection, visit: Visit) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = plans_service.list_plans(connection, visit.who, asked=lists.WHOLE)["items"]
    return found


def _may_write(visit: Visit) -> bool:
    return may(visit.who, Operation.manage_schedules)


# --- Adding -----------------------------------------------------------------------------------------------


@router.get("/schedules/new")
def new_form(visit: Present, request: Request) -> Response:
    """The form of a new schedule; ``plan`` chooses one beforehand."""
    shown = _new_form(visit)
    first = {**forms.FIRST, "plan_id": request.query_params.get("plan", "") or _only(shown)}
    return record_forms.form_page(visit, shown, meant.read(shown.fields, first))


@router.post("/schedules/new")
def new(visit: Present, sent: SentForm) -> Response:
    """Add a schedule, paused."""
    shown = _new_form(visit)
    form = meant.read(shown.fields, sent)
    body = filled(ScheduleCreate, meant.created(shown.fields, form), form)

    def work(connection: Connection, body: ScheduleCreate) -> str:
        schedule_id = record_forms.id_to_add(visit, form)
        schedules_service.create_schedule(connection, visit.who, visit.at, body, schedule_id=schedule_id)
        said = "added" if body.kind is ScheduleKind.summary else "added_reminders"
        return f"{LIST}/{schedule_id}?said={said}"

    def exists(connection: Connection, schedule_id: UUID) -> dict[str, Any]:
        found = schedules_service.get_schedule(connection, visit.who, schedule_id, now=visit.at.calendar)
        return meant.flat(found)

    return record_forms.save(visit, shown, form, body, work, exists=exists)


def _new_form(visit: Visit) -> record_forms.RecordForm:
    access.require(visit.who, Operation.manage_schedules)
    with db.read(visit.who) as connection:
        return forms.new_form(_plans(connection, visit), visit.at.today)


def _only(shown: record_forms.RecordForm) -> str:
    """The plan, where there is one only."""
    options = next(field.options for field in shown.fields if field.name == "plan_id")
    return options[0][0] if len(options) == 1 else ""


# --- A schedule -------------------------------------------------------------------------------------------


@router.get("/schedules/{schedule_id}")
def schedule_page(visit: Present, schedule_id: UUID, said: str = "", cursor: str = "") -> Response:
    """A schedule: what it sends when, to how many, and what its runs came to."""
    who, now = visit.who, visit.at.calendar
    with db.read(who) as connection:
        schedule = schedules_service.get_schedule(connection, who, schedule_id, now=now)
        plan = plans_service.get_plan(connection, who, schedule["plan_id"])
        ahead = schedule_previews.preview(connection, who, schedule_id, now=now)
        asked = lists.Page(cursor or None, SHOWN_RUNS)
        runs = runs_service.list_runs(connection, who, schedule_id, asked=asked)
    content = presenter.schedule_page(visit, schedule, plan, ahead, runs, said, cursor)
    return page("pages/schedule.html", who, content | {"test_key": set_aside(who)})


@router.get("/schedules/{schedule_id}/edit")
def edit_form(visit: Present, schedule_id: UUID) -> Response:
    """The form of a schedule as it is."""
    schedule = found(visit, schedule_id)
    shown = forms.change_form(schedule)
    return record_forms.form_page(visit, shown, meant.known(shown.fields, schedule))


@router.post("/schedules/{schedule_id}/edit")
def edit(visit: Present, schedule_id: UUID, sent: SentForm) -> Response:
    """Save a schedule. A stale form shows both versions."""
    schedule = found(visit, schedule_id)
    shown = forms.change_form(schedule)
    form = meant.read(shown.fields, sent)
    body = filled(ScheduleUpdate, meant.changed(shown.fields, form, schedule), form)

    def work(connection: Connection, body: ScheduleUpdate) -> str:
        version = record_forms.version_of(form)
        schedules_service.update_schedule(connection, visit.who, visit.at, schedule_id, body, version=version)
        return shown.saved

    return record_forms.save(visit, shown, form, body, work, known=meant.flat)


def found(visit: Visit, schedule_id: UUID) -> dict[str, Any]:
    """The schedule, for whoever may change it. Raises NotFound, NotAllowed."""
    with db.read(visit.who) as connection:
        schedule = schedules_service.get_schedule(connection, visit.who, schedule_id, now=visit.at.calendar)
    access.require(visit.who, Operation.manage_schedules)
    return schedule


@router.post("/schedules/{schedule_id}/state")
def set_state(visit: Present, schedule_id: UUID, sent: SentForm) -> Response:
    """Pause a schedule, or start it; again, it is so already."""
    found(visit, schedule_id)
    version, wanted = version_sent(sent), sent.get("state", "")
    if wanted not in set(ScheduleState):
        raise invalid("", NOT_WHOLE)
    step = schedules_service.resume if wanted == ScheduleState.active else schedules_service.pause
    try:
        with db.write(visit.who) as connection:
            step(connection, visit.who, visit.at, schedule_id, version=version)
    except PreconditionFailed:
        return see_other(f"{LIST}/{schedule_id}?said=stale")
    except Invalid:
        return see_other(f"{LIST}/{schedule_id}?said=nobody")
    return see_other(f"{LIST}/{schedule_id}?said={wanted}")
