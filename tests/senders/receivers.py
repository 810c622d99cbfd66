"""Receivers of webhooks on this machine: real sockets, with and without TLS, that behave or misbehave."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Behaviour = Callable[[socket.socket, threading.Event], None]
OK = b"HTTP/1.1 204 No Content\r\n\r\n"


@dataclass
class Receiver:
    """A listening receiver and what reached it."""

    port: int
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    names: list[str | None] = field(default_factory=list)

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the last request, by their names in lower case."""
        lines = self.requests[-1].split(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
        return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}

    @property
    def body(self) -> bytes:
        """The body of the last request."""
        return self.requests[-1].split(b"\r\n\r\n", 1)[1]


def answering(answer: bytes) -> Behaviour:
    """Answers with these bytes and closes."""

    def behave(connection: socket.socket, _stop: threading.Event) -> None:
        connection.sendall(answer)

    return behave


def dripping(start: bytes, drop: bytes = b"x") -> Behaviour:
    """Begins an answer, then sends a drop of it every 50 ms for as long as anyone listens."""

    def behave(connection: socket.socket, stop: threading.Event) -> None:
        connection.sendall(start)
        while not stop.wait(0.05):
            connection.sendall(drop)

    return behave


def flooding(start: bytes, piece: bytes) -> Behaviour:
    """Begins an answer and sends as much as is taken."""

    def behave(connection: socket.socket, stop: threading.Event) -> None:
        connection.sendall(start)
        while not stop.is_set():
            connection.sendall(piece)

    return behave


def hanging(_connection: socket.socket, stop: threading.Event) -> None:
    """Says nothing."""
    stop.wait()


def resetting(connection: socket.socket, _stop: threading.Event) -> None:
    """Breaks the connection off."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


@contextmanager
def receiver(
    behave: Behaviour, *, context: ssl.SSLContext | None = None, host: str = "127.0.0.1", reads: bool = True
) -> Iterator[Receiver]:
    """A receiver on a free port; with a TLS context, over that. ``reads``: it reads the request first."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    stop = threading.Event()
    with socket.socket(family) as listener:
        listener.bind((host, 0))
        listener.listen()
        listener.settimeout(0.1)
        made = Receiver(listener.getsockname()[1])
        if context is not None:
            context.sni_callback = lambda _socket, name, _context: made.names.append(name)

        def serve(connection: socket.socket) -> None:
            with suppress(OSError):
                connection.settimeout(20)
                if context is not None:
                    connection = context.wrap_socket(connection, server_side=True)
                if reads:
                    made.requests.append(_request(connection))
                behave(connection, stop)
            connection.close()

        def accept() -> None:
            while not stop.is_set():
                with suppress(TimeoutError):
                    connection, _ = listener.accept()
                    made.connections += 1
                    threading.Thread(target=serve, args=(connection,), daemon=True).start()

        accepting = threading.Thread(target=accept, daemon=True)
        accepting.start()
        try:
            yield made
        finally:
            stop.set()
            accepting.join()


def _request(connection: socket.socket) -> bytes:
    """A whole request: its head, and as much body as it announces."""
    read = b""
    while b"\r\n\r\n" not in read:
        read += _some(connection)
    head = read.split(b"\r\n\r\n")[0].decode().lower()
    length = next(
        int(line.split(":")[1]) for line in head.split("\r\n") if line.startswith("content-length:")
    )
    while len(read.split(b"\r\n\r\n", 1)[1]) < length:
        read += _some(connection)
    return read


def _some(connection: socket.socket) -> bytes:
    found = connection.recv(65536)
    if not found:
        raise OSError("closed")
    return found
