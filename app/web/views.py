"""Saved views: lists that somebody keeps under a name, with the forms that save, change and remove one."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from sqlalchemy import Connection
from starlette.responses import Response

from app import db
from app.errors import invalid
from app.lazy_routes import page_router
from app.models.saved_views import SavedViewCreate, SavedViewUpdate
from app.services import saved_views as views_service
from app.web.deps import Present, SentForm
from app.web.forms import filled
from app.web.presenters import views as presenter
from app.web.presenters.lists import url
from app.web.record_forms import (
    confirm_page,
    form_page,
    id_to_add,
    save,
    sent,
    stated,
    typed_of,
    version_of,
)
from app.web.rendering import page
from app.web.visits import Visit

router = page_router()
Words = Annotated[str, Query(max_length=2000)]


@router.get("/views")
def views(visit: Present, said: str = "") -> Response:
    """One's own views and those that others share."""
    with db.read(visit.who) as connection:
        found = views_service.list_views(connection, visit.who)
    return page("pages/views.html", visit.who, presenter.list_page(visit, found, said))


@router.get("/views/new")
def new_form(visit: Present, of: Words = "", name: Words = "") -> Response:
    """The form that keeps a list; ``of`` is its address, ``name`` what it might be called.

    Where no list is named, the views that are kept already.
    """
    if not of:
        return views(visit)
    shown = presenter.new_view(visit, of)
    return form_page(_at(visit, of=of), shown, sent(shown.fields, {"name": name[:120]}))


@router.post("/views/new")
def new(visit: Present, typed: SentForm, of: Words = "") -> Response:
    """Keep a list. The same form again keeps nothing more."""
    visit = _at(visit, of=of)
    shown = presenter.new_view(visit, of)
    form = sent(shown.fields, typed)
    body = filled(SavedViewCreate, presenter.stated_new(shown, form, of), form)

    def add(connection: Connection, body: SavedViewCreate) -> str:
        wanted = id_to_add(visit, form)
        views_service.create_view(connection, visit.who, visit.at, body, view_id=wanted)
        return shown.saved

    return save(
        visit,
        shown,
        form,
        body,
        add,
        exists=lambda connection, wanted: views_service.get_view(connection, visit.who, wanted),
    )


@router.get("/views/edit")
def edit_form(visit: Present, view: str = "") -> Response:
    """The form of one's own view; the list where none is named."""
    if not view:
        return views(visit)
    found = _view(visit, view, views_service.to_change)
    shown = presenter.edit_view(visit, found)
    return form_page(_at(visit, view=view), shown, sent(shown.fields, typed_of(shown.fields, found)))


@router.post("/views/edit")
def edit(visit: Present, typed: SentForm, view: str = "") -> Response:
    """Save the name of one's own view, and whether it is shared."""
    visit, found = _at(visit, view=view), _view(visit, view, views_service.to_change)
    shown = presenter.edit_view(visit, found)
    form = sent(shown.fields, typed)
    body = filled(SavedViewUpdate, stated(shown.fields, form, known=found), form)

    def change(connection: Connection, body: SavedViewUpdate) -> str:
        version = version_of(form)
        views_service.change_view(connection, visit.who, visit.at, found["id"], body, version=version)
        return shown.saved

    return save(visit, shown, form, body, change)


@router.get("/views/remove")
def remove_form(visit: Present, view: str = "") -> Response:
    """Asks whether a view is to go; the list where none is named."""
    if not view:
        return views(visit)
    found = _view(visit, view, views_service.to_remove)
    shown = presenter.remove_view(found)
    return confirm_page(_at(visit, view=view), shown, sent((), {"version": str(found["version"])}))


@router.post("/views/remove")
def remove(visit: Present, typed: SentForm, view: str = "") -> Response:
    """Remove a view. What it shows stays as it is."""
    visit, found = _at(visit, view=view), _view(visit, view, views_service.to_remove)
    shown, view_id = presenter.remove_view(found), UUID(str(found["id"]))

    def work(connection: Connection, view_id: UUID) -> str:
        views_service.remove_view(connection, visit.who, view_id)
        return shown.saved

    return save(visit, shown, sent(shown.fields, typed), view_id, work)


def _at(visit: Visit, **named: str) -> Visit:
    """The visit at the address with what it names: a draft of one view is never taken for another's."""
    return visit._replace(path=url(visit.path, named.items()))


def _view(visit: Visit, typed: str, find: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """The view that an address names. Raises Invalid for no id, and as what finds it."""
    try:
        view_id = UUID(typed)
    except ValueError:
        raise invalid("/view", "Choose a view from the list.") from None
    with db.read(visit.who) as connection:
        return find(connection, visit.who, view_id)
