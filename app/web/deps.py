"""What routes of pages receive: who is signed in, the day that is asked for, a form that was sent.

All are async and touch no thread; the gate has looked up the session already.
"""

from datetime import date
from typing import Annotated

from fastapi import Depends, Request

from app.access.roles import Principal
from app.clock import moment
from app.errors import NotAuthenticated, invalid
from app.web.cross_site import FromAnotherSite, from_another_site
from app.web.forms import LARGEST_FORM, TooLarge, parse_form
from app.web.presenters.dates import long_date
from app.web.visits import Visit

COOKIE = "session"


async def visit(request: Request) -> Visit:
    """The visit of a signed-in user. Raises NotAuthenticated; Invalid for days that will not do."""
    who = signed_in(request)
    if who is None:
        raise NotAuthenticated("Sign in to see this page.")
    at = moment()
    typed = request.query_params
    day = _day("as_at", typed.get("as_at", ""), at.today) or at.today
    compare = _day("compare", typed.get("compare", ""), day)
    return Visit(who, at, day, request.url.path, compare=compare)


def signed_in(request: Request) -> Principal | None:
    """Who the gate found behind the session cookie; API clients do not use pages."""
    found: Principal | None = request.scope.get("state", {}).get("who")
    return found if found is not None and found.kind == "user" else None


async def sent_form(request: Request) -> dict[str, str]:
    """The fields of a form. Raises FromAnotherSite, which is NotAllowed, TooLarge, Invalid for no form."""
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
    return parse_form(bytes(body))


Visitor = Annotated[Visit, Depends(visit)]
SentForm = Annotated[dict[str, str], Depends(sent_form)]


def _day(name: str, typed: str, latest: date) -> date | None:
    """The day of a parameter, not after ``latest``; None for none."""
    if not typed.strip():
        return None
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        example = "2024-06-30" if name == "as_at" else "2024-04-30"
        raise invalid(
            f"/{name}", f"Give the date after {name} as year-month-day, for example {example}."
        ) from None
    if day > latest:
        until = (
            f"today, {long_date(latest)}"
            if name == "as_at"
            else f"the date it is compared with, {long_date(latest)}"
        )
        raise invalid(f"/{name}", f"Give a date after {name} that is not later than {until}.")
    return day
