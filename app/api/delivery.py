"""How an answer of the API leaves: its ETag, what caches may do with it, compressed or not, or as a 304."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Self

from anyio.to_thread import run_sync
from starlette.types import Message, Scope, Send

from app.api import compression
from app.api.conditional import etag_of, matching, packed
from app.api.stored import Answer, Header

REVALIDATE = b"private, no-cache"
"""Keep it if you like, but ask each time whether it still stands: that costs little here."""
NO_STORE = b"no-store"
VARY = b"Authorization, Accept-Encoding"
_NAMED_IN_VARY = frozenset({b"authorization", b"accept-encoding"})
_SET_HERE = frozenset({b"etag", b"cache-control", b"vary"})
_OF_A_304 = frozenset({b"cache-control", b"vary"})


class Asked(NamedTuple):
    """What a request says about the form of its answer."""

    is_read: bool  # GET or HEAD
    is_head: bool
    if_none_match: bytes
    gzip: bool
    may_replay: bool  # a stored answer will do
    may_keep: bool

    @classmethod
    def of(cls, method: str, headers: Mapping[bytes, bytes]) -> Self:
        """Read it from the request. The directives ``no-cache`` and ``no-store`` ask for a fresh answer."""
        directives = headers.get(b"cache-control", b"").lower()
        is_head = method == "HEAD"
        return cls(
            is_read=is_head or method == "GET",
            is_head=is_head,
            if_none_match=headers.get(b"if-none-match", b""),
            gzip=compression.takes_gzip(headers.get(b"accept-encoding", b"")),
            may_replay=b"no-cache" not in directives and NO_STORE not in directives,
            may_keep=NO_STORE not in directives,
        )


class Delivery:
    """Takes what the application answers, and sends it in the form that was asked for.

    ``answer`` is then the whole answer of a read, where there is one to keep.
    """

    def __init__(self, scope: Scope, send: Send, asked: Asked, extra: Sequence[Header]) -> None:
        self._scope, self._send, self._asked, self._extra = scope, send, asked, extra
        self._start: Message = {}
        self._stream: compression.Stream | None = None
        self._begun = self._is_over = False
        self.answer: Answer | None = None

    async def __call__(self, message: Message) -> None:
        """A message of the application: how the answer starts, or a piece of its body."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        body, is_last = message.get("body", b""), not message.get("more_body", False)
        if self._begun:
            await self._piece(body, is_last=is_last)
        elif is_last:
            await self._whole(body)
        else:
            await self._begin()
            await self._piece(body, is_last=False)

    async def _whole(self, body: bytes) -> None:
        status: int = self._start["status"]
        given: Sequence[Header] = self._start["headers"]
        named = dict(given)
        is_found = self._asked.is_read and status == 200
        tag = named.get(b"etag", b"")
        if is_found and not tag:
            tag = etag_of(body).encode()
        if packs := self._packs(named) and len(body) >= compression.SMALLEST:
            if len(body) < compression.IN_A_THREAD:
                body = compression.compressed(body)
            else:
                body = await run_sync(compression.compressed, body)
        headers = [*self._headers(status, given, named, tag, packs=packs)]
        if packs:
            headers.append((b"content-length", b"%d" % len(body)))
        if not is_found:
            await _send(self._send, status, [*headers, *self._extra], b"" if self._asked.is_head else body)
            return
        answer = Answer(tuple(headers), body, packed(tag) if packs else tag)
        if _may_be_kept(dict(headers)):
            self.answer = answer
        await deliver(self._send, self._asked, answer, self._extra)

    async def _begin(self) -> None:
        """Start an answer that comes in pieces, and is therefore never kept."""
        self._begun = True
        status: int = self._start["status"]
        given: Sequence[Header] = self._start["headers"]
        named = dict(given)
        tag = named.get(b"etag", b"")
        packs = self._packs(named)
        headers = [*self._headers(status, given, named, tag, packs=packs)]
        if self._asked.is_read and status == 200 and (self._asked.is_head or tag):
            self._is_over = self._asked.is_head or matching(self._asked.if_none_match, tag) is not None
        if self._is_over:
            shown = packed(tag) if tag and packs else tag
            await deliver(self._send, self._asked, Answer(tuple(headers), b"", shown), self._extra)
            return
        self._stream = compression.Stream() if packs else None
        start = {"type": "http.response.start", "status": status, "headers": [*headers, *self._extra]}
        await self._send(start)

    async def _piece(self, body: bytes, *, is_last: bool) -> None:
        if self._is_over:
            return
        if self._stream is not None:
            body = self._stream.add(body, is_last=is_last)
        if body or is_last:
            await self._send({"type": "http.response.body", "body": body, "more_body": not is_last})

    def _packs(self, named: Mapping[bytes, bytes]) -> bool:
        return (
            self._asked.gzip
            and b"content-encoding" not in named
            and compression.is_text(named.get(b"content-type", b""))
        )

    def _headers(
        self, status: int, given: Iterable[Header], named: Mapping[bytes, bytes], tag: bytes, *, packs: bool
    ) -> Iterable[Header]:
        left_out = _SET_HERE | ({b"content-length"} if packs else set())
        if status == 405:
            # The router names the methods of one of the routes at this address.
            left_out |= {b"allow"}
            yield b"allow", methods_at(self._scope)
        yield from (pair for pair in given if pair[0] not in left_out)
        if tag:
            # Beside a change, the ETag is that of the record, not of the answer that tells of it.
            yield b"etag", packed(tag) if packs and self._asked.is_read else tag
        if packs:
            yield b"content-encoding", b"gzip"
        yield b"cache-control", named.get(b"cache-control", REVALIDATE if status == 200 else NO_STORE)
        others = named.get(b"vary")
        yield b"vary", VARY + b", " + others if others else VARY


def _may_be_kept(named: Mapping[bytes, bytes]) -> bool:
    """Whether the answer to this request will do for the next one: nothing says that it depends on more."""
    varies = {name.strip().lower() for name in named[b"vary"].split(b",")}
    return NO_STORE not in named[b"cache-control"] and varies <= _NAMED_IN_VARY and b"set-cookie" not in named


async def deliver(send: Send, asked: Asked, answer: Answer, extra: Sequence[Header]) -> None:
    """Send the answer of a read, or 304 where the reader has it already."""
    tag = matching(asked.if_none_match, answer.tag) if asked.if_none_match and answer.tag else None
    if tag is None:
        await _send(send, 200, [*answer.headers, *extra], b"" if asked.is_head else answer.body)
        return
    kept = [pair for pair in answer.headers if pair[0] in _OF_A_304]
    await _send(send, 304, [(b"etag", tag), *kept, *extra], b"")


async def _send(send: Send, status: int, headers: list[Header], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def methods_at(scope: Scope) -> bytes:
    """The methods that the address of a request takes, for ``Allow``; empty when there is no such address."""
    found: set[str] = set()
    for route in scope["app"].routes:
        pattern = getattr(route, "path_regex", None)
        if pattern is not None and pattern.match(scope["path"]):
            found |= route.methods or set()
    if not found:
        return b""
    return ", ".join(sorted(found | {"OPTIONS"} | ({"HEAD"} if "GET" in found else set()))).encode()
