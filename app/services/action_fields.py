"""Rows of actions with some of their fields: only what is asked for is read and worked out.

A list of 100 that asks for six short fields costs half of one that answers all of them.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, select

from app.models.tables import action_states, actions
from app.services.action_rows import ECHOED, LEAD, STATE, Asked, flags_on, listing
from app.services.lists import Listing

Found = list[dict[str, Any]]
Rows = Sequence[Row[Any]]
_COLUMNS: Mapping[str, ColumnElement[Any]] = {column.key: column for column in ECHOED}
# What the fields are worked out from that are no columns of their own.
_SOURCES: Mapping[str, Sequence[ColumnElement[Any]]] = {
    "due_on": [STATE.due_ongoing],
    "lead": [
        actions.c.lead_id,
        LEAD.c.name.label("lead_name"),
        LEAD.c.organisation.label("lead_organisation"),
    ],
    "flags": [STATE.code, STATE.deadline_on, STATE.start_on.label("begins_on"), STATE.narrative_on],
    "points": [],
    "as_at": [],
}


class Sparse(NamedTuple):
    """A list with some fields: its statements, and what makes of its rows what is answered."""

    listing: Listing
    shown: Callable[[Asked, Rows], Found]


# Bounded, as there are millions of choices; building one takes two milliseconds.
@lru_cache(maxsize=128)
def sparse(fields: frozenset[str], by_lead: bool, today: bool, under_priority: bool) -> Sparse:
    """The list with these fields of a summary; ``by_lead`` where it is sorted so."""
    echoed = [name for name in _COLUMNS if name in fields]
    worked = [name for name in _SOURCES if name in fields]
    columns = [_COLUMNS[name] for name in echoed]
    places = {}
    for name in worked:
        places[name] = len(columns)
        columns += _SOURCES[name]
    joined = actions.join(action_states, STATE.action_id == actions.c.id)
    if "lead" in fields or by_lead:
        joined = joined.outerjoin(LEAD, LEAD.c.id == actions.c.lead_id)
    # A statement without columns is none.
    read = select(*(columns or [STATE.action_id])).select_from(joined)

    def shown(asked: Asked, rows: Rows) -> Found:
        found = [dict(zip(echoed, row, strict=False)) for row in rows]
        for name, place in places.items():
            _WORK[name](asked, found, rows, place)
        return found

    return Sparse(listing(read, today=today, under_priority=under_priority), shown)


def _due_on(asked: Asked, found: Found, rows: Rows, place: int) -> None:
    for one, row in zip(found, rows, strict=True):
        if row[place]:
            one["due_on"] = "ongoing"


def _lead(asked: Asked, found: Found, rows: Rows, place: int) -> None:
    for one, row in zip(found, rows, strict=True):
        lead_id, name, organisation = row[place : place + 3]
        one["lead"] = {"id": lead_id, "name": name, "organisation": organisation} if lead_id else None


def _flags(asked: Asked, found: Found, rows: Rows, place: int) -> None:
    for one, row in zip(found, rows, strict=True):
        one["flags"] = flags_on(asked.day, asked.reported_from, *row[place : place + 4])


def _points(asked: Asked, found: Found, rows: Rows, place: int) -> None:
    for one in found:
        for point in one["points"]:
            point["priority_ref"] = asked.refs.get(point["priority_id"], "")


def _as_at(asked: Asked, found: Found, rows: Rows, place: int) -> None:
    for one in found:
        one["as_at"] = asked.day


_WORK = {"due_on": _due_on, "lead": _lead, "flags": _flags, "points": _points, "as_at": _as_at}
