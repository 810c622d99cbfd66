"""Saved views: lists with their filters that a user keeps, for themselves or for the area (ADR 0024).

Bookkeeping: nothing of a view is a fact about a record, so it is not journalled, and it can be removed.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, String, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from app.access.roles import Operation, Principal, may
from app.clock import Moment
from app.errors import Conflict, Invalid, NotAllowed, NotFound, PreconditionFailed, invalid
from app.models.base import changed_fields, new_id
from app.models.saved_views import SavedViewCreate, SavedViewUpdate
from app.models.tables import people, saved_views, users
from app.services import access, records

MOST = 100
"""Views of one user."""
_VIEW = saved_views.c
_MINE = _VIEW.user_id == bindparam("me")
_ALL: Select[Any] = (
    select(saved_views, func.coalesce(people.c.name, users.c.email).label("owner"), _MINE.label("own"))
    .join(users, users.c.id == _VIEW.user_id)
    .outerjoin(people, people.c.id == users.c.person_id)
    .where(_VIEW.area_id == bindparam("area_id"), or_(_MINE, _VIEW.shared))
)
_LIST = _ALL.order_by(_MINE.desc(), func.lower(_VIEW.name), _VIEW.id)
_ONE = _ALL.where(_VIEW.id == bindparam("view_id"))
_COUNT = select(func.count()).select_from(saved_views).where(_MINE)
_NAMED = select(_VIEW.id).where(_MINE, func.lower(_VIEW.name) == func.lower(bindparam("name", type_=String)))


def list_views(db: Connection, who: Principal) -> list[dict[str, Any]]:
    """The views that somebody sees by name: their own first, then those that others share in the area.

    ``own`` says whose it is, ``owner`` is that person's name.
    """
    _require_user(who)
    return records.as_dicts(db.execute(_LIST, {"area_id": who.area_id, "me": who.id}).all())


def get_view(db: Connection, who: Principal, view_id: UUID) -> dict[str, Any]:
    """One of one's own views, or one that is shared. Raises NotFound, also for what another user keeps."""
    _require_user(who)
    given = {"area_id": who.area_id, "me": who.id, "view_id": view_id}
    row = db.execute(_ONE, given).one_or_none()
    if row is None:
        raise NotFound("view")
    return dict(row._mapping)


def create_view(
    db: Connection, who: Principal, at: Moment, body: SavedViewCreate, *, view_id: UUID | None = None
) -> dict[str, Any]:
    """Keep a view. Raises NotAllowed for sharing by who may not edit, Invalid beyond ``MOST``.

    Invalid also for a name that another of one's own views has.
    """
    _require_user(who)
    _may_share(who, body.shared)
    if db.execute(_COUNT, {"me": who.id}).scalar_one() >= MOST:
        raise invalid("/name", f"You keep {MOST} views already. Remove one first.")
    _require_free_name(db, who, body.name)
    row = {
        **body.model_dump(),
        "id": view_id or new_id(),
        "area_id": who.area_id,
        "user_id": who.id,
        "version": 1,
        "created_at": at.now,
        "updated_at": at.now,
    }
    try:
        with db.begin_nested():
            db.execute(insert(saved_views), [row])
    except IntegrityError as error:
        raise _not_stored(error) from error
    return get_view(db, who, row["id"])


def change_view(
    db: Connection, who: Principal, at: Moment, view_id: UUID, body: SavedViewUpdate, *, version: int | None
) -> dict[str, Any]:
    """Change what was sent of one's own view. Raises PreconditionFailed when it is not at ``version``."""
    current = to_change(db, who, view_id)
    records.check_version(current, version, lambda: current)
    values = changed_fields(body)
    records.refuse_nulls(values, ("name", "shared"))
    _may_share(who, bool(values.get("shared")))
    changed = {name: value for name, value in values.items() if current[name] != value}
    if "name" in changed:
        _require_free_name(db, who, changed["name"], but=view_id)
    if changed:
        stamps = {"version": current["version"] + 1, "updated_at": at.now}
        as_seen = (_VIEW.id == view_id) & (_VIEW.version == current["version"])
        try:
            with db.begin_nested():
                found = db.execute(update(saved_views).where(as_seen).values(**changed, **stamps))
        except IntegrityError as error:
            raise _not_stored(error) from error
        if not found.rowcount:
            raise PreconditionFailed(get_view(db, who, view_id))
    return get_view(db, who, view_id)


def remove_view(db: Connection, who: Principal, view_id: UUID) -> None:
    """Remove one's own view; an admin also one that is shared. What it shows stays. Raises NotFound."""
    to_remove(db, who, view_id)
    db.execute(delete(saved_views).where(_VIEW.id == view_id))


def to_remove(db: Connection, who: Principal, view_id: UUID) -> dict[str, Any]:
    """The view, for somebody who may remove it. Raises NotFound, NotAllowed."""
    current = get_view(db, who, view_id)
    if not current["own"] and not may(who, Operation.administer):
        raise NotAllowed(f"{current['owner']} shares this view. Ask them, or an admin, to remove it.")
    return current


def to_change(db: Connection, who: Principal, view_id: UUID) -> dict[str, Any]:
    """The view, for its owner. Raises NotFound, NotAllowed."""
    current = get_view(db, who, view_id)
    if not current["own"]:
        raise NotAllowed(f"{current['owner']} shares this view. Ask them to change it, or save your own.")
    return current


def _may_share(who: Principal, shared: bool) -> None:
    if shared:
        access.require(who, Operation.edit)


def _require_free_name(db: Connection, who: Principal, name: str, but: UUID | None = None) -> None:
    if any(one != but for one in db.execute(_NAMED, {"me": who.id, "name": name}).scalars()):
        raise _name_taken()


def _name_taken() -> Invalid:
    return invalid("/name", "You have a view of this name already. Choose another name.")


def _not_stored(error: IntegrityError) -> Exception:
    """What to say where another request of the same user stored a view at this very moment."""
    text = str(error.orig).partition("\n")[0]
    if "saved_views.name" in text or "uq_saved_views" in text:
        return _name_taken()
    return Conflict(records.ADDED_ALREADY)


def _require_user(who: Principal) -> None:
    if who.kind != "user":
        raise NotAllowed("Views are kept for people who sign in.")
