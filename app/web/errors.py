"""Errors as pages, from the same classes that the API renders as problem+json."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app import db
from app.access.roles import Principal
from app.clock import moment
from app.errors import Invalid, NotAllowed, NotAuthenticated, NotFound, ServiceError
from app.sentences.journal_fields import label, value_words
from app.sentences.words import sentence_case
from app.services import drafts as drafts_service
from app.services.users import own_id
from app.web.cross_site import FromAnotherSite
from app.web.deps import COOKIE, signed_in, to_keep
from app.web.forms import Problem
from app.web.rendering import page

_CARRIED = re.compile(r"(version|seen|set_aside|key|back|next|row-\d+|unresolved|preview|state|ends)$")
"""Fields that go along with a form: nobody typed them."""
_CHOSEN = re.compile(r"1|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}.*", re.DOTALL)
"""Values of what is chosen, not typed: a box that is ticked, the id of a record."""
_CALLED = {"narrative": "What has happened", "effective_on": "Date from which this is true"}
"""What inputs are called otherwise than the fields of records."""
_PART = re.compile(r"-(day|month|year)$")


class Typed(NamedTuple):
    """What was typed or chosen in a field, in words; ``label`` is the name of its input in words."""

    name: str
    label: str
    value: str


class ErrorPage(NamedTuple):
    """A heading, what happened, and what to do now."""

    heading: str
    happened: str
    todo: str


_PAGES = {
    400: ErrorPage(
        "The request could not be read",
        "Something in the address or the form was garbled.",
        "Go back and try again.",
    ),
    403: ErrorPage(
        "You may not do this",
        "Your role does not allow it.",
        "If you need it, ask an admin of your area for another role.",
    ),
    404: ErrorPage(
        "Page not found",
        "There is nothing at this address, or it does not belong to your area.",
        "Check the address, or start from the overview.",
    ),
    405: ErrorPage(
        "This page cannot be used that way",
        "The address exists for another kind of request.",
        "Start from the overview.",
    ),
    409: ErrorPage(
        "This does not fit what is recorded",
        "The record has changed since.",
        "Go back, read it again and decide.",
    ),
    413: ErrorPage(
        "That is too much to send at once",
        "Nothing was stored.",
        "Go back with your browser: what you typed is still in the form. Shorten it and send it again.",
    ),
    422: ErrorPage(
        "Something in the address is not valid",
        "Nothing was stored.",
        "Correct it, or start from the overview.",
    ),
    429: ErrorPage(
        "Too many attempts", "Signing in is paused for a while.", "Wait a few minutes and try again."
    ),
    500: ErrorPage(
        "Sorry, something went wrong",
        "The fault is ours and has been logged. What you sent may not have been stored.",
        "Try again in a few minutes. If it goes on, tell whoever looks after the service.",
    ),
}


_NOT_THERE_YET = (
    "There is nothing at this address, it does not belong to your area, or it was not there yet on the day "
    "that you chose."
)


_ANOTHER_SITE = {
    "heading": "Nothing was saved",
    "todo": "Open the page in this service and send the form from there.",
    "problems": [],
    "typed": (),
    "back": "/",
    "back_words": "Go back",
    "section": "",
}


def error_page(
    status: int,
    who: Principal | None,
    problems: list[Problem] | None = None,
    happened: str = "",
    back: str = "/",
    typed: Sequence[Typed] = (),
    back_words: str = "Go back",
) -> Response:
    """The page for a status; ``problems`` name what is wrong, ``back`` is the address to go on from.

    ``typed`` is what would be lost with the form that was sent.
    """
    words = _PAGES.get(status) or _PAGES[500 if status >= 500 else 400]
    content = {
        "heading": words.heading,
        "happened": happened or words.happened,
        "todo": words.todo,
        "problems": problems or [],
        "back": back,
        "back_words": back_words,
        "typed": typed,
        "section": "",
    }
    return page("pages/error.html", who, content, status=status)


def answer(request: Request, error: Exception) -> Response:
    """The page for an error. Somebody who is not signed in is sent to the sign-in page and back again."""
    who = signed_in(request)
    if isinstance(error, NotAuthenticated):
        return RedirectResponse(_sign_in(request), status_code=303, headers={"Cache-Control": "no-store"})
    if isinstance(error, Invalid):
        problems = [Problem(fault.message, "") for fault in error.faults]
        return error_page(422, who, problems, back=request.url.path)
    if isinstance(error, NotFound) and request.query_params.get("as_at"):
        back_words = "Back to today"
        return error_page(404, who, happened=_NOT_THERE_YET, back=request.url.path, back_words=back_words)
    if isinstance(error, FromAnotherSite):
        return page("pages/error.html", who, _ANOTHER_SITE | {"happened": error.detail}, status=403)
    if isinstance(error, NotAllowed):
        return error_page(403, who, happened=error.detail, typed=_typed(request) or _kept(request, who))
    if isinstance(error, ServiceError):
        happened = error.detail if error.status == 409 else ""
        back = request.url.path if error.status in (409, 413) else "/"
        return error_page(error.status, who, happened=happened, back=back, typed=_typed(request))
    if isinstance(error, RequestValidationError):
        # An id that is no id names nothing: to a reader that is a page that does not exist.
        in_path = any(fault["loc"][:1] == ("path",) for fault in error.errors())
        return error_page(404 if in_path else 422, who)
    if isinstance(error, HTTPException):
        back = request.url.path if error.status_code == 413 else "/"
        response = error_page(error.status_code, who, back=back)
        for name, value in (error.headers or {}).items():
            response.headers[name] = value
        return response
    return error_page(500, who)


def _sign_in(request: Request) -> str:
    """The address of the sign-in page, with the way back for pages that were asked for.

    Somebody who was signed in is told why they are no more.
    """
    state = request.scope.get("state", {})
    if state.get("kept"):
        return f"/sign-in?next={quote(state['kept'], safe='/')}&kept=1"
    path: str = state.get("form", "")
    if request.method == "GET":
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        path = "" if path == "/" else path
    asked = [f"next={quote(path, safe='/')}"] if path else []
    if request.cookies.get(COOKIE):
        asked.append("ended=1")
    return f"/sign-in?{'&'.join(asked)}" if asked else "/sign-in"


def _typed(request: Request) -> list[Typed]:
    """What somebody typed into the form that was sent, to be copied from the page of an error."""
    return _told(request.scope.get("state", {}).get("typed", {}))


def _kept(request: Request, who: Principal | None) -> list[Typed]:
    """What was kept of a form that its user may not open any more: they were given another role meanwhile."""
    if request.method != "GET" or who is None:
        return []
    with db.read(who) as connection:
        draft = drafts_service.find(connection, own_id(who), request.url.path, moment().now)
    return _told(draft.fields) if draft else []


def _told(sent: Mapping[str, str]) -> list[Typed]:
    found: dict[str, list[str]] = {}
    for name, value in to_keep(dict(sent)).items():
        if value.strip() and not _CARRIED.match(name) and not _CHOSEN.fullmatch(value):
            found.setdefault(_PART.sub("", name), []).append(value)
    return [
        Typed(name, _label(name), " ".join(value_words(field_of(name), value) for value in parts))
        for name, parts in found.items()
    ]


def field_of(name: str) -> str:
    """The field of an input: "status" of "status-3"."""
    return name.partition("-")[0]


def _label(name: str) -> str:
    field, _, number = name.partition("-")
    words = _CALLED.get(field) or sentence_case(label(field))
    return f"{words} {number}".rstrip() if number.isdigit() else words
