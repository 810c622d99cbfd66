"""Forms: what was typed, what it means, and what is wrong with it, field by field.

A form never loses what was typed: templates read the typed text back with ``value``, and the message of a
field with ``error``. Dates come as three fields, ``due_on-day``, ``due_on-month`` and ``due_on-year``.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple, Self, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError

from app.errors import Fault, Invalid, ServiceError
from app.models.base import BETWEEN_DATES
from app.models.visible_text import hidden_in
from app.sentences.words import day_in_words
from app.web.opened import seen_of

LARGEST_FORM = 524_288
"""Bytes; far more than any form of this service needs."""
MOST_FIELDS = 1_000
LONGEST_TEXT = 10_000

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DATE_PARTS = ("day", "month", "year")
_BYTE_ORDER_MARK = "\ufeff"
_ISO_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_LABELS = {"ref": "Ref", "title": "Title", "narrative": "Text", "reason": "Reason"}
"""What fields are called on pages that declare none."""
Model = TypeVar("Model", bound=BaseModel)


class TooLarge(ServiceError):
    """A form of more bytes than any of ours can have."""

    status = 413
    kind = "too-large"
    title = "That is too much to send at once"


class Problem(NamedTuple):
    """An entry of the error summary: the message, and the id of the field it links to ("" for none)."""

    message: str
    target: str


class DateProblem(NamedTuple):
    """What is wrong with a typed date, and which of its parts."""

    message: str
    parts: tuple[str, ...]


class Form:
    """A form as it was sent (or, empty, as it is first shown), with its problems.

    ``kept`` says when what is filled in was typed and not saved, "" for a form that is filled in afresh.
    ``dates`` names the fields that consist of day, month and year; ``order`` is the order of the fields on
    the page, which is the order of the error summary. ``labels`` name the fields in messages.
    """

    def __init__(
        self,
        typed: Mapping[str, str],
        *,
        order: Collection[str] = (),
        dates: Collection[str] = (),
        labels: Mapping[str, str] | None = None,
    ) -> None:
        self._typed = dict(typed)
        self._labels = {**_LABELS, **(labels or {})}
        self.kept = ""
        self._order = tuple(order)
        self._dates = frozenset(dates)
        self._errors: dict[str, str] = {}
        self._parts: dict[str, tuple[str, ...]] = {}
        for name, value in self._typed.items():
            self._check_characters(name, value)

    def value(self, name: str) -> str:
        """What was typed in a field, as it was typed; "" when nothing was."""
        return self._typed.get(name, "")

    @property
    def typed(self) -> dict[str, str]:
        """All that was typed, by the name of its input."""
        return dict(self._typed)

    @property
    def seen(self) -> str:
        """What the fields said when the form was opened, as it is carried along (``seen_of``)."""
        return self.value("seen") or seen_of(self._typed)

    def resumed(self, typed: Mapping[str, str], kept: str) -> Self:
        """This form with what was typed into it before; ``kept`` says when."""
        found = self._of(typed)
        found.kept = kept
        return found

    def _of(self, typed: Mapping[str, str]) -> Self:
        """A form of the same fields."""
        return type(self)(typed, order=self._order, dates=self._dates, labels=self._labels)

    def has(self, name: str) -> bool:
        """Whether the form has the field at all."""
        return name in self._typed

    def text(self, name: str) -> str | None:
        """What a field says, without spaces around it; None when it says nothing."""
        return self.value(name).replace("\r\n", "\n").strip() or None

    def number(self, name: str, label: str) -> int | None:
        """A whole number from a field; None and a problem when it is not one."""
        typed = self.text(name)
        if typed is None:
            return None
        if not typed.isascii() or not typed.isdigit() or len(typed) > 4:
            self.fault(name, f"{label} must be a whole number")
            return None
        return int(typed)

    def date(self, name: str, label: str) -> date | None:
        """The date of three fields; None when none was given, None and a problem when it is not a date."""
        self._labels.setdefault(name, label)
        day, month, year = (self.value(f"{name}-{part}") for part in DATE_PARTS)
        found = read_date(day, month, year, label)
        if isinstance(found, DateProblem):
            self.fault(name, found.message, found.parts)
            return None
        return found

    def fault(self, name: str, message: str, parts: tuple[str, ...] = ()) -> None:
        """Record that a field is wrong; the first message of a field stays. ``name`` "" is the whole form."""
        if name not in self._errors:
            self._errors[name] = _ISO_DATE.sub(_in_words, message).rstrip(".")
            self._parts[name] = parts

    def take(self, invalid: Invalid) -> None:
        """Record the faults that a service found, each at the field that its JSON pointer means."""
        for fault in invalid.faults:
            name = self._field(fault)
            self.fault(name, self.labelled(name, fault.message))

    def named(self, name: str) -> str:
        """The field at the end of a sentence, "the title"; "this" for one without a label."""
        return the(self._labels[name]) if name in self._labels else "this"

    def labelled(self, name: str, message: str) -> str:
        """A message about a field, with the label of a date that cannot be: two dates may both be wrong."""
        label = self._labels.get(name, "")
        return f"{label} must be {BETWEEN_DATES}" if label and BETWEEN_DATES in message else message

    def error(self, name: str) -> str:
        """The message of a field, or ""."""
        return self._errors.get(name, "")

    def part_at_fault(self, name: str, part: str) -> bool:
        """Whether this part of a date is to be marked: the parts at fault, or all of them."""
        return name in self._errors and (part in self._parts[name] or not self._parts[name])

    @property
    def problems(self) -> list[Problem]:
        """The error summary, in the order of the page."""
        places = {name: place for place, name in enumerate(self._order)}
        names = sorted(self._errors, key=lambda name: places.get(name, len(places)))
        return [Problem(self._errors[name], self._target(name)) for name in names]

    def _target(self, name: str) -> str:
        if name in self._dates:
            parts = self._parts.get(name) or DATE_PARTS
            return f"{name}-{parts[0]}"
        return name if name in self._order else ""

    def _field(self, fault: Fault) -> str:
        """The field of a JSON pointer: /current/likelihood is current_likelihood; the nearest that exists."""
        name = fault.pointer.strip("/").replace("/", "_")
        while name and name not in self._order:
            name = name.rpartition("_")[0]
        return name

    def _check_characters(self, name: str, value: str) -> None:
        # A byte order mark before a text is how some programs save it: nobody typed or pasted that within it.
        value = value.removeprefix(_BYTE_ORDER_MARK)
        self._typed[name] = value
        if hidden := hidden_in(value):
            # A line's end of another kind stays one: two words are not to become one.
            ends = {letter for letter in hidden if unicodedata.category(letter) in ("Zl", "Zp")}
            kept = {ord(letter): "\n" if letter in ends else None for letter in hidden}
            self._typed[name] = value.translate(kept)
            self.fault(name, "Remove the hidden control character; it has been taken out of the text below")
        if len(value) > LONGEST_TEXT:
            self.fault(name, f"Shorten {self.named(name)} to {LONGEST_TEXT:,} characters or fewer")


def read_date(day: str, month: str, year: str, label: str) -> date | DateProblem | None:
    """The date that was typed in three fields; None when all are empty.

    A month may be a number or a name. The problem says what to do and names the parts: "Due date must include
    a month and a year", "Due date must be a real date".
    """
    typed = {"day": day.strip(), "month": month.strip(), "year": year.strip()}
    missing = tuple(part for part, value in typed.items() if not value)
    if len(missing) == len(typed):
        return None
    if missing:
        return DateProblem(f"{label} must include {' and '.join(f'a {part}' for part in missing)}", missing)
    if len(typed["year"]) != 4 or _digits(typed["year"]) is None:
        return DateProblem(f"{label} must have a year of 4 numbers, for example 2024", ("year",))
    numbers = (_digits(typed["year"]), _month(typed["month"]), _digits(typed["day"]))
    try:
        return date(*(number or 0 for number in numbers))
    except ValueError:
        return DateProblem(f"{label} must be a real date, for example 31 7 2024", DATE_PARTS)


def typed_date(name: str, value: date | None) -> dict[str, str]:
    """The three fields of a date, to fill a form with what is known."""
    if value is None:
        return {}
    return {f"{name}-day": str(value.day), f"{name}-month": str(value.month), f"{name}-year": str(value.year)}


def parse_form(body: bytes) -> dict[str, str]:
    """The fields of an urlencoded form; of a repeated name the last one counts. Any bytes will do."""
    try:
        pairs: Iterable[tuple[str, str]] = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS
        )
    except ValueError:
        raise TooLarge("The form has too many fields.") from None
    # A lone surrogate cannot be stored; parse_qsl already puts a question mark in place of broken bytes.
    return {name: value.encode("utf-8", "replace").decode("utf-8") for name, value in pairs}


def _digits(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 4 else None


def _month(typed: str) -> int | None:
    name = typed[:3].lower()
    return _MONTHS.index(name) + 1 if name in _MONTHS else _digits(typed)


def filled(model: type[Model], stated: Mapping[str, Any], form: Form) -> Model | None:
    """The input of a service from what a form states; None, and problems at the fields, if not."""
    try:
        return model.model_validate(dict(stated))
    except ValidationError as error:
        # A due date may be a date or "ongoing": what is wrong with a date is all that a date field can say.
        for one in sorted(error.errors(), key=lambda found: found["type"] == "literal_error"):
            pointer = "/" + "/".join(str(part) for part in one["loc"])
            name = pointer.strip("/").replace("/", "_")
            form.take(Invalid([Fault(pointer, _plain_message(one, form.named(name)))]))
        return None


def _in_words(found: re.Match[str]) -> str:
    """A date in a service's message as a person reads it: "2024-07-01" becomes "1 July 2024"."""
    try:
        return day_in_words(date.fromisoformat(found.group()))
    except ValueError:
        return found.group()


def the(label: str) -> str:
    """A label within a sentence: "Due date" is "the due date"; a question is quoted as it stands."""
    if label.endswith("?") or "," in label or label.startswith(("What ", "Why ", "How ", "Which ")):
        return f"“{label}”"
    return "the " + (label if label[:2].isupper() else label[:1].lower() + label[1:])


_PATTERNS = {
    "http": "The address of a link must begin with https:// or http://, and hold no spaces or quotes",
    "@": "Give an e-mail address, for example name@council.example",
}
"""What a field needs, by a sign in the pattern that it broke."""


def _plain_message(error: Mapping[str, Any], named: str) -> str:
    """A message of the input models in the manner of our own: "Value error, give a date" is "Give a date"."""
    if error["type"] == "string_too_long":
        return f"Shorten {named} to {error['ctx']['max_length']:,} characters or fewer"
    if error["type"] == "string_pattern_mismatch":
        pattern = error["ctx"]["pattern"]
        return next((said for sign, said in _PATTERNS.items() if sign in pattern), f"Correct {named}")
    plain: str = error["msg"].removeprefix("Value error, ")
    return plain[:1].upper() + plain[1:]
