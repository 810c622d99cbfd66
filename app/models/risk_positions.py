"""Risks on a day and beside it on an earlier one, as lists and comparisons answer them."""

from datetime import date
from uuid import UUID

from sqlmodel import Field

from app.models.base import Items, Output
from app.models.risks import PairRead, RatingRead, RiskRead
from app.risk.scoring import RiskState


class RiskPosition(Output):
    """A risk's dated facts on a day."""

    state: RiskState = Field(description="What had become of it.")
    current: PairRead | None = Field(description="The score as it was; null when not scored.")
    target: PairRead | None = Field(description="The score as it should be.")
    rating: RatingRead | None = Field(description="The rating, with a named matrix.")
    target_on: date | None = Field(description="By when the target should be reached.")
    priority_id: UUID | None = Field(description="The priority it threatened; null for a general risk.")
    priority_ref: str | None = Field(description="That priority's ref.")


class RiskCompared(RiskPosition):
    """A risk as it stood on the earlier day `compare`."""

    as_at: date = Field(description="The earlier day.")


class RiskListed(RiskRead):
    """A risk in a list, with how it stood on an earlier day."""

    compared: RiskCompared | None = Field(
        description="How it stood on the day `compare`; null where it was not there yet, or not asked for."
    )


class RiskList(Items):
    """A page of risks."""

    items: list[RiskListed] = Field(description="The records of this page, in order.")
