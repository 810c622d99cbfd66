"""What the service looks at before it starts, and what `check` looks at in the whole database."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Connection, Table, func, select

from app.models.tables import (
    actions,
    assessments,
    management_action_updates,
    management_actions,
    matrix_versions,
    risks,
    updates,
)
from app.services import action_entries, entries, registers, risk_entries
from app.services import management_actions as management_actions_service

_DATED = (updates, assessments, management_action_updates, matrix_versions)


def newest_effective_on(db: Connection) -> date | None:
    """The latest day that any entry of any area is effective on; None while there is no entry."""
    found = (db.execute(select(func.max(table.c.effective_on))).scalar() for table in _DATED)
    return max((day for day in found if day is not None), default=None)


def record_count(db: Connection) -> int:
    """How many records `wrong_states` will look at."""
    tables = (actions, risks, management_actions)
    return sum(db.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)


def wrong_states(db: Connection) -> Iterator[str | None]:
    """Fold the entries of every record again and compare with the states that answers are read from.

    Yields for each record a sentence that says what is wrong, or None.
    """
    for row in _every(db, actions):
        found = entries.as_entries(action_entries.KIND, entries.load(db, action_entries.KIND, row["id"]))
        yield _fault(db, "action", row, action_entries.derive(db, row["id"], row["plan_id"], found))
    for row in _every(db, risks):
        found = entries.as_entries(risk_entries.KIND, entries.load(db, risk_entries.KIND, row["id"]))
        versions = registers.versions(db, row["register_id"])
        matrices = {one["matrix_version"]: registers.matrix_of(one) for one in versions}
        derived = risk_entries.derive(row["id"], row["register_id"], found, matrices)
        yield _fault(db, "risk", row, (derived,))
    for row in _every(db, management_actions):
        kind = management_actions_service.KIND
        found = entries.as_entries(kind, entries.load(db, kind, row["id"]))
        derived = management_actions_service.derive(row["id"], found)
        yield _fault(db, "management action", row, (derived,))


def _every(db: Connection, table: Table) -> Iterator[dict[str, Any]]:
    for row in db.execute(select(table).order_by(table.c.id)):
        yield dict(row._mapping)


def _fault(
    db: Connection, noun: str, row: dict[str, Any], derived: tuple[entries.Derived, ...]
) -> str | None:
    wrong = [one.table.name for one in derived if any(entries.differences(db, one))]
    if not wrong:
        return None
    return f"The states of {noun} {row['id']} do not follow from its entries ({', '.join(wrong)})."
