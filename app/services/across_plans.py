"""Actions of several plans at once, as they are today: what somebody leads, and what somebody chose."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Row, Select, Uuid, bindparam, func, literal, select

from app.access.roles import Principal
from app.entries.fold import FOREVER
from app.models.tables import actions, plans, priorities
from app.plans.statuses import ImpactState, Status
from app.sentences.actions import deadline_of
from app.services import period_days
from app.services.action_rows import STATE, WHOLE, Asked, shown
from app.services.as_at import DAY, stands
from app.services.own_actions import LED

DUE_SOON = timedelta(days=30)
"""What falls due within these days is due soon."""

_NOW: Select[Any] = (
    WHOLE.add_columns(
        plans.c.ref.label("plan_ref"),
        plans.c.title.label("plan_title"),
        period_days.first_day_of(plans.c.id).label("reported_from"),
    )
    .join(plans, plans.c.id == STATE.plan_id)
    .where(plans.c.area_id == bindparam("area_id", type_=Uuid), stands(STATE, today=True))
    .order_by(func.coalesce(STATE.deadline_on, literal(FOREVER)), plans.c.id, STATE.ref_order, actions.c.id)
)
# What is complete needs its lead again when its impact should be known: ``impact_not_evidenced`` in SQL; a
# test over all states and dates keeps the two equal.
_TO_DO = (STATE.status != Status.complete) | (
    (STATE.impact_review_on < DAY)
    & (func.coalesce(STATE.impact_state, literal("")) != ImpactState.evidenced.value)
)
_LED = _NOW.where(actions.c.id.in_(select(LED.c.id)), STATE.withdrawn.is_(False), _TO_DO)
_CHOSEN = _NOW.where(actions.c.id.in_(bindparam("ids", expanding=True)))
_OPEN = _NOW.where(
    plans.c.id == bindparam("in_plan", type_=Uuid),
    STATE.withdrawn.is_(False),
    STATE.status != Status.complete,
)
_REFS = (
    select(priorities.c.id, priorities.c.ref)
    .join(plans, plans.c.id == priorities.c.plan_id)
    .where(plans.c.area_id == bindparam("area_id"), plans.c.id.in_(bindparam("plan_ids", expanding=True)))
)


class Work(NamedTuple):
    """What somebody leads and has something to do with, each action in the first group that it fits."""

    overdue: list[dict[str, Any]]
    due_soon: list[dict[str, Any]]
    no_update: list[dict[str, Any]]
    others: list[dict[str, Any]]
    impact: list[dict[str, Any]]
    """Complete, and their impact is not evidenced after its review date."""

    @property
    def open(self) -> int:
        """How many are not complete."""
        return sum(len(group) for group in self) - len(self.impact)

    @property
    def silent(self) -> list[dict[str, Any]]:
        """All without an update this period, in whichever group they are."""
        every = (*self.overdue, *self.due_soon, *self.no_update)
        return [one for one in every if one["flags"]["no_reportable_progress"]]


def led_by(db: Connection, who: Principal, person_id: UUID, *, today: date) -> list[dict[str, Any]]:
    """What a person leads or co-leads in any plan and has something to do with, due first first.

    Each as ``actions.get_action`` answers it, with ``plan_ref`` and ``plan_title``.
    """
    return _shown(db, who, _LED, {"person_id": person_id}, today)


def chosen(db: Connection, who: Principal, ids: Sequence[UUID], *, today: date) -> list[dict[str, Any]]:
    """Those of some actions that are there, in the order in which they were named; withdrawn ones too."""
    if not ids:
        return []
    found = {one["id"]: one for one in _shown(db, who, _CHOSEN, {"ids": list(ids)}, today)}
    return [found[one] for one in dict.fromkeys(ids) if one in found]


def still_open(db: Connection, who: Principal, plan_id: UUID, *, today: date) -> list[dict[str, Any]]:
    """What of a plan is neither complete nor withdrawn, due first first, whoever leads it."""
    return _shown(db, who, _OPEN, {"in_plan": plan_id}, today)


def grouped(found: Sequence[dict[str, Any]], today: date) -> Work:
    """What somebody leads by what it asks of them; an action that fits several groups is in the first."""
    work = Work([], [], [], [], [])
    for one in found:
        due = deadline_of(one)
        if one["status"] == Status.complete:
            work.impact.append(one)
        elif one["flags"]["overdue"]:
            work.overdue.append(one)
        elif due is not None and due <= today + DUE_SOON:
            work.due_soon.append(one)
        elif one["flags"]["no_reportable_progress"]:
            work.no_update.append(one)
        else:
            work.others.append(one)
    return work


def _shown(
    db: Connection, who: Principal, statement: Select[Any], parameters: dict[str, Any], today: date
) -> list[dict[str, Any]]:
    rows = db.execute(statement, {**parameters, "area_id": who.area_id, "day": today}).all()
    if not rows:
        return []
    by_plan: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        by_plan[row.plan_id].append(row)
    wanted = {"area_id": who.area_id, "plan_ids": list(by_plan)}
    refs = {str(priority_id): ref for priority_id, ref in db.execute(_REFS, wanted)}
    found = {}
    for of_plan in by_plan.values():
        first = of_plan[0]
        named = {"plan_ref": first.plan_ref, "plan_title": first.plan_title}
        for one in shown(db, Asked(today, refs, first.reported_from), of_plan):
            found[one["id"]] = one | named
    return [found[row.id] for row in rows]
