"""Pages of a register's matrix: its versions, and the form that sets up a new one, with a preview."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from starlette.responses import Response

from app import db
from app.access.roles import Operation, may
from app.errors import Invalid
from app.lazy_routes import page_router
from app.models.registers import MatrixCreate
from app.services import access
from app.services import registers as registers_service
from app.services.lists import LARGEST_PAGE, Page
from app.services.off_grid import off_grid
from app.web import drafts
from app.web.deps import Present, SentForm
from app.web.forms import filled
from app.web.presenters import matrix_forms as presenter
from app.web.presenters.matrix_forms import MatrixForm, MatrixPage, Preview
from app.web.record_forms import stated, version_of
from app.web.rendering import page
from app.web.visits import Visit

router = page_router()
_QUICKER = "Somebody set up another version while you wrote. Look at it first; yours is kept below"


@router.get("/registers/{register_id}/matrix")
def versions(visit: Present, register_id: UUID, saved: str = "") -> Response:
    """The matrix of a register as it is in force, and its versions."""
    with db.read(visit.who) as connection:
        register = _read(connection, visit, register_id)
        found = registers_service.list_matrix(
            connection, visit.who, register_id, asked=Page(limit=LARGEST_PAGE)
        )["items"]
    content = presenter.versions_page(
        register, found, may_set=may(visit.who, Operation.set_matrix), said="saved" if saved else ""
    )
    return page("pages/matrix.html", visit.who, content)


@router.get("/registers/{register_id}/matrix/new")
def version_form(visit: Present, register_id: UUID) -> Response:
    """The form of a new version, filled in with the newest one."""
    register, newest = _newest(visit, register_id)
    matrix = registers_service.matrix_of(newest)
    shown = presenter.version_form(visit, register)
    typed = {**presenter.typed_of(matrix), "version": str(matrix.version)}
    form = drafts.resumed(visit, MatrixForm(typed, matrix.kind, shown.after))
    return matrix_page(visit, shown, form, {"version": form.value("version")})


@router.post("/registers/{register_id}/matrix/new")
def new_version(visit: Present, register_id: UUID, typed: SentForm) -> Response:
    """Set up a new version, or only show what it looks like. The same form again adds nothing."""
    register, newest = _newest(visit, register_id)
    matrix = registers_service.matrix_of(newest)
    shown = presenter.version_form(visit, register)
    form = MatrixForm(typed, matrix.kind, shown.after)
    carried = {"version": typed.get("version", "")}
    if typed.get("preview"):
        return only_preview(visit, shown, form, carried, register_id)
    values = {**form.matrix(), **stated(shown.after, form)}
    body = None if form.problems else filled(MatrixCreate, values, form)
    if body is None:
        return matrix_page(visit, shown, form, carried, status=422)
    try:
        with db.write(visit.who) as connection:
            # Inside the transaction: of two at once, one finds the other's version.
            newest = registers_service.versions(connection, register_id)[0]
            is_newest = newest["matrix_version"] == version_of(form)
            if is_newest:
                registers_service.add_matrix_version(connection, visit.who, visit.at, register_id, body)
    except Invalid as error:
        form.take(error)
        return matrix_page(visit, shown, form, carried, status=422)
    if is_newest or _says(newest, body):
        return drafts.saved(visit, f"{shown.back}?saved=1")
    form.fault("", _QUICKER)
    return matrix_page(visit, shown, form, {"version": str(newest["matrix_version"])}, status=409)


def matrix_page(
    visit: Visit,
    shown: MatrixPage,
    form: MatrixForm,
    carried: Mapping[str, str],
    seen: Preview | None = None,
    *,
    status: int = 200,
) -> Response:
    """The form of a matrix; ``carried`` goes along hidden."""
    content = presenter.form_content(visit, shown, form, carried, seen)
    return page("pages/matrix_form.html", visit.who, content, status=status)


def only_preview(
    visit: Visit,
    shown: MatrixPage,
    form: MatrixForm,
    carried: Mapping[str, str],
    register_id: UUID | None = None,
) -> Response:
    """The form with the matrix as it would look, or with what is wrong with it. Nothing is saved.

    For a register that is there, with the risks of it that the map would leave out.
    """
    values = form.matrix()
    if form.problems:
        return matrix_page(visit, shown, form, carried, status=422)
    matrix, off_map = presenter.shaped(values), None
    if register_id:
        with db.read(visit.who) as connection:
            off_map = off_grid(connection, register_id, matrix, today=visit.at.today)
    return matrix_page(visit, shown, form, carried, presenter.preview(matrix, off_map))


def _says(version: Mapping[str, Any], body: MatrixCreate) -> bool:
    """Whether a version is the one that a form means: a button that was pressed twice."""
    meant = body.model_dump(mode="json", include={"likelihood_labels", "impact_labels", "bands", "reason"})
    return all(version[name] == value for name, value in meant.items())


def _read(connection: Any, visit: Visit, register_id: UUID) -> dict[str, Any]:
    return registers_service.get_register(connection, visit.who, register_id, today=visit.at.today)


def _newest(visit: Visit, register_id: UUID) -> tuple[dict[str, Any], dict[str, Any]]:
    """The register and the newest version of its matrix, for somebody who may set up another."""
    with db.read(visit.who) as connection:
        register = _read(connection, visit, register_id)
        newest = registers_service.versions(connection, register_id)[0]
    access.require(visit.who, Operation.set_matrix)
    return register, newest
