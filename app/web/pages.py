"""All pages of the service, added to the application in one call. Their errors are in ``errors``."""

from fastapi import FastAPI

from app.web import (
    account,
    actions,
    changes,
    information,
    overview,
    plans,
    reconciliation,
    registers,
    risks,
    static_files,
)

ROUTERS = (
    static_files.router,
    account.router,
    information.router,
    overview.router,
    plans.router,
    actions.router,
    registers.router,
    risks.router,
    changes.router,
    reconciliation.router,
)


def add_pages(app: FastAPI) -> None:
    """Add the pages. Each router is included once: nesting costs 100 microseconds a level and request."""
    for router in ROUTERS:
        app.router.routes.extend(router.routes)
