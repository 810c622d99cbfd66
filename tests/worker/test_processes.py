"""Workers as processes: alone, beside the web, several at once; told to stop, stuck, broken."""

import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from app.engines import driver_url
from app.models.tables import worker_heartbeats
from tests import servers

SOON = 60.0
# Well under the 30 seconds that a lock is waited for; on a quiet machine it takes 0.9 s.
STOPS_WITHIN = 10.0


@contextmanager
def looking(url: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(driver_url(url), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def heartbeats(url: str) -> list[Any]:
    with looking(url) as connection:
        return list(
            connection.execute(sa.select(worker_heartbeats).where(worker_heartbeats.c.stopped_at.is_(None)))
        )


def eventually(happened: Callable[[], Any]) -> Any:
    """What is true at last. Fails when it does not become so."""
    deadline = time.monotonic() + SOON
    while not (found := happened()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
    return found


def tell(process: "subprocess.Popen[str]", sent: signal.Signals) -> float:
    """Send a signal; the seconds until the process had ended."""
    began = time.monotonic()
    process.send_signal(sent)
    process.wait(SOON)
    return time.monotonic() - began


def test_workers_run_side_by_side_and_each_stops_when_told_to(database_url: str) -> None:
    with ExitStack() as stack:
        team = [stack.enter_context(servers.running(database_url, "worker")) for _ in range(2)]
        eventually(lambda: len(heartbeats(database_url)) == 2)
        for process, sent in zip(team, (signal.SIGTERM, signal.SIGINT), strict=True):
            before = {row.name for row in heartbeats(database_url)}
            assert tell(process, sent) < STOPS_WITHIN
            assert process.returncode == 0
            said = process.stdout.read() if process.stdout else ""
            [gone] = before - {row.name for row in heartbeats(database_url)}
            assert f"{gone} is at work.\n" in said
            assert '"worker stopped"' in said
            assert "Traceback" not in said
    assert heartbeats(database_url) == []


def test_a_worker_that_waits_for_a_lock_stops_in_time_as_well(database_url: str) -> None:
    with looking(database_url) as connection, servers.running(database_url, "worker") as process:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql("BEGIN")
            connection.exec_driver_sql("LOCK TABLE worker_heartbeats")
        assert process.stdout
        eventually(lambda: "is at work" in (process.stdout.readline() if process.stdout else ""))
        time.sleep(0.5)
        assert tell(process, signal.SIGTERM) < STOPS_WITHIN
        assert process.returncode == 0
        connection.exec_driver_sql("ROLLBACK")
    assert heartbeats(database_url) == []


def test_serving_starts_a_worker_and_stops_with_it(database_url: str) -> None:
    with servers.running(database_url, "serve", "--port", str(servers.free_port())) as process:
        [row] = eventually(lambda: heartbeats(database_url))
        assert tell(process, signal.SIGTERM) < STOPS_WITHIN
        assert process.returncode == 0
        assert f'"worker": "{row.name}"' in (process.stdout.read() if process.stdout else "")
    assert heartbeats(database_url) == []


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_serving_without_a_worker_starts_none(database_url: str) -> None:
    with servers.serve(database_url, "--no-worker") as service:
        time.sleep(1)
        assert '"worker' not in service.log.read_text()
        assert heartbeats(database_url) == []


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_broken_worker_does_not_end_the_web(database_url: str) -> None:
    with servers.serve(database_url) as service:
        eventually(lambda: heartbeats(database_url))
        with looking(database_url) as connection:
            worker_heartbeats.drop(connection)
        eventually(lambda: '"worker step failed"' in service.log.read_text())
        with urllib.request.urlopen(service.address + "/sign-in", timeout=10) as answer:
            assert answer.status == 200
