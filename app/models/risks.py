"""Risks, their dated assessments, and their states by day."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import StrictInt
from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint
from sqlmodel import Field

from app.models.base import (
    Day,
    EntryRead,
    EntryRow,
    Input,
    Items,
    Output,
    Prose,
    Ref,
    Row,
    RowRead,
    Shape,
    ShortLine,
    Whole,
    one_of,
)
from app.models.people import PersonName
from app.risk.scoring import Direction, RiskState, Treatment


class RiskBase(Shape):
    """What of a risk is not dated."""

    ref: Ref = Field(max_length=30, description="Unique in the register. No slash.")
    description: Prose = Field(description="Cause and event: what could happen, and why.")
    effect: Prose | None = Field(default=None, description="What it would mean for children and the plan.")
    opened_on: Day | None = Field(default=None, description="When it was opened; not in the future.")
    treatment: Treatment | None = Field(
        default=None, description="`tolerate`, `treat`, `transfer`, `terminate`."
    )
    sro_id: UUID | None = Field(default=None, description="The senior responsible officer.")
    owner_id: UUID | None = Field(default=None, description="The risk owner.")


class Risk(RiskBase, Row, table=True):
    """A risk of one register."""

    __tablename__ = "risks"
    __table_args__ = (UniqueConstraint("register_id", "ref"), one_of("treatment", Treatment))

    register_id: UUID = Field(foreign_key="registers.id", index=True)
    ref_order: str
    treatment: Treatment | None = Field(default=None, sa_type=String(10))
    sro_id: UUID | None = Field(default=None, foreign_key="people.id")
    owner_id: UUID | None = Field(default=None, foreign_key="people.id")


class RiskStrategicLead(Shape, table=True):
    """A person who leads on a risk strategically."""

    __tablename__ = "risk_strategic_leads"

    risk_id: UUID = Field(foreign_key="risks.id", primary_key=True)
    person_id: UUID = Field(foreign_key="people.id", primary_key=True)
    position: int


class Assessment(EntryRow, table=True):
    """A dated entry on a risk: an assessment, or a change of its state."""

    __tablename__ = "assessments"
    __table_args__ = (
        Index("ix_assessments_risk_id_sequence", "risk_id", "sequence"),
        CheckConstraint(
            "operation IN ('added', 'assessed', 'accepted', 'materialised', 'closed', 'reopened')",
            name="operation",
        ),
    )

    risk_id: UUID = Field(foreign_key="risks.id")
    replaces: UUID | None = Field(default=None, foreign_key="assessments.id", unique=True)
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class RiskDayState(Shape, table=True):
    """The whole state of a risk for a span of days, worked out from its entries."""

    __tablename__ = "risk_states"
    __table_args__ = (
        one_of("state", RiskState),
        CheckConstraint("valid_from < valid_to", name="span"),
        CheckConstraint("current_score = current_likelihood * current_impact", name="current_score"),
        CheckConstraint("target_score = target_likelihood * target_impact", name="target_score"),
        Index("ix_risk_states_register_id", "register_id", "valid_to"),
        Index("ix_risk_states_risk_id", "risk_id", "valid_to"),
    )

    risk_id: UUID = Field(foreign_key="risks.id", primary_key=True)
    valid_from: date = Field(primary_key=True)
    valid_to: date
    register_id: UUID = Field(foreign_key="registers.id")
    state: str = Field(max_length=20)
    priority_id: UUID | None = Field(default=None, foreign_key="priorities.id", index=True)
    current_likelihood: int | None = None
    current_impact: int | None = None
    current_score: int | None = None
    current_band: str | None = None
    current_matrix_version: int | None = None
    target_likelihood: int | None = None
    target_impact: int | None = None
    target_score: int | None = None
    target_band: str | None = None
    target_matrix_version: int | None = None
    rating: str | None = None
    rating_matrix_version: int | None = None
    severity: int = 0
    target_on: date | None = None
    target_rationale: str | None = None
    review_on: date | None = None
    last_updated_on: date | None = None
    accepted_by_id: UUID | None = Field(default=None, foreign_key="people.id")
    accepted_until: date | None = None
    accepted_assessment_id: UUID | None = Field(default=None, foreign_key="assessments.id")
    narrative_id: UUID | None = Field(default=None, foreign_key="assessments.id")
    added_on: date


Place = Annotated[StrictInt, Field(ge=1, le=10), Whole]


class Pair(Input):
    """A likelihood and an impact. The score is worked out from them and never typed."""

    likelihood: Place = Field(description="From 1 to the matrix's size.")
    impact: Place = Field(description="From 1 to the matrix's size.")


class Scoring(Shape):
    """The dated facts of a risk that an assessment can state, but for the priority."""

    current: Pair | None = Field(default=None, description="The score as it is; null makes it not scored.")
    target: Pair | None = Field(default=None, description="The score as it should be.")
    rating: ShortLine | None = Field(
        default=None, description="A band of the register's named matrix; only there, and instead of pairs."
    )
    target_on: Day | None = Field(default=None, description="By when the target should be reached.")
    target_rationale: Prose | None = Field(
        default=None, description="Why the target is not below the current score; needed when it is not."
    )
    review_on: Day | None = Field(default=None, description="When it is to be reviewed next.")


class ScoringFacts(Scoring):
    """The dated facts of a risk that an assessment can state."""

    priority_id: UUID | None = Field(
        default=None,
        description="The priority it threatens, of the register's plan; null for a general risk.",
    )


class RiskCreate(ScoringFacts, RiskBase, Input):
    """A new risk with its first assessment, true from ``effective_on``."""

    strategic_lead_ids: list[UUID] = Field(
        default_factory=list, max_length=20, description="People who lead on it strategically."
    )
    last_updated_on: Day | None = Field(
        default=None,
        description="When its paper register was last updated, as printed; by default the effective date.",
    )
    narrative: Prose | None = Field(default=None, description="The latest position, in words.")
    reason: Prose | None = Field(default=None, description="Why it is scored so.")
    effective_on: Day | None = Field(default=None, description="From which day; today by default.")


class RiskDetails(Input):
    """What of a risk is not dated and can change, but for its ref."""

    description: Prose | None = Field(default=None, description="Cause and event.")
    effect: Prose | None = Field(default=None, description="Effect; null clears it.")
    opened_on: Day | None = Field(default=None, description="When it was opened; null clears it.")
    treatment: Treatment | None = Field(default=None, description="Treatment; null clears it.")
    sro_id: UUID | None = Field(default=None, description="Senior responsible officer; null clears it.")
    owner_id: UUID | None = Field(default=None, description="Risk owner; null clears it.")
    strategic_lead_ids: list[UUID] | None = Field(
        default=None, max_length=20, description="All strategic leads, whole."
    )


class RiskUpdate(RiskDetails):
    """What of a risk can change by PATCH. Scores, state, review date and priority are dated facts."""

    ref: Ref | None = Field(default=None, description="Unique in the register. No slash.")


class AssessmentCreate(ScoringFacts, Input):
    """A dated assessment. A field left out leaves the fact; "reviewed, no change" states none."""

    narrative: Prose | None = Field(default=None, description="The latest position, in words.")
    reason: Prose = Field(description="Why it is scored so; the board reads it beside the score.")
    effective_on: Day | None = Field(default=None, description="From which day; today by default.")
    replaces: UUID | None = Field(default=None, description="The entry of this risk that this one corrects.")


class StateChange(Input):
    """A dated change of a risk's state."""

    reason: Prose = Field(description="Why.")
    effective_on: Day | None = Field(default=None, description="From which day; today by default.")


class Acceptance(StateChange):
    """Accept a risk as it is scored, for a time."""

    accepted_by_id: UUID = Field(description="The person who accepts it.")
    accepted_until: Day = Field(description="Until when; not before the effective date.")


class PairRead(Output):
    """A scored pair as answered."""

    likelihood: int = Field(description="From 1.")
    impact: int = Field(description="From 1.")
    score: int = Field(description="Likelihood times impact.")
    band: str = Field(description="The band of the score.")
    matrix_version: int = Field(description="The version of the matrix it was scored with.")


class RatingRead(Output):
    """A rating by a named matrix, as answered."""

    band: str = Field(description="The band.")
    matrix_version: int = Field(description="The version of the matrix it was rated with.")


class AcceptedRead(Output):
    """By whom, until when and at which assessment a risk is accepted."""

    by: PersonName = Field(description="Who accepted it.")
    until: date = Field(description="Until when.")
    assessment_id: UUID | None = Field(description="The entry whose score was accepted.")


class LatestNarrative(Output):
    """The newest narrative of a risk."""

    id: UUID = Field(description="Identifier of the entry.")
    effective_on: date = Field(description="The day it speaks of.")
    narrative: str = Field(description="The position, in words.")
    author_name: str = Field(description="Who recorded it.")


class RiskRead(RowRead):
    """A risk as it stood on ``as_at``; its description and people are as they are now."""

    register_id: UUID = Field(description="The register it belongs to.")
    ref: str = Field(description="Unique in the register.")
    description: str = Field(description="Cause and event.")
    effect: str | None = Field(description="Effect.")
    opened_on: date | None = Field(description="When it was opened.")
    treatment: Treatment | None = Field(description="How it is treated.")
    sro: PersonName | None = Field(description="Senior responsible officer.")
    owner: PersonName | None = Field(description="Risk owner.")
    strategic_leads: list[PersonName] = Field(description="Strategic leads.")
    as_at: date = Field(description="The day that the facts below are for.")
    state: RiskState = Field(description="`open`, `accepted`, `materialised` or `closed`.")
    priority_id: UUID | None = Field(description="The priority it threatens; null for a general risk.")
    priority_ref: str | None = Field(description="That priority's ref.")
    current: PairRead | None = Field(description="The score as it is; null when not scored.")
    target: PairRead | None = Field(description="The score as it should be.")
    rating: RatingRead | None = Field(description="The rating, with a named matrix.")
    gap: int | None = Field(description="Current score less target score.")
    direction: Direction = Field(
        description="Since the last published board period; `no_data` where there is none or no score then."
    )
    target_on: date | None = Field(description="By when the target should be reached.")
    target_rationale: str | None = Field(description="Why the target is not below the current score.")
    review_on: date | None = Field(description="When it is to be reviewed.")
    review_overdue: bool = Field(description="Open or accepted, and the review date has passed.")
    last_updated_on: date | None = Field(description="When it was last assessed, or as the paper printed it.")
    accepted: AcceptedRead | None = Field(description="Present while the risk is accepted.")
    latest_narrative: LatestNarrative | None = Field(description="The newest narrative.")
    added_on: date = Field(description="The day from which it is in the register.")


class AssessmentRead(EntryRead):
    """An entry on a risk as answered; ``facts`` holds only what it states."""

    risk_id: UUID = Field(description="The risk it is about.")
    facts: dict[str, Any] = Field(description="The facts that it states, by name.")
    current: PairRead | None = Field(description="The pair that it states as current, with score and band.")
    target: PairRead | None = Field(description="The pair that it states as target, with score and band.")


class AssessmentList(Items):
    """A page of entries, oldest first by effective date and sequence."""

    items: list[AssessmentRead] = Field(description="The records of this page, in order.")
