"""A mail server (RFC 5321): encrypted and signed in before anything is sent.

What ends how is in docs/mail.md. In short: a message is refused for good only where the server says so of the
message itself (5xx to its sender, its recipient or its text). Whatever keeps us from the server (it is not
reached, hangs, cannot be trusted, does not take the password) may be mended: it is tried again later, and for
a while nobody tries, so that ten thousand messages are not ten thousand wrong passwords.
"""

import smtplib
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import NamedTuple

from app.config import Settings, SmtpTls
from app.senders.mail import ACCEPTED, Mail, Outcome, Unsendable, Verdict
from app.senders.message import as_message
from app.senders.smtp_connection import Connection
from app.senders.smtp_words import reason, said
from app.senders.trust import trusted

MOST_MESSAGES = 100
"""By one connection; many servers close it after that."""
IDLE_SECONDS = 30.0
MOST_IDLE = 8
_PORTS = {SmtpTls.starttls: 587, SmtpTls.implicit: 465, SmtpTls.off: 587}
"""Unless the settings say another: RFC 6409, and for TLS from the first byte on RFC 8314."""
_SERVICE_CLOSES = 421
_MUST_SIGN_IN = 530
_START_TEXT = 354


class Limits(NamedTuple):
    """How long each part may take, in seconds, and how long nobody tries after what kept us out.

    ``answer`` is for the text and the answer to it. Giving up too early makes a message doubtful that has
    arrived (RFC 5321, section 4.5.3.2, asks for ten minutes): no shorter than a slow virus scanner.
    """

    connect: float = 10.0
    talk: float = 20.0
    answer: float = 90.0
    unreachable: int = 30
    misfit: int = 300


class _KeptOut(Exception):
    """What keeps us from the server, in words; nobody tries for so many seconds."""

    def __init__(self, words: str, seconds: int) -> None:
        super().__init__(words)
        self.seconds = seconds


class _Closed(Exception):
    """The server closed a connection before anything was handed over."""


@dataclass(slots=True)
class _Idle:
    """A connection that nobody uses: since when (on the monotonic clock), and how much it has sent."""

    connection: Connection
    since: float
    sent: int


class Smtp:
    """One mail server, for any number of threads: each sends over a connection of its own."""

    def __init__(
        self,
        host: str,
        port: int,
        from_address: str,
        *,
        user: str = "",
        password: str = "",
        tls: SmtpTls = SmtpTls.starttls,
        limits: Limits | None = None,
    ) -> None:
        self._server = (host, port)
        self._from = from_address
        self._account = (user, password)
        self._tls = tls
        self._limits = limits or Limits()
        self._idle: list[_Idle] = []
        self._lock = Lock()
        self._kept_out: tuple[float, str] = (0.0, "")

    @classmethod
    def of(cls, found: Settings) -> "Smtp":
        """The mail server of the settings."""
        return cls(
            found.smtp_host,
            found.smtp_port or _PORTS[found.smtp_tls],
            found.mail_from,
            user=found.smtp_user,
            password=found.smtp_password.get_secret_value(),
            tls=found.smtp_tls,
        )

    def send(self, mail: Mail, *, before_data: Callable[[], None]) -> Outcome:
        """Send one message; see ``Sender``.

        ``before_data`` is called when the server has the whole text but its last line: without that line it
        drops the text, so that whatever ends before is sure not to have been sent.
        """
        try:
            message = as_message(mail, self._from)
        except Unsendable as unsendable:
            return Outcome(Verdict.permanent, str(unsendable))
        try:
            return self._sent(mail.to_address, message, before_data)
        except _KeptOut as found:
            return Outcome(Verdict.temporary, str(found), found.seconds)

    def has(self, message_id: str) -> bool | None:
        """None: a mail server cannot be asked."""
        return None

    def close(self) -> None:
        """Say goodbye on every connection that nobody uses."""
        with self._lock:
            idle, self._idle = self._idle, []
        for one in idle:
            _leave(one.connection)

    # --- One message --------------------------------------------------------------------------------------

    def _sent(self, address: str, message: bytes, before_data: Callable[[], None]) -> Outcome:
        used = self._taken()
        if used is not None:
            try:
                return self._over(used, address, message, before_data)
            except _Closed:
                pass  # it was idle for too long: nothing was handed over, a new one is opened
        fresh = _Idle(self._opened(), 0.0, 0)
        try:
            return self._over(fresh, address, message, before_data)
        except _Closed as closed:
            return Outcome(Verdict.temporary, str(closed))

    def _over(self, used: _Idle, address: str, message: bytes, before_data: Callable[[], None]) -> Outcome:
        """Send over a connection, and keep it for the next one or close it."""
        try:
            outcome = self._told(used.connection, address, message, before_data)
        except BaseException:
            used.connection.close()
            raise
        self._given_back(used, is_good=outcome.verdict is Verdict.accepted or _is_reset(used.connection))
        return outcome

    def _told(
        self, server: Connection, address: str, message: bytes, before_data: Callable[[], None]
    ) -> Outcome:
        server.allow(self._limits.talk)
        size = [f"SIZE={len(message)}"] if server.has_extn("size") else []
        try:
            steps: tuple[Callable[[], tuple[int, bytes]], ...] = (
                lambda: server.mail(self._from, size),
                lambda: server.rcpt(address),
                lambda: server.docmd("DATA"),
            )
            for step in steps:
                code, answer = step()
                if code == _SERVICE_CLOSES:
                    raise _Closed(f"The mail server answered {said(code, answer)}")
                if code != _START_TEXT and not 200 <= code < 300:
                    return self._refused(code, answer)
            if code != _START_TEXT:
                raise _Closed("The mail server did not wait for the text of the message.")
            server.allow(self._limits.answer)
            server.send_text(message)
        except (_Closed, _KeptOut):
            raise
        except Exception as error:  # whatever a server can do to us is the server's failure
            raise _Closed(reason(error)) from error
        before_data()
        return self._handed_over(server)

    def _handed_over(self, server: Connection) -> Outcome:
        try:
            code, answer = server.end_text()
        except Exception as error:
            return Outcome(
                Verdict.doubtful, f"{reason(error)} The message was handed over: it may have been sent."
            )
        if 200 <= code < 300:
            return ACCEPTED
        if not 400 <= code < 600:
            return Outcome(
                Verdict.doubtful, f"The mail server answered what is no answer: {said(code, answer)}"
            )
        return self._refused(code, answer)

    def _refused(self, code: int, answer: bytes) -> Outcome:
        """How a refusal of the message ends."""
        words = f"The mail server answered {said(code, answer)}"
        if code == _MUST_SIGN_IN:
            raise self._keep_out(_KeptOut(words, self._limits.misfit))
        return Outcome(Verdict.permanent if 500 <= code < 600 else Verdict.temporary, words)

    # --- Connections --------------------------------------------------------------------------------------

    def _taken(self) -> _Idle | None:
        """A connection that is open and waits, if there is one; those that waited too long are closed."""
        now = time.monotonic()
        with self._lock:
            stale = [one for one in self._idle if now - one.since > IDLE_SECONDS]
            self._idle = [one for one in self._idle if now - one.since <= IDLE_SECONDS]
            found = self._idle.pop() if self._idle else None
        for one in stale:
            one.connection.close()
        return found

    def _given_back(self, used: _Idle, *, is_good: bool) -> None:
        used.sent += 1
        used.since = time.monotonic()
        with self._lock:
            is_kept = is_good and used.sent < MOST_MESSAGES and len(self._idle) < MOST_IDLE
            if is_kept:
                self._idle.append(used)
        if not is_kept:
            _leave(used.connection)

    def _opened(self) -> Connection:
        """A new connection, encrypted and signed in as the settings say. Raises _KeptOut."""
        until, words = self._kept_out
        left = until - time.monotonic()
        if left > 0:
            raise _KeptOut(words, int(left) + 1)
        at_once = trusted() if self._tls is SmtpTls.implicit else None
        server = Connection(self._from.rpartition("@")[2], at_once)
        try:
            server.allow(self._limits.connect)
            self._checked(server.connect(*self._server))
            server.allow(self._limits.talk)
            self._checked(server.ehlo())
            if self._tls is SmtpTls.starttls:
                self._encrypt(server)
            if self._account[0]:
                server.login(*self._account)
        except _KeptOut as found:
            server.close()
            raise self._keep_out(found) from None
        except Exception as error:
            server.close()
            raise self._keep_out(_KeptOut(reason(error), self._seconds(error))) from error
        return server

    def _encrypt(self, server: Connection) -> None:
        if not server.has_extn("starttls"):
            words = "The mail server offers no STARTTLS: nothing is sent to it unencrypted."
            raise _KeptOut(words, self._limits.misfit)
        server.starttls(context=trusted())
        self._checked(server.ehlo())

    def _checked(self, answered: tuple[int, bytes]) -> None:
        code, answer = answered
        if not 200 <= code < 300:
            seconds = self._limits.unreachable if 400 <= code < 500 else self._limits.misfit
            raise _KeptOut(f"The mail server answered {said(code, answer)}", seconds)

    def _seconds(self, error: Exception) -> int:
        """How long nobody tries after an error: longer after what somebody has to mend."""
        is_misfit = isinstance(error, (ssl.SSLError, smtplib.SMTPNotSupportedError)) or (
            isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500
        )
        return self._limits.misfit if is_misfit else self._limits.unreachable

    def _keep_out(self, found: _KeptOut) -> _KeptOut:
        self._kept_out = (time.monotonic() + found.seconds, str(found))
        return found


def _is_reset(server: Connection) -> bool:
    """Make a connection ready for another message after a refused one; False where it is not."""
    with suppress(OSError, smtplib.SMTPException):
        server.allow(1.0)
        return server.is_open and server.rset()[0] == 250
    return False


def _leave(server: Connection) -> None:
    """Close a connection, with a word where it is open."""
    if server.is_open:
        with suppress(OSError, smtplib.SMTPException):
            server.allow(1.0)
            server.quit()
    server.close()
