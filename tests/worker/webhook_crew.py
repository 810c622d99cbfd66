"""The real worker as a process, with the delays of webhooks made short.

    python -m tests.worker.webhook_crew <url> [seconds of a lease]

Ten tries take 19 s, a receiver that hangs is waited for 1 s. The settings come from the environment.
"""

import sys
from datetime import timedelta

from app import db, job_runner
from app.cli.stopping import ends_when_told
from app.services import jobs, webhook_retries, webhook_sending
from app.worker import Worker

DELAYS = (0.2, 0.4, 0.8, 1.6, 3.2, 3.2, 3.2, 3.2, 3.2)


def main(url: str, lease: str = "60") -> None:
    """Work until told to stop."""
    jobs.LEASE = timedelta(seconds=float(lease))
    job_runner.RENEW_SECONDS = float(lease) / 4
    webhook_retries.DELAYS = tuple(timedelta(seconds=one) for one in DELAYS)  # type: ignore[assignment]  # one a try
    webhook_retries.LONGEST_PAUSE = timedelta(seconds=1)
    webhook_sending.TIMEOUT_SECONDS = 1.0
    db.open(url)
    with ends_when_told():
        worker = Worker()
        print("at work", flush=True)
        worker.start()
        try:
            worker.wait()
        finally:
            worker.stop()
            db.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
