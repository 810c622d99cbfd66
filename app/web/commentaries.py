"""Forms of officers' commentary: on a period as a whole, and on each priority in it."""

from typing import Any, NamedTuple
from uuid import UUID

from starlette.responses import Response

from app import db
from app.access.roles import Operation
from app.errors import NotFound, PreconditionFailed, PreconditionRequired
from app.lazy_routes import page_router
from app.models.commentaries import CommentaryPut
from app.services import access
from app.services import commentaries as commentaries_service
from app.services import periods as periods_service
from app.services import priorities as priorities_service
from app.web import drafts
from app.web.deps import SentForm, Visitor
from app.web.forms import Form, filled
from app.web.presenters import period_forms as presenter
from app.web.presenters.both_versions import Stale, both
from app.web.presenters.periods import period_name
from app.web.rendering import page
from app.web.stale import stale_page
from app.web.visits import Visit

router = page_router()


class Place(NamedTuple):
    """Where a commentary stands: its period, what it is on, the address of its form, and what is there."""

    period: dict[str, Any]
    priority_id: UUID | None
    of: str
    path: str
    current: dict[str, Any] | None


@router.get("/periods/{period_id}/commentary")
def commentary_form(visit: Visitor, period_id: UUID) -> Response:
    """The form of the commentary on the period as a whole."""
    return _first(visit, _place(visit, period_id, None))


@router.post("/periods/{period_id}/commentary")
def commentary(visit: Visitor, period_id: UUID, sent: SentForm) -> Response:
    """Save the commentary on the period as a whole."""
    return _save(visit, _place(visit, period_id, None), sent)


@router.get("/periods/{period_id}/priorities/{priority_id}/commentary")
def priority_commentary_form(visit: Visitor, period_id: UUID, priority_id: UUID) -> Response:
    """The form of the commentary on one priority."""
    return _first(visit, _place(visit, period_id, priority_id))


@router.post("/periods/{period_id}/priorities/{priority_id}/commentary")
def priority_commentary(visit: Visitor, period_id: UUID, priority_id: UUID, sent: SentForm) -> Response:
    """Save the commentary on one priority."""
    return _save(visit, _place(visit, period_id, priority_id), sent)


def _place(visit: Visit, period_id: UUID, priority_id: UUID | None) -> Place:
    """Where it stands, for somebody who may write it. Raises Conflict once the period is published."""
    who = visit.who
    with db.read(who) as connection:
        period = periods_service.get_period(connection, who, period_id)
        of, path = "the period as a whole", f"/periods/{period_id}/commentary"
        if priority_id is not None:
            priority = priorities_service.get_priority(connection, who, priority_id)
            if priority["plan_id"] != period["plan_id"]:
                raise NotFound("priority")
            of = f"{priority['ref']} {priority['title']}"
            path = f"/periods/{period_id}/priorities/{priority_id}/commentary"
        current = commentaries_service.find_commentary(connection, who, period_id, priority_id)
    access.require(who, Operation.edit)
    periods_service.require_open(period)
    return Place(period, priority_id, of, path, current)


def _first(visit: Visit, place: Place) -> Response:
    current = place.current
    typed = {"text": current["text"], "version": str(current["version"])} if current else {}
    return _form_page(visit, place, drafts.resumed(visit, presenter.sent_text(typed)))


def _save(visit: Visit, place: Place, sent: dict[str, str]) -> Response:
    """Save what was sent. A stale form shows both versions; the same form again is saved already."""
    form = presenter.sent_text(sent)
    if form.value("edit"):
        return _form_page(visit, place, form)
    if form.text("text") is None:
        form.fault("text", "Write the commentary")
    version = form.number("version", "The version")
    body = None if form.problems else filled(CommentaryPut, {"text": form.text("text")}, form)
    if body is None:
        return _form_page(visit, place, form, status=422)
    try:
        with db.write(visit.who) as connection:
            commentaries_service.write_commentary(
                connection,
                visit.who,
                visit.at,
                place.period["id"],
                body,
                priority_id=place.priority_id,
                version=version,
            )
    except (PreconditionFailed, PreconditionRequired):
        found = _place(visit, place.period["id"], place.priority_id)
        if found.current and found.current["text"] != body.text:
            return _stale(visit, found, found.current, form)
    anchor = "overall" if place.priority_id is None else "by-priority"
    return drafts.saved(visit, f"/periods/{place.period['id']}?saved=commentary#{anchor}")


def _form_page(visit: Visit, place: Place, form: Form, *, status: int = 200) -> Response:
    content = presenter.commentary_page(place.period, place.of, place.path, form, place.current)
    return page("pages/commentary_form.html", visit.who, content | {"draft": visit.path}, status=status)


def _stale(visit: Visit, place: Place, current: dict[str, Any], form: Form) -> Response:
    back = f"/periods/{place.period['id']}"
    found = Stale(
        record_id=current["id"],
        caption=period_name(place.period),
        heading=f"Commentary on {place.of}",
        what="this commentary",
        section="periods",
        path=place.path,
        back=back,
        version=current["version"],
    )
    saved = presenter.sent_text({"text": current["text"]})
    words = (current["text"], form.text("text") or "")
    return stale_page(visit, found, form, [both("text", "Commentary", words, ["text"], saved)])
