"""Due times become runs: once each, whoever looks and however long nobody did.

A step of the worker. Each schedule says up to when its due times are settled. What is due after that becomes
runs in one transaction, which also moves that place; a run is unique for its schedule and due time besides.
While no worker runs nothing is entered, so that nothing is lost: the first one that runs again settles all.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app import db as database
from app.access.roles import system
from app.clock import LONDON
from app.models.base import new_id
from app.models.schedule_runs import RunKind, RunState
from app.models.schedules import MissedRule, ScheduleState
from app.models.tables import schedule_runs, schedules
from app.sentences.words import day_in_words
from app.services import due_times, jobs

KIND = "schedule_run"
"""The kind of the jobs that make runs; their key is the run's id."""
LANE = "runs"
ON_TIME = timedelta(hours=1)
"""A due time that a worker comes to within an hour is on time: a restart misses nothing."""
SETTLED_EVERY = timedelta(minutes=15)
"""How far the place of a schedule that is not due may stay behind: a meeting that is entered afterwards makes
nothing due that was to be sent weeks ago."""
LOOKED_AGAIN = timedelta(seconds=30)
MOST_MISSED = 100
"""So many due times that were missed are shown one by one; earlier ones are counted."""
LONGEST_AT_ONCE = timedelta(days=366)
MOST_KNOWN = 10_000
_SKIPPED_FOR_LATER = "Not sent: the service was not sending at the time. A later due time was sent instead."
_SKIPPED = "Not sent: the service was not sending at the time, and the schedule skips what it missed."
_LATE = "Sent late: the service was not sending at the time."


class Entered(NamedTuple):
    """What becomes of a due time."""

    due_at: datetime
    state: RunState
    note: str | None


def decided(times: Sequence[datetime], rule: MissedRule, now: datetime) -> list[Entered]:
    """What becomes of due times up to now, oldest first.

    What is due since an hour ago is sent. Of what was missed, the schedule skips all, or sends the latest
    late: once, and not where a later one is on time.
    """
    on_time = [one for one in times if now - one <= ON_TIME]
    missed = [one for one in times if now - one > ON_TIME]
    late = missed.pop() if missed and not on_time and rule is MissedRule.send_late else None
    passed_over = _SKIPPED if rule is MissedRule.skip else _SKIPPED_FOR_LATER
    found = [Entered(one, RunState.skipped, passed_over) for one in missed[-MOST_MISSED:]]
    if found and (more := len(missed) - len(found)):
        first = day_in_words(missed[0].astimezone(LONDON).date())
        found[0] = found[0]._replace(note=f"{passed_over} So were {more} earlier due times since {first}.")
    found += [Entered(late, RunState.waiting, _LATE)] if late else []
    return found + [Entered(one, RunState.waiting, None) for one in on_time]


# --- The step ---------------------------------------------------------------------------------------------

_COLUMNS = [
    schedules.c[name] for name in ("id", "area_id", "plan_id", "rule", "missed", "settled_until", "version")
]
_IS_ACTIVE = schedules.c.state == ScheduleState.active
_ACTIVE = select(*_COLUMNS).where(_IS_ACTIVE).order_by(schedules.c.id)
# Another worker that enters for it, or somebody who changes it, goes first: it comes round again in a moment.
_TAKE = (
    select(*_COLUMNS)
    .where(schedules.c.id == bindparam("schedule_id"), _IS_ACTIVE)
    .with_for_update(skip_locked=True)
)
_SETTLE = (
    update(schedules)
    .where(
        schedules.c.id == bindparam("of_schedule"),
        schedules.c.settled_until == bindparam("seen"),
        schedules.c.version == bindparam("of_version"),
    )
    .values(settled_until=bindparam("until"))
)
# Whatever conflicts: a due time that has a run, or the id that a form set aside.
_ADD_SQLITE, _ADD_POSTGRESQL = (
    kind.insert(schedule_runs).on_conflict_do_nothing().returning(schedule_runs.c.id)
    for kind in (sqlite, postgresql)
)


class _Next(NamedTuple):
    """When a schedule is due next, worked out from one state of it, and when that was."""

    version: int
    settled_until: datetime
    due_at: datetime | None
    looked_at: datetime


_next: dict[UUID, _Next] = {}


def enter_due(now: datetime, *, entered_at: datetime | None = None) -> bool:
    """Enter the runs of all schedules that are due. Whether more is left to enter at once.

    ``now`` is by the calendar that schedules go by; ``entered_at`` by the clock, where that is another.
    """
    if len(_next) > MOST_KNOWN:
        _next.clear()
    with database.read(None) as reader:
        active = [dict(row._mapping) for row in reader.execute(_ACTIVE)]
        _look(reader, [one for one in active if not _is_known(one, now)], now)
    more = False
    for one in active:
        if _is_due(one, now):
            # The area first, as whoever changes a schedule does: each would wait for the other's row.
            with database.write(system(one["area_id"], "")) as writer:
                taken = writer.execute(_TAKE, {"schedule_id": one["id"]}).one_or_none()
                more |= taken is not None and settle(writer, dict(taken._mapping), now, entered_at=entered_at)
    return more


def _is_due(schedule: Mapping[str, Any], now: datetime) -> bool:
    """Whether a schedule is due, or its place so far behind that it is moved."""
    following = _next[schedule["id"]].due_at
    is_behind: bool = now - schedule["settled_until"] >= SETTLED_EVERY
    return is_behind or (following is not None and following <= now)


def _is_known(schedule: Mapping[str, Any], now: datetime) -> bool:
    """Whether it is known when a schedule is due next: not once it changed, nor for long: meetings move."""
    known = _next.get(schedule["id"])
    return (
        known is not None
        and (known.version, known.settled_until) == (schedule["version"], schedule["settled_until"])
        and known.looked_at <= now < known.looked_at + LOOKED_AGAIN
    )


def _look(db: Connection, wanted: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Work out when some schedules are due next."""
    meetings = due_times.meetings_for(db, wanted)
    for one in wanted:
        following = due_times.next_due(one, meetings, one["settled_until"], 1)
        _next[one["id"]] = _Next(
            one["version"], one["settled_until"], following[0] if following else None, now
        )


def settle(
    db: Connection, schedule: Mapping[str, Any], now: datetime, *, entered_at: datetime | None = None
) -> bool:
    """Enter what is due of a schedule up to now, in the caller's transaction, which has locked its row.

    Whoever changes or pauses a schedule calls it first, so that what was due by the old rule is not lost.
    Whether more is left: at most a year is settled at once.
    """
    begins: datetime = schedule["settled_until"]
    until = min(now, begins + LONGEST_AT_ONCE)
    if until <= begins:
        return False
    times = due_times.due_between(schedule, due_times.meetings_for(db, [schedule]), begins, until)
    found = decided(times, MissedRule(schedule["missed"]), now)
    if until < now:  # more follows, and the latest of all is sent, not that of each year
        found = [
            one._replace(state=RunState.skipped, note=_SKIPPED_FOR_LATER) if one.note == _LATE else one
            for one in found
        ]
    for one in found:
        enter(db, schedule, one.due_at, RunKind.due, entered_at or now, state=one.state, note=one.note)
    db.execute(_SETTLE, _settled(schedule, until))
    return until < now


def _settled(schedule: Mapping[str, Any], until: datetime) -> dict[str, Any]:
    return {
        "of_schedule": schedule["id"],
        "seen": schedule["settled_until"],
        "of_version": schedule["version"],
        "until": until,
    }


def enter(
    db: Connection,
    schedule: Mapping[str, Any],
    due_at: datetime,
    kind: RunKind,
    now: datetime,
    *,
    state: RunState = RunState.waiting,
    note: str | None = None,
    payload: Mapping[str, Any] | None = None,
    run_id: UUID | None = None,
) -> UUID | None:
    """Enter a run with the job that makes it; None, and nothing, where the due time has one.

    ``run_id`` is one that was set aside for it: where there is such a run, nothing is entered either.
    """
    run_id = run_id or new_id()
    row = {
        "id": run_id,
        "area_id": schedule["area_id"],
        "schedule_id": schedule["id"],
        "kind": kind,
        "due_at": due_at,
        "state": state,
        "note": note,
        "created_at": now,
    }
    if db.execute(_ADD_SQLITE if db.dialect.name == "sqlite" else _ADD_POSTGRESQL, row).first() is None:
        return None
    if state is RunState.waiting:
        _enter_job(db, row, payload or {}, now)
    return run_id


def _enter_job(db: Connection, run: Mapping[str, Any], payload: Mapping[str, Any], now: datetime) -> None:
    """The job that makes a run; any number of them may run beside each other."""
    jobs.enter(
        db,
        area_id=run["area_id"],
        kind=KIND,
        key=str(run["id"]),
        lane=LANE,
        order_key=f"{KIND}:{run['id']}",
        position=0,
        payload=dict(payload),
        due_at=now,
        now=now,
    )
