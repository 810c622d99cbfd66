"""ETags: how an answer gets one, and whether that of a reader still stands (RFC 9110, section 13)."""

import hashlib
import re
from typing import Any

_TAG = re.compile(rb'(?:W/)?("[^"]*")')
_GZIP = b'-gzip"'


def etag_of(body: bytes, version: int | None = None) -> str:
    """The ETag of these bytes: a digest, after the version and a dot where they show a record.

    A record's answer also shows what follows from other records and from the day, so that its version alone
    would call different answers the same. ``If-Match`` compares the version (app.api.deps).
    """
    digest = hashlib.sha256(body).hexdigest()
    return f'"{digest[:32]}"' if version is None else f'"{version}.{digest[:16]}"'


def version_in(data: Any) -> int | None:
    """The version of a present record; None of everything else."""
    return data["version"] if isinstance(data, dict) and "version" in data else None


def packed(tag: bytes) -> bytes:
    """The ETag of the same answer under gzip: other bytes need another strong one."""
    return tag.removesuffix(b'"') + _GZIP


def matching(if_none_match: bytes, tag: bytes) -> bytes | None:
    """The ETag with which to answer 304: the one that the reader has, if it still stands; else None.

    Compared weakly, as GET asks for, with and without gzip: the content is the same.
    """
    if if_none_match == tag or if_none_match.strip() == b"*":
        return tag
    plain = _plain(tag)
    return next((one for one in _TAG.findall(if_none_match) if _plain(one) == plain), None)


def _plain(tag: bytes) -> bytes:
    return tag.removesuffix(_GZIP).removesuffix(b'"')
