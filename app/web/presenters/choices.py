"""Choices that forms share: statuses, and the people of the area, one or several."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from app.plans.statuses import STATUS_LABELS
from app.web.forms import Form
from app.web.record_forms import Field

MISSING = Markup('Add somebody who is missing under <a class="govuk-link" href="/people">People</a> first.')
_SPARE = 2
_MOST = 20


def status_options(empty: str = "") -> list[tuple[str, str]]:
    """The statuses to choose from, in their order; ``empty`` is the choice of none."""
    found = [(status.value, label) for status, label in STATUS_LABELS.items()]
    return [("", empty), *found] if empty else found


def people_options(people: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """People to choose from (``people.names``): "Joint commissioning lead, ICB"."""
    return [(str(one["id"]), person_words(one)) for one in people]


def person_words(person: Mapping[str, Any]) -> str:
    """A person as a list names them: name or post, and organisation."""
    return ", ".join(words for words in (person["name"], person["organisation"]) if words)


def several(
    name: str, label: str, options: Sequence[tuple[str, str]], chosen: int, hint: str = ""
) -> list[Field]:
    """A select for each of the people chosen and two more: the fields ``name_0``, ``name_1``..."""
    wanted = min(max(chosen, 0) + _SPARE, _MOST)
    return [
        Field(f"{name}_{place}", f"{label} {place + 1}", "select", hint if place == 0 else "", options)
        for place in range(wanted)
    ]


def numbered(name: str, values: Iterable[Any]) -> dict[str, Any]:
    """The values of such fields by name."""
    return {f"{name}_{place}": value for place, value in enumerate(values)}


def chosen_of(form: Form, name: str, fields: Iterable[Field]) -> list[str]:
    """What was chosen in such fields, without the empty ones and each once."""
    found = [form.text(one.name) for one in fields if is_one_of(one.name, name)]
    return list(dict.fromkeys(one for one in found if one))


def is_one_of(field: str, name: str) -> bool:
    """Whether a field is one of those numbered under a name."""
    return field.startswith(f"{name}_") and field.removeprefix(f"{name}_").isdigit()
