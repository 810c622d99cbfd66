"""Pages of people: who leads, answers for and owns things, with the forms that add and change one."""

from typing import Any
from uuid import UUID

from fastapi import Request
from sqlalchemy import Connection
from starlette.responses import Response

from app import db
from app.access.roles import Operation, may
from app.lazy_routes import page_router
from app.models.people import PersonCreate, PersonUpdate
from app.services import access
from app.services import people as people_service
from app.services.lists import Page
from app.web.deps import Present, SentForm
from app.web.downloads import download, download_asked, every
from app.web.forms import filled
from app.web.presenters import people as presenter
from app.web.record_forms import form_page, id_to_add, save, sent, stated, typed_of, version_of
from app.web.rendering import page
from app.web.visits import Visit

router = page_router()


@router.get("/people")
def people(visit: Present, request: Request, said: str = "") -> Response:
    """The people of the area."""
    asked = presenter.asked_for(request.query_params)

    def ask(wanted: Page) -> dict[str, Any]:
        return people_service.list_people(
            connection,
            visit.who,
            asked=wanted,
            q=asked.q or None,
            organisation=asked.organisation or None,
            sort=asked.sort.lstrip("-"),
            descending=asked.sort.startswith("-"),
        )

    with db.read(visit.who) as connection:
        if kind := download_asked(request.query_params):
            return download(visit, kind, presenter.people_sheet(), every(ask), presenter.chosen(asked))
        found = ask(Page(limit=presenter.ROWS, offset=presenter.ROWS * (asked.page - 1)))
        names = people_service.names(connection, visit.who)
    organisations = sorted({one["organisation"] for one in names if one["organisation"]})
    may_edit = may(visit.who, Operation.edit)
    content = presenter.list_page(found, asked, organisations, may_edit, said)
    return page("pages/people.html", visit.who, content)


@router.get("/people/new")
def new_form(visit: Present) -> Response:
    """The form of a new person."""
    access.require(visit.who, Operation.edit)
    shown = presenter.new_person()
    return form_page(visit, shown, sent(shown.fields, {}))


@router.post("/people/new")
def new(visit: Present, typed: SentForm) -> Response:
    """Add a person. The same form again adds nobody."""
    access.require(visit.who, Operation.edit)
    shown = presenter.new_person()
    form = sent(shown.fields, typed)
    body = filled(PersonCreate, stated(shown.fields, form), form)

    def add(connection: Connection, body: PersonCreate) -> str:
        wanted = id_to_add(visit, form)
        people_service.create_person(connection, visit.who, visit.at, body, person_id=wanted, is_new=True)
        return shown.saved

    return save(
        visit,
        shown,
        form,
        body,
        add,
        exists=lambda connection, wanted: people_service.get_person(connection, visit.who, wanted),
    )


@router.get("/people/{person_id}/edit")
def edit_form(visit: Present, person_id: UUID) -> Response:
    """The form of a person as they are recorded."""
    person = _person(visit, person_id)
    shown = presenter.edit_person(person)
    return form_page(visit, shown, sent(shown.fields, typed_of(shown.fields, person)))


@router.post("/people/{person_id}/edit")
def edit(visit: Present, person_id: UUID, typed: SentForm) -> Response:
    """Save a person."""
    person = _person(visit, person_id)
    shown = presenter.edit_person(person)
    form = sent(shown.fields, typed)
    body = filled(PersonUpdate, stated(shown.fields, form, known=person), form)

    def change(connection: Connection, body: PersonUpdate) -> str:
        version = version_of(form)
        people_service.change_person(connection, visit.who, visit.at, person_id, body, version=version)
        return shown.saved

    return save(visit, shown, form, body, change)


def _person(visit: Visit, person_id: UUID) -> dict[str, object]:
    """The person, for somebody who may change them."""
    with db.read(visit.who) as connection:
        found = people_service.get_person(connection, visit.who, person_id)
    access.require(visit.who, Operation.edit)
    return found
