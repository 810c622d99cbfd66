"""Journal entries as events: what a webhook is told of a change, in short, and where to read it.

Nothing goes out that the API would not show to a reader of the area: no author, and no values before and
after. Refs and titles are as they are when the event is made, and stay so at each try.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import ColumnElement, Connection, Select, Table, Uuid, bindparam, literal, null, select

from app.entries.fold import FOREVER
from app.models.change_kinds import EVENT_TYPES, href
from app.models.tables import (
    action_states,
    actions,
    areas,
    commentaries,
    controls,
    errata,
    management_actions,
    people,
    periods,
    plans,
    priorities,
    registers,
    risks,
)
from app.models.webhooks import TEST_EVENT

LONGEST_TITLE = 300
_NOTHING: dict[str, Any] = dict.fromkeys(("ref", "title", "plan_id", "register_id", "period_id"))
Entry = Mapping[str, Any]


def _about(
    table: Table,
    *,
    ref: ColumnElement[Any] | None = None,
    title: ColumnElement[Any] | None = None,
    plan_id: ColumnElement[Any] | None = None,
    register_id: ColumnElement[Any] | None = None,
    period_id: ColumnElement[Any] | None = None,
) -> Select[Any]:
    """What an event says of some records of one table, by their ids and within one area."""
    said = {"ref": ref, "title": title, "plan_id": plan_id, "register_id": register_id}
    area = table.c.id if table is areas else table.c.area_id
    return select(
        table.c.id,
        *(null().label(name) if column is None else column.label(name) for name, column in said.items()),
        (literal(None, Uuid) if period_id is None else period_id).label("period_id"),
    ).where(area == bindparam("area_id"), table.c.id.in_(bindparam("ids", expanding=True)))


_TITLED = {"ref": registers.c.ref, "title": registers.c.title, "plan_id": registers.c.plan_id}
_REGISTER = _about(registers, **_TITLED, register_id=registers.c.id)
_IN_RISK = {"plan_id": registers.c.plan_id, "register_id": registers.c.id}
_IN_PERIOD = {"ref": periods.c.ref, "plan_id": periods.c.plan_id, "period_id": periods.c.id}
_SUBJECTS: dict[str, Select[Any]] = {
    "area": _about(areas, ref=areas.c.slug, title=areas.c.name),
    "person": _about(people, title=people.c.name),
    "plan": _about(plans, ref=plans.c.ref, title=plans.c.title, plan_id=plans.c.id),
    "priority": _about(
        priorities, ref=priorities.c.ref, title=priorities.c.title, plan_id=priorities.c.plan_id
    ),
    "action": _about(
        actions, ref=action_states.c.ref, title=actions.c.title, plan_id=actions.c.plan_id
    ).outerjoin(
        action_states,
        (action_states.c.action_id == actions.c.id) & (action_states.c.valid_to == FOREVER),
    ),
    "register": _REGISTER,
    "matrix": _REGISTER,
    "risk": _about(risks, ref=risks.c.ref, title=risks.c.description, **_IN_RISK).join(
        registers, registers.c.id == risks.c.register_id
    ),
    "control": _about(controls, title=controls.c.description, **_IN_RISK)
    .join(risks, risks.c.id == controls.c.risk_id)
    .join(registers, registers.c.id == risks.c.register_id),
    "management_action": _about(management_actions, title=management_actions.c.title, **_IN_RISK)
    .join(risks, risks.c.id == management_actions.c.risk_id)
    .join(registers, registers.c.id == risks.c.register_id),
    "period": _about(periods, ref=periods.c.ref, title=periods.c.title, plan_id=periods.c.plan_id),
    "commentary": _about(commentaries, **_IN_PERIOD).join(periods, periods.c.id == commentaries.c.period_id),
    "erratum": _about(errata, **_IN_PERIOD).join(periods, periods.c.id == errata.c.period_id),
}


def type_of(entry: Entry) -> str | None:
    """The event type of a journal entry; None for what nobody is told of."""
    found = f"{entry['noun']}.{entry['operation']}"
    return found if found in EVENT_TYPES else None


def bodies(db: Connection, area_id: UUID, entries: Sequence[Entry]) -> list[str]:
    """What is sent for each of these journal entries of an area, in their order. One query a noun."""
    known = _subjects(db, area_id, entries)
    return [_body(entry, known.get(entry["subject_id"], _NOTHING)) for entry in entries]


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
        "href": href(
            entry["noun"], entry["subject_id"], after=entry["after"], period_id=subject["period_id"]
        ),
    }
    return _json({"type": type_of(entry), "timestamp": entry["recorded_at"], "data": data})


def _json(content: Mapping[str, Any]) -> str:
    return to_json(content).decode()
