"""Periods in words: their days as a board would call them."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from app.sentences.words import MONTHS, day_in_words


def period_name(period: Mapping[str, Any]) -> str:
    """What a period is called: its title, or its days in words."""
    return str(period["title"] or days_in_words(period["first_day"], period["last_day"]))


def days_in_words(first: date, last: date) -> str:
    """The days of a period, by whole months where it has them.

    >>> days_in_words(date(2024, 5, 1), date(2024, 6, 30))
    'May and June 2024'
    >>> days_in_words(date(2024, 4, 1), date(2024, 5, 12))
    '1 April to 12 May 2024'
    """
    if first == last:
        return day_in_words(first)
    if first.day == 1 and (last + timedelta(days=1)).day == 1:
        return _months(first, last)
    beginning = day_in_words(first) if first.year != last.year else f"{first.day} {MONTHS[first.month - 1]}"
    if (first.year, first.month) == (last.year, last.month):
        beginning = str(first.day)
    return f"{beginning} to {day_in_words(last)}"


def _months(first: date, last: date) -> str:
    end = f"{MONTHS[last.month - 1]} {last.year}"
    number = (last.year - first.year) * 12 + last.month - first.month
    if not number:
        return end
    beginning = MONTHS[first.month - 1] + (f" {first.year}" if first.year != last.year else "")
    return f"{beginning} {'and' if number == 1 else 'to'} {end}"
