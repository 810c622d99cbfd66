"""Forms of a risk's controls and management actions, and the updates of these."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection
from starlette.responses import Response

from app import db
from app.access.roles import Operation
from app.lazy_routes import page_router
from app.models.controls import ControlCreate, ControlUpdate
from app.models.management_actions import (
    ManagementActionCreate,
    ManagementActionUpdate,
    ManagementActionUpdateCreate,
)
from app.services import access
from app.services import controls as controls_service
from app.services import management_actions as management_service
from app.services import people as people_service
from app.services import risks as risks_service
from app.web.deps import Present, SentForm
from app.web.forms import filled
from app.web.presenters import control_forms as presenter
from app.web.record_forms import (
    NOT_WHOLE,
    form_page,
    id_to_add,
    save,
    sent,
    stated,
    typed_of,
    version_of,
)
from app.web.rendering import see_other
from app.web.visits import Visit

router = page_router()
Item = dict[str, Any]


# --- Controls ---------------------------------------------------------------------------------------------


@router.get("/risks/{risk_id}/controls/new")
def new_control_form(visit: Present, risk_id: UUID) -> Response:
    """The form of a new control."""
    shown = presenter.new_control(_risk(visit, risk_id))
    return form_page(visit, shown, sent(shown.fields, {}))


@router.post("/risks/{risk_id}/controls/new")
def new_control(visit: Present, risk_id: UUID, typed: SentForm) -> Response:
    """Add a control. The same form again finds the control that it made."""
    shown = presenter.new_control(_risk(visit, risk_id))
    form = sent(shown.fields, typed)
    body = filled(ControlCreate, stated(shown.fields, form), form)

    def add(connection: Connection, body: ControlCreate) -> str:
        wanted = id_to_add(visit, form)
        controls_service.create_control(connection, visit.who, visit.at, risk_id, body, control_id=wanted)
        return shown.saved

    return save(
        visit,
        shown,
        form,
        body,
        add,
        exists=lambda connection, wanted: controls_service.get_control(connection, visit.who, wanted),
    )


@router.get("/controls/{control_id}/edit")
def edit_control_form(visit: Present, control_id: UUID) -> Response:
    """The form of a control as it is."""
    control, risk = _control(visit, control_id)
    shown = presenter.edit_control(risk)
    return form_page(visit, shown, sent(shown.fields, typed_of(shown.fields, control)))


@router.post("/controls/{control_id}/edit")
def edit_control(visit: Present, control_id: UUID, typed: SentForm) -> Response:
    """Save a control."""
    control, risk = _control(visit, control_id)
    shown = presenter.edit_control(risk)
    form = sent(shown.fields, typed)
    body = filled(ControlUpdate, stated(shown.fields, form, known=control), form)

    def change(connection: Connection, body: ControlUpdate) -> str:
        controls_service.change_control(
            connection, visit.who, visit.at, control_id, body, version=version_of(form)
        )
        return shown.saved

    return save(visit, shown, form, body, change)


# --- Management actions -----------------------------------------------------------------------------------


@router.get("/risks/{risk_id}/management-actions/new")
def new_management_action_form(visit: Present, risk_id: UUID) -> Response:
    """The form of a new management action."""
    risk, people = _risk(visit, risk_id), _people(visit)
    shown = presenter.new_management_action(visit, risk, people)
    return form_page(visit, shown, sent(shown.fields, {}))


@router.post("/risks/{risk_id}/management-actions/new")
def new_management_action(visit: Present, risk_id: UUID, typed: SentForm) -> Response:
    """Add a management action. The same form again finds the one that it made."""
    risk, people = _risk(visit, risk_id), _people(visit)
    shown = presenter.new_management_action(visit, risk, people)
    form = sent(shown.fields, typed)
    body = filled(ManagementActionCreate, presenter.given(stated(shown.fields, form)), form)

    def add(connection: Connection, body: ManagementActionCreate) -> str:
        wanted = id_to_add(visit, form)
        management_service.create_management_action(
            connection, visit.who, visit.at, risk_id, body, management_action_id=wanted
        )
        return shown.saved

    return save(
        visit,
        shown,
        form,
        body,
        add,
        exists=lambda connection, wanted: management_service.get_management_action(
            connection, visit.who, wanted, today=visit.at.today
        ),
    )


@router.get("/management-actions/{management_action_id}/edit")
def edit_management_action_form(visit: Present, management_action_id: UUID) -> Response:
    """The form of what a management action is."""
    one, risk = _management_action(visit, management_action_id)
    shown = presenter.edit_management_action(risk, _people(visit))
    return form_page(visit, shown, sent(shown.fields, typed_of(shown.fields, one)))


@router.post("/management-actions/{management_action_id}/edit")
def edit_management_action(visit: Present, management_action_id: UUID, typed: SentForm) -> Response:
    """Save what a management action is."""
    one, risk = _management_action(visit, management_action_id)
    shown = presenter.edit_management_action(risk, _people(visit))
    form = sent(shown.fields, typed)
    body = filled(ManagementActionUpdate, stated(shown.fields, form, known=one), form)

    def change(connection: Connection, body: ManagementActionUpdate) -> str:
        management_service.change_management_action(
            connection, visit.who, visit.at, management_action_id, body, version=version_of(form)
        )
        return shown.saved

    return save(visit, shown, form, body, change)


@router.get("/management-actions/{management_action_id}/update")
def update_form(visit: Present, management_action_id: UUID) -> Response:
    """The form of a dated update, filled in with the status and the due date of today."""
    one, risk = _management_action(visit, management_action_id)
    shown = presenter.update_management_action(visit, risk, one)
    return form_page(visit, shown, sent(shown.fields, typed_of(shown.fields, one)))


@router.post("/management-actions/{management_action_id}/update")
def update(visit: Present, management_action_id: UUID, typed: SentForm) -> Response:
    """Record an update. The same form again (sent twice) is recorded once."""
    one, risk = _management_action(visit, management_action_id)
    shown = presenter.update_management_action(visit, risk, one)
    form = sent(shown.fields, typed)
    found = presenter.changed(stated(shown.fields, form, known=one))
    if not form.value("version"):
        form.fault("", NOT_WHOLE)
    body = filled(ManagementActionUpdateCreate, found, form)
    if body is not None and version_of(form) != one["version"] and _is_saved(visit, one, body):
        return see_other(shown.saved)

    def record(connection: Connection, body: ManagementActionUpdateCreate) -> str:
        management_service.record_update(
            connection, visit.who, visit.at, management_action_id, body, version=version_of(form)
        )
        return shown.saved

    return save(visit, shown, form, body, record)


# --- What the routes share --------------------------------------------------------------------------------


def _risk(visit: Visit, risk_id: UUID) -> Item:
    """The risk as it is today, for somebody who may change it."""
    with db.read(visit.who) as connection:
        found = risks_service.get_risk(connection, visit.who, risk_id, today=visit.at.today)
    access.require(visit.who, Operation.edit)
    return found


def _people(visit: Visit) -> list[Item]:
    with db.read(visit.who) as connection:
        return people_service.names(connection, visit.who)


def _control(visit: Visit, control_id: UUID) -> tuple[Item, Item]:
    with db.read(visit.who) as connection:
        control = controls_service.get_control(connection, visit.who, control_id)
    return control, _risk(visit, control["risk_id"])


def _management_action(visit: Visit, management_action_id: UUID) -> tuple[Item, Item]:
    with db.read(visit.who) as connection:
        one = management_service.get_management_action(
            connection, visit.who, management_action_id, today=visit.at.today
        )
    return one, _risk(visit, one["risk_id"])


def _is_saved(visit: Visit, one: Item, body: ManagementActionUpdateCreate) -> bool:
    """Whether the newest update is this author's, says the same, and left nothing that this would change."""
    with db.read(visit.who) as connection:
        entries = management_service.list_updates(connection, visit.who, one["id"])
    newest = max(entries, key=lambda entry: entry["sequence"])
    said = (*(newest[name] for name in ("author_id", "operation", "narrative", "reason", "effective_on")),)
    day = body.effective_on or visit.at.today
    return said == (visit.who.id, "updated", body.narrative, body.reason, day) and not (
        body.model_fields_set & {"status", "due_on"}
    )
