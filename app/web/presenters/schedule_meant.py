"""What the form of a schedule means: its rule, and what leads are reminded of."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from app.models.schedules import MOST_DAYS, ScheduleKind
from app.schedules import cron
from app.schedules.rules import FITTING, MOST_WORKING_DAYS, RuleKind
from app.web.forms import Form
from app.web.record_fields import Field, same, sent, stated, typed_of

_LAST_DAY = 31
_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,;]+")
_NOON = 12


def read(fields: Sequence[Field], typed: Mapping[str, str]) -> Form:
    """The form as it was sent, with the time and the days as the service writes them."""
    given = dict(typed)
    if (at := _time(given.get("rule_time", ""))) is not None:
        given["rule_time"] = at
    if "reminders_due_days" in given:
        given["reminders_due_days"] = ", ".join(_parts(given["reminders_due_days"]))
    return sent(fields, given)


def flat(schedule: Mapping[str, Any]) -> dict[str, Any]:
    """A schedule as the fields of the form take it."""
    rule, reminders = schedule["rule"], schedule["reminders"] or {}
    is_quarterly = rule["kind"] == RuleKind.quarterly
    found = {**schedule, **{f"rule_{name}": value for name, value in rule.items()}}
    found["rule_quarter_day"] = rule["day"] if is_quarterly else None
    found["rule_day"] = None if is_quarterly else rule["day"]
    found["reminders_due_days"] = ", ".join(str(one) for one in reminders.get("due_days", ()))
    found["reminders_overdue_every_days"] = reminders.get("overdue_every_days")
    found["reminders_not_updated"] = reminders.get("not_updated", False)
    return found


def known(fields: Sequence[Field], schedule: Mapping[str, Any]) -> Form:
    """The form filled with a schedule as it is."""
    return sent(fields, typed_of(fields, flat(schedule)))


def created(fields: Sequence[Field], form: Form) -> dict[str, Any]:
    """What a new schedule is to be. Adds problems to the form."""
    found = stated(fields, form)
    is_summary = form.value("kind") == ScheduleKind.summary
    return {
        **{name: found[name] for name in ("name", "plan_id", "kind", "missed", "starts_on")},
        "rule": _rule(form, found),
        "attachments": found["attachments"] if is_summary else [],
        "reminders": None if is_summary else _reminders(form, found),
    }


def changed(fields: Sequence[Field], form: Form, schedule: Mapping[str, Any]) -> dict[str, Any]:
    """What is to change of a schedule; a rule, or what leads are reminded of, as a whole. Adds problems."""
    found, before = stated(fields, form), known(fields, schedule)
    names = [field.name for field in fields if not same(field, form, before)]
    body = {name: found[name] for name in names if not name.startswith(("rule_", "reminders_"))}
    rule = _rule(form, found)
    if any(name.startswith("rule_") for name in names):
        body["rule"] = rule
    if schedule["kind"] == ScheduleKind.reminders:
        reminders = _reminders(form, found)
        if any(name.startswith("reminders_") for name in names):
            body["reminders"] = reminders
    return body


def _rule(form: Form, found: Mapping[str, Any]) -> dict[str, Any]:
    """The rule, with the fields that belong to its kind."""
    kind = form.value("rule_kind")
    is_quarterly = kind == RuleKind.quarterly
    day = "rule_quarter_day" if is_quarterly else "rule_day"
    month = found["rule_month"]
    given = {
        "time": found["rule_time"],
        "weekday": found["rule_weekday"],
        "day": _within(form, day, found[day], _LAST_DAY, "The day of the month"),
        "month": int(month) if month else None,
        "working_days": _within(
            form, "rule_working_days", found["rule_working_days"], MOST_WORKING_DAYS, "Working days"
        ),
        "expression": found["rule_expression"],
        "holidays": found["rule_holidays"],
    }
    if kind != RuleKind.cron and _time(form.value("rule_time")) is None:
        form.fault("rule_time", "Give the time of day in London, for example 08:00")
    if kind == RuleKind.cron and given["expression"] and (why := cron.fault(given["expression"])):
        form.fault("rule_expression", why)
    if kind in FITTING["holidays"] and not found["rule_holidays"]:
        form.fault("rule_holidays", "Choose what happens on a bank holiday")
    return {"kind": kind} | {name: given[name] for name in FITTING if kind in FITTING[name]}


def _within(form: Form, name: str, number: int | None, most: int, what: str) -> int | None:
    if number is not None and not 1 <= number <= most:
        form.fault(name, f"{what} must be from 1 to {most}")
    return number


def _reminders(form: Form, found: Mapping[str, Any]) -> dict[str, Any]:
    days = _parts(found["reminders_due_days"] or "")
    wrong = [one for one in days if not (one.isascii() and one.isdigit() and int(one[:9]) <= MOST_DAYS)]
    if wrong:
        words = f"Days before an action is due must be whole numbers up to {MOST_DAYS}"
        form.fault("reminders_due_days", f"{words}: “{wrong[0][:20]}” is none")
    apart = found["reminders_overdue_every_days"]
    name = "reminders_overdue_every_days"
    _within(form, name, apart, MOST_DAYS, "Days between reminders")
    is_wrong = wrong or form.error(name)
    told = {
        "due_days": [int(one) for one in days if one not in wrong],
        "overdue_every_days": apart,
        "not_updated": found["reminders_not_updated"],
    }
    if not any(told.values()) and not is_wrong:
        form.fault("reminders_due_days", "Say at least one thing that leads are reminded of")
    return told


def _parts(typed: str) -> list[str]:
    return [one for one in _BETWEEN.split(typed) if one]


def _time(typed: str) -> str | None:
    """A time of day as "08:00", from what people write: 8:00, 8.30, 9am; None for what is none."""
    found = _TIME.fullmatch(typed.strip())
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half:
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if half == "pm" else 0)
    elif found[2] is None:
        return None
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else None
