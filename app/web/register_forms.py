"""Forms of risk registers: adding one with its matrix, changing its ref and title."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import Request
from sqlalchemy import Connection
from starlette.responses import Response

from app import db
from app.access.roles import Operation
from app.errors import Conflict, Invalid, NotFound
from app.lazy_routes import page_router
from app.models.registers import RegisterCreate, RegisterUpdate
from app.risk.matrix import Matrix, MatrixKind
from app.services import access
from app.services import plans as plans_service
from app.services import registers as registers_service
from app.services.lists import LARGEST_PAGE, Page
from app.web import drafts
from app.web.deps import Present, SentForm
from app.web.forms import filled
from app.web.matrix_forms import matrix_page, only_preview
from app.web.presenters import matrix_forms as matrices
from app.web.presenters import register_forms as presenter
from app.web.presenters.matrix_forms import MatrixForm, MatrixPage
from app.web.record_forms import form_page, id_to_add, save, sent, stated, typed_of, version_of
from app.web.repeats import set_aside
from app.web.visits import Visit

router = page_router()
_ALL = Page(limit=LARGEST_PAGE)


# --- A new register ---------------------------------------------------------------------------------------


@router.get("/registers/new")
def new_form(request: Request, visit: Present) -> Response:
    """The form of a new register, with the matrix that the address says to start from."""
    start = _start(visit, request.query_params)
    shown = _shown(visit, start.kind)
    form = MatrixForm(matrices.typed_of(start), start.kind, shown.before)
    if not request.query_params:
        form = drafts.resumed(visit, form)
        if form.kept and (kind := _kind(form.typed)) is not start.kind:
            shown = _shown(visit, kind)
            form = MatrixForm(form.typed, kind, shown.before).resumed(form.typed, form.kept)
    return matrix_page(visit, shown, form, {"set_aside": form.value("set_aside") or set_aside(visit.who)})


@router.post("/registers/new")
def new(visit: Present, typed: SentForm) -> Response:
    """Add a register with its matrix, or only show what the matrix looks like.

    The same form again finds the register that it made.
    """
    kind = _kind(typed)
    shown = _shown(visit, kind)
    form = MatrixForm(typed, kind, shown.before)
    carried = {"set_aside": typed.get("set_aside", "")}
    if typed.get("preview"):
        return only_preview(visit, shown, form, carried)
    values = {**stated(shown.before, form), "matrix": form.matrix()}
    body = None if form.problems else filled(RegisterCreate, values, form)
    if body is None:
        return matrix_page(visit, shown, form, carried, status=422)
    wanted = id_to_add(visit, form)
    try:
        with db.write(visit.who) as connection:
            registers_service.create_register(connection, visit.who, visit.at, body, register_id=wanted)
    except (Conflict, Invalid) as error:
        if not _is_there(visit, wanted):
            if not isinstance(error, Invalid):
                raise
            form.take(error)
            return matrix_page(visit, shown, form, carried, status=422)
    return drafts.saved(visit, f"/registers/{wanted}?saved=added")


def _kind(typed: Mapping[str, str]) -> MatrixKind:
    return MatrixKind.named if typed.get("kind") == MatrixKind.named else MatrixKind.scored


def _start(visit: Visit, typed: Mapping[str, str]) -> Matrix:
    """The matrix to start from: another register's, ratings by name, or the partnership's."""
    if typed.get("kind") == MatrixKind.named:
        return matrices.BY_NAME
    try:
        other = UUID(typed.get("from", ""))
    except ValueError:
        return matrices.PARTNERSHIP
    with db.read(visit.who) as connection:
        register = registers_service.get_register(connection, visit.who, other, today=visit.at.today)
    return registers_service.matrix_of(register["matrix"])


def _shown(visit: Visit, kind: MatrixKind) -> MatrixPage:
    access.require(visit.who, Operation.edit)
    with db.read(visit.who) as connection:
        plans = plans_service.list_plans(connection, visit.who, asked=_ALL)["items"]
        registers = registers_service.list_registers(connection, visit.who, today=visit.at.today, asked=_ALL)[
            "items"
        ]
    return presenter.new_register(plans, registers, kind)


def _is_there(visit: Visit, register_id: UUID) -> bool:
    """Whether the form was saved before: it is the same form, sent twice."""
    try:
        _register(visit, register_id)
    except NotFound:
        return False
    return True


# --- Changing one -----------------------------------------------------------------------------------------


@router.get("/registers/{register_id}/edit")
def edit_form(visit: Present, register_id: UUID) -> Response:
    """The form of a register as it is."""
    register = _register(visit, register_id)
    shown = presenter.edit_register(register)
    return form_page(visit, shown, sent(shown.fields, typed_of(shown.fields, register)))


@router.post("/registers/{register_id}/edit")
def edit(visit: Present, register_id: UUID, typed: SentForm) -> Response:
    """Save the ref and the title of a register."""
    register = _register(visit, register_id)
    shown = presenter.edit_register(register)
    form = sent(shown.fields, typed)
    body = filled(RegisterUpdate, stated(shown.fields, form, known=register), form)

    def change(connection: Connection, body: RegisterUpdate) -> str:
        registers_service.change_register(
            connection, visit.who, visit.at, register_id, body, version=version_of(form)
        )
        return shown.saved

    return save(visit, shown, form, body, change)


def _register(visit: Visit, register_id: UUID) -> dict[str, Any]:
    with db.read(visit.who) as connection:
        found = registers_service.get_register(connection, visit.who, register_id, today=visit.at.today)
    access.require(visit.who, Operation.edit)
    return found
