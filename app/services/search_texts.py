"""Where the words of a search stand: the texts that hang on records, and which of them says most."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
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
from app.services.search_groups import GROUPS, Source

MOST_READ = 2_000
"""Texts that are looked through for the items of a page, the newest of them first."""


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
    given: dict[str, Any] = {"area_id": who.area_id, "ids": list(ids)}
    given |= {f"word_{place}": lists.pattern(word) for place, word in enumerate(words)}
    found: dict[UUID, list[Text]] = {}
    for row in db.execute(_statement(name, len(words)), given):
        found.setdefault(row.record_id, []).append(Text(*row[1:]))
    return found


def best(texts: Sequence[Text], words: Sequence[str]) -> Text | None:
    """The text that holds the most of the words, the first of those that hold as many; None without any."""
    counted = [(sum(word.lower() in one.text.lower() for word in words), one) for one in texts]
    most = max((count for count, _ in counted), default=0)
    return next((one for count, one in counted if count == most), None) if most else None


@cache
def _statement(name: str, count: int) -> Select[Any]:
    found = union_all(*(_texts(source, count) for source in GROUPS[name].sources)).subquery()
    # What has no day stands for itself today: it comes before what was told earlier.
    return (
        select(found)
        .order_by(found.c.told_on.is_not(None), found.c.told_on.desc(), found.c.text)
        .limit(MOST_READ)
    )


def _texts(source: Source, count: int) -> Select[Any]:
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
            or_(*(lists.contains(source.text, f"word_{place}") for place in range(count))),
        )
    )
