"""A folder that takes messages as files: where they go until a mail system is set up."""

import os
from collections.abc import Callable
from pathlib import Path

from app.config import Settings
from app.senders.mail import ACCEPTED, Mail, Outcome, Unsendable, Verdict
from app.senders.message import as_message, file_name


class Folder:
    """Each message is one ``.eml`` file, which any mail program opens.

    It is named by its Message-ID: the same message delivered twice is one file. A file is whole or not there.
    """

    def __init__(self, directory: Path, from_address: str) -> None:
        self._directory = directory
        self._from = from_address

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
            return Outcome(Verdict.temporary, f"The folder for messages cannot be written: {why}.")
        return ACCEPTED

    def has(self, message_id: str) -> bool | None:
        """Whether the message is in the folder."""
        return self._path(message_id).exists()

    def close(self) -> None:
        """Nothing is open."""

    def _path(self, message_id: str) -> Path:
        return self._directory / file_name(message_id)

    def _write(self, path: Path, message: bytes) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        # Of this process and thread alone; what a crash leaves behind is no .eml file.
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
