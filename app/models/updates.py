"""Updates: the dated, append-only entries on an action, and the facts that they state."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator
from sqlalchemy import JSON, CheckConstraint, Index
from sqlmodel import Field

from app.models.base import Day, EntryRead, EntryRow, Input, Items, Prose, Ref, Shape
from app.plans.statuses import ImpactState, Status


def _trimmed(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


Due = Annotated[Literal["ongoing"] | Day, BeforeValidator(_trimmed)]


class PointPlace(Input):
    """Where an action stands: a priority and its ref there."""

    priority_id: UUID = Field(description="A priority of the same plan.")
    ref: Ref = Field(description="Unique in the plan, for example `2.5`. No slash.")


class Update(EntryRow, table=True):
    """A dated entry on an action: that it was added, updated, withdrawn or reinstated."""

    __tablename__ = "updates"
    __table_args__ = (
        Index("ix_updates_action_id_sequence", "action_id", "sequence"),
        CheckConstraint("operation IN ('added', 'updated', 'withdrawn', 'reinstated')", name="operation"),
    )

    action_id: UUID = Field(foreign_key="actions.id")
    replaces: UUID | None = Field(default=None, foreign_key="updates.id", unique=True)
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class DatedFacts(Shape):
    """The facts of an action that change only through dated entries."""

    status: Status | None = Field(default=None, description="The status; it cannot be cleared.")
    completed_on: Day | None = Field(
        default=None,
        description="When it was completed; by default the effective date. Only with status `complete`, "
        "and never after the effective date.",
    )
    start_on: Day | None = Field(default=None, description="When it starts; not after the due date.")
    due_on: Due | None = Field(
        default=None,
        description="When it is due, or `ongoing`: then the review date takes its place in every rule.",
    )
    review_on: Day | None = Field(default=None, description="When an ongoing action is reviewed.")
    forecast_on: Day | None = Field(default=None, description="When it is now expected to be complete.")
    path_to_green: Prose | None = Field(
        default=None, description="What will bring it back on target, and who."
    )
    impact_state: ImpactState | None = Field(
        default=None, description="Whether its impact is evidenced. Completion is not impact."
    )
    impact_review_on: Day | None = Field(default=None, description="When its impact is reviewed.")


class EffectiveInput(Input):
    """What every dated entry may say."""

    effective_on: Day | None = Field(
        default=None, description="The day from which it is true; today by default, never later."
    )
    reason: Prose | None = Field(
        default=None,
        description="Why. Needed for a backdated entry, for a move from delayed to on target, and for on "
        "target while overdue or forecast late.",
    )


class UpdateCreate(DatedFacts, EffectiveInput):
    """A dated entry. A field left out leaves the fact, null clears it; at least one field is needed."""

    narrative: Prose | None = Field(default=None, description="What has happened, in words.")
    points: list[PointPlace] | None = Field(
        default=None, min_length=1, max_length=20, description="All its action points, whole."
    )
    depends_on: list[UUID] | None = Field(
        default=None, max_length=50, description="All actions it waits for, whole."
    )
    replaces: UUID | None = Field(
        default=None, description="The entry of this action that this one corrects."
    )


class Withdrawal(Input):
    """Take an action out of every count, or back into it, from a day on."""

    reason: Prose = Field(description="Why; shown wherever the number excluded is shown.")
    effective_on: Day | None = Field(default=None, description="From which day; today by default.")


class UpdateRead(EntryRead):
    """An update as answered. ``facts`` holds only what it states; null there means cleared."""

    action_id: UUID = Field(description="The action it is about.")
    facts: dict[str, Any] = Field(description="The facts that it states, by name.")


class UpdateList(Items):
    """A page of updates, oldest first by effective date and sequence."""

    items: list[UpdateRead] = Field(description="The records of this page, in order.")
