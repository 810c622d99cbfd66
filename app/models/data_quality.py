"""Findings of the data-quality checks as answered, and their acknowledgement."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints
from sqlalchemy import Index, String
from sqlmodel import Field

from app.data_quality.base import CheckId, Noun, Severity
from app.models.base import Input, Items, Output, Prose, Shape, Time, UtcDateTime, new_id


class Acknowledgement(Shape, table=True):
    """That someone looked at a finding and said why it stays, until the data it was made from changes.

    ``fingerprint`` is of the values that the check looked at: with other values the finding counts again.
    Append-only.
    """

    __tablename__ = "acknowledgements"
    __table_args__ = (Index("ix_acknowledgements_subject", "area_id", "check_id", "subject_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    area_id: UUID = Field(foreign_key="areas.id")
    check_id: str = Field(max_length=60)
    subject_noun: str = Field(max_length=30)
    subject_id: UUID
    fingerprint: str = Field(max_length=64)
    sequence: int
    effective_on: date
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    author_kind: str = Field(sa_type=String(10))
    author_id: UUID | None = None
    author_name: str
    reason: str


class AcknowledgementCreate(Input):
    """That a finding was looked at and stays as it is, until the data that it was made from changes."""

    check: CheckId = Field(description="The check of the finding.")
    subject_id: UUID = Field(description="The record that the finding is about.")
    reason: Prose = Field(description="Why it stays as it is; everybody reads it beside the finding.")
    fingerprint: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")] | None = Field(
        default=None,
        description="The finding's `fingerprint` as read: 409 when the data has changed since.",
    )


class AcknowledgementRead(Output):
    """An acknowledgement as answered; it never changes, and ends when the data changes."""

    id: UUID = Field(description="Identifier of the acknowledgement.")
    sequence: int = Field(description="Place in the area's journal.")
    check: CheckId = Field(description="The check of the finding.")
    subject_noun: Noun = Field(description="What kind of record the finding is about.")
    subject_id: UUID = Field(description="The record that the finding is about.")
    fingerprint: str = Field(description="Of the values that the check looked at.")
    reason: str = Field(description="Why it stays as it is.")
    author_name: str = Field(description="Who acknowledged it.")
    effective_on: date = Field(description="From which day on it counts, London date.")
    recorded_at: Time = Field(description="When the service learned of it, UTC.")


class AcknowledgedRead(Output):
    """Who acknowledged a finding, and why."""

    reason: str = Field(description="Why it stays as it is.")
    author_name: str = Field(description="Who acknowledged it.")
    effective_on: date = Field(description="From which day on.")
    recorded_at: Time = Field(description="When the service learned of it, UTC.")


class FindingSubject(Output):
    """The record that a finding is about."""

    noun: Noun = Field(description="What kind of record it is.")
    id: UUID = Field(description="Its identifier.")
    ref: str = Field(description="Its ref; of a management action the ref of its risk.")
    title: str = Field(description="Its title; of a risk the description.")


class FindingRead(Output):
    """What a check found in a record, as at the day asked for. It goes when the data is put right."""

    check: CheckId = Field(description="The check that found it. Identifiers never change.")
    severity: Severity = Field(
        description="`blocks` keeps a period of the plan from being published, `warns` does not."
    )
    message: str = Field(description="What is wrong and what to do, in plain English.")
    subject: FindingSubject = Field(description="The record.")
    plan_id: UUID | None = Field(description="The plan of the action, or of the risk's register.")
    register_id: UUID | None = Field(description="The register of a risk; null for an action.")
    risk_id: UUID | None = Field(description="The risk, also of a management action; null for an action.")
    priority_id: UUID | None = Field(
        description="The risk's priority, or the first one of the action; null for a general risk."
    )
    fingerprint: str = Field(
        description="Of the values that the check looked at: it changes when they do, and an acknowledgement "
        "with another fingerprint no longer counts."
    )
    acknowledged: AcknowledgedRead | None = Field(
        description="Who acknowledged it and why, while that counts; null when nobody has."
    )


class FindingList(Items):
    """A page of findings: those that block first, then by plan, record and check."""

    items: list[FindingRead] = Field(description="The findings of this page, in order.")
