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
from datetime import date
from enum import Enum
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import Connection
from starlette.responses import Response

from app import db
from app.errors import Conflict, Invalid, NotFound, PreconditionFailed, invalid
from app.web.forms import DATE_PARTS, Form, typed_date
from app.web.presenters.dates import long_or
from app.web.rendering import page, see_other
from app.web.repeats import id_set_aside, set_aside
from app.web.visits import Visit

CARRIED = ("version", "set_aside")
"""What every form carries hidden: the version that it changes, or the id of what it will add."""
KINDS = ("text", "textarea", "select", "radios", "checkboxes", "date", "number", "check", "hidden")
NOT_WHOLE = "This form is not whole. Open the page again and send the form from there."
_LOOK_AGAIN = "Somebody changed this while you looked at it. Read it again, then decide"
Option = tuple[str, ...]
Meant = TypeVar("Meant")


class Field(NamedTuple):
    """One field of a form. ``name`` is the field of the service's input, also where a fault points to it.

    ``kind`` is one of ``KINDS``. ``options`` are (value, text), for radios and checkboxes also (value, text,
    hint); a select gets an empty choice by itself unless it is ``required`` and has a value. ``heading`` is
    one above this field, for what follows. ``words`` is the message where a required field is empty.
    """

    name: str
    label: str
    kind: str = "text"
    hint: str = ""
    options: Sequence[Option] = ()
    rows: int = 5
    width: str = ""
    heading: str = ""
    required: bool = False
    words: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the inputs on the page: a date has three, checkboxes one each."""
        if self.kind == "date":
            return tuple(f"{self.name}-{part}" for part in DATE_PARTS)
        if self.kind == "checkboxes":
            return tuple(f"{self.name}-{option[0]}" for option in self.options)
        return (self.name,)

    @property
    def choices(self) -> list[Option]:
        """The options as components take them: with the empty choice of a select, and with hints."""
        if self.kind == "select":
            has_empty = any(option[0] == "" for option in self.options)
            empty = [] if has_empty else [("", "Choose" if self.required else "None")]
            return [*empty, *self.options]
        names = self.names if self.kind == "checkboxes" else [option[0] for option in self.options]
        return [(name, *option[1:], "")[:3] for name, option in zip(names, self.options, strict=True)]


class RecordForm(NamedTuple):
    """What stands around the fields. ``caption`` is the link above the heading: its text and address.

    ``submit`` is the button; ``back`` and ``back_label`` the way out without saving. ``path`` is where the
    form is sent, "" for the page's own address. ``note`` is a paragraph above the form, ``danger`` a button
    of warning. ``what`` names the record where somebody else saved it ("the plan"). ``saved`` is the address
    after saving where what was sent is there already; it may hold ``{id}`` for what was to be added.
    ``confirms`` asks before a step: then ``note`` says what will happen, ``points`` what follows from it,
    and the fields are few, mostly a reason.
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


# --- What was typed and what it means ---------------------------------------------------------------------


def sent(fields: Sequence[Field], typed: Mapping[str, str]) -> Form:
    """The form as it was sent, or as it is first shown with what is known (``typed_of``)."""
    return Form(
        typed,
        order=[field.name for field in fields],
        dates=[field.name for field in fields if field.kind == "date"],
    )


def stated(fields: Sequence[Field], form: Form, *, known: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What the form states, by kind; nothing typed is None (of checkboxes [], of a check False).

    With ``known``, the record that is changed, only what differs from it. Adds problems to the form.
    """
    found = {field.name: _value(field, form) for field in fields}
    if known is None:
        return found
    before = sent(fields, typed_of(fields, known))
    return {field.name: found[field.name] for field in fields if not same(field, form, before)}


def typed_of(fields: Sequence[Field], record: Mapping[str, Any]) -> dict[str, str]:
    """What fills the form from a record as a service answers it, its version included.

    ``lead_id`` is found in ``lead``, ``co_lead_ids`` in ``co_leads``, as records name their people.
    """
    typed = {"version": str(record["version"])} if "version" in record else {}
    for field in fields:
        typed |= _typed(field, _known(record, field.name))
    return typed


def same(field: Field, one: Form, other: Form) -> bool:
    """Whether two forms say the same in a field, however it was typed."""
    return bool(_said(field, one) == _said(field, other))


def in_words(field: Field, form: Form) -> str:
    """What a field says, as a person reads it; "" for nothing."""
    said = _said(field, form)
    if field.kind in ("select", "radios", "checkboxes"):
        return ", ".join(str(option[1]) for option in field.options if option[0] and option[0] in said)
    if field.kind == "check":
        return "Yes" if said else "No"
    if field.kind == "date":
        found = sent([field], {name: form.value(name) for name in field.names}).date(field.name, field.label)
        return long_or(found, "")
    return str(said)


def _value(field: Field, form: Form) -> Any:
    name, kind = field.name, field.kind
    if kind == "check":
        return form.has(name)
    if kind == "checkboxes":
        found = [option[0] for option in field.options if form.has(f"{name}-{option[0]}")]
        return _needed(field, form, found)
    if kind == "date":
        return _needed(field, form, form.date(name, field.label))
    if kind == "number":
        return _needed(field, form, form.number(name, field.label))
    text = form.text(name)
    if kind in ("select", "radios") and text and text not in [option[0] for option in field.options]:
        form.fault(name, field.words or f"Choose one of the list: {field.label}")
        return None
    return _needed(field, form, text)


def _needed(field: Field, form: Form, found: Any) -> Any:
    if field.required and (found is None or found == []) and not form.error(field.name):
        verb = "Choose" if field.kind in ("select", "radios", "checkboxes") else "Give"
        label = field.label if field.label[:2].isupper() else field.label[:1].lower() + field.label[1:]
        form.fault(field.name, field.words or f"{verb}: {label}")
    return found


def _known(record: Mapping[str, Any], name: str) -> Any:
    if name in record:
        return record[name]
    if name.endswith("_ids"):
        return [one["id"] for one in record.get(f"{name.removesuffix('_ids')}s") or ()]
    other = record.get(name.removesuffix("_id"))
    return other["id"] if isinstance(other, Mapping) else None


def _typed(field: Field, value: Any) -> dict[str, str]:
    if field.kind == "date":
        return typed_date(field.name, value if isinstance(value, date) else None)
    if field.kind == "checkboxes":
        return {f"{field.name}-{_text(one)}": "1" for one in value or ()}
    if field.kind == "check":
        return {field.name: "1"} if value else {}
    return {field.name: "" if value is None else _text(value)}


def _text(value: Any) -> str:
    return str(value.value if isinstance(value, Enum) else value)


def _said(field: Field, form: Form) -> Any:
    if field.kind == "check":
        return form.has(field.name)
    if field.kind == "checkboxes":
        return {option[0] for option in field.options if form.has(f"{field.name}-{option[0]}")}
    if field.kind == "date":
        # Of a form of its own: what is wrong with a date is said once, by ``stated``.
        typed = {name: form.value(name) for name in field.names}
        return sent([field], typed).date(field.name, field.label) or tuple(typed.values())
    return form.text(field.name) or ""


# --- Showing and saving -----------------------------------------------------------------------------------


def form_page(visit: Visit, shown: RecordForm, form: Form, *, status: int = 200) -> Response:
    """The form as a page. One that adds something (it carries no version) gets an id set aside for it."""
    carried = {name: form.value(name) for name in CARRIED if form.value(name)}
    content = {
        "section": shown.section,
        "heading": shown.heading,
        "shown": shown,
        "form": form,
        "path": shown.path or visit.path,
        "carried": carried or {"set_aside": set_aside(visit.who)},
    }
    template = "pages/confirm.html" if shown.confirms else "pages/record_form.html"
    return page(template, visit.who, content, status=status)


def version_of(form: Form) -> int:
    """The version that the form changes; 0, which no record has, where it carries none."""
    return form.number("version", "The version") or 0


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
) -> Response:
    """Store what the form means and go on to the address that ``work`` answers (303).

    ``body`` is what the form means (``filled``, or ``stated`` itself); None, or a form with problems, shows
    the form again (422), and so does Invalid from ``work``. PreconditionFailed shows both versions (409).
    ``exists`` finds what the form was to add, by the id set aside (raises NotFound): a form that is sent
    twice goes on to ``shown.saved`` and adds nothing.
    """
    if form.value("edit"):
        return form_page(visit, shown, form)
    if body is None or form.problems:
        return form_page(visit, shown, form, status=422)
    if exists and (address := _added_before(visit, shown, form, exists)):
        return see_other(address)
    try:
        with db.write(visit.who) as connection:
            address = work(connection, body)
    except PreconditionFailed as stale:
        return _stale(visit, shown, form, stale.current)
    except (Conflict, Invalid) as error:
        # The same form may have been saved since it was looked for: a button pressed twice.
        if exists and (added := _added_before(visit, shown, form, exists)):
            return see_other(added)
        if not isinstance(error, Invalid):
            raise
        form.take(error)
        return form_page(visit, shown, form, status=422)
    return see_other(address)


def _added_before(
    visit: Visit, shown: RecordForm, form: Form, exists: Callable[[Connection, UUID], object]
) -> str:
    wanted = id_set_aside(visit.who, form.value("set_aside"))
    if wanted is None:
        return ""
    try:
        with db.read(visit.who) as connection:
            exists(connection, wanted)
    except NotFound:
        return ""
    return (shown.saved or shown.back).replace("{id}", str(wanted))


def _stale(visit: Visit, shown: RecordForm, form: Form, current: Mapping[str, Any]) -> Response:
    if shown.confirms:
        again = sent(shown.fields, {**form.typed, "version": str(current["version"])})
        again.fault("", _LOOK_AGAIN)
        return form_page(visit, shown, again, status=409)
    saved = sent(shown.fields, typed_of(shown.fields, current))
    if all(same(field, form, saved) for field in shown.fields):
        return see_other((shown.saved or shown.back).replace("{id}", str(current.get("id", ""))))
    from app.web.presenters.period_forms import saved_words, stale_page
    from app.web.presenters.updates import Difference

    names = [name for field in shown.fields for name in field.names]
    rows = [
        Difference(
            field.label, in_words(field, saved) or "None", in_words(field, form), same(field, form, saved)
        )
        for field in shown.fields
        if field.kind != "hidden"
    ]
    content = stale_page(
        caption=(shown.caption[0], shown.back),
        heading=shown.heading,
        what=shown.what,
        saved=saved_words(current),
        rows=rows,
        action=shown.path or visit.path,
        version=current["version"],
        typed=[(name, form.value(name)) for name in names if form.has(name)],
    )
    return page("pages/period_stale.html", visit.who, content | {"section": shown.section}, status=409)


def confirm_page(visit: Visit, shown: RecordForm, form: Form, *, status: int = 200) -> Response:
    """Asks before a step. Give the same ``shown``, with ``confirms``, to ``save``."""
    return form_page(visit, shown._replace(confirms=True), form, status=status)
