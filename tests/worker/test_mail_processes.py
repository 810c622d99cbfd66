"""Workers as processes and a real mail server: what is due is sent once, whoever dies in the middle.

What a worker leaves in handing over is sent again, with the same Message-ID (ADR 0030): the only messages
that may arrive twice.
"""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from app import clock, db
from app.models.recipients import RecipientCreate
from app.models.schedules import ScheduleCreate
from app.models.tables import run_deliveries, schedule_runs, schedules
from app.services import schedule_runs as runs_service
from app.services import schedules as schedules_service
from tests import servers
from tests.factories import Cast, cast, do, make_action, make_plan, make_priority
from tests.mail_server import Fault, MailServer, mail_server
from tests.mailing import deliveries, runs
from tests.worker.mail_crew import SAFE, WINDOW
from tests.worker.receivers import eventually

LEASE = 2.0


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as found:
        yield found


@contextmanager
def crew(url: str, server: MailServer, *options: str) -> Iterator["subprocess.Popen[str]"]:
    """A process of tests/worker/mail_crew.py."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.worker.mail_crew", url, *options],
        cwd=servers.ROOT,
        env=servers.environment(url, **server.settings),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=30)


def plan_of(people: Cast) -> UUID:
    """A plan with a few actions."""
    plan = make_plan(people.editor)
    priority = make_priority(people.editor, plan["id"])
    for number in range(3):
        make_action(people.editor, priority, ref=f"1.{number + 1}")
    found: UUID = plan["id"]
    return found


def scheduled(people: Cast, plan: UUID, name: str, recipients: int, *, due: bool) -> UUID:
    """A schedule to so many recipients of its own: due five minutes ago, or only when it is told."""
    at = clock.moment()
    minute = (at.calendar - timedelta(minutes=5)).minute
    body = ScheduleCreate(
        plan_id=plan,
        name=name,
        rule={"kind": "cron", "expression": f"{minute} * * * *"},
        recipients=[RecipientCreate(address=f"r{one}@{name}.example") for one in range(recipients)],
        state="active" if due else "paused",
        starts_on=at.today,
    )
    made: UUID = do(schedules_service.create_schedule, people.admin, body, at=at)["id"]
    return made


def due_in_the_last_minutes() -> None:
    """Let all schedules be settled up to ten minutes ago."""
    with db.write(None) as writer:
        until = clock.moment().calendar - timedelta(minutes=10)
        writer.execute(sa.update(schedules).values(settled_until=until))


def are_done(number: int) -> bool:
    return Counter(runs("state")) == {"done": number}


def check(server: MailServer, expected: int) -> Counter[str]:
    """Every message arrived, under the Message-ID that its row has; how often each did."""
    counted = server.count()
    rows = deliveries("message_id", "state", "address")
    assert {state for _, state, _ in rows} == {"sent"}
    assert set(counted) == {message_id for message_id, _, _ in rows}
    assert len(counted) == expected, "one message a recipient and run"
    by_id = {message_id: address for message_id, _, address in rows}
    assert all(by_id[one.message_id] == one.recipient for one in server.messages)
    return counted


def kill_at_each(
    url: str, server: MailServer, schedule: UUID, people: Cast, points: list[tuple[str, int]]
) -> None:
    """Send once for each point, to a worker that dies there; then let one work until all is sent.

    Each takes up what the ones before it left, before it dies itself or after.
    """
    with crew(url, server, str(LEASE), "nursery") as nursery:
        assert nursery.stdin
        for point, times in points:
            do(runs_service.send_now, people.admin, schedule, at=clock.moment())
            nursery.stdin.write(f"{point}|{times}\n")
            nursery.stdin.flush()
            assert _said(nursery, "ended") == str(int(signal.SIGKILL)), point
        nursery.stdin.write("\n")
        nursery.stdin.flush()
        last = int(_said(nursery, "at work"))
        try:
            eventually("all is sent", lambda: are_done(len(points)), seconds=60 + 5 * len(points))
        finally:
            os.kill(last, signal.SIGTERM)
        assert _said(nursery, "ended") == "0"


def _said(nursery: "subprocess.Popen[str]", what: str) -> str:
    """What follows the words in the next line that begins with them."""
    assert nursery.stdout
    lines = []
    for line in nursery.stdout:
        lines.append(line)
        if line.startswith(what):
            return line.removeprefix(what).strip()
    raise AssertionError("".join(lines))


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_killed_at_each_point_nothing_is_lost_and_twice_is_the_same_message(
    database: str, server: MailServer
) -> None:
    people = cast()
    schedule = scheduled(people, plan_of(people), "board", 3, due=False)
    points = [(point, 2 if point not in ("making", "connect") else 1) for point in (*SAFE, *WINDOW)]
    kill_at_each(database, server, schedule, people, points)
    counted = check(server, 3 * len(points))
    twice = [message_id for message_id, number in counted.items() if number > 1]
    assert len(twice) <= len(WINDOW), "at most one for each that died while the server may have had it"
    assert max(counted.values()) == 2
    assert len(twice) >= 2, "and there is such a window: after 250, and before the mark"
    told = dict(deliveries("message_id", "last_error"))
    for message_id in twice:
        assert "may have arrived twice" in told[message_id]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_each_fault_of_a_mail_server_ends_as_documented_and_loses_nothing(
    database: str, server: MailServer
) -> None:
    people = cast()
    names = {
        "refused": Fault.refused,
        "greylisted": Fault.greylisted,
        "closes": Fault.closes,
        "dropsat": Fault.drops_at_recipient,
        "textlater": Fault.text_later,
        "textrefused": Fault.text_refused,
        "dropsafter": Fault.drops_after_text,
        "loses": Fault.loses_text,
    }
    at = clock.moment()
    body = ScheduleCreate(
        plan_id=plan_of(people),
        name="board",
        rule={"kind": "cron", "expression": "0 8 * * *"},
        recipients=[RecipientCreate(address=f"{name}@board.example") for name in (*names, "well")],
    )
    schedule = do(schedules_service.create_schedule, people.admin, body, at=at)["id"]
    for name, fault in names.items():
        address = f"{name}@board.example"
        server.faults[address] = fault
        if "refused" not in name:
            server.times[address] = 2  # then the server is well again
    do(runs_service.send_now, people.admin, schedule, at=at)
    with crew(database, server, str(LEASE)):
        eventually("all has ended", lambda: are_done(1))
    ended = {address.partition("@")[0]: state for address, state in deliveries("address", "state")}
    assert ended == dict.fromkeys((*names, "well"), "sent") | {
        "refused": "refused",
        "textrefused": "refused",
    }
    tried = dict(deliveries("address", "attempts"))
    assert tried["refused@board.example"] == tried["textrefused@board.example"] == 1
    assert tried["greylisted@board.example"] == 3
    arrived = Counter(one.recipient.partition("@")[0] for one in server.messages)
    assert arrived == {
        **dict.fromkeys(("greylisted", "closes", "dropsat", "textlater", "loses", "well"), 1),
        "dropsafter": 3,
    }, "twice is only what the server took without saying so"
    assert len({one.message_id for one in server.messages}) == len(arrived)


@pytest.mark.parametrize(
    ("schedules_number", "recipients"), [(20, 5), pytest.param(500, 20, marks=pytest.mark.long)]
)
@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_four_workers_send_what_is_due_once_to_each(
    database: str, server: MailServer, schedules_number: int, recipients: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent_by_workers(database, server, schedules_number, recipients, monkeypatch, workers=4)


@pytest.mark.parametrize(
    ("schedules_number", "recipients"), [(5, 5), pytest.param(100, 20, marks=pytest.mark.long)]
)
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_embedded_worker_sends_what_is_due_once_to_each(
    database: str, server: MailServer, schedules_number: int, recipients: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent_by_workers(database, server, schedules_number, recipients, monkeypatch, workers=0)


def sent_by_workers(
    url: str, server: MailServer, number: int, recipients: int, patch: pytest.MonkeyPatch, *, workers: int
) -> None:
    """Everything due is sent by so many worker processes, or by the one embedded in the web process."""
    people = cast()
    patch.setattr(schedules_service, "MOST_SCHEDULES", number)
    plan = plan_of(people)
    for one in range(number):
        scheduled(people, plan, f"s{one}", recipients, due=True)
    due_in_the_last_minutes()
    began = time.monotonic()
    with ExitStack() as stack:
        if workers:
            stack.enter_context(crew(url, server, "60", str(workers)))
        else:
            stack.enter_context(servers.serve(url, settings=server.settings))
        eventually("all is sent", lambda: are_done(number), seconds=120 + number * recipients / 5)
    seconds = time.monotonic() - began
    total = number * recipients
    print(f"{number} runs x {recipients} recipients in {seconds:.1f} s, {total / seconds:.0f} a second")
    counted = check(server, total)
    assert set(counted.values()) == {1}, "none twice"
    with db.read(None) as reader:
        entered = reader.execute(sa.select(sa.func.count()).select_from(schedule_runs)).scalar_one()
        rows = reader.execute(sa.select(sa.func.count()).select_from(run_deliveries)).scalar_one()
    assert (entered, rows) == (number, total)
    per_schedule: Counter[Any] = Counter(runs("schedule_id"))
    assert set(per_schedule.values()) == {1}
