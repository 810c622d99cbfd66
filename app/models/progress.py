"""Progress as answered: the same shape for a plan, a priority, a page and a report."""

from datetime import date
from uuid import UUID

from sqlmodel import Field

from app.models.base import Output


class Share(Output):
    """A count and its share of the scope's action points."""

    count: int = Field(description="Action points.")
    percent: float | None = Field(
        description="Share of `action_points`, to four decimals; null without action points."
    )
    rounded: int | None = Field(
        description="The share as displayed: a whole number, rounded half up from the counts."
    )


class StatusShares(Output):
    """The four statuses."""

    complete: Share = Field(description="Done.")
    on_target: Share = Field(description="Under way and expected in time.")
    delayed: Share = Field(description="Behind.")
    not_started: Share = Field(description="Not begun.")


class FlagCount(Output):
    """How many carry a flag."""

    action_points: int = Field(description="Action points that carry it.")
    actions: int = Field(description="Distinct actions that carry it.")


class FlagCounts(Output):
    """Counts of the derived flags; withdrawn actions carry none."""

    overdue: FlagCount = Field(description="Not complete, and due before the day.")
    significantly_delayed: FlagCount = Field(description="Delayed, and forecast later than due.")
    late_start: FlagCount = Field(description="Not started, though the start date has passed.")
    slipped: FlagCount = Field(description="Due later than the original due date.")
    no_reportable_progress: FlagCount | None = Field(
        description="No update with a narrative in the board period; null without a period."
    )
    blocked: FlagCount = Field(description="Waits for an action that is neither complete nor withdrawn.")
    contradicted: FlagCount = Field(description="The status and the dates contradict each other.")


class ProgressFigures(Output):
    """The figures of a scope."""

    action_points: int = Field(description="The denominator: action points that are not withdrawn.")
    distinct_actions: int = Field(description="Distinct actions among them.")
    withdrawn: int = Field(description="Action points left out because they are withdrawn.")
    statuses: StatusShares = Field(description="Count and share of each status.")
    complete_or_on_target: Share = Field(description="From the summed counts, never from rounded shares.")
    flags: FlagCounts = Field(description="Counts of the derived flags.")
    sums_to_100: bool | None = Field(
        description="Whether the four displayed shares add to 100; null without action points."
    )


class PlanName(Output):
    """The plan that the figures are of."""

    id: UUID = Field(description="Identifier of the plan.")
    ref: str = Field(description="Its ref.")
    title: str = Field(description="Its title.")
    priority_label: str = Field(description="What its priorities are called: `priority` or `workstream`.")


class PriorityProgress(ProgressFigures):
    """The figures of a priority."""

    id: UUID = Field(description="Identifier of the priority.")
    ref: str = Field(description="Its ref.")
    title: str = Field(description="Its title.")


class Position(Output):
    """The figures of a plan on one day."""

    as_at: date = Field(description="The day that the figures are for.")
    overall: ProgressFigures = Field(description="The whole plan: the sum of its priorities.")
    priorities: list[PriorityProgress] = Field(description="Each priority, in order.")


class Progress(Position):
    """Progress of a plan as at a day."""

    plan: PlanName = Field(description="The plan.")
    compared: Position | None = Field(
        description="The same figures on the day `compare`; null where not asked for."
    )


class ProgressHistory(Output):
    """Progress of a plan over time."""

    plan: PlanName = Field(description="The plan.")
    history: list[Position] = Field(description="Month ends and the last day, oldest first.")
