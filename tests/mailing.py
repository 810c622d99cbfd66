"""A mail system that does as it is told, and a worker that works when it is told, at a time that it is told.

post = Post()
crew = Crew(monkeypatch, post)
crew.work(at)      # all that is due then, in this thread
post.taken         # what was handed over, in order
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app import clock, db
from app.models.tables import run_deliveries, schedule_runs
from app.senders import mail
from app.senders.mail import ACCEPTED, Mail, Outcome
from app.services import jobs, run_dues, run_ends
from app.worker import HANDLERS

Shown = dict[str, Any]


class Died(BaseException):
    """The worker ended here, without a word."""


class Post:
    """A mail system. ``answers`` hold how the next messages end; when there is none left it takes them."""

    def __init__(self, *answers: Outcome | type[BaseException], told: bool | None = None) -> None:
        self.answers = list(answers)
        self.told = told
        self.taken: list[Mail] = []
        self.tried: list[Mail] = []

    def send(self, mail: Mail, *, before_data: Callable[[], None]) -> Outcome:
        self.tried.append(mail)
        answer = self.answers.pop(0) if self.answers else ACCEPTED
        if isinstance(answer, type):
            before_data()
            self.taken.append(mail)
            raise answer
        if answer.verdict in ("accepted", "doubtful"):
            before_data()
            self.taken.append(mail)
        return answer

    def has(self, message_id: str) -> bool | None:
        if self.told is None:
            return None
        return any(one.message_id == message_id for one in self.taken)

    def close(self) -> None:
        """Nothing is open."""


class Crew:
    """One worker without threads. Its clock says what it is told."""

    def __init__(self, patch: pytest.MonkeyPatch, post: Any) -> None:
        self.now = datetime.min.replace(tzinfo=UTC)
        patch.setattr(clock, "now", lambda: self.now)
        patch.setattr(mail, "sender", lambda: post)

    def work(self, now: datetime) -> None:
        """Do all that is due at a time."""
        self.now = now
        while run_dues.enter_due(now):
            pass
        while self.one(now):
            pass
        run_ends.end_runs(now)

    def one(self, now: datetime) -> bool:
        """Run one job; whether there was one."""
        self.now = now
        with db.write(None) as writer:
            claimed = jobs.claim(writer, "crew", now, kinds=list(HANDLERS), lane_limit=100)
        if claimed is None:
            return False
        try:
            HANDLERS[claimed.kind].run(claimed, lambda: True, now)
        except Died:
            return True
        with db.read(None) as reader:
            if self.now == now:  # else its lease has ended meanwhile
                assert not jobs.is_held(reader, claimed), "the handler says how it ended"
        return True


def runs(*columns: str) -> list[Any]:
    """The runs of all schedules by when they were due; of one column its values."""
    return _rows(schedule_runs, columns, schedule_runs.c.due_at)


def deliveries(*columns: str) -> list[Any]:
    """What all runs send, by address."""
    return _rows(run_deliveries, columns, run_deliveries.c.address)


def _rows(table: sa.Table, columns: tuple[str, ...], order: Any) -> list[Any]:
    with db.read(None) as reader:
        found = reader.execute(sa.select(*(table.c[name] for name in columns)).order_by(order, table.c.id))
        return list(found.scalars()) if len(columns) == 1 else [tuple(row) for row in found]


HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
