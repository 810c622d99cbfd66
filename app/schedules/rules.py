"""When a schedule is due, as data: the days and times that follow from a rule.

Domain rules, section 5: schedules are in Europe/London, storage is in UTC, working days leave out English
bank holidays. A local time that does not exist, as the clocks go forward, is due at the first moment after
the gap; one that comes twice, as they go back, is due once, the first time (ADR 0029).
"""

from calendar import monthrange
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import takewhile
from typing import Any, Self
from zoneinfo import ZoneInfo

from app.schedules import cron

LONDON = ZoneInfo("Europe/London")
MOST_WORKING_DAYS = 60
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_MONTH = timedelta(days=31)
_YEAR = timedelta(days=366)
_MARGIN = timedelta(days=14)
"""Further than any holiday moves a day."""
_MOST_YEARS = 30
"""How far ahead the next due times are looked for: 29 February comes at least every eight years."""
_SATURDAY = 5


class RuleKind(StrEnum):
    """How due days are found."""

    weekly = "weekly"
    monthly = "monthly"
    quarterly = "quarterly"
    working_days_before_meeting = "working_days_before_meeting"
    first_working_day = "first_working_day"
    last_working_day = "last_working_day"
    cron = "cron"


class Weekday(StrEnum):
    """A day of the week."""

    monday = "monday"
    tuesday = "tuesday"
    wednesday = "wednesday"
    thursday = "thursday"
    friday = "friday"
    saturday = "saturday"
    sunday = "sunday"


class HolidayRule(StrEnum):
    """What happens to a due day on which nobody works.

    That is a bank holiday; for rules that name a day of the month a Saturday or Sunday too. ``before`` and
    ``after`` take the nearest working day.
    """

    keep = "keep"
    before = "before"
    after = "after"
    skip = "skip"


_WEEKDAYS = tuple(Weekday)
_BY_DATE = frozenset({RuleKind.monthly, RuleKind.quarterly})
_MOVED = frozenset({RuleKind.weekly, RuleKind.cron, *_BY_DATE})


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule. ``at`` is the London time of day, which a cron expression has in itself.

    ``day`` is the day of the month: where a month is shorter its last one, so that 31 is always the last.
    ``month`` is that of the quarter, 1 to 3; quarters begin in January, April, July and October.
    """

    kind: RuleKind
    at: time | None = None
    weekday: Weekday | None = None
    day: int | None = None
    month: int | None = None
    working_days: int | None = None
    expression: str | None = None
    holidays: HolidayRule = HolidayRule.keep

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """The rule that is kept as JSON (``time`` is "HH:MM")."""
        weekday = stored.get("weekday")
        at = stored.get("time")
        return cls(
            RuleKind(stored["kind"]),
            time.fromisoformat(at) if at else None,
            Weekday(weekday) if weekday else None,
            stored.get("day"),
            stored.get("month"),
            stored.get("working_days"),
            stored.get("expression"),
            HolidayRule(stored.get("holidays") or HolidayRule.keep),
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: ``field`` is a JSON pointer into the rule, ``message`` a sentence for people."""

    field: str
    message: str


FITTING: dict[str, frozenset[RuleKind]] = {
    "time": frozenset(RuleKind) - {RuleKind.cron},
    "weekday": frozenset({RuleKind.weekly}),
    "day": _BY_DATE,
    "month": frozenset({RuleKind.quarterly}),
    "working_days": frozenset({RuleKind.working_days_before_meeting}),
    "expression": frozenset({RuleKind.cron}),
    "holidays": _MOVED,
}
"""The kinds that each field of a rule belongs to, which need it; all but ``holidays``, which is `keep`."""

_WANTED = {
    "time": "Give the time of day in London, for example 08:00.",
    "weekday": "Give a day of the week, for example monday.",
    "day": "Give a day of the month from 1 to 31; 31 is the last day of every month.",
    "month": "Give the month of the quarter: 1, 2 or 3.",
    "working_days": f"Give a number of working days from 1 to {MOST_WORKING_DAYS}.",
    "expression": "Give a cron expression, for example 0 8 * * 1.",
}
_RANGES = {"day": (1, 31), "month": (1, 3), "working_days": (1, MOST_WORKING_DAYS)}


def faults(rule: Rule) -> list[Fault]:
    """All that is wrong with a rule; nothing when due times follow from it."""
    given = {name: rule.at if name == "time" else getattr(rule, name) for name in FITTING}
    found = []
    for name, kinds in FITTING.items():
        value = given[name]
        if rule.kind not in kinds:
            if value not in (None, HolidayRule.keep):
                listed = " or ".join(f"`{kind}`" for kind in RuleKind if kind in kinds)
                found.append(Fault(f"/{name}", f"Leave this out: it belongs to {listed}."))
        elif value is None or not _is_in_range(name, value):
            found.append(Fault(f"/{name}", _WANTED[name]))
    if rule.kind is RuleKind.cron and rule.expression and (wrong := cron.fault(rule.expression)):
        found.append(Fault("/expression", wrong))
    return found


def _is_in_range(name: str, value: Any) -> bool:
    lowest, highest = _RANGES.get(name, (value, value))
    return bool(lowest <= value <= highest)


def due_times(
    rule: Rule,
    after: datetime,
    until: datetime,
    *,
    meetings: Collection[date] = (),
    holidays: Collection[date] = frozenset(),
) -> list[datetime]:
    """The UTC times at which a rule is due after one time and up to another, each once, in order.

    ``meetings`` are the days on which the board meets, ``holidays`` the bank holidays that are known.
    """
    margin = _DAY if rule.holidays is HolidayRule.keep else _MARGIN
    first = after.astimezone(LONDON).date() - margin
    last = until.astimezone(LONDON).date() + margin
    found = {
        moment_of(datetime.combine(day, local.time()))
        for local in _local_times(rule, first, last, meetings, holidays)
        if (day := _moved(local.date(), rule, holidays)) is not None
    }
    return sorted(moment for moment in found if after < moment <= until)


def next_due(
    rule: Rule,
    after: datetime,
    number: int,
    *,
    meetings: Collection[date] = (),
    holidays: Collection[date] = frozenset(),
) -> list[datetime]:
    """The next UTC times at which a rule is due; fewer where no more meetings are known."""
    found: list[datetime] = []
    # A day first, as a cron expression may be due each hour: a year of those takes half a second.
    for span in (_DAY, _MONTH, *[_YEAR] * _MOST_YEARS):
        found += due_times(rule, after, after + span, meetings=meetings, holidays=holidays)
        after += span
        if len(found) >= number or (rule.kind is RuleKind.working_days_before_meeting and not meetings):
            break
    return found[:number]


def moment_of(local: datetime) -> datetime:
    """The UTC time of a London time: of one that comes twice the first, after a gap its first moment."""
    moment = local.replace(tzinfo=LONDON, fold=0).astimezone(UTC)
    if moment.astimezone(LONDON).replace(tzinfo=None) == local:
        return moment
    offset = moment.astimezone(LONDON).utcoffset()
    while (moment - _MINUTE).astimezone(LONDON).utcoffset() == offset:
        moment -= _MINUTE
    return moment


def is_working_day(day: date, holidays: Collection[date]) -> bool:
    """Whether people work on a day: neither at the weekend nor on a bank holiday."""
    return day.weekday() < _SATURDAY and day not in holidays


def _working_day(day: date, step: timedelta, holidays: Collection[date]) -> date:
    """The day itself where it is a working day, else the nearest one in the direction of ``step``."""
    while not is_working_day(day, holidays):
        day += step
    return day


def _moved(day: date, rule: Rule, holidays: Collection[date]) -> date | None:
    """Where the holiday rule puts a day; None where it leaves it out."""
    works = is_working_day(day, holidays) if rule.kind in _BY_DATE else day not in holidays
    if works or rule.kind not in _MOVED or rule.holidays is HolidayRule.keep:
        return day
    if rule.holidays is HolidayRule.skip:
        return None
    return _working_day(day, -_DAY if rule.holidays is HolidayRule.before else _DAY, holidays)


def _local_times(
    rule: Rule, first: date, last: date, meetings: Collection[date], holidays: Collection[date]
) -> Iterator[datetime]:
    """The London times of a rule from one day to another, before holidays move them."""
    if rule.kind is RuleKind.cron:
        yield from takewhile(lambda one: one.date() <= last, cron.times(rule.expression or "", first))
        return
    for day in _days(rule, first, last, meetings, holidays):
        yield datetime.combine(day, rule.at or time())


def _days(
    rule: Rule, first: date, last: date, meetings: Collection[date], holidays: Collection[date]
) -> Iterator[date]:
    if rule.kind is RuleKind.weekly and rule.weekday:
        wanted = _WEEKDAYS.index(rule.weekday)
        day = first + timedelta(days=(wanted - first.weekday()) % 7)
        while day <= last:
            yield day
            day += 7 * _DAY
    elif rule.kind is RuleKind.working_days_before_meeting:
        for meeting in meetings:
            yield _working_days_before(meeting, rule.working_days or 0, holidays)
    else:
        for year, month in _months(first, last):
            if rule.kind is not RuleKind.quarterly or month % 3 == (rule.month or 0) % 3:
                yield _day_of_month(rule, year, month, holidays)


def _working_days_before(meeting: date, number: int, holidays: Collection[date]) -> date:
    for _one in range(number):
        meeting = _working_day(meeting - _DAY, -_DAY, holidays)
    return meeting


def _months(first: date, last: date) -> Iterator[tuple[int, int]]:
    for place in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield place // 12, place % 12 + 1


def _day_of_month(rule: Rule, year: int, month: int, holidays: Collection[date]) -> date:
    length = monthrange(year, month)[1]
    if rule.kind is RuleKind.first_working_day:
        return _working_day(date(year, month, 1), _DAY, holidays)
    if rule.kind is RuleKind.last_working_day:
        return _working_day(date(year, month, length), -_DAY, holidays)
    return date(year, month, min(rule.day or 1, length))
