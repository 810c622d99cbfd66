"""Whole plans for other systems, as JSON and as CSV."""

from collections.abc import Callable
from typing import IO, Annotated, Any
from uuid import UUID

from fastapi import Header, Response

from app.access.roles import Principal
from app.api.conditional import matching
from app.api.deps import READS, Reader
from app.api.export_shapes import NAME
from app.api.routing import api_router
from app.clock import moment
from app.db import read
from app.file_answers import FileAnswer, written
from app.services import exports as exports_service
from app.transfer import archive
from app.transfer import json as json_file
from app.transfer.plan_export import Export

router = api_router("plans")
ZIP, JSON = "application/zip", "application/json"
IfNoneMatch = Annotated[str | None, Header(alias="If-None-Match", include_in_schema=False)]


def _contents(media_type: str, schema: dict[str, Any], words: str) -> dict[int | str, dict[str, Any]]:
    return {**READS, 200: {"description": words, "content": {media_type: {"schema": schema}}}}


@router.get(
    "/plans/{plan_id}/export.json",
    response_class=Response,
    responses=_contents(JSON, {"$ref": f"#/components/schemas/{NAME}"}, "The plan."),
    operation_id="export_plan_as_json",
)
def export_plan_as_json(plan_id: UUID, who: Reader, if_none_match: IfNoneMatch = None) -> Response:
    """Everything of a plan: its present facts, every entry that they follow from, and its figures.

    A list of objects for each table, with the columns of `export.zip`; `journal.sequence` is where to go on
    with `GET /changes`. The `ETag` is weak: while nothing changed only `exported_at` would differ.
    """
    return _export(who, plan_id, JSON, "json", json_file.write, if_none_match)


@router.get(
    "/plans/{plan_id}/export.zip",
    response_class=Response,
    responses=_contents(ZIP, {"type": "string", "format": "binary"}, "The archive."),
    operation_id="export_plan_as_csv",
)
def export_plan_as_csv(plan_id: UUID, who: Reader, if_none_match: IfNoneMatch = None) -> Response:
    """The same as CSV: a file for each table, and `csv-metadata.json`, which describes them.

    The files are UTF-8 with a header row, as RFC 4180 says; the description is CSV on the Web: datatypes,
    required columns, primary and foreign keys. They are for programs: text is exactly as it was entered, also
    where it begins with a sign that a spreadsheet would take for a formula.
    """
    return _export(who, plan_id, ZIP, "zip", archive.write, if_none_match)


def _export(
    who: Principal,
    plan_id: UUID,
    media_type: str,
    kind: str,
    write: Callable[[Export, IO[bytes]], None],
    if_none_match: str | None,
) -> Response:
    with read(who) as db:
        export = exports_service.export_plan(db, who, plan_id, at=moment())
        tag = f'"{kind}-{exports_service.digest(export, plan_id)}"'
        if if_none_match and matching(if_none_match.encode("latin-1"), tag.encode()):
            return Response(None, 304, {"etag": f"W/{tag}", "cache-control": "private, no-cache"})
        file = written(lambda file: write(export, file))
    return FileAnswer(file, media_type, export.heading.file_name(kind), f"W/{tag}")
