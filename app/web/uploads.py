"""Forms with a file: multipart/form-data (RFC 7578), read strictly as browsers send it, and nothing else."""

import re
from collections.abc import Awaitable, Callable, Iterator
from typing import NamedTuple

from fastapi import Request

from app.errors import Invalid, invalid
from app.web.cross_site import FromAnotherSite, from_another_site

_FIELDS = 20 * 1024
"""Bytes beside the file: its head and the other fields."""
MOST_PARTS = 20
_LARGEST_HEAD = 1024
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=?-]{1,70}", re.ASCII)
_TYPE = re.compile(r"multipart/form-data\s*;\s*boundary=(\"?)([^\";]+)\1\s*", re.IGNORECASE)
_DISPOSITION = re.compile(r'form-data; name="([^"\r\n]{1,100})"(?:; filename="([^"\r\n]{0,500})")?')


class Upload(NamedTuple):
    """A form with files: what was typed, and the bytes of each file by the name of its field.

    A field of a file that nobody chose has no bytes; what a file was called stays unread.
    """

    typed: dict[str, str]
    files: dict[str, bytes]


def parse_upload(content_type: str, body: bytes) -> Upload:
    """The parts of a form's body. Raises Invalid for a body that no browser sends."""
    named = _TYPE.fullmatch(content_type.strip())
    if named is None or not _BOUNDARY.fullmatch(named[2]):
        raise _refused()
    typed: dict[str, str] = {}
    files: dict[str, bytes] = {}
    for name, is_file, content in _parts(body, named[2].encode()):
        if is_file:
            files[name] = content
        else:
            typed[name] = content.decode("utf-8", "replace")
    return Upload(typed, files)


def _parts(body: bytes, boundary: bytes) -> Iterator[tuple[str, bool, bytes]]:
    first, *pieces = (b"\r\n" + body).split(b"\r\n--" + boundary)
    if first or not pieces or pieces[-1].strip(b" \t\r\n") != b"--" or len(pieces) > MOST_PARTS:
        raise _refused()
    for piece in pieces[:-1]:
        head, gap, content = piece.partition(b"\r\n\r\n")
        if not gap or not head.startswith(b"\r\n") or len(head) > _LARGEST_HEAD:
            raise _refused()
        found = _DISPOSITION.fullmatch(_disposition(head))
        if found is None:
            raise _refused()
        yield found[1], found[2] is not None, content


def _disposition(head: bytes) -> str:
    for line in head.decode("utf-8", "replace").split("\r\n"):
        name, _, value = line.partition(":")
        if name.strip().lower() == "content-disposition":
            return value.strip()
    return ""


def _refused() -> Invalid:
    return invalid("", "Send the form as a browser does.")


class Sent(NamedTuple):
    """The body of a form with a file, not yet taken apart; without one where it is too large."""

    content_type: str
    body: bytes | None

    def upload(self) -> Upload | None:
        """What the form holds; None for one that is too large. Raises Invalid."""
        return None if self.body is None else parse_upload(self.content_type, self.body)


def upload_of(largest_file: int) -> Callable[[Request], Awaitable[Sent]]:
    """What reads a form with a file of at most so many bytes."""

    async def sent_upload(request: Request) -> Sent:
        """A form with a file. Raises FromAnotherSite, which is NotAllowed."""
        if from_another_site(request.method, request.headers):
            raise FromAnotherSite("The form was sent from another site, so nothing was saved.")
        content_type = request.headers.get("content-type", "")
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > largest_file + _FIELDS:
                return Sent(content_type, None)
        return Sent(content_type, bytes(body))

    return sent_upload
