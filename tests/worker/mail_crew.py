"""The real worker as a process, with the waits of sending made short, which may kill itself at a point.

    python -m tests.worker.mail_crew <url> [seconds of a lease]
    python -m tests.worker.mail_crew <url> <seconds of a lease> <number of workers>
    python -m tests.worker.mail_crew <url> <seconds of a lease> nursery

Several import what they need once. In a nursery each line of standard input, ``<point>|<times>``, is a worker
that dies when it comes to that point for the so-and-so-many-th time, or runs until it is told to stop where
the line names none.

A message that may have gone out is left alone for 0.5 s. The settings come from the environment. A worker
that dies does one job at a time, so that it is known what it was doing.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from app import db, job_runner
from app.cli.stopping import ends_when_told
from app.senders.smtp_connection import Connection
from app.services import jobs, mail_retries, run_letters, run_making, run_sending
from app.worker import HANDLERS, Worker

DELAYS = (0.3, 0.6, 1.2, 2.4, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0)
SAFE = ("making", "claim", "render", "connect", "before DATA", "before the end")
"""Where nothing has gone out: what dies there is sent once."""
WINDOW = ("after DATA", "after 250", "before mark")
"""Where the server may have taken the message, or has: it is sent again, as the same message."""


class Death:
    """Kills this process when it comes to its point for the so-and-so-many-th time."""

    def __init__(self, point: str, times: int) -> None:
        self._point, self._left = point, times
        self._lock = threading.Lock()

    def at(self, point: str) -> None:
        with self._lock:
            if point != self._point:
                return
            self._left -= 1
            if not self._left:
                os.kill(os.getpid(), signal.SIGKILL)

    def before(self, point: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*given: Any, **named: Any) -> Any:
            self.at(point)
            return work(*given, **named)

        return watched

    def after(self, point: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*given: Any, **named: Any) -> Any:
            found = work(*given, **named)
            self.at(point)
            return found

        return watched


def prepare(death: Death) -> None:
    """Put the points where they belong."""
    kind = run_sending.KIND
    HANDLERS[kind] = replace(HANDLERS[kind], run=death.before("claim", HANDLERS[kind].run))
    run_making._store = death.after("making", run_making._store)  # before its transaction is committed
    run_letters.mail_of = death.after("render", run_letters.mail_of)
    connection: Any = Connection
    connection.connect = death.after("connect", connection.connect)
    connection.send_text = death.after("before DATA", connection.send_text)
    read = connection.getreply

    def end_text(self: Any) -> tuple[int, bytes]:
        death.at("before the end")
        self.send(b".\r\n")
        death.at("after DATA")
        found: tuple[int, bytes] = read(self)
        death.at("after 250")
        return found

    connection.end_text = end_text
    store = run_sending._store

    def marked(db_: Any, found: Any, state: Any, *given: Any, **named: Any) -> None:
        store(db_, found, state, *given, **named)
        if state == "sent":
            death.at("before mark")

    run_sending._store = marked


def work(url: str, point: str = "", times: int = 1) -> None:
    """Work until told to stop, or until it dies."""
    if point:
        prepare(Death(point, times))
        job_runner.Runner.__init__.__kwdefaults__["threads"] = 1
    db.open(url)
    with ends_when_told():
        worker = Worker()
        print(f"at work {os.getpid()}", flush=True)
        worker.start()
        try:
            worker.wait()
        finally:
            worker.stop()
            db.close()


def side_by_side(url: str, number: int) -> None:
    """So many workers until told to stop."""
    children = []
    for _ in range(number):
        child = os.fork()
        if not child:
            work(url)
            os._exit(0)
        children.append(child)

    def stop(*_given: Any) -> None:
        for child in children:
            os.kill(child, signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    for child in children:
        os.waitpid(child, 0)


def main(url: str, lease: str = "60", nursery: str = "1") -> None:
    """One worker, several side by side, or one after the other as standard input says."""
    jobs.LEASE = timedelta(seconds=float(lease))
    job_runner.RENEW_SECONDS = float(lease) / 4
    run_sending.DOUBT_WAITS = timedelta(seconds=0.5)
    mail_retries.DELAYS = tuple(timedelta(seconds=one) for one in DELAYS)  # type: ignore[assignment]  # one a try
    if nursery.isdigit():
        side_by_side(url, int(nursery))
        return
    for line in sys.stdin:
        point, _, times = line.strip().partition("|")
        child = os.fork()
        if not child:
            work(url, point, int(times or 1))
            os._exit(0)
        print(f"ended {os.waitpid(child, 0)[1]}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
