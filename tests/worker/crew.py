"""A worker of its own process for tests: runs jobs of the kind "parcel" and writes what it does to a file.

    python -m tests.worker.crew <url> <file> [seconds of a lease]

A job whose payload says {"hang": n} hangs in its first n attempts. Each line of the file is written at once:
``began|ended <key> <attempt> <process> <monotonic time>``.
"""

import os
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from app import clock, db, job_runner
from app.cli.stopping import ends_when_told
from app.services import jobs
from app.services.jobs import Claimed, Handler
from app.worker import Worker


def main(url: str, file: str, lease: str = "60") -> None:
    """Work until told to stop."""
    jobs.LEASE = timedelta(seconds=float(lease))
    job_runner.RENEW_SECONDS = float(lease) / 4
    descriptor = os.open(Path(file), os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def say(what: str, claimed: Claimed) -> None:
        words = (what, claimed.key, claimed.attempts, os.getpid(), time.monotonic())
        os.write(descriptor, (" ".join(map(str, words)) + "\n").encode())

    def run(claimed: Claimed, renew: Callable[[], bool], now: datetime) -> None:
        say("began", claimed)
        if claimed.attempts <= claimed.payload.get("hang", 0):
            threading.Event().wait()
        time.sleep(claimed.payload.get("seconds", 0.0))
        with db.write(None) as writer:
            if jobs.finish(writer, claimed, clock.now()):
                say("ended", claimed)

    db.open(url)
    with ends_when_told():
        worker = Worker(handlers={"parcel": Handler(run, lane_limit=50)})
        print("at work", flush=True)
        worker.start()
        try:
            worker.wait()
        finally:
            worker.stop()
            db.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
