"""Pages of an area's settings, for admins: name, colours and logo."""

from typing import Annotated

from fastapi import Depends
from sqlalchemy import Connection
from starlette.responses import Response

from app import db
from app.access.roles import Operation
from app.errors import PreconditionFailed
from app.lazy_routes import page_router
from app.models.area_settings import AreaLook
from app.services import access, images
from app.services import area_settings as settings_service
from app.web import record_forms
from app.web.deps import Present, SentForm
from app.web.file_forms import STALE, file_page, removal_page, remove, settings_of
from app.web.forms import Form, filled
from app.web.presenters import area_settings as presenter
from app.web.rendering import page, see_other
from app.web.uploads import Sent, upload_of

router = page_router()
_ACCEPT = "image/png,image/jpeg"
_NOTHING = "Choose a PNG or JPEG file"
_TOO_LARGE = f"Choose a smaller file: at most {images.LARGEST_FILE // 1024} kB"


@router.get("/admin/area")
def settings_page(visit: Present, said: str = "") -> Response:
    """Name, colours and logo as they are; ``said`` is what has just been done."""
    content = presenter.settings_page(settings_of(visit), said)
    return page("pages/area_settings.html", visit.who, content)


@router.get("/admin/area/edit")
def look_form(visit: Present) -> Response:
    """The form of name and colours."""
    shown, settings = presenter.look_form(), settings_of(visit)
    form = record_forms.sent(shown.fields, record_forms.typed_of(shown.fields, settings))
    return record_forms.form_page(visit, shown, form)


@router.post("/admin/area/edit")
def change_look(visit: Present, sent: SentForm) -> Response:
    """Save name and colours. Colours in which text could not be read are refused."""
    access.require(visit.who, Operation.administer)
    shown = presenter.look_form()
    form = record_forms.sent(shown.fields, sent)
    body = filled(AreaLook, record_forms.stated(shown.fields, form), form)

    def work(connection: Connection, body: AreaLook) -> str:
        version = record_forms.version_of(form)
        settings_service.change_look(connection, visit.who, visit.at, body, version=version)
        return shown.saved

    return record_forms.save(visit, shown, form, body, work)


# --- The logo ---------------------------------------------------------------------------------------------


@router.get("/admin/area/logo")
def logo_form(visit: Present) -> Response:
    """The form that takes a file."""
    return file_page(visit, presenter.logo_form(), settings_of(visit), accept=_ACCEPT)


@router.post("/admin/area/logo")
def save_logo(visit: Present, sent: Annotated[Sent, Depends(upload_of(images.LARGEST_FILE))]) -> Response:
    """Take a picture, known by its content, and put it on every page."""
    shown, settings, upload = presenter.logo_form(), settings_of(visit), sent.upload()
    if upload is None:
        return file_page(visit, shown, settings, _TOO_LARGE, accept=_ACCEPT)
    file = upload.files.get("logo", b"")
    if not file:
        return file_page(visit, shown, settings, _NOTHING, accept=_ACCEPT)
    try:
        image = images.read_image(file)
    except images.NoImage as refused:
        return file_page(visit, shown, settings, str(refused), accept=_ACCEPT)
    try:
        with db.write(visit.who) as connection:
            version = Form(upload.typed).number("version", "The version") or 0
            settings_service.set_logo(connection, visit.who, visit.at, image, version=version)
    except PreconditionFailed as stale:
        if stale.current["logo_digest"] != image.digest:
            return file_page(visit, shown, stale.current, STALE, accept=_ACCEPT, status=409)
    return see_other(shown.saved)


@router.get("/admin/area/logo/remove")
def remove_form(visit: Present) -> Response:
    """Asks whether the logo is to go."""
    return removal_page(visit, presenter.remove_form())


@router.post("/admin/area/logo/remove")
def remove_logo(visit: Present, sent: SentForm) -> Response:
    """Take the logo away."""

    def take(connection: Connection, version: int) -> None:
        settings_service.set_logo(connection, visit.who, visit.at, None, version=version)

    return remove(visit, presenter.remove_form(), sent, take)
