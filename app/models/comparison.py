"""A plan and its risks on two days, as answered."""

from datetime import date
from typing import Literal
from uuid import UUID

from sqlmodel import Field

from app.models.actions import PointRead
from app.models.base import Output
from app.models.progress import PlanName, ProgressFigures
from app.models.risk_positions import RiskPosition
from app.plans.statuses import Status
from app.risk.scoring import Direction


class ChangeEntry(Output):
    """The dated entry that explains a change."""

    id: UUID = Field(description="Identifier of the entry.")
    sequence: int = Field(description="Place in the area's journal.")
    effective_on: date = Field(description="The day from which it was true.")
    author_name: str = Field(description="Who recorded it.")
    operation: str = Field(description="What kind of entry it is, for example `updated` or `assessed`.")
    narrative: str | None = Field(description="What has happened, in words.")
    reason: str | None = Field(description="Why, where a reason was given.")
    backdated: bool = Field(description="Whether it was dated before an entry that already stood.")


class ActionPosition(Output):
    """An action's dated facts on one of the days."""

    status: Status = Field(description="The status.")
    withdrawn: bool = Field(description="Whether it was left out of every count.")
    completed_on: date | None = Field(description="When it was completed.")
    due_on: Literal["ongoing"] | date | None = Field(description="When it was due, or `ongoing`.")
    review_on: date | None = Field(description="When an ongoing action was to be reviewed.")
    forecast_on: date | None = Field(description="When it was expected to be complete.")
    points: list[PointRead] = Field(description="Its places under priorities, in order.")


class ChangedAction(Output):
    """An action to which something happened; its title is as it is now."""

    id: UUID = Field(description="Identifier of the action.")
    ref: str = Field(description="Its first ref, or the one under the priority asked for.")
    title: str = Field(description="What is to be done.")
    action_points: int = Field(description="How many action points of the scope it counts as.")
    before: ActionPosition | None = Field(description="On the earlier day; null where it was not there yet.")
    after: ActionPosition = Field(description="On the later day.")
    entry: ChangeEntry | None = Field(
        description="The entry that made the change; where no entry did, the newest narrative by then."
    )


class ActionsChanged(Output):
    """All actions to which the same happened."""

    action_points: int = Field(description="Action points of the scope, as percentages count them.")
    actions: int = Field(description="Distinct actions.")
    items: list[ChangedAction] = Field(description="Each action, in the order of the plan.")


class ActionChanges(Output):
    """What happened to actions; one may be in several. Status and dates are compared while it counts."""

    delayed_to_on_target: ActionsChanged = Field(description="Went from delayed to on target.")
    became_delayed: ActionsChanged = Field(description="Delayed now, and another status before.")
    still_delayed: ActionsChanged = Field(description="Delayed on both days.")
    became_overdue: ActionsChanged = Field(description="Overdue on the later day and not on the earlier.")
    completed: ActionsChanged = Field(description="Complete now, and not before.")
    reopened: ActionsChanged = Field(description="No longer complete.")
    started: ActionsChanged = Field(description="Went from not started to on target.")
    not_started_again: ActionsChanged = Field(
        description="Set back from on target or delayed to not started."
    )
    new: ActionsChanged = Field(description="Added since, and counted.")
    withdrawn: ActionsChanged = Field(description="Withdrawn since; `before` is null where added since too.")
    reinstated: ActionsChanged = Field(description="Withdrawn before, counted again.")
    due_moved: ActionsChanged = Field(description="Due on another day; for an ongoing action, its review.")
    forecast_moved: ActionsChanged = Field(description="Forecast for another day.")
    moved: ActionsChanged = Field(description="Under other priorities, or under another ref.")


class ChangedRisk(Output):
    """A risk to which something happened; its description is as it is now."""

    id: UUID = Field(description="Identifier of the risk.")
    register_id: UUID = Field(description="The register it belongs to.")
    ref: str = Field(description="Unique in the register.")
    description: str = Field(description="Cause and event.")
    direction: Direction = Field(description="From the earlier day to the later; lower is improving.")
    before: RiskPosition | None = Field(description="On the earlier day; null where it was not there yet.")
    after: RiskPosition = Field(description="On the later day.")
    entry: ChangeEntry | None = Field(description="The entry that made the change.")


class RisksChanged(Output):
    """All risks to which the same happened."""

    risks: int = Field(description="How many.")
    items: list[ChangedRisk] = Field(description="Each risk, in the order of its register.")


class RiskChanges(Output):
    """What happened to the risks of the plan's registers. One risk may be in several."""

    rescored: RisksChanged = Field(description="Another score, band or rating, or none any more.")
    scored: RisksChanged = Field(description="Scored or rated, and not before.")
    materialised: RisksChanged = Field(description="Has happened.")
    new: RisksChanged = Field(description="Added to the register since, and not closed.")
    target_changed: RisksChanged = Field(description="Another target score or target date.")
    accepted: RisksChanged = Field(description="Accepted as it is scored.")
    reopened: RisksChanged = Field(description="Open again.")
    closed: RisksChanged = Field(description="Closed; `before` is null where added since too.")
    moved: RisksChanged = Field(description="Under another priority, or general.")
    reviewed: RisksChanged = Field(description="Assessed, and as it was.")


class StatusFlow(Output):
    """How the count of a status follows: later is earlier, plus what came, less what left."""

    earlier: int = Field(description="Action points on the earlier day.")
    came: int = Field(description="Action points that came to the status, new ones included.")
    left: int = Field(description="Action points that left it, withdrawn ones included.")
    later: int = Field(description="Action points on the later day.")


class StatusFlows(Output):
    """The four statuses."""

    complete: StatusFlow = Field(description="Done.")
    on_target: StatusFlow = Field(description="Under way and expected in time.")
    delayed: StatusFlow = Field(description="Behind.")
    not_started: StatusFlow = Field(description="Not begun.")


class PriorityName(Output):
    """A priority by name."""

    id: UUID = Field(description="Identifier of the priority.")
    ref: str = Field(description="Its ref.")
    title: str = Field(description="Its title.")


class PriorityCompared(PriorityName):
    """A priority on both days."""

    earlier: ProgressFigures = Field(description="On the earlier day.")
    later: ProgressFigures = Field(description="On the later day.")


class Comparison(Output):
    """A plan, or one of its priorities, and its risks on two days, each as known now."""

    plan: PlanName = Field(description="The plan.")
    priority: PriorityName | None = Field(description="The priority asked for; null for the whole plan.")
    as_at: date = Field(description="The later day.")
    compare: date = Field(description="The earlier day.")
    earlier: ProgressFigures = Field(description="The figures of the scope on the earlier day.")
    later: ProgressFigures = Field(description="The figures of the scope on the later day.")
    priorities: list[PriorityCompared] = Field(description="Each priority of the scope, in order.")
    statuses: StatusFlows = Field(description="How each status count follows from the earlier one.")
    actions: ActionChanges = Field(description="What happened to actions.")
    risks: RiskChanges = Field(description="What happened to risks; with a priority, those that threaten it.")
