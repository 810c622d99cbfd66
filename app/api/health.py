"""Whether the service lives, and whether it is ready for requests. For machines; not part of the API."""

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError

from app import db

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def lives() -> Response:
    """200 as long as the process answers."""
    return JSONResponse({"status": "ok"}, headers={"cache-control": "no-store"})


@router.get("/readyz")
def is_ready() -> Response:
    """200 when the database answers, else 503."""
    try:
        ready = db.is_ready()
    except SQLAlchemyError:
        ready = False
    content = {"database": "ok" if ready else "unreachable"}
    return JSONResponse(content, 200 if ready else 503, headers={"cache-control": "no-store"})
