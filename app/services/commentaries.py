"""Officers' commentary on a period and on its priorities, written until the period is published."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Uuid, bindparam, func, literal, select

from app.access.roles import Operation, Principal
from app.clock import Moment
from app.errors import Conflict, NotFound, PreconditionRequired
from app.models.commentaries import CommentaryPut
from app.models.tables import commentaries, priorities
from app.services import access, lists, periods, records

_OF_PERIOD = commentaries.c.period_id == bindparam("of_period", type_=commentaries.c.period_id.type)
_BY_PRIORITY = commentaries.outerjoin(priorities, priorities.c.id == commentaries.c.priority_id)
_IN_PERIOD = select(commentaries).select_from(_BY_PRIORITY).where(_OF_PERIOD)
# Positions begin with 1: the commentary on the whole comes first.
_PLACE = (func.coalesce(priorities.c.position, literal(0)), commentaries.c.id)
_LIST = _IN_PERIOD.order_by(*_PLACE)
_PAGES = lists.Listing(
    "commentaries",
    _IN_PERIOD,
    last=_PLACE,
    count_from=commentaries,
    filters={
        "priority_id": commentaries.c.priority_id == bindparam("priority_id", type_=Uuid),
        "author_name": commentaries.c.author_name == bindparam("author_name"),
        "q": lists.contains(commentaries.c.text),
        "updated_since": commentaries.c.updated_at >= bindparam("updated_since"),
    },
    sorts={"position": [], "updated_at": [commentaries.c.updated_at]},
)
_OF_WHOLE = select(commentaries).where(_OF_PERIOD, commentaries.c.priority_id.is_(None))
_OF_PRIORITY = select(commentaries).where(
    _OF_PERIOD,
    commentaries.c.priority_id == bindparam("of_priority", type_=commentaries.c.priority_id.type),
)


def list_commentaries(db: Connection, who: Principal, period_id: UUID) -> list[dict[str, Any]]:
    """The commentaries of a period: on the whole first, then by priority. Raises NotFound."""
    periods.get_period(db, who, period_id)
    rows = db.execute(_LIST, {"of_period": period_id})
    return [dict(row._mapping) for row in rows]


def page_of_commentaries(
    db: Connection,
    who: Principal,
    period_id: UUID,
    *,
    asked: lists.Page = lists.FIRST_PAGE,
    q: str | None = None,
    sort: str = "position",
    descending: bool = False,
    **filters: Any,
) -> dict[str, Any]:
    """A page of a period's commentaries: on the whole first, then by priority. Raises NotFound.

    ``filters`` are ``priority_id``, ``author_name`` and ``updated_since``.
    """
    periods.get_period(db, who, period_id)
    wanted, scope = {"q": lists.pattern(q), **filters}, {"of_period": period_id}
    rows, following, total = _PAGES.page(db, scope, wanted, asked, sort=sort, descending=descending)
    return lists.answer(records.as_dicts(rows), following, total)


def write_commentary(
    db: Connection,
    who: Principal,
    at: Moment,
    period_id: UUID,
    body: CommentaryPut,
    *,
    priority_id: UUID | None = None,
    version: int | None,
) -> dict[str, Any]:
    """Write the commentary on a period, or on one priority in it; it takes the place of the one before.

    The author is whoever changed the text last. Raises NotFound for a priority of another plan, Conflict once
    the period is published, and where there is one already PreconditionRequired without its version,
    PreconditionFailed with another one.
    """
    access.require(who, Operation.edit)
    period = periods.get_period(db, who, period_id)
    if priority_id is not None:
        priority = records.find(db, who, priorities, priority_id, "priority")
        if priority["plan_id"] != period["plan_id"]:
            raise NotFound("priority")
    periods.require_open(period)
    current = _find(db, period_id, priority_id)
    if current is None:
        if version:
            raise Conflict("There is no commentary here yet: send the first one without If-Match.")
        values = {
            "period_id": period_id,
            "priority_id": priority_id,
            "text": body.text,
            "author_name": who.name,
        }
        records.create(db, who, at, commentaries, "commentary", values)
    else:
        if version is None:
            raise PreconditionRequired
        records.check_version(current, version, lambda: current)
        if body.text != current["text"]:
            values = {"text": body.text, "author_name": who.name}
            records.change(db, who, at, commentaries, "commentary", current, values)
    found = _find(db, period_id, priority_id)
    assert found is not None
    return found


def find_commentary(
    db: Connection, who: Principal, period_id: UUID, priority_id: UUID | None = None
) -> dict[str, Any] | None:
    """The commentary on a period as a whole or on a priority; None where none is written."""
    periods.get_period(db, who, period_id)
    return _find(db, period_id, priority_id)


def _find(db: Connection, period_id: UUID, priority_id: UUID | None) -> dict[str, Any] | None:
    statement = _OF_WHOLE if priority_id is None else _OF_PRIORITY
    row = db.execute(statement, {"of_period": period_id, "of_priority": priority_id}).one_or_none()
    return dict(row._mapping) if row else None
