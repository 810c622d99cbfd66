"""Dates and times as pages show them, and the line that says which day the figures are of."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple
from urllib.parse import urlencode

from app.clock import LONDON
from app.sentences import actions as words
from app.sentences.words import day_in_words

long_date = day_in_words
short_date, long_or = words.short_date, words.long_or
days_between, overdue_words = words.days_between, words.overdue_words


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
