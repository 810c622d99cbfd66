"""The form that chooses two days to compare: what was typed, and what is wrong with it."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from app.sentences.words import day_in_words, two_days
from app.web.forms import Form

_EXAMPLE = "for example 30 June 2024"
_LABELS = {"compare": "From", "as_at": "To"}


class Days(NamedTuple):
    """The two days of an address, None where none was given or it will not do, and the form of them."""

    compare: date | None
    as_at: date | None
    form: Form


def days_asked(typed: Mapping[str, str], today: date) -> Days:
    """The days to compare; ``form.problems`` says what is wrong with them."""
    form = Form({name: typed.get(name, "")[:40] for name in _LABELS}, order=list(_LABELS))
    found = {name: _day(form, name, today) for name in _LABELS}
    compare, as_at = found["compare"], found["as_at"]
    if compare is not None and as_at is not None and compare > as_at:
        form.fault(
            "compare",
            f"From must be the same day as To or earlier. You gave {two_days(compare, as_at, 'and')}",
        )
    return Days(compare, as_at, form)


def field_kinds(form: Form) -> dict[str, str]:
    """The type of each input: a browser would empty a date field that holds no date."""
    return {name: "date" if _readable(form.value(name)) else "text" for name in _LABELS}


def again(form: Form) -> dict[str, Any]:
    """What the page of changes shows of a form at fault: the form alone."""
    return {
        "heading": "What changed",
        "title": "Error: What changed",
        "form": form,
        "kinds": field_kinds(form),
        "span": "",
        "priority": None,
    }


def _readable(text: str) -> bool:
    try:
        date.fromisoformat(text.strip())
    except ValueError:
        return not text.strip()
    return True


def _day(form: Form, name: str, today: date) -> date | None:
    text = form.text(name)
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        form.fault(name, f"{_LABELS[name]} must be a real date, {_EXAMPLE}")
        return None
    if day > today:
        form.fault(name, f"{_LABELS[name]} must be today, {day_in_words(today)}, or earlier")
        return None
    return day
