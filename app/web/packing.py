"""Pages under gzip, where the browser takes it: a list of a hundred rows is an eighth of its size then.

A page answers ``GET`` alone here. Secrets (of a client, of a link) are shown in answers to ``POST``, forms
hold no token that a stranger could want (``cross_site``), and other sites' requests come without the session;
the length of an answer is blurred besides, so that it tells nothing of the words on the page (BREACH).
"""

import secrets
import struct
import zlib
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

SMALLEST = 1024
"""Shorter pages fit one packet either way."""
LEVEL = 2
MOST_BLUR = 100
"""Bytes of random name in the head of an answer, as "Heal the BREACH" has it."""
_RAW = -15  # for zlib: no head and no tail, which are written here
# Magic, deflate, "a name follows", no time, no word on effort, no word on the system.
_HEAD = b"\x1f\x8b\x08\x08\0\0\0\0\0\xff"


def packed(page: bytes, level: int = LEVEL) -> bytes:
    """A page under gzip (RFC 1952), with a name of random length in its head."""
    blur = secrets.token_hex(MOST_BLUR // 2)[: 1 + secrets.randbelow(MOST_BLUR)]
    tail = struct.pack("<LL", zlib.crc32(page), len(page) & 0xFFFFFFFF)
    return b"".join((_HEAD, blur.encode(), b"\0", zlib.compress(page, level, _RAW), tail))


class PackedPages:
    """Packs each page that is sent in one piece, for browsers that say they take it.

    ``takes_gzip`` reads the ``Accept-Encoding`` of a request.
    """

    def __init__(self, app: ASGIApp, takes_gzip: Callable[[bytes], bool]) -> None:
        self.app, self._takes_gzip = app, takes_gzip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not self._is_wanted(scope):
            await self.app(scope, receive, send)
            return
        start: Message | None = None

        async def send_packed(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_page(message):
                start = message
                return
            if start is None:
                await send(message)
                return
            begun, start = start, None
            body = message.get("body", b"")
            if len(body) >= SMALLEST and not message.get("more_body"):
                body = packed(body)
                message = {**message, "body": body}
                kept = [pair for pair in begun["headers"] if pair[0] != b"content-length"]
                length = (b"content-length", str(len(body)).encode())
                begun = {**begun, "headers": [*kept, length, (b"content-encoding", b"gzip"), _VARIES]}
            await send(begun)
            await send(message)

        await self.app(scope, receive, send_packed)

    def _is_wanted(self, scope: Scope) -> bool:
        accepted = next((value for name, value in scope["headers"] if name == b"accept-encoding"), b"")
        return self._takes_gzip(accepted)


_VARIES = (b"vary", b"Accept-Encoding")


def _is_page(message: Message) -> bool:
    """Whether this begins a page, that nobody packed yet."""
    named = dict(message["headers"])
    return named.get(b"content-type", b"").startswith(b"text/html") and b"content-encoding" not in named
