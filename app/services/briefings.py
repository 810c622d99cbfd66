"""What a board member reads before a meeting: what is off track and why, and what comes next in a plan."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    Uuid,
    bindparam,
    case,
    func,
    literal,
    select,
)

from app.access.roles import Principal
from app.entries.fold import FOREVER, standing
from app.models.tables import plans, updates
from app.plans.statuses import Status
from app.services import action_entries, entries, period_days, priorities
from app.services.action_rows import STATE, TOLD, Asked, told
from app.services.as_at import DAY, stands
from app.services.as_at import day as as_at_day

WITHOUT_MEETING = timedelta(days=60)
"""How far ahead to look where no later meeting of the board is known."""

_PLAN: Any = bindparam("plan_id", type_=Uuid)
_OPEN = STATE.status != Status.complete
_IS_OVERDUE = _OPEN & (STATE.deadline_on < DAY)
_BY_DEADLINE = (func.coalesce(STATE.deadline_on, literal(FOREVER)), STATE.ref_order, STATE.action_id)


def _some(today: bool, *conditions: ColumnElement[bool], first: Sequence[Any] = ()) -> Select[Any]:
    """So many of the actions that fit, each row with how many there are in all."""
    return (
        TOLD.add_columns(func.count().over().label("total"))
        .join(plans, plans.c.id == STATE.plan_id)
        .where(
            STATE.plan_id == _PLAN,
            plans.c.area_id == bindparam("area_id", type_=Uuid),
            stands(STATE, today=today),
            STATE.withdrawn.is_(False),
            *conditions,
        )
        .order_by(*first, *_BY_DEADLINE)
        .limit(bindparam("row_limit", type_=Integer))
    )


# Overdue ones first: a date that was missed is asked about before one that will be.
_OFF_TRACK = {
    today: _some(
        today, (STATE.status == Status.delayed) | _IS_OVERDUE, first=[case((_IS_OVERDUE, 0), else_=1)]
    )
    for today in (True, False)
}
_NEXT = {
    today: _some(
        today,
        _OPEN,
        STATE.deadline_on >= DAY,
        STATE.deadline_on <= bindparam("until", type_=STATE.due_on.type),
    )
    for today in (True, False)
}
_ENTRIES: Select[Any] = select(
    *(updates.c[name] for name in ("id", "action_id", "sequence", "effective_on", "facts", "replaces")),
    *(updates.c[name] for name in ("narrative", "reason", "author_name")),
).where(updates.c.action_id.in_(bindparam("ids", expanding=True)))


class Some(NamedTuple):
    """Some actions, and how many fit in all."""

    items: list[dict[str, Any]]
    total: int


class Outlook(NamedTuple):
    """What is off track in a plan, and what falls due until a day.

    ``meeting_on`` is the next meeting of the board; None where none is known.
    """

    off_track: Some
    falls_due: Some
    until: date
    meeting_on: date | None


def outlook(
    db: Connection,
    who: Principal,
    plan_id: UUID,
    *,
    today: date,
    as_at: date | None = None,
    most: int = 10,
) -> Outlook:
    """Delayed and overdue actions of a plan with why and since when, and those that fall due next.

    At most ``most`` of each. ``status_entry`` of the former is the entry since which the status is what it
    is. Raises NotFound for an unknown plan; Invalid for a day to come.
    """
    day = as_at_day(as_at, today)
    scope = priorities.scope(db, who, plan_id, day)
    asked = Asked(day, scope.refs, scope.reported_from)
    parameters = {"plan_id": plan_id, "area_id": who.area_id, "day": day, "row_limit": most}
    meeting_on = period_days.next_meeting(db, plan_id, day)
    until = meeting_on or day + WITHOUT_MEETING
    late = _listed(db, asked, _OFF_TRACK[day == today], parameters)
    since = _status_entries(db, [one["id"] for one in late.items], day)
    for one in late.items:
        one["status_entry"] = since.get(one["id"])
    due = _listed(db, asked, _NEXT[day == today], {**parameters, "until": until})
    return Outlook(late, due, until, meeting_on)


def _listed(db: Connection, asked: Asked, statement: Select[Any], parameters: dict[str, Any]) -> Some:
    rows = db.execute(statement, parameters).all()
    return Some(told(asked, rows), rows[0].total if rows else 0)


def _status_entries(db: Connection, ids: Sequence[UUID], day: date) -> dict[UUID, dict[str, Any]]:
    """For each action the entry that made its status what it is on a day, as known now.

    Later ones that state the same status again leave it: the question is since when.
    """
    if not ids:
        return {}
    rows = [dict(row._mapping) for row in db.execute(_ENTRIES, {"ids": list(ids)})]
    of_action: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        of_action[row["action_id"]].append(row)
    changed: dict[UUID, Any] = {}
    for action_id, its_own in of_action.items():
        status = None
        for entry in standing(entries.as_entries(action_entries.KIND, its_own)):
            stated = entry.facts.get("status")
            if entry.effective_on <= day and stated is not None and stated != status:
                status, changed[action_id] = stated, entry.id
    by_id = {row["id"]: row for row in rows}
    return {action_id: by_id[entry_id] for action_id, entry_id in changed.items()}
