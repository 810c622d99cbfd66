"""The command worker."""

from argparse import Namespace

from app.cli import FAILED
from app.cli.opening import check_mail_folder, opened
from app.cli.stopping import ends_when_told
from app.worker import Worker


def worker(_options: Namespace) -> int:
    """Work until told to stop. Refuses a database that is not migrated, and a mail folder that is none."""
    with ends_when_told(), opened():
        check_mail_folder()
        one = Worker()
        one.start()
        print(f"{one.identity.name} is at work.", flush=True)
        try:
            one.wait()
        finally:
            one.stop()
    return FAILED  # a signal ends it otherwise
