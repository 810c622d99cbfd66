"""Forms of periods: adding and changing one, review and publishing, errata."""

from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from app import db
from app.access.roles import Operation
from app.errors import Conflict, Invalid, PreconditionFailed, invalid
from app.lazy_routes import page_router
from app.models.periods import ErratumCreate, PeriodCreate, PeriodState, PeriodUpdate
from app.services import access
from app.services import data_quality as data_quality_service
from app.services import errata as errata_service
from app.services import periods as periods_service
from app.services import plans as plans_service
from app.services import publications as publications_service
from app.web import drafts
from app.web.deps import SentForm, Visitor
from app.web.forms import Form, filled
from app.web.presenters import period_forms as presenter
from app.web.presenters.both_versions import Stale
from app.web.presenters.periods import period_name
from app.web.rendering import page, see_other
from app.web.stale import stale_page
from app.web.visits import Visit

router = page_router()
Meant = TypeVar("Meant", PeriodCreate, PeriodUpdate)


class Found(NamedTuple):
    """A period and its plan."""

    period: dict[str, Any]
    plan: dict[str, Any]


# --- Adding and changing ----------------------------------------------------------------------------------


@router.get("/plans/{plan_id}/periods/new")
def new_period_form(request: Request, visit: Visitor, plan_id: UUID) -> Response:
    """The form of a new period, filled in with what the address proposes."""
    plan = _plan(visit, plan_id)
    return _period_form(visit, plan, drafts.resumed(visit, presenter.proposed_period(request.query_params)))


@router.post("/plans/{plan_id}/periods/new")
def new_period(visit: Visitor, plan_id: UUID, sent: SentForm) -> Response:
    """Add a period. The same form again finds the period that it made."""
    plan = _plan(visit, plan_id)
    form = presenter.sent_period(sent)
    stated = presenter.stated_period(form)
    body = _meant(PeriodCreate, stated, form)
    if body is None:
        return _period_form(visit, plan, form, status=422)
    try:
        with db.write(visit.who) as connection:
            made = periods_service.create_period(connection, visit.who, visit.at, plan_id, body)
    except Invalid as error:
        with db.read(visit.who) as connection:
            same = periods_service.list_periods(connection, visit.who, plan_id, ref=body.ref)["items"]
        if same and _says(same[0], stated):
            return drafts.saved(visit, f"/periods/{same[0]['id']}?saved=added")
        form.take(error)
        return _period_form(visit, plan, form, status=422)
    return drafts.saved(visit, f"/periods/{made['id']}?saved=added")


@router.get("/periods/{period_id}/edit")
def edit_form(visit: Visitor, period_id: UUID) -> Response:
    """The form of a period that is not published."""
    found = _open(visit, period_id)
    form = drafts.resumed(visit, presenter.known_period(found.period))
    return _period_form(visit, found.plan, form, found.period)


@router.post("/periods/{period_id}/edit")
def edit(visit: Visitor, period_id: UUID, sent: SentForm) -> Response:
    """Save a period. A stale form shows both versions; what was typed is never lost."""
    found = _open(visit, period_id)
    form = presenter.sent_period(sent)
    if form.value("edit"):
        return _period_form(visit, found.plan, form, found.period)
    stated = presenter.stated_period(form)
    version = form.number("version", "The version")
    body = _meant(PeriodUpdate, stated, form)
    if body is None:
        return _period_form(visit, found.plan, form, found.period, status=422)
    try:
        with db.write(visit.who) as connection:
            periods_service.change_period(
                connection, visit.who, visit.at, period_id, body, version=version or 0
            )
    except PreconditionFailed as stale:
        if _says(stale.current, stated):
            return drafts.saved(visit, f"/periods/{period_id}?saved=changed")
        return _stale(visit, stale.current, form)
    except Invalid as error:
        form.take(error)
        return _period_form(visit, found.plan, form, found.period, status=422)
    return drafts.saved(visit, f"/periods/{period_id}?saved=changed")


# --- Review and publishing --------------------------------------------------------------------------------


@router.post("/periods/{period_id}/state")
def change_state(visit: Visitor, period_id: UUID, sent: SentForm) -> Response:
    """Send a period for review, or take it back to draft; whoever was quicker is said."""
    found = _open(visit, period_id)
    form = Form(sent, order=("state",))
    body = filled(PeriodUpdate, {"state": form.value("state")}, form)
    version = form.number("version", "The version")
    if body is None or version is None:
        raise invalid("", "Use the button on the page of the period.")
    try:
        with db.write(visit.who) as connection:
            changed = periods_service.change_period(
                connection, visit.who, visit.at, period_id, body, version=version
            )
    except PreconditionFailed as stale:
        if stale.current["state"] != body.state:
            raise Conflict(
                f"Somebody changed {period_name(found.period)} while you looked at it. Read it again first."
            ) from stale
        changed = stale.current
    in_review = changed["state"] == PeriodState.in_review
    return see_other(f"/periods/{period_id}?saved={'review' if in_review else 'draft'}")


@router.get("/periods/{period_id}/publication")
def publish_form(visit: Visitor, period_id: UUID) -> Response:
    """What publishing will freeze, and what stands in its way."""
    found = _found(visit, period_id)
    publications_service.require_unpublished(found.period)
    return _publish_page(visit, found.period, Form({}))


@router.post("/periods/{period_id}/publication")
def publish(visit: Visitor, period_id: UUID, sent: SentForm) -> Response:
    """Publish. A period that is published already is refused, with who published it and when."""
    found = _found(visit, period_id)
    publications_service.require_unpublished(found.period)
    form = Form(sent)
    version = form.number("version", "The version")
    if version is None:
        form.fault("", "Read what will be published, then press the button below")
        return _publish_page(visit, found.period, form, status=422)
    try:
        with db.write(visit.who) as connection:
            publications_service.publish(connection, visit.who, visit.at, period_id, version=version)
    except PreconditionFailed as stale:
        form.fault("", "Somebody changed the period while you looked at it. Read it again, then publish")
        return _publish_page(visit, stale.current, form, status=409)
    except Invalid as error:
        form.take(error)
        return _publish_page(visit, found.period, form, status=422)
    return see_other(f"/periods/{period_id}?saved=published")


# --- Errata -----------------------------------------------------------------------------------------------


@router.get("/periods/{period_id}/errata")
def erratum_form(visit: Visitor, period_id: UUID) -> Response:
    """The form of a new erratum."""
    period = _published(visit, period_id)
    return _erratum_form(visit, period, drafts.resumed(visit, presenter.sent_erratum({})))


@router.post("/periods/{period_id}/errata")
def erratum(visit: Visitor, period_id: UUID, sent: SentForm) -> Response:
    """Add an erratum. The same form again is recorded once."""
    period = _published(visit, period_id)
    form = presenter.sent_erratum(sent)
    stated = presenter.stated_erratum(form)
    body = None if form.problems else filled(ErratumCreate, stated, form)
    if body is None:
        return _erratum_form(visit, period, form, status=422)
    try:
        with db.write(visit.who) as connection:
            latest = max(
                errata_service.list_errata(connection, visit.who, period_id),
                key=lambda one: int(one["sequence"]),
                default=None,
            )
            said = (body.text, body.effective_on or visit.at.today, visit.who.id)
            if not latest or said != (latest["text"], latest["effective_on"], latest["author_id"]):
                errata_service.add_erratum(connection, visit.who, visit.at, period_id, body)
    except Invalid as error:
        form.take(error)
        return _erratum_form(visit, period, form, status=422)
    return drafts.saved(visit, f"/periods/{period_id}?saved=erratum#errata")


# --- What the routes share --------------------------------------------------------------------------------


def _plan(visit: Visit, plan_id: UUID) -> dict[str, Any]:
    with db.read(visit.who) as connection:
        plan = plans_service.get_plan(connection, visit.who, plan_id)
    access.require(visit.who, Operation.edit)
    return plan


def _found(visit: Visit, period_id: UUID) -> Found:
    with db.read(visit.who) as connection:
        period = periods_service.get_period(connection, visit.who, period_id)
        plan = plans_service.get_plan(connection, visit.who, period["plan_id"])
    access.require(visit.who, Operation.edit)
    return Found(period, plan)


def _open(visit: Visit, period_id: UUID) -> Found:
    """A period that is not published, for somebody who may change it."""
    found = _found(visit, period_id)
    periods_service.require_open(found.period)
    return found


def _published(visit: Visit, period_id: UUID) -> dict[str, Any]:
    found = _found(visit, period_id)
    errata_service.require_published(found.period)
    return found.period


def _meant(model: type[Meant], stated: dict[str, Any], form: Form) -> Meant | None:
    """What a form of a period means; None, and every problem that it has at once, if it cannot be saved."""
    body = filled(model, stated, form)
    form.take(Invalid(periods_service.order_faults(stated)))
    return None if form.problems else body


def _says(period: dict[str, Any], stated: dict[str, Any]) -> bool:
    return all(period[name] == value for name, value in stated.items())


def _period_form(
    visit: Visit,
    plan: dict[str, Any],
    form: Form,
    period: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> Response:
    content = presenter.period_form_page(visit, plan, form, period)
    return page("pages/period_form.html", visit.who, content | {"draft": visit.path}, status=status)


def _stale(visit: Visit, current: dict[str, Any], form: Form) -> Response:
    href = f"/periods/{current['id']}"
    found = Stale(
        record_id=current["id"],
        caption="Period",
        heading=period_name(current),
        what="the period",
        section="periods",
        path=f"{href}/edit",
        back=href,
        version=current["version"],
    )
    return stale_page(visit, found, form, presenter.period_differences(current, form))


def _publish_page(visit: Visit, period: dict[str, Any], form: Form, *, status: int = 200) -> Response:
    with db.read(visit.who) as connection:
        findings = data_quality_service.findings(
            connection,
            visit.who,
            today=visit.at.today,
            as_at=min(period["last_day"], visit.at.today),
            plan_id=period["plan_id"],
        )
    content = presenter.publish_page(visit, period, findings, form)
    return page("pages/period_publish.html", visit.who, content, status=status)


def _erratum_form(visit: Visit, period: dict[str, Any], form: Form, *, status: int = 200) -> Response:
    content = presenter.erratum_page(visit, period, form)
    return page("pages/erratum_form.html", visit.who, content | {"draft": visit.path}, status=status)
