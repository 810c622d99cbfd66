"""Areas. A caller sees one: their own."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.access.roles import Principal, system
from app.clock import Moment
from app.errors import NotFound
from app.models.areas import AreaBase
from app.models.base import new_id
from app.models.tables import areas
from app.services import journal, lists, records

_ONE = select(areas)
_LIST = lists.Listing(
    "areas",
    _ONE.where(areas.c.id == bindparam("area_id", type_=areas.c.id.type)),
    last=[areas.c.id],
    count_from=areas,
    filters={"updated_since": areas.c.updated_at >= bindparam("updated_since")},
)


def get_area(db: Connection, who: Principal, area_id: UUID) -> dict[str, Any]:
    """The caller's area. Raises NotFound for any other."""
    row = db.execute(_ONE.where(areas.c.id == area_id, areas.c.id == who.area_id)).one_or_none()
    if row is None:
        raise NotFound("area")
    return dict(row._mapping)


def list_areas(
    db: Connection, who: Principal, *, asked: lists.Page = lists.FIRST_PAGE, **filters: Any
) -> dict[str, Any]:
    """The areas that the caller may see: their own. ``updated_since`` is the one filter."""
    rows, following, total = _LIST.page(db, {"area_id": who.area_id}, filters, asked)
    return lists.answer(records.as_dicts(rows), following, total)


def by_slug(db: Connection, slug: str) -> Principal:
    """The service itself acting in the area with this short name. Raises NotFound."""
    row = db.execute(select(areas.c.id, areas.c.name).where(areas.c.slug == slug)).one_or_none()
    if row is None:
        raise NotFound("area")
    return system(row.id, row.name)


def only_area(db: Connection) -> Principal:
    """The service acting in the one area that there is. Raises NotFound where there are several, or none."""
    rows = db.execute(select(areas.c.id, areas.c.name).limit(2)).all()
    if len(rows) != 1:
        raise NotFound("area")
    return system(rows[0].id, rows[0].name)


def create_area(db: Connection, at: Moment, body: AreaBase) -> Principal:
    """Create an area and return the service acting in it. For commands only."""
    area_id = new_id()
    values = {**body.model_dump(), "id": area_id, "last_sequence": 0, "version": 1}
    records.insert_unique(db, areas, {**values, "created_at": at.now, "updated_at": at.now})
    who = system(area_id, body.name)
    journal.record(db, who, at, journal.Change("area", area_id, "created", None, body.model_dump()))
    return who
