"""The feed of changes as answered."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Field

from app.models.base import Output, Time


class ChangeRead(Output):
    """One change of a record, as the area's journal tells it. It never changes, but for `ref`."""

    sequence: int = Field(description="Place in the area's journal: later changes have higher numbers.")
    recorded_at: Time = Field(description="When the service learned of it, UTC.")
    author_name: str = Field(description="Who made it.")
    noun: str = Field(description="What kind of record changed, for example `action` or `risk`.")
    operation: str = Field(description="What was done, for example `created`, `changed` or `updated`.")
    id: UUID = Field(
        description="The record; with noun `matrix` its register, with `data_quality` what the finding is of."
    )
    ref: str | None = Field(
        description="The record's ref as it is now: of a commentary or erratum that of its period, of "
        "an area its short name. Null for records that have none."
    )
    plan_id: UUID | None = Field(description="The plan that it belongs to; null where it belongs to none.")
    register_id: UUID | None = Field(description="The register of a risk or of what belongs to one.")
    effective_on: date | None = Field(
        description="The day from which it is true, where the change is a dated entry."
    )
    reason: str | None = Field(description="Why, where a reason was given.")
    before: dict[str, Any] | None = Field(
        description="What it changed, as it was; null for something new, a field left out had no value."
    )
    after: dict[str, Any] | None = Field(
        description="What it changed, as it became; null there means cleared."
    )
    href: str | None = Field(description="Where to read the record as it is now.")


class ChangeFeed(Output):
    """A page of the feed, oldest change first."""

    items: list[ChangeRead] = Field(description="The changes of this page, in the order of their sequence.")
    next: int = Field(
        description="Pass this as `after` to read on. It is often higher than the last item's sequence: what "
        "lies between is not for the feed, or not what was asked for."
    )
    head: int = Field(description="Place of the newest entry in the area's journal.")
    more: bool = Field(
        description="Whether there is more to read at once. While true, a page may hold few changes or none."
    )
