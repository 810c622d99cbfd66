"""What the checks of data quality find in a plan as it was known at a place, from entries alone."""

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from app.data_quality import actions as action_rules
from app.data_quality import risks as risk_rules
from app.data_quality.actions import ActionFacts
from app.data_quality.base import Check, found
from app.data_quality.reasons import is_explained
from app.data_quality.risks import ManagementActionFacts, RiskFacts
from app.plans.statuses import Status
from app.risk.scoring import RiskState
from app.services.figures import finding_key
from app.services.known import Known
from app.services.replay_actions import ActionThen, ReplayedActions
from app.services.replay_risks import ReplayedRisks

_DATES = (
    "start_on",
    "due_on",
    "review_on",
    "forecast_on",
    "narrative_on",
    "impact_state",
    "impact_review_on",
)
_PAIR = ("likelihood", "impact")


def findings(known: Known, actions: ReplayedActions, risks: ReplayedRisks) -> dict[str, str]:
    """The severity of each finding, by ``figures.finding_key``."""
    all_found = [*_of_actions(known, actions), *_of_risks(known, risks)]
    return {finding_key(check.id, subject): str(check.severity) for check, subject in all_found}


def _of_actions(known: Known, actions: ReplayedActions) -> Iterator[tuple[Check[ActionFacts], UUID]]:
    for action_id, then in actions.actions.items():
        facts = ActionFacts(
            day=actions.day,
            status=then.status,
            withdrawn=then.withdrawn,
            lead_id=known.actions[action_id]["lead_id"],
            due_ongoing=bool(then.facts.get("due_ongoing")),
            open_dependency=then.comparisons.open_dependency,
            period_first_day=actions.period["first_day"] if actions.period else None,
            is_explained=_is_explained(known, action_id, then, actions),
            **{name: then.facts.get(name) for name in _DATES},
        )
        for check in found(action_rules.checks_of(facts), facts):
            yield check, action_id


def _is_explained(known: Known, action_id: UUID, then: ActionThen, actions: ReplayedActions) -> bool:
    due = then.deadline_on
    return due is not None and is_explained(known.updates[action_id], actions.day, due)


def _of_risks(
    known: Known, risks: ReplayedRisks
) -> Iterator[tuple[Check[RiskFacts] | Check[ManagementActionFacts], UUID]]:
    planned = Counter(known.management_actions[one]["risk_id"] for one in risks.managed)
    for risk_id, then in risks.risks.items():
        sides = {side: then.facts.get(side) or {} for side in ("current", "target")}
        facts = RiskFacts(
            state=then.state,
            opened_on=known.risks[risk_id]["opened_on"],
            owner_id=known.risks[risk_id]["owner_id"],
            last_updated_on=then.facts.get("last_updated_on"),
            target_rationale=then.facts.get("target_rationale"),
            management_actions=planned[risk_id],
            **{f"{side}_{name}": pair.get(name) for side, pair in sides.items() for name in _PAIR},
        )
        for check in found(risk_rules.checks_of(facts), facts):
            yield check, risk_id
    for action_id, stated in risks.managed.items():
        own = known.management_actions[action_id]
        status = stated.get("status")
        step = ManagementActionFacts(
            risk_state=_state_of(risks, own["risk_id"]),
            status=Status(status) if status else None,
            due_on=stated.get("due_on"),
            lead_id=own["lead_id"],
        )
        for one in found(risk_rules.checks_of_management_action(step), step):
            yield one, action_id


def _state_of(risks: ReplayedRisks, risk_id: UUID) -> RiskState:
    """The state of a risk; closed for one that was not in its register yet, so that nothing is found."""
    then = risks.risks.get(risk_id)
    return then.state if then else RiskState.closed
