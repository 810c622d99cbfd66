"""Pages of an area's settings, for admins: name, colours and logo."""

from typing import Any

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
from app.web.forms import Form, filled
from app.web.presenters import area_settings as presenter
from app.web.rendering import page, see_other
from app.web.uploads import SentUpload
from app.web.visits import Visit

router = page_router()
_STALE = "Somebody changed the settings meanwhile. Choose the file again to save it over theirs"
_NOTHING = "Choose a PNG or JPEG file"
_TOO_LARGE = f"Choose a smaller file: at most {images.LARGEST_FILE // 1024} kB"


@router.get("/admin/area")
def settings_page(visit: Present, said: str = "") -> Response:
    """Name, colours and logo as they are; ``said`` is what has just been done."""
    content = presenter.settings_page(_settings(visit), said)
    return page("pages/area_settings.html", visit.who, content)


@router.get("/admin/area/edit")
def look_form(visit: Present) -> Response:
    """The form of name and colours."""
    shown, settings = presenter.look_form(), _settings(visit)
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


def _settings(visit: Visit) -> dict[str, Any]:
    access.require(visit.who, Operation.administer)
    with db.read(visit.who) as connection:
        return settings_service.get_settings(connection, visit.who)


# --- The logo ---------------------------------------------------------------------------------------------


@router.get("/admin/area/logo")
def logo_form(visit: Present) -> Response:
    """The form that takes a file."""
    return _logo_page(visit, _settings(visit), "")


@router.post("/admin/area/logo")
def save_logo(visit: Present, sent: SentUpload) -> Response:
    """Take a picture, known by its content, and put it on every page."""
    settings, upload = _settings(visit), sent.upload()
    if upload is None:
        return _logo_page(visit, settings, _TOO_LARGE)
    file = upload.files.get("logo", b"")
    if not file:
        return _logo_page(visit, settings, _NOTHING)
    try:
        image = images.read_image(file)
    except images.NoImage as refused:
        return _logo_page(visit, settings, str(refused))
    try:
        with db.write(visit.who) as connection:
            version = Form(upload.typed).number("version", "The version")
            settings_service.set_logo(connection, visit.who, visit.at, image, version=version or 0)
    except PreconditionFailed as stale:
        if stale.current["logo_digest"] != image.digest:
            return _logo_page(visit, stale.current, _STALE, status=409)
    return see_other(presenter.logo_form().saved)


def _logo_page(visit: Visit, settings: dict[str, Any], fault: str, *, status: int = 422) -> Response:
    shown = presenter.logo_form()
    form = record_forms.sent(shown.fields, {"version": str(settings["version"])})
    if fault:
        form.fault("logo", fault)
    content = {"section": shown.section, "heading": shown.heading, "shown": shown, "form": form}
    return page("pages/logo_form.html", visit.who, content, status=status if fault else 200)


@router.get("/admin/area/logo/remove")
def remove_form(visit: Present) -> Response:
    """Asks whether the logo is to go."""
    shown, settings = presenter.remove_form(), _settings(visit)
    return record_forms.form_page(
        visit, shown, record_forms.sent(shown.fields, {"version": str(settings["version"])})
    )


@router.post("/admin/area/logo/remove")
def remove_logo(visit: Present, sent: SentForm) -> Response:
    """Take the logo away."""
    access.require(visit.who, Operation.administer)
    shown = presenter.remove_form()
    form = record_forms.sent(shown.fields, sent)
    if not form.text("version"):
        form.fault("", record_forms.NOT_WHOLE)

    def work(connection: Connection, _body: dict[str, Any]) -> str:
        version = record_forms.version_of(form)
        settings_service.set_logo(connection, visit.who, visit.at, None, version=version)
        return shown.saved

    return record_forms.save(visit, shown, form, {}, work)
