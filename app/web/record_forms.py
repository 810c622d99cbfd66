"""Forms that create or change a record, declared field by field: shown, read, checked and saved in one way.

A page declares its fields once. ``sent`` reads what was typed, ``stated`` what it means (for a change: only
what differs), ``save`` stores it and answers with the next page, the form with its errors, or both versions::

    form = record_forms.sent(FIELDS, typed)
    body = filled(PlanUpdate, record_forms.stated(FIELDS, form, known=plan), form)

    def work(connection: Connection, body: PlanUpdate) -> str:
        version = record_forms.version_of(form)
        plans_service.change_plan(connection, visit.who, visit.at, plan_id, body, version=version)
        return f"/plans/{plan_id}?saved=changed"

    return record_forms.save(visit, shown, form, body, work)

What is added takes the id set aside: ``record_id=record_forms.id_to_add(visit, form)`` in ``work``, and
``exists=lambda connection, found: plans_service.get_plan(connection, visit.who, found)`` for ``save``.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import Connection
from starlette.responses import Response

from app import db
from app.errors import Conflict, Invalid, NotFound, PreconditionFailed, invalid
from app.web import drafts
from app.web.forms import Form
from app.web.presenters.both_versions import Stale, both
from app.web.record_fields import Field, agrees, in_words, same, sent, stated, typed_of
from app.web.rendering import page
from app.web.repeats import id_set_aside, set_aside
from app.web.stale import stale_page
from app.web.visits import Visit

__all__ = [
    "Field",
    "RecordForm",
    "agrees",
    "confirm_page",
    "form_page",
    "id_to_add",
    "in_words",
    "require_shown",
    "same",
    "save",
    "sent",
    "stated",
    "typed_of",
    "used_already",
    "version_of",
    "version_sent",
]
CARRIED = ("version", "set_aside")
"""What every form carries hidden: the version that it changes, or the id of what it will add."""
NOT_WHOLE = "Part of this form is missing. Open the page again and send the form from there."
USED_ALREADY = (
    "This was not added. The form was used already, for something else, and that stays as it is. To add what "
    "stands below as well, send the form again"
)
_LOOK_AGAIN = "Somebody changed this while you looked at it. Read it again, then decide"
Meant = TypeVar("Meant")


class RecordForm(NamedTuple):
    """What stands around the fields. ``caption`` is the link above the heading: its text and address.

    ``submit`` is the button; ``back`` and ``back_label`` the way out without saving. ``path`` is where the
    form is sent, "" for the page's own address. ``note`` is a paragraph above the form, ``danger`` a button
    of warning. ``what`` names the record where somebody else saved it ("the plan"). ``saved`` is the address
    after saving where what was sent is there already; it may hold ``{id}`` for what was to be added.
    ``confirms`` asks before a step: then ``note`` says what will happen, ``points`` what follows from it,
    and the fields are few, mostly a reason. ``look_again`` is what a form says that adds to a record whatever
    is in it, where somebody saved something in between: it is shown again, to be sent once more. ``also`` is
    a link under the form, to another step: its text and address. A page that only says why a step cannot be
    taken has no ``submit``.
    """

    heading: str
    caption: tuple[str, str]
    fields: Sequence[Field]
    submit: str
    back: str
    section: str
    back_label: str = "Cancel"
    path: str = ""
    note: str = ""
    danger: bool = False
    what: str = "this"
    saved: str = ""
    confirms: bool = False
    points: Sequence[str] = ()
    look_again: str = ""
    also: tuple[str, str] = ("", "")


# --- Showing and saving -----------------------------------------------------------------------------------


def form_page(visit: Visit, shown: RecordForm, form: Form, *, status: int = 200) -> Response:
    """The form as a page. One that adds something (it carries no version) gets an id set aside for it.

    As it is first opened it holds what the visitor typed into it before and did not save.
    """
    was_sent = status != 200 or form.has("seen") or form.has("set_aside")
    if not was_sent and (shown.fields or not shown.confirms):
        form = drafts.resumed(visit, form)
    carried = {name: form.value(name) for name in CARRIED if form.value(name)}
    if "version" in carried:
        carried["seen"] = form.seen
    content = {
        "section": shown.section,
        "heading": shown.heading,
        "shown": shown,
        "form": form,
        "path": shown.path or visit.path,
        "draft": form.value("draft") or visit.path,
        "carried": carried or {"set_aside": set_aside(visit.who)},
    }
    template = "pages/confirm.html" if shown.confirms else "pages/record_form.html"
    return page(template, visit.who, content, status=status)


def version_of(form: Form) -> int:
    """The version that the form changes; 0, which no record has, where it carries none."""
    return form.number("version", "The version") or 0


def version_sent(sent: Mapping[str, str]) -> int:
    """The version that a form of one button carries. Raises Invalid for a form that is not ours."""
    version = Form(sent).number("version", "The version")
    if version is None:
        raise invalid("", NOT_WHOLE)
    return version


def require_shown(visit: Visit, record_id: UUID, sent: Mapping[str, str]) -> None:
    """Raise Invalid unless a form without a version was shown to this person for this very record."""
    if id_set_aside(visit.who, sent.get("set_aside", "")) != record_id:
        raise invalid("", NOT_WHOLE)


def id_to_add(visit: Visit, form: Form) -> UUID:
    """The id set aside for what the form adds: sent twice, it adds one thing. Raises Invalid for none."""
    found = id_set_aside(visit.who, form.value("set_aside"))
    if found is None:
        raise invalid("", NOT_WHOLE)
    return found


def save(
    visit: Visit,
    shown: RecordForm,
    form: Form,
    body: Meant | None,
    work: Callable[[Connection, Meant], str],
    *,
    exists: Callable[[Connection, UUID], object] | None = None,
    known: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None,
) -> Response:
    """Store what the form means and go on to the address that ``work`` answers (303).

    ``body`` is what the form means (``filled``, or ``stated`` itself); None, or a form with problems, shows
    the form again (422), and so does Invalid from ``work``. PreconditionFailed shows both versions (409).
    ``exists`` finds what the form was to add, by the id set aside (raises NotFound): a form that is sent
    twice goes on to ``shown.saved`` and adds nothing; one that says something else the second time is shown
    again (409) as a form of its own. ``known`` is a record as the fields take it (``typed_of``) where
    a service answers it in another shape.
    """
    if form.value("edit"):
        return form_page(visit, shown, form)
    if body is None or form.problems:
        return form_page(visit, shown, form, status=422)
    if exists and (answer := _added_before(visit, shown, form, exists)):
        return answer
    try:
        with db.write(visit.who) as connection:
            address = work(connection, body)
    except PreconditionFailed as stale:
        return _stale(visit, shown, form, known(stale.current) if known else stale.current)
    except (Conflict, Invalid) as error:
        # The same form may have been saved since it was looked for: a button pressed twice.
        if exists and (answer := _added_before(visit, shown, form, exists)):
            return answer
        if not isinstance(error, Invalid):
            raise
        form.take(error)
        return form_page(visit, shown, form, status=422)
    return drafts.saved(visit, address, form)


def _added_before(
    visit: Visit, shown: RecordForm, form: Form, exists: Callable[[Connection, UUID], object]
) -> Response | None:
    wanted = id_set_aside(visit.who, form.value("set_aside"))
    if wanted is None:
        return None
    try:
        with db.read(visit.who) as connection:
            found = exists(connection, wanted)
    except NotFound:
        return None
    if isinstance(found, Mapping) and not agrees(shown.fields, form, found):
        return used_already(visit, shown, form)
    return drafts.saved(visit, (shown.saved or shown.back).replace("{id}", str(wanted)), form)


def used_already(visit: Visit, shown: RecordForm, form: Form) -> Response:
    """The form added something else before: what it says now is kept, and can be added as one thing more."""
    again = sent(shown.fields, {**form.typed, "set_aside": set_aside(visit.who)})
    again.fault("", USED_ALREADY)
    return form_page(visit, shown, again, status=409)


def _stale(visit: Visit, shown: RecordForm, form: Form, current: Mapping[str, Any]) -> Response:
    if shown.confirms or shown.look_again:
        again = sent(shown.fields, {**form.typed, "version": str(current["version"])})
        again.fault("", shown.look_again or _LOOK_AGAIN)
        return form_page(visit, shown, again, status=409)
    saved = sent(shown.fields, typed_of(shown.fields, current))
    if all(same(field, form, saved) for field in shown.fields):
        address = (shown.saved or shown.back).replace("{id}", str(current.get("id", "")))
        return drafts.saved(visit, address, form)
    lines = [
        both(field.name, field.label, (in_words(field, saved), in_words(field, form)), field.names, saved)
        for field in shown.fields
        if field.kind != "hidden"
    ]
    found = Stale(
        record_id=current["id"],
        caption=shown.caption[0],
        heading=shown.heading,
        what=shown.what,
        section=shown.section,
        path=shown.path or visit.path,
        back=shown.back,
        version=current["version"],
    )
    return stale_page(visit, found, form, lines)


def confirm_page(visit: Visit, shown: RecordForm, form: Form, *, status: int = 200) -> Response:
    """Asks before a step. Give the same ``shown``, with ``confirms``, to ``save``."""
    return form_page(visit, shown._replace(confirms=True), form, status=status)
