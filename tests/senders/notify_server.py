"""GOV.UK Notify on this machine: its REST API for e-mail, as its documentation describes it.

Tokens are verified (HS256, the service's id as issuer, not older than 30 seconds), templates need their
fields, and a reference finds what was taken. It can be told to misbehave.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

SERVICE, SECRET = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"
KEY = f"tracker-live-{SERVICE}-{SECRET}"
TEMPLATE = UUID("f33517ff-2a88-4f6e-b855-c550268ce08a")
FIELDS = ("subject", "body")
Answer = tuple[int, dict[str, Any]]


def error(status: int, kind: str, message: str) -> Answer:
    """An answer that says what is wrong, in Notify's shape."""
    return status, {"status_code": status, "errors": [{"error": kind, "message": message}]}


@dataclass
class NotifyServer:
    """A server that listens, and what it took. ``answers`` are given first, one a request, in order.

    "hang" takes the message and says nothing; "drop" takes it and closes; "lose" only closes.
    """

    url: str = ""
    taken: list[dict[str, Any]] = field(default_factory=list)
    answers: list[Answer | str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def post(self, body: dict[str, Any]) -> Answer:
        """What it says to a message."""
        if body.get("template_id") != str(TEMPLATE):
            return error(400, "BadRequestError", "Template not found")
        missing = [name for name in FIELDS if name not in body.get("personalisation", {})]
        if missing:
            return error(400, "BadRequestError", f"Missing personalisation: {', '.join(missing)}")
        if "@" not in body.get("email_address", ""):
            return error(400, "ValidationError", "email_address Not a valid email address")
        known = {"email_address", "template_id", "personalisation", "reference", "one_click_unsubscribe_url"}
        if body.keys() - known:
            return error(400, "ValidationError", "Additional properties are not allowed")
        made = {"id": str(uuid4()), **body}
        self.taken.append(made)
        return 201, {"id": made["id"], "reference": body.get("reference"), "content": {}, "uri": ""}


class _Handler(BaseHTTPRequestHandler):
    server_version = "notify"
    protocol_version = "HTTP/1.1"
    notify: NotifyServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path != "/v2/notifications/email":
            return self.say(error(404, "NotFound", "Not found"))
        if refused := self.refused():
            return self.say(refused)
        forced = self.notify.answers.pop(0) if self.notify.answers else None
        if isinstance(forced, tuple):
            return self.say(forced)
        answer = self.notify.post(body) if forced != "lose" else None
        if forced == "hang":
            self.notify.stop.wait(5)
        if forced is not None:
            self.close_connection = True
            return None
        assert answer is not None
        return self.say(answer)

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if refused := self.refused():
            return self.say(refused)
        asked = parse_qs(parts.query).get("reference", [""])[0]
        found = [one for one in self.notify.taken if one.get("reference") == asked]
        return self.say((200, {"notifications": found, "links": {}}))

    def refused(self) -> Answer | None:
        """Why the token does not do; None where it does."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        try:
            found = jwt.decode(token, OctKey.import_key(SECRET), algorithms=["HS256"])
        except (JoseError, ValueError):
            return error(403, "AuthError", "Invalid token: API key not found")
        if scheme != "Bearer" or found.claims["iss"] != SERVICE:
            return error(403, "AuthError", "Invalid token: service not found")
        if abs(time.time() - found.claims["iat"]) > 30:
            return error(403, "AuthError", "Error: Your system clock must be accurate to within 30 seconds")
        return None

    def say(self, answer: Answer) -> None:
        """Send an answer."""
        status, body = answer
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def notify_server() -> Iterator[NotifyServer]:
    """A server on a free port of this machine."""
    found = NotifyServer()
    handler = type("Handler", (_Handler,), {"notify": found})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        found.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield found
        finally:
            found.stop.set()
            server.shutdown()
            thread.join()
