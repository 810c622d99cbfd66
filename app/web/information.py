"""Help: what words and figures mean. Open to everybody, signed in or not."""

from fastapi import Request
from starlette.responses import Response

from app.lazy_routes import page_router
from app.plans.statuses import STATUS_LABELS
from app.web.deps import signed_in
from app.web.presenters.actions import FLAG_LABELS
from app.web.rendering import page

router = page_router()


@router.get("/help")
async def help_page(request: Request) -> Response:
    """What the words and figures mean."""
    content = {"section": "", "heading": "Help", "statuses": STATUS_LABELS, "flags": FLAG_LABELS}
    return page("pages/help.html", signed_in(request), content)
