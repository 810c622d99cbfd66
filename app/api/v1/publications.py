"""Publishing a period, its report, and the proof that it is what the entries gave."""

import hashlib
import json
from uuid import UUID

from fastapi import Response

from app.api.deps import READS, Editor, Fields, Reader, Version, answer, created, errors
from app.api.routing import api_router
from app.clock import moment, today
from app.db import read, write
from app.models.periods import PublicationRead
from app.models.reports import PeriodDifferences, PeriodReplay, ReportRead
from app.services import publications as publications_service
from app.services import report_files

router = api_router("periods")


@router.post(
    "/periods/{period_id}/publication",
    status_code=201,
    response_model=PublicationRead,
    responses=errors(404, 409, 412, 422, 428),
    operation_id="publish_period",
)
def publish_period(period_id: UUID, who: Editor, version: Version) -> Response:
    """Freeze the period: figures, texts, matrix and thresholds. It cannot be undone.

    From then on `report.json` answers the same bytes for ever. `If-Match` takes the period's ETag. 409 when
    it is published already; 422 before its last day, and while actions are on target although overdue
    without a reason (the error names them).
    """
    with write(who) as db:
        found = publications_service.publish(db, who, moment(), period_id, version=version)
    return created(PublicationRead, found, f"periods/{period_id}/report.json")


@router.get(
    "/periods/{period_id}/report.json",
    response_model=ReportRead,
    responses=READS,
    operation_id="get_period_report",
)
def get_period_report(period_id: UUID, who: Reader) -> Response:
    """The content of the period's board report.

    Of a published period the bytes that were stored, whatever was edited since; the ETag is their SHA-256.
    Of any other the content as it would be published now, with `"published": false`.
    """
    with read(who) as db:
        body = publications_service.report(db, who, period_id, today=today())
    headers = {
        "etag": f'"{hashlib.sha256(body).hexdigest()}"',
        "content-disposition": f'attachment; filename="{report_files.name_of(json.loads(body), "json")}"',
    }
    return Response(body, media_type="application/json", headers=headers)


@router.get(
    "/periods/{period_id}/differences",
    response_model=PeriodDifferences,
    responses=READS,
    operation_id="get_period_differences",
)
def get_period_differences(period_id: UUID, who: Reader, fields: Fields = None) -> Response:
    """Where the last day of a published period, as known now, differs from what was published, and why.

    404 for a period that is not published.
    """
    with read(who) as db:
        found = publications_service.differences(db, who, period_id, today=today())
    return answer(PeriodDifferences, found, fields=fields)


@router.get(
    "/periods/{period_id}/replay",
    response_model=PeriodReplay,
    responses=READS,
    operation_id="replay_period",
)
def replay_period(period_id: UUID, who: Reader, fields: Fields = None) -> Response:
    """Whether the entries recorded before publishing give every figure and flag that was published.

    404 for a period that is not published.
    """
    with read(who) as db:
        found = publications_service.replayed(db, who, period_id)
    return answer(PeriodReplay, found, fields=fields)
