"""Pages of an action: what it is, its history, and the form that adds an update."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection
from starlette.responses import Response

from app import db
from app.access.roles import Operation, may
from app.errors import Conflict, Invalid, NotAllowed, PreconditionFailed
from app.lazy_routes import page_router
from app.models.updates import UpdateCreate
from app.services import access
from app.services import actions as actions_service
from app.services import data_quality as data_quality_service
from app.services import plans as plans_service
from app.services import updates as updates_service
from app.web import drafts
from app.web.deps import SentForm, Visitor
from app.web.forms import Form, filled
from app.web.period_line import with_period
from app.web.presenters import updates as presenter
from app.web.presenters.action_page import action_page, stale_of, update_page
from app.web.presenters.data_quality import section
from app.web.rendering import page
from app.web.repeats import is_newest
from app.web.stale import stale_page
from app.web.visits import Visit

router = page_router()


@router.get("/actions/{action_id}")
def action(visit: Visitor, action_id: UUID, saved: str = "") -> Response:
    """One action with its history. ``saved`` says what was just saved."""
    with db.read(visit.who) as connection:
        found = _action(connection, visit, action_id)
        plan = plans_service.get_plan(connection, visit.who, found["plan_id"])
        visit = with_period(connection, visit, found["plan_id"])
        entries = updates_service.list_updates(connection, visit.who, action_id)
        findings = data_quality_service.of_action(
            connection, visit.who, action_id, today=visit.at.today, as_at=visit.day
        )
    content = action_page(visit, found, plan, entries, may_update(visit, found), findings, saved=saved)
    return page("pages/action.html", visit.who, content)


@router.get("/actions/{action_id}/update")
def update_form(visit: Visitor, action_id: UUID) -> Response:
    """The form that adds an update; always to today's record, whatever day was looked at."""
    found = _present(visit, action_id)
    return _form_page(visit, found, drafts.resumed(visit, presenter.new_form(found)))


@router.post("/actions/{action_id}/update")
def update(visit: Visitor, action_id: UUID, sent: SentForm) -> Response:
    """Save an update. A stale form shows both versions; what was typed is never lost.

    The same form again (sent twice, or once more after going back) is told that it is saved.
    """
    found = _present(visit, action_id)
    form = presenter.sent(sent)
    if form.value("edit"):
        return _form_page(visit, found, form)
    stated = presenter.stated(form)
    version = form.number("version", "The version")
    body = None if form.problems else filled(UpdateCreate, stated, form)
    if body is None:
        return _form_page(visit, found, form, status=422)
    if _is_saved(visit, action_id, body):
        return drafts.saved(visit, f"/actions/{action_id}?saved=already")
    try:
        with db.write(visit.who) as connection:
            updates_service.record_update(
                connection, visit.who, visit.at, action_id, body, version=version or 0
            )
    except PreconditionFailed as stale:
        # The same form may have been saved since it was looked for: a button pressed twice.
        if _is_saved(visit, action_id, body):
            return drafts.saved(visit, f"/actions/{action_id}?saved=already")
        lines = presenter.differences(stale.current, form)
        return stale_page(visit, stale_of(stale.current), form, lines)
    except Invalid as error:
        form.take(error)
        return _form_page(visit, found, form, status=422)
    return drafts.saved(visit, f"/actions/{action_id}?saved=1")


def may_update(visit: Visit, found: dict[str, Any]) -> bool:
    """Whether the visitor may update this action: the same rule as the service's, for showing the form."""
    people = [found["lead"]["id"] if found["lead"] else None, *(one["id"] for one in found["co_leads"])]
    own = access.is_person(visit.who, *people)
    return may(visit.who, Operation.contribute, own=own) and not found["withdrawn"]


def _present(visit: Visit, action_id: UUID) -> dict[str, Any]:
    """The action as it is today, for somebody who may update it."""
    with db.read(visit.who) as connection:
        found = actions_service.get_action(connection, visit.who, action_id, today=visit.at.today)
    if found["withdrawn"]:
        raise Conflict("The action is withdrawn. It can be updated after it has been reinstated.")
    if not may_update(visit, found):
        access.require(visit.who, Operation.contribute)
        raise NotAllowed("You can update the actions that you lead or co-lead. Ask an editor about others.")
    return found


def _is_saved(visit: Visit, action_id: UUID, body: UpdateCreate) -> bool:
    with db.read(visit.who) as connection:
        entries = updates_service.list_updates(connection, visit.who, action_id)
    return is_newest(visit, entries, "updated", body)


def _action(connection: Connection, visit: Visit, action_id: UUID) -> dict[str, Any]:
    return actions_service.get_action(connection, visit.who, action_id, today=visit.at.today, as_at=visit.day)


def _form_page(visit: Visit, found: dict[str, Any], form: Form, *, status: int = 200) -> Response:
    with db.read(visit.who) as connection:
        findings = data_quality_service.of_action(connection, visit.who, found["id"], today=visit.at.today)
    content = update_page(visit, found, form) | {"quality": section(visit, findings), "draft": visit.path}
    return page("pages/action_update.html", visit.who, content, status=status)
