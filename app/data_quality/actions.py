"""Checks of actions (domain rules, section 7).

A withdrawn action has no findings: it counts nowhere. A complete one is not asked for what is needed to get
it done (due date, review date, lead, an update in the period): nothing follows from them any more. Its dates
must still be in order, it may not be complete before what it waits for, and its impact is followed up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from app.data_quality.base import Check, CheckId, Noun, Severity
from app.plans.statuses import Comparisons, Flags, Status, compare, deadline, flags, impact_not_evidenced


@dataclass(frozen=True)
class ActionFacts:
    """What the checks look at of an action as it stood on ``day``.

    ``period_first_day`` belongs to the period that contains the day and is None where none does;
    ``is_explained`` says whether a reason stands for being on target against the dates
    (``app.data_quality.reasons``).
    """

    day: date
    status: Status
    withdrawn: bool = False
    lead_id: UUID | None = None
    start_on: date | None = None
    due_on: date | None = None
    due_ongoing: bool = False
    review_on: date | None = None
    forecast_on: date | None = None
    open_dependency: bool = False
    narrative_on: date | None = None
    period_first_day: date | None = None
    impact_state: str | None = None
    impact_review_on: date | None = None
    is_explained: bool = False

    @cached_property
    def deadline_on(self) -> date | None:
        """The due date, or the review date of an ongoing action."""
        return deadline(self.due_on, self.due_ongoing, self.review_on)

    @cached_property
    def comparisons(self) -> Comparisons:
        """The dates compared with each other and with the day, as for the flags."""
        return compare(
            deadline_on=self.deadline_on,
            original_due_on=None,
            forecast_on=self.forecast_on,
            start_on=self.start_on,
            day=self.day,
            open_dependency=self.open_dependency,
            narrative_on=self.narrative_on,
            period_first_day=self.period_first_day,
        )

    @cached_property
    def flags(self) -> Flags:
        """The derived flags: the rules of domain section 2 stay where they are."""
        return flags(self.status, self.withdrawn, self.comparisons)

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.status is not Status.complete

    @property
    def due_passed(self) -> bool:
        """Whether the deadline is before the day."""
        return self.comparisons.due_passed


def on_target_overdue_without_reason(action: ActionFacts) -> bool:
    """Whether it is on target but overdue and nobody has said why.

    Sections 2 and 7: a rating better than the dates suggest needs a reason; without one it blocks publishing.
    """
    return action.status is Status.on_target and action.flags.overdue and not action.is_explained


def contradicted(action: ActionFacts) -> bool:
    """Whether status and dates contradict each other (sections 2 and 7), and it does not block already."""
    return action.flags.contradicted and not on_target_overdue_without_reason(action)


def due_before_start(action: ActionFacts) -> bool:
    """Whether it is due before it starts (section 7)."""
    return action.due_on is not None and action.start_on is not None and action.due_on < action.start_on


def ongoing_without_review_date(action: ActionFacts) -> bool:
    """Whether it is ongoing and nothing takes the place of the due date (sections 2 and 7)."""
    return action.is_open and action.due_ongoing and action.review_on is None


def no_due_date(action: ActionFacts) -> bool:
    """Whether it is not said when it is due (section 7)."""
    return action.is_open and action.due_on is None and not action.due_ongoing


def no_lead(action: ActionFacts) -> bool:
    """Whether nobody leads it (section 7)."""
    return action.is_open and action.lead_id is None


def no_update_in_period(action: ActionFacts) -> bool:
    """Whether nothing was reported in the period that contains the day (sections 2 and 7)."""
    return action.flags.no_reportable_progress is True


def no_evidence_of_impact(action: ActionFacts) -> bool:
    """Whether it is complete and its impact is not evidenced after its impact review date (section 2)."""
    return impact_not_evidenced(action.status, action.impact_state, action.impact_review_on, action.day)


ALL: Sequence[Check[ActionFacts]] = (
    Check(
        CheckId.action_on_target_overdue_without_reason,
        Noun.action,
        "The action is on target although its due date has passed, and nobody has said why. "
        "Record an update that repeats the status with the reason, or states what is true now.",
        ("status", "deadline_on", "forecast_on"),
        on_target_overdue_without_reason,
        Severity.blocks,
    ),
    Check(
        CheckId.action_contradicted,
        Noun.action,
        "The status contradicts the dates, or the action is complete before one that it waits for. "
        "Record an update that puts it right.",
        ("status", "deadline_on", "forecast_on", "due_passed", "open_dependency"),
        contradicted,
    ),
    Check(
        CheckId.action_due_before_start,
        Noun.action,
        "The action is due before it starts. Correct one of the two dates by an update.",
        ("start_on", "due_on"),
        due_before_start,
    ),
    Check(
        CheckId.action_ongoing_without_review_date,
        Noun.action,
        "The action is ongoing without a review date. Give it one by an update.",
        ("due_ongoing", "review_on"),
        ongoing_without_review_date,
    ),
    Check(
        CheckId.action_no_due_date,
        Noun.action,
        "Give the action a due date by an update.",
        ("due_on", "due_ongoing"),
        no_due_date,
    ),
    Check(CheckId.action_no_lead, Noun.action, "Give the action a lead.", ("lead_id",), no_lead),
    Check(
        CheckId.action_no_update_in_period,
        Noun.action,
        "Nothing has been reported on the action in this period. Record an update that says what happened.",
        ("period_first_day", "narrative_on"),
        no_update_in_period,
    ),
    Check(
        CheckId.action_impact_not_evidenced,
        Noun.action,
        "The action is complete, its impact review date has passed, and its impact is not evidenced. "
        "Add evidence and record the impact by an update, or take it to the board.",
        ("status", "impact_state", "impact_review_on"),
        no_evidence_of_impact,
    ),
)


def checks_of(action: ActionFacts) -> Sequence[Check[ActionFacts]]:
    """The checks that apply to an action: none while it is withdrawn."""
    return () if action.withdrawn else ALL
