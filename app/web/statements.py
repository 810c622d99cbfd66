"""The accessibility statement and the privacy notice: for everybody, and completed by admins."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import Request
from sqlalchemy import Connection
from starlette.responses import Response

from app import db
from app.access.roles import Operation
from app.lazy_routes import page_router
from app.models.area_settings import AccessibilityStatement, PrivacyNotice, StatementKind
from app.services import access
from app.services import area_settings as settings_service
from app.web import record_forms
from app.web.deps import Present, SentForm, signed_in
from app.web.forms import filled
from app.web.presenters import statements as presenter
from app.web.rendering import page
from app.web.visits import Visit

router = page_router()
Statement = AccessibilityStatement | PrivacyNotice
_MODELS: dict[StatementKind, type[Statement]] = {
    StatementKind.accessibility: AccessibilityStatement,
    StatementKind.privacy: PrivacyNotice,
}


# --- For everybody ----------------------------------------------------------------------------------------


@router.get("/accessibility")
def accessibility(request: Request, area: str = "") -> Response:
    """The accessibility statement of the visitor's area, or of the area named in the address."""
    return _public(request, StatementKind.accessibility, area)


@router.get("/privacy")
def privacy(request: Request, area: str = "") -> Response:
    """The privacy notice of the visitor's area, or of the area named in the address."""
    return _public(request, StatementKind.privacy, area)


def _public(request: Request, kind: StatementKind, slug: str) -> Response:
    who = signed_in(request)
    with db.read(who) as connection:
        if who is not None and not slug:
            found = settings_service.statement(connection, who, kind)
        else:
            found = settings_service.statement_for_all(connection, kind, slug.replace("\x00", ""))
    return page(f"pages/{kind.value}.html", who, presenter.public_page(kind, found))


# --- For admins -------------------------------------------------------------------------------------------


@router.get("/admin/statements")
def statement_list(visit: Present, said: str = "") -> Response:
    """Both statements, and whether they are completed."""
    content = presenter.list_page(_settings(visit), said)
    return page("pages/statements.html", visit.who, content)


@router.get("/admin/statements/accessibility")
def accessibility_form(visit: Present) -> Response:
    """The form that completes the accessibility statement."""
    return _form(visit, StatementKind.accessibility)


@router.post("/admin/statements/accessibility")
def save_accessibility(visit: Present, sent: SentForm) -> Response:
    """Publish the accessibility statement."""
    return _save(visit, StatementKind.accessibility, sent)


@router.get("/admin/statements/privacy")
def privacy_form(visit: Present) -> Response:
    """The form that completes the privacy notice."""
    return _form(visit, StatementKind.privacy)


@router.post("/admin/statements/privacy")
def save_privacy(visit: Present, sent: SentForm) -> Response:
    """Publish the privacy notice."""
    return _save(visit, StatementKind.privacy, sent)


def _form(visit: Visit, kind: StatementKind) -> Response:
    shown, settings = presenter.form(kind), _settings(visit)
    typed = record_forms.typed_of(shown.fields, _known(settings, kind, visit.at.today))
    return record_forms.form_page(visit, shown, record_forms.sent(shown.fields, typed))


def _save(visit: Visit, kind: StatementKind, sent: dict[str, str]) -> Response:
    access.require(visit.who, Operation.administer)
    shown = presenter.form(kind)
    form = record_forms.sent(shown.fields, sent)
    body = filled(_MODELS[kind], record_forms.stated(shown.fields, form), form)

    def work(connection: Connection, body: Any) -> str:
        version = record_forms.version_of(form)
        settings_service.change_statement(connection, visit.who, visit.at, body, version=version)
        return shown.saved

    def known(current: Mapping[str, Any]) -> dict[str, Any]:
        return _known(current, kind, visit.at.today)

    return record_forms.save(visit, shown, form, body, work, known=known)


def _known(settings: Mapping[str, Any], kind: StatementKind, today: date) -> dict[str, Any]:
    """What the statement says already, as the form's fields take it, with the version of the settings."""
    stated = settings[kind.value]
    known = _MODELS[kind].model_validate(stated).model_dump() if stated else presenter.proposed(kind, today)
    return {**known, "version": settings["version"], "id": settings["id"]}


def _settings(visit: Visit) -> dict[str, Any]:
    access.require(visit.who, Operation.administer)
    with db.read(visit.who) as connection:
        return settings_service.get_settings(connection, visit.who)
