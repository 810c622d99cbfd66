"""Many jobs entered at once, and one made due: for work of which each piece is an order of its own.

Bookkeeping, as all of the ledger (services/jobs.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.models.base import new_id
from app.models.jobs import JobState
from app.models.tables import jobs

_KEYS_AT_ONCE = 5_000
_ENTER_SQLITE = sqlite.insert(jobs).on_conflict_do_nothing(index_elements=["key", "kind"])
_ENTER_POSTGRESQL = postgresql.insert(jobs).on_conflict_do_nothing(index_elements=["key", "kind"])


def enter_all(
    db: Connection, *, area_id: UUID, kind: str, lanes: Mapping[str, str], due_at: datetime, now: datetime
) -> None:
    """Enter a job for each key, in the lane that it is given; what has one already keeps it.

    They may run in any order, and beside each other: 5,000 take a few tenths of a second, where entering them
    one by one would hold up whoever else writes for seconds.
    """
    rows = [
        {
            "id": new_id(),
            "area_id": area_id,
            "kind": kind,
            "key": key,
            "lane": lane,
            "order_key": f"{kind}:{key}",
            "position": 0,
            "payload": {},
            "state": JobState.waiting,
            "due_at": due_at,
            "attempts": 0,
            "fence": 0,
            "created_at": now,
        }
        for key, lane in lanes.items()
    ]
    if rows:
        db.execute(_ENTER_SQLITE if db.dialect.name == "sqlite" else _ENTER_POSTGRESQL, rows)


_BRING_FORWARD = (
    update(jobs)
    .where(
        jobs.c.kind == bindparam("of_kind"),
        jobs.c.key == bindparam("of_key"),
        jobs.c.state == JobState.waiting,
    )
    .values(due_at=bindparam("now"), attempts=0)
)
_STANDING = select(jobs.c.key, jobs.c.state, jobs.c.due_at, jobs.c.lease_until).where(
    jobs.c.kind == bindparam("of_kind"), jobs.c.key.in_(bindparam("keys", expanding=True))
)


def bring_forward(db: Connection, kind: str, key: str, now: datetime) -> bool:
    """Have a job that waits run at once, with all its tries. False where it does not wait."""
    return db.execute(_BRING_FORWARD, {"of_kind": kind, "of_key": key, "now": now}).rowcount == 1


def standing(db: Connection, kind: str, keys: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """How some jobs stand, by key: state, when they are due, until when they are held."""
    wanted: Sequence[str] = list(keys)
    found: dict[str, Mapping[str, Any]] = {}
    for place in range(0, len(wanted), _KEYS_AT_ONCE):
        some = {"of_kind": kind, "keys": wanted[place : place + _KEYS_AT_ONCE]}
        found |= {row.key: row._mapping for row in db.execute(_STANDING, some)}
    return found
