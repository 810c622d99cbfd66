"""Runs of schedules: looked at, asked for by hand, and their messages sent again. Bookkeeping.

Runs are read by everybody; addresses and what became of each message by admins alone. How due times become
runs is in ``run_dues``, how a run is made in ``run_making``, how a message is sent in ``run_sending``.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, delete, func, select, update

from app.access.roles import Operation, Principal
from app.clock import Moment
from app.errors import Conflict, NotAllowed, NotFound
from app.models.jobs import JobState
from app.models.schedule_runs import MailState, RunKind, RunState
from app.models.tables import jobs as jobs_table
from app.models.tables import run_deliveries, schedule_runs, schedules
from app.services import access, job_entries, jobs, lists, recipients, records, run_dues
from app.services.run_making import USER
from app.services.run_sending import KIND, OPEN, lane_of

_SOONEST = timedelta(microseconds=1)
_RUN, _DELIVERY = schedule_runs.c, run_deliveries.c


def _counted(state: MailState) -> Any:
    return (
        select(func.count())
        .where(_DELIVERY.run_id == _RUN.id, _DELIVERY.state == state)
        .correlate(schedule_runs)
        .scalar_subquery()
        .label(f"in_{state}")
    )


_NAMES = ("id", "schedule_id", "kind", "due_at", "state", "as_at", "subject", "note", "created_at", "made_at")
_SHOWN = select(*(_RUN[name] for name in _NAMES), *(_counted(state) for state in MailState)).where(
    _RUN.area_id == bindparam("area_id")
)
_LIST = lists.Listing(
    "runs",
    _SHOWN.where(_RUN.schedule_id == bindparam("schedule_id")),
    last=[_RUN.due_at, _RUN.id],
    count_from=schedule_runs,
    filters={"kind": _RUN.kind == bindparam("kind"), "state": _RUN.state == bindparam("state")},
)
_ONE = _SHOWN.where(_RUN.id == bindparam("run_id"))
_SHOWN_DELIVERY = select(
    *(
        _DELIVERY[name]
        for name in ("id", "run_id", "address", "name", "message_id", "state", "attempts", "last_error")
    ),
    _DELIVERY.sent_at,
    _DELIVERY.created_at,
).where(_DELIVERY.area_id == bindparam("area_id"))
_DELIVERIES = lists.Listing(
    "run deliveries",
    _SHOWN_DELIVERY.where(_DELIVERY.run_id == bindparam("run_id")),
    last=[_DELIVERY.address, _DELIVERY.id],
    count_from=run_deliveries,
    filters={"state": _DELIVERY.state == bindparam("state")},
)
_ONE_DELIVERY = _SHOWN_DELIVERY.where(_DELIVERY.id == bindparam("delivery_id"))
_SCHEDULE = select(schedules.c.id, schedules.c.area_id, schedules.c.kind).where(
    schedules.c.id == bindparam("schedule_id"), schedules.c.area_id == bindparam("area_id")
)


# --- Looking ----------------------------------------------------------------------------------------------


def list_runs(
    db: Connection,
    who: Principal,
    schedule_id: UUID,
    *,
    asked: lists.Page = lists.FIRST_PAGE,
    kind: RunKind | None = None,
    state: RunState | None = None,
) -> dict[str, Any]:
    """The runs of a schedule, newest first. Raises NotFound."""
    _schedule(db, who, schedule_id)
    scope = {"area_id": who.area_id, "schedule_id": schedule_id}
    wanted = {"kind": kind, "state": state}
    rows, following, total = _LIST.page(db, scope, wanted, asked, descending=True)
    return lists.answer([_shown(row) for row in rows], following, total)


def get_run(db: Connection, who: Principal, run_id: UUID) -> dict[str, Any]:
    """One run. Raises NotFound."""
    row = db.execute(_ONE, {"area_id": who.area_id, "run_id": run_id}).one_or_none()
    if row is None:
        raise NotFound("run")
    access.require(who, Operation.read)
    return _shown(row)


def list_deliveries(
    db: Connection,
    who: Principal,
    run_id: UUID,
    *,
    now: datetime,
    asked: lists.Page = lists.FIRST_PAGE,
    state: MailState | None = None,
) -> dict[str, Any]:
    """The messages of a run by address, as they stand. Raises NotFound."""
    get_run(db, who, run_id)
    access.require(who, Operation.manage_schedules)
    scope = {"area_id": who.area_id, "run_id": run_id}
    rows, following, total = _DELIVERIES.page(db, scope, {"state": state}, asked)
    return lists.answer(_standing(db, records.as_dicts(rows), now), following, total)


def get_delivery(db: Connection, who: Principal, delivery_id: UUID, *, now: datetime) -> dict[str, Any]:
    """One message as it stands. Raises NotFound."""
    return _standing(db, [_delivery(db, who, delivery_id)], now)[0]


def _schedule(db: Connection, who: Principal, schedule_id: UUID) -> dict[str, Any]:
    row = db.execute(_SCHEDULE, {"schedule_id": schedule_id, "area_id": who.area_id}).one_or_none()
    if row is None:
        raise NotFound("schedule")
    access.require(who, Operation.read)
    return dict(row._mapping)


def _delivery(db: Connection, who: Principal, delivery_id: UUID) -> dict[str, Any]:
    row = db.execute(_ONE_DELIVERY, {"area_id": who.area_id, "delivery_id": delivery_id}).one_or_none()
    if row is None:
        raise NotFound("delivery")
    access.require(who, Operation.manage_schedules)
    return dict(row._mapping)


def _shown(row: Row[Any]) -> dict[str, Any]:
    found = dict(zip(_NAMES, row, strict=False))
    found["deliveries"] = {state.value: row._mapping[f"in_{state}"] for state in MailState}
    return found


def _standing(db: Connection, items: list[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """Messages with when they are tried next; doubtful are those that a worker left in handing over."""
    keys = [str(one["id"]) for one in items if one["state"] in OPEN]
    standing = job_entries.standing(db, KIND, keys) if keys else {}
    shown = []
    for one in items:
        job = standing.get(str(one["id"]))
        is_running = job is not None and job["state"] == JobState.running and job["lease_until"] > now
        if one["state"] == MailState.handing_over and not is_running:
            one = {**one, "state": MailState.doubtful}
        due_at = job["due_at"] if job is not None and job["state"] == JobState.waiting else None
        shown.append({**one, "next_try_at": due_at})
    return shown


# --- By hand ----------------------------------------------------------------------------------------------


def send_now(
    db: Connection, who: Principal, at: Moment, schedule_id: UUID, *, run_id: UUID | None = None
) -> dict[str, Any]:
    """Enter a run of a schedule for now, paused or not; a worker makes and sends it within seconds.

    ``run_id`` is the id that a form set aside: sent twice, it makes one run. Raises Invalid for a summary
    that nobody would receive.
    """
    schedule = _schedule(db, who, schedule_id)
    access.require(who, Operation.manage_schedules)
    if run_id is None or not db.execute(_IS_THERE, {"run_id": run_id}).first():
        recipients.require_one(schedule["kind"], len(recipients.to_send(db, schedule_id)), "")
    note = f"Asked for by {who.name}."
    return get_run(db, who, _enter(db, schedule, at, RunKind.now, run_id, note=note))


def send_test(
    db: Connection, who: Principal, at: Moment, schedule_id: UUID, *, run_id: UUID | None = None
) -> dict[str, Any]:
    """Enter a run that goes to the asking user alone. Raises NotAllowed for who has no account."""
    schedule = _schedule(db, who, schedule_id)
    access.require(who, Operation.manage_schedules)
    if who.kind != "user" or who.id is None:
        raise NotAllowed("A test goes to whoever asks for it: only somebody who signs in has an address.")
    note = f"A test, to {who.name} alone."
    payload = {USER: str(who.id)}
    return get_run(db, who, _enter(db, schedule, at, RunKind.test, run_id, note=note, payload=payload))


def _enter(
    db: Connection, schedule: Mapping[str, Any], at: Moment, kind: RunKind, run_id: UUID | None, **named: Any
) -> UUID:
    moment = at.calendar
    while (entered := run_dues.enter(db, schedule, moment, kind, at.now, run_id=run_id, **named)) is None:
        if run_id is not None and db.execute(_IS_THERE, {"run_id": run_id}).first():
            return run_id
        moment += _SOONEST  # asked for twice in the same microsecond
    return entered


_IS_THERE = select(_RUN.id).where(_RUN.id == bindparam("run_id"))


_AGAIN = (
    update(run_deliveries).where(_DELIVERY.id == bindparam("delivery_id")).values(state=MailState.waiting)
)
_GOES_ON = update(schedule_runs).where(_RUN.id == bindparam("of_run")).values(state=RunState.made)
_IN_DOUBT = (MailState.doubtful, MailState.handing_over)
_ARRIVED = (
    update(run_deliveries)
    .where(_DELIVERY.id == bindparam("delivery_id"), _DELIVERY.state.in_(_IN_DOUBT))
    .values(state=MailState.sent, last_error=bindparam("why"), sent_at=bindparam("now"))
)
_END_JOB = delete(jobs_table).where(
    jobs_table.c.kind == KIND, jobs_table.c.key == bindparam("of_key"), jobs_table.c.state == JobState.waiting
)


def send_again(db: Connection, who: Principal, at: Moment, delivery_id: UUID) -> dict[str, Any]:
    """Send a message again, at once and with all its tries, with the same Message-ID.

    For one that was refused or given up, is doubtful, or waits for its next try. Raises Conflict for one that
    was sent, was left out, or is being sent.
    """
    found = get_delivery(db, who, delivery_id, now=at.now)
    if reason := _NOT_AGAIN.get(found["state"]):
        raise Conflict(reason)
    key = str(delivery_id)
    if not job_entries.bring_forward(db, KIND, key, at.now) and not jobs.revive(
        db, who.area_id, KIND, key, at.now
    ):
        _enter_job(db, who, key, delivery_id, at.now)
    if found["state"] in (MailState.refused, MailState.dead):
        db.execute(_AGAIN, {"delivery_id": delivery_id})
        db.execute(_GOES_ON, {"of_run": found["run_id"]})
    return get_delivery(db, who, delivery_id, now=at.now)


_NOT_AGAIN = {
    MailState.sent: 'It was sent: the mail system took it. To send newer figures, use "send now".',
    MailState.left_out: 'It was left out on purpose. Change the recipient, then use "send now".',
    MailState.handing_over: "It is being sent at this moment. Look again in a minute.",
}


def _enter_job(db: Connection, who: Principal, key: str, delivery_id: UUID, now: datetime) -> None:
    # The ledger forgets what ended long ago.
    job_entries.enter_all(
        db, area_id=who.area_id, kind=KIND, lanes={key: lane_of(delivery_id)}, due_at=now, now=now
    )


def resolve_doubtful(db: Connection, who: Principal, at: Moment, delivery_id: UUID) -> dict[str, Any]:
    """Say of a doubtful message that it arrived, so that it is not sent again. Raises Conflict for others."""
    found = get_delivery(db, who, delivery_id, now=at.now)
    why = f"It arrived, says {who.name}."
    arrived = {"delivery_id": delivery_id, "why": why, "now": at.now}
    if found["state"] != MailState.doubtful or not db.execute(_ARRIVED, arrived).rowcount:
        raise Conflict("Only of a message that is doubtful can be said that it arrived.")
    db.execute(_END_JOB, {"of_key": str(delivery_id)})
    return get_delivery(db, who, delivery_id, now=at.now)
