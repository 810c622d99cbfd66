"""The gate: the one place where a request is authenticated, before any route is looked up.

Pure ASGI. Programs send a bearer token and are refused here without one; people send a session cookie,
and a page decides what to do without one. Here too, on the event loop and without a thread, a program is
held to its quota, and a read that was answered before is answered again from what is stored.
"""

import json
from collections.abc import Mapping, Sequence
from http.cookies import CookieError, SimpleCookie

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from app import db
from app.access.roles import Principal
from app.api.delivery import NO_STORE, Asked, Delivery, deliver, methods_at
from app.api.problems import PROBLEM_JSON, problem
from app.api.stored import Header, Key, Standing, Store
from app.clock import now, today
from app.errors import Malformed, NotAuthenticated, QuotaUsedUp, ServiceError
from app.services import access, quotas

API = "/api/"
OPEN = ("/static/", "/healthz", "/readyz", "/metrics", "/oauth/")
SESSION_COOKIE = "session"


class Gate:
    """Finds out who is asking and leaves it in ``scope["state"]["who"]``."""

    def __init__(self, app: ASGIApp, store: Store | None = None) -> None:
        self.app = app
        self.store = Store() if store is None else store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Authenticate an HTTP request and pass it on; answer 401 to a program without a good token."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            await self._pass(scope, receive, send)
        except ClientDisconnect:
            # Nobody is there any more to read it; it is no fault of the service, as the log then says.
            await _refuse(scope, send, Malformed("Send the whole body before closing the connection."), ())

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        state = scope.setdefault("state", {})
        if path.startswith(API):
            await self._program(scope, receive, send)
            return
        state["who"] = None if path.startswith(OPEN) else await _user(scope)
        # Of a page, HEAD asks for what GET answers; the server leaves out the text.
        inner = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        await self.app(inner, receive, send)
        scope["route"] = inner.get("route")

    async def _program(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Of a header that is sent twice, the first counts.
        headers = dict(reversed(scope["headers"]))
        who = scope["state"]["who"] = await _client(headers)
        if who is None or who.id is None:
            await _refuse_stranger(scope, send, headers)
            return
        extra: tuple[Header, ...] = ()
        if who.quota:
            verdict = await quotas.admit(who.id, who.quota, now())
            extra = _told(verdict)
            if not verdict.allowed:
                refusal = QuotaUsedUp(verdict.limit, verdict.reset_seconds)
                retry = (b"retry-after", b"%d" % verdict.reset_seconds)
                await _refuse(scope, send, refusal, (*extra, retry))
                return
        method: str = scope["method"]
        asked = Asked.of(method, headers)
        if asked.is_read:
            await self._read(scope, receive, send, asked, who, extra)
        elif method == "OPTIONS" and (allowed := methods_at(scope)):
            answered = [(b"allow", allowed), (b"cache-control", NO_STORE), *extra]
            await send({"type": "http.response.start", "status": 204, "headers": answered})
            await send({"type": "http.response.body", "body": b""})
        else:
            await self.app(scope, receive, Delivery(scope, send, asked, extra))

    async def _read(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        asked: Asked,
        who: Principal,
        extra: tuple[Header, ...],
    ) -> None:
        """Answer GET and HEAD: with what is stored, if that still stands, else with what the route says."""
        key = Key(who.id, scope["path"], scope["query_string"], asked.gzip)
        standing = Standing(who, today(), db.opened())
        stored = self.store.get(key, standing) if asked.may_replay else None
        if stored is not None:
            scope["route"] = stored.route  # for the log
            await deliver(send, asked, stored, extra)
            return
        inner = {**scope, "method": "GET"} if asked.is_head else scope
        delivery = Delivery(scope, send, asked, extra)
        await self.app(inner, receive, delivery)
        scope["route"] = inner.get("route")
        # Worked out on another day than it was asked on, it is of neither.
        if delivery.answer is not None and asked.may_keep and today() == standing.day:
            self.store.put(key, standing, delivery.answer._replace(route=inner.get("route")))


def _told(verdict: quotas.Verdict) -> tuple[Header, ...]:
    return (
        (b"ratelimit-limit", b"%d" % verdict.limit),
        (b"ratelimit-remaining", b"%d" % verdict.remaining),
        (b"ratelimit-reset", b"%d" % verdict.reset_seconds),
    )


async def _client(headers: Mapping[bytes, bytes]) -> Principal | None:
    token = _bearer(headers)
    return await access.by_token(token) if token else None


def _bearer(headers: Mapping[bytes, bytes]) -> str:
    """The token that a program sends, "" without one or with credentials of another scheme."""
    scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def _user(scope: Scope) -> Principal | None:
    text = dict(reversed(scope["headers"])).get(b"cookie", b"").decode("latin-1")
    if SESSION_COOKIE not in text:
        return None
    try:
        found = SimpleCookie(text).get(SESSION_COOKIE)
    except CookieError:
        return None
    return await access.by_session(found.value) if found else None


async def _refuse_stranger(scope: Scope, send: Send, headers: Mapping[bytes, bytes]) -> None:
    if _bearer(headers):
        detail = "The access token is unknown, expired or revoked. Ask POST /oauth/token for a new one."
        challenge = b'Bearer error="invalid_token"'
    else:
        detail = "Send an access token as `Authorization: Bearer <token>`. Get one from POST /oauth/token."
        challenge = b"Bearer"
    await _refuse(scope, send, NotAuthenticated(detail), [(b"www-authenticate", challenge)])


async def _refuse(scope: Scope, send: Send, error: ServiceError, more: Sequence[Header]) -> None:
    body = json.dumps(problem(error, scope["path"])).encode()
    headers = [
        (b"content-type", PROBLEM_JSON.encode()),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", NO_STORE),
        *more,
    ]
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
