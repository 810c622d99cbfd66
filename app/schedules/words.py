"""Rules of schedules in words, in plain English."""

from app.schedules import cron
from app.schedules.rules import HolidayRule, Rule, RuleKind

_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")
_QUARTERLY = {
    1: "January, April, July and October",
    2: "February, May, August and November",
    3: "March, June, September and December",
}
_LAST_ALWAYS, _LAST_OF_SHORTEST = 31, 28
_HOLIDAYS = {
    HolidayRule.before: ", or on the working day before {this}",
    HolidayRule.after: ", or on the working day after {this}",
    HolidayRule.skip: ", but not {on}",
}


def describe(rule: Rule) -> str:
    """A rule in words, without a full stop: "Every Monday at 08:00"."""
    at = f"{rule.at:%H:%M}" if rule.at else ""
    if rule.kind is RuleKind.weekly:
        found = f"Every {str(rule.weekday).capitalize()} at {at}"
    elif rule.kind is RuleKind.monthly:
        found = f"On the {_day(rule)} of each month at {at}"
    elif rule.kind is RuleKind.quarterly:
        found = f"On the {_day(rule)} of {_QUARTERLY[rule.month or 1]} at {at}"
    elif rule.kind is RuleKind.working_days_before_meeting:
        days = rule.working_days or 0
        number = _NUMBERS[days] if days < len(_NUMBERS) else str(days)
        found = f"{number} working {'day' if days == 1 else 'days'} before each board meeting, at {at}"
    elif rule.kind is RuleKind.cron:
        found = cron.in_words(rule.expression or "")
    else:
        which = "first" if rule.kind is RuleKind.first_working_day else "last"
        found = f"On the {which} working day of each month at {at}"
    return found + _holidays(rule)


def _day(rule: Rule) -> str:
    day = rule.day or 1
    if day == _LAST_ALWAYS:
        return "last day"
    found = cron.ordinal(day)
    return f"{found} (or last day)" if day > _LAST_OF_SHORTEST else found


def _holidays(rule: Rule) -> str:
    words = _HOLIDAYS.get(rule.holidays, "")
    if rule.kind in (RuleKind.monthly, RuleKind.quarterly):
        return words.format(this="where that is a weekend or bank holiday", on="on a weekend or bank holiday")
    return words.format(this="where that is a bank holiday", on="on bank holidays")
