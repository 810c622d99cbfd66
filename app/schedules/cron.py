"""Cron expressions, for those who know them: five fields, in London time."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice

from cronsim import CronSim, CronSimError

LONGEST = 100
_FIELDS = ("minute", "hour", "day of the month", "month", "day of the week")
_MOST = (59, 23, 31, 12, 7)
"""The longest step of each field that could ever be taken."""
_STEP = re.compile(r"/(\d+)")
_ANY = ("0", "0", "*", "*", "*")
_ENDINGS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}
_TH = re.compile(r"\b(\d+)th\b")
_START = datetime.combine(date(2024, 1, 1), time())


def fault(expression: str) -> str:
    """What is wrong with an expression, naming its field, and what to do; "" where nothing is.

    The minute is one number: a schedule is due at most once an hour.
    """
    fields = expression.split()
    if len(fields) != len(_FIELDS):
        names = ", ".join(_FIELDS)
        return f"Give five fields ({names}), for example 0 8 * * 1: this has {len(fields)}."
    if len(expression) > LONGEST or not expression.isascii():
        return f"Give at most {LONGEST} characters: digits, letters and * , - / # L."
    for place, field in enumerate(fields):
        alone = [*_ANY[:place], field, *_ANY[place + 1 :]]
        steps = [int(step) for step in _STEP.findall(field)]
        if not _is_read(" ".join(alone)) or any(step > _MOST[place] for step in steps):
            return f"The {_FIELDS[place]} cannot be read: {field}. Correct field {place + 1} of the five."
    if not fields[0].isdigit():
        return "Give one number from 0 to 59 as the minute: a schedule is due at most once an hour."
    if not _is_read(expression) or not list(islice(times(expression, _START.date()), 1)):
        return "This is never due: there is no such day. Change the day of the month or the month."
    return ""


def times(expression: str, first: date) -> Iterator[datetime]:
    """The local times of an expression from a day on, without end."""
    # By local time without an offset, so that the clock changes are ours to settle.
    yield from CronSim(expression, datetime.combine(first, time()) - timedelta(minutes=1))


def in_words(expression: str) -> str:
    """What an expression says: "At 08:00 on Monday"."""
    read = CronSim(expression, _START)
    said = _TH.sub(lambda found: ordinal(int(found[1])), str(read.explain()))
    said = said.replace("day of month", "day of the month")
    # Where neither day begins with *, either will do: cronsim goes by that, and has "and" in its words.
    return said if read.day_and else said.replace(" and on ", " or on ")


def ordinal(day: int) -> str:
    """A day of the month as it is said: "31st". cronsim has "31th"."""
    return f"{day}{_ENDINGS.get(day, 'th')}"


def _is_read(expression: str) -> bool:
    try:
        CronSim(expression, _START)
    except CronSimError:
        return False
    return True
