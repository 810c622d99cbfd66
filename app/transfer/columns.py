"""What a table of an export is: its columns with kind, description and keys, said once for every format."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a column holds. A value of any kind may be None, unless the column is required."""

    text = "text"
    id = "id"
    whole = "whole"
    number = "number"
    yes_no = "yes_no"
    day = "day"
    time = "time"
    days = "days"
    ids = "ids"
    words = "words"
    json = "json"


LISTS = frozenset({Kind.days, Kind.ids, Kind.words})
"""Kinds that hold several values; such a column is never None, but may be empty."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``one_of``: the only words that it may hold; ``to``: the "table.column" that it points to."""

    name: str
    description: str
    kind: Kind = Kind.text
    required: bool = False
    one_of: tuple[str, ...] = ()
    to: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of an export: ``key`` are the columns that tell its rows apart."""

    name: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ("id",)
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(column.name for column in self.columns))

    def values(self, row: Mapping[str, Any]) -> list[Any]:
        """A row's values in the order of the columns; what else the row holds is left out."""
        return [row[name] for name in self.names]


# --- Short ways to write columns --------------------------------------------------------------------------


def text(name: str, description: str, *, required: bool = False) -> Column:
    """Text, exactly as it was entered."""
    return Column(name, description, Kind.text, required)


def word(name: str, description: str, words: Any, *, required: bool = False) -> Column:
    """One of a few words: an enum's."""
    return Column(name, description, Kind.text, required, tuple(str(one) for one in words))


def of_kind(kind: Kind, name: str, description: str, *, required: bool = False) -> Column:
    """A column of a kind."""
    return Column(name, description, kind, required)


def own_id(what: str) -> Column:
    """The identifier of the row's own record."""
    return Column("id", f"Identifier of the {what}, a UUID that never changes.", Kind.id, required=True)


def link(name: str, description: str, to: str, *, required: bool = False) -> Column:
    """The id of a row of another table."""
    return Column(name, description, Kind.id, required, to=to)


STAMPS = (
    of_kind(Kind.whole, "version", "Rises by one with each change.", required=True),
    of_kind(Kind.time, "created_at", "When the service learned of it, UTC.", required=True),
    of_kind(Kind.time, "updated_at", "When it last changed, UTC.", required=True),
)
"""The columns of every record that can be changed."""


def recorded(*, operations: Any = (), replaces: str = "", has_reason: bool = True) -> tuple[Column, ...]:
    """The columns of every dated entry; ``replaces`` is the table that a corrected entry is in."""
    found = [
        of_kind(Kind.whole, "sequence", "Place in the area's journal.", required=True),
        of_kind(Kind.day, "effective_on", "The day from which it was true, London date.", required=True),
        of_kind(Kind.time, "recorded_at", "When the service learned of it, UTC.", required=True),
        text("author_name", "Who recorded it.", required=True),
    ]
    if operations:
        found.append(word("operation", "What kind of entry it is.", operations, required=True))
        found.append(text("narrative", "What has happened, in words."))
    if has_reason:
        found.append(text("reason", "Why, where a reason was given."))
    if replaces:
        found += [
            of_kind(
                Kind.yes_no,
                "backdated",
                "Whether it was dated before an entry that stood, or inside a published period.",
                required=True,
            ),
            link("replaces", "The entry that it corrects, which then no longer counts.", f"{replaces}.id"),
            of_kind(
                Kind.words,
                "stated",
                "The facts that it states. One that is named here and empty was cleared; one that is not "
                "named was left as it was.",
            ),
        ]
    return tuple(found)
