"""When the actions of a plan start and are due, by priority, and how many should be complete by when."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Date,
    Integer,
    Select,
    Uuid,
    bindparam,
    case,
    func,
    select,
    union_all,
)

from app.access.roles import Principal
from app.models.tables import action_point_states, action_states, actions, plans, priorities
from app.plans.statuses import WITHDRAWN
from app.services import records
from app.services.as_at import DAY, stands
from app.services.as_at import day as as_at_day
from app.services.pressing import open_actions

MOST_ROWS = 300
"""So many action points are drawn at once; more would be a page that nobody reads to its end."""
_POINT, _STATE = action_point_states.c, action_states.c
_PLAN, _AREA = bindparam("plan_id", type_=Uuid), bindparam("area_id", type_=Uuid)
_COUNTS = _POINT.code.op("&", return_type=Integer())(WITHDRAWN) == 0
_DATES = ("start_on", "due_on", "due_ongoing", "review_on", "forecast_on", "completed_on", "added_on")


@cache
def _rows(*, today: bool, of_priority: bool, until: bool) -> Select[Any]:
    statement = (
        select(
            _POINT.priority_id,
            _POINT.ref,
            _POINT.action_id,
            actions.c.title,
            _STATE.status,
            _STATE.deadline_on,
            *(_STATE[name] for name in _DATES),
        )
        .select_from(action_point_states)
        .join(priorities, priorities.c.id == _POINT.priority_id)
        .join(action_states, (_STATE.action_id == _POINT.action_id) & stands(_STATE, today=today))
        .join(actions, actions.c.id == _POINT.action_id)
        .where(_POINT.plan_id == _PLAN, actions.c.area_id == _AREA, stands(_POINT, today=today), _COUNTS)
        .order_by(priorities.c.position, priorities.c.id, _POINT.ref_order, _POINT.action_id)
        .limit(bindparam("row_limit", type_=Integer))
    )
    if of_priority:
        statement = statement.where(_POINT.priority_id == bindparam("priority_id", type_=Uuid))
    if until:
        is_due = _STATE.deadline_on <= bindparam("until", type_=Date)
        statement = statement.where(open_actions(_POINT), is_due)
    return statement


_OF_PLAN = (_POINT.plan_id == _PLAN, plans.c.area_id == _AREA)


def _dues() -> CompoundSelect[Any]:
    """From which days how many more, or fewer, are due: by the states that stood on each day until ``day``.

    What stands on ``day`` itself has no end here, so the days after it go by its states.
    """
    # From its deadline, or from when it was stated, until a state follows that may say otherwise.
    began = case((_POINT.deadline_on > _POINT.valid_from, _POINT.deadline_on), else_=_POINT.valid_from)
    has_ended = _POINT.valid_to <= DAY
    from_, until = (
        select(day.label("day"), count.label("count"))
        .join(plans, plans.c.id == _POINT.plan_id)
        .where(*_OF_PLAN, _POINT.valid_from <= DAY, _COUNTS, _POINT.deadline_on.is_not(None), which)
        .group_by(day)
        for day, count, which in (
            (began, func.count(), ~has_ended | (_POINT.deadline_on < _POINT.valid_to)),
            (_POINT.valid_to, -func.count(), has_ended & (_POINT.deadline_on < _POINT.valid_to)),
        )
    )
    return union_all(from_, until)


_DUES = _dues()
_WITHDRAWN = {
    today: select(_POINT.action_id)
    .join(plans, plans.c.id == _POINT.plan_id)
    .where(*_OF_PLAN, stands(_POINT, today=today), ~_COUNTS)
    .limit(1)
    for today in (True, False)
}


class Timeline(NamedTuple):
    """Action points with their dates in the order of the plan, and how many of all the plan's are due when.

    ``is_cut`` says that there are more ``items``; ``due`` from which days how many more, or fewer, are due;
    ``all_withdrawn`` that the plan has actions and none of them counts.
    """

    items: list[dict[str, Any]]
    is_cut: bool
    due: Mapping[date, int]
    all_withdrawn: bool


def timeline(
    db: Connection,
    who: Principal,
    plan_id: UUID,
    *,
    today: date,
    as_at: date | None = None,
    priority_id: UUID | None = None,
    until: date | None = None,
) -> Timeline:
    """The action points of a plan, or of one of its priorities, that count as at a day.

    With ``until`` those alone that are open and whose deadline comes until that day. Raises NotFound for an
    unknown plan; Invalid for a day to come.
    """
    records.find(db, who, plans, plan_id, "plan")
    day = as_at_day(as_at, today)
    of_plan = {"plan_id": plan_id, "area_id": who.area_id, "day": day}
    parameters = {**of_plan, "row_limit": MOST_ROWS + 1}
    if priority_id is not None:
        parameters["priority_id"] = priority_id
    if until is not None:
        parameters["until"] = until
    statement = _rows(today=day == today, of_priority=priority_id is not None, until=until is not None)
    rows = records.as_dicts(db.execute(statement, parameters).all())
    due: Counter[date] = Counter()
    for on, count in db.execute(_DUES, of_plan):
        due[on] += count
    is_whole = priority_id is None and until is None
    all_withdrawn = (
        not rows and is_whole and db.execute(_WITHDRAWN[day == today], of_plan).first() is not None
    )
    return Timeline(rows[:MOST_ROWS], len(rows) > MOST_ROWS, due, all_withdrawn)
