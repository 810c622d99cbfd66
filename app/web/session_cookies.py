"""The cookies of signing in: the session, and what a browser carries while it is on the way to one."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from app.config import settings
from app.services.sessions import REMEMBERED
from app.web.deps import COOKIE, LEFT
from app.web.rendering import see_other

CODE_TICKET = "password-given"
"""That the password was given, where a code is wanted besides."""
SINGLE_SIGN_ON = "single-sign-on"
"""Which answer of a provider this browser waits for."""
PATH = "/sign-in"


def signed_in(token: str, address: str) -> Response:
    """Go on, signed in, to the page that was asked for; a local address, or "" for the first page."""
    response = see_other(address or "/")
    # Longer than the session: what is sent after it has ended is kept for its user.
    _set(response, COOKIE, token, REMEMBERED, "/")
    forget(response, LEFT, "/")
    for name in (CODE_TICKET, SINGLE_SIGN_ON):
        forget(response, name, PATH)
    return response


def carry(response: Response, name: str, value: str, lifetime: timedelta) -> None:
    """Let the browser carry something on the way to being signed in; only signing in sees it."""
    _set(response, name, value, lifetime, PATH)


def session_of(request: Request) -> str:
    """The token of the session that a request is part of; "" for none."""
    return request.cookies.get(COOKIE, "")


def signed_out(address: str, left: str) -> Response:
    """Go on to a page without the session's cookie; ``left`` is what ``sessions.end_session`` answered."""
    response = see_other(address)
    forget(response, COOKIE, "/")
    if left:
        _set(response, LEFT, left, REMEMBERED, "/")
    return response


def forget(response: Response, name: str, path: str) -> None:
    """Take a cookie from the browser."""
    response.delete_cookie(name, path=path, httponly=True, samesite="lax", secure=not settings().is_demo)


def _set(response: Response, name: str, value: str, lifetime: timedelta, path: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=int(lifetime.total_seconds()),
        path=path,
        httponly=True,
        # Not "strict": from a provider of single sign-on the browser comes back by a link of another site.
        samesite="lax",
        secure=not settings().is_demo,
    )
