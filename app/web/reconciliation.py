"""The page that checks published percentages. It asks a question: nothing that is typed is stored."""

from typing import Any
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from app import db
from app.errors import NotFound
from app.lazy_routes import page_router
from app.plans.published import BadFigures
from app.plans.reconcile import Reconciliation
from app.services import plans as plans_service
from app.services import priorities as priorities_service
from app.services import progress as progress_service
from app.services import reconciliations as reconciliations_service
from app.services.lists import LARGEST_PAGE, Page
from app.web import drafts
from app.web.deps import SentForm, Visitor
from app.web.forms import Form
from app.web.presenters import reconciliation as presenter
from app.web.presenters.beside_plan import beside
from app.web.rendering import page
from app.web.visits import Visit

router = page_router()


@router.get("/reconcile")
def reconcile_form(request: Request, visit: Visitor) -> Response:
    """The form, with a row for each priority of the plan that the address names."""
    plan = _plan(visit, request.query_params.get("plan", ""))
    form = drafts.resumed(visit, presenter.new_form(plan, _priorities(visit, plan) if plan else []))
    if not plan and form.kept:
        plan = _plan(visit, form.value("plan"))
    elif plan and form.value("plan") != str(plan["id"]):
        form = presenter.new_form(plan, _priorities(visit, plan))
    return _form_page(visit, plan, form)


@router.post("/reconcile")
def reconcile(visit: Visitor, sent: SentForm) -> Response:
    """The verdicts; the form again where it holds what is no figure, and to change what was typed.

    With a plan, its own figures as at the day of the address stand beside those that were typed.
    """
    form = presenter.sent(sent)
    plan = _plan(visit, form.value("plan"))
    if form.value("edit"):
        return _form_page(visit, plan, form)
    found = _check(form)
    if found is None:
        return _form_page(visit, plan, form, status=422)
    drafts.forget(visit)
    content = presenter.result_page(plan, found, form, visit.query)
    if plan:
        content |= beside(_progress(visit, plan), found, visit.day)
    return page("pages/reconciliation.html", visit.who, content)


def _form_page(visit: Visit, plan: dict[str, Any] | None, form: Form, *, status: int = 200) -> Response:
    content = presenter.form_page(plan, form, visit.query) | {"draft": visit.path}
    return page("pages/reconcile.html", visit.who, content, status=status)


def _check(form: Form) -> Reconciliation | None:
    """The verdicts on what was typed or pasted; None, and problems at the fields, where it will not do."""
    pasted = form.text("csv")
    rows = presenter.typed_rows(form)
    if not presenter.is_one_of_both(form, pasted, rows):
        return None
    try:
        if pasted:
            return reconciliations_service.check_csv(pasted, only_given=True)[0]
        return reconciliations_service.check_rows([row.typed for row in rows])
    except BadFigures as error:
        presenter.take(form, error, None if pasted else rows)
        return None


def _plan(visit: Visit, plan_id: str) -> dict[str, Any] | None:
    """The plan that is named; None where none is. Raises NotFound for one that is not in the area."""
    if not plan_id:
        return None
    try:
        wanted = UUID(plan_id)
    except ValueError:
        raise NotFound("plan") from None
    with db.read(visit.who) as connection:
        return plans_service.get_plan(connection, visit.who, wanted)


def _progress(visit: Visit, plan: dict[str, Any]) -> dict[str, Any]:
    with db.read(visit.who) as connection:
        return progress_service.progress(
            connection, visit.who, plan["id"], today=visit.at.today, as_at=visit.day
        )


def _priorities(visit: Visit, plan: dict[str, Any]) -> list[str]:
    with db.read(visit.who) as connection:
        listed = priorities_service.list_priorities(
            connection, visit.who, plan["id"], asked=Page(limit=LARGEST_PAGE)
        )
    return [str(one["ref"]) for one in listed["items"]]
