"""What is said to copy a plan."""

from enum import StrEnum

from sqlmodel import Field

from app.models.base import Day, Input, Line, Ref


class CopiedDates(StrEnum):
    """What becomes of the dates of a plan that is copied."""

    moved = "moved"
    kept = "kept"
    left_out = "left_out"


class PlanCopy(Input):
    """A new plan with the structure of another."""

    ref: Ref = Field(description="The ref of the new plan, unique in the area.")
    title: Line = Field(description="Its title.")
    starts_on: Day | None = Field(default=None, description="Its first day; dates are moved by as much.")
    dates: CopiedDates = Field(default=CopiedDates.moved, description="What becomes of the actions' dates.")
