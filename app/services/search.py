"""Finding records of an area by what somebody remembers of them: a ref, words, a name, what was told.

A record is found by its ref, or when each of the words stands in it: in its title, its other texts, the names
of who answers for it, or what was ever told about it (entries that were corrected left out). What is found is
as it is today. The statement for each number of words is built once and kept (ADR 0024).
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
)

from app.access.roles import Principal
from app.services import lists, records, search_texts
from app.services.search_groups import GROUPS, Condition, Group, Source

LONGEST = 200
MOST_WORDS = 8
FIRST, ALL = 10, 200
"""How many of a group are shown among others, and at most by itself."""

_WORD = re.compile(r'"([^"]+)"|(\S+)')


class Question(NamedTuple):
    """What is looked for: as it was typed, and its words, of which a quoted phrase is one."""

    typed: str
    words: tuple[str, ...]


def question(typed: str) -> Question:
    """What was typed into the search box, cut to what can be looked for.

    >>> question(' tribunal  "annual review" ').words
    ('tribunal', 'annual review')
    """
    plain = " ".join("".join(one if one.isprintable() else " " for one in typed).split())[:LONGEST].strip()
    found = [quoted or word for quoted, word in _WORD.findall(plain)]
    told = [word.strip('"').strip() for word in found]
    return Question(plain, tuple(dict.fromkeys(word for word in told if word))[:MOST_WORDS])


def search(
    db: Connection, who: Principal, asked: Question, *, only: str = "", limit: int = FIRST
) -> list[dict[str, Any]]:
    """What is found, by group in the order of ``GROUPS``: those with a record of exactly that ref come first.

    Each group has ``name``, ``total`` and ``items``, best first; an item says whether its ref is the one that
    was typed (``exact``) and where the words stand that are not in its title (``told``). ``only`` names a
    group that is asked for by itself.
    """
    if not asked.words:
        return []
    found = []
    for name, group in GROUPS.items():
        if only not in ("", name):
            continue
        statement = _statement(name, len(asked.words), search_texts.forms(asked.words))
        items = records.as_dicts(db.execute(statement, _given(who, asked, group, limit)).all())
        if items:
            found.append({"name": name, "total": items[0]["total"], "items": items})
    for one in found:
        _say_where(db, who, asked, one)
    return sorted(found, key=lambda one: not one["items"][0]["exact"])


def _say_where(db: Connection, who: Principal, asked: Question, found: Mapping[str, Any]) -> None:
    """Add to each item the text that the words stand in, where its title and ref do not hold them all."""
    group, unsaid = GROUPS[found["name"]], []
    for item in found["items"]:
        item["exact"] = item.pop("rank") == 0
        del item["total"]
        item["told"] = None
        said = f"{item['ref']} {item['title']}".lower()
        if not item["exact"] and any(word.lower() not in said for word in asked.words):
            unsaid.append(item)
    ids: Sequence[UUID] = [item["id"] for item in unsaid]
    texts = search_texts.of(db, who, found["name"], ids, asked.words) if ids else {}
    for item in unsaid:
        own = [search_texts.Text(kind, None, "", item[kind]) for kind in group.shown if item[kind]]
        item["told"] = search_texts.best([*own, *texts.get(item["id"], [])], asked.words)


def _given(who: Principal, asked: Question, group: Group, limit: int) -> dict[str, Any]:
    bare = asked.typed.lower().removeprefix(f"{group.noun} ").strip()
    given: dict[str, Any] = {"area_id": who.area_id, "ref": bare, "row_limit": limit}
    for place, word in enumerate(asked.words):
        given[f"begins_{place}"] = (lists.pattern(word) or "").removeprefix("%")
    return given | search_texts.patterns(asked.words)


@cache
def _statement(name: str, count: int, forms: int) -> Select[Any]:
    group = GROUPS[name]
    holders = [search_texts.holder(place, forms) for place in range(count)]
    every = [
        or_(
            *(holds(text) for text in (group.title, *group.texts)),
            group.with_ref(_beginning(place)),
            *(_hangs(group, list(alike), holds) for _, alike in groupby(group.sources, _rows_of)),
        )
        for place, holds in enumerate(holders)
    ]
    exact = group.with_ref(lambda ref: func.lower(ref) == func.lower(bindparam("ref")))
    titled = and_(*(holds(group.title) for holds in holders))
    # One word may be how a ref begins: "2." means 2.1 rather than a title that holds it.
    begun = [(group.with_ref(_beginning(0)), 1)] if count == 1 else []
    rank = case((exact, 0), *begun, (titled, 2), else_=3)
    return (
        group.rows.add_columns(rank.label("rank"), func.count().over().label("total"))
        .where(or_(exact, and_(*every)))
        .order_by(rank, *group.order)
        .limit(bindparam("row_limit", type_=Integer))
    )


def _rows_of(source: Source) -> int:
    return id(source.rows)


def _hangs(group: Group, alike: Sequence[Source], holds: Condition) -> ColumnElement[bool]:
    """The condition that a text which hangs on the record holds a word: of texts in the same rows, any.

    By the record's own rows, of which there may be 200,000 in all: up to the first that holds the word, and
    not at all where the record's own texts do, or an earlier word is not there.
    """
    source = alike[0]
    found = select(source.record).select_from(source.rows).correlate(group.record.table)
    fits = or_(*(holds(one.text) for one in alike))
    return found.where(source.record == group.record, *source.conditions, fits).exists()


def _beginning(place: int) -> Condition:
    """The condition that a ref begins with the word of a place: "2." finds 2.1, but not 12.1."""
    return lambda ref: lists.contains(ref, f"begins_{place}")
