"""What every check of data quality has: an identifier, a severity, what to do, and the values it looks at."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

Facts = TypeVar("Facts")


class Severity(StrEnum):
    """What a finding does: one that blocks keeps a period from being published."""

    blocks = "blocks"
    warns = "warns"


class Noun(StrEnum):
    """What a finding can be about, in the order of lists."""

    action = "action"
    risk = "risk"
    management_action = "management_action"


class CheckId(StrEnum):
    """The identifier of every check, in the order of lists. Integrators rely on them: they never change."""

    action_on_target_overdue_without_reason = "action_on_target_overdue_without_reason"
    action_contradicted = "action_contradicted"
    action_due_before_start = "action_due_before_start"
    action_ongoing_without_review_date = "action_ongoing_without_review_date"
    action_no_due_date = "action_no_due_date"
    action_no_lead = "action_no_lead"
    action_no_update_in_period = "action_no_update_in_period"
    action_impact_not_evidenced = "action_impact_not_evidenced"
    risk_updated_before_opened = "risk_updated_before_opened"
    risk_no_opened_date = "risk_no_opened_date"
    risk_no_owner = "risk_no_owner"
    risk_no_management_action = "risk_no_management_action"
    risk_target_likelihood_above_current = "risk_target_likelihood_above_current"
    risk_target_impact_above_current = "risk_target_impact_above_current"
    risk_target_without_rationale = "risk_target_without_rationale"
    management_action_no_due_date = "management_action_no_due_date"
    management_action_no_lead = "management_action_no_lead"


@dataclass(frozen=True, slots=True)
class Check(Generic[Facts]):
    """One check: ``is_found`` says whether a record has the fault, ``message`` what to do about it.

    ``looks_at`` names the values that the answer follows from. An acknowledgement holds as long as they
    stay: see ``fingerprint``.
    """

    id: CheckId
    noun: Noun
    message: str
    looks_at: tuple[str, ...]
    is_found: Callable[[Facts], bool]
    severity: Severity = Severity.warns


def fingerprint(check: Check[Facts], facts: Facts) -> str:
    """64 hexadecimal digits that stay as long as the values that the check looks at do."""
    values = [str(getattr(facts, name)) for name in check.looks_at]
    return hashlib.sha256(json.dumps([check.id, *values]).encode()).hexdigest()


def found(checks: Sequence[Check[Facts]], facts: Facts) -> list[Check[Facts]]:
    """The checks that find something in a record, in their order."""
    return [check for check in checks if check.is_found(facts)]
