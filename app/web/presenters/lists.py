"""What stands around a list: filters, sorting, pages. All of it is links and GET forms."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode

from app.errors import invalid
from app.sentences.words import plural
from app.web.presenters.dates import long_date

Options = Sequence[tuple[str, str]]
"""Values and their words, in the order of the list."""


class Field(NamedTuple):
    """A filter: a list of options, or an input of ``type`` where there are none.

    One that ``is_rare`` is folded away behind "More filters" while none of them is used.
    """

    name: str
    label: str
    value: str
    options: Options = ()
    type: str = "text"
    unused: str = ""
    is_rare: bool = False

    @property
    def is_used(self) -> bool:
        """Whether the list is filtered by it: its value is not the one that a fresh page has."""
        return self.value != self.unused


class Chip(NamedTuple):
    """A filter that is used, in words, and the address of the list without it."""

    label: str
    value: str
    url: str


class Filters(NamedTuple):
    """The filter form: ``kept`` goes along hidden, ``clear_url`` is "" while nothing is filtered.

    ``rarer`` fields are folded away unless one of them is used.
    """

    path: str
    kept: tuple[tuple[str, str], ...]
    fields: tuple[Field, ...]
    clear_url: str
    chips: tuple[Chip, ...] = ()
    rarer: tuple[Field, ...] = ()
    rarer_are_used: bool = False


class Column(NamedTuple):
    """A column header: ``order`` is what aria-sort says ("" when not sorted by it), ``url`` sorts by it."""

    label: str
    url: str
    order: str


class PageLink(NamedTuple):
    """A page of a list by its number, 0 for a gap."""

    number: int
    url: str
    is_current: bool = False


class NumberedPages(NamedTuple):
    """The way to the other pages of a list, by number; empty where all is shown."""

    previous: str
    next: str
    links: tuple[PageLink, ...]


class Tools(NamedTuple):
    """What can be done with the rows of a list: the addresses that download them, and that keep the view."""

    csv: str
    excel: str
    save: str


class Pages(NamedTuple):
    """The way to the rest of a list."""

    words: str
    previous: str
    previous_words: str
    next: str
    next_words: str


def url(path: str, pairs: Iterable[tuple[str, str]], anchor: str = "") -> str:
    """An address with those of the pairs that have a value."""
    query = urlencode([(name, value) for name, value in pairs if value])
    return path + (f"?{query}" if query else "") + (f"#{anchor}" if anchor else "")


def filters(path: str, kept: Iterable[tuple[str, str]], fields: Iterable[Field], anchor: str = "") -> Filters:
    """The filter form of a list."""
    fields, kept = tuple(fields), tuple(pair for pair in kept if pair[1])
    used = [field for field in fields if field.is_used]
    clear = url(path, kept, anchor) if used else ""
    chips = tuple(
        Chip(
            field.label,
            in_words(field),
            url(path, [*kept, *((one.name, one.value) for one in used if one is not field)], anchor),
        )
        for field in used
    )
    return Filters(
        url(path, (), anchor),
        kept,
        tuple(field for field in fields if not field.is_rare),
        clear,
        chips,
        tuple(field for field in fields if field.is_rare),
        any(field.is_rare for field in used),
    )


def in_words(field: Field) -> str:
    """The value of a filter as its form says it, without the count."""
    if field.type == "date" and field.value:
        return long_date(date.fromisoformat(field.value))
    found = next((words for value, words in field.options if value == field.value), field.value)
    return _COUNT.sub("", found) if field.options else found


def chosen(fields: Iterable[Field]) -> list[tuple[str, str]]:
    """The filters that are used, label and value in words: what a downloaded list tells of itself."""
    return [(field.label, in_words(field)) for field in fields if field.is_used]


def columns(
    path: str, kept: Sequence[tuple[str, str]], sort: str, labels: Mapping[str, str], anchor: str = ""
) -> dict[str, Column]:
    """Headers that sort, by name. ``sort`` is a name, with "-" before it when descending."""
    found = {}
    for name, label in labels.items():
        is_sorted = sort.lstrip("-") == name
        descending = is_sorted and sort.startswith("-")
        order = ("descending" if descending else "ascending") if is_sorted else ""
        following = f"-{name}" if is_sorted and not descending else name
        found[name] = Column(label, url(path, [*kept, ("sort", following)], anchor), order)
    return found


def pages(
    path: str,
    kept: Sequence[tuple[str, str]],
    shown: int,
    total: int,
    cursor: str,
    following: str | None,
    anchor: str,
) -> Pages:
    """The links to the next page and back to the first; empty where all is shown."""
    return Pages(
        words=f"{shown} on this page",
        previous=url(path, kept, anchor) if cursor else "",
        previous_words="Back to the first page",
        next=url(path, [*kept, ("cursor", following or "")], anchor) if following else "",
        next_words=f"Next page of {total}",
    )


_LAST_PAGE = 100_000
_COUNT = re.compile(r" \([\d,]+\)$")


def page_asked(typed: Mapping[str, str]) -> int:
    """The number of the page that an address asks for, from 1. Raises Invalid for what is no number."""
    number = typed.get("page", "") or "1"
    if not (number.isascii() and number.isdigit() and 0 < int(number[:9]) <= _LAST_PAGE):
        raise invalid("/page", "Choose a page from the list.")
    return int(number)


def numbered(
    path: str, kept: Sequence[tuple[str, str]], number: int, size: int, total: int, anchor: str = ""
) -> NumberedPages:
    """The pages of a list of ``size`` rows each: the first, the last, and those beside the present one."""
    last = max(1, -(-total // size))
    if last == 1 and number == 1:
        return NumberedPages("", "", ())

    def address(one: int) -> str:
        return url(path, [*kept, ("page", str(one) if one > 1 else "")], anchor)

    links: list[PageLink] = []
    for one in range(1, last + 1):
        if one in (1, last) or abs(one - number) <= 1:
            links.append(PageLink(one, address(one), one == number))
        elif links[-1].number:
            links.append(PageLink(0, ""))
    return NumberedPages(
        address(min(number - 1, last)) if number > 1 else "",
        address(number + 1) if number < last else "",
        tuple(links),
    )


def tools(path: str, pairs: Iterable[tuple[str, str]]) -> Tools:
    """What can be done with the rows that these filters show, in this order."""
    kept = [(name, value) for name, value in pairs if value]
    here = url(path, kept)
    return Tools(
        csv=url(path, [*kept, ("download", "csv")]),
        excel=url(path, [*kept, ("download", "xlsx")]),
        save=url("/views/new", [("of", here)]),
    )


def counted(words: str, count: int) -> str:
    """An option of a filter with how many rows it would show: "Delayed (4)"."""
    return f"{words} ({count:,})"


def shown_of(shown: int, total: int, noun: str, *, before: int = 0) -> str:
    """Which of those that fit the filters are on the page: "100 of 148 actions", "101 to 148 of 148 …"."""
    which = f"{before + 1:,} to {before + shown:,}" if before and shown else f"{shown:,}"
    return f"{which} of {total:,} {plural(total, noun)}"
