"""Forms of priorities: adding and changing one, and the order of priorities and of the actions under one."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection
from starlette.responses import Response

from app import db
from app.access.roles import Operation
from app.errors import Invalid, PreconditionFailed
from app.lazy_routes import page_router
from app.models.priorities import PriorityCreate, PriorityUpdate
from app.services import access
from app.services import ordering as ordering_service
from app.services import people as people_service
from app.services import plans as plans_service
from app.services import priorities as priorities_service
from app.web import drafts
from app.web.deps import Present, SentForm
from app.web.forms import Form, filled
from app.web.presenters import order_form as orders
from app.web.presenters import plan_forms as presenter
from app.web.record_forms import form_page, id_to_add, save, sent, stated, typed_of, version_of
from app.web.rendering import page
from app.web.visits import Visit

router = page_router()


@router.get("/plans/{plan_id}/priorities/new")
def new_form(visit: Present, plan_id: UUID) -> Response:
    """The form of a new priority."""
    plan, people = _plan(visit, plan_id)
    shown = presenter.new_priority(plan, people)
    return form_page(visit, shown, sent(shown.fields, {}))


@router.post("/plans/{plan_id}/priorities/new")
def new(visit: Present, plan_id: UUID, typed: SentForm) -> Response:
    """Add a priority. The same form again finds the priority that it made."""
    plan, people = _plan(visit, plan_id)
    shown = presenter.new_priority(plan, people)
    form = sent(shown.fields, typed)
    body = filled(PriorityCreate, stated(shown.fields, form), form)

    def add(connection: Connection, body: PriorityCreate) -> str:
        wanted = id_to_add(visit, form)
        priorities_service.create_priority(connection, visit.who, visit.at, plan_id, body, priority_id=wanted)
        return f"/priorities/{wanted}?saved=added"

    return save(
        visit,
        shown,
        form,
        body,
        add,
        exists=lambda connection, wanted: priorities_service.get_priority(connection, visit.who, wanted),
    )


@router.get("/priorities/{priority_id}/edit")
def edit_form(visit: Present, priority_id: UUID) -> Response:
    """The form of a priority as it is."""
    priority, plan, people = _priority(visit, priority_id)
    shown = presenter.edit_priority(plan, priority, people)
    return form_page(visit, shown, sent(shown.fields, typed_of(shown.fields, priority)))


@router.post("/priorities/{priority_id}/edit")
def edit(visit: Present, priority_id: UUID, typed: SentForm) -> Response:
    """Save a priority."""
    priority, plan, people = _priority(visit, priority_id)
    shown = presenter.edit_priority(plan, priority, people)
    form = sent(shown.fields, typed)
    body = filled(PriorityUpdate, stated(shown.fields, form, known=priority), form)

    def change(connection: Connection, body: PriorityUpdate) -> str:
        version = version_of(form)
        priorities_service.change_priority(
            connection, visit.who, visit.at, priority_id, body, version=version
        )
        return shown.saved

    return save(visit, shown, form, body, change)


# --- Order ------------------------------------------------------------------------------------------------


@router.get("/plans/{plan_id}/order")
def priorities_order_form(visit: Present, plan_id: UUID) -> Response:
    """The priorities of a plan with the number of their place."""
    plan, found = _priorities(visit, plan_id)
    return _first_order(visit, orders.of_priorities(plan, found), found)


@router.post("/plans/{plan_id}/order")
def priorities_order(visit: Present, plan_id: UUID, typed: SentForm) -> Response:
    """Save the order of a plan's priorities."""
    plan, found = _priorities(visit, plan_id)
    shown = orders.of_priorities(plan, found)

    def put(connection: Connection, meant: orders.Meant) -> None:
        ordering_service.order_priorities(
            connection, visit.who, visit.at, plan_id, meant.wanted, seen=meant.seen
        )

    return _save_order(visit, shown, typed, put)


@router.get("/priorities/{priority_id}/order")
def points_order_form(visit: Present, priority_id: UUID) -> Response:
    """The actions under a priority with the number of their place."""
    priority, plan, found = _points(visit, priority_id)
    return _first_order(visit, orders.of_points(plan, priority, found), found)


@router.post("/priorities/{priority_id}/order")
def points_order(visit: Present, priority_id: UUID, typed: SentForm) -> Response:
    """Save the order of the actions under a priority: their refs are dealt out anew from today on."""
    priority, plan, found = _points(visit, priority_id)
    shown = orders.of_points(plan, priority, found)

    def put(connection: Connection, meant: orders.Meant) -> None:
        ordering_service.order_points(
            connection,
            visit.who,
            visit.at,
            priority_id,
            meant.wanted,
            seen=meant.seen,
            reason=meant.reason,
        )

    return _save_order(visit, shown, typed, put)


def _save_order(visit: Visit, shown: orders.Order, typed: dict[str, str], put: Any) -> Response:
    """Save what was typed. An order that another has overtaken is shown as it is now, with one's numbers."""
    form, meant = orders.meant(typed, shown)
    if meant is None:
        return _order_page(visit, shown, form, status=422)
    if meant.seen != shown.ids and meant.wanted != shown.ids:
        return _order_page(visit, shown, orders.overtaken(shown, meant), status=409)
    try:
        with db.write(visit.who) as connection:
            put(connection, meant)
    except PreconditionFailed:
        return _order_page(visit, shown, orders.overtaken(shown, meant), status=409)
    except Invalid as error:
        form.take(error)
        return _order_page(visit, shown, form, status=422)
    return drafts.saved(visit, f"{shown.back}?saved=order")


def _first_order(visit: Visit, shown: orders.Order, found: list[dict[str, Any]]) -> Response:
    form = drafts.resumed(visit, orders.fresh(found))
    return _order_page(visit, shown, orders.kept(form, shown) if form.kept else form)


def _order_page(visit: Visit, shown: orders.Order, form: Form, *, status: int = 200) -> Response:
    content = orders.content(shown, form) | {"draft": visit.path}
    return page("pages/order_form.html", visit.who, content, status=status)


# --- What the routes share --------------------------------------------------------------------------------


def _plan(visit: Visit, plan_id: UUID) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The plan and the people of the area, for somebody who may change it."""
    with db.read(visit.who) as connection:
        plan = plans_service.get_plan(connection, visit.who, plan_id)
        people = people_service.names(connection, visit.who)
    access.require(visit.who, Operation.edit)
    return plan, people


def _priority(visit: Visit, priority_id: UUID) -> tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]]]:
    with db.read(visit.who) as connection:
        priority = priorities_service.get_priority(connection, visit.who, priority_id)
    return priority, *_plan(visit, priority["plan_id"])


def _priorities(visit: Visit, plan_id: UUID) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    with db.read(visit.who) as connection:
        plan = plans_service.get_plan(connection, visit.who, plan_id)
        found = ordering_service.priorities_in_order(connection, visit.who, plan_id)
    access.require(visit.who, Operation.edit)
    return plan, found


def _points(visit: Visit, priority_id: UUID) -> tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]]]:
    with db.read(visit.who) as connection:
        priority = priorities_service.get_priority(connection, visit.who, priority_id)
        plan = plans_service.get_plan(connection, visit.who, priority["plan_id"])
        found = ordering_service.points_in_order(connection, visit.who, priority_id, today=visit.at.today)
    access.require(visit.who, Operation.edit)
    return priority, plan, found
