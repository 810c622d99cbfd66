"""The whole history of a record, read from the journal (domain rules, section 5)."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, select

from app.access.roles import Principal
from app.entries.fold import FOREVER
from app.models.tables import (
    action_states,
    actions,
    assessments,
    controls,
    journal_entries,
    management_action_updates,
    management_actions,
    people,
    periods,
    plans,
    priorities,
    registers,
    risks,
    updates,
)
from app.services import lists, records

NOUNS: dict[str, Table] = {
    "plan": plans,
    "priority": priorities,
    "action": actions,
    "register": registers,
    "risk": risks,
}
"""The records that have a history of their own, which holds that of their parts."""

_PARTS: dict[str, tuple[Table, ColumnElement[Any]]] = {
    "control": (controls, controls.c.risk_id),
    "management_action": (management_actions, management_actions.c.risk_id),
    "period": (periods, periods.c.plan_id),
}
_PARTS_OF = {"risk": ("control", "management_action"), "plan": ("period",)}
_LIST = lists.Listing(
    select(
        journal_entries.c.sequence,
        journal_entries.c.recorded_at,
        journal_entries.c.author_name,
        journal_entries.c.noun,
        journal_entries.c.subject_id,
        journal_entries.c.operation,
        journal_entries.c.before,
        journal_entries.c.after,
        journal_entries.c.reason,
    ).where(
        journal_entries.c.area_id == bindparam("area_id"),
        journal_entries.c.subject_id.in_(bindparam("subjects", expanding=True)),
    ),
    last=[journal_entries.c.sequence],
    count_from=journal_entries,
    filters={},
)


def history(
    db: Connection, who: Principal, record_id: UUID, *, noun: str, asked: lists.Page = lists.FIRST_PAGE
) -> dict[str, Any]:
    """Every journal entry of a record and its parts, newest first. Raises NotFound.

    Beside the list: ``record`` as it is stored now, and ``names``, what the ids in the entries stand for.
    """
    record = records.find(db, who, NOUNS[noun], record_id, noun)
    subjects = [record_id]
    for part in _PARTS_OF.get(noun, ()):
        table, parent = _PARTS[part]
        subjects += db.execute(select(table.c.id).where(parent == record_id)).scalars()
    scope = {"area_id": who.area_id, "subjects": subjects}
    rows, following, total = _LIST.page(db, scope, {}, asked, descending=True)
    items = records.as_dicts(rows)
    return {
        **lists.answer(items, following, total),
        "record": record,
        "names": _names(db, who, items),
    }


def _named(table: Table, *shown: ColumnElement[Any]) -> Select[Any]:
    return select(table.c.id, *shown).where(
        table.c.area_id == bindparam("area_id"), table.c.id.in_(bindparam("ids", expanding=True))
    )


# Id, and what a reader knows it by: one or two columns.
_NAMED = (
    _named(people, people.c.name),
    _named(plans, plans.c.title),
    _named(priorities, priorities.c.ref),
    _named(controls, controls.c.description),
    _named(management_actions, management_actions.c.title),
    _named(periods, periods.c.ref),
    # An entry that a later one corrects is known by its day.
    *(_named(table, table.c.effective_on) for table in (updates, assessments, management_action_updates)),
    select(action_states.c.action_id, action_states.c.ref)
    .join(actions, actions.c.id == action_states.c.action_id)
    .where(
        actions.c.area_id == bindparam("area_id"),
        action_states.c.valid_to == FOREVER,
        action_states.c.action_id.in_(bindparam("ids", expanding=True)),
    ),
)


def _names(db: Connection, who: Principal, items: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    ids: set[UUID] = set()
    for item in items:
        ids.add(item["subject_id"])
        ids.update(_ids(item["before"]))
        ids.update(_ids(item["after"]))
    if not ids:
        return {}
    found: dict[str, Any] = {}
    for statement in _NAMED:
        rows = db.execute(statement, {"area_id": who.area_id, "ids": list(ids)})
        found.update((str(known), name) for known, name in rows)
    return found


def _ids(value: Any) -> Iterable[UUID]:
    """Every id in what an entry says was before or after."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _ids(one)
    elif isinstance(value, str) and len(value) == _ID_LENGTH and value.count("-") == _ID_DASHES:
        try:
            yield UUID(value)
        except ValueError:
            return


_ID_LENGTH, _ID_DASHES = 36, 4
