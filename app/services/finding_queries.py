"""The statements that read what the data-quality checks look at, as at a day: one a kind of record.

Each is scoped by area and, where asked for, by a plan, a register or one record; built once for each scope.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Uuid, bindparam, or_, select

from app.models.tables import (
    action_states,
    actions,
    management_action_states,
    management_actions,
    periods,
    plans,
    registers,
    risk_states,
    risks,
    updates,
)
from app.plans.statuses import OPEN_DEPENDENCY, Status
from app.risk.scoring import RiskState
from app.services import period_days
from app.services.as_at import DAY, stands

_STATE, _RISK, _STEP = action_states.c, risk_states.c, management_action_states.c
_PLAN_IN_AREA = plans.c.area_id == bindparam("area_id", type_=Uuid)
_REGISTER_IN_AREA = registers.c.area_id == bindparam("area_id", type_=Uuid)
ACTION_SCOPES: Mapping[str, ColumnElement[bool]] = {
    "plan_id": _STATE.plan_id == bindparam("plan_id", type_=Uuid),
    "action_id": _STATE.action_id == bindparam("action_id", type_=Uuid),
}
RISK_SCOPES: Mapping[str, ColumnElement[bool]] = {
    "plan_id": registers.c.plan_id == bindparam("plan_id", type_=Uuid),
    "register_id": _RISK.register_id == bindparam("register_id", type_=Uuid),
    "risk_id": _RISK.risk_id == bindparam("risk_id", type_=Uuid),
}
_FACTS = (
    *("status", "code", "start_on", "due_on", "due_ongoing", "review_on", "forecast_on", "narrative_on"),
    *("impact_state", "impact_review_on"),
)
# Leaves out the many actions in which no check can find anything: what it lets pass, the rules decide.
# A test holds that nothing which they find is left out.
_WORTH_A_LOOK = or_(
    actions.c.lead_id.is_(None),
    _STATE.deadline_on.is_(None),
    _STATE.due_on < _STATE.start_on,
    (_STATE.status == Status.on_target) & (_STATE.deadline_on < DAY),
    _STATE.forecast_on > _STATE.deadline_on,
    _STATE.code.op("&", return_type=Integer())(OPEN_DEPENDENCY) != 0,
    _STATE.impact_review_on < DAY,
    periods.c.first_day.is_not(None)
    & (_STATE.narrative_on.is_(None) | (_STATE.narrative_on < periods.c.first_day)),
)


@cache
def of_actions(scope: frozenset[str], today: bool) -> Select[Any]:
    """Actions that are not withdrawn, with the first day of the period that contains the day."""
    of_day = (periods.c.plan_id == _STATE.plan_id) & period_days.contains(DAY)
    return (
        select(
            _STATE.action_id.label("id"),
            *(_STATE[name] for name in ("plan_id", "ref", "ref_order", "points", *_FACTS)),
            actions.c.title,
            actions.c.lead_id,
            periods.c.first_day.label("period_first_day"),
        )
        .select_from(action_states)
        .join(actions, actions.c.id == _STATE.action_id)
        .join(plans, plans.c.id == _STATE.plan_id)
        .outerjoin(periods, of_day)
        .where(
            _PLAN_IN_AREA,
            stands(_STATE, today=today),
            _STATE.withdrawn.is_(False),
            _WORTH_A_LOOK,
            *(ACTION_SCOPES[name] for name in sorted(scope)),
        )
    )


@cache
def of_entries(scope: frozenset[str], today: bool) -> Select[Any]:
    """The entries of actions on target past their due date: a reason is looked for in them."""
    return (
        select(
            _STATE.action_id.label("of_action"),
            _STATE.deadline_on,
            *(updates.c[name] for name in ("id", "sequence", "effective_on", "facts", "reason", "replaces")),
        )
        .select_from(action_states)
        .join(plans, plans.c.id == _STATE.plan_id)
        .join(updates, updates.c.action_id == _STATE.action_id)
        .where(
            _PLAN_IN_AREA,
            stands(_STATE, today=today),
            _STATE.status == Status.on_target,
            _STATE.deadline_on < DAY,
            *(ACTION_SCOPES[name] for name in sorted(scope)),
        )
    )


_PAIRS = ("current_likelihood", "current_impact", "target_likelihood", "target_impact")
_OF_RISK = (
    risks.c.id.label("risk_id"),
    risks.c.ref,
    risks.c.ref_order,
    registers.c.plan_id,
    _RISK.register_id,
    _RISK.priority_id,
    _RISK.state.label("risk_state"),
)


@cache
def of_risks(scope: frozenset[str], today: bool) -> Select[Any]:
    """Risks that are not closed, each with its management actions; one without has a null ``step_id``."""
    table = management_actions.c
    of_day = (_STEP.management_action_id == table.id) & stands(_STEP, today=today)
    return (
        select(
            *_OF_RISK,
            *(_RISK[name] for name in (*_PAIRS, "last_updated_on", "target_rationale")),
            *(risks.c[name] for name in ("opened_on", "owner_id", "description")),
            # Not there yet on an earlier day than that on which it was added.
            _STEP.management_action_id.label("step_id"),
            *(table[name] for name in ("title", "lead_id", "position")),
            _STEP.status,
            _STEP.due_on,
        )
        .select_from(risk_states)
        .join(risks, risks.c.id == _RISK.risk_id)
        .join(registers, registers.c.id == _RISK.register_id)
        .outerjoin(management_actions, table.risk_id == risks.c.id)
        .outerjoin(management_action_states, of_day)
        .where(
            _REGISTER_IN_AREA,
            stands(_RISK, today=today),
            _RISK.state != RiskState.closed,
            *(RISK_SCOPES[name] for name in sorted(scope)),
        )
    )
