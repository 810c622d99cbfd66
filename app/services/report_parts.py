"""Actions, risks and changes as a report holds them: by priority, without what only editing needs."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, Uuid, bindparam, select

from app.access.roles import Principal
from app.entries.fold import standing
from app.models.tables import action_states, plans, updates
from app.plans.states import is_open, ref_order
from app.plans.statuses import Status
from app.sentences.actions import deadline_of
from app.sentences.progress import Missed
from app.services import action_entries, controls, entries, lists, management_actions
from app.services import actions as actions_service
from app.services import risks as risks_service
from app.services.as_at import DAY, stands

Item = dict[str, Any]

_FOR_EDITING = frozenset(
    {"version", "created_at", "updated_at", "as_at", "plan_id", "area_id", "position", "severity_before"}
)
_STATE = action_states.c
_ENTRY = ("effective_on", "narrative", "reason", "author_name")
_EXPLAINED: Select[Any] = (
    select(
        updates.c.action_id,
        _STATE.withdrawn,
        *(updates.c[name] for name in ("id", "sequence", "facts", "replaces", *_ENTRY)),
    )
    .select_from(action_states)
    .join(plans, plans.c.id == _STATE.plan_id)
    .join(updates, updates.c.action_id == _STATE.action_id)
    .where(
        _STATE.plan_id == bindparam("plan_id", type_=Uuid),
        plans.c.area_id == bindparam("area_id", type_=Uuid),
        stands(_STATE, today=False),
        _STATE.withdrawn
        | (_STATE.status == Status.delayed)
        | ((_STATE.status != Status.complete) & (_STATE.deadline_on < DAY)),
    )
)
"""What is withdrawn, delayed or overdue, with its entries: one of them says why."""


def _told(found: Mapping[str, Any]) -> Item:
    return {name: value for name, value in found.items() if name not in _FOR_EDITING}


@dataclass(frozen=True, slots=True)
class Actions:
    """Every action of a plan as at a day, withdrawn ones included, in the order of their first refs."""

    every: Sequence[Item]

    def under(self, priority_id: UUID) -> dict[str, list[Item]]:
        """Those under a priority by the ref that they have there, and apart from them the withdrawn ones."""
        found: dict[str, list[Item]] = {"actions": [], "withdrawn_actions": []}
        for one in self.every:
            for point in one["points"]:
                if point["priority_id"] == str(priority_id):
                    name = "withdrawn_actions" if one["withdrawn"] else "actions"
                    found[name].append({**one, "ref": point["ref"]})
        for items in found.values():
            items.sort(key=lambda one: (ref_order(one["ref"]), one["id"]))
        return found

    def due(self, day: date, until: date) -> list[Item]:
        """Open actions whose deadline has not passed and comes until a day, the next one first."""
        found = [
            {
                **{name: one[name] for name in ("id", "ref", "title", "status", "lead")},
                "due_on": one["deadline_on"],
            }
            for one in self.every
            if is_open(one["status"], one["withdrawn"]) and one["deadline_on"]
        ]
        return sorted((one for one in found if day <= one["due_on"] <= until), key=lambda one: one["due_on"])


def actions(db: Connection, who: Principal, plan_id: UUID, *, today: date, day: date) -> Actions:
    """Every action of a plan whole; a delayed or overdue one with the entry that gave it its status.

    A withdrawn one with the entry that withdrew it, as ``withdrawal_entry``: earlier stored copies have none.
    """
    answer = actions_service.list_actions(db, who, plan_id, today=today, as_at=day, asked=lists.WHOLE)
    reasons = _reasons(db, who, plan_id, day)
    return Actions(
        [
            {
                **_told(one),
                "deadline_on": deadline_of(one),
                **reasons.get(one["id"], {}),
            }
            for one in answer["items"]
        ]
    )


def _reasons(db: Connection, who: Principal, plan_id: UUID, day: date) -> dict[UUID, Item]:
    """For each delayed, overdue or withdrawn action the entry that says why, under its name in the content.

    The last one that stated its status, or that it is withdrawn; by the action's id.
    """
    rows: dict[UUID, dict[UUID, Item]] = defaultdict(dict)
    parameters = {"plan_id": plan_id, "area_id": who.area_id, "day": day}
    for row in db.execute(_EXPLAINED, parameters):
        rows[row.action_id][row.id] = dict(row._mapping)
    found = {}
    for action_id, of_action in rows.items():
        known = entries.as_entries(action_entries.KIND, of_action.values())
        is_withdrawn = next(iter(of_action.values()))["withdrawn"]
        fact, name = ("withdrawn", "withdrawal_entry") if is_withdrawn else ("status", "status_entry")
        stated = [one for one in standing(known) if one.effective_on <= day and one.facts.get(fact)]
        if stated:
            entry = next(row for row in of_action.values() if row["id"] == stated[-1].id)
            found[action_id] = {name: {part: entry[part] for part in _ENTRY}}
    return found


def missed(found: Sequence[Mapping[str, Any]]) -> list[Missed]:
    """Overdue actions as a sentence names them."""
    return [
        Missed(one["ref"], one["deadline_on"])
        for one in found
        if one["flags"]["overdue"] and one["deadline_on"]
    ]


def risks(
    db: Connection, who: Principal, plan_id: UUID, *, today: date, day: date
) -> dict[UUID | None, list[Item]]:
    """The risks of a plan's registers that are not closed, worst first, by priority; general ones: None.

    Each with its controls and its management actions as at the day.
    """
    listed = risks_service.highest(db, who, plan_id, today=today, as_at=day, limit=lists.WHOLE.limit)
    in_place, planned = defaultdict(list), defaultdict(list)
    for one in controls.of_plan(db, who, plan_id):
        in_place[one["risk_id"]].append(_told(one))
    for one in management_actions.of_plan(db, who, plan_id, today=today, as_at=day):
        planned[one["risk_id"]].append(_told(one))
    found: dict[UUID | None, list[Item]] = defaultdict(list)
    for one in listed:
        parts = {"controls": in_place[one["id"]], "management_actions": planned[one["id"]]}
        found[one["priority_id"]].append({**_told(one), **parts})
    return found
