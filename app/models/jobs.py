"""The ledger of background work: what is to be done, when, by whom it is being done, and how it ended."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field

from app.models.base import Shape, UtcDateTime, new_id, one_of


class JobState(StrEnum):
    """Where a job stands. ``dead``: given up, until somebody has it tried again."""

    waiting = "waiting"
    running = "running"
    done = "done"
    dead = "dead"


class Job(Shape, table=True):
    """One piece of background work of an area. Bookkeeping, not journalled.

    ``key`` is unique for its kind, so that the same work is never entered twice. Jobs with the same
    ``order_key`` run one after the other by ``position``; no more than a few of one ``lane`` run at once.
    ``fence`` rises with each claim: who holds an older one has lost the job and may not say how it ended.
    ``attempts`` counts the claims since it was entered or revived, less those given back unfinished.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        one_of("state", JobState),
        # The key first: a planner without statistics would go through all of a kind by this index.
        UniqueConstraint("key", "kind"),
        # The next job of each lane; the earlier jobs that hold one back; what is old enough to be cleared.
        Index("ix_jobs_state_lane_due_at_position", "state", "lane", "due_at", "position"),
        Index("ix_jobs_order_key_state_position", "order_key", "state", "position"),
        Index("ix_jobs_state_finished_at", "state", "finished_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    area_id: UUID = Field(foreign_key="areas.id", index=True)
    kind: str = Field(max_length=30)
    key: str = Field(max_length=120)
    lane: str = Field(max_length=60)
    order_key: str = Field(max_length=120)
    position: int
    payload: dict[str, Any] = Field(sa_type=JSON)
    state: str = Field(max_length=10)
    due_at: datetime = Field(sa_type=UtcDateTime)
    attempts: int = 0
    fence: int = 0
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    worker_name: str | None = Field(default=None, max_length=40)
    error: str | None = Field(default=None, max_length=500)
    created_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
