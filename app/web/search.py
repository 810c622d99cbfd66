"""The page that shows what a search finds."""

from fastapi import Request
from starlette.responses import Response

from app import db
from app.lazy_routes import page_router
from app.services import search as search_service
from app.web.deps import Present
from app.web.downloads import download, download_asked
from app.web.presenters.other_sheets import search_sheet
from app.web.presenters.search import group_asked, search_page
from app.web.rendering import page

router = page_router()


@router.get("/search")
def search(request: Request, visit: Present) -> Response:
    """What is found for ``q`` by group; ``in`` names a group that is asked for by itself."""
    asked = search_service.question(request.query_params.get("q", ""))
    only = group_asked(request.query_params.get("in", ""))
    kind = download_asked(request.query_params)
    limit = search_service.ALL if only or kind else search_service.FIRST
    with db.read(visit.who) as connection:
        found = search_service.search(connection, visit.who, asked, only=only, limit=limit)
    content = search_page(asked, found, only, today=visit.at.today)
    if kind:
        rows = [(section, hit) for section in content["sections"] for hit in section.hits]
        return download(visit, kind, search_sheet(asked.typed), rows)
    return page("pages/search.html", visit.who, content)
