"""Routes that are made when they are first asked for.

A route's parameters, models and description take FastAPI milliseconds and memory to work out, and there are
more than 150 routes: all of them together are a quarter of the time until the service answers.
"""

from collections.abc import Callable
from threading import RLock
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import Match, compile_path
from starlette.types import Scope

# Two requests may ask at once, each in its thread: the second waits until a route is whole.
_making = RLock()


class LazyRoute(APIRoute):
    """A route that knows its address and methods, and works out all else when that is first looked at."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        self.declared: tuple[str, Callable[..., Any], dict[str, Any]] | None = (path, endpoint, options)
        self.path, self.endpoint = path, endpoint
        self.name = options.get("name") or endpoint.__name__
        self.methods = {method.upper() for method in options.get("methods") or ("GET",)}
        self.path_regex, self.path_format, self.param_convertors = compile_path(path)
        self.beginning = path.partition("{")[0]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As any route; but most of 300 begin otherwise, which takes a tenth of their patterns' time."""
        if not scope.get("root_path") and not scope["path"].startswith(self.beginning):
            return Match.NONE, {}
        return super().matches(scope)

    def __getattr__(self, name: str) -> Any:
        """What is not there yet: the first time, everything else is made."""
        with _making:
            declared = self.__dict__.get("declared")
            if declared is not None:
                self.declared = None
                path, endpoint, options = declared
                self.make(path, endpoint, **options)
            return object.__getattribute__(self, name)

    def make(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Work out everything about the route."""
        super().__init__(path, endpoint, **options)


def page_router() -> APIRouter:
    """A router for pages, which are no part of the API's description."""
    return APIRouter(include_in_schema=False, route_class=LazyRoute)
