"""A receiver of webhooks on loopback that takes, fails, hangs, redirects, dies and comes back as told."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from standardwebhooks import Webhook

TAKES, FAILS, HANGS, REDIRECTS, GONE = "takes", "fails", "hangs", "redirects", "gone"
ELSEWHERE = "/elsewhere"


class Arrival(NamedTuple):
    """A message that arrived, verified with the reference library, and the status it was answered."""

    id: str
    body: dict[str, Any]
    status: int


class Receiver:
    """Keeps what arrives; ``faults`` are messages that the reference library does not verify."""

    def __init__(self) -> None:
        self.mode = TAKES
        self.secret = ""
        self.arrivals: list[Arrival] = []
        self.faults: list[str] = []
        self._server: ThreadingHTTPServer | None = None
        self._released = threading.Event()
        self.port = 0
        self.come_back()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def taken(self) -> list[Arrival]:
        return [one for one in self.arrivals if one.status == 204]

    def be(self, mode: str) -> None:
        """Behave like this from now on; what hangs is let go."""
        self.mode = mode
        self._released.set()
        self._released = threading.Event()

    def die(self) -> None:
        """Stop listening: connections are refused."""
        self.be(self.mode)
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def come_back(self) -> None:
        """Listen, on the same port as before."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver.answer(self)

            def log_message(self, format: str, *values: Any) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, request: Any, client_address: Any) -> None:
                """The service hung up: what it waited for came too late."""

        self._server = Server(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        data = request.rfile.read(int(request.headers["content-length"]))
        status = {TAKES: 204, FAILS: 500, REDIRECTS: 302, GONE: 410, HANGS: 204}[self.mode]
        if self.mode == HANGS:
            self._released.wait(60)
            status = 0
        if request.path == ELSEWHERE:
            self.faults.append("a redirect was followed")
        try:
            body = Webhook(self.secret).verify(data, dict(request.headers.items()))
        except Exception as error:
            self.faults.append(repr(error))
            body = {}
        self.arrivals.append(Arrival(request.headers["webhook-id"], body, status))
        if not status:
            request.close_connection = True
            return
        request.send_response(status)
        if status == 302:
            request.send_header("location", f"http://127.0.0.1:{self.port}{ELSEWHERE}")
        request.send_header("content-length", "0")
        request.end_headers()


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver, stopped on leaving."""
    made = Receiver()
    try:
        yield made
    finally:
        made.die()


def eventually(what: str, happened: Any, seconds: float = 60) -> Any:
    """What is true at last. AssertionError with ``what`` when it does not become so."""
    deadline = time.monotonic() + seconds
    while not (found := happened()):
        assert time.monotonic() < deadline, f"not in {seconds} s: {what}"
        time.sleep(0.05)
    return found
