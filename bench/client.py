"""A small keep-alive HTTP/1.1 client for many requests at once on the loopback."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from bench.load import loopback

ANSWER_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, the headers in lower case, and the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Connection:
    """One connection, with a bearer token on every request. Not for use by two tasks at once."""

    def __init__(self, address: str, token: str) -> None:
        self.host, self.port = loopback(address)
        self.token = token
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def __aenter__(self) -> Self:
        await self._open()
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._writer is not None:
            self._writer.close()

    async def request(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a request and return its answer."""
        content = b"" if body is None else json.dumps(body).encode()
        lines = [
            f"{method} {path} HTTP/1.1",
            f"host: {self.host}:{self.port}",
            f"authorization: Bearer {self.token}",
            f"content-length: {len(content)}",
            "content-type: application/json",
        ]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        reader, writer = await self._open()
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + content)
        answer = await asyncio.wait_for(_answer(reader), ANSWER_SECONDS)
        if answer.headers.get("connection") == "close":
            writer.close()
            self._reader = self._writer = None
        return answer

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(self.host, self.port)
        return self._reader, self._writer


async def _answer(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers: dict[str, str] = {}
    for line in head[1:]:
        name, _, value = line.partition(":")
        if name:
            headers[name.lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Answer(int(head[0].split(" ")[1]), headers, body)
