"""People: names or posts who lead, answer for and own things."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import Field

from app.api.deps import (
    CHANGES,
    CREATES,
    READS,
    Editor,
    Fields,
    Reader,
    Search,
    UpdatedSince,
    Version,
    answer,
    created,
    page_answer,
)
from app.api.queries import Descending, parameters, read_query
from app.api.routing import api_router
from app.clock import moment
from app.db import read, write
from app.models.people import PersonCreate, PersonList, PersonRead, PersonUpdate
from app.services import people as people_service

router = api_router("people")


class PersonQuery(Descending):
    """The filters and order of the list of people."""

    q: Search = None
    organisation: str | None = Field(default=None, max_length=300, description="Only of this organisation.")
    email: str | None = Field(default=None, max_length=254, description="Only with this e-mail address.")
    updated_since: UpdatedSince = None
    sort: Literal["added", "name", "updated_at"] = Field(
        default="added", description="What to sort by; equal ones stand as they were added."
    )


@router.get(
    "/people",
    response_model=PersonList,
    responses=READS,
    operation_id="list_people",
    openapi_extra=parameters(PersonQuery),
)
def list_people(
    request: Request, who: Reader, query: Annotated[PersonQuery, Depends(read_query(PersonQuery))]
) -> Response:
    """People of the area, in the order in which they were added."""
    with read(who) as db:
        found = people_service.list_people(
            db, who, asked=query.page(), sort=query.sort, descending=query.descending, **query.filters()
        )
    return page_answer(request, PersonList, found, query.fields)


@router.post(
    "/people", status_code=201, response_model=PersonRead, responses=CREATES, operation_id="create_person"
)
def create_person(body: PersonCreate, who: Editor) -> Response:
    """Add a person or post, so that actions and risks can name them."""
    with write(who) as db:
        found = people_service.create_person(db, who, moment(), body)
    return created(PersonRead, found, "people")


@router.get("/people/{person_id}", response_model=PersonRead, responses=READS, operation_id="get_person")
def get_person(person_id: UUID, who: Reader, fields: Fields = None) -> Response:
    """One person."""
    with read(who) as db:
        return answer(PersonRead, people_service.get_person(db, who, person_id), fields=fields)


@router.patch(
    "/people/{person_id}", response_model=PersonRead, responses=CHANGES, operation_id="change_person"
)
def change_person(person_id: UUID, body: PersonUpdate, who: Editor, version: Version) -> Response:
    """Change the fields that are sent. Records that name the person show the new name at once."""
    with write(who) as db:
        found = people_service.change_person(db, who, moment(), person_id, body, version=version)
    return answer(PersonRead, found)
