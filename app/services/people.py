"""People of an area."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, literal, select

from app.access.roles import Operation, Principal
from app.clock import Moment
from app.errors import invalid
from app.models.base import changed_fields
from app.models.people import PersonCreate, PersonUpdate
from app.models.tables import people
from app.services import access, lists, records

_LIST = lists.Listing(
    "people",
    select(people).where(people.c.area_id == bindparam("area_id")),
    last=[people.c.id],
    count_from=people,
    filters={
        "q": lists.contains(people.c.name),
        "organisation": people.c.organisation == bindparam("organisation"),
        "email": func.lower(people.c.email) == func.lower(bindparam("email")),
        "updated_since": people.c.updated_at >= bindparam("updated_since"),
    },
    sorts={
        "added": [],
        "name": [people.c.name],
        "updated_at": [people.c.updated_at],
        # Offered on pages alone.
        "organisation": [func.coalesce(people.c.organisation, literal(""))],
        "email": [func.coalesce(people.c.email, literal(""))],
    },
)


def list_people(
    db: Connection,
    who: Principal,
    *,
    asked: lists.Page = lists.FIRST_PAGE,
    q: str | None = None,
    organisation: str | None = None,
    email: str | None = None,
    updated_since: datetime | None = None,
    sort: str = "added",
    descending: bool = False,
) -> dict[str, Any]:
    """People in the order in which they were added, or another; ``q`` looks in their names."""
    wanted = {
        "q": lists.pattern(q),
        "organisation": organisation,
        "email": email,
        "updated_since": updated_since,
    }
    scope = {"area_id": who.area_id}
    rows, following, total = _LIST.page(db, scope, wanted, asked, sort=sort, descending=descending)
    return lists.answer(records.as_dicts(rows), following, total)


_ALIKE = select(people.c.id).where(
    people.c.area_id == bindparam("area_id"),
    func.lower(people.c.name) == func.lower(bindparam("of_name")),
    func.lower(func.coalesce(people.c.email, literal(""))) == func.lower(bindparam("of_email")),
)


def _has_twin(db: Connection, who: Principal, name: str, email: str | None) -> bool:
    given = {"area_id": who.area_id, "of_name": name, "of_email": email or ""}
    return bool(email) and db.execute(_ALIKE, given).first() is not None


_NAMES = (
    select(people.c.id, people.c.name, people.c.organisation)
    .where(people.c.area_id == bindparam("area_id"))
    .order_by(people.c.name, people.c.id)
    .limit(1000)
)


def names(db: Connection, who: Principal) -> list[dict[str, Any]]:
    """Id, name and organisation of the area's people by name, to choose from: at most 1,000."""
    return records.as_dicts(db.execute(_NAMES, {"area_id": who.area_id}).all())


def get_person(db: Connection, who: Principal, person_id: UUID) -> dict[str, Any]:
    """One person. Raises NotFound."""
    return records.find(db, who, people, person_id, "person")


def create_person(
    db: Connection,
    who: Principal,
    at: Moment,
    body: PersonCreate,
    *,
    person_id: UUID | None = None,
    is_new: bool = False,
) -> dict[str, Any]:
    """Add a person to the area, with the id that was set aside for them.

    With ``is_new``, raises Invalid for somebody who has the name and e-mail address of another: lists could
    not tell them apart. Programs may add such people: what they load was sorted out elsewhere.
    """
    access.require(who, Operation.edit)
    if is_new and _has_twin(db, who, body.name, body.email):
        raise invalid(
            "/name",
            "Somebody with this name and e-mail address is there already. Choose that person, or add what "
            "tells the two apart.",
        )
    person_id = records.create(db, who, at, people, "person", body.model_dump(), record_id=person_id)
    return get_person(db, who, person_id)


def change_person(
    db: Connection, who: Principal, at: Moment, person_id: UUID, body: PersonUpdate, *, version: int | None
) -> dict[str, Any]:
    """Change what was sent. Raises PreconditionFailed when the person is not at ``version``."""
    access.require(who, Operation.edit)
    current = get_person(db, who, person_id)
    records.check_version(current, version, lambda: current)
    values = changed_fields(body)
    records.refuse_nulls(values, ("name",))
    records.change(db, who, at, people, "person", current, values)
    return get_person(db, who, person_id)
