"""Pages of accounts, for admins: the list, an account, inviting, role and person, links, ends."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from fastapi import Request
from sqlalchemy import Connection
from starlette.responses import Response

from app import db
from app.access.roles import Operation, Principal, Role
from app.clock import Moment
from app.config import settings
from app.errors import Conflict, Invalid, PreconditionFailed, invalid
from app.lazy_routes import page_router
from app.services import access, accounts
from app.services import people as people_service
from app.web import drafts, record_forms
from app.web.deps import Present, SentForm
from app.web.downloads import download, download_asked
from app.web.forms import Form
from app.web.presenters import user_list
from app.web.presenters import users as presenter
from app.web.record_forms import RecordForm
from app.web.rendering import page, see_other
from app.web.visits import Visit

router = page_router()
LIST = presenter.LIST
People = list[dict[str, Any]]


@router.get("/admin/users")
def user_accounts(visit: Present, request: Request) -> Response:
    """The accounts of the area."""
    with db.read(visit.who) as connection:
        listed = accounts.list_users(connection, visit.who, visit.at.now)
    found = user_list.asked_of(request.query_params, listed)
    if kind := download_asked(request.query_params):
        return download(visit, kind, user_list.user_sheet(), found.items, found.chosen)
    return page("pages/users.html", visit.who, user_list.list_page(found))


# --- Inviting ---------------------------------------------------------------------------------------------


@router.get("/admin/users/new")
def invite_form(visit: Present) -> Response:
    """The form that invites somebody."""
    shown = presenter.invite_form(_free_people(visit))
    return record_forms.form_page(visit, shown, record_forms.sent(shown.fields, {"role": Role.viewer.value}))


@router.post("/admin/users/new")
def invite(visit: Present, sent: SentForm, request: Request) -> Response:
    """Add an account and show its link, once. The same form again adds nothing and shows no link."""
    shown = presenter.invite_form(_free_people(visit))
    form = record_forms.sent(shown.fields, sent)
    stated = _stated(shown.fields, form)
    if form.problems:
        return record_forms.form_page(visit, shown, form, status=422)
    try:
        user_id = record_forms.id_to_add(visit, form)
        with db.write(visit.who) as connection:
            token = accounts.invite(connection, visit.who, visit.at, user_id=user_id, **stated)
            user = accounts.get_user(connection, visit.who, user_id, visit.at.now)
    except Conflict:
        if not record_forms.agrees(shown.fields, form, _found(visit, user_id)):
            return record_forms.used_already(visit, shown, form)
        return drafts.saved(visit, shown.saved.replace("{id}", str(user_id)), form)
    except Invalid as error:
        form.take(error)
        return record_forms.form_page(visit, shown, form, status=422)
    drafts.forget(visit, form)
    return _link_page(visit, user, token, request, is_new=True)


def _free_people(visit: Visit, user: dict[str, Any] | None = None) -> People:
    """The people of the area who have no account, and the one whose account it is."""
    access.require(visit.who, Operation.administer)
    with db.read(visit.who) as connection:
        people = people_service.names(connection, visit.who)
        users = accounts.list_users(connection, visit.who, visit.at.now)
    taken = {one["person_id"] for one in users if user is None or one["id"] != user["id"]}
    return [one for one in people if one["id"] not in taken]


def _stated(fields: Any, form: Form, known: dict[str, Any] | None = None) -> dict[str, Any]:
    """What a form states of an account, as the service takes it."""
    found = record_forms.stated(fields, form, known=known)
    if found.get("role"):
        found["role"] = Role(found["role"])
    if found.get("person_id"):
        found["person_id"] = UUID(found["person_id"])
    return found


# --- An account -------------------------------------------------------------------------------------------


@router.get("/admin/users/{user_id}")
def user_page(visit: Present, user_id: UUID, said: str = "") -> Response:
    """An account; ``said`` is what has just been done."""
    user = _found(visit, user_id)
    content = presenter.user_page(user, said, is_own=user_id == visit.who.id)
    return page("pages/user.html", visit.who, content)


@router.get("/admin/users/{user_id}/edit")
def edit_form(visit: Present, user_id: UUID) -> Response:
    """The form that changes role and person."""
    user = _found(visit, user_id)
    shown = presenter.change_form(user, _free_people(visit, user), is_own=user_id == visit.who.id)
    form = record_forms.sent(shown.fields, record_forms.typed_of(shown.fields, user))
    return record_forms.form_page(visit, shown, form)


@router.post("/admin/users/{user_id}/edit")
def edit(visit: Present, user_id: UUID, sent: SentForm) -> Response:
    """Save role and person."""
    user = _found(visit, user_id)
    shown = presenter.change_form(user, _free_people(visit, user), is_own=user_id == visit.who.id)
    form = _versioned(record_forms.sent(shown.fields, sent))

    def work(connection: Connection, body: dict[str, Any]) -> str:
        version = record_forms.version_of(form)
        accounts.change_user(connection, visit.who, visit.at, user_id, body, version=version)
        return shown.saved

    return record_forms.save(visit, shown, form, _stated(shown.fields, form), work)


def _found(visit: Visit, user_id: UUID) -> dict[str, Any]:
    with db.read(visit.who) as connection:
        return accounts.get_user(connection, visit.who, user_id, visit.at.now)


def _versioned(form: Form) -> Form:
    """The form, with a problem where it carries no version: then it is not one of ours."""
    if not form.text("version"):
        form.fault("", record_forms.NOT_WHOLE)
    return form


# --- Links and ends ---------------------------------------------------------------------------------------


@router.post("/admin/users/{user_id}/link")
def new_link(visit: Present, user_id: UUID, sent: SentForm, request: Request) -> Response:
    """Make a one-time link and show it, once. The same form again makes none."""
    _found(visit, user_id)
    version = Form(sent).number("version", "The version")
    if version is None:
        raise invalid("", record_forms.NOT_WHOLE)
    try:
        with db.write(visit.who) as connection:
            token = accounts.new_link(connection, visit.who, visit.at, user_id, version=version)
            user = accounts.get_user(connection, visit.who, user_id, visit.at.now)
    except PreconditionFailed:
        return see_other(f"{LIST}/{user_id}?said=stale")
    except Conflict:
        return see_other(f"{LIST}/{user_id}?said=cannot")
    return _link_page(visit, user, token, request, is_new=False)


@router.get("/admin/users/{user_id}/disable")
def disable_form(visit: Present, user_id: UUID) -> Response:
    """Asks whether an account is to end."""
    return _asked(visit, user_id, presenter.disable_form)


@router.post("/admin/users/{user_id}/disable")
def disable(visit: Present, user_id: UUID, sent: SentForm) -> Response:
    """End an account, its sessions and its links."""
    return _confirmed(visit, user_id, sent, presenter.disable_form, _disable)


@router.get("/admin/users/{user_id}/enable")
def enable_form(visit: Present, user_id: UUID) -> Response:
    """Asks whether an account is to work again."""
    return _asked(visit, user_id, presenter.enable_form)


@router.post("/admin/users/{user_id}/enable")
def enable(visit: Present, user_id: UUID, sent: SentForm) -> Response:
    """Let the user of an account sign in again."""
    return _confirmed(visit, user_id, sent, presenter.enable_form, _enable)


@router.get("/admin/users/{user_id}/authenticator")
def authenticator_form(visit: Present, user_id: UUID) -> Response:
    """Asks whether the authenticator app of an account is to go."""
    return _asked(visit, user_id, presenter.authenticator_form)


@router.post("/admin/users/{user_id}/authenticator")
def remove_authenticator(visit: Present, user_id: UUID, sent: SentForm) -> Response:
    """Take away the authenticator app of somebody who lost it."""
    step = accounts.remove_authenticator
    return _confirmed(visit, user_id, sent, presenter.authenticator_form, step)


def _disable(connection: Connection, who: Principal, at: Moment, user_id: UUID, **named: Any) -> None:
    accounts.set_disabled(connection, who, at, user_id, True, **named)


def _enable(connection: Connection, who: Principal, at: Moment, user_id: UUID, **named: Any) -> None:
    accounts.set_disabled(connection, who, at, user_id, False, **named)


def _asked(visit: Visit, user_id: UUID, form_of: Callable[[dict[str, Any]], RecordForm]) -> Response:
    user = _found(visit, user_id)
    shown = form_of(user)
    form = record_forms.sent(shown.fields, {"version": str(user["version"])})
    return record_forms.form_page(visit, shown, form)


def _confirmed(
    visit: Visit,
    user_id: UUID,
    sent: dict[str, str],
    form_of: Callable[[dict[str, Any]], RecordForm],
    step: Callable[..., None],
) -> Response:
    shown = form_of(_found(visit, user_id))
    form = _versioned(record_forms.sent(shown.fields, sent))

    def work(connection: Connection, body: dict[str, Any]) -> str:
        version = record_forms.version_of(form)
        step(connection, visit.who, visit.at, user_id, version=version, reason=body["reason"])
        return shown.saved

    return record_forms.save(visit, shown, form, record_forms.stated(shown.fields, form), work)


def _link_page(visit: Visit, user: dict[str, Any], token: str, request: Request, *, is_new: bool) -> Response:
    # Where it is no demonstration, sessions are kept over https alone.
    scheme = "http" if settings().is_demo else "https"
    address = f"{scheme}://{request.headers.get('host', '')}/set-password/{token}"
    return page("pages/user_link.html", visit.who, presenter.link_page(user, address, is_new=is_new))
