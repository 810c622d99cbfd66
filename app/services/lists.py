"""Lists: keyset pages with filters, a total and an opaque cursor.

A ``Listing`` names everything that a list can be filtered and sorted by, once. The statement for each
combination that is asked for is built once and kept: building it takes longer than running it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Date,
    FromClause,
    Integer,
    Row,
    Select,
    String,
    bindparam,
    func,
    select,
    tuple_,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.services import cursors, records
from app.services.cursors import Keys

LARGEST_PAGE = 200
DEFAULT_PAGE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Which page is asked for: a cursor from an earlier answer, and how many rows.

    ``total`` is how many rows there are on all pages, where the caller has counted them already. ``offset``
    is how many rows come before: pages for people have numbers, in place of a cursor (ADR 0024).
    """

    cursor: str | None = None
    limit: int = DEFAULT_PAGE
    total: int | None = None
    offset: int = 0


MOST_BUILT = 500  # combinations of filters and order; more are not asked for but to fill the memory
FIRST_PAGE = Page()
WHOLE = Page(limit=1_000_000)
"""All of a list at once, for reports: the largest plan has 10,000 actions."""


@dataclass(frozen=True, slots=True)
class _Statements:
    count: Select[Any]
    first: Select[Any]
    after: Select[Any]
    keys: Keys
    names: Sequence[str]


class Listing:
    """A list: what is read, what it can be filtered and sorted by. Its cursors fit lists of its name alone.

    ``filters`` hold one condition a name, with a ``bindparam`` of that name. ``sorts`` are lists of columns
    that are never null; ``last`` come after each of them and end with a unique column, so that paging
    neither skips nor repeats rows. ``count_from`` is what counting needs, without what is joined only to be
    shown; ``filter_from`` takes its place for the filters named in ``wide``.

    Where no index has the order of the list, ``by_id`` lets a page be found first and its rows be read then:
    the column of their ids in ``count_from``, and the statement without the conditions that find them. It is
    used for the sorts named in ``narrow``, whose columns are ``count_from``'s own.
    """

    def __init__(
        self,
        name: str,
        statement: Select[Any],
        *,
        last: Keys,
        count_from: FromClause,
        filters: Mapping[str, ColumnElement[bool]],
        sorts: Mapping[str, Keys] | None = None,
        filter_from: FromClause | None = None,
        wide: frozenset[str] = frozenset(),
        by_id: tuple[ColumnElement[Any], Select[Any]] | None = None,
        narrow: frozenset[str] = frozenset(),
    ) -> None:
        self.name, self.statement = name, statement
        self.last = last
        self.count_from = count_from
        self.filter_from = count_from if filter_from is None else filter_from
        self.wide = wide
        self.by_id, self.narrow = by_id, narrow
        self.filters = filters
        self.sorts: Mapping[str, Keys] = sorts or {"": ()}
        self._built: dict[tuple[frozenset[str], str, bool], _Statements] = {}

    def page(
        self,
        db: Connection,
        scope: Mapping[str, Any],
        wanted: Mapping[str, Any],
        asked: Page,
        *,
        sort: str = "",
        descending: bool = False,
        question: cursors.Question | None = None,
    ) -> tuple[Sequence[Row[Any]], str | None, int]:
        """Rows of one page, the cursor of the next, and the total of all pages.

        ``scope`` are parameters of the statement itself; filters whose value is None are left out. A cursor
        fits where they are the same, or the ``question`` where they also hold what others may change.
        """
        given = {name: value for name, value in wanted.items() if value is not None}
        built = self._statements(frozenset(given), sort, descending)
        parameters = {**scope, **given}
        # Another list's cursor would skip rows without a word.
        of = {"list": self.name, "sort": sort, "descending": descending, **(question or parameters)}
        statement = built.first
        if asked.cursor:
            statement = built.after
            values = cursors.decode(asked.cursor, built.keys, of)
            parameters |= {f"after_{place}": value for place, value in enumerate(values)}
        place = {"row_limit": asked.limit + 1, "row_offset": asked.offset}
        rows = db.execute(statement, {**parameters, **place}).all()
        if len(rows) <= asked.limit and not asked.cursor and not asked.offset:
            return rows, None, len(rows)
        total = asked.total
        if total is None:
            total = db.execute(built.count, {**scope, **given}).scalar_one()
        following = None
        if len(rows) > asked.limit:
            rows = rows[: asked.limit]
            edge = rows[-1]._mapping
            following = cursors.encode([edge[name] for name in built.names], of)
        return rows, following, total

    def _statements(self, names: frozenset[str], sort: str, descending: bool) -> _Statements:
        found = self._built.get((names, sort, descending))
        if found is None:
            if len(self._built) >= MOST_BUILT:
                self._built.clear()
            found = self._built[(names, sort, descending)] = self._build(names, sort, descending)
        return found

    def _build(self, names: frozenset[str], sort: str, descending: bool) -> _Statements:
        statement = self.statement.where(*(self.filters[name] for name in sorted(names)))
        keys = [*self.sorts[sort], *self.last]
        count = select(func.count()).select_from(self.filter_from if names & self.wide else self.count_from)
        if statement.whereclause is not None:
            count = count.where(statement.whereclause)
        # What the row holds already need not be read a second time for the cursor.
        shown = {getattr(one, "element", one): one.key for one in statement.selected_columns}
        places = [shown.get(key) or f"{records.CURSOR_KEY}{place}" for place, key in enumerate(keys)]
        added = [key.label(name) for key, name in zip(keys, places, strict=True) if key not in shown]
        order = [key.desc() if descending else key.asc() for key in keys]
        limit, offset = bindparam("row_limit", type_=Integer), bindparam("row_offset", type_=Integer)
        edge = tuple_(*(bindparam(f"after_{place}", type_=key.type) for place, key in enumerate(keys)))
        here = tuple_(*keys)
        following = here < edge if descending else here > edge
        condition = statement.whereclause
        if self.by_id and condition is not None and sort in self.narrow and not names & self.wide:
            key, rows = self.by_id
            found = select(key).select_from(self.count_from).correlate(None)
            found = found.where(condition).order_by(*order).limit(limit).offset(offset)
            rows = rows.add_columns(*added).order_by(*order)
            first, after = rows.where(key.in_(found)), rows.where(key.in_(found.where(following)))
        else:
            first = statement.add_columns(*added).order_by(*order).limit(limit).offset(offset)
            after = first.where(following)
        return _Statements(count, first, after, keys, places)


def answer(items: list[dict[str, Any]], following: str | None, total: int) -> dict[str, Any]:
    """A list answer as a plain dict."""
    return {"items": items, "next": following, "total": total}


class _Holds(FunctionElement[bool]):
    """Whether a text is like a pattern, whatever the case of plain letters; a backslash escapes."""

    name, type, inherit_cache = "holds", Boolean(), True


@compiles(_Holds)
def _whatever_its_case(holds: _Holds, compiler: SQLCompiler, **options: Any) -> str:
    text, pattern = (compiler.process(one, **options) for one in holds.clauses)
    return f"lower({text}) LIKE lower({pattern}) ESCAPE {compiler.render_literal_value(_ESCAPE, String())}"


@compiles(_Holds, "sqlite")
def _as_sqlite_compares(holds: _Holds, compiler: SQLCompiler, **options: Any) -> str:
    """SQLite's LIKE folds plain letters itself: writing each text in small letters first doubles the time."""
    text, pattern = (compiler.process(one, **options) for one in holds.clauses)
    return f"{text} LIKE {pattern} ESCAPE {compiler.render_literal_value(_ESCAPE, String())}"


_ESCAPE = "\\"


def contains(column: ColumnElement[str], name: str = "q") -> ColumnElement[bool]:
    """Whether a text column holds the words of a filter, whatever their case."""
    return _Holds(column, bindparam(name))


def days(columns: Mapping[str, ColumnElement[Any]]) -> dict[str, ColumnElement[bool]]:
    """Filters by days: ``<name>_before`` and ``<name>_after`` of each column, neither with the day itself."""
    found: dict[str, ColumnElement[bool]] = {}
    for name, column in columns.items():
        found[f"{name}_before"] = column < bindparam(f"{name}_before", type_=Date)
        found[f"{name}_after"] = column > bindparam(f"{name}_after", type_=Date)
    return found


def pattern(text: str | None) -> str | None:
    """The value for ``q``: wildcards that were typed are plain characters."""
    if text is None:
        return None
    plain = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%"
