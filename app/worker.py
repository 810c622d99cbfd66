"""The worker: runs each step when it is due, until told to stop.

A step that fails is logged and tried again soon, then after twice as long each time, at most after its own
interval; the others go on. Any number of workers may run beside each other, in the web process (``serve``) or
in one of their own.
"""

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from app import clock, db
from app.job_runner import Runner
from app.logs import log
from app.models.base import new_id
from app.services import (
    housekeeping,
    job_counts,
    run_dues,
    run_ends,
    run_making,
    run_sending,
    webhook_deliveries,
    webhook_sending,
)
from app.services.jobs import Handler

HEARTBEAT_SECONDS = 5.0
CLEARING_SECONDS = 60.0
# How soon after a change webhooks hear of it, at most.
TELLING_SECONDS = 1.0
# How late, at most, a schedule is noticed to be due, and a run to be done.
RUNS_SECONDS = 2.0
# Between two batches of one step: others get to write, the one writer of SQLite above all.
PAUSE_SECONDS = 0.2
FIRST_RETRY_SECONDS = 1.0
# How long stopping waits for the step that is running.
GRACE_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class Step:
    """What a worker does every so many seconds.

    ``run`` opens its own transactions and is told the time. It returns whether more is left to do than it did
    at once; it is then due again after a short pause.
    """

    name: str
    seconds: float
    run: Callable[[datetime], bool]


class _Due:
    """When a step is due next (on the monotonic clock), and how often in a row it failed."""

    def __init__(self, step: Step, at: float) -> None:
        self.step = step
        self.at = at
        self.failures = 0


class Worker:
    """A worker in threads of its own. The database must be open from ``start`` until ``stop`` returns."""

    def __init__(
        self, steps: tuple[Step, ...] | None = None, handlers: Mapping[str, Handler] | None = None
    ) -> None:
        self.identity = housekeeping.Worker(new_id(), f"worker-{secrets.token_hex(4)}", clock.now())
        self._steps = (self._heartbeat(), TELLING, *RUNS, *CLEARING) if steps is None else steps
        self._jobs = Runner(
            self.identity.name, (HANDLERS if steps is None else {}) if handlers is None else handlers
        )
        self._told_to_stop = threading.Event()
        # Not Thread.join: when a signal interrupts it, the thread counts as ended while it still runs.
        self._ended = threading.Event()
        # A thread that waits for a lock of the database does not keep the process from ending.
        self._thread = threading.Thread(target=self._work, name=self.identity.name, daemon=True)
        self._log = log.bind(worker=self.identity.name)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()
        self._jobs.start()

    def wait(self) -> None:
        """Return when it has ended; a signal that raises an error ends the waiting."""
        self._ended.wait()

    def stop(self) -> None:
        """Stop, leaving the running step 1.5 s to end; jobs that still run are given back.

        Does nothing where it never started.
        """
        self._told_to_stop.set()
        self._jobs.tell_to_stop()
        if self._thread.ident is not None:
            began = time.monotonic()
            self._ended.wait(GRACE_SECONDS)
            self._jobs.wait(max(0.0, began + GRACE_SECONDS - time.monotonic()))

    def _heartbeat(self) -> Step:
        def beat(connection: Connection, now: datetime) -> bool:
            housekeeping.beat(connection, self.identity, now)
            return False

        return Step("heartbeat", HEARTBEAT_SECONDS, _in_one_transaction(beat))

    def _work(self) -> None:
        try:
            self._run_until_told()
        finally:
            self._ended.set()

    def _run_until_told(self) -> None:
        self._log.info("worker started")
        began = time.monotonic()
        schedule = [_Due(step, began) for step in self._steps]
        while True:
            first = min(schedule, key=lambda due: due.at)
            if self._told_to_stop.wait(max(0.0, first.at - time.monotonic())):
                break
            pause = self._run(first)
            first.at = time.monotonic() + pause
        self._leave()
        self._log.info("worker stopped")

    def _run(self, due: _Due) -> float:
        """Run a step; how many seconds later it is due again."""
        try:
            more = due.step.run(clock.now())
        except Exception:
            due.failures += 1
            retry = min(FIRST_RETRY_SECONDS * 2.0 ** min(due.failures - 1, 10), due.step.seconds)
            self._log.exception(
                "worker step failed", step=due.step.name, failures=due.failures, retry_in=retry
            )
            return retry
        due.failures = 0
        return PAUSE_SECONDS if more else due.step.seconds

    def _leave(self) -> None:
        try:
            with db.write(None) as connection:
                housekeeping.leave(connection, self.identity, clock.now())
        except Exception:
            self._log.exception("worker could not say that it stops")


def _in_one_transaction(work: Callable[[Connection, datetime], bool]) -> Callable[[datetime], bool]:
    def run(now: datetime) -> bool:
        with db.write(None) as connection:
            return work(connection, now)

    return run


CLEARING = tuple(
    Step(clear.__name__, CLEARING_SECONDS, _in_one_transaction(clear))
    for clear in (
        housekeeping.clear_heartbeats,
        housekeeping.clear_sessions,
        housekeeping.clear_spent_sign_ins,
        housekeeping.clear_access_tokens,
        housekeeping.clear_links,
        housekeeping.clear_locks,
        housekeeping.clear_kept_answers,
        housekeeping.clear_drafts,
        job_counts.clear_jobs,
        webhook_deliveries.clear_deliveries,
        run_ends.clear_runs,
        run_ends.clear_recipients,
    )
)
TELLING = Step("enter_deliveries", TELLING_SECONDS, webhook_sending.enter_deliveries)


def _enter_due(now: datetime) -> bool:
    return run_dues.enter_due(clock.Moment(now, clock.day_of(now)).calendar, entered_at=now)


RUNS = (Step("enter_due", RUNS_SECONDS, _enter_due), Step("end_runs", RUNS_SECONDS, run_ends.end_runs))
# How the jobs of each kind are run (services/jobs.py).
HANDLERS: dict[str, Handler] = {
    webhook_deliveries.KIND: webhook_sending.HANDLER,
    run_dues.KIND: run_making.HANDLER,
    run_sending.KIND: run_sending.HANDLER,
}
