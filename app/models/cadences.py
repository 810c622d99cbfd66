"""The cadence of a plan's board: how its reporting periods follow each other."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import StrictInt
from sqlmodel import Field

from app.models.base import Day, Input, Output, Whole
from app.plans.cadence import MOST_DATES, MOST_DAYS, CadenceKind

Days = Annotated[StrictInt, Field(ge=0, le=MOST_DAYS), Whole]


class CadencePut(Input):
    """The cadence of a plan, whole: it takes the place of the one before."""

    kind: CadenceKind = Field(
        description="How the last days of periods are found: from a list (`fixed_dates`), from meetings "
        "(`relative_to_meetings`), or every month, six weeks or quarter from `anchor` on."
    )
    anchor: Day = Field(
        description="The first day of some period, for example `2024-04-01`; of `fixed_dates` and "
        "`relative_to_meetings` the first day of the first one."
    )
    last_days: list[Day] = Field(
        default=[], max_length=MOST_DATES, description="`fixed_dates`: the last day of each period, in order."
    )
    meetings: list[Day] = Field(
        default=[],
        max_length=MOST_DATES,
        description="`relative_to_meetings`: when the board meets, in order.",
    )
    days_before: Days | None = Field(
        default=None,
        description="`relative_to_meetings`: how many days before a meeting its period ends.",
    )
    meeting_days_after: Days | None = Field(
        default=None,
        description="All others: how many days after a period's last day the board meets about it.",
    )


class ProposedPeriod(Output):
    """A period that the cadence proposes; it exists once it is added to the plan."""

    ref: str = Field(description="A ref that is free in the plan.")
    title: str = Field(description="Its days in words.")
    first_day: date = Field(description="First day.")
    last_day: date = Field(description="Last day.")
    meeting_on: date | None = Field(description="When the board would meet about it.")


class CadenceRead(Output):
    """The cadence of a plan as answered, and the periods that it proposes next."""

    plan_id: UUID = Field(description="The plan.")
    version: int = Field(description="Version of the plan: the ETag that changing the cadence needs.")
    kind: CadenceKind | None = Field(description="Null where the plan has no cadence.")
    anchor: date | None = Field(description="First day of some period; null without a cadence.")
    last_days: list[date] = Field(description="Of `fixed_dates`: the last day of each period.")
    meetings: list[date] = Field(description="Of `relative_to_meetings`: when the board meets.")
    days_before: int | None = Field(description="Days from a period's last day to its meeting.")
    meeting_days_after: int | None = Field(description="Days from a period's last day to its meeting.")
    proposed: list[ProposedPeriod] = Field(
        description="The next periods, up to three, that the plan's own do not cover; none without a cadence."
    )
