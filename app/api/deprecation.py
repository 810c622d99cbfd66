"""Saying in time that a route will go: in the contract, and on each of its answers.

    @router.get("/old", openapi_extra=deprecated(date(2026, 1, 1), date(2027, 1, 1), "/reference#new"), ...)

``Deprecation`` is RFC 9745, ``Sunset`` RFC 8594; both carry the first moment (UTC) of their day.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

NOTICE = timedelta(days=365)
"""How long a deprecated route goes on answering, at least (docs/api-policy.md)."""


def deprecated(since: date, sunset: date, link: str) -> dict[str, Any]:
    """What a route says of itself in ``openapi_extra``: since when not to build on it, and what to read.

    From ``sunset`` on it may be gone. Raises ValueError when that is less than a year's notice.
    """
    if sunset - since < NOTICE:
        raise ValueError(f"a route goes on answering for a year at least: not {since} to {sunset}")
    return {
        "deprecated": True,
        "x-deprecated-since": since.isoformat(),
        "x-sunset": sunset.isoformat(),
        "externalDocs": {"description": "What to use instead.", "url": link},
    }


def headers_of(extra: Mapping[str, Any]) -> list[tuple[bytes, bytes]]:
    """The headers of a route's answers; none where it is not deprecated."""
    if "x-sunset" not in extra:
        return []
    since, sunset = (_first_moment(extra[name]) for name in ("x-deprecated-since", "x-sunset"))
    return [
        (b"deprecation", f"@{int(since.timestamp())}".encode()),
        (b"sunset", format_datetime(sunset, usegmt=True).encode()),
        (b"link", f'<{extra["externalDocs"]["url"]}>; rel="deprecation"; type="text/html"'.encode()),
    ]


def _first_moment(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(), UTC)


class Announced:
    """A route whose every answer carries these headers, errors included."""

    def __init__(self, app: ASGIApp, headers: list[tuple[bytes, bytes]]) -> None:
        self.app, self.headers = app, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with the headers beside those that the answer has."""

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self.headers]
            await send(message)

        await self.app(scope, receive, send_on)
