"""A connection to a mail server of which every wait ends at a deadline.

The limits of ``smtplib`` are per read and write: a server that drips its answer stretches them. Ours count
down over everything until ``allow`` is called again.
"""

import re
import smtplib
import socket
import ssl
import time
from typing import Any

AT_ONCE = 64 * 1024
_LEADING_DOT = re.compile(rb"(?m)^\.")


class Connection(smtplib.SMTP):
    """One connection, not open yet. ``own_name`` is what it calls itself (EHLO).

    ``tls`` encrypts it from its first byte on.
    """

    def __init__(self, own_name: str, tls: ssl.SSLContext | None = None) -> None:
        # A name of ours: smtplib would look this machine's up, which may take long.
        super().__init__(local_hostname=own_name)
        self._deadline = time.monotonic()
        self._tls = tls

    @property
    def is_open(self) -> bool:
        """Whether it has not been closed."""
        return self.sock is not None

    def allow(self, seconds: float) -> None:
        """Let everything from now on take so many seconds together."""
        self._deadline = time.monotonic() + seconds
        self.timeout = seconds
        if self.sock is not None:
            self.sock.settimeout(seconds)  # for what smtplib does by itself: the handshake of TLS

    def send_text(self, message: bytes) -> None:
        """Send a message (lines end in CR LF) after DATA, but for the line that ends it."""
        self.send(_LEADING_DOT.sub(b"..", message))

    def end_text(self) -> tuple[int, bytes]:
        """Send the line that ends a message, and read what the server says of it."""
        self.send(b".\r\n")
        return self.getreply()

    def send(self, s: Any) -> None:
        """Send all of it. Closes on an error, as smtplib does."""
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        rest = memoryview(s.encode(self.command_encoding) if isinstance(s, str) else s)
        try:
            while rest:
                self.sock.settimeout(self._left())
                rest = rest[self.sock.send(rest[:AT_ONCE]) :]
        except OSError:
            self.close()
            raise

    def getreply(self) -> tuple[int, bytes]:
        """Read an answer: its code (-1 for none) and text."""
        if self.file is None:
            if self.sock is None:
                raise smtplib.SMTPServerDisconnected("not connected")
            self.file = _Lines(self.sock, self._left)
        return super().getreply()

    def connect(
        self, host: str = "localhost", port: int = 0, source_address: Any = None
    ) -> tuple[int, bytes]:
        """Connect, and read the greeting. The certificate must later be valid for this host."""
        self._host = host
        return super().connect(host, port, source_address)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        made = socket.create_connection((host, port), timeout)
        # The last line of a message is sent by itself: it shall not wait until the rest has been confirmed.
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._tls is None:
            return made
        try:
            made.settimeout(self._left())
            return self._tls.wrap_socket(made, server_hostname=host)
        except BaseException:
            made.close()
            raise

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        return left


class _Lines:
    """The lines that a server sends, read until the deadline."""

    def __init__(self, connected: socket.socket, left: Any) -> None:
        self._socket = connected
        self._left = left
        self._read = b""

    def readline(self, most: int) -> bytes:
        """The next line, or what there is of it when the server has closed or the line is too long."""
        while b"\n" not in self._read and len(self._read) < most:
            self._socket.settimeout(self._left())
            found = self._socket.recv(8192)
            if not found:
                break
            self._read += found
        end = min(self._read.find(b"\n") + 1 or len(self._read), most)
        line, self._read = self._read[:end], self._read[end:]
        return line

    def close(self) -> None:
        """Nothing to close: the socket is the connection's."""
