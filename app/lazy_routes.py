"""Routes that are made when they are first asked for.

A route's parameters, models and description take FastAPI milliseconds and memory to work out, and there are
more than 150 routes: all of them together are a quarter of the time until the service answers.
"""

from collections.abc import Callable
from functools import partial, wraps
from inspect import iscoroutinefunction
from threading import RLock
from typing import Any

import anyio
import anyio.to_thread
from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import Match, compile_path
from starlette.types import Scope

from app import engines
from app.errors import Busy

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
WRITERS = engines.POOL_SIZE
"""How many requests may write, or wait for each other to write, at once in this process."""
_turns = anyio.Semaphore(WRITERS, fast_acquire=True)
_threads = anyio.CapacityLimiter(WRITERS)
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
        if not set(self.methods or ()) <= SAFE:
            endpoint = apart_from_reads(endpoint)
        super().__init__(path, endpoint, **options)


def apart_from_reads(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """An endpoint that writes, in a thread beside those that read: who waits for a lock keeps none of them.

    It raises Busy where others who wait have every such thread for as long as a lock is waited for.
    """
    if iscoroutinefunction(endpoint):
        return endpoint

    @wraps(endpoint)
    async def apart(**given: Any) -> Any:
        try:
            with anyio.fail_after(engines.LOCK_WAIT_SECONDS):
                await _turns.acquire()
        except TimeoutError as error:
            raise Busy from error
        try:
            return await anyio.to_thread.run_sync(partial(endpoint, **given), limiter=_threads)
        finally:
            _turns.release()

    return apart


def page_router() -> APIRouter:
    """A router for pages, which are no part of the API's description."""
    return APIRouter(include_in_schema=False, route_class=LazyRoute)
