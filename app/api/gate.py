"""The gate: the one place where a request is authenticated, before any route is looked up.

Pure ASGI. Programs send a bearer token and are refused here without one; people send a session cookie,
and a page decides what to do without one.
"""

import json
from http.cookies import CookieError, SimpleCookie

from starlette.types import ASGIApp, Receive, Scope, Send

from app.access.roles import Principal
from app.api.problems import PROBLEM_JSON, problem
from app.errors import NotAuthenticated
from app.services import access

API = "/api/"
OPEN = ("/static/", "/healthz", "/readyz", "/oauth/")
SESSION_COOKIE = "session"


class Gate:
    """Finds out who is asking and leaves it in ``scope["state"]["who"]``."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Authenticate an HTTP request and pass it on; answer 401 to a program without a good token."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        state = scope.setdefault("state", {})
        if path.startswith(API):
            state["who"] = await _client(scope)
            if state["who"] is None:
                await _refuse(scope, send)
                return
        else:
            state["who"] = None if path.startswith(OPEN) else await _user(scope)
        await self.app(scope, receive, send)


def _header(scope: Scope, name: bytes) -> str:
    for key, value in scope["headers"]:
        if key == name:
            found: bytes = value
            return found.decode("latin-1")
    return ""


async def _client(scope: Scope) -> Principal | None:
    scheme, _, token = _header(scope, b"authorization").partition(" ")
    return await access.by_token(token.strip()) if scheme.lower() == "bearer" and token else None


async def _user(scope: Scope) -> Principal | None:
    text = _header(scope, b"cookie")
    if SESSION_COOKIE not in text:
        return None
    try:
        found = SimpleCookie(text).get(SESSION_COOKIE)
    except CookieError:
        return None
    return await access.by_session(found.value) if found else None


async def _refuse(scope: Scope, send: Send) -> None:
    sent = bool(_header(scope, b"authorization"))
    detail = (
        "The access token is unknown, expired or revoked. Ask POST /oauth/token for a new one."
        if sent
        else "Send an access token as `Authorization: Bearer <token>`. Get one from POST /oauth/token."
    )
    body = json.dumps(problem(NotAuthenticated(detail), scope["path"])).encode()
    challenge = b'Bearer error="invalid_token"' if sent else b"Bearer"
    headers = [
        (b"content-type", PROBLEM_JSON.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"www-authenticate", challenge),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": 401, "headers": headers})
    await send({"type": "http.response.body", "body": body})
