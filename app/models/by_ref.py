"""Records as systems send them that know refs and not ids."""

from sqlmodel import Field

from app.models.actions import ActionUpdate
from app.models.base import Day, Input, Prose, Ref
from app.models.priorities import PriorityDetails
from app.models.risks import RiskDetails, Scoring
from app.models.updates import DatedFacts, EffectiveInput


class PointByRef(Input):
    """Where an action stands, by refs."""

    priority_ref: Ref = Field(description="The ref of a priority of the same plan.")
    ref: Ref = Field(description="The action's ref there, unique in the plan. No slash.")


class ActionPut(DatedFacts, ActionUpdate, EffectiveInput):
    """An action by its ref. What is left out stays, null clears it; a new one needs title and points.

    Dated facts that differ from how the action stood on ``effective_on`` become one dated entry; where none
    differs no entry is made, so that the same request may be sent again and again.
    """

    points: list[PointByRef] | None = Field(
        default=None,
        min_length=1,
        max_length=20,
        description="All its action points, whole; one has the ref of the address. Needed for a new action.",
    )
    depends_on: list[Ref] | None = Field(
        default=None, max_length=50, description="Refs of all the actions that it waits for, whole."
    )
    narrative: Prose | None = Field(
        default=None, description="What has happened, in words; told only when it is not the newest already."
    )


class PriorityPut(PriorityDetails):
    """A priority by its ref. What is left out stays as it is, null clears it; a new one needs a title."""


class RiskPut(Scoring, RiskDetails):
    """A risk by its ref. What is left out stays as it is, null clears it; a new one needs a description.

    Dated facts that differ from how the risk stood on ``effective_on`` become one assessment, which needs a
    reason; where none differs none is made.
    """

    priority_ref: Ref | None = Field(
        default=None, description="The ref of the priority it threatens; null for a general risk."
    )
    narrative: Prose | None = Field(
        default=None, description="The position, in words; told only when it is not the newest already."
    )
    reason: Prose | None = Field(default=None, description="Why it is scored so; an assessment needs it.")
    effective_on: Day | None = Field(default=None, description="From which day; today by default.")
