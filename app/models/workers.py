"""Signs of life of the workers. Bookkeeping: of no area, and not journalled."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from app.models.base import Shape, UtcDateTime, new_id


class WorkerHeartbeat(Shape, table=True):
    """A worker. ``name`` is random and says nothing of the machine; its log lines carry it.

    ``stopped_at`` is null while it runs, and where it ended without a word.
    """

    __tablename__ = "worker_heartbeats"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(max_length=40)
    started_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    stopped_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
