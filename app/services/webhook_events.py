"""Journal entries as events: what a webhook is told of a change, in short, and where to read it.

Nothing goes out that the API would not show to a reader of the area: no author, and no values before and
after. Refs and titles are as they are when the event is made, and stay so at each try.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import Connection, Select, Uuid, bindparam, literal, null, select

from app.models.change_kinds import DELETED, EVENT_TYPES, href
from app.models.tables import areas
from app.models.webhooks import TEST_EVENT
from app.services.places import PLACES, Place

LONGEST_TITLE = 300
_NOTHING: dict[str, Any] = dict.fromkeys(("ref", "title", "plan_id", "register_id", "period_id"))
Entry = Mapping[str, Any]


def _about(place: Place) -> Select[Any]:
    """What an event says of some records of one table, by their ids and within one area."""
    names = ("ref", "title", "plan_id", "register_id")
    said = [(getattr(place, name), name) for name in names]
    area = place.table.c.id if place.table is areas else place.table.c.area_id
    return (
        select(
            place.table.c.id,
            *(null().label(name) if column is None else column.label(name) for column, name in said),
            (literal(None, Uuid) if place.period_id is None else place.period_id).label("period_id"),
        )
        .select_from(place.source)
        .where(area == bindparam("area_id"), place.table.c.id.in_(bindparam("ids", expanding=True)))
    )


_SUBJECTS = {noun: _about(place) for noun, place in PLACES.items()}


def type_of(entry: Entry) -> str | None:
    """The event type of a journal entry; None for what nobody is told of."""
    found = f"{entry['noun']}.{entry['operation']}"
    return found if found in EVENT_TYPES else None


def bodies(db: Connection, area_id: UUID, entries: Sequence[Entry]) -> list[str]:
    """What is sent for each of these journal entries of an area, in their order. One query a noun."""
    known = _subjects(db, area_id, entries)
    return [_body(entry, known.get(entry["subject_id"]) or _gone(entry)) for entry in entries]


def _gone(entry: Entry) -> Mapping[str, Any]:
    """What is said of a record that is deleted: what its own entry says it was."""
    was = entry["before"] or {} if entry["operation"] == DELETED else {}
    plan_id = entry["subject_id"] if entry["noun"] == "plan" and was else was.get("plan_id")
    return {**_NOTHING, "ref": was.get("ref"), "title": was.get("title"), "plan_id": plan_id}


def body_of_test(webhook_id: UUID, now: datetime) -> str:
    """What is sent when an administrator tries a webhook."""
    return _json({"type": TEST_EVENT, "timestamp": now, "data": {"webhook_id": webhook_id}})


def _subjects(db: Connection, area_id: UUID, entries: Iterable[Entry]) -> dict[UUID, dict[str, Any]]:
    ids: dict[str, set[UUID]] = {}
    for entry in entries:
        ids.setdefault(_noun(entry), set()).add(entry["subject_id"])
    found: dict[UUID, dict[str, Any]] = {}
    for noun, wanted in ids.items():
        if noun in _SUBJECTS:
            rows = db.execute(_SUBJECTS[noun], {"area_id": area_id, "ids": sorted(wanted)})
            found.update((row.id, dict(row._mapping)) for row in rows)
    return found


def _noun(entry: Entry) -> str:
    """What kind of record an entry is about: an acknowledgement names it."""
    if entry["noun"] == "data_quality":
        return str((entry["after"] or {}).get("subject_noun"))
    return str(entry["noun"])


def _body(entry: Entry, subject: Mapping[str, Any]) -> str:
    title = subject["title"]
    if title and len(title) > LONGEST_TITLE:
        title = f"{title[: LONGEST_TITLE - 1]}…"
    data = {
        "sequence": entry["sequence"],
        "noun": entry["noun"],
        "id": entry["subject_id"],
        "operation": entry["operation"],
        "ref": subject["ref"],
        "title": title,
        "plan_id": subject["plan_id"],
        "register_id": subject["register_id"],
        "effective_on": (entry["after"] or {}).get("effective_on"),
        "reason": entry["reason"],
        "href": None
        if entry["operation"] == DELETED
        else href(entry["noun"], entry["subject_id"], after=entry["after"], period_id=subject["period_id"]),
    }
    return _json({"type": type_of(entry), "timestamp": entry["recorded_at"], "data": data})


def _json(content: Mapping[str, Any]) -> str:
    return to_json(content).decode()
