"""The routers of the API: what every route has in common is said here, once."""

from fastapi import APIRouter, Depends
from fastapi.routing import APIRoute

from app.api.deps import known_parameters

PREFIX = "/api/v1"


class Route(APIRoute):
    """A route of the API."""


def api_router(tag: str) -> APIRouter:
    """A router for the routes of one noun, listed under ``tag`` in the description."""
    return APIRouter(prefix=PREFIX, tags=[tag], dependencies=[Depends(known_parameters)], route_class=Route)
