"""Forms of a file that belongs to an area's settings: choosing one, and taking it away."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from app import db
from app.access.roles import Operation
from app.services import access, area_settings
from app.web import record_forms
from app.web.rendering import page
from app.web.visits import Visit

STALE = "Somebody changed the settings meanwhile. Choose the file again to save it over theirs"


def settings_of(visit: Visit) -> dict[str, Any]:
    """The settings of an admin's area. Raises NotAllowed for anybody else."""
    access.require(visit.who, Operation.administer)
    with db.read(visit.who) as connection:
        return area_settings.get_settings(connection, visit.who)


def file_page(
    visit: Visit,
    shown: record_forms.RecordForm,
    settings: dict[str, Any],
    fault: str = "",
    *,
    accept: str,
    status: int = 422,
) -> Response:
    """The form that takes a file; ``accept`` are the kinds that a browser proposes."""
    [field] = shown.fields
    form = record_forms.sent(shown.fields, {"version": str(settings["version"])})
    if fault:
        form.fault(field.name, fault)
    content = {
        "section": shown.section,
        "heading": shown.heading,
        "shown": shown,
        "form": form,
        "field": field.name,
        "accept": accept,
    }
    return page("pages/upload_form.html", visit.who, content, status=status if fault else 200)


def removal_page(visit: Visit, shown: record_forms.RecordForm) -> Response:
    """Asks whether a file is to go."""
    version = {"version": str(settings_of(visit)["version"])}
    return record_forms.form_page(visit, shown, record_forms.sent(shown.fields, version))


def remove(
    visit: Visit,
    shown: record_forms.RecordForm,
    sent: dict[str, str],
    take: Callable[[Connection, int], None],
) -> Response:
    """Take a file away, with what ``take`` does on a connection to the settings of a version."""
    access.require(visit.who, Operation.administer)
    form = record_forms.sent(shown.fields, sent)
    if not form.text("version"):
        form.fault("", record_forms.NOT_WHOLE)

    def work(connection: Connection, _body: dict[str, Any]) -> str:
        take(connection, record_forms.version_of(form))
        return shown.saved

    return record_forms.save(visit, shown, form, {}, work)
