"""The one page for a form that somebody else was quicker with: both versions, a choice for each field."""

from collections.abc import Sequence
from uuid import UUID

from starlette.responses import Response

from app import db
from app.services import histories
from app.web.forms import Form
from app.web.presenters.both_versions import Both, Stale, stale_content
from app.web.presenters.dates import recorded
from app.web.rendering import page
from app.web.visits import Visit


def stale_page(visit: Visit, found: Stale, form: Form, lines: Sequence[Both]) -> Response:
    """Both versions side by side; nothing of either is lost, and nothing is saved yet (409)."""
    content = stale_content(found, form, lines) | {"saved_by": _saved_by(visit, found.record_id)}
    return page("pages/stale.html", visit.who, content, status=409)


def _saved_by(visit: Visit, record_id: UUID) -> str:
    """Who saved the record last, and when: the head of the column with the saved version."""
    with db.read(visit.who) as connection:
        last = histories.last_change(connection, visit.who, record_id)
    if last is None:
        return "Saved"
    name = "you" if last["author_id"] == visit.who.id else last["author_name"]
    return f"Saved by {name}, {recorded(last['recorded_at'])}"
