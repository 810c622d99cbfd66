"""How often a plan's board meets, as data, and the reporting periods that follow from it.

Domain rules, section 1 (period) and section 5: a period has a first day, a last day and a meeting date; its
figures are as at its last day. A cadence cuts the calendar into periods: each ends on one of its last days,
and the next begins on the day after, so that periods follow each other without a gap and never overlap.
"""

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice, pairwise
from typing import NamedTuple

LATEST_DAY = date(2100, 12, 31)
"""No period is proposed that ends later."""
MOST_DATES = 200
MOST_DAYS = 92
_DAY = timedelta(days=1)
_SIX_WEEKS = timedelta(weeks=6)


class CadenceKind(StrEnum):
    """How the last days of periods are found."""

    fixed_dates = "fixed_dates"
    monthly = "monthly"
    six_weekly = "six_weekly"
    quarterly = "quarterly"
    relative_to_meetings = "relative_to_meetings"


_MONTHS = {CadenceKind.monthly: 1, CadenceKind.quarterly: 3}


@dataclass(frozen=True, slots=True)
class Cadence:
    """A cadence. ``anchor`` is the first day of some period, of lists of dates that of the first one.

    ``last_days`` belong to fixed dates; ``meetings`` and ``days_before`` (how many days before a meeting its
    period ends) to relative_to_meetings; ``meeting_days_after`` (days from the last day to the meeting) to
    all others, where the board keeps such a distance.
    """

    kind: CadenceKind
    anchor: date
    last_days: tuple[date, ...] = ()
    meetings: tuple[date, ...] = ()
    days_before: int | None = None
    meeting_days_after: int | None = None


class Span(NamedTuple):
    """The days of a period, and when the board meets about it if the cadence says so."""

    first_day: date
    last_day: date
    meeting_on: date | None


class Days(NamedTuple):
    """Days that a period already covers, both included."""

    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: ``field`` is a JSON pointer into the cadence, ``message`` a sentence for people."""

    field: str
    message: str


def faults(cadence: Cadence) -> list[Fault]:
    """All that is wrong with a cadence; nothing when periods follow from it."""
    found = list(_unfitting(cadence))
    for name, wanted in (
        ("last_days", CadenceKind.fixed_dates),
        ("meetings", CadenceKind.relative_to_meetings),
    ):
        if cadence.kind is wanted:
            found += _list_faults(cadence, name)
    if cadence.kind is CadenceKind.relative_to_meetings and cadence.days_before is None:
        found.append(
            Fault("/days_before", "Give how many days before a meeting its period ends, for example 14.")
        )
    for name in ("days_before", "meeting_days_after"):
        days = getattr(cadence, name)
        if days is not None and not 0 <= days <= MOST_DAYS:
            found.append(Fault(f"/{name}", f"Give a number of days from 0 to {MOST_DAYS}."))
    return found


def spans(cadence: Cadence, after: date, number: int) -> list[Span]:
    """The next ``number`` periods after a day: the first begins on the following day, or with the cadence.

    Fewer where the cadence's own dates end. The first one may be shorter than the others: it ends when the
    cadence says, whenever it begins.
    """
    return list(islice(_spans(cadence, after + _DAY), number))


def span_around(cadence: Cadence, day: date) -> Span | None:
    """The whole period of the cadence that holds a day; None where it has none."""
    ends = _ends(cadence, day)
    last = next(ends, None)
    if last is None or (_is_listed(cadence) and day < cadence.anchor):
        return None
    if _is_listed(cadence):
        earlier = [one for one in _listed(cadence) if one < day]
        first = earlier[-1] + _DAY if earlier else cadence.anchor
    else:
        first = _boundary(cadence, _place(cadence, day))
    return Span(first, last, _meeting(cadence, last))


def proposals(cadence: Cadence, taken: Sequence[Days], start: date, number: int) -> list[Span]:
    """The next ``number`` periods from ``start`` on that existing ones leave room for.

    Days that are ``taken`` are left out: a proposal ends before the next existing period begins and the
    following one starts after it, so that together they cover every day once.
    """
    found: list[Span] = []
    upcoming = sorted(days for days in taken if days.last_day >= start)
    day = start
    for days in [*upcoming, None]:
        for span in _spans(cadence, day):
            if len(found) == number or (days and span.first_day >= days.first_day):
                break
            if days and span.last_day >= days.first_day:
                last = days.first_day - _DAY
                span = Span(span.first_day, last, _meeting(cadence, last))
            found.append(span)
        if days:
            day = max(day, days.last_day + _DAY)
    return found


def _spans(cadence: Cadence, first: date) -> Iterator[Span]:
    if _is_listed(cadence):
        first = max(first, cadence.anchor)
    for last in _ends(cadence, first):
        yield Span(first, last, _meeting(cadence, last))
        first = last + _DAY


def _ends(cadence: Cadence, day: date) -> Iterator[date]:
    """The last days of the cadence from a day on, ascending."""
    if _is_listed(cadence):
        yield from (last for last in _listed(cadence) if last >= day)
        return
    place = _place(cadence, day) + 1
    while (last := _boundary(cadence, place) - _DAY) <= LATEST_DAY:
        yield last
        place += 1


def _is_listed(cadence: Cadence) -> bool:
    return cadence.kind in (CadenceKind.fixed_dates, CadenceKind.relative_to_meetings)


def _listed(cadence: Cadence) -> tuple[date, ...]:
    if cadence.kind is CadenceKind.fixed_dates:
        return cadence.last_days
    before = timedelta(days=cadence.days_before or 0)
    return tuple(meeting - before for meeting in cadence.meetings)


def _place(cadence: Cadence, day: date) -> int:
    """The number of the period that holds a day, counted from the anchor's, which is 0."""
    if cadence.kind is CadenceKind.six_weekly:
        return (day - cadence.anchor) // _SIX_WEEKS
    step = _MONTHS[cadence.kind]
    months = (day.year - cadence.anchor.year) * 12 + day.month - cadence.anchor.month
    place = months // step
    return place if _boundary(cadence, place) <= day else place - 1


def _boundary(cadence: Cadence, place: int) -> date:
    """The first day of a period by its number; counted from the anchor, so that no month end is lost."""
    if cadence.kind is CadenceKind.six_weekly:
        return cadence.anchor + place * _SIX_WEEKS
    months = cadence.anchor.month - 1 + place * _MONTHS[cadence.kind]
    year, month = cadence.anchor.year + months // 12, months % 12 + 1
    return date(year, month, min(cadence.anchor.day, monthrange(year, month)[1]))


def _meeting(cadence: Cadence, last: date) -> date | None:
    """When the board meets about a period that ends on a day."""
    if cadence.kind is CadenceKind.relative_to_meetings:
        place = bisect_left(_listed(cadence), last)
        return cadence.meetings[place] if place < len(cadence.meetings) else None
    if cadence.meeting_days_after is None:
        return None
    return last + timedelta(days=cadence.meeting_days_after)


def weekend_day(day: date) -> str:
    """The name of a day on which boards do not meet, "Saturday" or "Sunday"; "" for any other.

    Bank holidays are not known here.
    """
    return {5: "Saturday", 6: "Sunday"}.get(day.weekday(), "")


FITTING = {
    "last_days": (CadenceKind.fixed_dates,),
    "meetings": (CadenceKind.relative_to_meetings,),
    "days_before": (CadenceKind.relative_to_meetings,),
    "meeting_days_after": tuple(kind for kind in CadenceKind if kind is not CadenceKind.relative_to_meetings),
}
"""The kinds that each field of a cadence belongs to; the anchor belongs to all."""


def _unfitting(cadence: Cadence) -> Iterator[Fault]:
    for name, kinds in FITTING.items():
        given = getattr(cadence, name)
        if given not in (None, ()) and cadence.kind not in kinds:
            listed = " or ".join(f"`{kind}`" for kind in kinds)
            yield Fault(f"/{name}", f"Leave this out: it belongs to {listed}.")


def _list_faults(cadence: Cadence, name: str) -> list[Fault]:
    dates: tuple[date, ...] = getattr(cadence, name)
    if not dates:
        return [Fault(f"/{name}", "Give at least one date.")]
    if len(dates) > MOST_DATES:
        return [Fault(f"/{name}", f"Give at most {MOST_DATES} dates.")]
    found = [
        Fault(f"/{name}/{place}", f"Give each date once and in order: this one does not follow {earlier}.")
        for place, (earlier, later) in enumerate(pairwise(dates), start=1)
        if later <= earlier
    ]
    first = _listed(cadence)[0]
    if first < cadence.anchor:
        words = f"The first period would end on {first}, before it begins: give an anchor not after that day."
        found.append(Fault("/anchor", words))
    return found
