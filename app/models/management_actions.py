"""Management actions: what is still to be done about a risk."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index
from sqlmodel import Field

from app.models.base import Day, EntryRead, EntryRow, Input, Items, Prose, Row, RowRead, Shape, one_of
from app.models.people import PersonName
from app.plans.statuses import Status


class ManagementActionBase(Shape):
    """What of a management action is not dated."""

    title: Prose = Field(description="What is still to be done.")
    lead_id: UUID | None = Field(default=None, description="The person who leads it.")


class ManagementAction(ManagementActionBase, Row, table=True):
    """A management action of one risk."""

    __tablename__ = "management_actions"

    risk_id: UUID = Field(foreign_key="risks.id", index=True)
    lead_id: UUID | None = Field(default=None, foreign_key="people.id", index=True)
    position: int


class ManagementActionUpdateEntry(EntryRow, table=True):
    """A dated entry on a management action."""

    __tablename__ = "management_action_updates"
    __table_args__ = (
        Index("ix_management_action_updates_parent_sequence", "management_action_id", "sequence"),
        CheckConstraint("operation IN ('added', 'updated')", name="operation"),
    )

    management_action_id: UUID = Field(foreign_key="management_actions.id")
    replaces: UUID | None = Field(default=None, foreign_key="management_action_updates.id", unique=True)
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class ManagementActionState(Shape, table=True):
    """The state of a management action for a span of days, worked out from its entries."""

    __tablename__ = "management_action_states"
    __table_args__ = (
        one_of("status", Status),
        CheckConstraint("valid_from < valid_to", name="span"),
        Index("ix_management_action_states_id", "management_action_id", "valid_to"),
    )

    management_action_id: UUID = Field(foreign_key="management_actions.id", primary_key=True)
    valid_from: date = Field(primary_key=True)
    valid_to: date
    status: str | None = Field(default=None, max_length=20)
    due_on: date | None = None
    added_on: date


class ManagementActionFacts(Shape):
    """The dated facts of a management action."""

    status: Status | None = Field(
        default=None, description="One of the four statuses, or null: shown as `Not stated`."
    )
    due_on: Day | None = Field(default=None, description="When it is due.")


class ManagementActionCreate(ManagementActionFacts, ManagementActionBase, Input):
    """A new management action, true from ``effective_on``."""

    narrative: Prose | None = Field(default=None, description="What has happened so far.")
    reason: Prose | None = Field(default=None, description="Why.")
    effective_on: Day | None = Field(default=None, description="From which day; today by default.")


class ManagementActionUpdate(Input):
    """What of a management action can change by PATCH; status and due date change through updates."""

    title: Prose | None = Field(default=None, description="What is still to be done.")
    lead_id: UUID | None = Field(default=None, description="The person who leads it; null clears it.")


class ManagementActionUpdateCreate(ManagementActionFacts, Input):
    """A dated entry. A field left out leaves the fact, null clears it; at least one field is needed."""

    narrative: Prose | None = Field(default=None, description="What has happened.")
    reason: Prose | None = Field(default=None, description="Why; needed for a backdated entry.")
    effective_on: Day | None = Field(default=None, description="From which day; today by default.")
    replaces: UUID | None = Field(default=None, description="The entry that this one corrects.")


class ManagementActionRead(ManagementActionBase, RowRead):
    """A management action as it stood on ``as_at``."""

    risk_id: UUID = Field(description="The risk it acts on.")
    position: int = Field(description="Place in the list, from 1.")
    lead: PersonName | None = Field(description="The person who leads it.")
    as_at: date = Field(description="The day that the facts below are for.")
    status: Status | None = Field(description="One of the four statuses; null is shown as `Not stated`.")
    due_on: date | None = Field(description="When it is due.")
    overdue: bool = Field(description="Not complete, and due before the day.")
    added_on: date = Field(description="The day from which it is listed.")


class ManagementActionList(Items):
    """A page of management actions."""

    items: list[ManagementActionRead] = Field(description="The records of this page, in order.")


class ManagementActionUpdateRead(EntryRead):
    """An entry on a management action as answered."""

    management_action_id: UUID = Field(description="The management action it is about.")
    facts: dict[str, Any] = Field(description="The facts that it states, by name.")


class ManagementActionUpdateList(Items):
    """A page of entries, oldest first by effective date and sequence."""

    items: list[ManagementActionUpdateRead] = Field(description="The records of this page, in order.")
