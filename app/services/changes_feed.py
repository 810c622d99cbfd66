"""The feed of changes: the area's journal for programs, page by page, with no gap and no duplicate.

A sequence is taken, and its entry written, while the area's row is held until the commit
(``services/journal.py``): a sequence that can be seen means that all lower ones can be seen too, so a reader
that passes on the highest one that it has seen misses nothing.
"""

from collections.abc import Mapping, Sequence
from itertools import chain, combinations
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Integer, Select, Uuid, bindparam, case, func, or_, select

from app.access.roles import Principal
from app.errors import invalid
from app.models.change_fields import shown_values
from app.models.change_kinds import CHANGE_KINDS, DELETED, VISIBLE_NOUNS, href
from app.models.tables import areas, journal_entries
from app.services import records
from app.services.places import ACKNOWLEDGED, PLACES, Place

DEFAULT_PAGE, LARGEST_PAGE = 200, 1000
LARGEST_SEQUENCE = 2**31 - 1
MOST_SCANNED = 10_000
"""How many journal entries one page looks at, at most: a filter that fits nothing costs no more."""

OPERATIONS = tuple(sorted({kind.operation for kind in CHANGE_KINDS}))
"""What can have been done to a record, for the filter."""

_ENTRY = journal_entries.c


def _seek(column: ColumnElement[Any], place: Place) -> ColumnElement[Any]:
    """A column of the record that an entry is about, by one seek: only that of the entry's noun is made."""
    if column is place.table.c.id:
        return _ENTRY.subject_id
    statement = select(column).select_from(
        place.table if place.table.c.contains_column(column) else place.source
    )
    return statement.where(place.table.c.id == _ENTRY.subject_id).correlate(journal_entries).scalar_subquery()


def _by_noun(name: str) -> ColumnElement[Any]:
    """What is said under this name, of whatever noun the entry is."""
    known = {noun: place for noun, place in PLACES.items() if getattr(place, name) is not None}
    cases = [(_ENTRY.noun == noun, _seek(getattr(place, name), place)) for noun, place in known.items()]
    acknowledged = [_seek(getattr(known[noun], name), known[noun]) for noun in ACKNOWLEDGED if noun in known]
    if name.endswith("_id") and acknowledged:
        cases.append((_ENTRY.noun == "data_quality", func.coalesce(*acknowledged, type_=Uuid())))
    return case(*cases)


_PLAN_ID = _by_noun("plan_id")
_TOLD = ("sequence", "recorded_at", "author_name", "noun", "operation", "reason", "before", "after")
_PAGE: Select[Any] = (
    select(
        *(_ENTRY[name] for name in _TOLD),
        _ENTRY.subject_id.label("id"),
        _by_noun("ref").label("ref"),
        _PLAN_ID.label("plan_id"),
        _by_noun("register_id").label("register_id"),
        _by_noun("period_id").label("period_id"),
    )
    .where(
        _ENTRY.area_id == bindparam("area_id", type_=Uuid),
        _ENTRY.sequence > bindparam("after", type_=Integer),
        _ENTRY.sequence <= bindparam("until", type_=Integer),
        _ENTRY.noun.in_(VISIBLE_NOUNS),
    )
    .order_by(_ENTRY.sequence)
    .limit(bindparam("row_limit", type_=Integer))
)
_FILTERS: dict[str, ColumnElement[bool]] = {
    "noun": _ENTRY.noun == bindparam("noun"),
    "operation": _ENTRY.operation == bindparam("operation"),
    "plan_id": or_(
        bindparam("plan_id", type_=Uuid) == _PLAN_ID,
        # Of what is gone, only its own entry still says which plan it was of.
        (_ENTRY.operation == DELETED)
        & (
            (_ENTRY.before["plan_id"].as_string() == bindparam("plan_text"))
            | (_ENTRY.subject_id == bindparam("plan_id", type_=Uuid))
        ),
    ),
}
_PAGES = {
    frozenset(names): _PAGE.where(*(_FILTERS[name] for name in names))
    for names in chain.from_iterable(combinations(_FILTERS, size) for size in range(len(_FILTERS) + 1))
}
_HEAD = select(areas.c.last_sequence).where(areas.c.id == bindparam("area_id", type_=Uuid))


def changes(
    db: Connection,
    who: Principal,
    *,
    after: int = 0,
    limit: int = DEFAULT_PAGE,
    noun: str | None = None,
    operation: str | None = None,
    plan_id: UUID | None = None,
) -> dict[str, Any]:
    """Changes of the caller's area with a sequence above ``after``, oldest first. Two queries.

    What only an administrator may know of (users, clients, webhooks) is left out, so numbers may be missing.
    Raises Invalid for an ``after`` beyond the journal's end, and for a noun or operation that there is not.
    """
    _check(noun, operation)
    head: int = db.execute(_HEAD, {"area_id": who.area_id}).scalar_one()
    if after > head:
        raise invalid("/after", _BEYOND.format(after=after, head=head))
    wanted = {"noun": noun, "operation": operation, "plan_id": plan_id}
    given = {name: value for name, value in wanted.items() if value is not None}
    until = min(after + MOST_SCANNED, head)
    scope = {"area_id": who.area_id, "after": after, "until": until, "row_limit": limit + 1}
    if plan_id is not None:
        scope["plan_text"] = str(plan_id)
    rows = db.execute(_PAGES[frozenset(given)], {**scope, **given}).all()
    following = until
    if len(rows) > limit:
        rows = rows[:limit]
        following = rows[-1].sequence
    return {"items": _items(rows), "next": following, "head": head, "more": following < head}


_BEYOND = (
    "The journal of your area ends at {head}: there is no change {after} yet. The service may have been "
    "restored from a backup, and what you read after the backup is gone. Take an export of each plan and go "
    "on from its `journal.sequence`, or begin again with `after=0`."
)


def _check(noun: str | None, operation: str | None) -> None:
    if noun is not None and noun not in VISIBLE_NOUNS:
        raise invalid("/noun", f"Give one of {', '.join(VISIBLE_NOUNS)}.")
    if operation is not None and operation not in OPERATIONS:
        raise invalid("/operation", f"Give one of {', '.join(OPERATIONS)}.")


def _plan_of(deleted: Mapping[str, Any]) -> Any:
    return deleted["id"] if deleted["noun"] == "plan" else deleted["before"].get("plan_id")


def _items(rows: Sequence[Any]) -> list[dict[str, Any]]:
    found = records.as_dicts(rows)
    for one in found:
        noun = one["noun"]
        after = one["after"] = shown_values(noun, one["after"])
        one["before"] = shown_values(noun, one["before"])
        one["effective_on"] = (after or {}).get("effective_on")
        period_id = one.pop("period_id")
        if one["operation"] == DELETED:
            one |= {"href": None, "ref": one["before"].get("ref"), "plan_id": _plan_of(one)}
        else:
            one["href"] = href(noun, one["id"], after=after, period_id=period_id)
    return found
