"""Single sign-on in words: the ways in, what was refused, and connecting an account."""

from typing import Any, NamedTuple
from urllib.parse import quote

from app.config import settings
from app.web.forms import Form
from app.web.presenters.my_account import ACCOUNT

FIELDS = ("current",)


class Way(NamedTuple):
    """A provider to sign in with, as the sign-in page offers it."""

    name: str
    href: str


def ways_in(address: str) -> list[Way]:
    """Every provider of the service; ``address`` is where to go on, "" for the first page."""
    query = f"?next={quote(address, safe='/')}" if address else ""
    return [
        Way(found.name, f"/sign-in/with/{slug}{query}") for slug, found in settings().single_sign_on.items()
    ]


def way_out(slug: str) -> Way | None:
    """The provider whose own session is left open, where somebody has signed out of the service."""
    found = settings().single_sign_on.get(slug)
    return Way(found.name, f"/sign-out/{slug}") if found else None


def refused_page(words: str) -> dict[str, Any]:
    """Nobody is signed in, and why."""
    return {"section": "", "heading": "You are not signed in", "words": words}


def connect_page(form: Form, provider: str) -> dict[str, Any]:
    """Asks for the password before an account is connected; ``provider`` is "" where there is none."""
    return {
        "section": "",
        "heading": "Use single sign-on",
        "caption": ACCOUNT,
        "form": form,
        "provider": provider,
    }


def leave_page(provider: str, slug: str, ticket: str) -> dict[str, Any]:
    """The way to the provider, for somebody who has given their password."""
    href = f"/sign-in/with/{slug}?ticket={quote(ticket, safe='')}"
    return {
        "section": "",
        "heading": f"Sign in with {provider}",
        "caption": ACCOUNT,
        "provider": provider,
        "href": href,
    }
