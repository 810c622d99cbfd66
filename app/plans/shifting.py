"""Moving the dates of a plan: a copy begins on another day, and its dates move by as much."""

import calendar
from datetime import date, timedelta


def shifted(day: date, first: date, to: date) -> date:
    """Return ``day`` moved by as much as lies between ``first`` and ``to``.

    Where both fall on the same day of a month it moves by whole months, and the last day of a month stays the
    last one, so that the end of a quarter stays that; otherwise by days. Order is kept: what was not before
    something else is not afterwards. Raises OverflowError for a day that no calendar has.

    >>> shifted(date(2024, 6, 30), date(2024, 4, 1), date(2025, 5, 1))
    datetime.date(2025, 7, 31)
    >>> shifted(date(2024, 6, 30), date(2024, 4, 1), date(2024, 4, 11))
    datetime.date(2024, 7, 10)
    """
    if first.day != to.day:
        return day + (to - first)
    months = (to.year - first.year) * 12 + to.month - first.month
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError("date value out of range")
    last = calendar.monthrange(year, month + 1)[1]
    is_last = (day + timedelta(days=1)).day == 1
    return date(year, month + 1, last if is_last else min(day.day, last))
