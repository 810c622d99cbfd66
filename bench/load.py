"""A load generator: keep-alive HTTP/1.1 on the loopback, in a process of its own.

``run`` starts the process, hands it the requests and returns what it measured; sharing the service's
processor time is unavoidable on a small machine, sharing its interpreter is not. Bounded in time and number.
"""

import asyncio
import ipaddress
import json
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

ROOT = Path(__file__).parent.parent
LONGEST_SECONDS = 60.0
MOST_REQUESTS = 500_000
ANSWER_SECONDS = 30.0
NUMBER = "########"
"""In a body: a number of eight digits, another one each time it is sent."""
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ETAG = re.compile(rb"\r\netag: *([^\r]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Request:
    """A request to send again and again. With ``etag`` it carries If-Match, renewed from every answer."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    expected: int = 200
    etag: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What was measured after the warm-up; ``p50`` and ``p99`` in milliseconds."""

    connections: int
    requests: int
    sent: int  # the warm-up included
    seconds: float
    p50: float
    p99: float
    answer_bytes: int
    unexpected: Mapping[str, int]

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds if self.seconds else 0.0


def run(
    address: str,
    requests: Sequence[Request],
    *,
    connections: int,
    seconds: float,
    warm_up: float = 0.3,
    most: int = MOST_REQUESTS,
) -> Result:
    """Send the requests in turn over so many connections, for so many seconds or ``most`` requests.

    Raises ValueError for an address that is not on the loopback, RuntimeError when the load cannot run.
    """
    host, port = loopback(address)
    if any(request.etag for request in requests) and len(requests) < connections:
        raise ValueError("each connection needs a record of its own to change")
    task = {
        "host": host,
        "port": port,
        "connections": connections,
        "seconds": min(seconds, LONGEST_SECONDS),
        "warm_up": warm_up,
        "most": min(most, MOST_REQUESTS),
        "requests": [asdict(request) for request in requests],
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        cwd=ROOT,
        input=json.dumps(task),
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_SECONDS * 2,
    )
    if done.returncode:
        raise RuntimeError(f"the load generator failed: {done.stderr.strip()}")
    return Result(**json.loads(done.stdout))


def loopback(address: str) -> tuple[str, int]:
    """Host and port of a loopback address such as ``http://127.0.0.1:8000``; ValueError for any other."""
    parts = urlsplit(address)
    if parts.scheme != "http" or not parts.hostname or not parts.port:
        raise ValueError(f"{address} is not an address like http://127.0.0.1:8000")
    if not ipaddress.ip_address(parts.hostname).is_loopback:
        raise ValueError(f"load is only made on the loopback, not on {parts.hostname}")
    return parts.hostname, parts.port


def wire(request: Request, host: str) -> bytes:
    """The bytes of the request; the place of a renewed ETag is left to :class:`_Client`."""
    body = request.body.encode()
    lines = [f"{request.method} {request.path} HTTP/1.1", f"host: {host}"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    if body or request.method not in ("GET", "HEAD"):
        lines.append(f"content-length: {len(body)}")
    if request.etag:
        lines.append("if-match: \0")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class _Tally:
    """What all connections measured together."""

    def __init__(self, starts: float, ends: float, most: int) -> None:
        self.starts, self.ends, self.most = starts, ends, most
        self.latencies: list[float] = []
        self.unexpected: Counter[str] = Counter()
        self.sent = 0
        self.answer_bytes = 0
        self.last = starts

    def more(self, moment: float) -> bool:
        """Whether another request is to be sent."""
        return moment < self.ends and self.sent < self.most


class _Client(asyncio.Protocol):
    """One connection: sends its requests in turn, each when the one before is answered."""

    def __init__(self, requests: list[Request], host: str, tally: _Tally, done: asyncio.Future[None]) -> None:
        self.prepared = [wire(request, host) for request in requests]
        self.requests = requests
        self.etags = [request.etag.encode() if request.etag else b"" for request in requests]
        self.numbered = [NUMBER in request.body for request in requests]
        self.tally, self.done = tally, done
        self.place = -1
        self.buffer = b""
        self.sent_at = 0.0
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are not subclasses of asyncio's.
        self.transport = cast(asyncio.Transport, transport)
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.tally.unexpected["connection closed"] += 1
            self.done.set_result(None)

    def data_received(self, data: bytes) -> None:
        buffer = self.buffer = self.buffer + data if self.buffer else data
        head = buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        length = _LENGTH.search(buffer, 0, head + 2)
        if length and len(buffer) < head + 4 + int(length[1]):
            return
        self._answered(buffer, head)
        self.buffer = b""
        self._send()

    def _answered(self, answer: bytes, head: int) -> None:
        moment = time.perf_counter()
        tally = self.tally
        status = int(answer[9:12])
        if status != self.requests[self.place].expected:
            tally.unexpected[str(status)] += 1
        if self.etags[self.place] and (found := _ETAG.search(answer, 0, head + 2)):
            self.etags[self.place] = found[1]
        if moment >= tally.starts:
            tally.latencies.append(moment - self.sent_at)
            tally.last = moment
            tally.answer_bytes = len(answer)

    def _send(self) -> None:
        moment = time.perf_counter()
        assert self.transport is not None
        if not self.tally.more(moment):
            if not self.done.done():
                self.done.set_result(None)
            self.transport.close()
            return
        self.place = (self.place + 1) % len(self.prepared)
        data = self.prepared[self.place]
        if self.numbered[self.place]:
            data = data.replace(NUMBER.encode(), b"%08d" % self.tally.sent)
        if self.etags[self.place]:
            data = data.replace(b"\0", self.etags[self.place], 1)
        self.tally.sent += 1
        self.sent_at = time.perf_counter()
        self.transport.write(data)


async def _measure(task: Mapping[str, Any]) -> Result:
    loop = asyncio.get_running_loop()
    requests = [Request(**request) for request in task["requests"]]
    connections = task["connections"]
    starts = time.perf_counter() + task["warm_up"]
    tally = _Tally(starts, starts + task["seconds"], task["most"])
    finished: list[asyncio.Future[None]] = []
    host = f"{task['host']}:{task['port']}"
    for number in range(connections):
        # Each its own share, so that no two change the same record; all of them when there are too few.
        share = requests[number::connections] or requests
        done: asyncio.Future[None] = loop.create_future()
        finished.append(done)
        client = _Client(share, host, tally, done)
        await loop.create_connection(lambda client=client: client, task["host"], task["port"])  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    await asyncio.wait_for(asyncio.gather(*finished), task["warm_up"] + task["seconds"] + ANSWER_SECONDS)
    ordered = sorted(tally.latencies) or [0.0]
    return Result(
        connections=connections,
        requests=len(tally.latencies),
        sent=tally.sent,
        seconds=max(tally.last - starts, 1e-9),
        p50=ordered[len(ordered) // 2] * 1000,
        p99=ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)] * 1000,
        answer_bytes=tally.answer_bytes,
        unexpected=dict(tally.unexpected),
    )


def main() -> None:
    """Read a task from standard input, run it, print the result."""
    task = json.load(sys.stdin)
    try:
        import uvloop

        result = uvloop.run(_measure(task))
    except ImportError:
        result = asyncio.run(_measure(task))
    print(json.dumps(asdict(result)))


if __name__ == "__main__":
    main()
