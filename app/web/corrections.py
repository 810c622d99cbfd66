"""Forms that correct an entry by a new one that names it (domain rules, section 5)."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection
from starlette.responses import Response

from app import db
from app.access.roles import Operation
from app.errors import Conflict, NotAllowed, NotFound
from app.lazy_routes import page_router
from app.models.management_actions import ManagementActionUpdateCreate
from app.models.risks import AssessmentCreate
from app.models.updates import UpdateCreate
from app.services import access, refs
from app.services import actions as actions_service
from app.services import assessments as assessments_service
from app.services import management_actions as management_service
from app.services import ordering as ordering_service
from app.services import registers as registers_service
from app.services import risks as risks_service
from app.services import updates as updates_service
from app.services.entries import may_correct
from app.web import drafts
from app.web.action_forms import refs_of
from app.web.action_points import at_places, ids_of
from app.web.actions import may_update
from app.web.deps import Present, SentForm
from app.web.forms import filled
from app.web.presenters import action_meant as meaning
from app.web.presenters import corrections as presenter
from app.web.presenters import management_corrections as management_presenter
from app.web.presenters import risk_corrections as risk_presenter
from app.web.presenters.dates import recorded
from app.web.record_forms import RecordForm, form_page, save, sent, stated, typed_of, version_of
from app.web.rendering import page
from app.web.repeats import is_newest
from app.web.risk_forms import around
from app.web.risks import present
from app.web.visits import Visit

router = page_router()
Item = dict[str, Any]
_WITHDRAWN = "The action is withdrawn. Its entries can be corrected after it has been reinstated."
_OPENED = "This entry opened the risk, so none can take its place. Assess the risk, and date that back."
_NOT_YOURS = "You can correct the updates of what you lead or answer for. Ask an editor about other entries."


# --- Entries of an action ---------------------------------------------------------------------------------


class Update(NamedTuple):
    """An entry of an action, with the action, its whole history, and what the form is filled from."""

    entry: Item
    action: Item
    entries: list[Item]
    priorities: list[Item]
    waits_for: list[str]
    shown: RecordForm


@router.get("/updates/{update_id}/correction")
def update_form(visit: Present, update_id: UUID) -> Response:
    """The form that corrects an entry of an action, filled with what the entry says."""
    found = _update(visit, update_id)
    _require_counted(found.entry, found.entries)
    known = presenter.update_as_typed(found.entry, found.action["version"], found.priorities, found.waits_for)
    return form_page(visit, found.shown, sent(found.shown.fields, typed_of(found.shown.fields, known)))


@router.post("/updates/{update_id}/correction")
def update(visit: Present, update_id: UUID, typed: SentForm) -> Response:
    """Correct an entry of an action. The same form again (sent twice) corrects it once."""
    found = _update(visit, update_id)
    shown, action, priorities = found.shown, found.action, found.priorities
    form = sent(shown.fields, typed)
    with db.read(visit.who) as connection:
        by_ref = ids_of(connection, visit, action["plan_id"], form)
    said = stated(shown.fields, form)
    meant = presenter.update_meant(form, said, found.entry, priorities, by_ref)
    body = None if form.problems else filled(UpdateCreate, meant, form)
    if found.entry["replaced_by"]:
        if body is not None and is_newest(visit, found.entries, "updated", body):
            return drafts.saved(visit, shown.saved, form)
        _require_counted(found.entry, found.entries)

    def correct(connection: Connection, body: UpdateCreate) -> str:
        with at_places(meaning.point_fields(form, priorities)):
            updates_service.record_update(
                connection, visit.who, visit.at, action["id"], body, version=version_of(form)
            )
        return shown.saved

    return save(visit, shown, form, body, correct)


def _update(visit: Visit, update_id: UUID) -> Update:
    """An entry for somebody who may correct it."""
    who, today = visit.who, visit.at.today
    with db.read(who) as connection:
        action_id = updates_service.find_update(connection, who, update_id)["action_id"]
        action = actions_service.get_action(connection, who, action_id, today=today)
        entries = updates_service.list_updates(connection, who, action_id)
        entry = _of(entries, update_id)
        waits_for = refs_of(connection, visit, {"depends_on": entry["facts"].get("depends_on") or ()})
        priorities = ordering_service.priorities_in_order(connection, who, action["plan_id"])
        free = refs.next_refs(connection, who, action["plan_id"], today) if "points" in entry["facts"] else {}
    if action["withdrawn"] and entry["operation"] != "withdrawn":
        raise Conflict(_WITHDRAWN)
    # A withdrawal is corrected while the action is withdrawn; nothing else of it is.
    if not (may_update(visit, action | {"withdrawn": False}) and may_correct(who, entry)):
        raise NotAllowed(_NOT_YOURS)
    shown = presenter.correct_update(action, entry, today, priorities, free)
    return Update(entry, action, entries, priorities, waits_for, shown)


# --- Entries of a risk ------------------------------------------------------------------------------------


class Assessment(NamedTuple):
    """An entry of a risk, with the risk, its whole history, and the form."""

    entry: Item
    risk: Item
    entries: list[Item]
    shown: RecordForm


@router.get("/assessments/{assessment_id}/correction")
def assessment_form(visit: Present, assessment_id: UUID) -> Response:
    """The form that corrects an entry of a risk, filled with what the entry says."""
    found = _assessment(visit, assessment_id)
    _require_counted(found.entry, found.entries)
    known = risk_presenter.assessment_as_typed(found.entry, found.risk["version"])
    return form_page(visit, found.shown, sent(found.shown.fields, typed_of(found.shown.fields, known)))


@router.post("/assessments/{assessment_id}/correction")
def assessment(visit: Present, assessment_id: UUID, typed: SentForm) -> Response:
    """Correct an entry of a risk. The same form again (sent twice) corrects it once."""
    found = _assessment(visit, assessment_id)
    shown = found.shown
    form = sent(shown.fields, typed)
    meant = risk_presenter.assessment_meant(form, stated(shown.fields, form), found.entry, shown.fields)
    body = None if form.problems else filled(AssessmentCreate, meant, form)
    if found.entry["replaced_by"]:
        if body is not None and is_newest(visit, found.entries, "assessed", body):
            return drafts.saved(visit, shown.saved, form)
        _require_counted(found.entry, found.entries)

    def correct(connection: Connection, body: AssessmentCreate) -> str:
        version = version_of(form)
        assessments_service.assess(connection, visit.who, visit.at, found.risk["id"], body, version=version)
        return shown.saved

    return save(visit, shown, form, body, correct)


def _assessment(visit: Visit, assessment_id: UUID) -> Assessment:
    """An entry for somebody who may correct it."""
    who, today = visit.who, visit.at.today
    with db.read(who) as connection:
        risk_id = assessments_service.find_assessment(connection, who, assessment_id)["risk_id"]
    risk, _ = present(visit, risk_id)
    with db.read(who) as connection:
        entries = assessments_service.list_assessments(connection, who, risk_id)
        entry = _of(entries, assessment_id)
        if not may_correct(who, entry):
            raise NotAllowed(_NOT_YOURS)
        if entry["operation"] == "added":
            raise Conflict(_OPENED)
        day = entry["effective_on"]
        register = registers_service.get_register(connection, who, risk["register_id"], today=today, day=day)
        choices = around(connection, visit, register["id"]) if "priority_id" in entry["facts"] else None
    matrix = registers_service.matrix_of(register["matrix"])
    shown = risk_presenter.correct_assessment(risk, entry, matrix, choices)
    return Assessment(entry, risk, entries, shown)


# --- Entries of a management action -----------------------------------------------------------------------


@router.get("/management-actions/{management_action_id}/updates")
def management_history(visit: Present, management_action_id: UUID, saved: str = "") -> Response:
    """What was recorded of a management action. ``saved`` says what was just saved."""
    one, risk, entries = _management_action(visit, management_action_id)
    return page(
        "pages/management_action.html",
        visit.who,
        management_presenter.history_page(visit, one, risk, entries, saved=saved),
    )


@router.get("/management-actions/{management_action_id}/updates/{entry_id}/correction")
def management_form(visit: Present, management_action_id: UUID, entry_id: UUID) -> Response:
    """The form that corrects an entry of a management action, filled with what the entry says."""
    one, risk, entries = _management_action(visit, management_action_id)
    entry = _own_entry(visit, entries, entry_id)
    _require_counted(entry, entries)
    shown = management_presenter.correct(one, risk, entry)
    known = management_presenter.as_typed(entry, one["version"])
    return form_page(visit, shown, sent(shown.fields, typed_of(shown.fields, known)))


@router.post("/management-actions/{management_action_id}/updates/{entry_id}/correction")
def management(visit: Present, management_action_id: UUID, entry_id: UUID, typed: SentForm) -> Response:
    """Correct an entry of a management action. The same form again (sent twice) corrects it once."""
    one, risk, entries = _management_action(visit, management_action_id)
    entry = _own_entry(visit, entries, entry_id)
    shown = management_presenter.correct(one, risk, entry)
    form = sent(shown.fields, typed)
    meant = management_presenter.meant(stated(shown.fields, form), entry)
    body = None if form.problems else filled(ManagementActionUpdateCreate, meant, form)
    if entry["replaced_by"]:
        if body is not None and is_newest(visit, entries, "updated", body):
            return drafts.saved(visit, shown.saved, form)
        _require_counted(entry, entries)

    def correct(connection: Connection, body: ManagementActionUpdateCreate) -> str:
        version = version_of(form)
        management_service.record_update(
            connection, visit.who, visit.at, management_action_id, body, version=version
        )
        return shown.saved

    return save(visit, shown, form, body, correct)


def _management_action(visit: Visit, management_action_id: UUID) -> tuple[Item, Item, list[Item]]:
    """A management action as it is today, its risk, and all that was recorded of it."""
    who, today = visit.who, visit.at.today
    with db.read(who) as connection:
        one = management_service.get_management_action(connection, who, management_action_id, today=today)
        risk = risks_service.get_risk(connection, who, one["risk_id"], today=today)
        return one, risk, management_service.list_updates(connection, who, management_action_id)


def _own_entry(visit: Visit, entries: Iterable[Item], entry_id: UUID) -> Item:
    """An entry, for an editor. Raises NotFound for one of another record."""
    access.require(visit.who, Operation.edit)
    found = next((one for one in entries if one["id"] == entry_id), None)
    if found is None:
        raise NotFound("entry")
    return found


# --- What the routes share --------------------------------------------------------------------------------


def _of(entries: Iterable[Item], entry_id: UUID) -> Item:
    return next(one for one in entries if one["id"] == entry_id)


def _require_counted(entry: Mapping[str, Any], entries: Iterable[Item]) -> None:
    """Raises Conflict for an entry that was corrected already: the newer one is the one to correct."""
    newer = next((one for one in entries if one["id"] == entry["replaced_by"]), None)
    if newer is not None:
        raise Conflict(
            f"This entry was corrected already. {newer['author_name']} did so, "
            f"{recorded(newer['recorded_at'])}. If that is wrong too, correct the newer entry."
        )
