"""Checks of risks and of their management actions (domain rules, section 7).

A closed risk has no findings, nor have its management actions: closing keeps everything as it was. One that
was accepted or has materialised is checked like an open one, but need not plan to reach its target. A
management action that is complete is not asked for a due date or a lead any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.data_quality.base import Check, CheckId, Noun
from app.plans.statuses import Status
from app.risk.scoring import RiskState, gap, rationale_needed, score


@dataclass(frozen=True, slots=True)
class RiskFacts:
    """What the checks look at of a risk; pairs are None where it is not scored."""

    state: RiskState = RiskState.open
    opened_on: date | None = None
    last_updated_on: date | None = None
    owner_id: UUID | None = None
    current_likelihood: int | None = None
    current_impact: int | None = None
    target_likelihood: int | None = None
    target_impact: int | None = None
    target_rationale: str | None = None
    management_actions: int = 0

    @property
    def current_score(self) -> int | None:
        """Likelihood times impact; None when not scored."""
        return _score(self.current_likelihood, self.current_impact)

    @property
    def target_score(self) -> int | None:
        """The same of the target."""
        return _score(self.target_likelihood, self.target_impact)


@dataclass(frozen=True, slots=True)
class ManagementActionFacts:
    """What the checks look at of a management action; its status may be not stated."""

    risk_state: RiskState = RiskState.open
    status: Status | None = None
    due_on: date | None = None
    lead_id: UUID | None = None


def _score(likelihood: int | None, impact: int | None) -> int | None:
    return None if likelihood is None or impact is None else score(likelihood, impact)


def _above(target: int | None, current: int | None) -> bool:
    return target is not None and current is not None and target > current


def updated_before_opened(risk: RiskFacts) -> bool:
    """Whether it was last updated before it was opened (section 7)."""
    updated, opened = risk.last_updated_on, risk.opened_on
    return updated is not None and opened is not None and updated < opened


def no_opened_date(risk: RiskFacts) -> bool:
    """Whether it is not said when it was opened (section 7)."""
    return risk.opened_on is None


def no_owner(risk: RiskFacts) -> bool:
    """Whether nobody owns it (section 7)."""
    return risk.owner_id is None


def no_management_action(risk: RiskFacts) -> bool:
    """Whether it is open, above its target, and nothing is planned (section 7)."""
    distance = gap(risk.current_score, risk.target_score)
    return (
        risk.state is RiskState.open and distance is not None and distance > 0 and not risk.management_actions
    )


def target_likelihood_above_current(risk: RiskFacts) -> bool:
    """Whether it is to become likelier than it is (section 7)."""
    return _above(risk.target_likelihood, risk.current_likelihood)


def target_impact_above_current(risk: RiskFacts) -> bool:
    """Whether its impact is to become larger than it is (section 7)."""
    return _above(risk.target_impact, risk.current_impact)


def target_without_rationale(risk: RiskFacts) -> bool:
    """Whether its target is at or above the current score and nobody has said why (sections 3 and 7)."""
    return rationale_needed(risk.current_score, risk.target_score) and not risk.target_rationale


def action_no_due_date(action: ManagementActionFacts) -> bool:
    """Whether a management action still to be done has no due date (section 7)."""
    return action.status is not Status.complete and action.due_on is None


def action_no_lead(action: ManagementActionFacts) -> bool:
    """Whether a management action still to be done has no lead (section 7)."""
    return action.status is not Status.complete and action.lead_id is None


_PAIRS = ("current_likelihood", "current_impact", "target_likelihood", "target_impact")
ALL: Sequence[Check[RiskFacts]] = (
    Check(
        CheckId.risk_updated_before_opened,
        Noun.risk,
        "The risk was last updated before it was opened. Assess it again, or correct the day it was opened.",
        ("opened_on", "last_updated_on"),
        updated_before_opened,
    ),
    Check(
        CheckId.risk_no_opened_date,
        Noun.risk,
        "Give the day on which the risk was opened.",
        ("opened_on",),
        no_opened_date,
    ),
    Check(CheckId.risk_no_owner, Noun.risk, "Give the risk an owner.", ("owner_id",), no_owner),
    Check(
        CheckId.risk_no_management_action,
        Noun.risk,
        "The risk is open and above its target, and nothing is planned. "
        "Add a management action, or accept the risk as it is.",
        ("state", *_PAIRS),
        no_management_action,
    ),
    Check(
        CheckId.risk_target_likelihood_above_current,
        Noun.risk,
        "The target likelihood is above the current one. Assess the risk again with the pairs that hold.",
        ("current_likelihood", "target_likelihood"),
        target_likelihood_above_current,
    ),
    Check(
        CheckId.risk_target_impact_above_current,
        Noun.risk,
        "The target impact is above the current one. Assess the risk again with the pairs that hold.",
        ("current_impact", "target_impact"),
        target_impact_above_current,
    ),
    Check(
        CheckId.risk_target_without_rationale,
        Noun.risk,
        "The target is not below the current score. Say why in an assessment, or set a lower target.",
        _PAIRS,
        target_without_rationale,
    ),
)
ALL_OF_MANAGEMENT_ACTIONS: Sequence[Check[ManagementActionFacts]] = (
    Check(
        CheckId.management_action_no_due_date,
        Noun.management_action,
        "Give the management action a due date by an update.",
        ("status", "due_on"),
        action_no_due_date,
    ),
    Check(
        CheckId.management_action_no_lead,
        Noun.management_action,
        "Give the management action a lead.",
        ("status", "lead_id"),
        action_no_lead,
    ),
)


def checks_of(risk: RiskFacts) -> Sequence[Check[RiskFacts]]:
    """The checks that apply to a risk: none once it is closed."""
    return () if risk.state is RiskState.closed else ALL


def checks_of_management_action(action: ManagementActionFacts) -> Sequence[Check[ManagementActionFacts]]:
    """The checks that apply to a management action: none once its risk is closed."""
    return () if action.risk_state is RiskState.closed else ALL_OF_MANAGEMENT_ACTIONS
