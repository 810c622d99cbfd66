"""Runs jobs of the ledger beside the worker's steps: a few at once, each in a thread of its own.

One thread of the process looks for jobs, claims them, and renews the leases of those that run: a query a
second where there is nothing to do. A job that fails is tried again later, and given up after its last try.
"""

import threading
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from app import clock, db
from app.logs import log
from app.services import jobs
from app.services.job_claims import open_lanes
from app.services.jobs import Claimed, Handler

THREADS = 4
POLL_SECONDS = 1.0
# After finding jobs that another worker is claiming just then.
CONTENDED_SECONDS = 0.05
RENEW_SECONDS = 15.0
# How long stopping waits for jobs to end before it gives them back.
GRACE_SECONDS = 0.4
FIRST_RETRY = timedelta(seconds=10)
LONGEST_RETRY = timedelta(hours=1)


class _Running:
    """A job in its thread, and when its lease was last renewed (on the monotonic clock)."""

    def __init__(self, claimed: Claimed) -> None:
        self.claimed = claimed
        self.renewed = time.monotonic()
        self.lost = False


class Runner:
    """Runs the jobs of some kinds. The database must be open from ``start`` until ``stop`` returns."""

    def __init__(self, name: str, handlers: Mapping[str, Handler], *, threads: int = THREADS) -> None:
        self._name = name
        self._handlers = handlers
        self._threads = threads
        # Kinds by how many of a lane may run at once: each group is one query.
        self._groups: dict[int, list[str]] = {}
        for kind, handler in handlers.items():
            self._groups.setdefault(handler.lane_limit, []).append(kind)
        self._running: dict[UUID, _Running] = {}
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._told_to_stop = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name=f"{name}-jobs", daemon=True)
        self._log = log.bind(worker=name)

    def start(self) -> None:
        """Begin to look for jobs. Does nothing where there is no kind to run."""
        if self._handlers:
            self._thread.start()

    def tell_to_stop(self) -> None:
        """Claim no more; soon give back what still runs."""
        self._told_to_stop = True
        self._wake.set()

    def wait(self, seconds: float) -> None:
        """Return when it has stopped, or after so many seconds."""
        if self._thread.ident is not None:
            self._ended.wait(seconds)

    # --- Looking for jobs ---

    def _work(self) -> None:
        try:
            failures = 0
            while not self._told_to_stop:
                self._wake.clear()
                try:
                    pause = self._look()
                    failures = 0
                except Exception:
                    failures += 1
                    pause = min(POLL_SECONDS * 2.0 ** min(failures - 1, 5), RENEW_SECONDS)
                    self._log.exception("jobs could not be looked for", failures=failures, retry_in=pause)
                if pause and not self._told_to_stop:
                    self._wake.wait(pause)
            self._give_back()
        finally:
            self._ended.set()

    def _look(self) -> float:
        """Renew what runs, start what may; how many seconds later to look again unless woken."""
        self._renew()
        if len(self._running) >= self._threads:
            return POLL_SECONDS
        pause = POLL_SECONDS
        for lane_limit, kinds in self._groups.items():
            # Read first: a transaction that writes would hold up everyone else's on SQLite.
            with db.read(None) as connection:
                if not open_lanes(connection, clock.now(), kinds=kinds, lane_limit=lane_limit):
                    continue
            with db.write(None) as connection:
                claimed = jobs.claim(connection, self._name, clock.now(), kinds=kinds, lane_limit=lane_limit)
            if claimed is None:
                pause = min(pause, CONTENDED_SECONDS)
                continue
            self._start(_Running(claimed))
            pause = 0.0
            if len(self._running) >= self._threads:
                break
        return pause

    def _renew(self) -> None:
        now = time.monotonic()
        for running in list(self._running.values()):
            if not running.lost and now - running.renewed >= RENEW_SECONDS:
                self._renew_one(running)

    def _renew_one(self, running: _Running) -> bool:
        """Hold the job for longer; whether it is still held."""
        if running.lost or running.claimed.id not in self._running:
            return False
        with db.write(None) as connection:
            held = jobs.renew(connection, running.claimed, clock.now())
        running.renewed = time.monotonic()
        running.lost = not held
        return held

    # --- Running one ---

    def _start(self, running: _Running) -> None:
        with self._lock:
            self._running[running.claimed.id] = running
        threading.Thread(
            target=self._run, args=(running,), name=f"{self._name}-{running.claimed.kind}", daemon=True
        ).start()

    def _run(self, running: _Running) -> None:
        claimed = running.claimed
        handler = self._handlers[claimed.kind]
        said = self._log.bind(job=str(claimed.id), kind=claimed.kind, attempt=claimed.attempts)
        try:
            if claimed.attempts > handler.tries:
                self._fail(claimed, handler, "the worker ended in the middle of the last try", said)
                return
            try:
                handler.run(claimed, lambda: self._renew_one(running), clock.now())
                if not self._is_held(claimed):
                    return
                error = "its handler did not say how it ended"
            except Exception as raised:
                error = _class_and_place(raised)
            self._fail(claimed, handler, error, said)
        except Exception as raised:  # the database: the lease ends by itself
            said.error("job could not be ended", error=_class_and_place(raised))
        finally:
            with self._lock:
                self._running.pop(claimed.id, None)
            self._wake.set()

    @staticmethod
    def _is_held(claimed: Claimed) -> bool:
        with db.read(None) as connection:
            return jobs.is_held(connection, claimed)

    def _fail(self, claimed: Claimed, handler: Handler, error: str, said: Any) -> None:
        """Have it tried again, or give it up."""
        now = clock.now()
        if claimed.attempts < handler.tries:
            due_at = now + min(FIRST_RETRY * 2 ** min(claimed.attempts - 1, 20), LONGEST_RETRY)
            with db.write(None) as connection:
                held = jobs.retry(connection, claimed, now, due_at=due_at, error=error)
            outcome = "tried again"
        else:
            with db.write(None) as connection:
                if held := jobs.give_up(connection, claimed, now, error=error):
                    handler.given_up(connection, claimed, now, error)
            outcome = "given up"
        said.error("job failed", error=error, outcome=outcome if held else "lost to another worker")

    # --- Stopping ---

    def _give_back(self) -> None:
        """Leave the jobs that run a moment to end, then make them due for others."""
        deadline = time.monotonic() + GRACE_SECONDS
        while self._running and (left := deadline - time.monotonic()) > 0:
            self._wake.clear()
            if self._running:
                self._wake.wait(left)
        if not self._running:
            return
        try:
            with db.write(None) as connection:
                for running in list(self._running.values()):
                    running.lost = True
                    jobs.give_back(connection, running.claimed, clock.now())
        except Exception:
            self._log.exception("jobs could not be given back: their leases end by themselves")


def _class_and_place(error: Exception) -> str:
    """What was raised and where. Not what it says: that may hold addresses, or what people typed."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    if place is None:
        return type(error).__name__
    return f"{type(error).__name__} at {Path(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}"
