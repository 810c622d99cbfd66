"""Events in plain words, for administrators: what has happened, by kind of record, and the code after it."""

from itertools import groupby
from typing import NamedTuple

from app.models.change_kinds import CHANGE_KINDS
from app.models.webhooks import TEST_EVENT

_WORDS = {
    "area.created": "The area was set up",
    "area.changed": "The area has another name",
    "person.created": "A person or post was added",
    "person.changed": "A person or post changed",
    "plan.created": "A plan was added",
    "plan.changed": "A plan or its cadence changed",
    "plan.deleted": "A plan was deleted",
    "priority.created": "A priority was added",
    "priority.changed": "A priority changed",
    "priority.deleted": "A priority was deleted",
    "action.created": "An action was added",
    "action.added": "An action got its first dated entry",
    "action.changed": "Details of an action changed",
    "action.updated": "An action was updated",
    "action.withdrawn": "An action was withdrawn",
    "action.reinstated": "An action was reinstated",
    "register.created": "A risk register was added",
    "register.changed": "A risk register changed",
    "matrix.added": "A register got a matrix",
    "risk.created": "A risk was added",
    "risk.added": "A risk got its first dated entry",
    "risk.changed": "Details of a risk changed",
    "risk.assessed": "A risk was assessed",
    "risk.accepted": "A risk was accepted",
    "risk.materialised": "A risk has happened",
    "risk.closed": "A risk was closed",
    "risk.reopened": "A risk was reopened",
    "control.created": "A control was added",
    "control.changed": "A control changed",
    "management_action.created": "A management action was added",
    "management_action.added": "A management action got its first dated entry",
    "management_action.changed": "Details of a management action changed",
    "management_action.updated": "A management action was updated",
    "period.created": "A period was added",
    "period.changed": "A period changed",
    "period.deleted": "A period was deleted",
    "period.published": "A period was published",
    "commentary.created": "Commentary was written",
    "commentary.changed": "Commentary changed",
    "commentary.deleted": "Commentary was deleted",
    "erratum.created": "An erratum was added",
    "data_quality.acknowledged": "A data-quality finding was acknowledged",
    TEST_EVENT: "A test",
}
_GROUPS = {
    "area": "Area",
    "person": "People",
    "plan": "Plans",
    "priority": "Priorities",
    "action": "Actions",
    "register": "Risk registers",
    "matrix": "Matrices",
    "risk": "Risks",
    "control": "Controls",
    "management_action": "Management actions",
    "period": "Periods",
    "commentary": "Commentary",
    "erratum": "Errata",
    "data_quality": "Data quality",
}
TYPE_FIELDS = {f"type_{kind.event_type.replace('.', '_')}": kind.event_type for kind in CHANGE_KINDS}
"""The field of a form that chooses an event type."""


class Choice(NamedTuple):
    """A type that can be chosen: its field, what has happened, more about it, and its code."""

    field: str
    words: str
    more: str
    code: str


def happened(event_type: str) -> str:
    """What an event says has happened: "An action was updated"."""
    return _WORDS.get(event_type, event_type)


def with_code(event_type: str) -> str:
    """The same with the code that programs see: "An action was updated (action.updated)"."""
    return f"{happened(event_type)} ({event_type})"


def groups() -> list[tuple[str, list[Choice]]]:
    """Every type that can be chosen, under the kind of record that it is about."""
    fields = {event_type: field for field, event_type in TYPE_FIELDS.items()}
    return [
        (
            _GROUPS[noun],
            [
                Choice(
                    fields[kind.event_type],
                    happened(kind.event_type),
                    kind.meaning.replace("`", ""),
                    kind.event_type,
                )
                for kind in kinds
            ],
        )
        for noun, kinds in groupby(CHANGE_KINDS, lambda kind: kind.noun)
    ]
