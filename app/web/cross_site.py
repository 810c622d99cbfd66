"""Refusing changes that a page of another site sends. The session cookie is SameSite=Lax besides."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers

from app.errors import NotAllowed
from app.lazy_routes import SAFE


class FromAnotherSite(NotAllowed):
    """A form that a page of another site sent; nothing of it is stored."""


def from_another_site(method: str, headers: Headers) -> bool:
    """Whether a request that may change something does not come from a page of this service (ADR 0033).

    Browsers say so in Sec-Fetch-Site, which pages cannot forge. Where it is missing (plain http on a network,
    old browsers) Origin is compared with Host, and without that Referer. Every browser sends one of them with
    a form: a request with none of them is refused as well.
    """
    if method in SAFE:
        return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    sender = headers.get("origin", headers.get("referer", ""))
    return not sender or _host(sender) != headers.get("host")


def _host(address: str) -> str:
    """The host and port of an address; "" where it is none."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""
