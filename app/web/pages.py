"""All pages of the service, and errors as pages, added to the application in one call."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.errors import ServiceError
from app.web import account, actions, information, overview, plans, registers, risks, static_files
from app.web.errors import answer

ROUTERS = (
    static_files.router,
    account.router,
    information.router,
    overview.router,
    plans.router,
    actions.router,
    registers.router,
    risks.router,
)
_NOT_PAGES = ("/api", "/oauth", "/healthz", "/readyz", "/metrics")
_ERRORS = (ServiceError, HTTPException, RequestValidationError, Exception)
Handler = Callable[[Request, Any], Response | Awaitable[Response]]


def add_pages(app: FastAPI) -> None:
    """Add the pages. To be called after the API set its error handlers, which keep its addresses."""
    for router in ROUTERS:
        app.include_router(router)
    for error in _ERRORS:
        app.add_exception_handler(error, _handler(app.exception_handlers.get(error)))


def is_page(path: str) -> bool:
    """Whether an address belongs to people, so that its errors are pages."""
    return not any(path == start or path.startswith(f"{start}/") for start in _NOT_PAGES)


def _handler(of_programs: Handler | None) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handle(request: Request, error: Exception) -> Response:
        if of_programs is None or is_page(request.url.path):
            return answer(request, error)
        answered = of_programs(request, error)
        return answered if isinstance(answered, Response) else await answered

    return handle
