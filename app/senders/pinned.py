"""One POST to a checked address within a deadline. What of httpcore must be ours is here: the connection.

httpcore below httpx: no redirects, no proxy or anything else from the environment, no cookies, nothing
unpacked. Its time limits are per read, and a receiver that drips bytes stretches them: ours count down.
"""

import socket
import ssl
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

import httpcore

from app.senders.addresses import Network, Refused, Target, check
from app.senders.trust import trusted

LARGEST_ANSWER = 64 * 1024
# With headers and framing. Without a bound, a receiver could send 1xx answers without end.
MOST_RECEIVED = 4 * LARGEST_ANSWER
AT_ONCE = 64 * 1024


class _Late(Exception):
    """The deadline has passed."""


class _TooMuch(Exception):
    """More was received than an answer may have."""


def post(
    url: str, headers: Mapping[str, str], body: bytes, *, networks: Sequence[Network], deadline: float
) -> tuple[int | None, str | None, str]:
    """The status answered, or why there is none, and the Retry-After header or "". Never raises.

    ``deadline`` is on the monotonic clock.
    """
    try:
        target = check(url, networks=networks, seconds=_left(deadline))
        status, retry_after = _post(target, headers, body, deadline)
        return status, None, retry_after
    except Refused as refused:
        return None, str(refused), ""
    except Exception as error:  # whatever a receiver can do to us is the receiver's failure
        return None, _reason(error), ""


def _post(target: Target, headers: Mapping[str, str], body: bytes, deadline: float) -> tuple[int, str]:
    origin = httpcore.Origin(target.scheme.encode(), target.host.encode(), target.port)
    url = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
    pinned = _Pinned(target, deadline)
    context = trusted() if target.scheme == "https" else None
    try:
        with (
            httpcore.HTTPConnection(origin, ssl_context=context, network_backend=pinned) as connection,
            connection.stream(
                "POST", url, headers=[("Host", _host_header(target)), *headers.items()], content=body
            ) as answer,
        ):
            _read_some(answer.stream)
            told = dict(reversed([(name.lower(), value) for name, value in answer.headers]))
            return answer.status, told.get(b"retry-after", b"").decode("latin-1")
    finally:
        pinned.close()


def _read_some(stream: object) -> None:
    """Let the receiver say what it has to say, up to a point. The status counts, however that ends."""
    size = 0
    with suppress(Exception):
        for part in stream if isinstance(stream, Iterable) else ():
            size += len(part)
            if size >= LARGEST_ANSWER:
                return


def _host_header(target: Target) -> str:
    host = f"[{target.host}]" if ":" in target.host else target.host
    return host if target.port == {"https": 443, "http": 80}[target.scheme] else f"{host}:{target.port}"


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise _Late
    return left


def _reason(error: Exception) -> str:
    """Why there is no answer, in words that hold nothing of what was sent or received."""
    cause: BaseException | None = error
    while cause is not None:
        for kinds, words in _REASONS:
            if isinstance(cause, kinds):
                found = getattr(cause, "verify_message", None)
                return f"{words} ({found})." if found else f"{words}."
        cause = cause.__cause__ or cause.__context__
    return f"There was no answer ({type(error).__name__})."


_REASONS: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((_Late, TimeoutError), "There was no answer in time"),
    ((_TooMuch,), "The answer was too large"),
    ((ssl.SSLCertVerificationError,), "The certificate is not valid"),
    ((ssl.SSLError,), "No secure connection could be made"),
    ((ConnectionRefusedError,), "The connection was refused"),
    ((ConnectionError,), "The connection was broken off"),
    ((httpcore.RemoteProtocolError,), "The answer was not one of HTTP"),
    ((OSError,), "The host could not be reached"),
)


# --- The connection ---------------------------------------------------------------------------------------


class _Pinned(httpcore.NetworkBackend):
    """Connects to the checked addresses only, whatever it is asked for."""

    def __init__(self, target: Target, deadline: float) -> None:
        self._target = target
        self._deadline = deadline
        self._stream: _Stream | None = None

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[object] | None = None,
    ) -> "_Stream":
        """Connect to the first of the addresses that takes it, leaving time for each of the others."""
        addresses = self._target.addresses
        for number, address in enumerate(addresses, 1):
            seconds = _left(self._deadline) / (len(addresses) - number + 1)
            try:
                made = socket.create_connection((str(address), self._target.port), seconds)
            except OSError:
                if number == len(addresses):
                    raise
                continue
            self._stream = _Stream(made, self._deadline)
            return self._stream
        raise _Late

    def close(self) -> None:
        """Close what is open, however far it came."""
        if self._stream is not None:
            self._stream.close()


class _Stream(httpcore.NetworkStream):
    """A connection of which every wait ends at the deadline."""

    def __init__(self, connected: socket.socket, deadline: float) -> None:
        self._socket = connected
        self._deadline = deadline
        self._received = 0

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Some bytes, or none when the receiver has closed."""
        self._socket.settimeout(_left(self._deadline))
        found = self._socket.recv(max_bytes)
        self._received += len(found)
        if self._received > MOST_RECEIVED:
            raise _TooMuch
        return found

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it."""
        # Not sendall: over TLS it would begin to count anew with each piece that the receiver takes.
        rest = memoryview(buffer)
        while rest:
            self._socket.settimeout(_left(self._deadline))
            try:
                rest = rest[self._socket.send(rest[:AT_ONCE]) :]
            except TimeoutError:
                raise
            except OSError as error:
                # Known to httpcore: an answer may have come before the receiver closed.
                raise httpcore.WriteError(str(error)) from error

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> "_Stream":
        """Encrypt; the certificate must be valid for the host's name."""
        self._socket.settimeout(_left(self._deadline))
        self._socket = ssl_context.wrap_socket(self._socket, server_hostname=server_hostname)
        return self

    def close(self) -> None:
        """Close it."""
        self._socket.close()
