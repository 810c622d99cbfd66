"""Dates and times as pages show them, and the line that says which day the figures are of."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple
from urllib.parse import urlencode

from app.clock import LONDON
from app.sentences.words import MONTHS, day_in_words, plural

long_date = day_in_words


def short_date(day: date) -> str:
    """A date for tables: "31 May 2024", "30 Jun 2024", "5 Sep 2024"."""
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def long_or(day: date | None, otherwise: str) -> str:
    """A date in full, or what to say when there is none."""
    return otherwise if day is None else long_date(day)


def day_of(moment: datetime) -> str:
    """The London day of a time: "28 June 2024"."""
    return long_date(moment.astimezone(LONDON).date())


def recorded(moment: datetime) -> str:
    """When something was recorded, in London time: "28 June 2024, 16:12"."""
    local = moment.astimezone(LONDON)
    return f"{long_date(local.date())}, {local:%H:%M}"


def to_the_second(moment: datetime) -> str:
    """The same where minutes are too coarse: "28 June 2024, 16:12:09"."""
    local = moment.astimezone(LONDON)
    return f"{long_date(local.date())}, {local:%H:%M:%S}"


def days_between(earlier: date, later: date) -> str:
    """The distance of two dates in words: "1 day", "30 days"."""
    days = (later - earlier).days
    return f"{days} {plural(days, 'day')}"


def overdue_words(due: date | None, day: date) -> str:
    """That something is overdue, and since when: "Overdue by 30 days"; "Overdue" where nobody knows."""
    return f"Overdue by {days_between(due, day)}" if due else "Overdue"


def example_of(day: date) -> str:
    """How a date is typed, as a hint says it: "For example, 30 6 2024."."""
    return f"For example, {day.day} {day.month} {day.year}."


def today_if_empty(today: date) -> str:
    """What an empty date means, as a hint says it: "Leave empty for today, 30 June 2024."."""
    return f"Leave empty for today, {long_date(today)}."


class PeriodLine(NamedTuple):
    """The period that a day lies in: its name with a link, and whether it is published, in words.

    ``may_differ``: something was recorded since it was published that counts by its last day.
    """

    name: str
    href: str
    state: str
    may_differ: bool = False


class Position(NamedTuple):
    """The day a page's figures are of, the period it lies in, and what the form for another day needs.

    ``query`` is what links to other pages add to stay at that day: "" today, else "?as_at=2024-06-30".
    """

    day: date
    is_past: bool
    words: str
    iso: str
    today_words: str
    today_iso: str
    path: str
    today_url: str
    kept: tuple[tuple[str, str], ...]
    query: str
    period: PeriodLine | None = None


def position(
    day: date,
    today: date,
    path: str,
    kept: Iterable[tuple[str, str]] = (),
    period: PeriodLine | None = None,
) -> Position:
    """The position line of the page at ``path``; ``kept`` are its filters, which stay."""
    pairs = tuple((name, value) for name, value in kept if value)
    return Position(
        day=day,
        is_past=day < today,
        words=long_date(day),
        iso=day.isoformat(),
        today_words=long_date(today),
        today_iso=today.isoformat(),
        path=path,
        today_url=f"{path}?{urlencode(pairs)}" if pairs else path,
        kept=pairs,
        query=f"?as_at={day.isoformat()}" if day < today else "",
        period=period,
    )
