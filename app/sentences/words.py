"""Small words: numbers, lists, dates and plurals in the manner of a council report."""

from collections.abc import Sequence
from datetime import date

_NUMERALS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_IRREGULAR = {"person": "people"}
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def numeral(number: int) -> str:
    """The number as running text has it: a word up to nine ("three"), figures from 10 ("12")."""
    return _NUMERALS[number] if 0 <= number < len(_NUMERALS) else str(number)


def sentence_case(text: str) -> str:
    """The text with its first letter raised ("two risks" becomes "Two risks")."""
    return text[:1].upper() + text[1:]


def plural(number: int, one: str, many: str | None = None) -> str:
    """The noun for a number of things: ``plural(1, "risk")`` is "risk", ``plural(0, "risk")`` is "risks"."""
    return one if number == 1 else many or _IRREGULAR.get(one) or f"{one}s"


def shortened(text: str, longest: int) -> str:
    """A text in one line, cut at a word where it is longer than that, or within one that takes most of it.

    >>> shortened("Two posts are filled. The third is advertised.", 40)
    'Two posts are filled. The third is …'
    >>> shortened("1.19 Donaudampfschifffahrtsgesellschaft", 20)
    '1.19 Donaudampfschi…'
    """
    plain = " ".join(text.split())
    if len(plain) <= longest:
        return plain
    cut = plain[: longest + 1].rpartition(" ")[0]
    if len(cut) < longest // 2:
        return f"{plain[: longest - 1]}…"
    return f"{cut.rstrip(',;:')} …"


def listed(parts: Sequence[str], *, between: str = ", ") -> str:
    """The parts as one phrase: "a", "a and b", "a, b and c"; ``between`` parts those that hold commas."""
    if len(parts) < 2:
        return "".join(parts)
    last = " and " if between == ", " else f"{between}and "
    return f"{between.join(parts[:-1])}{last}{parts[-1]}"


def two_days(first: date, last: date, between: str) -> str:
    """Two dates, the year of the first only where it differs: "30 April to 30 June 2024"."""
    return f"{short_of(first, last)} {between} {day_in_words(last)}"


def short_of(day: date, other: date) -> str:
    """A date beside another, without its year where that is the same: "30 April"."""
    return day_in_words(day).removesuffix(f" {other.year}")


def day_in_words(day: date) -> str:
    """A date in full: "31 May 2024"."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
