"""Help: what words and figures mean. Open to everybody, signed in or not."""

from fastapi import Request
from starlette.responses import Response

from app.lazy_routes import page_router
from app.plans.statuses import STATUS_LABELS
from app.web.deps import signed_in
from app.web.presenters.actions import FLAG_LABELS
from app.web.rendering import page

router = page_router()
SHORTCUTS = (
    (("/",), "search"),
    (("?",), "this list"),
    (("g", "o"), "overview"),
    (("g", "m"), "my actions"),
    (("g", "p"), "plans"),
    (("g", "r"), "risk registers"),
    (("g", "b"), "board periods"),
    (("g", "c"), "what changed"),
    (("g", "d"), "data quality"),
    (("u",), "update the action that is shown"),
    (("a",), "assess the risk that is shown"),
    (("e",), "edit what is shown"),
)
"""Keys of static/js/shortcuts.js, and what each does where the page offers it."""


@router.get("/help")
async def help_page(request: Request) -> Response:
    """What the words and figures mean."""
    content = {
        "section": "",
        "heading": "Help",
        "statuses": STATUS_LABELS,
        "flags": FLAG_LABELS,
        "shortcuts": SHORTCUTS,
    }
    return page("pages/help.html", signed_in(request), content)
