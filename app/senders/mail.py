"""E-mail: what is sent, and what came of it, whichever system takes it.

Three systems can take it, chosen by the settings (docs/mail.md): a mail server (``smtp``), GOV.UK Notify
(``notify``), or a folder of files (``folder``), which is where it goes unless something else is set.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import NamedTuple, Protocol
from uuid import UUID

from app.config import MailSystem, Settings, is_mail_address, settings


class Unsendable(ValueError):
    """A message that no mail system could be given; its text says why. Trying again changes nothing."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message. ``media_type`` is like "application/pdf"."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """One message to one person.

    ``message_id`` is fixed before the first try and the same in every other (``new_message_id``), so that
    whoever gets a message twice sees one. ``sent_at`` (UTC) is fixed too: it is the Date that readers see.
    ``html`` and ``unsubscribe_url`` are "" where there is none. ``from_name`` is who it comes from, "" for
    the name of the service.
    """

    message_id: str
    sent_at: datetime
    to_address: str
    to_name: str
    subject: str
    text: str
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    unsubscribe_url: str = ""
    from_name: str = ""


class Verdict(StrEnum):
    """How a try to send ended.

    - ``accepted``: the mail system has taken the message over.
    - ``temporary``: it has not, and may later: try again.
    - ``permanent``: it has not, and never will: do not try again.
    - ``doubtful``: the message was handed over and no answer came. It may be on its way. Another try sends
      it with the same Message-ID.
    """

    accepted = "accepted"
    temporary = "temporary"
    permanent = "permanent"
    doubtful = "doubtful"


class Outcome(NamedTuple):
    """What came of a try. ``error`` says why it was not accepted, in words that may be shown.

    ``retry_after`` is for how many seconds the mail system asks to be left alone, where it says so.
    """

    verdict: Verdict
    error: str | None = None
    retry_after: int | None = None


ACCEPTED = Outcome(Verdict.accepted)


class Sender(Protocol):
    """A mail system. Any number of threads may send at the same time."""

    def send(self, mail: Mail, *, before_data: Callable[[], None]) -> Outcome:
        """Send one message, once, and say what came of it.

        ``before_data`` is called once, right before the message itself is handed over: whoever stores that
        first knows afterwards which messages may have gone out. Raises nothing but what ``before_data``
        raises, and then nothing has been handed over.
        """
        ...

    def has(self, message_id: str) -> bool | None:
        """Whether the mail system says that it took this message; None where it cannot tell."""
        ...

    def close(self) -> None:
        """Let go of what is open, for example connections. It may be used again afterwards."""
        ...


@cache
def sender() -> Sender:
    """The mail system that the settings choose; the same one whenever it is asked for in this process."""
    return sender_of(settings())


def sender_of(found: Settings) -> Sender:
    """The mail system that these settings choose."""
    if found.mail is MailSystem.smtp:
        from app.senders.smtp import Smtp

        return Smtp.of(found)
    if found.mail is MailSystem.notify:
        from app.senders.notify import Notify

        return Notify.of(found)
    from app.senders.folder import Folder

    return Folder.of(found)


def new_message_id(delivery: UUID) -> str:
    """The Message-ID of a delivery, for ever: its id, at the domain that messages come from."""
    return f"<{delivery}@{settings().mail_from.rpartition('@')[2]}>"


def checked_address(address: str) -> str:
    """An address that is one address and nothing else, as given. Raises Unsendable."""
    if not is_mail_address(address):
        raise Unsendable("The address is not an e-mail address like name@example.org.")
    return address
