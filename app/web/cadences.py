"""The form of a plan's cadence."""

from typing import Any
from uuid import UUID

from starlette.responses import Response

from app import db
from app.access.roles import Operation
from app.errors import Invalid, PreconditionFailed
from app.lazy_routes import page_router
from app.models.cadences import CadencePut
from app.services import access
from app.services import cadences as cadences_service
from app.services import plans as plans_service
from app.web import drafts
from app.web.deps import SentForm, Visitor
from app.web.forms import Form, filled
from app.web.presenters import cadence_form as presenter
from app.web.presenters.both_versions import Stale
from app.web.rendering import page
from app.web.stale import stale_page
from app.web.visits import Visit

router = page_router()


@router.get("/plans/{plan_id}/cadence")
def cadence_form(visit: Visitor, plan_id: UUID) -> Response:
    """The form of the cadence as it is."""
    plan, cadence = _found(visit, plan_id)
    return _form_page(visit, plan, drafts.resumed(visit, presenter.known(cadence)))


@router.post("/plans/{plan_id}/cadence")
def cadence(visit: Visitor, plan_id: UUID, sent: SentForm) -> Response:
    """Save the cadence. A stale form shows both versions; the same form again is saved already."""
    plan, _ = _found(visit, plan_id)
    form = presenter.sent(sent)
    if form.value("edit"):
        return _form_page(visit, plan, form)
    stated = presenter.stated(form)
    version = form.number("version", "The version")
    body = None if form.problems else filled(CadencePut, stated, form)
    if body is None:
        return _form_page(visit, plan, form, status=422)
    list_url = f"/periods?plan={plan_id}&saved=cadence"
    try:
        with db.write(visit.who) as connection:
            cadences_service.set_cadence(connection, visit.who, visit.at, plan_id, body, version=version or 0)
    except PreconditionFailed as stale:
        if all(stale.current[name] == value for name, value in body.model_dump().items()):
            return drafts.saved(visit, list_url)
        return _stale(visit, plan, stale.current, form)
    except Invalid as error:
        form.take(error)
        return _form_page(visit, plan, form, status=422)
    return drafts.saved(visit, list_url)


def _found(visit: Visit, plan_id: UUID) -> tuple[dict[str, Any], dict[str, Any]]:
    with db.read(visit.who) as connection:
        plan = plans_service.get_plan(connection, visit.who, plan_id)
        found = cadences_service.get_cadence(connection, visit.who, plan_id, today=visit.at.today)
    access.require(visit.who, Operation.edit)
    return plan, found


def _form_page(visit: Visit, plan: dict[str, Any], form: Form, *, status: int = 200) -> Response:
    content = presenter.cadence_page(visit, plan, form)
    return page("pages/cadence_form.html", visit.who, content | {"draft": visit.path}, status=status)


def _stale(visit: Visit, plan: dict[str, Any], current: dict[str, Any], form: Form) -> Response:
    found = Stale(
        record_id=plan["id"],
        caption=f"Periods of {plan['title']}",
        heading="Cadence of the board",
        what="this plan",
        section="periods",
        path=f"/plans/{plan['id']}/cadence",
        back=f"/periods?plan={plan['id']}",
        version=current["version"],
    )
    return stale_page(visit, found, form, presenter.differences(current, form))
