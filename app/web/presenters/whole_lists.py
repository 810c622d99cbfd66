"""Lists that are read as a whole, as an area has only so many of them: filtered and sorted here.

A column is a label and what it sorts by; a filter a label, what it looks at, and its choices in words.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from app.errors import invalid
from app.web.presenters import lists

Item = Mapping[str, Any]


class Column(NamedTuple):
    """A column: its heading, what rows sort by, and what the order is called, ascending and descending."""

    label: str
    by: Callable[[Item], Any]
    orders: tuple[str, str]


class Choice(NamedTuple):
    """A filter: its label, the value of a row, and the choices with their words."""

    label: str
    of: Callable[[Item], str]
    options: Sequence[tuple[str, str]]


class WholeList(NamedTuple):
    """The rows that fit, in their order, and what stands around them."""

    items: list[Item]
    filters: lists.Filters
    columns: Mapping[str, lists.Column]
    shown: str
    tools: lists.Tools
    chosen: list[tuple[str, str]]


def whole_list(
    path: str,
    typed: Mapping[str, str],
    items: Sequence[Item],
    noun: str,
    columns: Mapping[str, Column],
    choices: Mapping[str, Choice],
) -> WholeList:
    """What the address asks for of ``items``, which come in the order of the first column.

    Raises Invalid for a value that no form offers.
    """
    given = {name: typed.get(name, "") for name in choices}
    for name, choice in choices.items():
        if given[name] not in ("", *(value for value, _ in choice.options)):
            raise invalid(f"/{name}", "Choose a value from the list.")
    first = next(iter(columns))
    sort = typed.get("sort", "") or first
    column = columns.get(sort.removeprefix("-"))
    if column is None:
        raise invalid("/sort", "Choose a column to sort by.")

    def options(name: str) -> list[tuple[str, str]]:
        offered = [("", "All"), *choices[name].options]
        return [
            (value, lists.counted(words, sum(_fits(item, choices, {**given, name: value}) for item in items)))
            for value, words in offered
        ]

    fields = [lists.Field(name, choice.label, given[name], options(name)) for name, choice in choices.items()]
    pairs, order = list(given.items()), [("sort", sort)] if sort != first else []
    found = sorted(
        (item for item in items if _fits(item, choices, given)), key=column.by, reverse=sort.startswith("-")
    )
    return WholeList(
        items=found,
        filters=lists.filters(path, order, fields),
        columns=lists.columns(path, pairs, sort, {name: one.label for name, one in columns.items()}),
        shown=f"{lists.shown_of(len(found), len(found), noun)}, {column.orders[sort.startswith('-')]}.",
        tools=lists.tools(path, [*pairs, *order]),
        chosen=lists.chosen(fields),
    )


def _fits(item: Item, choices: Mapping[str, Choice], wanted: Mapping[str, str]) -> bool:
    return all(not value or choices[name].of(item) == value for name, value in wanted.items())


def by_text(name: str) -> Callable[[Item], Any]:
    """Sorts by a text, whatever its case; what has none comes last."""
    return lambda item: (item[name] is None, (item[name] or "").casefold())


def by_time(name: str) -> Callable[[Item], Any]:
    """Sorts by a time; what has none comes first."""
    return lambda item: (item[name] is not None, item[name].timestamp() if item[name] else 0.0)
