"""Board reports as files, of a period or of a plan as at any day."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from fastapi import Response

from app.access.roles import Principal
from app.api.deps import READS, AsAt, Reader
from app.api.routing import api_router
from app.clock import today
from app.db import read
from app.models.reports import ReportOfDay
from app.services import report_files

router = api_router("reports")
JSON = "json"
_WHAT = {
    "html": "as a web page that stands alone: no script, and nothing is fetched",
    "pdf": "as a tagged PDF (PDF/UA-1), for printing and for screen readers",
    "docx": "as a Word document with real headings and tables, to paste into a committee's paper",
    "xlsx": "as an Excel workbook: every table on a sheet of its own, and how the figures were made",
}
_OF_PERIOD = (
    "Of a published period it is made of the stored copy, with errata beside it. The figures are those of "
    "`report.json`."
)
_OF_DAY = "As known now; without commentary, which belongs to a period."


def _file(who: Principal, kind: str, **of: Any) -> Response:
    """The content is read in one transaction; the file is made after it has ended."""
    with read(who) as db:
        content, look = report_files.report(db, who, today=today(), **of)
    made = report_files.made(content, look, kind)
    headers = {"content-disposition": f'attachment; filename="{made.name}"'}
    return Response(made.data, media_type=made.media_type, headers=headers)


def _of_period(kind: str) -> Callable[..., Response]:
    def period_report(period_id: UUID, who: Reader) -> Response:
        return _file(who, kind, period_id=period_id)

    return period_report


def _of_plan(kind: str) -> Callable[..., Response]:
    def plan_report(plan_id: UUID, who: Reader, as_at: AsAt = None) -> Response:
        return _file(who, kind, plan_id=plan_id, as_at=as_at)

    return plan_report


def _add(path: str, name: str, kind: str, make: Callable[[str], Callable[..., Response]], words: str) -> None:
    """A route for a format, described as what it answers."""
    media_type = report_files.FORMATS[kind].media_type
    schema = {"type": "string"} if kind == "html" else {"type": "string", "format": "binary"}
    content = {"description": "The report.", "content": {media_type: {"schema": schema}}}
    router.add_api_route(
        f"{path}/report.{kind}",
        make(kind),
        methods=["GET"],
        response_class=Response,
        responses={**READS, 200: content},
        operation_id=f"get_{name}_report_{kind}",
        name=f"get_{name}_report_{kind}",
        summary=f"Get {name.capitalize()} Report As {report_files.FORMATS[kind].label}",
        description=f"The board report {_WHAT[kind]}.\n\n{words}",
    )


for _kind in _WHAT:
    _add("/periods/{period_id}", "period", _kind, _of_period, _OF_PERIOD)
    _add("/plans/{plan_id}", "plan", _kind, _of_plan, _OF_DAY)


@router.get(
    "/plans/{plan_id}/report.json",
    response_model=ReportOfDay,
    responses=READS,
    operation_id="get_plan_report",
)
def get_plan_report(plan_id: UUID, who: Reader, as_at: AsAt = None) -> Response:
    """The content of a plan's board report as at any day: the figures and sentences of every format.

    As known now, with `"published": false` and no period; without commentary, which belongs to one.
    """
    return _file(who, JSON, plan_id=plan_id, as_at=as_at)
