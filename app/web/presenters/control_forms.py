"""The forms of a risk's controls and management actions."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.web.presenters.choices import MISSING, people_options, status_options
from app.web.presenters.dates import today_if_empty
from app.web.record_fields import Field
from app.web.record_forms import RecordForm
from app.web.visits import Visit

Item = Mapping[str, Any]


# --- Controls ---------------------------------------------------------------------------------------------


def new_control(risk: Item) -> RecordForm:
    """The form of a new control."""
    return _form(risk, "Add a control", [_what_is_in_place()], "Add the control", "control")


def edit_control(risk: Item) -> RecordForm:
    """The form of a control as it is; one that has ended stays listed."""
    ended = "Clear the box when it has ended. It stays listed under the risk as no longer in place."
    fields = [_what_is_in_place(), Field("in_place", "In place", "check", ended)]
    return _form(risk, "Change the control", fields, "Save the control", "control")


def _what_is_in_place() -> Field:
    hint = "A measure that is in place already. What is still to be done is a management action."
    return Field("description", "What is in place", "textarea", hint, rows=4, required=True)


# --- Management actions -----------------------------------------------------------------------------------


def new_management_action(visit: Visit, risk: Item, people: Sequence[Item]) -> RecordForm:
    """The form of a new management action."""
    fields = [*_own(people), *_dated_facts(visit, "From")]
    note = "A measure that is still to be done about the risk."
    return _form(risk, "Add a management action", fields, "Add the management action", "management", note)


def edit_management_action(risk: Item, people: Sequence[Item]) -> RecordForm:
    """The form of what a management action is; its status and due date change by updates alone."""
    note = "To change its status or due date, update it."
    heading = "Change the management action"
    return _form(risk, heading, _own(people), "Save the management action", "management", note)


def update_management_action(visit: Visit, risk: Item, one: Item) -> RecordForm:
    """The form of a dated update of a management action."""
    fields = _dated_facts(visit, "Date of this update")
    return _form(risk, "Update the management action", fields, "Save the update", "updated", one["title"])


def _own(people: Sequence[Item]) -> list[Field]:
    return [
        Field("title", "What is still to be done", "textarea", rows=3, required=True),
        Field("lead_id", "Lead", "select", MISSING, people_options(people)),
    ]


def stated_fields() -> list[Field]:
    """What a dated entry of a management action can state."""
    return [
        Field("status", "Status", "select", options=status_options("Not stated")),
        Field("due_on", "Due date", "date", "For example, 30 9 2024."),
        Field("narrative", "What has happened?", "textarea", "In words, for the board.", rows=3),
    ]


def _dated_facts(visit: Visit, dated: str) -> list[Field]:
    return [
        *stated_fields(),
        Field("reason", "Reason", "textarea", "Needed only where you date it back.", rows=2),
        Field("effective_on", dated, "date", today_if_empty(visit.at.today)),
    ]


def given(stated: Mapping[str, Any]) -> dict[str, Any]:
    """What a form of a new record states, without what it leaves empty."""
    return {name: value for name, value in stated.items() if value is not None}


def changed(stated: Mapping[str, Any]) -> dict[str, Any]:
    """What an update states: a status or date that was taken away is cleared, an empty text says nothing."""
    facts = ("status", "due_on")
    return {name: value for name, value in stated.items() if value is not None or name in facts}


def _form(
    risk: Item, heading: str, fields: Sequence[Field], submit: str, saved: str, note: str = ""
) -> RecordForm:
    href = f"/risks/{risk['id']}"
    return RecordForm(
        heading=heading,
        caption=(f"Risk {risk['ref']}", href),
        fields=fields,
        submit=submit,
        back=href,
        section="risks",
        note=note,
        what="this record",
        saved=f"{href}?saved={saved}#{'controls' if saved == 'control' else 'actions'}",
    )
