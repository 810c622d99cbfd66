"""What routes of pages receive: who is signed in, the day that is asked for, a form that was sent.

All are async and touch no thread; the gate has looked up the session already.
"""

from datetime import date
from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from app.access.roles import Principal
from app.clock import moment
from app.errors import NotAuthenticated, ServiceError, invalid
from app.web.addresses import local_address
from app.web.cross_site import FromAnotherSite, from_another_site
from app.web.forms import LARGEST_FORM, TooLarge, parse_form
from app.web.lapsed import keep_lapsed
from app.web.merging import merged
from app.web.presenters.dates import long_date
from app.web.visits import Visit

COOKIE = "session"
LEFT = "left"
"""The cookie of a browser that was signed out: it opens nothing, and tells whose session it was."""
DRAFT = "draft"
"""The field in which a form says its own address, where what is typed into it may be kept."""
_NOT_KEPT = frozenset({DRAFT, "edit", "password", "repeated", "current", "code", "secret", "ticket"})
"""Nothing that was typed, and nothing that is secret."""


async def visit(request: Request) -> Visit:
    """The visit of a signed-in user as at today, whatever the address says. Raises NotAuthenticated."""
    who = signed_in(request)
    if who is None:
        await _keep_typed(request)
        raise NotAuthenticated("Sign in to see this page.")
    at = moment()
    return Visit(who, at, at.today, request.url.path)


async def dated(request: Request, found: Annotated[Visit, Depends(visit)]) -> Visit:
    """The visit as at the days that the address asks for. Raises Invalid for days that will not do."""
    typed, today = request.query_params, found.at.today
    up_to = f"Choose a date up to today, {long_date(today)}."
    day = _day("as_at", typed.get("as_at", ""), today, up_to) or today
    up_to = f"Choose a date to compare with up to {long_date(day)}, the date of the page."
    return found._replace(day=day, compare=_day("compare", typed.get("compare", ""), day, up_to))


async def _keep_typed(request: Request) -> None:
    """Keep what is sent after a session was over, where it is a form of which drafts are kept.

    The address of the form is then left in ``request.state.kept``: signing in goes on there.
    """
    token = request.cookies.get(COOKIE) or request.cookies.get(LEFT, "")
    if request.method != "POST":
        return
    try:
        typed = await sent_form(request)
    except (ServiceError, RuntimeError):
        return  # no form of ours, or one that was read already
    path = local_address(typed.get(DRAFT, ""))
    if path:
        request.state.form = path
        is_kept = bool(token) and await run_in_threadpool(keep_lapsed, token, path, to_keep(typed))
        request.state.kept = path if is_kept else ""


def to_keep(typed: dict[str, str]) -> dict[str, str]:
    """The fields of a form that a draft holds."""
    return {name: value for name, value in typed.items() if name not in _NOT_KEPT}


def signed_in(request: Request) -> Principal | None:
    """Who the gate found behind the session cookie; API clients do not use pages."""
    found: Principal | None = request.scope.get("state", {}).get("who")
    return found if found is not None and found.kind == "user" else None


async def sent_form(request: Request) -> dict[str, str]:
    """The fields of a form, merged as was chosen where it comes from the page with both versions.

    Raises FromAnotherSite, which is NotAllowed, TooLarge, Invalid for no form.
    """
    if from_another_site(request.method, request.headers):
        raise FromAnotherSite("The form was sent from another site, so nothing was saved.")
    kind = request.headers.get("content-type", "application/x-www-form-urlencoded").partition(";")[0]
    if kind.strip().lower() != "application/x-www-form-urlencoded":
        raise invalid("", "Send the form as a browser does.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            raise TooLarge(f"A form can hold at most {LARGEST_FORM // 1024} kB.")
    typed = merged(parse_form(bytes(body)))
    request.state.typed = typed
    return typed


Visitor = Annotated[Visit, Depends(dated)]
Present = Annotated[Visit, Depends(visit)]
SentForm = Annotated[dict[str, str], Depends(sent_form)]


def _day(name: str, typed: str, latest: date, message: str) -> date | None:
    """The day of a parameter; None for none. Raises Invalid with the message for one after ``latest``."""
    if not typed.strip():
        return None
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        raise invalid(f"/{name}", message) from None
    if day > latest:
        raise invalid(f"/{name}", message)
    return day
