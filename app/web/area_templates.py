"""Pages of an area's own template for reports in Word, for admins: choose it, download it, take it away."""

from typing import Annotated

from fastapi import Depends
from sqlalchemy import Connection
from starlette.responses import Response

from app import db
from app.access.roles import Operation
from app.errors import Invalid, NotFound, PreconditionFailed
from app.lazy_routes import page_router
from app.reports.word_templates import LARGEST_FILE, TOO_LARGE
from app.services import access, area_settings, report_files
from app.web.deps import Present, SentForm
from app.web.file_forms import STALE, file_page, removal_page, remove, settings_of
from app.web.forms import Form
from app.web.presenters import area_settings as presenter
from app.web.rendering import see_other
from app.web.uploads import Sent, upload_of

router = page_router()
_ACCEPT = ".docx,.dotx"
_NOTHING = "Choose a Word document (.docx) or template (.dotx)"


@router.get("/admin/area/template")
def template_form(visit: Present) -> Response:
    """The form that takes a file."""
    return file_page(visit, presenter.template_form(), settings_of(visit), accept=_ACCEPT)


@router.post("/admin/area/template")
def save_template(visit: Present, sent: Annotated[Sent, Depends(upload_of(LARGEST_FILE))]) -> Response:
    """Take a template that reports can go into."""
    shown, settings, upload = presenter.template_form(), settings_of(visit), sent.upload()
    if upload is None:
        return file_page(visit, shown, settings, TOO_LARGE, accept=_ACCEPT)
    file = upload.files.get("template", b"")
    if not file:
        return file_page(visit, shown, settings, _NOTHING, accept=_ACCEPT)
    from app.reports import word  # what a report is made with, which other pages need not have

    try:
        template = word.read_template(file)
    except Invalid as refused:
        return file_page(visit, shown, settings, refused.detail, accept=_ACCEPT)
    try:
        with db.write(visit.who) as connection:
            version = Form(upload.typed).number("version", "The version") or 0
            area_settings.set_template(connection, visit.who, visit.at, template, version=version)
    except PreconditionFailed as stale:
        if stale.current["template_digest"] != template.digest:
            return file_page(visit, shown, stale.current, STALE, accept=_ACCEPT, status=409)
    return see_other(shown.saved)


@router.get("/admin/area/template.docx")
def template_file(visit: Present) -> Response:
    """The template that is in use."""
    access.require(visit.who, Operation.administer)
    with db.read(visit.who) as connection:
        content = area_settings.template(connection, visit.who)
    if not content:
        raise NotFound("template")
    headers = {"content-disposition": 'attachment; filename="template.docx"', "cache-control": "no-store"}
    return Response(content, media_type=report_files.FORMATS["docx"].media_type, headers=headers)


@router.get("/admin/area/template/remove")
def removal_form(visit: Present) -> Response:
    """Asks whether the template is to go."""
    return removal_page(visit, presenter.template_removal_form())


@router.post("/admin/area/template/remove")
def remove_template(visit: Present, sent: SentForm) -> Response:
    """Take the template away."""

    def take(connection: Connection, version: int) -> None:
        area_settings.set_template(connection, visit.who, visit.at, None, version=version)

    return remove(visit, presenter.template_removal_form(), sent, take)
