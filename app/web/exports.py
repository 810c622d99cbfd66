"""A whole plan as a file, for people: the same bytes as the API answers to a program with a token."""

from collections.abc import Callable
from typing import IO
from uuid import UUID

from starlette.responses import Response

from app import db
from app.file_answers import FileAnswer, written
from app.lazy_routes import page_router
from app.services import exports as exports_service
from app.transfer import archive
from app.transfer import json as json_file
from app.transfer.plan_export import Export
from app.web.deps import Present
from app.web.visits import Visit

router = page_router()


@router.get("/plans/{plan_id}/export.json")
def as_json(visit: Present, plan_id: UUID) -> Response:
    """Everything of a plan as at today, as JSON."""
    return _export(visit, plan_id, "application/json", "json", json_file.write)


@router.get("/plans/{plan_id}/export.zip")
def as_csv(visit: Present, plan_id: UUID) -> Response:
    """The same as CSV: a file for each table, in an archive."""
    return _export(visit, plan_id, "application/zip", "zip", archive.write)


def _export(
    visit: Visit, plan_id: UUID, media_type: str, kind: str, write: Callable[[Export, IO[bytes]], None]
) -> Response:
    with db.read(visit.who) as connection:
        export = exports_service.export_plan(connection, visit.who, plan_id, at=visit.at)
        file = written(lambda file: write(export, file))
    return FileAnswer(file, media_type, export.heading.file_name(kind))
