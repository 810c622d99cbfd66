"""The reference of the API, open to everybody: it says nothing that is an area's.

Pages are made from the contract that the service itself serves, once for each tag.
"""

import json
from hashlib import sha256
from typing import Any

from fastapi import Request
from markupsafe import Markup
from starlette.responses import Response

from app.errors import NotFound
from app.lazy_routes import page_router
from app.web.deps import signed_in
from app.web.information import FOR_PROGRAMS
from app.web.markdown import html
from app.web.presenters.reference import Reference, slug
from app.web.rendering import fragment, page

router = page_router()
# What was made from the contract of this process: it does not change while the process runs.
_made: dict[str, Any] = {}


@router.get("/reference")
def reference(request: Request) -> Response:
    """What the API is, and its operations by tag."""
    if "" not in _made:
        description = html(request.app.openapi()["info"]["description"])
        content = {"description": description, "tags": _reference(request).tags(), "guides": FOR_PROGRAMS}
        _made[""] = fragment("pages/reference_index.html", content)
    return _page(request, "API reference", _made[""])


@router.get("/reference/openapi.json")
def contract(request: Request) -> Response:
    """The contract itself, for programs and for other viewers."""
    if "openapi.json" not in _made:
        text = json.dumps(request.app.openapi(), ensure_ascii=False, separators=(",", ":"))
        _made["openapi.json"] = text.encode()
    body: bytes = _made["openapi.json"]
    headers = {"ETag": f'"{sha256(body).hexdigest()[:32]}"', "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


@router.get("/reference/problems")
def problems(request: Request) -> Response:
    """Every kind of problem, each under its word."""
    if "problems" not in _made:
        content = {"problems": _reference(request).problems()}
        _made["problems"] = fragment("pages/reference_problems.html", content)
    return _page(request, "Problems", _made["problems"], back=True, is_reference=True)


@router.get("/reference/{name}")
def tagged(request: Request, name: str) -> Response:
    """The operations of one tag."""
    tags = {slug(tag["name"]): tag for tag in request.app.openapi()["tags"]}
    if name not in tags:
        raise NotFound("part of the reference")
    tag = tags[name]
    if name not in _made:
        found = _reference(request)
        content = {
            "description": tag["description"],
            "operations": found.operations(tag["name"]),
            "events": found.events(tag["name"]),
            "shapes": found.shapes(tag["name"]),
        }
        _made[name] = fragment("pages/reference_tag.html", content)
    return _page(request, tag["name"].capitalize(), _made[name], back=True, is_reference=True)


def _reference(request: Request) -> Reference:
    return Reference(request.app.openapi(), lambda value: json.dumps(value, indent=2, ensure_ascii=False))


def _page(
    request: Request, heading: str, body: Markup, *, back: bool = False, is_reference: bool = False
) -> Response:
    content = {
        "section": "",
        "heading": heading,
        "body": body,
        "back": ("API reference", "/reference") if back else None,
        "part_of": "API reference" if is_reference else "",
    }
    return page("pages/reference.html", signed_in(request), content)
