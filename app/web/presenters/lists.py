"""What stands around a list: filters, sorting, pages. All of it is links and GET forms."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from app.sentences.words import plural

Options = Sequence[tuple[str, str]]
"""Values and their words, in the order of the list."""


class Field(NamedTuple):
    """A filter: a list of options, or an input of ``type`` where there are none."""

    name: str
    label: str
    value: str
    options: Options = ()
    type: str = "text"
    unused: str = ""

    @property
    def is_used(self) -> bool:
        """Whether the list is filtered by it: its value is not the one that a fresh page has."""
        return self.value != self.unused


class Filters(NamedTuple):
    """The filter form: ``kept`` goes along hidden, ``clear_url`` is "" while nothing is filtered."""

    path: str
    kept: tuple[tuple[str, str], ...]
    fields: tuple[Field, ...]
    clear_url: str


class Column(NamedTuple):
    """A column header: ``order`` is what aria-sort says ("" when not sorted by it), ``url`` sorts by it."""

    label: str
    url: str
    order: str


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
    clear = url(path, kept, anchor) if any(field.is_used for field in fields) else ""
    return Filters(url(path, (), anchor), kept, fields, clear)


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


def shown_of(shown: int, total: int, noun: str) -> str:
    """How many of those that fit the filters are on the page: "100 of 148 actions"."""
    return f"{shown} of {total} {plural(total, noun)}"
