"""Published percentages to be checked, and the verdicts on them. Nothing of it is stored."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, WithJsonSchema
from sqlmodel import Field

from app.models.base import Input, Line, Output, plain_whole
from app.plans.published import MOST_ACTIONS, MOST_SCOPES, NONE, number_of_actions, share


def _share(value: Any) -> Any:
    if isinstance(value, str) and value != NONE:
        raise ValueError("give a whole percentage from 0 to 100, none for exactly zero, or null")
    try:
        return share(plain_whole(value))
    except ValueError as error:
        raise ValueError(str(error).rstrip(".").replace("leave it blank", "null")) from None


def _actions(value: Any) -> Any:
    if isinstance(value, str):
        raise ValueError("give the number of actions as a number, not as text")
    try:
        return number_of_actions(plain_whole(value))
    except ValueError as error:
        raise ValueError(str(error).rstrip(".")) from None


Share = Annotated[
    int | Literal["none"] | None,
    BeforeValidator(_share),
    WithJsonSchema(
        {"anyOf": [{"type": "integer", "minimum": 0, "maximum": 100}, {"const": NONE}, {"type": "null"}]}
    ),
]
ActionCount = Annotated[
    int | None,
    BeforeValidator(_actions),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1, "maximum": MOST_ACTIONS}, {"type": "null"}]}),
]


class PublishedFigures(Input):
    """The figures of one scope as published. A share is null or left out (not published), a whole percentage
    (0: rounds to 0), or `none` (exactly zero)."""

    scope: Line = Field(
        max_length=120, description="A priority, or `overall` (in any case) for what the others add up to."
    )
    complete: Share = Field(default=None, description="Complete, in percent.")
    on_target: Share = Field(default=None, description="On target, in percent.")
    delayed: Share = Field(default=None, description="Delayed, in percent.")
    not_started: Share = Field(default=None, description="Not started, in percent.")
    complete_or_on_target: Share = Field(
        default=None, description="The combined figure, where one was published, in percent."
    )
    actions: ActionCount = Field(
        default=None, description="Its number of actions: for every scope or for none."
    )


class ReconciliationCreate(Input):
    """Published percentages to be checked."""

    scopes: list[PublishedFigures] = Field(
        min_length=1,
        max_length=MOST_SCOPES,
        description="The rows as published, each scope once. Shares that make up the whole and add to less "
        "than 80 or more than 120 are refused as a typing error; anything nearer gets a verdict.",
    )


class Verdict(StrEnum):
    """Whether whole-number counts can give the figures."""

    possible = "possible"
    impossible = "impossible"


class StatusCounts(Output):
    """Counts of the four statuses."""

    complete: int = Field(description="Done.")
    on_target: int = Field(description="Under way and expected in time.")
    delayed: int = Field(description="Behind.")
    not_started: int = Field(description="Not begun.")


class ScopeVerdict(Output):
    """The verdict on one scope by itself."""

    scope: str = Field(description="The scope as sent.")
    verdict: Verdict = Field(
        description="Whether any counts give its figures: of its number of actions where that was sent, of "
        "any number where not."
    )
    smallest_actions: int | None = Field(
        description="The fewest actions that can give them (the number sent, where one was); null: none."
    )
    smallest_counts: StatusCounts | None = Field(
        description="Counts of that many actions; of several the most complete, then on target, then delayed."
    )
    explanation: str = Field(description="Why, in one or two sentences.")


class ReconciliationRead(Output):
    """The verdicts on published percentages."""

    scopes: list[ScopeVerdict] = Field(description="Each scope by itself, in the order sent.")
    verdict: Verdict = Field(
        description="Whether all rows can hold together: each by itself, and the overall row as the sum of "
        "the others, of the sizes sent or else of any sizes."
    )
    explanation: str = Field(description="Why, in two sentences.")
