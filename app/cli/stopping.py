"""How the commands that run until they are told to stop end: with exit code 0, what they opened closed."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from app.cli import DONE

# SIGINT too: a process that a shell starts in the background would ignore it.
SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def ends_when_told() -> Iterator[None]:
    """Leave by SystemExit when a signal asks for it, so that every ``finally`` and ``with`` holds."""
    before = {one: signal.signal(one, _leave) for one in SIGNALS}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(DONE)
