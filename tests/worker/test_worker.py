"""The worker: what it does when, beside others, and when something fails."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NoReturn

import pytest
from sqlalchemy import insert, select
from structlog.testing import capture_logs

from app import clock, db, worker
from app.access.roles import Role
from app.models.tables import sessions, users, worker_heartbeats
from app.services import housekeeping
from app.services import users as users_service
from app.services.sessions import REMEMBERED
from app.worker import Step, Worker
from tests.factories import Cast, cast, do

SOON = 15.0  # seconds; what is waited for takes a hundredth of it


@pytest.fixture
def people(database: str) -> Cast:
    """The fixed cast, in a database that holds nothing else."""
    return cast()


@contextmanager
def at_work(*steps: Step, workers: int = 1) -> Iterator[list[Worker]]:
    """Workers with the steps given, else with their own; stopped on leaving."""
    team = [Worker(steps or None) for _ in range(workers)]
    for one in team:
        one.start()
    try:
        yield team
    finally:
        for one in team:
            one.stop()


def eventually(happened: Callable[[], Any]) -> Any:
    """What is true at last. Fails when it does not become so."""
    deadline = time.monotonic() + SOON
    while not (found := happened()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)
    return found


def heartbeats() -> dict[str, datetime]:
    with db.read(None) as reader:
        rows = reader.execute(select(worker_heartbeats).where(worker_heartbeats.c.stopped_at.is_(None)))
        return {row.name: row.seen_at for row in rows}


def fail(_now: datetime) -> NoReturn:
    raise ZeroDivisionError("as planted")


# --- Its own steps ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("database")
def test_it_gives_a_sign_of_life_from_its_start_until_it_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "HEARTBEAT_SECONDS", 0.05)
    began = clock.now()
    with at_work() as [one]:
        first = eventually(heartbeats)[one.identity.name]
        assert began <= first <= clock.now()
        eventually(lambda: heartbeats()[one.identity.name] > first)
    assert heartbeats() == {}


def test_signs_of_life_are_closer_together_than_ten_seconds() -> None:
    assert worker.HEARTBEAT_SECONDS < 10
    assert timedelta(seconds=2 * worker.HEARTBEAT_SECONDS) < housekeeping.LATE_AFTER, "one may be missed"


def test_two_workers_share_what_has_expired(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "AT_ONCE", 5)
    monkeypatch.setattr(worker, "PAUSE_SECONDS", 0.001)
    do(users_service.create_user, people.service, email="pat@north.example", role=Role.viewer)
    now = clock.now()
    with db.write(None) as writer:
        user_id = writer.execute(select(users.c.id)).scalar_one()
        same = {"user_id": user_id, "created_at": now, "seen_at": now}
        made = [
            {"token_hash": f"{number:064}", **same, "expires_at": expires_at}
            for number, expires_at in enumerate([now - REMEMBERED] * 200 + [now + timedelta(hours=1)] * 3)
        ]
        writer.execute(insert(sessions), made)

    def left() -> int:
        with db.read(None) as reader:
            return len(reader.execute(select(sessions)).all())

    with capture_logs() as said, at_work(workers=2) as team:
        eventually(lambda: left() == 3)
        assert heartbeats().keys() == {one.identity.name for one in team}
    assert left() == 3, "living sessions stay"
    assert [line for line in said if line["log_level"] != "info"] == []
    assert heartbeats() == {}


# --- Failing steps ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("database")
def test_a_failing_step_is_logged_and_the_others_go_on() -> None:
    runs: list[datetime] = []

    def count(now: datetime) -> bool:
        runs.append(now)
        return False

    with capture_logs() as said, at_work(Step("broken", 0.01, fail), Step("sound", 0.01, count)):
        eventually(lambda: len(runs) > 5)
    failed = [line for line in said if line["log_level"] == "error"]
    assert len(failed) > 1, "it is tried again"
    assert {(line["event"], line["step"]) for line in failed} == {("worker step failed", "broken")}
    assert all(line["exc_info"] for line in failed)
    assert runs == sorted(runs)


@pytest.mark.usefixtures("database")
def test_it_waits_longer_after_each_failure_but_not_longer_than_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "FIRST_RETRY_SECONDS", 0.01)
    outcomes = iter([fail, fail, fail, fail, fail, lambda _now: False, fail])
    done = threading.Event()

    def step(now: datetime) -> bool:
        outcome = next(outcomes, None)
        if outcome is None:
            done.set()
            return False
        return outcome(now)

    with capture_logs() as said, at_work(Step("shaky", 0.05, step)):
        assert done.wait(SOON)
    failed = [(line["failures"], line["retry_in"]) for line in said if line["log_level"] == "error"]
    assert failed == [(1, 0.01), (2, 0.02), (3, 0.04), (4, 0.05), (5, 0.05), (1, 0.01)]


@pytest.mark.usefixtures("database")
def test_more_of_a_step_is_done_after_a_short_pause() -> None:
    answers = iter([True, True, False])
    runs: list[float] = []

    def step(_now: datetime) -> bool:
        runs.append(time.monotonic())
        return next(answers, False)

    with at_work(Step("long", 3600, step)):
        eventually(lambda: len(runs) == 3)
    assert min(later - earlier for earlier, later in pairwise(runs)) >= 0.19


# --- Stopping ---------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("database")
def test_stopping_does_not_wait_for_a_step_that_hangs() -> None:
    hanging, release = threading.Event(), threading.Event()

    def hang(_now: datetime) -> bool:
        hanging.set()
        return release.wait(SOON)

    try:
        with at_work(Step("hanging", 60, hang)) as [one]:
            assert hanging.wait(SOON)
            began = time.monotonic()
            one.stop()
            assert time.monotonic() - began < worker.GRACE_SECONDS + 5
    finally:
        release.set()
        one.wait()


def test_stopping_one_that_never_started_is_nothing() -> None:
    began = time.monotonic()
    Worker().stop()
    assert time.monotonic() - began < 0.1


@pytest.mark.usefixtures("database")
def test_an_end_that_cannot_be_written_does_not_keep_it_from_stopping(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: Any) -> NoReturn:
        raise ZeroDivisionError("as planted")

    monkeypatch.setattr(housekeeping, "leave", refuse)
    with capture_logs() as said, at_work(Step("none", 60, lambda _now: False)):
        pass
    assert [line["event"] for line in said] == [
        "worker started",
        "worker could not say that it stops",
        "worker stopped",
    ]
