"""Pages of API clients, for admins: the list, a client, adding, changing, secrets and ends."""

from typing import Any
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from app import db
from app.access.roles import Operation
from app.config import settings
from app.errors import Conflict, Invalid, PreconditionFailed
from app.lazy_routes import page_router
from app.services import access
from app.services import clients as clients_service
from app.web import drafts
from app.web.deps import Present, SentForm
from app.web.downloads import download, download_asked
from app.web.forms import Form
from app.web.presenters import client_forms as forms
from app.web.presenters import clients as presenter
from app.web.presenters.both_versions import Stale
from app.web.record_forms import NOT_WHOLE, version_sent
from app.web.rendering import page, see_other
from app.web.repeats import id_set_aside, set_aside
from app.web.stale import stale_page
from app.web.visits import Visit

router = page_router()


@router.get("/admin/clients")
def client_list(visit: Present, request: Request) -> Response:
    """The clients of the area."""
    with db.read(visit.who) as connection:
        clients = clients_service.list_clients(connection, visit.who, visit.at.now)
    found = presenter.client_list(request.query_params, clients)
    if kind := download_asked(request.query_params):
        return download(visit, kind, presenter.client_sheet(), found.items, found.chosen)
    return page("pages/clients.html", visit.who, presenter.list_page(found, is_empty=not clients))


# --- Adding -----------------------------------------------------------------------------------------------


@router.get("/admin/clients/new")
def new_form(visit: Present) -> Response:
    """The form of a new client."""
    access.require(visit.who, Operation.administer)
    return _new_page(visit, drafts.resumed(visit, forms.empty(set_aside(visit.who))))


@router.post("/admin/clients/new")
def new(visit: Present, sent: SentForm, request: Request) -> Response:
    """Add a client and show its secret, once. The same form again adds nothing and shows no secret."""
    access.require(visit.who, Operation.administer)
    form = forms.sent(sent)
    client_id = id_set_aside(visit.who, form.value("key"))
    if client_id is None:
        form.fault("", NOT_WHOLE)
        return _new_page(visit, forms.sent({**sent, "key": set_aside(visit.who)}, form), status=422)
    stated = forms.stated(form)
    if form.problems:
        return _new_page(visit, form, status=422)
    try:
        with db.write(visit.who) as connection:
            _, secret = clients_service.create_client(
                connection, visit.who, visit.at, client_id=client_id, **stated
            )
            client = clients_service.get_client(connection, visit.who, client_id, visit.at.now)
    except Conflict:
        return drafts.saved(visit, f"/admin/clients/{client_id}?said=created")
    except Invalid as error:
        form.take(error)
        return _new_page(visit, form, status=422)
    drafts.forget(visit, form)
    return _secret_page(visit, client, secret, request)


def _new_page(visit: Visit, form: Form, *, status: int = 200) -> Response:
    content = forms.new_page(form) | {"draft": visit.path}
    return page("pages/client_form.html", visit.who, content, status=status)


# --- A client ---------------------------------------------------------------------------------------------


@router.get("/admin/clients/{client_id}")
def client_page(visit: Present, client_id: UUID, said: str = "") -> Response:
    """A client with its live secrets; ``said`` is what has just been done."""
    return page("pages/client.html", visit.who, presenter.client_page(_found(visit, client_id), said))


@router.get("/admin/clients/{client_id}/edit")
def edit_form(visit: Present, client_id: UUID) -> Response:
    """The form of a client as it is."""
    client = _found(visit, client_id)
    if client["state"] == "revoked":
        return see_other(f"/admin/clients/{client_id}?said=ended")
    return _edit_page(visit, client, drafts.resumed(visit, forms.known(client)))


@router.post("/admin/clients/{client_id}/edit")
def edit(visit: Present, client_id: UUID, sent: SentForm) -> Response:
    """Save name, quota and end. A stale form shows both versions."""
    client, form = _found(visit, client_id), forms.sent_change(sent)
    if client["state"] == "revoked":
        return see_other(f"/admin/clients/{client_id}?said=ended")
    if form.value("edit"):
        return _edit_page(visit, client, form)
    version = form.number("version", "The version")
    if version is None:
        form.fault("", NOT_WHOLE)
    stated = forms.stated_change(form)
    if form.problems:
        return _edit_page(visit, client, form, status=422)
    try:
        with db.write(visit.who) as connection:
            clients_service.change_client(connection, visit.who, visit.at, client_id, stated, version=version)
    except PreconditionFailed as stale:
        return _stale(visit, stale.current, form)
    except Conflict:
        return see_other(f"/admin/clients/{client_id}?said=ended")
    except Invalid as error:
        form.take(error)
        return _edit_page(visit, client, form, status=422)
    return drafts.saved(visit, f"/admin/clients/{client_id}?said=changed", form)


def _found(visit: Visit, client_id: UUID) -> dict[str, Any]:
    with db.read(visit.who) as connection:
        return clients_service.get_client(connection, visit.who, client_id, visit.at.now)


def _edit_page(visit: Visit, client: dict[str, Any], form: Form, *, status: int = 200) -> Response:
    content = forms.edit_page(client, form) | {"draft": visit.path}
    return page("pages/client_form.html", visit.who, content, status=status)


def _stale(visit: Visit, current: dict[str, Any], form: Form) -> Response:
    href = f"/admin/clients/{current['id']}"
    found = Stale(
        record_id=current["id"],
        caption=current["name"],
        heading="Change the client",
        what="this client",
        section="admin",
        path=f"{href}/edit",
        back=href,
        version=current["version"],
    )
    return stale_page(visit, found, form, forms.differences(current, form))


# --- Secrets and ends -------------------------------------------------------------------------------------


@router.post("/admin/clients/{client_id}/secrets")
def rotate(visit: Present, client_id: UUID, sent: SentForm, request: Request) -> Response:
    """Add a second secret and show it, once. The same form again adds nothing."""
    _found(visit, client_id)
    version = version_sent(sent)
    try:
        with db.write(visit.who) as connection:
            _, secret = clients_service.rotate_client(
                connection, visit.who, visit.at, client_id, version=version
            )
            client = clients_service.get_client(connection, visit.who, client_id, visit.at.now)
    except PreconditionFailed as stale:
        said = "added" if presenter.is_new_secret_last(stale.current, version) else "stale"
        return see_other(f"/admin/clients/{client_id}?said={said}")
    except Conflict:
        return see_other(f"/admin/clients/{client_id}?said=full")
    return _secret_page(visit, client, secret, request)


@router.get("/admin/clients/{client_id}/secrets/{secret_id}/revoke")
def revoke_secret_form(visit: Present, client_id: UUID, secret_id: UUID) -> Response:
    """Asks whether a secret is to end."""
    content = presenter.revoke_secret_page(_found(visit, client_id), secret_id)
    return page("pages/client_revoke.html", visit.who, content)


@router.post("/admin/clients/{client_id}/secrets/{secret_id}/revoke")
def revoke_secret(visit: Present, client_id: UUID, secret_id: UUID, sent: SentForm) -> Response:
    """End a secret and its tokens at once; again, it has ended already."""
    _found(visit, client_id)
    version_sent(sent)
    with db.write(visit.who) as connection:
        clients_service.revoke_secret(connection, visit.who, visit.at, client_id, secret_id)
    return see_other(f"/admin/clients/{client_id}?said=secret")


@router.get("/admin/clients/{client_id}/revoke")
def revoke_form(visit: Present, client_id: UUID) -> Response:
    """Asks whether a client is to end."""
    content = presenter.revoke_page(_found(visit, client_id))
    return page("pages/client_revoke.html", visit.who, content)


@router.post("/admin/clients/{client_id}/revoke")
def revoke(visit: Present, client_id: UUID, sent: SentForm) -> Response:
    """End a client and its tokens at once; again, it has ended already."""
    _found(visit, client_id)
    version_sent(sent)
    with db.write(visit.who) as connection:
        clients_service.revoke_client(connection, visit.who, visit.at, client_id)
    return see_other(f"/admin/clients/{client_id}?said=revoked")


def _secret_page(visit: Visit, client: dict[str, Any], secret: str, request: Request) -> Response:
    # Where it is no demonstration, sessions are kept over https alone.
    scheme = "http" if settings().is_demo else "https"
    content = presenter.secret_page(client, secret, f"{scheme}://{request.headers.get('host', '')}")
    return page("pages/client_secret.html", visit.who, content)
