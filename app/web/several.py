"""One form for updates of one action or of several: all of them are saved, or none."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from app import db
from app.access.roles import Operation, may
from app.errors import Invalid, NotFound, PreconditionFailed, ServiceError, invalid
from app.lazy_routes import page_router
from app.models.updates import UpdateCreate
from app.services import across_plans
from app.services import actions as actions_service
from app.services import plans as plans_service
from app.services import several as several_service
from app.services import updates as updates_service
from app.services.lists import Page
from app.services.several import ForAction
from app.web import drafts
from app.web.actions import may_update
from app.web.deps import Present, SentForm
from app.web.forms import Form, filled
from app.web.presenters import several as presenter
from app.web.presenters import updates as update_presenter
from app.web.presenters.action_filter import asked_for
from app.web.presenters.action_list import ROWS
from app.web.presenters.choose_updates import choose_page
from app.web.presenters.several import MOST, SentRow
from app.web.rendering import page
from app.web.repeats import is_newest
from app.web.visits import Visit

router = page_router()
NOBODY = UUID(int=0)
"""Leads nothing: whose actions somebody sees who is no person of the area."""
_OF = re.compile("[0-9a-f]{16}")
_STALE = "Somebody saved an update while you were writing. Read it below, then save yours again"


@router.get("/updates")
def updates_form(request: Request, visit: Present, back: str = "", of: str = "") -> Response:
    """The form for the actions that ``action`` names, as often as there are; ``of`` names a draft instead."""
    ids = _ids(request.query_params.getlist("action"))
    back = presenter.back_of(back)
    if not ids and _OF.fullmatch(of) and (kept := _kept(visit, f"{visit.path}?of={of}")):
        return kept
    with db.read(visit.who) as connection:
        found = across_plans.chosen(connection, visit.who, ids, today=visit.at.today)
    mine = [one for one in found if may_update(visit, one)]
    if not mine:
        return page("pages/updates_none.html", visit.who, presenter.nothing_page(back, len(ids)))
    if kept := _kept(visit, presenter.draft_address(one["id"] for one in mine[:MOST])):
        return kept
    content = presenter.several_page(
        visit,
        mine[:MOST],
        presenter.new_form(mine[:MOST]),
        back,
        versions={},
        left_out=len(ids) - len(mine),
        more=max(0, len(mine) - MOST),
    )
    return page("pages/updates_form.html", visit.who, content)


def _kept(visit: Visit, path: str) -> Response | None:
    """The form as the visitor left it, unsaved; None where nothing is kept at that address of a draft.

    What is kept says which actions they were.
    """
    form = drafts.resumed(visit, presenter.whole({}), path)
    if not form.kept:
        return None
    try:
        rows = presenter.sent_rows(form.typed)
        found = _found(visit, rows)
    except (Invalid, NotFound):
        return None
    if not all(may_update(visit, one) for one in found.values()):
        return None
    return _shown_again(visit, rows, found, form, presenter.back_of(form.value("back")), status=200)


@router.post("/updates")
def save_updates(visit: Present, sent: SentForm) -> Response:
    """Save every row that says something, or none of them. What was typed is never lost.

    Rows that are saved already (a form sent twice, or again after going back) are not saved a second time.
    """
    rows, form = presenter.sent_rows(sent), presenter.whole(sent)
    back = presenter.back_of(sent.get("back", ""))
    found = _found(visit, rows)
    said = [row for row in rows if row.is_filled]
    if not said:
        form.fault("status-1", "Say what has happened on at least one action, or cancel")
    wanted = _wanted(said)
    left = {row: body for row, body in wanted.items() if body and not _is_saved(visit, found, row, body)}
    stale: list[UUID] = []
    if said and None not in wanted.values():
        if not left:
            return drafts.saved(visit, presenter.back_with(back, "already"), form)
        errors = _save(visit, left)
        if not errors:
            return drafts.saved(visit, presenter.back_with(back, str(len(left))), form)
        found = _found(visit, rows)
        if all(_is_saved(visit, found, row, body) for row, body in left.items() if body):
            return drafts.saved(visit, presenter.back_with(back, "already"), form)
        stale = _take(errors, list(left))
    for row in said:
        presenter.carry(form, row, found[row.action_id]["ref"])
    return _shown_again(visit, rows, found, form, back, stale=stale, status=409 if stale else 422)


def _shown_again(
    visit: Visit,
    rows: Sequence[SentRow],
    found: Mapping[UUID, Mapping[str, Any]],
    form: Form,
    back: str,
    *,
    stale: Sequence[UUID] = (),
    status: int,
) -> Response:
    """The form with what was typed into it."""
    content = presenter.several_page(
        visit,
        [found[row.action_id] for row in rows],
        form,
        back,
        versions={row.action_id: (row.version, row.was) for row in rows},
        stale=stale,
    )
    return page("pages/updates_form.html", visit.who, content, status=status)


def _ids(typed: Sequence[str]) -> list[UUID]:
    """The ids that an address names. Raises Invalid for what is none, and for more than a list has rows."""
    if len(typed) > ROWS:
        raise invalid("/action", f"Choose at most {ROWS} actions.")
    try:
        return list(dict.fromkeys(UUID(one) for one in typed))
    except ValueError:
        raise invalid("/action", "Choose actions of a list.") from None


def _found(visit: Visit, rows: Sequence[SentRow]) -> dict[UUID, dict[str, Any]]:
    """The actions of the rows as they are now. Raises NotFound where one is not there."""
    ids = [row.action_id for row in rows]
    with db.read(visit.who) as connection:
        found = across_plans.chosen(connection, visit.who, ids, today=visit.at.today)
    if len(found) < len(ids):
        raise NotFound("action")
    return {one["id"]: one for one in found}


def _wanted(said: Sequence[SentRow]) -> dict[SentRow, UpdateCreate | None]:
    """What each row states; None for one with problems, which are in its form then."""
    found: dict[SentRow, UpdateCreate | None] = {}
    for row in said:
        stated = update_presenter.stated(row.form)
        found[row] = None if row.form.problems else filled(UpdateCreate, stated, row.form)
    return found


def _is_saved(
    visit: Visit, found: Mapping[UUID, Mapping[str, Any]], row: SentRow, body: UpdateCreate
) -> bool:
    """Whether the action's newest entry says this already: only where the action is not as it was shown."""
    if found[row.action_id]["version"] == row.version:
        return False
    with db.read(visit.who) as connection:
        entries = updates_service.list_updates(connection, visit.who, row.action_id)
    return is_newest(visit, entries, "updated", body)


def _save(visit: Visit, left: Mapping[SentRow, UpdateCreate | None]) -> Mapping[int, ServiceError]:
    """Save all, or none; what kept them from being saved, by the place of the row."""
    wanted = [ForAction(row.action_id, row.version, body) for row, body in left.items() if body]
    try:
        with db.write(visit.who) as connection:
            several_service.record_updates(connection, visit.who, visit.at, wanted)
    except several_service.NoneRecorded as refused:
        return refused.errors
    return {}


def _take(errors: Mapping[int, ServiceError], rows: Sequence[SentRow]) -> list[UUID]:
    """Say at each row what kept it from being saved; answers the actions that somebody else updated."""
    stale = []
    for place, error in errors.items():
        row = rows[place]
        if isinstance(error, Invalid):
            row.form.take(error)
        elif isinstance(error, PreconditionFailed):
            row.form.fault("status", _STALE)
            stale.append(row.action_id)
        else:
            row.form.fault("status", error.detail)
    return stale


@router.get("/plans/{plan_id}/updates")
def choose_updates(request: Request, visit: Present, plan_id: UUID, saved: str = "") -> Response:
    """Actions of a plan to choose from for one form of updates, by the filters of its list.

    ``priority`` leaves those under one priority. Contributors choose among those that they lead or co-lead.
    """
    asked, who = asked_for(request.query_params), visit.who
    under = _ids([one for one in [request.query_params.get("priority", "")] if one])
    wanted = asked.wanted(under[0] if under else None)
    if not may(who, Operation.edit):
        wanted = replace(wanted, lead_id=who.person_id or NOBODY)
    with db.read(who) as connection:
        plan = plans_service.get_plan(connection, who, plan_id)
        answer = actions_service.list_actions(
            connection,
            who,
            plan_id,
            today=visit.at.today,
            wanted=wanted,
            sort=asked.sort.lstrip("-"),
            descending=asked.sort.startswith("-"),
            asked=Page(limit=ROWS, offset=ROWS * (asked.page - 1)),
        )
    mine = [one for one in answer["items"] if may_update(visit, one)]
    content = choose_page(visit, plan, mine, answer["total"], asked, under, saved)
    return page("pages/updates_choose.html", who, content)
