"""Jobs shared by worker processes: each is run once while nobody dies, and again when its worker does."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa

from app import clock, db
from app.models.tables import jobs as table
from app.services import jobs
from tests import servers
from tests.factories import cast

SOON = 90.0
STOPS_WITHIN = 10.0
LEASE = 3.0


class Line(NamedTuple):
    """What a worker wrote of a job."""

    what: str
    key: str
    attempt: int
    process: int
    at: float


def lines(file: Path) -> list[Line]:
    found = [line.split() for line in file.read_text().splitlines()]
    return [Line(what, key, int(n), int(process), float(at)) for what, key, n, process, at in found]


@contextmanager
def member(url: str, file: Path, lease: float = 60) -> Iterator["subprocess.Popen[str]"]:
    """A worker process of tests/worker/crew.py, started; ended on leaving."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.worker.crew", url, str(file), str(lease)],
        cwd=servers.ROOT,
        env=servers.environment(url),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=SOON)


def enter(count: int, *, in_order: int = 0, **payload: Any) -> None:
    """So many jobs of one lane; in so many orders, or each in its own."""
    area, now = cast().service.area_id, clock.now()
    with db.write(None) as writer:
        for number in range(count):
            jobs.enter(
                writer,
                area_id=area,
                kind="parcel",
                key=str(number),
                lane="road",
                order_key=f"order-{number % in_order if in_order else number}",
                position=number,
                payload=payload,
                due_at=now,
                now=now,
            )


def states() -> dict[str, int]:
    with db.read(None) as reader:
        counted = sa.select(table.c.state, sa.func.count()).group_by(table.c.state)
        return {row[0]: row[1] for row in reader.execute(counted)}


def eventually(happened: Callable[[], Any]) -> Any:
    """What is true at last. Fails when it does not become so."""
    deadline = time.monotonic() + SOON
    while not (found := happened()):
        assert time.monotonic() < deadline, f"it did not happen: {states()}"
        time.sleep(0.05)
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the workers write what they do."""
    written = tmp_path / "lines"
    written.touch()
    return written


@pytest.mark.parametrize("count", [120, pytest.param(500, marks=pytest.mark.long)])
def test_four_processes_run_each_job_exactly_once(database: str, file: Path, count: int) -> None:
    with ExitStack() as stack:
        team = [stack.enter_context(member(database, file)) for _ in range(4)]
        for one in team:
            assert one.stdout
            assert one.stdout.readline() == "at work\n"
        enter(count, in_order=60)
        eventually(lambda: states() == {"done": count})
    said = lines(file)
    for what in ("began", "ended"):
        assert sorted(line.key for line in said if line.what == what) == sorted(map(str, range(count)))
    assert {line.attempt for line in said} == {1}
    assert len({line.process for line in said}) > 1, "they share the work"
    for order in range(60):
        of_order = [line for line in said if int(line.key) % 60 == order]
        assert [line.what for line in of_order] == ["began", "ended"] * (len(of_order) // 2)
        keys = [int(line.key) for line in of_order]
        assert keys == sorted(keys), "in order"


def test_a_job_whose_worker_is_killed_is_run_again_when_its_lease_ends(database: str, file: Path) -> None:
    enter(1, hang=1)
    with member(database, file, LEASE) as first:
        [began] = eventually(lambda: lines(file))
        with member(database, file, LEASE):
            time.sleep(LEASE * 1.5)
            assert len(lines(file)) == 1, "its holder renews the lease"
            killed = time.monotonic()
            first.send_signal(signal.SIGKILL)
            eventually(lambda: states() == {"done": 1})
    _, again, ended = lines(file)
    assert (again.what, again.attempt, ended.what, ended.attempt) == ("began", 2, "ended", 2)
    assert began.process != again.process == ended.process
    assert again.at - killed > LEASE * 0.7, (
        "not before the lease had ended, renewed at most a quarter of it ago"
    )


def test_a_worker_that_is_told_to_stop_gives_its_job_back_at_once(database: str, file: Path) -> None:
    enter(1, hang=0, seconds=30)
    with member(database, file) as first:
        eventually(lambda: lines(file))
        began = time.monotonic()
        first.send_signal(signal.SIGTERM)
        assert first.wait(SOON) == 0
        assert time.monotonic() - began < STOPS_WITHIN
    with db.read(None) as reader:
        row = reader.execute(sa.select(table)).one()
    assert (row.state, row.attempts, row.lease_until, row.worker_name) == ("waiting", 0, None, None)
