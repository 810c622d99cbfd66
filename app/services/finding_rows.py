"""What the data-quality checks find in the records as at a day, read by one statement a kind of record."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from app.access.roles import Principal
from app.data_quality import actions as action_rules
from app.data_quality import risks as risk_rules
from app.data_quality.actions import ActionFacts
from app.data_quality.base import Check, fingerprint, found
from app.data_quality.reasons import is_explained
from app.data_quality.risks import ManagementActionFacts, RiskFacts
from app.entries.fold import Entry
from app.plans.statuses import OPEN_DEPENDENCY, Status, deadline
from app.risk.scoring import RiskState
from app.services import action_entries
from app.services import finding_queries as queries

Scope = Mapping[str, UUID]
"""What is asked for beside the area: ``plan_id``, ``register_id``, ``action_id``, ``risk_id``."""


class Found(NamedTuple):
    """A finding with what orders it: where its record stands, and which check found it in which ``facts``."""

    check: Check[Any]
    facts: Any
    id: UUID
    ref: str
    title: str
    ref_order: str
    position: int
    plan_id: UUID | None
    register_id: UUID | None
    risk_id: UUID | None
    priority_id: UUID | str | None

    def fingerprint(self) -> str:
        """Of the values that the check looked at. Worked out where it is needed: there may be thousands."""
        return fingerprint(self.check, self.facts)


def read(db: Connection, who: Principal, day: date, scope: Scope, *, today: date) -> list[Found]:
    """Every finding in a scope as at a day, in no order. Three queries at most, whatever there is."""
    names, is_today = frozenset(scope), day == today
    values = {"area_id": who.area_id, "day": day, **scope}
    rows: list[Found] = []
    if names <= queries.ACTION_SCOPES.keys():
        rows += _found_in_actions(db, names, is_today, values)
    if names <= queries.RISK_SCOPES.keys():
        rows += _found_in_risks(db, names, is_today, values)
    return rows


def _found_in_actions(
    db: Connection, names: frozenset[str], is_today: bool, values: Mapping[str, Any]
) -> Iterator[Found]:
    rows = db.execute(queries.of_actions(names, is_today), values).all()
    # The entries are needed where an action says that it is on target past its deadline, which is rare.
    is_asked = any(_is_late_on_target(row, values["day"]) for row in rows)
    explained = _explained(db, names, is_today, values) if is_asked else frozenset()
    for row in rows:
        facts = ActionFacts(
            day=values["day"],
            status=Status(row.status),
            lead_id=row.lead_id,
            start_on=row.start_on,
            due_on=row.due_on,
            due_ongoing=row.due_ongoing,
            review_on=row.review_on,
            forecast_on=row.forecast_on,
            open_dependency=bool(row.code & OPEN_DEPENDENCY),
            narrative_on=row.narrative_on,
            period_first_day=row.period_first_day,
            impact_state=row.impact_state,
            impact_review_on=row.impact_review_on,
            is_explained=row.id in explained,
        )
        for check in found(action_rules.checks_of(facts), facts):
            yield Found(
                check=check,
                facts=facts,
                id=row.id,
                ref=row.ref,
                title=row.title,
                ref_order=row.ref_order,
                position=0,
                plan_id=row.plan_id,
                register_id=None,
                risk_id=None,
                priority_id=row.points[0]["priority_id"],
            )


def _is_late_on_target(row: Any, day: date) -> bool:
    late_on = deadline(row.due_on, row.due_ongoing, row.review_on)
    return bool(row.status == Status.on_target and late_on and late_on < day)


def _explained(
    db: Connection, names: frozenset[str], is_today: bool, values: Mapping[str, Any]
) -> frozenset[UUID]:
    """The actions on target past their due date for which somebody has given a reason."""
    entries: dict[UUID, list[Entry]] = defaultdict(list)
    deadlines: dict[UUID, date] = {}
    for row in db.execute(queries.of_entries(names, is_today), values):
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
    rows = db.execute(queries.of_risks(names, is_today), values).all()
    steps = [row for row in rows if row.step_id is not None]
    planned = Counter(row.risk_id for row in steps)
    for row in {row.risk_id: row for row in rows}.values():
        facts = RiskFacts(
            state=RiskState(row.risk_state),
            opened_on=row.opened_on,
            last_updated_on=row.last_updated_on,
            owner_id=row.owner_id,
            current_likelihood=row.current_likelihood,
            current_impact=row.current_impact,
            target_likelihood=row.target_likelihood,
            target_impact=row.target_impact,
            target_rationale=row.target_rationale,
            management_actions=planned[row.risk_id],
        )
        for check in found(risk_rules.checks_of(facts), facts):
            yield _of_risk(row, check, facts, row.risk_id, row.description, 0)
    for row in steps:
        step = ManagementActionFacts(
            RiskState(row.risk_state), Status(row.status) if row.status else None, row.due_on, row.lead_id
        )
        for one in found(risk_rules.checks_of_management_action(step), step):
            yield _of_risk(row, one, step, row.step_id, row.title, row.position)


def _of_risk(row: Any, check: Check[Any], facts: Any, subject_id: UUID, title: str, position: int) -> Found:
    return Found(
        check=check,
        facts=facts,
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
