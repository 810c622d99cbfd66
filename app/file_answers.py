"""Answers that are files: written while the transaction is open, sent when it is closed."""

from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from typing import IO

from fastapi import Response
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

IN_MEMORY = 4_000_000
"""Bytes; a larger file is kept on the disk until it is sent."""
_PIECE = 256 * 1024


def new_file() -> IO[bytes]:
    """A file to write an answer into: in memory while it is small. It is gone when it is closed."""
    return SpooledTemporaryFile(IN_MEMORY)


def written(write: Callable[[IO[bytes]], None]) -> IO[bytes]:
    """A new file with what ``write`` writes into it; closed where that fails."""
    file = new_file()
    try:
        write(file)
    except BaseException:
        file.close()
        raise
    return file


class FileAnswer(Response):
    """200 with a file, a piece at a time, closed at the end however that comes.

    A reader who is slow holds no transaction: the file is whole. ``name`` is for who keeps it.
    """

    def __init__(self, file: IO[bytes], media_type: str, name: str, etag: str = "") -> None:
        headers = {
            "content-disposition": f'attachment; filename="{name}"',
            "content-length": str(file.tell()),
            # What has no tag is personal and of the moment: nobody keeps it.
            **({"etag": etag} if etag else {"cache-control": "no-store"}),
        }
        super().__init__(None, headers=headers, media_type=media_type)
        self.file = file
        file.seek(0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file. Each piece says that more follows, so that nobody keeps the whole of it."""
        try:
            await send(
                {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
            )
            while piece := await run_in_threadpool(self.file.read, _PIECE):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self.file.close()
