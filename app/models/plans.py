"""Plans: priority action plans, improvement plans and grant programmes."""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, String, UniqueConstraint
from sqlmodel import Field

from app.models.base import Day, Input, Items, Line, Ref, Row, RowRead, Shape, one_of


class PlanKind(StrEnum):
    """What sort of plan it is; a grant programme calls its priorities workstreams."""

    priority_action_plan = "priority_action_plan"
    written_statement_of_action = "written_statement_of_action"
    improvement_plan = "improvement_plan"
    reform_plan = "reform_plan"
    grant_programme = "grant_programme"


class PlanBase(Shape):
    """A plan as entered."""

    ref: Ref = Field(max_length=30, description="Unique in the area, for example `PAP`. No slash.")
    title: Line = Field(max_length=300, description="Full title of the plan.")
    kind: PlanKind = Field(
        default=PlanKind.priority_action_plan,
        description="What sort of plan it is. In a `grant_programme` priorities are labelled workstreams.",
    )
    starts_on: Day | None = Field(default=None, description="First day of the plan.")
    ends_on: Day | None = Field(default=None, description="Last day of the plan, not before the first.")


class Plan(PlanBase, Row, table=True):
    """A plan of one area."""

    __tablename__ = "plans"
    __table_args__ = (
        UniqueConstraint("area_id", "ref"),
        one_of("kind", PlanKind),
        CheckConstraint("ends_on >= starts_on", name="dates_in_order"),
    )

    kind: PlanKind = Field(default=PlanKind.priority_action_plan, sa_type=String(30))
    cadence: dict[str, Any] | None = Field(default=None, sa_type=JSON)


class PlanCreate(PlanBase, Input):
    """A new plan."""


class PlanUpdate(Input):
    """What of a plan can change."""

    ref: Ref | None = Field(default=None, description="Unique in the area. No slash.")
    title: Line | None = Field(default=None, description="Full title of the plan.")
    kind: PlanKind | None = Field(default=None, description="What sort of plan it is.")
    starts_on: Day | None = Field(default=None, description="First day; null clears it.")
    ends_on: Day | None = Field(default=None, description="Last day; null clears it.")


class PlanRead(PlanBase, RowRead):
    """A plan as answered."""

    starts_on: date | None = Field(description="First day of the plan.")
    ends_on: date | None = Field(description="Last day of the plan.")
    area_id: UUID = Field(description="The area that owns it.")
    priority_label: str = Field(description="What its priorities are called: `priority` or `workstream`.")


class PlanList(Items):
    """A page of plans."""

    items: list[PlanRead] = Field(description="The records of this page, in order.")
