"""Where the words of a search stand: the texts that hang on records, and which of them says most."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Select,
    String,
    bindparam,
    cast,
    literal,
    null,
    or_,
    select,
    union_all,
)

from app.access.roles import Principal
from app.services import lists
from app.services.search_groups import GROUPS, Condition, Source

MOST_READ = 2_000
"""Texts that are looked through for the items of a page, the newest of them first."""


_FORMS = 3


def forms(words: Sequence[str]) -> int:
    """How many ways of writing a word are looked for: databases fold the case of plain letters alone."""
    return 1 if all(word.isascii() for word in words) else _FORMS


def patterns(words: Sequence[str]) -> dict[str, str | None]:
    """The parameters of the conditions of ``holder``, in every way of writing."""
    return {
        f"word_{place}_{form}": lists.pattern(written)
        for place, word in enumerate(words)
        for form, written in enumerate((word.lower(), word.upper(), word.capitalize()))
    }


def holder(place: int, forms: int) -> Condition:
    """The condition that a text holds the word of a place, however it is written."""

    def holds(text: ColumnElement[Any]) -> ColumnElement[bool]:
        return or_(*(lists.contains(text, f"word_{place}_{form}") for form in range(forms)))

    return holds


class Text(NamedTuple):
    """A text in which words stand: ``kind`` says what it is, ``told_on`` is None where it has no day."""

    kind: str
    told_on: date | None
    author: str
    text: str


def of(
    db: Connection, who: Principal, name: str, ids: Sequence[UUID], words: Sequence[str]
) -> dict[UUID, list[Text]]:
    """The texts that hang on some records and hold any of the words, by record, newest first."""
    if not GROUPS[name].sources:
        return {}
    given: dict[str, Any] = {"area_id": who.area_id, "ids": list(ids), **patterns(words)}
    found: dict[UUID, list[Text]] = {}
    for row in db.execute(_statement(name, len(words), forms(words)), given):
        found.setdefault(row.record_id, []).append(Text(*row[1:]))
    return found


def best(texts: Sequence[Text], words: Sequence[str]) -> Text | None:
    """The text that holds the most of the words, the first of those that hold as many; None without any."""
    counted = [(sum(word.lower() in one.text.lower() for word in words), one) for one in texts]
    most = max((count for count, _ in counted), default=0)
    return next((one for count, one in counted if count == most), None) if most else None


@cache
def _statement(name: str, count: int, forms: int) -> Select[Any]:
    found = union_all(*(_texts(source, count, forms) for source in GROUPS[name].sources)).subquery()
    # What has no day stands for itself today: it comes before what was told earlier.
    return (
        select(found)
        .order_by(found.c.told_on.is_not(None), found.c.told_on.desc(), found.c.text)
        .limit(MOST_READ)
    )


def _texts(source: Source, count: int, forms: int) -> Select[Any]:
    return (
        select(
            source.record.label("record_id"),
            literal(source.kind, String).label("kind"),
            (cast(null(), Date) if source.told_on is None else source.told_on).label("told_on"),
            (literal("", String) if source.author is None else source.author).label("author"),
            source.text.label("text"),
        )
        .select_from(source.rows)
        .where(
            *source.conditions,
            source.record.in_(bindparam("ids", expanding=True)),
            or_(*(holder(place, forms)(source.text) for place in range(count))),
        )
    )
