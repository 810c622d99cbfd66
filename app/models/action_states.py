"""The states of actions by day: derived from their updates, read by every page, list and count."""

from datetime import date
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, text
from sqlmodel import Field

from app.models.base import Shape, one_of
from app.plans.statuses import ImpactState, Status


class CountedState(Shape):
    """What counting needs of a state that holds from ``valid_from`` until before ``valid_to``.

    ``code`` packs the status and every comparison that does not depend on the day asked for
    (``app.plans.statuses.pack``); the three dates give the comparisons that do.
    """

    valid_from: date
    valid_to: date
    code: int
    deadline_on: date | None = None
    start_on: date | None = None
    narrative_on: date | None = None


class ActionState(CountedState, table=True):
    """The whole state of an action for a span of days, worked out from its entries."""

    __tablename__ = "action_states"
    __table_args__ = (
        one_of("status", Status),
        one_of("impact_state", ImpactState),
        CheckConstraint("valid_from < valid_to", name="span"),
        CheckConstraint("NOT (due_ongoing AND due_on IS NOT NULL)", name="due"),
        # Holds what totals and the filter by flag need, so that they read the index alone.
        Index(
            "ix_action_states_plan_id",
            "plan_id",
            "valid_to",
            "ref_order",
            "action_id",
            "code",
            "deadline_on",
            "start_on",
            "status",
            "valid_from",
        ),
        Index("ix_action_states_action_id", "action_id", "valid_to"),
    )

    action_id: UUID = Field(foreign_key="actions.id", primary_key=True)
    valid_from: date = Field(primary_key=True)
    plan_id: UUID = Field(foreign_key="plans.id")
    status: str = Field(max_length=20)
    withdrawn: bool
    completed_on: date | None = None
    due_on: date | None = None
    due_ongoing: bool = False
    original_due_on: date | None = None
    review_on: date | None = None
    forecast_on: date | None = None
    impact_state: str | None = Field(default=None, max_length=20)
    impact_review_on: date | None = None
    path_to_green: str | None = None
    added_on: date
    points: list[dict[str, str]] = Field(default_factory=list, sa_type=JSON)
    depends_on: list[str] = Field(default_factory=list, sa_type=JSON)
    ref: str
    ref_order: str
    narrative_id: UUID | None = Field(default=None, foreign_key="updates.id")


class ActionPointState(CountedState, table=True):
    """One action point for a span of days; every count is made over these rows."""

    __tablename__ = "action_point_states"
    __table_args__ = (
        CheckConstraint("valid_from < valid_to", name="span"),
        # Progress reads this index alone, in its order: no table row and no sort (ADR 0003).
        Index(
            "ix_action_point_states_count",
            "plan_id",
            "valid_to",
            "priority_id",
            "code",
            "valid_from",
            "deadline_on",
            "start_on",
            "narrative_on",
        ),
        Index("ix_action_point_states_priority_id", "priority_id", "valid_to", "ref_order", "action_id"),
        # Refs are unique in a plan among the points that stand today; 9999-12-31 is fold.FOREVER.
        Index(
            "uq_action_point_states_ref",
            "plan_id",
            "ref",
            unique=True,
            sqlite_where=text("valid_to = '9999-12-31'"),
            postgresql_where=text("valid_to = DATE '9999-12-31'"),
        ),
    )

    action_id: UUID = Field(foreign_key="actions.id", primary_key=True)
    priority_id: UUID = Field(foreign_key="priorities.id", primary_key=True)
    valid_from: date = Field(primary_key=True)
    plan_id: UUID = Field(foreign_key="plans.id")
    ref: str
    ref_order: str


class ActionDependency(Shape, table=True):
    """That an action waits for another of its plan, for a span of days."""

    __tablename__ = "action_dependencies"
    __table_args__ = (
        CheckConstraint("valid_from < valid_to", name="span"),
        CheckConstraint("action_id <> depends_on_id", name="other"),
    )

    action_id: UUID = Field(foreign_key="actions.id", primary_key=True)
    depends_on_id: UUID = Field(foreign_key="actions.id", primary_key=True, index=True)
    valid_from: date = Field(primary_key=True)
    valid_to: date
