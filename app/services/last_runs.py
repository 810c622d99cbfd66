"""The last run of each schedule of an area, and what became of its messages: for lists and notices."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, bindparam, func, select

from app.access.roles import Operation, Principal
from app.models.schedule_runs import MailState, RunKind
from app.models.tables import run_deliveries, schedule_runs
from app.services import access

_RUN = schedule_runs.c
_NEWEST = (
    select(_RUN.schedule_id, func.max(_RUN.due_at).label("due_at"))
    .where(_RUN.area_id == bindparam("area_id"), _RUN.kind != RunKind.test)
    .group_by(_RUN.schedule_id)
    .subquery()
)
_LAST = (
    select(_RUN.id, _RUN.schedule_id, _RUN.kind, _RUN.due_at, _RUN.state, _RUN.note)
    .join(_NEWEST, and_(_NEWEST.c.schedule_id == _RUN.schedule_id, _NEWEST.c.due_at == _RUN.due_at))
    .where(_RUN.kind != RunKind.test)
)
_COUNTS = (
    select(run_deliveries.c.run_id, run_deliveries.c.state, func.count().label("number"))
    .where(run_deliveries.c.run_id.in_(bindparam("run_ids", expanding=True)))
    .group_by(run_deliveries.c.run_id, run_deliveries.c.state)
)


def last_runs(db: Connection, who: Principal) -> list[dict[str, Any]]:
    """The newest run of each schedule that has one, tests apart, with its messages counted by state."""
    access.require(who, Operation.read)
    runs = [dict(row._mapping) for row in db.execute(_LAST, {"area_id": who.area_id})]
    counts: dict[UUID, dict[str, int]] = defaultdict(lambda: dict.fromkeys(map(str, MailState), 0))
    if runs:
        for row in db.execute(_COUNTS, {"run_ids": [one["id"] for one in runs]}):
            counts[row.run_id][row.state] = row.number
    return [{**one, "deliveries": counts[one["id"]]} for one in runs]
