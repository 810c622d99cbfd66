"""The whole history of a record, read from the journal (domain rules, section 5)."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    bindparam,
    func,
    literal,
    literal_column,
    select,
)

from app.access.roles import Principal
from app.entries.fold import FOREVER
from app.models.change_kinds import DELETED
from app.models.tables import (
    action_states,
    actions,
    assessments,
    commentaries,
    controls,
    errata,
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
    "period": periods,
}
"""The records that have a history of their own, which holds that of their parts."""

_PARENT = bindparam("parent_id", type_=plans.c.id.type)


def _parts(table: Table, parent: ColumnElement[Any]) -> Select[Any]:
    return select(table.c.id).where(parent == _PARENT)


def _of_periods(table: Table) -> Select[Any]:
    return _parts(table, periods.c.plan_id).join(periods, periods.c.id == table.c.period_id)


# What hung on a plan and was deleted: its own entry says of which plan it was.
_GONE = select(journal_entries.c.subject_id).where(
    journal_entries.c.area_id == bindparam("area_id"),
    # Written out: the index of the few that are deleted is not used for a parameter.
    journal_entries.c.operation == literal_column(f"'{DELETED}'"),
    journal_entries.c.before["plan_id"].as_string() == bindparam("parent_text"),
)
# What hangs on a record and is told in its history.
_PARTS: dict[str, tuple[Select[Any], ...]] = {
    "risk": (
        _parts(controls, controls.c.risk_id),
        _parts(management_actions, management_actions.c.risk_id),
    ),
    "plan": (_parts(periods, periods.c.plan_id), _of_periods(commentaries), _of_periods(errata), _GONE),
    "period": (_parts(commentaries, commentaries.c.period_id), _parts(errata, errata.c.period_id)),
}
_LIST = lists.Listing(
    "history",
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
    db: Connection,
    who: Principal,
    record_id: UUID,
    *,
    noun: str,
    asked: lists.Page = lists.FIRST_PAGE,
    descending: bool = True,
) -> dict[str, Any]:
    """Every journal entry of a record and its parts, newest first unless asked. Raises NotFound.

    Beside the list: ``record`` as it is stored now, and ``names``, what the ids in the entries stand for.
    """
    record = records.find(db, who, NOUNS[noun], record_id, noun)
    subjects = [record_id]
    parent = {"area_id": who.area_id, "parent_id": record_id, "parent_text": str(record_id)}
    for parts in _PARTS.get(noun, ()):
        subjects += db.execute(parts, parent).scalars()
    scope = {"area_id": who.area_id, "subjects": subjects}
    # The question names no parts: somebody may add one between two pages.
    question = {"record_id": record_id}
    rows, following, total = _LIST.page(db, scope, {}, asked, descending=descending, question=question)
    items = records.as_dicts(rows)
    return {
        **lists.answer(items, following, total),
        "record": record,
        "names": names_of(db, who, items),
    }


_TOLD_LAST = ("author_id", "author_name", "recorded_at", "after", "reason")
_LAST = (
    select(*(journal_entries.c[name] for name in _TOLD_LAST))
    .where(
        journal_entries.c.area_id == bindparam("area_id"),
        journal_entries.c.subject_id == bindparam("record_id"),
    )
    .order_by(journal_entries.c.sequence.desc())
    .limit(1)
)


def last_change(db: Connection, who: Principal, record_id: UUID) -> dict[str, Any] | None:
    """Who changed a record last, when, to what and why; None where the area's journal does not know it."""
    row = db.execute(_LAST, {"area_id": who.area_id, "record_id": record_id}).one_or_none()
    return dict(row._mapping) if row else None


def named(table: Table, *shown: ColumnElement[Any]) -> Select[Any]:
    """What the area's records of a table are known by, of those whose ids are asked for."""
    return select(table.c.id, *shown).where(
        table.c.area_id == bindparam("area_id"), table.c.id.in_(bindparam("ids", expanding=True))
    )


# What a commentary or an erratum belongs to: "PAP 1 in period 2024-06", "period 2024-06".
_PERIOD = literal("period ").concat(periods.c.ref)
_COMMENTARIES = named(commentaries, func.coalesce(priorities.c.ref.concat(" in "), "").concat(_PERIOD))
_COMMENTARIES = _COMMENTARIES.join(periods, periods.c.id == commentaries.c.period_id).outerjoin(
    priorities, priorities.c.id == commentaries.c.priority_id
)
_ERRATA = named(errata, _PERIOD).join(periods, periods.c.id == errata.c.period_id)
_DELETED = select(
    journal_entries.c.subject_id,
    func.coalesce(journal_entries.c.before["ref"].as_string(), literal("a period that was deleted")),
).where(
    journal_entries.c.area_id == bindparam("area_id"),
    journal_entries.c.subject_id.in_(bindparam("ids", expanding=True)),
    journal_entries.c.operation == DELETED,
    journal_entries.c.before.is_not(None),
)
# Id, and what a reader knows it by: one or two columns.
_NAMED = (
    _DELETED,
    named(people, people.c.name),
    named(plans, plans.c.title),
    named(priorities, priorities.c.ref),
    named(controls, controls.c.description),
    named(management_actions, management_actions.c.title),
    named(periods, periods.c.ref),
    _COMMENTARIES,
    _ERRATA,
    # An entry that a later one corrects is known by its day.
    *(named(table, table.c.effective_on) for table in (updates, assessments, management_action_updates)),
    select(action_states.c.action_id, action_states.c.ref)
    .join(actions, actions.c.id == action_states.c.action_id)
    .where(
        actions.c.area_id == bindparam("area_id"),
        action_states.c.valid_to == FOREVER,
        action_states.c.action_id.in_(bindparam("ids", expanding=True)),
    ),
)


def names_of(db: Connection, who: Principal, items: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What the ids in journal entries stand for, by the id: a name, a ref, or the day of an entry."""
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
