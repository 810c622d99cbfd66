"""Whether the service lives, and whether it is ready for requests. For machines; not part of the API."""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic_core import to_jsonable_python
from sqlalchemy.exc import SQLAlchemyError

from app import clock, db, migrations
from app.services import readiness

HEAD = migrations.head()
UNREACHABLE = {"database": "unreachable", "migration": None, "worker": None}
BEHIND = {"database": "ok", "migration": "behind", "worker": None}
router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def lives() -> Response:
    """200 as long as the process answers."""
    return JSONResponse({"status": "ok"}, headers={"cache-control": "no-store"})


@router.get("/readyz")
def is_ready() -> Response:
    """200 when the database answers and is migrated as far as this version needs it, else 503.

    A worker that is late or missing does not make it unready: pages and API do without.
    """
    found = _found()
    ready = found["migration"] == "ok"
    return JSONResponse(
        to_jsonable_python(found), 200 if ready else 503, headers={"cache-control": "no-store"}
    )


def _found() -> dict[str, Any]:
    try:
        if not db.is_ready():
            return UNREACHABLE
    except SQLAlchemyError:
        return UNREACHABLE
    try:
        with db.read(None) as connection:
            return {"database": "ok", **readiness.state(connection, HEAD, clock.now())}
    except SQLAlchemyError:
        return BEHIND  # it answers, but has no tables
