"""Drafts of forms: what a script keeps while somebody types, filled in again when the form is next opened."""

from typing import TypeVar

from starlette.responses import Response

from app import db
from app.errors import invalid
from app.lazy_routes import page_router
from app.services import drafts as drafts_service
from app.services.users import own_id
from app.web.addresses import local_address
from app.web.deps import DRAFT, Present, SentForm, to_keep
from app.web.forms import Form
from app.web.presenters.dates import recorded
from app.web.rendering import see_other
from app.web.visits import Visit

Typed = TypeVar("Typed", bound=Form)

router = page_router()


@router.post("/drafts")
def keep(visit: Present, sent: SentForm) -> Response:
    """Keep what is typed so far into the form that it names; answers nothing (204)."""
    path = _form_of(sent)
    with db.write(None) as connection:
        drafts_service.keep(connection, own_id(visit.who), path, to_keep(sent), visit.at.now)
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


@router.post("/drafts/removal")
def remove(visit: Present, sent: SentForm) -> Response:
    """Forget a draft, and show its form as it is without."""
    path = _form_of(sent)
    with db.write(None) as connection:
        drafts_service.forget(connection, own_id(visit.who), path)
    return see_other(path)


def _form_of(sent: dict[str, str]) -> str:
    """The address of the form that a draft is of. Raises Invalid for none."""
    path = local_address(sent.get(DRAFT, ""))
    if not path:
        raise invalid("", "Name the form that the draft is of.")
    return path


def resumed(visit: Visit, form: Typed, path: str = "") -> Typed:
    """A form that is first shown, with what the visitor typed into it before and did not save.

    ``form.kept`` then says when that was; everything else, its version too, is as it was typed. ``path`` is
    the form's address where that is not the one of the visit.
    """
    with db.read(visit.who) as connection:
        found = drafts_service.find(connection, own_id(visit.who), path or visit.path, visit.at.now)
    return form.resumed(found.fields, recorded(found.saved_at)) if found else form


def saved(visit: Visit, address: str, form: Form | None = None) -> Response:
    """A form was saved: its draft goes, and the browser goes on."""
    forget(visit, form)
    return see_other(address)


def forget(visit: Visit, form: Form | None = None) -> None:
    """A form was saved: its draft goes.

    Its own address is that of the visit, unless ``form`` says that it was sent to another one.
    """
    path = form.value(DRAFT) if form is not None and form.has(DRAFT) else visit.path
    with db.write(None) as connection:
        drafts_service.forget(connection, own_id(visit.who), path)
