"""Jobs that run in threads beside the worker's steps: how many, for how long, and when they fail."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from app import clock, db, job_runner, worker
from app.job_runner import Runner
from app.models.tables import jobs as table
from app.services import jobs
from app.services.jobs import Claimed, Handler
from app.worker import Worker
from tests.factories import cast

SOON = 20.0
Renew = Callable[[], bool]


@pytest.fixture
def area(database: str) -> UUID:
    """An area of a database that holds no jobs."""
    return cast().service.area_id


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_runner, "POLL_SECONDS", 0.05)


def enter(area: UUID, *keys: str, kind: str = "parcel", lane: str = "road") -> None:
    now = clock.now()
    with db.write(None) as writer:
        for key in keys:
            jobs.enter(
                writer,
                area_id=area,
                kind=kind,
                key=key,
                lane=lane,
                order_key=f"alone-{key}",
                position=1,
                payload={},
                due_at=now,
                now=now,
            )


def stored(key: str) -> Any:
    with db.read(None) as reader:
        return reader.execute(select(table).where(table.c.key == key)).one()


def states() -> dict[str, int]:
    found: dict[str, int] = {}
    with db.read(None) as reader:
        for state in reader.execute(select(table.c.state)).scalars():
            found[state] = found.get(state, 0) + 1
    return found


def eventually(happened: Callable[[], Any]) -> Any:
    """What is true at last. Fails when it does not become so."""
    deadline = time.monotonic() + SOON
    while not (found := happened()):
        assert time.monotonic() < deadline, f"it did not happen: {states()}"
        time.sleep(0.01)
    return found


def of_jobs(kind: str) -> list[threading.Thread]:
    """The threads that run jobs of this kind; of "jobs" the one that looks for them."""
    return [thread for thread in threading.enumerate() if thread.name.endswith(f"-{kind}")]


def finish(claimed: Claimed) -> bool:
    with db.write(None) as writer:
        return jobs.finish(writer, claimed, clock.now())


def finishing(claimed: Claimed, _renew: Renew, _now: datetime) -> None:
    finish(claimed)


@contextmanager
def at_work(handlers: Mapping[str, Handler], threads: int = 4) -> Iterator[Runner]:
    runner = Runner("ann", handlers, threads=threads)
    runner.start()
    try:
        yield runner
    finally:
        runner.tell_to_stop()
        runner.wait(SOON)


# --- Running ----------------------------------------------------------------------------------------------


def test_each_job_is_run_once_by_the_handler_of_its_kind(area: UUID) -> None:
    ran: list[tuple[str, str]] = []

    def handler(kind: str) -> Handler:
        def run(claimed: Claimed, _renew: Renew, now: datetime) -> None:
            assert abs((clock.now() - now).total_seconds()) < SOON
            ran.append((kind, claimed.key))
            finish(claimed)

        return Handler(run)

    enter(area, "1", "2", "3")
    enter(area, "4", kind="letter", lane="air")
    enter(area, "5", kind="pigeon", lane="roof")
    with capture_logs() as said, at_work({"parcel": handler("parcel"), "letter": handler("letter")}):
        eventually(lambda: states() == {"done": 4, "waiting": 1})
        enter(area, "6")
        eventually(lambda: states() == {"done": 5, "waiting": 1})
    assert sorted(ran) == [("letter", "4"), *(("parcel", key) for key in "1236")]
    assert stored("5").state == "waiting", "nobody here runs those"
    assert [line for line in said if line["log_level"] != "info"] == []


def test_no_more_run_at_once_than_there_are_threads_or_than_the_lane_takes(area: UUID) -> None:
    lock, full = threading.Lock(), threading.Event()
    running: dict[str, int] = {"wide": 0, "narrow": 0}
    most: dict[str, int] = {"wide": 0, "narrow": 0, "all": 0}

    def run(claimed: Claimed, _renew: Renew, _now: datetime) -> None:
        with lock:
            running[claimed.lane] += 1
            most[claimed.lane] = max(most[claimed.lane], running[claimed.lane])
            most["all"] = max(most["all"], sum(running.values()))
            if sum(running.values()) == 3:
                full.set()
        full.wait(SOON)
        time.sleep(0.02)
        with lock:
            running[claimed.lane] -= 1
        finish(claimed)

    enter(area, *(f"w{number}" for number in range(10)), lane="wide")
    enter(area, *(f"n{number}" for number in range(5)), lane="narrow", kind="letter")
    handlers = {"parcel": Handler(run, lane_limit=9), "letter": Handler(run, lane_limit=1)}
    with at_work(handlers, threads=3):
        eventually(lambda: states() == {"done": 15})
    assert most == {"wide": most["wide"], "narrow": 1, "all": 3}
    assert most["wide"] >= 2


def test_a_lease_is_renewed_for_as_long_as_the_job_runs(area: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=1.5))
    monkeypatch.setattr(job_runner, "RENEW_SECONDS", 0.1)
    runs: list[int] = []

    def run(claimed: Claimed, renew: Renew, _now: datetime) -> None:
        runs.append(claimed.attempts)
        time.sleep(3)
        assert renew()
        finish(claimed)

    enter(area, "1")
    with at_work({"parcel": Handler(run)}), at_work({"parcel": Handler(run)}):
        eventually(lambda: states() == {"done": 1})
    assert runs == [1]


def test_who_lost_a_job_is_told_and_changes_nothing(area: UUID) -> None:
    answers: list[bool] = []

    def run(claimed: Claimed, renew: Renew, _now: datetime) -> None:
        with db.write(None) as writer:
            later = clock.now() + timedelta(hours=1)
            assert jobs.claim(writer, "ben", later, kinds=("parcel",)) is not None
        answers.extend((renew(), finish(claimed)))

    enter(area, "1")
    with capture_logs() as said, at_work({"parcel": Handler(run)}):
        eventually(lambda: len(answers) == 2)
    assert answers == [False, False]
    assert (stored("1").state, stored("1").worker_name) == ("running", "ben")
    assert [line["event"] for line in said] == []


# --- Failing ----------------------------------------------------------------------------------------------


def test_what_fails_is_tried_again_later_each_time_and_at_last_given_up(
    area: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_runner, "FIRST_RETRY", timedelta(seconds=0.2))
    monkeypatch.setattr(job_runner, "LONGEST_RETRY", timedelta(seconds=0.5))
    began: list[float] = []
    told: list[tuple[str, int, str]] = []

    def run(_claimed: Claimed, _renew: Renew, _now: datetime) -> None:
        began.append(time.monotonic())
        raise ValueError("https://user:secret@host.example")

    def given_up(writer: Any, claimed: Claimed, now: datetime, error: str) -> None:
        assert writer.in_transaction()
        told.append((claimed.key, claimed.attempts, error))

    enter(area, "1")
    with capture_logs() as said, at_work({"parcel": Handler(run, tries=4, given_up=given_up)}):
        eventually(lambda: states() == {"dead": 1})
    row = stored("1")
    assert (row.attempts, len(began)) == (4, 4)
    pauses = [later - earlier for earlier, later in pairwise(began)]
    assert all(pause >= least for pause, least in zip(pauses, (0.2, 0.4, 0.5), strict=True))
    assert row.error.startswith("ValueError at test_job_runner.py:")
    assert told == [("1", 4, row.error)]
    assert [line["outcome"] for line in said] == ["tried again"] * 3 + ["given up"]
    assert "secret" not in f"{said} {row}", "only what kind of error it was, and where"


def test_one_that_does_not_say_how_it_ended_has_failed(area: UUID) -> None:
    enter(area, "1")
    with capture_logs(), at_work({"parcel": Handler(lambda *_: None, tries=1)}):
        eventually(lambda: states() == {"dead": 1})
    assert stored("1").error == "its handler did not say how it ended"


def test_one_that_ends_its_worker_each_time_is_given_up_as_well(area: UUID) -> None:
    enter(area, "1")
    with db.write(None) as writer:
        writer.execute(table.update().values(attempts=3))  # three workers ended in the middle of it
    runs: list[Claimed] = []
    handler = Handler(lambda claimed, *_: runs.append(claimed), tries=3)
    with capture_logs(), at_work({"parcel": handler}):
        eventually(lambda: states() == {"dead": 1})
    assert runs == []
    assert stored("1").error == "the worker ended in the middle of the last try"


def test_a_database_that_fails_is_asked_again(area: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    real, failures = job_runner.open_lanes, iter([True, True])

    def shaky(*given: Any, **named: Any) -> list[str]:
        if next(failures, False):
            raise ZeroDivisionError("as planted")
        return real(*given, **named)

    monkeypatch.setattr(job_runner, "open_lanes", shaky)
    enter(area, "1")
    with capture_logs() as said, at_work({"parcel": Handler(finishing)}):
        eventually(lambda: states() == {"done": 1})
    assert [line["failures"] for line in said] == [1, 2]


# --- Idle and stopping ------------------------------------------------------------------------------------


def test_an_idle_runner_asks_one_question_a_time_and_writes_nothing(
    area: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []
    real = job_runner.open_lanes

    def counted(*given: Any, **named: Any) -> list[str]:
        asked.append(time.monotonic())
        return real(*given, **named)

    def refuse(*_: Any) -> None:
        raise AssertionError("it wrote")

    monkeypatch.setattr(job_runner, "open_lanes", counted)
    monkeypatch.setattr(job_runner, "POLL_SECONDS", 0.2)
    before = threading.active_count()
    with capture_logs() as said, at_work({"parcel": Handler(finishing), "letter": Handler(finishing)}):
        monkeypatch.setattr(db, "write", refuse)
        time.sleep(1.1)
        assert threading.active_count() == before + 1, "no thread waits for work"
    assert 2 <= len(asked) <= 7
    assert said == []


def test_a_job_that_still_runs_when_it_stops_is_given_back(area: UUID) -> None:
    running, release, answers = threading.Event(), threading.Event(), []

    def hang(claimed: Claimed, renew: Renew, _now: datetime) -> None:
        running.set()
        release.wait(SOON)
        answers.extend((renew(), finish(claimed)))

    enter(area, "1", "2")
    one = Worker(handlers={"parcel": Handler(hang)})
    one.start()
    try:
        assert running.wait(SOON)
        began = time.monotonic()
        one.stop()
        assert time.monotonic() - began < worker.GRACE_SECONDS + 5
        row = stored("1")
        assert (row.state, row.attempts, row.lease_until) == ("waiting", 0, None)
        assert stored("2").attempts == 0, "no other was begun"
    finally:
        release.set()
    eventually(lambda: not of_jobs("parcel"))  # its thread still reads: the database must not close before
    assert answers == [False, False]


def test_a_job_that_ends_soon_is_waited_for(area: UUID) -> None:
    running = threading.Event()

    def run(claimed: Claimed, _renew: Renew, _now: datetime) -> None:
        running.set()
        time.sleep(0.1)
        finish(claimed)

    enter(area, "1")
    with at_work({"parcel": Handler(run)}):
        assert running.wait(SOON)
    assert states() == {"done": 1}


def test_running_jobs_do_not_delay_the_sign_of_life(area: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "HEARTBEAT_SECONDS", 0.05)
    beats: list[float] = []
    real = worker.housekeeping.beat

    def counted(*given: Any) -> None:
        beats.append(time.monotonic())
        real(*given)

    monkeypatch.setattr(worker.housekeeping, "beat", counted)

    def busy(claimed: Claimed, _renew: Renew, _now: datetime) -> None:
        until = time.monotonic() + 0.3
        while time.monotonic() < until:
            sum(range(1000))
        finish(claimed)

    enter(area, *(str(number) for number in range(12)))
    one = Worker(handlers={"parcel": Handler(busy, lane_limit=9)})
    one.start()
    try:
        eventually(lambda: states() == {"done": 12})
    finally:
        one.stop()
    gaps = [later - earlier for earlier, later in pairwise(beats)]
    assert max(gaps) < 5.0, "late only as all is on a busy machine"


def test_a_worker_with_steps_of_its_own_runs_no_jobs(area: UUID) -> None:
    one = Worker((worker.Step("none", 60, lambda _now: False),))
    one.start()
    assert not of_jobs("jobs")
    one.stop()
