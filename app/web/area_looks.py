"""The style sheet and the logo of an area. Both have addresses that change with what they show."""

from fastapi import Request
from starlette.responses import Response

from app import db
from app.errors import NotFound
from app.lazy_routes import page_router
from app.models.looks import Look, style_sheet
from app.services import area_settings
from app.web.deps import Present
from app.web.looks import SHEETS

router = page_router()
_ENDING = ".css"
_FOR_EVER = "max-age=31536000, immutable"


@router.get("/looks/{digest}/{name}")
async def colours(request: Request, digest: str, name: str) -> Response:
    """The style sheet of the colours that stand in its address. It says nothing of an area."""
    look = Look.read(name.removesuffix(_ENDING)) if name.endswith(_ENDING) else None
    if look is None or digest != SHEETS:
        raise NotFound("style sheet")
    return Response(
        style_sheet(look),
        media_type="text/css; charset=utf-8",
        headers={"Cache-Control": f"public, {_FOR_EVER}"},
    )


@router.get("/logos/{logo}")
def logo(visit: Present, logo: str) -> Response:
    """The logo of the visitor's area; an address with another digest is not found."""
    with db.read(visit.who) as connection:
        content, media_type = area_settings.logo(connection, visit.who, logo)
    return Response(content, media_type=media_type, headers={"Cache-Control": f"private, {_FOR_EVER}"})
