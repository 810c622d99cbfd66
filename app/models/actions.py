"""Actions, their action points, their dated updates, and their states by day."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BeforeValidator, StringConstraints
from sqlalchemy import JSON, CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from app.models.base import (
    Day,
    EntryRead,
    EntryRow,
    Input,
    Items,
    Line,
    Output,
    Prose,
    Ref,
    Row,
    RowRead,
    one_of,
)
from app.models.people import PersonName
from app.plans.statuses import ImpactState, Status


def _due(value: Any) -> Any:
    """Turn "ongoing" away from the date parser, which would give it two error messages."""
    return value.strip() if isinstance(value, str) else value


Due = Annotated[Literal["ongoing"] | Day, BeforeValidator(_due)]


WebAddress = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=2000, pattern=r"^https?://[^\s\x00-\x1f<>\"]+$")
]


class EvidenceLink(SQLModel):
    """Where evidence can be seen. Only web addresses: no file contents are kept."""

    title: Line = Field(description="What the evidence is.")
    url: WebAddress = Field(description="A web address, http or https.")


class PointPlace(Input):
    """Where an action stands: a priority and its ref there."""

    priority_id: UUID = Field(description="A priority of the same plan.")
    ref: Ref = Field(description="Unique in the plan, for example `2.5`. No slash.")


class ActionBase(SQLModel):
    """What of an action is not dated: shown as it is now, with its history in the journal."""

    title: Line = Field(max_length=300, description="What is to be done.")
    lead_id: UUID | None = Field(default=None, description="The person who leads it.")
    responsible_body: Line | None = Field(default=None, max_length=300, description="Responsible body.")
    phase: Line | None = Field(default=None, max_length=300, description="Phase of the plan.")
    success_measure: Prose | None = Field(default=None, description="How one will know that it is done.")
    expected_impact: Prose | None = Field(default=None, description="What it should change for children.")


class Action(ActionBase, Row, table=True):
    """An action of one plan."""

    __tablename__ = "actions"

    plan_id: UUID = Field(foreign_key="plans.id", index=True)
    lead_id: UUID | None = Field(default=None, foreign_key="people.id", index=True)
    evidence_links: list[dict[str, str]] = Field(default_factory=list, sa_type=JSON)


class ActionCoLead(SQLModel, table=True):
    """A person who co-leads an action."""

    __tablename__ = "action_co_leads"

    action_id: UUID = Field(foreign_key="actions.id", primary_key=True)
    person_id: UUID = Field(foreign_key="people.id", primary_key=True, index=True)
    position: int


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


class CountedState(SQLModel):
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
        Index("ix_action_states_plan_id", "plan_id", "valid_to", "ref_order", "action_id"),
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
    priority_id: UUID = Field(foreign_key="priorities.id", primary_key=True, index=True)
    valid_from: date = Field(primary_key=True)
    plan_id: UUID = Field(foreign_key="plans.id")
    ref: str
    ref_order: str


class ActionDependency(SQLModel, table=True):
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


class DatedFacts(SQLModel):
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


class ActionCreate(DatedFacts, ActionBase, EffectiveInput):
    """A new action: what is not dated, and its first facts, true from ``effective_on``."""

    status: Status = Field(default=Status.not_started, description="The status it starts with.")
    points: list[PointPlace] = Field(
        min_length=1,
        max_length=20,
        description="Its places: one priority for most actions, several for a cross-cutting one.",
    )
    depends_on: list[UUID] = Field(
        default_factory=list, max_length=50, description="Actions of the same plan that it waits for."
    )
    co_lead_ids: list[UUID] = Field(default_factory=list, max_length=20, description="People who co-lead it.")
    evidence_links: list[EvidenceLink] = Field(
        default_factory=list, max_length=50, description="Where evidence can be seen."
    )
    narrative: Prose | None = Field(default=None, description="What has happened so far, in words.")


class ActionUpdate(Input):
    """What of an action can change by PATCH. Dated facts change through updates instead."""

    title: Line | None = Field(default=None, description="What is to be done.")
    lead_id: UUID | None = Field(default=None, description="The person who leads it; null clears it.")
    co_lead_ids: list[UUID] | None = Field(default=None, max_length=20, description="All co-leads, whole.")
    responsible_body: Line | None = Field(default=None, description="Responsible body; null clears it.")
    phase: Line | None = Field(default=None, description="Phase of the plan; null clears it.")
    success_measure: Prose | None = Field(default=None, description="Success measure; null clears it.")
    expected_impact: Prose | None = Field(default=None, description="Expected impact; null clears it.")
    evidence_links: list[EvidenceLink] | None = Field(
        default=None, max_length=50, description="All evidence links, whole."
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


class PointRead(Output):
    """An action point as answered."""

    priority_id: UUID = Field(description="The priority.")
    priority_ref: str = Field(description="The priority's ref.")
    ref: str = Field(description="The action's ref under it, unique in the plan.")


class FlagsRead(Output):
    """What follows from the dates as at the day asked for; derived, never typed."""

    overdue: bool = Field(description="Not complete, and due before the day.")
    significantly_delayed: bool = Field(description="Delayed, and forecast later than due.")
    late_start: bool = Field(description="Not started, though its start date has passed.")
    slipped: bool = Field(description="Due later than the original due date.")
    no_reportable_progress: bool | None = Field(
        description="Not complete and no update with a narrative in the board period; null without a period."
    )
    blocked: bool = Field(
        description="Not complete, and waits for an action that is neither complete nor withdrawn."
    )
    contradicted: bool = Field(description="The status and the dates contradict each other.")


class LatestUpdate(Output):
    """The newest update with a narrative."""

    id: UUID = Field(description="Identifier of the update.")
    effective_on: date = Field(description="The day it speaks of.")
    narrative: str = Field(description="What has happened.")
    author_name: str = Field(description="Who recorded it.")


class ActionRead(RowRead):
    """An action as it stood on ``as_at``; titles, names and descriptions are as they are now."""

    plan_id: UUID = Field(description="The plan it belongs to.")
    ref: str = Field(description="Its first ref.")
    points: list[PointRead] = Field(description="Its places under priorities, in order.")
    title: str = Field(description="What is to be done.")
    lead: PersonName | None = Field(description="The person who leads it.")
    co_leads: list[PersonName] = Field(description="People who co-lead it.")
    responsible_body: str | None = Field(description="Responsible body.")
    phase: str | None = Field(description="Phase of the plan.")
    success_measure: str | None = Field(description="How one will know that it is done.")
    expected_impact: str | None = Field(description="What it should change.")
    evidence_links: list[EvidenceLink] = Field(description="Where evidence can be seen.")
    as_at: date = Field(description="The day that the facts below are for.")
    status: Status = Field(description="The status.")
    completed_on: date | None = Field(description="When it was completed.")
    start_on: date | None = Field(description="When it starts.")
    due_on: Literal["ongoing"] | date | None = Field(description="When it is due, or `ongoing`.")
    original_due_on: date | None = Field(description="The first due date it ever had, kept for ever.")
    review_on: date | None = Field(description="When an ongoing action is reviewed.")
    forecast_on: date | None = Field(description="When it is expected to be complete.")
    path_to_green: str | None = Field(description="What will bring it back on target.")
    impact_state: ImpactState | None = Field(description="Whether its impact is evidenced.")
    impact_review_on: date | None = Field(description="When its impact is reviewed.")
    depends_on: list[UUID] = Field(description="Actions that it waits for.")
    withdrawn: bool = Field(description="Withdrawn actions leave every count.")
    added_on: date = Field(description="The day from which it counts.")
    flags: FlagsRead = Field(description="Derived as at the day.")
    latest_update: LatestUpdate | None = Field(description="The newest update with a narrative.")


class ActionList(Items):
    """A page of actions."""

    items: list[ActionRead]


class UpdateRead(EntryRead):
    """An update as answered. ``facts`` holds only what it states; null there means cleared."""

    action_id: UUID = Field(description="The action it is about.")
    facts: dict[str, Any] = Field(description="The facts that it states, by name.")


class UpdateList(Items):
    """A page of updates, oldest first by effective date and sequence."""

    items: list[UpdateRead]
