"""The way out of scheduled e-mail, for whoever holds the link of a message: nobody has to sign in."""

from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request
from starlette.responses import Response

from app import db
from app.clock import moment
from app.lazy_routes import page_router
from app.services import subscriptions
from app.web.cross_site import FromAnotherSite, from_another_site
from app.web.forms import parse_form
from app.web.presenters import unsubscribing as presenter
from app.web.rendering import page, see_other

router = page_router()
_LARGEST = 4_096
"""Bytes that are looked at: a mail program sends 26 or, as parts of a form, some hundred."""
_ONE_CLICK = b"List-Unsubscribe"


async def _step(request: Request) -> str:
    """What is asked for: "one-click" by a mail program (RFC 8058), else the button that was pressed.

    Whatever else arrives stops the messages too: the link alone says whose they are.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk[: _LARGEST - len(body)]
    if _ONE_CLICK in body:
        return "one-click"
    if parse_form(bytes(body)).get("step") != "again":
        return "stop"
    if from_another_site(request.method, request.headers):
        raise FromAnotherSite("The form was sent from another site, so nothing was changed.")
    return "again"


@router.get("/unsubscribe/{link}")
def form(link: str) -> Response:
    """What the link would stop, or has stopped. Looking changes nothing: mail filters follow links too."""
    with db.read(None) as connection:
        found = subscriptions.find(connection, link)
    return page(
        "pages/unsubscribe.html", None, presenter.unsubscribe_page(found), headers=_NOT_FOUND_BY_SEARCH
    )


@router.post("/unsubscribe/{link}")
def unsubscribe(link: str, step: Annotated[str, Depends(_step)]) -> Response:
    """Stop the messages, or let them come again. A mail program is answered at once, not sent elsewhere."""
    change = subscriptions.subscribe_again if step == "again" else subscriptions.unsubscribe
    with db.write(None) as connection:
        found = change(connection, moment(), link)
    if step == "one-click":
        return page("pages/unsubscribe.html", None, presenter.unsubscribe_page(found))
    return see_other(f"/unsubscribe/{quote(link, safe='')}")


_NOT_FOUND_BY_SEARCH = {"X-Robots-Tag": "noindex"}
