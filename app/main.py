"""Composes the web application: the gate, the API, the pages, errors and logs."""

import gc
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

import anyio.to_thread
from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils import uuid7

from app import db
from app.api import compression, contract, health, metrics, oauth, problems
from app.api.gate import Gate
from app.api.v1 import (
    actions,
    areas,
    bulk,
    by_ref,
    cadences,
    changes,
    commentaries,
    comparisons,
    controls,
    data_quality,
    errata,
    exports,
    management_actions,
    people,
    periods,
    plans,
    priorities,
    publications,
    reconciliations,
    registers,
    reports,
    risks,
    schedule_runs,
    schedules,
    webhooks,
)
from app.clock import now
from app.config import settings
from app.engines import is_lock
from app.errors import Busy, ServiceError
from app.logs import log, request_line
from app.web.errors import answer as error_page
from app.web.headers import SecurityHeaders
from app.web.packing import PackedPages
from app.web.pages import add_pages

LARGEST_BODY, LARGEST_BULK = 1_000_000, 5_000_000
_BULK = "/api/v1/bulk"
_API = ("/api/", "/oauth/", "/healthz", "/readyz", "/metrics")
ROUTERS = (
    health.router,
    metrics.router,
    oauth.router,
    areas.router,
    people.router,
    plans.router,
    comparisons.router,
    priorities.router,
    actions.router,
    by_ref.router,
    bulk.router,
    registers.router,
    risks.router,
    controls.router,
    management_actions.router,
    data_quality.router,
    periods.router,
    cadences.router,
    commentaries.router,
    errata.router,
    publications.router,
    reports.router,
    reconciliations.router,
    schedules.router,
    schedule_runs.router,
    webhooks.router,
    changes.router,
    exports.router,
)


class _Application(FastAPI):
    """FastAPI with our own description of the API."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = contract.describe(self)
        return self.openapi_schema


class RequestLog:
    """One line of JSON a request. The route is logged, never the address: it may hold a one-time link."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Give the request an id, pass it on and log how it ended."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = str(uuid7())
        began = time.perf_counter()
        status, started = 500, False

        async def send_on(message: Message) -> None:
            nonlocal status, started
            if message["type"] == "http.response.start":
                status, started = message["status"], True
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self.app(scope, receive, send_on)
        except Exception as error:
            log.exception("request failed", request_id=request_id)
            if not started:
                failed = await _failed(Request(scope), error)
                await failed(scope, receive, send_on)
        finally:
            who = scope.get("state", {}).get("who")
            request_line(
                now(),
                request_id=request_id,
                method=scope["method"],
                route=getattr(scope.get("route"), "path", None),
                status=status,
                milliseconds=round((time.perf_counter() - began) * 1000, 1),
                area_id=who.area_id if who else None,
            )


class BodyLimit:
    """Refuses a body over 1 MB, of a bulk over 5 MB.

    Starlette's own limiter would answer in plain text, not as a problem.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse by the announced length at once, and by the real one while it is read."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        largest = LARGEST_BULK if scope["path"] == _BULK else LARGEST_BODY
        announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if announced.isdigit() and int(announced) > largest:
            refusal = await _failed(Request(scope), HTTPException(413))
            await refusal(scope, receive, send)
            return
        size = 0

        async def receive_counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > largest:
                raise HTTPException(413)
            return message

        await self.app(scope, receive_counted, send)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    # More threads than cores only wait for each other: Python runs one at a time.
    anyio.to_thread.current_default_thread_limiter().total_tokens = max(2, os.cpu_count() or 2)
    opened = not db.is_open()
    if opened:
        db.open(settings().database_url)
    # An answer of 100 rows makes tens of thousands of objects and no circles: look for those less often.
    gc.set_threshold(50_000, 20, 20)
    gc.freeze()  # what was imported stays: collecting garbage need not look at it again
    yield
    await db.close_lookup()
    if opened:
        db.close()


async def _failed(request: Request, error: Exception) -> Response:
    """Any error as a problem of the API or as a page, by the door that it came through."""
    if isinstance(error, OperationalError):
        if not is_lock(error):
            raise error  # answered as one that nobody can help, with its trace in the log
        error = Busy()
    if request.url.path.startswith(_API):
        return problems.render(request, error)
    # It may look up what somebody typed: not on the event loop.
    return await run_in_threadpool(error_page, request, error)


def create_app() -> FastAPI:
    """The whole web application; the database is opened when it starts."""
    app = _Application(
        title="SEND improvement plan tracker",
        version=version("send-tracker"),
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        # An address with one slash too many is unknown: a redirect would be built from the Host header.
        redirect_slashes=False,
        # Nothing leaves the service because of a variable in its environment.
        telemetry={"auto_configure": False, "tracing": False, "metrics": False, "logs": False},
    )
    for router in ROUTERS:
        # Not include_router: it tries the routes of each router before the right one twice for each request.
        app.router.routes.extend(router.routes)
    add_pages(app)
    for kind in (ServiceError, HTTPException, RequestValidationError, OperationalError):
        app.add_exception_handler(kind, _failed)
    # The last one added is the outermost.
    app.add_middleware(PackedPages, takes_gzip=compression.takes_gzip)
    app.add_middleware(BodyLimit)
    app.add_middleware(Gate)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestLog)
    return app
