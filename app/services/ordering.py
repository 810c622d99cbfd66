"""The order of a plan's priorities, and of the actions under a priority, changed as a whole.

Priorities have a position. Action points stand in the order of their refs, which is how papers name them: to
put them in another order deals the same refs out anew, by one entry on each action whose ref changes.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.access.roles import Operation, Principal
from app.clock import Moment
from app.errors import Conflict, PreconditionFailed, invalid
from app.models.tables import priorities as priorities_table
from app.services import access, action_entries, entries, lists, plans, records
from app.services import actions as actions_service
from app.services import priorities as priorities_service

MOST_ORDERED = 90
"""Action points that are put in order at once: a form of one field each stays a form."""
_CHANGED = (
    "What is to be put in order has changed since: something was added, moved or withdrawn. Read it again."
)


def priorities_in_order(db: Connection, who: Principal, plan_id: UUID) -> list[dict[str, Any]]:
    """The priorities of a plan in their order. Raises NotFound."""
    plans.get_plan(db, who, plan_id)
    found: list[dict[str, Any]] = priorities_service.list_priorities(db, who, plan_id, asked=lists.WHOLE)[
        "items"
    ]
    return found


def points_in_order(
    db: Connection, who: Principal, priority_id: UUID, *, today: date
) -> list[dict[str, Any]]:
    """The actions under a priority today, in the order of their refs there, without withdrawn ones.

    Each is a summary with ``under``, its ref under the priority. Raises NotFound for an unknown priority.
    """
    plan_id = priorities_service.get_priority(db, who, priority_id)["plan_id"]
    items: list[dict[str, Any]] = actions_service.list_actions(
        db,
        who,
        plan_id,
        today=today,
        wanted=actions_service.Filter(priority_id=priority_id, withdrawn=False),
        asked=lists.WHOLE,
        form="summary",
    )["items"]
    for one in items:
        one["under"] = next(
            point["ref"] for point in one["points"] if point["priority_id"] == str(priority_id)
        )
    return items


def order_priorities(
    db: Connection, who: Principal, at: Moment, plan_id: UUID, wanted: Sequence[UUID], *, seen: Sequence[UUID]
) -> list[dict[str, Any]]:
    """Put all priorities of a plan in the ``wanted`` order, in one transaction; positions become 1, 2, 3...

    ``seen`` is the order that was looked at. Raises PreconditionFailed when it is no longer that one,
    Conflict when ``wanted`` are not the plan's priorities.
    """
    access.require(who, Operation.edit)
    found = priorities_in_order(db, who, plan_id)
    if not _is_new(found, wanted, seen):
        return found
    by_id = {one["id"]: one for one in found}
    for position, priority_id in enumerate(wanted, start=1):
        values = {"position": position}
        records.change(db, who, at, priorities_table, "priority", by_id[priority_id], values)
    return priorities_in_order(db, who, plan_id)


def order_points(
    db: Connection,
    who: Principal,
    at: Moment,
    priority_id: UUID,
    wanted: Sequence[UUID],
    *,
    seen: Sequence[UUID],
    reason: str | None,
) -> list[dict[str, Any]]:
    """Put the actions under a priority in the ``wanted`` order from today on: the same refs, dealt out anew.

    Raises as ``order_priorities``; Invalid without a reason, or where an entry dated later stands on one.
    """
    access.require(who, Operation.edit)
    found = points_in_order(db, who, priority_id, today=at.today)
    if not reason:
        raise invalid("/reason", "Give a reason: refs change, and papers name actions by them.")
    if not _is_new(found, wanted, seen):
        return found
    by_id = {one["id"]: one for one in found}
    drafts = []
    for action_id, place in zip(wanted, found, strict=True):
        action = by_id[action_id]
        if action["under"] == place["under"]:
            continue
        points = [
            {**point, "ref": place["under"] if point["priority_id"] == str(priority_id) else point["ref"]}
            for point in ({"priority_id": one["priority_id"], "ref": one["ref"]} for one in action["points"])
        ]
        drafts.append((action, entries.Draft("updated", at.today, {"points": points}, reason=reason)))
    action_entries.exchange_refs(db, who, at, drafts)
    return points_in_order(db, who, priority_id, today=at.today)


def _is_new(found: Sequence[dict[str, Any]], wanted: Sequence[UUID], seen: Sequence[UUID]) -> bool:
    """Whether the order is to be changed. Raises PreconditionFailed or Conflict where it cannot be."""
    now = [one["id"] for one in found]
    if now == list(wanted):
        return False
    if len(wanted) != len(now) or set(wanted) != set(now):
        raise Conflict(_CHANGED)
    if now != list(seen):
        raise PreconditionFailed({"items": list(found)})
    return True
