"""A real mail server on this machine (aiosmtpd, with TLS and a password) that can be told to misbehave.

with mail_server() as server:
    server.faults["hangs@example.org"] = Fault.hangs_at_recipient
    sender = server.sender()
    ...
    assert [one.recipient for one in server.messages] == ["chair@example.org"]

It runs in a thread of the test's process; workers in other processes reach it through ``server.settings``.
"""

import asyncio
import email
import email.policy
import logging
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from app.config import SmtpTls
from app.senders import trust
from app.senders.smtp import Limits, Smtp

# It tells of every fault that it is told to make.
logging.getLogger("mail.log").setLevel(logging.CRITICAL)
USER, PASSWORD = "tracker", "correct horse"
FROM = "plans@council.example"


class Fault(Enum):
    """What the server does with messages to an address."""

    refused = "550 5.1.1 No such user"
    full = "452 4.2.2 The mailbox is full"
    greylisted = "451 4.7.1 Try again later"
    closes = "421 4.3.2 Going down"
    text_refused = "554 5.6.0 The text is refused"
    text_later = "451 4.3.0 The text cannot be taken now"
    hangs_at_recipient = "hangs when it is told the recipient"
    drops_at_recipient = "drops the connection when it is told the recipient"
    hangs_after_text = "takes the message, and hangs instead of saying so"
    drops_after_text = "takes the message, and drops the connection instead of saying so"
    loses_text = "drops the connection after the text, and has lost the message"


_AT_RECIPIENT = (Fault.refused, Fault.full, Fault.greylisted, Fault.closes)
_OF_TEXT = (Fault.text_refused, Fault.text_later)


class Received(NamedTuple):
    """A message that the server took."""

    sender: str
    recipient: str
    data: bytes

    @property
    def message(self) -> EmailMessage:
        """The message as a mail program reads it."""
        found = email.message_from_bytes(self.data, policy=email.policy.default)
        assert isinstance(found, EmailMessage)
        return found

    @property
    def message_id(self) -> str:
        """Its Message-ID."""
        return str(self.message["Message-ID"])


@dataclass
class MailServer:
    """A server that listens, what it took, and what it does to which address.

    ``faults`` may change at any time; ``times`` says how often a fault happens (always, where it says
    nothing). ``before_answer`` is called with each message between taking it and saying so.
    """

    port: int = 0
    authority: Path = Path()
    host: str = "localhost"
    messages: list[Received] = field(default_factory=list)
    faults: dict[str, Fault] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)
    before_answer: Callable[[Received], None] | None = None
    connections: int = 0
    sign_ins: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def settings(self) -> dict[str, str]:
        """The environment of a process that sends to this server."""
        return {
            "SEND_TRACKER_MAIL": "smtp",
            "SEND_TRACKER_MAIL_FROM": FROM,
            "SEND_TRACKER_SMTP_HOST": self.host,
            "SEND_TRACKER_SMTP_PORT": str(self.port),
            "SEND_TRACKER_SMTP_USER": USER,
            "SEND_TRACKER_SMTP_PASSWORD": PASSWORD,
            "SEND_TRACKER_ADDRESS": "https://plans.council.example",
            "SSL_CERT_FILE": str(self.authority),
        }

    def sender(self, limits: Limits | None = None, **changed: Any) -> Smtp:
        """A sender to this server in this process (which must trust its authority: see ``trusting``)."""
        account = {"user": USER, "password": PASSWORD, **changed}
        return Smtp(self.host, self.port, FROM, limits=limits or QUICK, **account)

    def count(self) -> Counter[str]:
        """How often each message was taken, by its Message-ID."""
        return Counter(one.message_id for one in self.messages)

    def fault_of(self, address: str) -> Fault | None:
        """What to do with a message to an address, this time."""
        with self.lock:
            fault = self.faults.get(address)
            if fault is not None and address in self.times:
                self.times[address] -= 1
                if self.times[address] < 0:
                    return None
            return fault


QUICK = Limits(connect=2, talk=1, answer=1, unreachable=1, misfit=1)
"""Limits for tests of what hangs."""


class _Handler:
    def __init__(self, server: MailServer) -> None:
        self.server = server
        self.told: dict[str, Fault] = {}

    async def handle_RCPT(
        self, smtp: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        fault = envelope.fault = self.server.fault_of(address)
        if fault in _AT_RECIPIENT:
            if fault is Fault.closes:
                asyncio.get_running_loop().call_soon(smtp.transport.close)
            return str(fault.value)
        if fault is Fault.hangs_at_recipient:
            await asyncio.sleep(30)
        if fault is Fault.drops_at_recipient:
            smtp.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, smtp: SMTP, session: Any, envelope: Any) -> str:
        fault = envelope.fault
        if fault in _OF_TEXT:
            return str(fault.value)
        if fault is Fault.loses_text:
            smtp.transport.abort()
            return "250 OK"
        for recipient in envelope.rcpt_tos:
            received = Received(envelope.mail_from, recipient, envelope.content)
            self.server.messages.append(received)
            if self.server.before_answer is not None:
                self.server.before_answer(received)
        if fault is Fault.hangs_after_text:
            await asyncio.sleep(30)
        if fault is Fault.drops_after_text:
            smtp.transport.abort()
        return "250 OK"


class _Controller(Controller):
    """Counts connections, and says on which free port it listens."""

    mail: MailServer

    def factory(self) -> SMTP:
        self.mail.connections += 1
        return super().factory()

    def _trigger_server(self) -> None:
        self.port = self.mail.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(
    *, tls: SmtpTls = SmtpTls.starttls, password: bool = True, certificate_for: str = "localhost"
) -> Iterator[MailServer]:
    """A server on a free port of this machine. Its certificate is signed by ``authority``, a file."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(certificate_for).configure_cert(context)
    server = MailServer()

    def signed_in(smtp: SMTP, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        server.sign_ins += 1
        is_right = data == LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=is_right, handled=False)

    with TemporaryDirectory() as folder:
        server.authority = Path(folder, "authority.pem")
        authority.cert_pem.write_to_path(str(server.authority))
        options: dict[str, Any] = {"hostname": "127.0.0.1", "port": 0, "server_hostname": "localhost"}
        by_command = tls is SmtpTls.starttls
        if by_command:
            options |= {"tls_context": context, "require_starttls": True}
        if tls is SmtpTls.implicit:
            options |= {"ssl_context": context}
        if password:
            options |= {"authenticator": signed_in, "auth_required": True, "auth_require_tls": by_command}
        controller = _Controller(_Handler(server), **options)
        controller.mail = server
        controller.start()
        try:
            server.connections = 0  # it connects once by itself, to see that it listens
            yield server
        finally:
            controller.stop()


@contextmanager
def trusting(server: MailServer, monkeypatch: Any) -> Iterator[None]:
    """Let this process believe the certificates of the server's authority."""
    monkeypatch.setenv("SSL_CERT_FILE", str(server.authority))
    trust.trusted.cache_clear()
    try:
        yield
    finally:
        monkeypatch.undo()
        trust.trusted.cache_clear()
