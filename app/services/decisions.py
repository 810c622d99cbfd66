"""What under a priority needs its senior responsible officer to decide, as at today.

Every reason follows from a rule: a flag, a missing path back to green, a risk above its target for which
nothing is planned. An action or risk stands here once, with all its reasons.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Uuid, bindparam, select

from app.access.roles import Principal
from app.models.tables import plans, priorities
from app.plans.statuses import Status, impact_not_evidenced
from app.risk.scoring import Direction, RiskState
from app.sentences.actions import deadline_of
from app.services import actions as actions_service
from app.services import lists, management_actions, records
from app.services import risks as risks_service
from app.services.across_plans import DUE_SOON

_COLUMNS = ("id", "ref", "title", "plan_id")
_OF_AREA = (
    select(*(priorities.c[name] for name in _COLUMNS), plans.c.title.label("plan_title"))
    .join(plans, plans.c.id == priorities.c.plan_id)
    .where(plans.c.area_id == bindparam("area_id", type_=Uuid))
    .order_by(plans.c.id, priorities.c.position, priorities.c.id)
    .limit(1000)
)
_OF_SRO = _OF_AREA.where(priorities.c.sro_id == bindparam("person_id", type_=Uuid))


class Why(StrEnum):
    """Why an action or a risk needs a decision, the most pressing first."""

    overdue = "overdue"
    forecast_late = "forecast_late"
    no_path = "no_path"
    contradicted = "contradicted"
    blocked = "blocked"
    no_lead = "no_lead"
    impact = "impact"
    materialised = "materialised"
    acceptance_over = "acceptance_over"
    nothing_planned = "nothing_planned"
    target_missed = "target_missed"
    worsening = "worsening"
    not_scored = "not_scored"
    review_overdue = "review_overdue"
    planned_overdue = "planned_overdue"


class Decision(NamedTuple):
    """An action or a risk that needs a decision, with every reason. ``late`` are its late ones to do."""

    record: dict[str, Any]
    reasons: tuple[Why, ...]
    late: tuple[dict[str, Any], ...] = ()


class Decisions(NamedTuple):
    """What needs a decision under a priority, and what falls due soon without one."""

    actions: list[Decision]
    risks: list[Decision]
    due_soon: list[dict[str, Any]]


def answered_for(db: Connection, who: Principal, person_id: UUID) -> list[dict[str, Any]]:
    """The priorities of any plan whose senior responsible officer a person is, with their plan's title."""
    return records.as_dicts(db.execute(_OF_SRO, {"area_id": who.area_id, "person_id": person_id}).all())


def priorities_of_area(db: Connection, who: Principal) -> list[dict[str, Any]]:
    """All priorities to choose from, plan by plan, with their plan's title: at most 1,000."""
    return records.as_dicts(db.execute(_OF_AREA, {"area_id": who.area_id}).all())


def of_priority(
    db: Connection, who: Principal, plan_id: UUID, priority_id: UUID, *, today: date
) -> Decisions:
    """What needs a decision under a priority of a plan. Raises NotFound for an unknown plan."""
    wanted = actions_service.Filter(priority_id=priority_id, withdrawn=False)
    found = actions_service.list_actions(db, who, plan_id, today=today, wanted=wanted, asked=lists.WHOLE)
    actions = [(one, deadline_of(one)) for one in found["items"]]
    decided = [Decision(one, reasons) for one, _ in actions if (reasons := _of_action(one, today))]
    needs = {one.record["id"] for one in decided}
    risks = risks_service.of_priority(db, who, priority_id, today=today)
    planned = _planned(db, who, plan_id, today) if risks else {}
    return Decisions(
        actions=sorted(decided, key=lambda one: (_rank(one), deadline_of(one.record) or date.max)),
        risks=[one for risk in risks if (one := _of_risk(risk, planned.get(risk["id"], []), today)).reasons],
        due_soon=[
            one
            for one, due in sorted(actions, key=lambda pair: pair[1] or date.max)
            if due and one["status"] != Status.complete and one["id"] not in needs and due <= today + DUE_SOON
        ],
    )


def _rank(one: Decision) -> int:
    return list(Why).index(one.reasons[0])


def _of_action(one: Mapping[str, Any], today: date) -> tuple[Why, ...]:
    found = {
        Why.overdue: one["flags"]["overdue"],
        Why.forecast_late: one["flags"]["significantly_delayed"],
        Why.no_path: one["status"] == Status.delayed and not one["path_to_green"],
        Why.contradicted: one["flags"]["contradicted"],
        Why.blocked: one["flags"]["blocked"],
        Why.no_lead: one["status"] != Status.complete and one["lead"] is None,
        Why.impact: impact_not_evidenced(one["status"], one["impact_state"], one["impact_review_on"], today),
    }
    return tuple(why for why, holds in found.items() if holds)


def _planned(
    db: Connection, who: Principal, plan_id: UUID, today: date
) -> Mapping[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for one in management_actions.of_plan(db, who, plan_id, today=today):
        if one["status"] != Status.complete:
            found[one["risk_id"]].append(one)
    return found


def _of_risk(one: dict[str, Any], planned: Sequence[dict[str, Any]], today: date) -> Decision:
    is_open, above = one["state"] == RiskState.open, (one["gap"] or 0) > 0
    accepted = one["accepted"]
    late = tuple(todo for todo in planned if todo["overdue"])
    found = {
        Why.materialised: one["state"] == RiskState.materialised,
        Why.acceptance_over: accepted is not None and accepted["until"] < today,
        Why.nothing_planned: is_open and above and not planned,
        Why.target_missed: above and one["target_on"] is not None and one["target_on"] < today,
        Why.worsening: one["direction"] == Direction.worsening,
        Why.not_scored: is_open and one["current"] is None and one["rating"] is None,
        Why.review_overdue: one["review_overdue"],
        Why.planned_overdue: bool(late),
    }
    return Decision(one, tuple(why for why, holds in found.items() if holds), late)
