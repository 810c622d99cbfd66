"""Stylesheets, scripts, the icon and pictures, kept in memory under addresses that change with their content.

An address holds the digest of the content (``/static/<digest>/app.css``), so browsers may keep it for ever.
Scripts share one digest, that of all of them: each finds the others beside it.
"""

import gzip
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from fastapi import Request
from starlette.responses import Response

from app.errors import NotFound
from app.lazy_routes import page_router
from app.reports.folder import STYLES

_FOLDER = Path(__file__).parent / "static"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}
_ONE_YEAR = "public, max-age=31536000, immutable"


class StaticFile(NamedTuple):
    """A file with its digest; ``packed`` is the same content under gzip."""

    content: bytes
    packed: bytes
    media_type: str
    digest: str


def _load() -> dict[str, StaticFile]:
    found = [*_FOLDER.iterdir(), *(_FOLDER / "pictures").glob("*")]
    sources = {path.name: path.read_bytes() for path in found if path.suffix in _TYPES}
    # The service's own styles are kept in parts that a person can read, and sent as one.
    parts = [*sorted((_FOLDER / "css").glob("*.css")), STYLES]
    sources["app.css"] = b"\n".join(part.read_bytes() for part in parts)
    scripts = {path.name: path.read_bytes() for path in sorted((_FOLDER / "js").glob("*.js"))}
    of_scripts = _digest(b"\n".join(scripts.values()))
    return {
        name: StaticFile(
            content=content,
            packed=gzip.compress(content, 9, mtime=0),
            media_type=_TYPES[Path(name).suffix],
            digest=of_scripts if name in scripts else _digest(content),
        )
        for name, content in (sources | scripts).items()
    }


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()[:16]


_FILES = _load()
_ADDRESSES = {name: f"/static/{file.digest}/{name}" for name, file in _FILES.items()}

router = page_router()


def address(name: str) -> str:
    """The address of a static file. Raises KeyError for a name that does not exist."""
    return _ADDRESSES[name]


@router.get("/static/{digest}/{name}")
async def static_file(request: Request, digest: str, name: str) -> Response:
    """A static file; an address with an old digest is not found, so that nothing stale is kept for ever."""
    file = _FILES.get(name)
    if file is None or file.digest != digest:
        raise NotFound("file")
    headers = {"Cache-Control": _ONE_YEAR, "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(
            file.packed, media_type=file.media_type, headers={**headers, "Content-Encoding": "gzip"}
        )
    return Response(file.content, media_type=file.media_type, headers=headers)
