"""Forms that change an action by a dated entry: its dates and impact, its action points, withdrawal."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection
from starlette.responses import Response

from app import db
from app.access.roles import Operation, may
from app.errors import Conflict, NotAllowed
from app.lazy_routes import page_router
from app.models.updates import UpdateCreate, Withdrawal
from app.services import access, refs
from app.services import actions as actions_service
from app.services import ordering as ordering_service
from app.services import updates as updates_service
from app.web import own_steps
from app.web.action_forms import refs_of
from app.web.action_points import at_places, ids_of
from app.web.actions import may_update
from app.web.deps import Present, SentForm
from app.web.forms import Form, filled
from app.web.presenters import action_forms as presenter
from app.web.presenters import action_meant as meaning
from app.web.record_forms import (
    NOT_WHOLE,
    RecordForm,
    form_page,
    save,
    sent,
    stated,
    typed_of,
    version_of,
)
from app.web.rendering import see_other
from app.web.visits import Visit

router = page_router()
Priorities = list[dict[str, Any]]
_NOTHING = "Nothing differs from what is recorded. Change something, or leave with Cancel"
_ENTRY = ("effective_on", "reason")


@router.get("/actions/{action_id}/dates")
def dates_form(visit: Present, action_id: UUID) -> Response:
    """The form of an action's dates and impact."""
    action, waits_for = _open(visit, action_id)
    shown = _dates(visit, action)
    known = meaning.flat(action, (), waits_for)
    return form_page(visit, shown, sent(shown.fields, typed_of(shown.fields, known)))


@router.post("/actions/{action_id}/dates")
def dates(visit: Present, action_id: UUID, typed: SentForm) -> Response:
    """Record the dates that differ, as one entry."""
    action, waits_for = _open(visit, action_id)
    shown = _dates(visit, action)
    form = sent(shown.fields, typed)
    with db.read(visit.who) as connection:
        by_ref = ids_of(connection, visit, action["plan_id"], form)
    found = stated(shown.fields, form, known=meaning.flat(action, (), waits_for))
    return _record(visit, shown, form, action, meaning.facts_meant(form, found, (), by_ref))


@router.get("/actions/{action_id}/points")
def points_form(visit: Present, action_id: UUID) -> Response:
    """The form of an action's refs under the priorities of its plan."""
    action, priorities, free = _placed(visit, action_id)
    shown = presenter.points_of(action, priorities, visit.at.today, free)
    known = meaning.flat(action, priorities)
    return form_page(visit, shown, sent(shown.fields, typed_of(shown.fields, known)))


@router.post("/actions/{action_id}/points")
def points(visit: Present, action_id: UUID, typed: SentForm) -> Response:
    """Record where an action stands from a day on: added to a priority, moved, taken away."""
    action, priorities, free = _placed(visit, action_id)
    shown = presenter.points_of(action, priorities, visit.at.today, free)
    form = sent(shown.fields, typed)
    found = stated(shown.fields, form, known=meaning.flat(action, priorities))
    facts = meaning.facts_meant(form, found, priorities, {})
    return _record(visit, shown, form, action, facts, priorities)


@router.get("/actions/{action_id}/withdrawal")
def withdrawal_form(visit: Present, action_id: UUID) -> Response:
    """Asks before an action is withdrawn, or before one that is withdrawn is reinstated."""
    action = _action(visit, action_id)
    access.require(visit.who, Operation.edit)
    shown = presenter.withdrawal_of(action, visit.at.today)
    typed = {"version": str(action["version"]), "wanted": _wanted(action)}
    return form_page(visit, shown, sent(shown.fields, typed))


@router.post("/actions/{action_id}/withdrawal")
def withdrawal(visit: Present, action_id: UUID, typed: SentForm) -> Response:
    """Withdraw or reinstate an action, as the form said. Where that is done already, nothing is."""
    action = _action(visit, action_id)
    access.require(visit.who, Operation.edit)
    shown = presenter.withdrawal_of(action, visit.at.today)
    form = sent(shown.fields, typed)
    said = stated(shown.fields, form)
    wanted = said.pop("wanted")
    if not wanted:
        form.fault("", NOT_WHOLE)
    body = filled(Withdrawal, said, form)
    if wanted in ("withdrawn", "reinstated") and wanted != _wanted(action):
        own_steps.require_own(visit, action_id, body, is_now=f"The action is {wanted}")
        return see_other(f"/actions/{action_id}?saved={wanted}")

    def step(connection: Connection, body: Withdrawal) -> str:
        work = updates_service.reinstate if action["withdrawn"] else updates_service.withdraw
        work(connection, visit.who, visit.at, action_id, body, version=version_of(form))
        return shown.saved

    return save(visit, shown, form, body, step)


# --- What the routes share --------------------------------------------------------------------------------


def _record(
    visit: Visit,
    shown: RecordForm,
    form: Form,
    action: Mapping[str, Any],
    facts: dict[str, Any],
    priorities: Priorities | tuple[()] = (),
) -> Response:
    """Record what differs, as one entry; say so where nothing does."""
    said = {name: value for name, value in facts.items() if name not in _ENTRY or value is not None}
    if not form.has("version"):
        form.fault("", NOT_WHOLE)
    elif not said.keys() - set(_ENTRY):
        # The same form again: what it says is recorded already.
        step = own_steps.Sent(said.get("effective_on"), said.get("reason"))
        if version_of(form) < action["version"] and own_steps.is_own(visit, action["id"], step):
            return see_other(shown.saved)
        form.fault("", _NOTHING)
    body = None if form.problems else filled(UpdateCreate, said, form)

    def change(connection: Connection, body: UpdateCreate) -> str:
        with at_places(meaning.point_fields(form, priorities)):
            updates_service.record_update(
                connection, visit.who, visit.at, action["id"], body, version=version_of(form)
            )
        return shown.saved

    def known(current: Mapping[str, Any]) -> dict[str, Any]:
        with db.read(visit.who) as connection:
            return meaning.flat(current, priorities, refs_of(connection, visit, current))

    return save(visit, shown, form, body, change, known=known)


def _wanted(action: Mapping[str, Any]) -> str:
    return "reinstated" if action["withdrawn"] else "withdrawn"


def _dates(visit: Visit, action: Mapping[str, Any]) -> RecordForm:
    return presenter.dates_of(action, visit.at.today, may_edit=may(visit.who, Operation.edit))


def _action(visit: Visit, action_id: UUID) -> dict[str, Any]:
    with db.read(visit.who) as connection:
        return actions_service.get_action(connection, visit.who, action_id, today=visit.at.today)


def _open(visit: Visit, action_id: UUID) -> tuple[dict[str, Any], list[str]]:
    """An action for somebody who may update it, and the refs that it waits for."""
    action = _action(visit, action_id)
    _require_counted(action)
    if not may_update(visit, action):
        access.require(visit.who, Operation.contribute)
        raise NotAllowed("You can update the actions that you lead or co-lead. Ask an editor about others.")
    with db.read(visit.who) as connection:
        return action, refs_of(connection, visit, action)


def _placed(visit: Visit, action_id: UUID) -> tuple[dict[str, Any], Priorities, dict[UUID, str]]:
    """An action for somebody who may move it, the priorities of its plan, and the next free ref of each."""
    action = _action(visit, action_id)
    access.require(visit.who, Operation.edit)
    _require_counted(action)
    with db.read(visit.who) as connection:
        free = refs.next_refs(connection, visit.who, action["plan_id"], visit.at.today)
        found = ordering_service.priorities_in_order(connection, visit.who, action["plan_id"])
    return action, found, free


def _require_counted(action: Mapping[str, Any]) -> None:
    if action["withdrawn"]:
        raise Conflict("The action is withdrawn. It can be changed after it has been reinstated.")
