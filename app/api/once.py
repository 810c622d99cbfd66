"""Safe repetition: a POST with an Idempotency-Key is done once, however often it is sent.

The endpoint runs inside one transaction with the storing of its answer: both are committed, or neither. What
ends a process in between leaves no half of it, and nothing to clean up. (docs/adr/0012)
"""

import functools
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy import Connection

from app.access.roles import Principal
from app.clock import now
from app.db import read, together
from app.errors import KeyInUse, invalid
from app.services import kept_answers
from app.services.kept_answers import Answer, Asked

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
_NAME = HEADER.lower().encode()
_FORM = re.compile(rb"[!-~]{1,255}")
_WRONG = "Send one key of 1 to 255 visible ASCII characters without spaces, for example a UUID."
PARAMETER: dict[str, Any] = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": (
        "Makes it safe to send the request again: a value of your own for each request, for example a UUID. "
        "Sent again with the same key, the same request stores nothing more and is answered as it was the "
        f"first time, with `{REPLAYED}: true`. Another path, query or body with the same key: 422. While "
        "the first request is still running: 409, try again. Keys are the client's own. Successful answers "
        "are kept for 24 hours; after an error nothing is kept, and the key is free."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "example": "0d6c9e7a-5f2b-4c57-9a3e-1f0b7c2d4e68",
}

# Set for the time of a request with a key. The thread in which the endpoint runs begins with a copy of it.
_asked: ContextVar[Asked | None] = ContextVar("request with a key", default=None)


class KeptWithout(Response):
    """An answer with something that is shown once and must not be stored: ``kept`` is what is kept of it."""

    def __init__(self, *given: Any, kept: bytes, **options: Any) -> None:
        super().__init__(*given, **options)
        self.kept = kept


@contextmanager
def asking(asked: Asked) -> Iterator[None]:
    """For the time of the block, the endpoint of this request is to be done once."""
    before = _asked.set(asked)
    try:
        yield
    finally:
        _asked.reset(before)


async def asked_for(request: Request) -> Asked | None:
    """The request as it is told from others, None without a key. Raises Invalid when the key is none."""
    keys = [value for name, value in request.scope["headers"] if name == _NAME]
    if not keys:
        return None
    if len(keys) > 1 or not _FORM.fullmatch(keys[0]):
        raise invalid(f"/{HEADER}", _WRONG)
    who: Principal = request.scope["state"]["who"]
    scope = request.scope
    path = scope.get("raw_path") or scope["path"].encode()
    digest = kept_answers.digest_of(scope["method"], path, scope["query_string"], await request.body())
    return Asked(_client(who), keys[0].decode("ascii"), digest)


def _client(who: Principal) -> UUID:
    if who.id is None:
        raise RuntimeError("only clients come through this door")
    return who.id


def keeping(endpoint: Callable[..., Response]) -> Callable[..., Response]:
    """The endpoint, done once for a request with a key; as it is for any other one."""

    @functools.wraps(endpoint)
    def answered(**values: Any) -> Response:
        wanted = _asked.get()
        if wanted is None:
            return endpoint(**values)
        # This thread's copy of the context ends with the endpoint.
        _asked.set(None)
        with _RUNNING.alone((wanted.client_id, wanted.key)) as alone:
            if not alone:
                with read(None) as db:
                    return _kept_or_in_use(db, wanted)
            answer = functools.partial(endpoint, **values)
            return _worked_out(wanted, answer) if endpoint in _STORING_NOTHING else _once(wanted, answer)

    return answered


_STORING_NOTHING: set[Callable[..., Response]] = set()


def stores_nothing(endpoint: Callable[..., Response]) -> Callable[..., Response]:
    """Mark an endpoint that only works something out: that is done before the transaction."""
    _STORING_NOTHING.add(endpoint)
    return endpoint


def _worked_out(wanted: Asked, endpoint: Callable[[], Response]) -> Response:
    with read(None) as db:
        found = kept_answers.find(db, wanted, now())
    if found is not None:
        return _again(found)
    response = endpoint()
    return _once(wanted, lambda: response)


def _once(wanted: Asked, endpoint: Callable[[], Response]) -> Response:
    with together() as db:
        if not kept_answers.reserve(db, wanted):
            return _kept_or_in_use(db, wanted)
        found = kept_answers.find(db, wanted, now())
        if found is not None:
            return _again(found)
        response = endpoint()
        if response.status_code < 300:
            kept_answers.keep(db, wanted, _kept(response), now())
    return response


def _kept_or_in_use(db: Connection, wanted: Asked) -> Response:
    # Whoever has the key may be a repetition too, which is no reason to wait.
    found = kept_answers.find(db, wanted, now())
    if found is None:
        raise KeyInUse
    return _again(found)


def _kept(response: Response) -> Answer:
    # Of a streamed answer there would be nothing to keep: such a route must not be a POST.
    headers = [(name, value) for name, value in response.headers.items() if name != "content-length"]
    kept = response.kept if isinstance(response, KeptWithout) else response.body
    return Answer(response.status_code, headers, bytes(kept))


def _again(found: Answer) -> Response:
    response = Response(found.body, found.status)
    for name, value in found.headers:
        response.headers.append(name, value)
    response.headers[REPLAYED] = "true"
    return response


class _Running:
    """The keys whose requests run in this process. Other processes are kept out by the database."""

    def __init__(self) -> None:
        self._keys: set[tuple[UUID, str]] = set()
        self._lock = threading.Lock()

    @contextmanager
    def alone(self, key: tuple[UUID, str]) -> Iterator[bool]:
        """Whether no other request of this key runs; none can until the block ends."""
        with self._lock:
            is_first = key not in self._keys
            self._keys.add(key)
        try:
            yield is_first
        finally:
            if is_first:
                with self._lock:
                    self._keys.discard(key)


_RUNNING = _Running()
