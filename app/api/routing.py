"""The routers of the API: what every route has in common is said here, once."""

import warnings
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi._compat import ModelField
from pydantic.warnings import UnsupportedFieldAttributeWarning

from app.api import bodies, deprecation, once
from app.api.deps import errors, known_parameters
from app.api.queries import described
from app.lazy_routes import LazyRoute

PREFIX = "/api/v1"
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Route(LazyRoute):
    """A route of the API.

    A body is read strictly; a POST may be sent with an Idempotency-Key, and its endpoint must be a plain
    function that returns a Response; a deprecated route says so on each of its answers.
    """

    def make(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Work out everything about the route."""
        methods: Sequence[str] = list(options.pop("methods"))
        self.repeatable = "POST" in methods
        extra: dict[str, Any] = described(options.pop("openapi_extra", None) or {})
        if self.repeatable:
            endpoint = once.keeping(endpoint)
            extra = {**extra, "parameters": [*extra.get("parameters", ()), once.PARAMETER]}
        super().make(path, endpoint, methods=methods, openapi_extra=extra or None, **options)
        shared = {409, 422} if self.repeatable else set()
        if self.body_field:
            _build(self.body_field)
            shared |= {400, 413, 415, 422}
        self.responses = {**errors(*shared), **self.responses}
        if announced := deprecation.headers_of(extra):
            self.app = deprecation.Announced(self.app, announced)

    def get_route_handler(self) -> Handler:
        """What answers a request: as FastAPI does, with the body read by us, and once for a key."""
        answer = super().get_route_handler()
        reads, repeatable = self.body_field is not None, self.repeatable

        async def answered(request: Request) -> Response:
            read = await bodies.read(request) if reads else request
            asked = await once.asked_for(read) if repeatable else None
            if asked is None:
                return await answer(read)
            with once.asking(asked):
                return await answer(read)

        return answered if reads or repeatable else answer


def _build(body: ModelField) -> None:
    """Build what validates a body: at its first use Pydantic would warn of what FastAPI does on purpose."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnsupportedFieldAttributeWarning)
        body._type_adapter.rebuild()


def api_router(tag: str) -> APIRouter:
    """A router for the routes of one noun, listed under ``tag`` in the description."""
    return APIRouter(prefix=PREFIX, tags=[tag], dependencies=[Depends(known_parameters)], route_class=Route)
