"""ETags: how an answer gets one, and whether that of a reader still stands (RFC 9110, section 13)."""

import hashlib
import re
from typing import Any

_TAG = re.compile(rb'(?:W/)?("[^"]*")')
_GZIP = b'-gzip"'
_SENT = r'(?:W/)?(?:"[^"]+"|[0-9])[^",]*'
"""An ETag in ``If-Match``; that of a record is taken without its quotes, too."""
_LISTED = re.compile(rf"\s*{_SENT}(?:,\s*{_SENT})*")


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


def version_named(if_match: str) -> int | None:
    """The version that a change is meant for; None where this holds no ETag at all, or anything else.

    The highest of several: versions only rise, so that of those before none can still stand. A tag that is no
    version of a record matches none: -1.
    """
    if not _LISTED.fullmatch(if_match):
        return None
    return max(_version(tag) for tag in re.findall(_SENT, if_match))


def _version(tag: str) -> int:
    # What stands after a dot tells apart answers that show more than the record of this version.
    plain = tag.strip().removeprefix("W/").strip('"').partition(".")[0]
    return int(plain) if plain.isdecimal() and plain.isascii() and len(plain) < 10 else -1


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
