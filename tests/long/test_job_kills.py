"""Workers that are killed again and again lose no job, and none runs twice for another reason."""

import random
import signal
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.worker import test_job_model
from tests.worker.test_job_processes import LEASE, SOON, Line, enter, eventually, lines, member, states

pytestmark = pytest.mark.long
JOBS, ROUNDS, PROCESSES = 500, 20, 4
Process = subprocess.Popen[str]


def at_work(team: list[Process], said: list[Line]) -> Process | None:
    """One of the team that is in the middle of a job."""
    open_in = {line.key: line.process for line in said if line.what == "began"}
    for line in said:
        if line.what == "ended" and open_in.get(line.key) == line.process:
            del open_in[line.key]
    return next((one for one in team if one.pid in open_in.values()), None)


def test_kill_nine_rounds_lose_no_job(database: str, tmp_path: Path) -> None:
    file = tmp_path / "lines"
    file.touch()
    enter(JOBS, in_order=100, seconds=0.8)
    killed: list[tuple[int, float]] = []
    chance = random.Random(4)
    with ExitStack() as stack:

        def start() -> Process:
            return stack.enter_context(member(database, file, LEASE))

        team = [start() for _ in range(PROCESSES)]
        for _ in range(ROUNDS):
            time.sleep(chance.uniform(0.1, 1.0))
            victim = eventually(lambda: at_work(team, lines(file)))
            team.remove(victim)
            victim.send_signal(signal.SIGKILL)
            victim.wait(SOON)
            killed.append((victim.pid, time.monotonic()))
            team.append(start())
        deadline = time.monotonic() + 2 * SOON
        while states() != {"done": JOBS}:
            assert time.monotonic() < deadline, states()
            time.sleep(0.2)
    said = lines(file)
    dead = dict(killed)
    last: dict[str, tuple[int, float]] = {}
    for line in said:
        if line.what == "began":
            if before := last.get(line.key):
                process, began = before
                assert process in dead, f"job {line.key} ran again though nobody died"
                assert line.at >= dead[process], "and not beside its holder"
                assert line.at - began > LEASE / 2, "not before its lease had ended"
            last[line.key] = (line.process, line.at)
    assert set(last) == {str(number) for number in range(JOBS)}
    assert len({(line.key, line.attempt) for line in said if line.what == "began"}) == len(
        [line for line in said if line.what == "began"]
    )
    repeated = [line for line in said if line.what == "began" and line.attempt > 1]
    assert repeated, "the kills hit something"
    assert len(repeated) <= 4 * ROUNDS, "at most what the threads of the killed were running"
    ended = [line.key for line in said if line.what == "ended"]
    assert len(ended) == len(set(ended)), "nothing is done twice"


@pytest.mark.usefixtures("database")
def test_many_more_sequences_of_steps_against_the_model() -> None:
    test_job_model.compare(400)
