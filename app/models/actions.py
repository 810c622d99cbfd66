"""Actions: what is to be done, and how it is answered."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import StringConstraints
from sqlalchemy import JSON
from sqlmodel import Field

from app.models.base import Input, Items, Line, Output, Prose, Row, Shape, Time
from app.models.people import PersonName
from app.models.updates import DatedFacts, EffectiveInput, PointPlace
from app.plans.statuses import ImpactState, Status

WebAddress = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=2000, pattern=r"^https?://[^\s\x00-\x1f<>\"]+$")
]


class EvidenceLink(Shape):
    """Where evidence can be seen. Only web addresses: no file contents are kept."""

    title: Line = Field(description="What the evidence is.")
    url: WebAddress = Field(description="A web address, http or https.")


class ActionBase(Shape):
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


class ActionCoLead(Shape, table=True):
    """A person who co-leads an action."""

    __tablename__ = "action_co_leads"

    action_id: UUID = Field(foreign_key="actions.id", primary_key=True)
    person_id: UUID = Field(foreign_key="people.id", primary_key=True, index=True)
    position: int


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


class ActionCompared(Output):
    """An action as it stood on the earlier day `compare`."""

    as_at: date = Field(description="The earlier day.")
    status: Status = Field(description="The status.")
    withdrawn: bool = Field(description="Whether it was left out of every count.")
    completed_on: date | None = Field(description="When it was completed.")
    due_on: Literal["ongoing"] | date | None = Field(description="When it was due, or `ongoing`.")
    forecast_on: date | None = Field(description="When it was expected to be complete.")
    flags: FlagsRead = Field(description="Derived as at the earlier day.")


class ActionSummary(Output):
    """An action in a list, as it stood on ``as_at``. ``GET /actions/{action_id}`` answers the whole."""

    id: UUID = Field(description="Identifier, a UUID that never changes.")
    version: int = Field(description="Rises by one with each change; the ETag of this record begins with it.")
    updated_at: Time = Field(description="When it last changed, UTC.")
    plan_id: UUID = Field(description="The plan it belongs to.")
    ref: str = Field(description="Its first ref.")
    points: list[PointRead] = Field(description="Its places under priorities, in order.")
    title: str = Field(description="What is to be done, as it is now.")
    lead: PersonName | None = Field(description="The person who leads it.")
    responsible_body: str | None = Field(description="Responsible body.")
    phase: str | None = Field(description="Phase of the plan.")
    as_at: date = Field(description="The day that the facts below are for.")
    status: Status = Field(description="The status.")
    completed_on: date | None = Field(description="When it was completed.")
    start_on: date | None = Field(description="When it starts.")
    due_on: Literal["ongoing"] | date | None = Field(description="When it is due, or `ongoing`.")
    original_due_on: date | None = Field(description="The first due date it ever had, kept for ever.")
    review_on: date | None = Field(description="When an ongoing action is reviewed.")
    forecast_on: date | None = Field(description="When it is expected to be complete.")
    withdrawn: bool = Field(description="Withdrawn actions leave every count.")
    added_on: date = Field(description="The day from which it counts.")
    flags: FlagsRead = Field(description="Derived as at the day.")


class ActionRead(ActionSummary):
    """An action as it stood on ``as_at``; titles, names and descriptions are as they are now."""

    created_at: Time = Field(description="When the service learned of it, UTC.")
    co_leads: list[PersonName] = Field(description="People who co-lead it.")
    success_measure: str | None = Field(description="How one will know that it is done.")
    expected_impact: str | None = Field(description="What it should change.")
    evidence_links: list[EvidenceLink] = Field(description="Where evidence can be seen.")
    path_to_green: str | None = Field(description="What will bring it back on target.")
    impact_state: ImpactState | None = Field(description="Whether its impact is evidenced.")
    impact_review_on: date | None = Field(description="When its impact is reviewed.")
    depends_on: list[UUID] = Field(description="Actions that it waits for.")
    latest_update: LatestUpdate | None = Field(description="The newest update with a narrative.")


class ActionListed(ActionSummary):
    """An action in a list, with how it stood on an earlier day."""

    compared: ActionCompared | None = Field(
        description="How it stood on the day `compare`; null where it was not there yet, or not asked for."
    )


class ActionList(Items):
    """A page of actions."""

    items: list[ActionListed] = Field(description="The records of this page, in order.")
