"""Officers' commentary on a period and on its priorities, written until the period is published."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.access.roles import Operation, Principal
from app.clock import Moment
from app.errors import Conflict, NotFound, PreconditionRequired
from app.models.commentaries import CommentaryPut
from app.models.tables import commentaries, priorities
from app.services import access, periods, records

_OF_PERIOD = commentaries.c.period_id == bindparam("of_period", type_=commentaries.c.period_id.type)
_LIST = (
    select(commentaries)
    .select_from(commentaries.outerjoin(priorities, priorities.c.id == commentaries.c.priority_id))
    .where(_OF_PERIOD)
    .order_by(priorities.c.position.is_not(None), priorities.c.position, commentaries.c.id)
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
