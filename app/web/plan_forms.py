"""Forms of plans: adding, changing and copying one."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection
from starlette.responses import Response

from app import db
from app.access.roles import Operation
from app.lazy_routes import page_router
from app.models.plan_copies import PlanCopy
from app.models.plans import PlanCreate, PlanUpdate
from app.services import access
from app.services import ordering as ordering_service
from app.services import plan_copies as copies_service
from app.services import plans as plans_service
from app.web.deps import Present, SentForm
from app.web.forms import filled
from app.web.presenters import plan_forms as presenter
from app.web.record_forms import (
    RecordForm,
    form_page,
    id_to_add,
    save,
    sent,
    stated,
    typed_of,
    version_of,
)
from app.web.visits import Visit

router = page_router()


@router.get("/plans/new")
def new_form(visit: Present) -> Response:
    """The form of a new plan."""
    access.require(visit.who, Operation.edit)
    shown = presenter.new_plan()
    return form_page(visit, shown, sent(shown.fields, {"kind": "priority_action_plan"}))


@router.post("/plans/new")
def new(visit: Present, typed: SentForm) -> Response:
    """Add a plan. The same form again finds the plan that it made."""
    access.require(visit.who, Operation.edit)
    shown = presenter.new_plan()
    form = sent(shown.fields, typed)
    body = filled(PlanCreate, stated(shown.fields, form), form)

    def add(connection: Connection, body: PlanCreate) -> str:
        wanted = id_to_add(visit, form)
        plans_service.create_plan(connection, visit.who, visit.at, body, plan_id=wanted)
        return f"/plans/{wanted}?saved=added"

    return save(visit, shown, form, body, add, exists=_exists(visit))


@router.get("/plans/{plan_id}/edit")
def edit_form(visit: Present, plan_id: UUID) -> Response:
    """The form of a plan as it is."""
    plan = _plan(visit, plan_id)
    shown = presenter.edit_plan(plan)
    return form_page(visit, shown, sent(shown.fields, typed_of(shown.fields, plan)))


@router.post("/plans/{plan_id}/edit")
def edit(visit: Present, plan_id: UUID, typed: SentForm) -> Response:
    """Save a plan."""
    plan = _plan(visit, plan_id)
    shown = presenter.edit_plan(plan)
    form = sent(shown.fields, typed)
    body = filled(PlanUpdate, stated(shown.fields, form, known=plan), form)

    def change(connection: Connection, body: PlanUpdate) -> str:
        version = version_of(form)
        plans_service.change_plan(connection, visit.who, visit.at, plan_id, body, version=version)
        return shown.saved

    return save(visit, shown, form, body, change)


@router.get("/plans/{plan_id}/copy")
def copy_form(visit: Present, plan_id: UUID) -> Response:
    """The form that copies a plan."""
    plan = _plan(visit, plan_id)
    shown = _copy(visit, plan)
    return form_page(visit, shown, sent(shown.fields, presenter.copied_values(plan)))


@router.post("/plans/{plan_id}/copy")
def copy(visit: Present, plan_id: UUID, typed: SentForm) -> Response:
    """Copy a plan. The same form again finds the copy that it made."""
    plan = _plan(visit, plan_id)
    shown = _copy(visit, plan)
    form = sent(shown.fields, typed)
    said = stated(shown.fields, form)
    body = None if form.problems else filled(PlanCopy, said, form)

    def add(connection: Connection, body: PlanCopy) -> str:
        wanted = id_to_add(visit, form)
        copies_service.copy_plan(connection, visit.who, visit.at, plan_id, body, new_id=wanted)
        return f"/plans/{wanted}?saved=copied"

    return save(visit, shown, form, body, add, exists=_exists(visit))


def _plan(visit: Visit, plan_id: UUID) -> dict[str, Any]:
    """The plan, for somebody who may change it."""
    with db.read(visit.who) as connection:
        plan = plans_service.get_plan(connection, visit.who, plan_id)
    access.require(visit.who, Operation.edit)
    return plan


def _copy(visit: Visit, plan: Mapping[str, Any]) -> RecordForm:
    with db.read(visit.who) as connection:
        actions = copies_service.actions_to_copy(connection, visit.who, plan["id"], today=visit.at.today)
        priorities = ordering_service.priorities_in_order(connection, visit.who, plan["id"])
    return presenter.copy_plan(plan, len(actions), len(priorities))


def _exists(visit: Visit) -> Any:
    return lambda connection, plan_id: plans_service.get_plan(connection, visit.who, plan_id)
