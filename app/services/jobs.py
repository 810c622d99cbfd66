"""The ledger of background work: enter a job, claim it, say how it ended.

Bookkeeping, not journalled. A job is run at least once: whoever claims it holds it for a lease of 60 s, which
is renewed while the work goes on. When the lease ends, another worker may claim the job; the ``fence`` of the
claim then tells the one who lost it, who can neither renew it nor say how it ended.

Any number of workers may share the ledger. On SQLite there is one writer, so that claims follow each other;
on PostgreSQL claims of one lane do, by a lock that is passed over where another worker has it. Times are
passed in, so the clocks of machines that share the ledger must agree to within a few seconds.

A lane is a receiver or a service that takes only so much at once: there are dozens of them, not thousands.
It belongs to one kind, and an ``order_key`` to one lane. Within an order jobs run one at a time, strictly by
``position``: one that waits, for its next try too, holds back the later ones. A dead job no longer does: what
can never be done must not stop everything after it. When it is revived, later ones may have run before it.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, and_, bindparam, func, null, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.models.base import new_id
from app.models.jobs import JobState
from app.models.tables import jobs
from app.services.job_claims import DEAD, DONE, LOST, RUNNING, WAITING, WAITS, has_room, open_lanes

LEASE = timedelta(seconds=60)
LONGEST_ERROR = 500


class Claimed(NamedTuple):
    """A job that a worker holds. ``attempts`` counts this one too; ``fence`` proves who holds it."""

    id: UUID
    area_id: UUID
    kind: str
    key: str
    lane: str
    order_key: str
    position: int
    payload: dict[str, Any]
    attempts: int
    fence: int


Run = Callable[[Claimed, Callable[[], bool], datetime], None]
GivenUp = Callable[[Connection, Claimed, datetime, str], None]


def _nothing_more(_db: Connection, _claimed: Claimed, _now: datetime, _error: str) -> None:
    """Dead jobs of most kinds need nothing but the ledger."""


@dataclass(frozen=True, slots=True)
class Handler:
    """How jobs of one kind are run.

    ``run(claimed, renew, now)`` opens its own transactions and ends the job (``finish``, ``retry`` or
    ``give_up``) in the one that stores what came of it. The lease is renewed meanwhile; ``renew()`` tells
    whether the job is still held: ask it before anything that should not be done twice. When ``run`` raises,
    the job is tried again, ``tries`` times in all; then it is dead, and ``given_up`` is called in that
    transaction. The same happens when a worker ended without a word during the last try.
    """

    run: Run
    lane_limit: int = 1
    tries: int = 10
    given_up: GivenUp = _nothing_more


# --- Entering ---------------------------------------------------------------------------------------------


def enter(
    db: Connection,
    *,
    area_id: UUID,
    kind: str,
    key: str,
    lane: str,
    order_key: str,
    position: int,
    payload: dict[str, Any],
    due_at: datetime,
    now: datetime,
) -> None:
    """Enter a job; does nothing where the kind has one with that key, however it stands.

    It is due no earlier than a job before it in its order that waits for its next try.
    """
    before = db.execute(_LATEST_BEFORE, {"order_key": order_key, "position": position}).scalar()
    db.execute(
        (_ENTER_SQLITE if db.dialect.name == "sqlite" else _ENTER_POSTGRESQL),
        {
            "id": new_id(),
            "area_id": area_id,
            "kind": kind,
            "key": key,
            "lane": lane,
            "order_key": order_key,
            "position": position,
            "payload": payload,
            "state": JobState.waiting,
            "due_at": max(due_at, before) if before else due_at,
            "attempts": 0,
            "fence": 0,
            "created_at": now,
        },
    )


_LATEST_BEFORE = select(func.max(jobs.c.due_at)).where(
    jobs.c.order_key == bindparam("order_key"),
    jobs.c.state == WAITING,
    jobs.c.position < bindparam("position"),
)
_ENTER_SQLITE = sqlite.insert(jobs).on_conflict_do_nothing(index_elements=["key", "kind"])
_ENTER_POSTGRESQL = postgresql.insert(jobs).on_conflict_do_nothing(index_elements=["key", "kind"])


def revive(db: Connection, area_id: UUID, kind: str, key: str, now: datetime) -> bool:
    """Have a dead or done job run again, with all its tries. False where there is none to revive."""
    found = db.execute(_REVIVE, {"in_area": area_id, "of_kind": kind, "of_key": key, "now": now})
    return found.rowcount == 1


_REVIVE = (
    update(jobs)
    .where(
        jobs.c.area_id == bindparam("in_area"),
        jobs.c.kind == bindparam("of_kind"),
        jobs.c.key == bindparam("of_key"),
        jobs.c.state.in_([DEAD, DONE]),
    )
    .values(
        state=WAITING, due_at=bindparam("now"), attempts=0, error=None, finished_at=None, lease_until=None
    )
)


# --- Claiming ---------------------------------------------------------------------------------------------


def claim(
    db: Connection, worker_name: str, now: datetime, *, kinds: Sequence[str], lane_limit: int = 1
) -> Claimed | None:
    """Take a job that is due, for 60 s; None where there is none, or where others are taking them.

    A job can be claimed when it waits and is due, or its holder's lease has ended; when none before it in its
    order waits and none of it runs; and when fewer than ``lane_limit`` of its lane are held. Commit at once.
    """
    for lane in open_lanes(db, now, kinds=kinds, lane_limit=lane_limit):
        if db.dialect.name != "sqlite" and not db.execute(_LOCK_LANE, {"lane": _number(lane)}).scalar():
            continue  # another worker is claiming in this lane
        # Looked for again: what the lane held may have changed before the lock was had.
        wanted = {"kinds": kinds, "now": now, "lane_limit": lane_limit, "lane": lane}
        found = db.execute(_NEXT_LOST, wanted).first() or db.execute(_NEXT_WAITING, wanted).first()
        if found is None:
            continue
        seen = {"seen_id": found.id, "seen_fence": found.fence, "now": now}
        held = {"until": now + LEASE, "by": worker_name}
        if claimed := db.execute(_CLAIM, {**seen, **held}).one_or_none():
            return Claimed(*claimed)
    return None


_LOCK_CLASS = 7365  # apart from other locks of the service
_LOCK_LANE = select(func.pg_try_advisory_xact_lock(_LOCK_CLASS, bindparam("lane")))


def _number(lane: str) -> int:
    """The lane as a number of 31 bits. Two lanes with the same one only wait for each other."""
    return int.from_bytes(hashlib.blake2b(lane.encode(), digest_size=4).digest()) >> 1


_IN_LANE = and_(jobs.c.lane == bindparam("lane"), has_room(bindparam("lane")))
_NEXT_LOST = select(jobs.c.id, jobs.c.fence).where(LOST, _IN_LANE).order_by(jobs.c.lease_until).limit(1)
_NEXT_WAITING = (
    select(jobs.c.id, jobs.c.fence).where(WAITS, _IN_LANE).order_by(jobs.c.due_at, jobs.c.position).limit(1)
)
_CLAIM = (
    update(jobs)
    .where(
        jobs.c.id == bindparam("seen_id"),
        jobs.c.fence == bindparam("seen_fence"),
        # Its holder may have ended or renewed it meanwhile.
        or_(
            jobs.c.state == WAITING,
            and_(jobs.c.state == RUNNING, jobs.c.lease_until <= bindparam("now")),
        ),
    )
    .values(
        state=RUNNING,
        fence=jobs.c.fence + 1,
        attempts=jobs.c.attempts + 1,
        lease_until=bindparam("until"),
        worker_name=bindparam("by"),
    )
    .returning(*(jobs.c[name] for name in Claimed._fields))
)


# --- Holding ----------------------------------------------------------------------------------------------

_HELD = and_(
    jobs.c.id == bindparam("held_id"), jobs.c.fence == bindparam("held_fence"), jobs.c.state == RUNNING
)


def _held(claimed: Claimed) -> dict[str, Any]:
    return {"held_id": claimed.id, "held_fence": claimed.fence}


def renew(db: Connection, claimed: Claimed, now: datetime) -> bool:
    """Hold the job for another 60 s from now. False: its lease has ended, or it is no longer ours."""
    return db.execute(_RENEW, {**_held(claimed), "now": now, "until": now + LEASE}).rowcount == 1


def is_held(db: Connection, claimed: Claimed) -> bool:
    """Whether nobody has ended the job or claimed it since."""
    return db.execute(_IS_HELD, _held(claimed)).one_or_none() is not None


def finish(db: Connection, claimed: Claimed, now: datetime) -> bool:
    """The job is done. False, as of all below: it was lost to another worker, who will say how it ended."""
    return db.execute(_END, {**_held(claimed), "how": JobState.done, "why": None, "now": now}).rowcount == 1


def retry(db: Connection, claimed: Claimed, now: datetime, *, due_at: datetime, error: str) -> bool:
    """The job failed and is to be tried again at ``due_at``; the later ones of its order wait with it."""
    again = {**_held(claimed), "again_at": due_at, "why": error[:LONGEST_ERROR], "tried": claimed.attempts}
    if db.execute(_RETRY, again).rowcount != 1:
        return False
    # Only so that they are not looked at until then: the order holds without it.
    behind = {"of_order": claimed.order_key, "after": claimed.position, "again_at": due_at}
    db.execute(_WAIT_AS_LONG, behind)
    return True


def give_back(db: Connection, claimed: Claimed, now: datetime) -> bool:
    """The worker stops before it is done: it is due at once, and this attempt does not count."""
    again = {**_held(claimed), "again_at": now, "why": None, "tried": claimed.attempts - 1}
    return db.execute(_RETRY, again).rowcount == 1


def give_up(db: Connection, claimed: Claimed, now: datetime, *, error: str) -> bool:
    """The job is dead, until it is revived; it no longer holds back the later ones of its order."""
    ended = {**_held(claimed), "how": JobState.dead, "why": error[:LONGEST_ERROR], "now": now}
    return db.execute(_END, ended).rowcount == 1


_RENEW = (
    update(jobs).where(_HELD, jobs.c.lease_until > bindparam("now")).values(lease_until=bindparam("until"))
)
_IS_HELD = select(1).where(_HELD)
_END = (
    update(jobs)
    .where(_HELD)
    .values(
        state=bindparam("how"),
        error=bindparam("why"),
        lease_until=null(),
        worker_name=null(),
        finished_at=bindparam("now"),
    )
)
_RETRY = (
    update(jobs)
    .where(_HELD)
    .values(
        state=WAITING,
        due_at=bindparam("again_at"),
        error=bindparam("why"),
        attempts=bindparam("tried"),
        lease_until=null(),
        worker_name=null(),
    )
)
_WAIT_AS_LONG = (
    update(jobs)
    .where(
        jobs.c.order_key == bindparam("of_order"),
        jobs.c.state == WAITING,
        jobs.c.position > bindparam("after"),
        jobs.c.due_at < bindparam("again_at"),
    )
    .values(due_at=bindparam("again_at"))
)
