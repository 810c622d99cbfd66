"""Forms that add an action to a plan, copy one, and change what of one is not dated."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection
from starlette.responses import Response

from app import db
from app.access.roles import Operation
from app.errors import Conflict
from app.lazy_routes import page_router
from app.models.actions import ActionCreate, ActionUpdate
from app.plans.statuses import Status
from app.services import access, refs
from app.services import actions as actions_service
from app.services import ordering as ordering_service
from app.services import people as people_service
from app.services import plans as plans_service
from app.web.action_points import at_places, ids_of
from app.web.deps import Present, SentForm
from app.web.forms import filled
from app.web.presenters import action_forms as presenter
from app.web.presenters import action_meant as meaning
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


class Around(NamedTuple):
    """What a form of an action needs: its plan, that plan's priorities, the people of the area.

    ``free`` is the ref that follows the last one under each priority.
    """

    plan: dict[str, Any]
    priorities: list[dict[str, Any]]
    people: list[dict[str, Any]]
    free: dict[UUID, str]


@router.get("/plans/{plan_id}/actions/new")
def new_form(visit: Present, plan_id: UUID, priority: str = "") -> Response:
    """The form of a new action, with the next ref of the priority that it is asked for under."""
    around = _around(visit, plan_id)
    typed = {"status": Status.not_started.value, "due_kind": meaning.ON_A_DAY}
    under = next((one for one in around.priorities if str(one["id"]) == priority), None)
    if under is None and len(around.priorities) == 1:
        under = around.priorities[0]
    if under:
        typed[f"points_{around.priorities.index(under)}"] = around.free[under["id"]]
    shown = _new(visit, around, under)
    return form_page(visit, shown, sent(shown.fields, typed))


@router.post("/plans/{plan_id}/actions/new")
def new(visit: Present, plan_id: UUID, typed: SentForm) -> Response:
    """Add an action. The same form again finds the action that it made."""
    around = _around(visit, plan_id)
    return _add(visit, around, _new(visit, around), typed)


@router.get("/actions/{action_id}/copy")
def copy_form(visit: Present, action_id: UUID) -> Response:
    """The form of a new action, filled in with another one."""
    action = _action(visit, action_id)
    around = _around(visit, action["plan_id"])
    shown = _new(visit, around, of=action)
    with db.read(visit.who) as connection:
        waits_for = refs_of(connection, visit, action)
    under = {str(point["priority_id"]) for point in action["points"]}
    proposed = {
        place: around.free[one["id"]]
        for place, one in enumerate(around.priorities)
        if str(one["id"]) in under
    }
    known = meaning.flat(action, (), waits_for) | {
        "status": Status.not_started.value,
        "reason": f"Copied from {action['ref']}.",
        **{f"points_{place}": ref for place, ref in proposed.items()},
        **dict.fromkeys(("completed_on", "forecast_on", "path_to_green", "evidence_links")),
    }
    del known["version"]
    return form_page(visit, shown, sent(shown.fields, typed_of(shown.fields, known)))


@router.post("/actions/{action_id}/copy")
def copy(visit: Present, action_id: UUID, typed: SentForm) -> Response:
    """Add the copy of an action, as it was filled in."""
    action = _action(visit, action_id)
    around = _around(visit, action["plan_id"])
    return _add(visit, around, _new(visit, around, of=action), typed)


@router.get("/actions/{action_id}/edit")
def edit_form(visit: Present, action_id: UUID) -> Response:
    """The form of what of an action is not dated."""
    action = _action(visit, action_id)
    shown = presenter.edit_action(action, _people(visit))
    return form_page(visit, shown, sent(shown.fields, typed_of(shown.fields, meaning.flat(action))))


@router.post("/actions/{action_id}/edit")
def edit(visit: Present, action_id: UUID, typed: SentForm) -> Response:
    """Save what of an action is not dated."""
    action = _action(visit, action_id)
    shown = presenter.edit_action(action, _people(visit))
    form = sent(shown.fields, typed)
    found = stated(shown.fields, form, known=meaning.flat(action))
    body = filled(ActionUpdate, meaning.own_meant(form, shown.fields, found), form)

    def change(connection: Connection, body: ActionUpdate) -> str:
        version = version_of(form)
        actions_service.change_action(connection, visit.who, visit.at, action_id, body, version=version)
        return shown.saved

    return save(visit, shown, form, body, change, known=meaning.flat)


def refs_of(connection: Connection, visit: Visit, action: Mapping[str, Any]) -> list[str]:
    """The refs of the actions that an action waits for."""
    who, today = visit.who, visit.at.today
    return [
        actions_service.get_action(connection, who, UUID(str(one)), today=today)["ref"]
        for one in action["depends_on"]
    ]


def _add(visit: Visit, around: Around, shown: RecordForm, typed: Mapping[str, str]) -> Response:
    form = sent(shown.fields, typed)
    found = stated(shown.fields, form)
    with db.read(visit.who) as connection:
        by_ref = ids_of(connection, visit, around.plan["id"], form)
    meant = meaning.facts_meant(form, meaning.own_meant(form, shown.fields, found), around.priorities, by_ref)
    given = {name: value for name, value in meant.items() if value is not None}
    body = None if form.problems else filled(ActionCreate, given, form)

    def add(connection: Connection, body: ActionCreate) -> str:
        wanted = id_to_add(visit, form)
        with at_places(meaning.point_fields(form, around.priorities)):
            actions_service.create_action(
                connection, visit.who, visit.at, around.plan["id"], body, action_id=wanted
            )
        return f"/actions/{wanted}?saved=added"

    def exists(connection: Connection, wanted: UUID) -> object:
        return actions_service.get_action(connection, visit.who, wanted, today=visit.at.today)

    return save(visit, shown, form, body, add, exists=exists)


def _new(
    visit: Visit,
    around: Around,
    under: Mapping[str, Any] | None = None,
    *,
    of: Mapping[str, Any] | None = None,
) -> RecordForm:
    """The form of a new action, and where it leads back to."""
    back = (str(around.plan["title"]), f"/plans/{around.plan['id']}")
    if under:
        back = (f"{under['ref']} {under['title']}", f"/priorities/{under['id']}")
    if of:
        back = (f"{of['ref']} {of['title']}", f"/actions/{of['id']}")
    return presenter.new_action(
        around.priorities, around.people, visit.at.today, around.free, back=back, of=of
    )


def _around(visit: Visit, plan_id: UUID) -> Around:
    with db.read(visit.who) as connection:
        plan = plans_service.get_plan(connection, visit.who, plan_id)
        priorities = ordering_service.priorities_in_order(connection, visit.who, plan_id)
        people = people_service.names(connection, visit.who)
        free = refs.next_refs(connection, visit.who, plan_id, visit.at.today)
    access.require(visit.who, Operation.edit)
    if not priorities:
        raise Conflict(
            f"The plan has no {plan['priority_label']} yet: add one first, for the action to stand under."
        )
    return Around(plan, priorities, people, free)


def _people(visit: Visit) -> Sequence[Mapping[str, Any]]:
    with db.read(visit.who) as connection:
        return people_service.names(connection, visit.who)


def _action(visit: Visit, action_id: UUID) -> dict[str, Any]:
    """The action as it is today, for somebody who may change it."""
    with db.read(visit.who) as connection:
        action = actions_service.get_action(connection, visit.who, action_id, today=visit.at.today)
    access.require(visit.who, Operation.edit)
    return action
