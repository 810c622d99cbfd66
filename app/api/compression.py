"""Compressed answers: gzip where the reader says that it takes it.

Only answers to a bearer token are compressed here, and nothing in them is secret from who holds it. Pages
are packed on their own (``app/web/packing.py``): what a stranger makes a reader's browser ask for must not
tell by its length what is on a page (BREACH).
"""

import re
import zlib
from functools import lru_cache

SMALLEST = 1024
"""Shorter answers fit one packet either way."""
LEVEL = 3
"""Measured on 79 kB of actions: 275 us for 8.8 kB. Level 1: 300 us for 9.2 kB; level 6: 920 us for 7.6 kB."""
IN_A_THREAD = 64 * 1024
"""Longer answers are compressed in a thread: the event loop would stand for longer than a hop takes."""
GZIP = 31  # for zlib: a gzip header and trailer around the largest window
_CODING = re.compile(r"\s*([\w*+.-]+)\s*(?:;\s*q\s*=\s*([0-9.]+)\s*)?$", re.ASCII)
_TEXT = re.compile(rb"text/|application/(?:[\w.-]+\+)?(?:json|xml)\b")


@lru_cache(maxsize=64)
def takes_gzip(accepted: bytes) -> bool:
    """Whether an ``Accept-Encoding`` asks for gzip (RFC 9110, section 12.5.3). What cannot be read does not.

    Only where it is preferred to the plain answer, or as welcome.
    """
    weights: dict[str, float] = {}
    for part in accepted.decode("latin-1").lower().split(","):
        found = _CODING.match(part)
        if found is None:
            continue
        try:
            weights[found[1]] = float(found[2] or 1)
        except ValueError:
            continue
    every = weights.get("*", 0)
    gzip = weights.get("gzip", weights.get("x-gzip", every))
    return gzip > 0 and gzip >= weights.get("identity", 0)


def is_text(media_type: bytes) -> bool:
    """Whether answers of this type shrink: JSON in all its kinds, and text."""
    return _TEXT.match(media_type) is not None


def compressed(body: bytes) -> bytes:
    """The whole of an answer under gzip."""
    return zlib.compress(body, LEVEL, GZIP)


class Stream:
    """An answer under gzip, piece by piece."""

    def __init__(self) -> None:
        self._packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)

    def add(self, piece: bytes, *, is_last: bool) -> bytes:
        """What can be sent of all pieces so far; may be empty."""
        found = self._packer.compress(piece)
        return found + self._packer.flush() if is_last else found
