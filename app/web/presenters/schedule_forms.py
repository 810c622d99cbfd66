"""The form of a schedule: what is sent, when, and what happens where a date falls badly."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app.models.schedules import Attachment, MissedRule, ScheduleKind
from app.schedules.rules import MOST_WORKING_DAYS, HolidayRule, RuleKind, Weekday
from app.web.presenters.dates import today_if_empty
from app.web.presenters.text import plan_name
from app.web.record_fields import Field
from app.web.record_forms import RecordForm

LIST = "/schedules"
KINDS = {
    ScheduleKind.summary: (
        "A summary for the board",
        "How each priority stands, what changed, what is worst and what falls due.",
    ),
    ScheduleKind.reminders: (
        "Reminders for leads",
        "Each lead gets one message with what is due, overdue or not updated, and never the same twice.",
    ),
}
FORMATS = {
    Attachment.pdf: "PDF",
    Attachment.docx: "Word",
    Attachment.xlsx: "Excel",
    Attachment.json: "JSON, for programs",
}
_RULES = {
    RuleKind.weekly: "Every week",
    RuleKind.monthly: "Every month, on a date",
    RuleKind.first_working_day: "Every month, on its first working day",
    RuleKind.last_working_day: "Every month, on its last working day",
    RuleKind.quarterly: "Every quarter",
    RuleKind.working_days_before_meeting: "Before each board meeting",
    RuleKind.cron: "By a cron expression, for experts",
}
_MONTHS = (
    ("1", "January, April, July and October"),
    ("2", "February, May, August and November"),
    ("3", "March, June, September and December"),
)
_HOLIDAYS = {
    HolidayRule.before: "Send it on the working day before",
    HolidayRule.after: "Send it on the working day after",
    HolidayRule.keep: "Send it on that day all the same",
    HolidayRule.skip: "Leave that date out",
}
MISSED = {
    MissedRule.send_late: ("Send it late", "Several dates that were missed make one message."),
    MissedRule.skip: ("Leave it out", "The next message is that of the next date."),
}
FIRST = {
    "kind": ScheduleKind.summary.value,
    "rule_kind": RuleKind.weekly.value,
    "rule_weekday": Weekday.monday.value,
    "rule_time": "08:00",
    "rule_holidays": HolidayRule.after.value,
    "missed": MissedRule.send_late.value,
    "reminders_due_days": "14, 3",
    "reminders_overdue_every_days": "7",
    "reminders_not_updated": "1",
}
"""What the form of a new schedule proposes."""


# --- Fields -----------------------------------------------------------------------------------------------


def new_form(plans: Sequence[Mapping[str, Any]], today: date) -> RecordForm:
    """The form of a new schedule for one of the plans."""
    options = [(str(one["id"]), plan_name(one)) for one in plans]
    kinds = [(kind.value, *words) for kind, words in KINDS.items()]
    fields = [
        _name(),
        Field("plan_id", "Plan", "select", "", options, required=True, words="Choose the plan"),
        Field("kind", "What is sent?", "radios", "", kinds, required=True, words="Choose what is sent"),
        *(field._replace(under=("kind", ScheduleKind.summary.value)) for field in _of_summary()),
        *(field._replace(under=("kind", ScheduleKind.reminders.value)) for field in _of_reminders()),
        *_when(),
        _starts_on(today_if_empty(today)),
    ]
    return RecordForm(
        heading="Add a schedule",
        caption=("Schedules", LIST),
        fields=fields,
        submit="Add the schedule",
        back=LIST,
        section="admin",
        note="Nothing is sent yet: you add recipients, look at the message, then start the schedule.",
        saved=f"{LIST}/{{id}}?said=added",
    )


def change_form(schedule: Mapping[str, Any]) -> RecordForm:
    """The form that changes a schedule. What is sent, and of which plan, stays."""
    path = f"{LIST}/{schedule['id']}"
    of_kind = _of_summary() if schedule["kind"] == ScheduleKind.summary else _of_reminders()
    starts_on = _starts_on("")._replace(required=True)
    return RecordForm(
        heading="Change the schedule",
        caption=(schedule["name"], path),
        fields=[_name(), *of_kind, *_when(), starts_on],
        submit="Save the schedule",
        back=path,
        section="admin",
        what="the schedule",
        note="A new time counts from now on. What is being sent already stays as it is.",
        saved=f"{path}?said=changed",
        also=("Delete the schedule", f"{path}/delete"),
    )


def _name() -> Field:
    hint = "Recipients see it where they stop it. For example, Monday summary."
    return Field("name", "Name", hint=hint, required=True, words="Give the schedule a name", most=120)


def _of_summary() -> list[Field]:
    formats = [(one.value, words) for one, words in FORMATS.items()]
    hint = "The message says the main figures by itself."
    return [Field("attachments", "Attach the report as", "checkboxes", hint, formats)]


def _of_reminders() -> list[Field]:
    return [
        Field(
            "reminders_due_days",
            "Days before an action is due",
            hint="One or several, for example 14, 3. Leave empty for none.",
            width="10",
        ),
        Field(
            "reminders_overdue_every_days",
            "Days between reminders of an overdue action",
            "number",
            "Leave empty for none.",
        ),
        Field(
            "reminders_not_updated",
            "Also remind, once in a period, of an action that has no update in it",
            "check",
        ),
    ]


def _when() -> list[Field]:
    rules = [(kind.value, words) for kind, words in _RULES.items()]
    days = [(day.value, day.value.capitalize()) for day in Weekday]
    holidays = [(rule.value, words) for rule, words in _HOLIDAYS.items()]
    missed = [(rule.value, *words) for rule, words in MISSED.items()]
    of_month = "A number from 1 to 31. In a shorter month, its last day."
    before = f"From 1 to {MOST_WORKING_DAYS}. Meetings are those of the plan's periods and cadence."
    return [
        Field("rule_kind", "How often?", "radios", "", rules, heading="When", required=True),
        _under(RuleKind.weekly, Field("rule_weekday", "Day of the week", "select", "", days, required=True)),
        _under(RuleKind.monthly, Field("rule_day", "Day of the month", "number", of_month, required=True)),
        _under(RuleKind.quarterly, Field("rule_month", "Months", "select", "", _MONTHS, required=True)),
        _under(
            RuleKind.quarterly,
            Field("rule_quarter_day", "Day of the month", "number", of_month, required=True),
        ),
        _under(
            RuleKind.working_days_before_meeting,
            Field("rule_working_days", "Working days before the meeting", "number", before, required=True),
        ),
        _under(
            RuleKind.cron,
            Field(
                "rule_expression",
                "Cron expression",
                hint="Minute, hour, day of the month, month, day of the week: 0 8 * * 1 is Mondays at 08:00.",
                width="20",
                required=True,
            ),
        ),
        Field("rule_time", "Time of day", hint=_TIME_HINT, width="5"),
        Field("rule_holidays", "If that is a bank holiday", "radios", _HOLIDAYS_HINT, holidays),
        Field("missed", "If the service is down at that time", "radios", "", missed, required=True),
    ]


_TIME_HINT = "In London, for example 08:00. A cron expression says its own."
_HOLIDAYS_HINT = (
    "For a date of the month or quarter, also if it is a Saturday or Sunday. Bank holidays of England count."
)


def _under(kind: RuleKind, field: Field) -> Field:
    return field._replace(under=("rule_kind", kind.value))


def _starts_on(hint: str) -> Field:
    words = "Give the first day"
    return Field(
        "starts_on", "Not before", "date", hint or "The first day on which it may be due.", words=words
    )
