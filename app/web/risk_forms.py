"""Forms of risks: adding and changing one, moving it to another priority, and the changes of its state."""

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection
from starlette.responses import Response

from app import db
from app.access.roles import Operation
from app.errors import Conflict
from app.lazy_routes import page_router
from app.models.risks import Acceptance, AssessmentCreate, RiskCreate, RiskUpdate, StateChange
from app.risk.scoring import ALLOWED_MOVES, STATE_AFTER, RiskState
from app.services import access
from app.services import assessments as assessments_service
from app.services import people as people_service
from app.services import plans as plans_service
from app.services import priorities as priorities_service
from app.services import registers as registers_service
from app.services import risks as risks_service
from app.services.lists import LARGEST_PAGE, Page
from app.web import own_steps
from app.web.deps import Present, SentForm
from app.web.forms import filled
from app.web.presenters import risk_forms as presenter
from app.web.presenters import risk_steps as steps
from app.web.presenters.risk_forms import Around
from app.web.record_forms import form_page, id_to_add, save, sent, stated, typed_of, version_of
from app.web.rendering import see_other
from app.web.visits import Visit

router = page_router()


class Found(NamedTuple):
    """A risk and what its forms stand under."""

    risk: dict[str, Any]
    around: Around


# --- Adding and changing ----------------------------------------------------------------------------------


@router.get("/registers/{register_id}/risks/new")
def new_form(visit: Present, register_id: UUID) -> Response:
    """The form of a new risk."""
    shown = presenter.new_risk(visit, _around(visit, register_id), {})
    return form_page(visit, shown, sent(shown.fields, {}))


@router.post("/registers/{register_id}/risks/new")
def new(visit: Present, register_id: UUID, typed: SentForm) -> Response:
    """Add a risk with its first assessment. The same form again finds the risk that it made."""
    shown = presenter.new_risk(visit, _around(visit, register_id), typed)
    form = sent(shown.fields, typed)
    body = filled(RiskCreate, presenter.meant(shown, form, stated(shown.fields, form)), form)

    def add(connection: Connection, body: RiskCreate) -> str:
        wanted = id_to_add(visit, form)
        risks_service.create_risk(connection, visit.who, visit.at, register_id, body, risk_id=wanted)
        return shown.saved.replace("{id}", str(wanted))

    return save(
        visit,
        shown,
        form,
        body,
        add,
        exists=lambda connection, wanted: risks_service.get_risk(
            connection, visit.who, wanted, today=visit.at.today
        ),
    )


@router.get("/risks/{risk_id}/edit")
def edit_form(visit: Present, risk_id: UUID) -> Response:
    """The form of a risk as it is."""
    risk, around = _found(visit, risk_id)
    shown = presenter.edit_risk(around, risk, {})
    return form_page(visit, shown, sent(shown.fields, typed_of(shown.fields, presenter.known(risk))))


@router.post("/risks/{risk_id}/edit")
def edit(visit: Present, risk_id: UUID, typed: SentForm) -> Response:
    """Save what a risk is."""
    risk, around = _found(visit, risk_id)
    shown = presenter.edit_risk(around, risk, typed)
    form = sent(shown.fields, typed)
    differing = stated(shown.fields, form, known=presenter.known(risk))
    body = filled(RiskUpdate, presenter.meant(shown, form, differing, risk), form)

    def change(connection: Connection, body: RiskUpdate) -> str:
        risks_service.change_risk(connection, visit.who, visit.at, risk_id, body, version=version_of(form))
        return shown.saved

    return save(visit, shown, form, body, change, known=presenter.known)


# --- Where it stands --------------------------------------------------------------------------------------


@router.get("/risks/{risk_id}/move")
def move_form(visit: Present, risk_id: UUID) -> Response:
    """The form that moves a risk to another priority."""
    risk, around = _movable(visit, risk_id)
    shown = presenter.move_risk(visit, around, risk)
    return form_page(visit, shown, sent(shown.fields, typed_of(shown.fields, risk)))


@router.post("/risks/{risk_id}/move")
def move(visit: Present, risk_id: UUID, typed: SentForm) -> Response:
    """Move a risk. One that is there already (the form was sent twice) stays."""
    risk, around = _movable(visit, risk_id)
    shown = presenter.move_risk(visit, around, risk)
    form = sent(shown.fields, typed)
    meant = {"priority_id": None} | {
        name: value for name, value in stated(shown.fields, form).items() if value is not None
    }
    body = filled(AssessmentCreate, meant, form)
    if body is not None and body.priority_id == risk["priority_id"]:
        if version_of(form) != risk["version"] and own_steps.is_own(visit, risk_id, body):
            return see_other(shown.saved)
        form.fault("priority_id", "Choose where to move it: this is where it stands")

    def place(connection: Connection, body: AssessmentCreate) -> str:
        assessments_service.assess(connection, visit.who, visit.at, risk_id, body, version=version_of(form))
        return shown.saved

    return save(visit, shown, form, body, place)


@router.get("/risks/{risk_id}/acceptance")
@router.get("/risks/{risk_id}/materialisation")
@router.get("/risks/{risk_id}/closure")
@router.get("/risks/{risk_id}/reopening")
def state_form(visit: Present, risk_id: UUID) -> Response:
    """Asks before a change of a risk's state."""
    risk, around = _found(visit, risk_id)
    move_to = _step_of(visit, risk)
    shown = steps.change_state(visit, around, risk, move_to)
    return form_page(visit, shown, sent(shown.fields, {"version": str(risk["version"])}))


@router.post("/risks/{risk_id}/acceptance")
@router.post("/risks/{risk_id}/materialisation")
@router.post("/risks/{risk_id}/closure")
@router.post("/risks/{risk_id}/reopening")
def change_state(visit: Present, risk_id: UUID, typed: SentForm) -> Response:
    """Change a risk's state. One that is in it already (the form was sent twice) stays."""
    risk, around = _found(visit, risk_id)
    name = visit.path.rpartition("/")[2]
    shown = steps.change_state(visit, around, risk, name)
    form = sent(shown.fields, typed)
    model = Acceptance if name == "acceptance" else StateChange
    given = {field: value for field, value in stated(shown.fields, form).items() if value is not None}
    body = None if form.problems else filled(model, given, form)
    if risk["state"] == STATE_AFTER[name] and version_of(form) not in (0, risk["version"]):
        own_steps.require_own(visit, risk_id, body, is_now=f"The risk is {risk['state']}")
        return see_other(shown.saved)
    _step_of(visit, risk)

    def step(connection: Connection, body: StateChange) -> str:
        assessments_service.change_state(
            connection, visit.who, visit.at, risk_id, name, body, version=version_of(form)
        )
        return shown.saved

    return save(visit, shown, form, body, step)


def _step_of(visit: Visit, risk: dict[str, Any]) -> str:
    """The step of the address. Raises Conflict where a risk in this state cannot take it."""
    name = visit.path.rpartition("/")[2]
    if RiskState(risk["state"]) not in ALLOWED_MOVES[name]:
        raise Conflict(f"The risk is {risk['state']}, so this step cannot be taken now.")
    return name


# --- What the routes share --------------------------------------------------------------------------------


def _around(visit: Visit, register_id: UUID) -> Around:
    """What the forms of a register's risks choose from, for somebody who may change them."""
    with db.read(visit.who) as connection:
        return around(connection, visit, register_id)


def around(connection: Connection, visit: Visit, register_id: UUID) -> Around:
    """The register, its matrix of today, its plan with priorities, and the people of the area."""
    register = registers_service.get_register(connection, visit.who, register_id, today=visit.at.today)
    access.require(visit.who, Operation.edit)
    plan, priorities = None, []
    if register["plan_id"] is not None:
        plan = plans_service.get_plan(connection, visit.who, register["plan_id"])
        priorities = priorities_service.list_priorities(
            connection, visit.who, plan["id"], asked=Page(limit=LARGEST_PAGE)
        )["items"]
    people = people_service.names(connection, visit.who)
    return Around(register, registers_service.matrix_of(register["matrix"]), plan, priorities, people)


def _found(visit: Visit, risk_id: UUID) -> Found:
    with db.read(visit.who) as connection:
        risk = risks_service.get_risk(connection, visit.who, risk_id, today=visit.at.today)
        return Found(risk, around(connection, visit, risk["register_id"]))


def _movable(visit: Visit, risk_id: UUID) -> Found:
    """A risk that can be moved. Raises Conflict for a closed one, and where there is no plan."""
    found = _found(visit, risk_id)
    if found.around.plan is None:
        raise Conflict("This register belongs to no plan, so every risk in it is a general one.")
    if found.risk["state"] == RiskState.closed:
        raise Conflict("The risk is closed. It can be moved after it has been reopened.")
    return found
