"""The ledger of background work against a model of it: whatever is done, by whomever, in whatever order."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, select

from app import db
from app.models.tables import jobs as table
from app.services import jobs
from app.services.jobs import Claimed
from tests.factories import cast

NOW = datetime(2024, 7, 1, 9, tzinfo=UTC)
KINDS = ("letter",)


@dataclass
class Model:
    """A job as it must stand."""

    lane: str
    order: str
    position: int
    due_at: datetime
    state: str = "waiting"
    attempts: int = 0
    fence: int = 0
    lease_until: datetime | None = None
    error: str | None = None


@dataclass
class Ledger:
    """What the ledger must hold, and what may be claimed of it, written as the rules say it."""

    now: datetime = NOW
    jobs: dict[str, Model] = field(default_factory=dict)

    def claimable(self, limit: int) -> set[str]:
        return {key for key, job in self.jobs.items() if self._is_claimable(job, limit)}

    def _is_claimable(self, job: Model, limit: int) -> bool:
        others = [other for other in self.jobs.values() if other is not job]
        if job.state == "waiting":
            same = [other for other in others if other.order == job.order]
            free = not any(other.state == "running" for other in same)
            first = not any(other.state == "waiting" and other.position < job.position for other in same)
            due = job.due_at <= self.now and free and first
        else:
            due = job.state == "running" and job.lease_until is not None and job.lease_until <= self.now
        return due and self.held_in(job.lane) < limit

    def held_in(self, lane: str) -> int:
        return sum(
            1
            for job in self.jobs.values()
            if job.lane == lane and job.state == "running" and job.lease_until and job.lease_until > self.now
        )

    def holds(self, held: Claimed) -> bool:
        job = self.jobs[held.key]
        return job.state == "running" and job.fence == held.fence


ORDERS = {"o1": "l1", "o2": "l1", "o3": "l2"}
KEYS = st.sampled_from("abcde")
SECONDS = st.integers(-5, 90)


class Machine(RuleBasedStateMachine):
    """Everything that may be done with the ledger, by workers who may have lost what they think they hold."""

    area: UUID
    held = Bundle("held")

    @initialize(limit=st.integers(1, 3))
    def begin(self, limit: int) -> None:
        self.limit = limit
        self.model = Ledger()
        with db.write(None) as writer:
            writer.execute(delete(table))

    def _at(self, seconds: int) -> datetime:
        return self.model.now + timedelta(seconds=seconds)

    def _do(self, how: Any, held: Claimed, **given: Any) -> bool:
        with db.write(None) as writer:
            answer: bool = how(writer, held, self.model.now, **given)
        return answer

    @rule(seconds=st.integers(1, 70))
    def time_passes(self, seconds: int) -> None:
        self.model.now += timedelta(seconds=seconds)

    @rule(
        key=st.sampled_from("abcde"),
        order=st.sampled_from(sorted(ORDERS)),
        position=st.integers(1, 3),
        due=SECONDS,
    )
    def enter(self, key: str, order: str, position: int, due: int) -> None:
        due_at = self._at(due)
        with db.write(None) as writer:
            jobs.enter(
                writer,
                area_id=self.area,
                kind="letter",
                key=key,
                lane=ORDERS[order],
                order_key=order,
                position=position,
                payload={},
                due_at=due_at,
                now=self.model.now,
            )
        if key not in self.model.jobs:
            earlier = [
                job.due_at
                for job in self.model.jobs.values()
                if (job.order, job.state) == (order, "waiting") and job.position < position
            ]
            self.model.jobs[key] = Model(ORDERS[order], order, position, max([due_at, *earlier]))

    @rule(target=held)
    def claim(self) -> Any:
        allowed = self.model.claimable(self.limit)
        with db.write(None) as writer:
            found = jobs.claim(writer, "w", self.model.now, kinds=KINDS, lane_limit=self.limit)
        if found is None:
            assert allowed == set(), "something was due"
            return multiple()
        assert found.key in allowed
        job = self.model.jobs[found.key]
        job.state, job.lease_until = "running", self.model.now + jobs.LEASE
        job.attempts, job.fence = job.attempts + 1, job.fence + 1
        assert (found.attempts, found.fence) == (job.attempts, job.fence)
        return found

    @rule(held=held)
    def renew(self, held: Claimed) -> None:
        job = self.model.jobs[held.key]
        live = self.model.holds(held) and job.lease_until is not None and job.lease_until > self.model.now
        assert self._do(jobs.renew, held) is live
        if live:
            job.lease_until = self.model.now + jobs.LEASE

    @rule(held=held, dead=st.booleans())
    def finish_or_give_up(self, held: Claimed, dead: bool) -> None:
        how, given = (jobs.give_up, {"error": "no"}) if dead else (jobs.finish, {})
        expected = self.model.holds(held)
        assert self._do(how, held, **given) is expected
        if expected:
            job = self.model.jobs[held.key]
            job.state, job.lease_until = ("dead", None) if dead else ("done", None)
            job.error = "no" if dead else None

    @rule(held=held, due=st.integers(1, 90))
    def retry(self, held: Claimed, due: int) -> None:
        expected = self.model.holds(held)
        due_at = self._at(due)
        assert self._do(jobs.retry, held, due_at=due_at, error="busy") is expected
        if expected:
            job = self.model.jobs[held.key]
            job.state, job.lease_until, job.due_at, job.error = "waiting", None, due_at, "busy"
            for other in self.model.jobs.values():
                behind = other.order == job.order and other.position > job.position
                if behind and other.state == "waiting":
                    other.due_at = max(other.due_at, due_at)

    @rule(held=held)
    def give_back(self, held: Claimed) -> None:
        expected = self.model.holds(held)
        assert self._do(jobs.give_back, held) is expected
        if expected:
            job = self.model.jobs[held.key]
            job.state, job.lease_until, job.due_at = "waiting", None, self.model.now
            job.attempts, job.error = job.attempts - 1, None

    @rule(key=KEYS)
    def revive(self, key: str) -> None:
        job = self.model.jobs.get(key)
        expected = job is not None and job.state in ("done", "dead")
        with db.write(None) as writer:
            assert jobs.revive(writer, self.area, "letter", key, self.model.now) is expected
        if job is not None and expected:
            job.state, job.due_at, job.attempts, job.error = "waiting", self.model.now, 0, None

    @invariant()
    def it_stands_as_it_must(self) -> None:
        columns = [table.c[name] for name in ("state", "due_at", "attempts", "fence", "lease_until", "error")]
        with db.read(None) as reader:
            found = {row.key: tuple(row)[1:] for row in reader.execute(select(table.c.key, *columns))}
        model = self.model
        assert found == {
            key: (job.state, job.due_at, job.attempts, job.fence, job.lease_until, job.error)
            for key, job in model.jobs.items()
        }
        assert all(model.held_in(lane) <= self.limit for lane in ("l1", "l2"))
        running = [job.order for job in model.jobs.values() if job.state == "running"]
        assert len(running) == len(set(running)), "one of an order at a time"


EXAMPLES = {"sqlite": 60, "postgresql": 20}


@pytest.mark.usefixtures("database")
def test_it_stands_as_the_rules_say_whatever_is_done(database_kind: str) -> None:
    compare(EXAMPLES[database_kind])


def compare(examples: int) -> None:
    """Try so many sequences of steps on the database that is open."""
    machine = type("OnThisDatabase", (Machine,), {"area": cast().service.area_id})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
