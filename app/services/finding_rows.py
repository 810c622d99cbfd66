"""Reading what the data-quality checks look at, as at a day: one statement a kind of record.

Every statement is scoped by area and, where asked for, by a plan, a register or one record.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Integer, Select, Uuid, bindparam, or_, select

from app.access.roles import Principal
from app.data_quality import actions as action_rules
from app.data_quality import risks as risk_rules
from app.data_quality.actions import ActionFacts
from app.data_quality.base import Check, Noun, fingerprint, found
from app.data_quality.reasons import is_explained
from app.data_quality.risks import ManagementActionFacts, RiskFacts
from app.entries.fold import Entry
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
from app.services import action_entries
from app.services.as_at import DAY, stands

Scope = Mapping[str, UUID]
"""What is asked for beside the area: ``plan_id``, ``register_id``, ``action_id``, ``risk_id``."""


class Found(NamedTuple):
    """A finding with what orders it: where its record stands, and which check found it."""

    check: Check[Any]
    fingerprint: str
    noun: Noun
    id: UUID
    ref: str
    title: str
    ref_order: str
    position: int
    plan_id: UUID | None
    register_id: UUID | None
    risk_id: UUID | None
    priority_id: UUID | None


_STATE, _RISK, _STEP = action_states.c, risk_states.c, management_action_states.c
_IN_AREA = {"actions": plans.c.area_id == bindparam("area_id", type_=Uuid)}
_IN_AREA["risks"] = registers.c.area_id == bindparam("area_id", type_=Uuid)
_OF_ACTIONS: Mapping[str, ColumnElement[bool]] = {
    "plan_id": _STATE.plan_id == bindparam("plan_id", type_=Uuid),
    "action_id": _STATE.action_id == bindparam("action_id", type_=Uuid),
}
_OF_RISKS: Mapping[str, ColumnElement[bool]] = {
    "plan_id": registers.c.plan_id == bindparam("plan_id", type_=Uuid),
    "register_id": _RISK.register_id == bindparam("register_id", type_=Uuid),
    "risk_id": _RISK.risk_id == bindparam("risk_id", type_=Uuid),
}
_FACTS = ("start_on", "due_on", "due_ongoing", "review_on", "forecast_on", "narrative_on")
_IMPACT = ("impact_state", "impact_review_on")
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
def _actions(scope: frozenset[str], today: bool) -> Select[Any]:
    of_day = (
        (periods.c.plan_id == _STATE.plan_id) & (periods.c.first_day <= DAY) & (periods.c.last_day >= DAY)
    )
    return (
        select(
            _STATE.action_id.label("id"),
            *(_STATE[name] for name in ("plan_id", "ref", "ref_order", "points", "status", "code")),
            *(_STATE[name] for name in (*_FACTS, *_IMPACT)),
            actions.c.title,
            actions.c.lead_id,
            periods.c.first_day.label("period_first_day"),
        )
        .select_from(action_states)
        .join(actions, actions.c.id == _STATE.action_id)
        .join(plans, plans.c.id == _STATE.plan_id)
        .outerjoin(periods, of_day)
        .where(
            _IN_AREA["actions"],
            stands(_STATE, today=today),
            _STATE.withdrawn.is_(False),
            _WORTH_A_LOOK,
            *(_OF_ACTIONS[name] for name in sorted(scope)),
        )
    )


@cache
def _entries(scope: frozenset[str], today: bool) -> Select[Any]:
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
            _IN_AREA["actions"],
            stands(_STATE, today=today),
            _STATE.status == Status.on_target,
            _STATE.deadline_on < DAY,
            *(_OF_ACTIONS[name] for name in sorted(scope)),
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
def _risks(scope: frozenset[str], today: bool) -> Select[Any]:
    return (
        select(
            *_OF_RISK,
            *(_RISK[name] for name in (*_PAIRS, "last_updated_on", "target_rationale")),
            *(risks.c[name] for name in ("opened_on", "owner_id", "description")),
        )
        .select_from(risk_states)
        .join(risks, risks.c.id == _RISK.risk_id)
        .join(registers, registers.c.id == _RISK.register_id)
        .where(*_risk_conditions(scope, today))
    )


@cache
def _steps(scope: frozenset[str], today: bool) -> Select[Any]:
    table = management_actions.c
    return (
        select(
            *_OF_RISK,
            *(table[name] for name in ("id", "title", "lead_id", "position")),
            _STEP.status,
            _STEP.due_on,
        )
        .select_from(risk_states)
        .join(risks, risks.c.id == _RISK.risk_id)
        .join(registers, registers.c.id == _RISK.register_id)
        .join(management_actions, table.risk_id == risks.c.id)
        .join(management_action_states, _STEP.management_action_id == table.id)
        .where(*_risk_conditions(scope, today), stands(_STEP, today=today))
    )


def _risk_conditions(scope: frozenset[str], today: bool) -> list[ColumnElement[bool]]:
    return [
        _IN_AREA["risks"],
        stands(_RISK, today=today),
        _RISK.state != RiskState.closed,
        *(_OF_RISKS[name] for name in sorted(scope)),
    ]


def read(db: Connection, who: Principal, day: date, scope: Scope, *, today: date) -> list[Found]:
    """Every finding in a scope as at a day, in no order. Five queries at most, whatever there is."""
    names, is_today = frozenset(scope), day == today
    values = {"area_id": who.area_id, "day": day, **scope}
    rows: list[Found] = []
    if names <= _OF_ACTIONS.keys():
        rows += _found_in_actions(db, names, is_today, values)
    if names <= _OF_RISKS.keys():
        rows += _found_in_risks(db, names, is_today, values)
    return rows


def _found_in_actions(
    db: Connection, names: frozenset[str], is_today: bool, values: Mapping[str, Any]
) -> Iterator[Found]:
    explained = _explained(db, names, is_today, values)
    for row in db.execute(_actions(names, is_today), values):
        held = row._mapping
        facts = ActionFacts(
            day=values["day"],
            status=Status(row.status),
            lead_id=row.lead_id,
            open_dependency=bool(row.code & OPEN_DEPENDENCY),
            period_first_day=row.period_first_day,
            is_explained=row.id in explained,
            **{name: held[name] for name in (*_FACTS, *_IMPACT)},
        )
        for check in found(action_rules.checks_of(facts), facts):
            yield Found(
                check=check,
                fingerprint=fingerprint(check, facts),
                noun=Noun.action,
                id=row.id,
                ref=row.ref,
                title=row.title,
                ref_order=row.ref_order,
                position=0,
                plan_id=row.plan_id,
                register_id=None,
                risk_id=None,
                priority_id=UUID(row.points[0]["priority_id"]),
            )


def _explained(
    db: Connection, names: frozenset[str], is_today: bool, values: Mapping[str, Any]
) -> frozenset[UUID]:
    """The actions on target past their due date for which somebody has given a reason."""
    entries: dict[UUID, list[Entry]] = defaultdict(list)
    deadlines: dict[UUID, date] = {}
    for row in db.execute(_entries(names, is_today), values):
        facts = action_entries.decode(row.facts) | {"reason": row.reason}
        entries[row.of_action].append(Entry(row.id, row.sequence, row.effective_on, facts, row.replaces))
        deadlines[row.of_action] = row.deadline_on
    return frozenset(
        action_id
        for action_id, deadline_on in deadlines.items()
        if is_explained(entries[action_id], values["day"], deadline_on)
    )


def _found_in_risks(
    db: Connection, names: frozenset[str], is_today: bool, values: Mapping[str, Any]
) -> Iterator[Found]:
    steps = db.execute(_steps(names, is_today), values).all()
    planned = Counter(row.risk_id for row in steps)
    for row in db.execute(_risks(names, is_today), values):
        held = row._mapping
        facts = RiskFacts(
            state=RiskState(row.risk_state),
            management_actions=planned[row.risk_id],
            **{name: held[name] for name in (*_PAIRS, "last_updated_on", "target_rationale")},
            **{name: held[name] for name in ("opened_on", "owner_id")},
        )
        for check in found(risk_rules.checks_of(facts), facts):
            yield _of_risk(row, check, fingerprint(check, facts), Noun.risk, row.risk_id, row.description, 0)
    for row in steps:
        step = ManagementActionFacts(
            RiskState(row.risk_state), Status(row.status) if row.status else None, row.due_on, row.lead_id
        )
        for one in found(risk_rules.checks_of_management_action(step), step):
            marks = fingerprint(one, step)
            yield _of_risk(row, one, marks, Noun.management_action, row.id, row.title, row.position)


def _of_risk(
    row: Any, check: Check[Any], marks: str, noun: Noun, subject_id: UUID, title: str, position: int
) -> Found:
    return Found(
        check=check,
        fingerprint=marks,
        noun=noun,
        id=subject_id,
        ref=row.ref,
        title=title,
        ref_order=row.ref_order,
        position=position,
        plan_id=row.plan_id,
        register_id=row.register_id,
        risk_id=row.risk_id,
        priority_id=row.priority_id,
    )
