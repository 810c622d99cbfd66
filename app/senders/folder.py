"""A folder that takes messages as files: where they go until a mail system is set up."""

import os
import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from app import clock
from app.config import Settings
from app.senders.mail import ACCEPTED, Mail, Outcome, Unsendable, Verdict
from app.senders.message import as_message, file_name

SETTING = "SEND_TRACKER_MAIL_FOLDER"
CLEARED_EVERY = 3600.0
"""Seconds. What is unfinished for longer is nobody's any more, on whatever machine it was begun."""
YOUNG = 60.0
"""Seconds in which a file is being written even where its process is not seen: another machine's may be."""
_UNFINISHED = re.compile(r"\..+\.eml\.(\d{1,7})-[0-9a-f]{8}")


class Folder:
    """Each message is one ``.eml`` file, which any mail program opens.

    It is named by its Message-ID: the same message delivered twice is one file. A file is whole or not there.
    """

    def __init__(self, directory: Path, from_address: str) -> None:
        self._directory = directory
        self._from = from_address
        self._cleared_at = -CLEARED_EVERY

    @classmethod
    def of(cls, found: Settings) -> "Folder":
        """The folder of the settings."""
        return cls(found.mail_directory, found.mail_from)

    def send(self, mail: Mail, *, before_data: Callable[[], None]) -> Outcome:
        """Write one message; see ``Sender``. Never doubtful: writing it again gives the same file."""
        try:
            message = as_message(mail, self._from)
        except Unsendable as unsendable:
            return Outcome(Verdict.permanent, str(unsendable))
        before_data()
        try:
            self._write(self._path(mail.message_id), message)
        except OSError as error:
            why = error.strerror or type(error).__name__
            return Outcome(
                Verdict.temporary, f"The folder for messages ({SETTING}) cannot be written: {why}."
            )
        return ACCEPTED

    def has(self, message_id: str) -> bool | None:
        """Whether the message is in the folder; None where it may not be looked at."""
        try:
            return self._path(message_id).exists()
        except OSError:
            return None

    def close(self) -> None:
        """Nothing is open."""

    def fault(self) -> str:
        """Why messages cannot be written, and what to do; "" where they can. Makes nothing."""
        try:
            nearest = next(one for one in (self._directory, *self._directory.parents) if one.exists())
            writable = nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)
        except OSError:
            writable = False
        if writable:
            return ""
        return (
            f"messages cannot be written to {self._directory}: set {SETTING} to a folder that can be "
            "written, or SEND_TRACKER_MAIL to another mail system"
        )

    def _path(self, message_id: str) -> Path:
        return self._directory / file_name(message_id)

    def _write(self, path: Path, message: bytes) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        self._clear()
        # Of this process and thread alone; what a crash leaves behind is no .eml file, and cleared later.
        unfinished = path.with_name(f".{path.name}.{os.getpid()}-{os.urandom(4).hex()}")
        try:
            with unfinished.open("xb") as file:
                file.write(message)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        except OSError:
            unfinished.unlink(missing_ok=True)
            raise

    def _clear(self) -> None:
        """Remove, once an hour, what processes that were killed left unfinished."""
        if time.monotonic() - self._cleared_at < CLEARED_EVERY:
            return
        self._cleared_at = time.monotonic()
        now = clock.now().timestamp()
        for one in self._directory.iterdir():
            found = _UNFINISHED.fullmatch(one.name)
            if found:
                with suppress(OSError):
                    age = now - one.stat().st_mtime
                    if age > CLEARED_EVERY or (age > YOUNG and not _runs(int(found[1]))):
                        one.unlink()


def _runs(process: int) -> bool:
    """Whether a process of this machine runs."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
