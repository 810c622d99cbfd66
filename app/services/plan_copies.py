"""Copying a plan: its structure, priorities and actions as a new plan in which nothing has been done yet."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from graphlib import TopologicalSorter
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.access.roles import Operation, Principal
from app.clock import Moment
from app.errors import Conflict, invalid
from app.models.actions import ActionCreate
from app.models.base import EARLIEST_DATE, LATEST_DATE
from app.models.plan_copies import CopiedDates, PlanCopy
from app.models.plans import PlanCreate
from app.models.priorities import PriorityCreate
from app.models.updates import PointPlace
from app.plans.shifting import shifted
from app.services import access, lists
from app.services import actions as actions_service
from app.services import plans as plans_service
from app.services import priorities as priorities_service

MOST_COPIED = 1000
"""Actions; more of them in one transaction would keep every other writer of the area waiting too long."""
COPIED = ("title", "responsible_body", "phase", "success_measure", "expected_impact")
"""What of an action a copy says too, beside its leads. Not its evidence, nor what has happened."""
_PRIORITY = ("ref", "title", "statement", "responsible_bodies", "sro_id", "position")
_DATES = ("start_on", "due_on", "review_on", "impact_review_on")
Move = Callable[[date], date | None]


def actions_to_copy(db: Connection, who: Principal, plan_id: UUID, *, today: date) -> list[dict[str, Any]]:
    """The actions of a plan as they stand today, withdrawn ones left out. Raises NotFound."""
    items: list[dict[str, Any]] = actions_service.list_actions(
        db,
        who,
        plan_id,
        today=today,
        wanted=actions_service.Filter(withdrawn=False),
        asked=lists.WHOLE,
        form="whole",
    )["items"]
    return items


def copy_plan(
    db: Connection,
    who: Principal,
    at: Moment,
    plan_id: UUID,
    body: PlanCopy,
    *,
    new_id: UUID | None = None,
) -> dict[str, Any]:
    """Add a plan with the priorities and actions of another and return it; ``new_id`` was set aside for it.

    Every action is added today as not started, with its leads, descriptions, refs, dates and dependencies.
    Withdrawn actions, updates, evidence, periods, registers and the cadence stay with the other plan. Raises
    NotFound; Invalid for a ref in use or dates that cannot be moved; Conflict for too many actions.
    """
    access.require(who, Operation.edit)
    plan = plans_service.get_plan(db, who, plan_id)
    move = _move(plan, body)
    found = actions_to_copy(db, who, plan_id, today=at.today)
    if len(found) > MOST_COPIED:
        raise Conflict(
            f"The plan has {len(found):,} actions. At most {MOST_COPIED:,} are copied at once: use the API."
        )
    made = plans_service.create_plan(db, who, at, _new_plan(plan, body, move), plan_id=new_id)
    under = {
        str(one["id"]): priorities_service.create_priority(
            db, who, at, made["id"], PriorityCreate(**{name: one[name] for name in _PRIORITY})
        )["id"]
        for one in priorities_service.list_priorities(db, who, plan_id, asked=lists.WHOLE)["items"]
    }
    copies: dict[str, UUID] = {}
    for action in _waited_for_first(found):
        copy = _new_action(action, plan["ref"], under, copies, move)
        made_action = actions_service.create_action(db, who, at, made["id"], copy)
        copies[str(action["id"])] = made_action["id"]
    return plans_service.get_plan(db, who, made["id"])


def _move(plan: Mapping[str, Any], body: PlanCopy) -> Move:
    """What becomes of a date. Raises Invalid where it is to be moved and nothing says how far."""
    if body.dates is CopiedDates.left_out:
        return lambda day: None
    if body.dates is CopiedDates.kept:
        return lambda day: day
    first, to = plan["starts_on"], body.starts_on
    if first is None:
        raise invalid("/dates", "Choose another: the plan has no first day to move its dates from.")
    if to is None:
        raise invalid("/starts_on", "Give the first day of the new plan: the dates are moved by as much.")

    def move(day: date) -> date:
        try:
            found = shifted(day, first, to)
        except OverflowError:
            found = date.max
        if not EARLIEST_DATE <= found <= LATEST_DATE:
            text = f"Give a day nearer to {first}: {day} would be moved out of the years that are kept."
            raise invalid("/starts_on", text)
        return found

    return move


def _new_plan(plan: Mapping[str, Any], body: PlanCopy, move: Move) -> PlanCreate:
    ends_on = move(plan["ends_on"]) if plan["ends_on"] else None
    if body.dates is CopiedDates.kept and body.starts_on and ends_on and ends_on < body.starts_on:
        ends_on = None
    return PlanCreate(
        ref=body.ref, title=body.title, kind=plan["kind"], starts_on=body.starts_on, ends_on=ends_on
    )


def _waited_for_first(found: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The actions in an order in which each comes after those that it waits for."""
    by_id = {str(one["id"]): one for one in found}
    graph = {key: [other for other in one["depends_on"] if other in by_id] for key, one in by_id.items()}
    return [by_id[key] for key in TopologicalSorter(graph).static_order()]


def _new_action(
    action: Mapping[str, Any],
    plan_ref: str,
    under: Mapping[str, UUID],
    copies: Mapping[str, UUID],
    move: Move,
) -> ActionCreate:
    """The copy of an action; a date that is left out is not stated at all."""
    lead = action["lead"]
    values: dict[str, Any] = {name: action[name] for name in COPIED}
    for name in _DATES:
        day = action[name]
        if day is not None and (moved := day if day == "ongoing" else move(day)):
            values[name] = moved
    if depends_on := [copies[other] for other in action["depends_on"] if other in copies]:
        values["depends_on"] = depends_on
    points = [
        PointPlace(priority_id=under[point["priority_id"]], ref=point["ref"]) for point in action["points"]
    ]
    return ActionCreate(
        **values,
        lead_id=lead["id"] if lead else None,
        co_lead_ids=[one["id"] for one in action["co_leads"]],
        points=points,
        reason=f"Copied from {action['ref']} of {plan_ref}.",
    )
