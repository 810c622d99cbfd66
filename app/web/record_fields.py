"""The declared fields of a form: how each is read, what it means, and how it is told in words."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import Enum
from typing import Any, NamedTuple

from app.web.forms import DATE_PARTS, Form, the, typed_date
from app.web.presenters.dates import long_or

KINDS = ("text", "textarea", "lines", "select", "radios", "checkboxes", "date", "number", "check", "hidden")
Option = tuple[str, ...]


class Field(NamedTuple):
    """One field of a form. ``name`` is the field of the service's input, also where a fault points to it.

    ``kind`` is one of ``KINDS``. ``options`` are (value, text), for radios and checkboxes also (value, text,
    hint); a select gets an empty choice by itself unless it is ``required`` and has a value. ``heading`` is
    one above this field, for what follows. ``words`` is the message where a required field is empty.
    ``most`` are the characters that the service takes, to be counted while typing. ``under`` is the name of
    radios and one of their values: the field stands below that choice, and counts only where it is chosen.
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
    most: int = 0
    under: tuple[str, str] = ("", "")

    def is_meant(self, form: Form) -> bool:
        """Whether the choice is made under which the field stands; always where it stands by itself."""
        name, value = self.under
        return not name or form.value(name) == value

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


def sent(fields: Sequence[Field], typed: Mapping[str, str]) -> Form:
    """The form as it was sent, or as it is first shown with what is known (``typed_of``)."""
    return Form(
        typed,
        order=[field.name for field in fields],
        dates=[field.name for field in fields if field.kind == "date"],
        labels={field.name: field.label for field in fields},
    )


def stated(fields: Sequence[Field], form: Form, *, known: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What the form states, by kind; nothing typed is None (of checkboxes [], of a check False).

    With ``known``, the record that is changed, only what differs from it. Adds problems to the form.
    """
    found = {field.name: _value(field, form if field.is_meant(form) else Form({})) for field in fields}
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


def agrees(fields: Sequence[Field], form: Form, record: Mapping[str, Any]) -> bool:
    """Whether nothing that the form says differs from what a record says in the same field.

    What is left empty may have been filled in by a rule; letters count as the same, small or large. What the
    record holds in another shape than the field (links, a rating with its version) is not compared.
    """
    alike = [field for field in fields if _is_alike(field, _known(record, field.name))]
    saved = sent(alike, typed_of(alike, record))
    said = [
        (_said(field, form), _said(field, saved))
        for field in alike
        if _is_told(field, form) and _is_told(field, saved)
    ]
    return all(_folded(one) == _folded(other) for one, other in said)


def _is_alike(field: Field, value: Any) -> bool:
    """Whether a record holds a field in the shape in which it is typed."""
    if field.kind == "checkboxes":
        return True
    return field.kind not in ("check", "hidden") and not isinstance(value, Mapping | list)


def _is_told(field: Field, form: Form) -> bool:
    return any(form.text(name) for name in field.names)


def _folded(said: Any) -> Any:
    return said.casefold() if isinstance(said, str) else said


def in_words(field: Field, form: Form) -> str:
    """What a field says, as a person reads it; "" for nothing."""
    said = _said(field, form)
    if field.kind in ("select", "radios", "checkboxes"):
        chosen = said if field.kind == "checkboxes" else {said}
        return ", ".join(str(option[1]) for option in field.options if option[0] and option[0] in chosen)
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
        form.fault(name, field.words or f"Choose one from the list: {field.label}")
        return None
    return _needed(field, form, text)


def _needed(field: Field, form: Form, found: Any) -> Any:
    if field.required and (found is None or found == []) and not form.error(field.name):
        verb = "Choose" if field.kind in ("select", "radios", "checkboxes") else "Give"
        form.fault(field.name, field.words or f"{verb} {the(field.label)}")
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
    if not field.is_meant(form):
        form = Form({})
    if field.kind == "check":
        return form.has(field.name)
    if field.kind == "checkboxes":
        return {option[0] for option in field.options if form.has(f"{field.name}-{option[0]}")}
    if field.kind == "date":
        # Of a form of its own: what is wrong with a date is said once, by ``stated``.
        typed = {name: form.value(name) for name in field.names}
        return sent([field], typed).date(field.name, field.label) or tuple(typed.values())
    return form.text(field.name) or ""
