"""What was known of a plan at a place in its area's journal: entries alone, no derived state.

A place is a sequence of the journal; known at it is what has a lower one (domain rules, section 5). Entries
are append-only, so later ones are just left out. What is not dated (leads, opened dates, the days of a
period) is taken back by the values before of each later journal entry.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    FromClause,
    Integer,
    Row,
    Select,
    Table,
    Uuid,
    bindparam,
    select,
)

from app.access.roles import Principal
from app.entries.fold import Entry
from app.models.tables import (
    actions,
    assessments,
    journal_entries,
    management_action_updates,
    management_actions,
    matrix_versions,
    periods,
    priorities,
    registers,
    risks,
    updates,
)
from app.services import action_entries, entries, period_days, risk_entries
from app.services.management_actions import KIND as MANAGEMENT_KIND

Record = dict[str, Any]
Records = dict[UUID, Record]
Histories = dict[UUID, list[Entry]]


@dataclass(frozen=True, slots=True)
class Known:
    """A plan's records and their entries as known at a place; each mapping is by the record's id."""

    plan_id: UUID
    priorities: Records
    actions: Records
    updates: Histories
    registers: Records
    matrices: Mapping[UUID, Sequence[Record]]
    """The versions of each register's matrix, newest first."""
    risks: Records
    assessments: Histories
    management_actions: Records
    management_updates: Histories
    periods: Records
    previous_day: date | None
    """The last day of the last published period that ended before the day asked for."""

    def period_of(self, day: date) -> Record | None:
        """The plan's period that contains a day; None where no period does."""
        found = (one for one in self.periods.values() if one["first_day"] <= day <= one["last_day"])
        return next(found, None)


_PLACE = bindparam("place", type_=Integer)
_PLAN = bindparam("plan_id", type_=Uuid)
_OF_PLAN = registers.c.plan_id == _PLAN
_LATER: Select[Any] = (
    select(
        journal_entries.c.noun,
        journal_entries.c.subject_id,
        journal_entries.c.operation,
        journal_entries.c.before,
    )
    .where(
        journal_entries.c.area_id == bindparam("area_id", type_=Uuid),
        journal_entries.c.sequence >= _PLACE,
        journal_entries.c.operation.in_(("created", "changed")),
    )
    .order_by(journal_entries.c.sequence.desc())
)
_ENTRY = ("id", "sequence", "effective_on", "facts", "narrative", "operation", "reason", "replaces")


def _entries_of(table: Table, parent: str, owners: FromClause, of_plan: ColumnElement[bool]) -> Select[Any]:
    columns = (table.c[name] for name in (*_ENTRY, parent))
    return select(*columns).select_from(owners).where(of_plan, table.c.sequence < _PLACE)


_RISKS = risks.join(registers, registers.c.id == risks.c.register_id)
_MANAGED = management_actions.join(_RISKS, risks.c.id == management_actions.c.risk_id)
_RECORDS: Mapping[str, tuple[Table, Select[Any]]] = {
    "priority": (
        priorities,
        select(priorities)
        .where(priorities.c.plan_id == _PLAN)
        .order_by(priorities.c.position, priorities.c.id),
    ),
    "action": (actions, select(actions).where(actions.c.plan_id == _PLAN)),
    "register": (registers, select(registers).where(_OF_PLAN).order_by(registers.c.id)),
    "risk": (
        risks,
        select(risks).select_from(_RISKS).where(_OF_PLAN).order_by(risks.c.ref_order, risks.c.id),
    ),
    "management_action": (
        management_actions,
        select(management_actions)
        .select_from(_MANAGED)
        .where(_OF_PLAN)
        .order_by(management_actions.c.position, management_actions.c.id),
    ),
    "period": (periods, select(periods).where(periods.c.plan_id == _PLAN)),
}
_UPDATES = _entries_of(
    updates,
    "action_id",
    updates.join(actions, actions.c.id == updates.c.action_id),
    actions.c.plan_id == _PLAN,
)
_ASSESSMENTS = _entries_of(
    assessments, "risk_id", _RISKS.join(assessments, assessments.c.risk_id == risks.c.id), _OF_PLAN
)
_MANAGEMENT_UPDATES = _entries_of(
    management_action_updates,
    "management_action_id",
    _MANAGED.join(
        management_action_updates,
        management_action_updates.c.management_action_id == management_actions.c.id,
    ),
    _OF_PLAN,
)
_MATRICES = (
    select(matrix_versions)
    .join(registers, registers.c.id == matrix_versions.c.register_id)
    .where(_OF_PLAN, matrix_versions.c.sequence < _PLACE)
    .order_by(matrix_versions.c.matrix_version.desc())
)


def known_at(db: Connection, who: Principal, plan_id: UUID, day: date, *, place: int) -> Known:
    """All that figures of a plan as at a day need, as known at a place. A constant number of queries."""
    where = {"plan_id": plan_id, "place": place}
    later = db.execute(_LATER, {"area_id": who.area_id, "place": place}).all()
    found = {
        noun: records_at(table, noun, db.execute(statement, {"plan_id": plan_id}).all(), later)
        for noun, (table, statement) in _RECORDS.items()
    }
    matrices: dict[UUID, list[Record]] = defaultdict(list)
    for row in db.execute(_MATRICES, where):
        matrices[row.register_id].append(dict(row._mapping))
    return Known(
        plan_id=plan_id,
        priorities=found["priority"],
        actions=found["action"],
        updates=_histories(db, _UPDATES, action_entries.KIND, where),
        registers=found["register"],
        matrices=matrices,
        risks=found["risk"],
        assessments=_histories(db, _ASSESSMENTS, risk_entries.KIND, where),
        management_actions=found["management_action"],
        management_updates=_histories(db, _MANAGEMENT_UPDATES, MANAGEMENT_KIND, where),
        periods=found["period"],
        previous_day=period_days.last_published(db, plan_id, day, before_sequence=place),
    )


def _histories(
    db: Connection, statement: Select[Any], kind: entries.Kind, where: Mapping[str, Any]
) -> Histories:
    by_parent: dict[UUID, list[Mapping[str, Any]]] = defaultdict(list)
    for row in db.execute(statement, where):
        by_parent[row._mapping[kind.parent]].append(dict(row._mapping))
    return {
        parent: [
            # What it did and why are facts here: checks of data quality and changes ask for them.
            replace(entry, facts={**entry.facts, **{name: row[name] for name in ("operation", "reason")}})
            for entry, row in zip(entries.as_entries(kind, rows), rows, strict=True)
        ]
        for parent, rows in by_parent.items()
    }


def records_at(table: Table, noun: str, rows: Sequence[Row[Any]], later: Sequence[Row[Any]]) -> Records:
    """Rows of a table as they were before the journal entries ``later``, which come newest first.

    A record that one of them created is left out; what they changed has the value before the first of them.
    """
    found: Records = {row.id: dict(row._mapping) for row in rows}
    for entry in later:
        if entry.noun != noun or entry.subject_id not in found:
            continue
        if entry.operation == "created":
            del found[entry.subject_id]
            continue
        record = found[entry.subject_id]
        for name, value in (entry.before or {}).items():
            record[name] = _typed(table, name, value)
    return found


def _typed(table: Table, name: str, value: Any) -> Any:
    """A value of the journal as its column has it."""
    if value is None or name not in table.c:
        return value
    if isinstance(table.c[name].type, Uuid):
        return UUID(value)
    return date.fromisoformat(value) if isinstance(table.c[name].type, Date) else value
