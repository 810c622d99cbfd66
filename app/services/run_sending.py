"""Sending one message of a run: the handler of its job, and what becomes of each way in which it can end.

Nothing is open in the database while it sends. The row says ``handing_over`` right before the mail system is
given the end of the message, so that whatever ends a worker after that leaves a row that says so (ADR 0030):
it is then doubtful, and unless the mail system can tell it is sent again, with the same Message-ID.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, select, update

from app import clock
from app import db as database
from app.models.schedule_runs import MailState
from app.models.tables import (
    areas,
    plans,
    run_deliveries,
    schedule_recipients,
    schedule_runs,
    schedules,
    users,
)
from app.senders import mail
from app.senders.mail import Outcome, Unsendable, Verdict
from app.services import job_lanes, jobs, recipients, run_letters
from app.services.jobs import Claimed, Handler
from app.services.mail_retries import MOST_TRIES, next_try, pause_until

KIND = "mail_delivery"
"""The kind of the jobs; their key is the delivery's id."""
LANES = tuple(f"mail:{number}" for number in range(4))
LANE_LIMIT = 4
"""So many messages of a lane are sent at once: at most 16, whatever the number of workers.

A mail system is one receiver. Several lanes, as workers on PostgreSQL take jobs of one lane in turn.
"""
DOUBT_WAITS = timedelta(seconds=60)
"""How long a message that may have gone out is left alone: whoever was sending it may still say so."""
LONGEST_ERROR = 500
OPEN = (MailState.waiting, MailState.handing_over, MailState.doubtful)
"""What is not at its end."""
_TAKEN_ALREADY = "A worker ended as it was handed over. The mail system says that it took it."
_LOST_IN_HANDING = (
    "A worker ended as it was handed over: it may have been sent. It is sent again, as the same message."
)
_MAYBE_TWICE = "It may have arrived twice, as the same message: no answer came when it was first handed over."
_MAYBE_ARRIVED = "It may have arrived all the same, at an earlier try."
_GONE = "The account is disabled."
_UNSUBSCRIBED = "They have unsubscribed."


def lane_of(delivery_id: UUID) -> str:
    """The lane of a delivery's job."""
    return LANES[delivery_id.int % len(LANES)]


class _Lost(Exception):
    """Another worker holds the job: nothing was handed over."""


# --- The handler ------------------------------------------------------------------------------------------

_DELIVERY = run_deliveries.c
_JOB = (
    select(
        *(
            _DELIVERY[name]
            for name in ("id", "run_id", "address", "name", "message_id", "state", "attempts", "body")
        ),
        _DELIVERY.recipient_id,
        schedule_runs.c.kind.label("run_kind"),
        schedule_runs.c.made_at,
        schedule_runs.c.subject,
        schedules.c.id.label("schedule_id"),
        schedules.c.name.label("schedule_name"),
        schedules.c.kind.label("schedule_kind"),
        schedules.c.attachments,
        plans.c.id.label("plan_id"),
        areas.c.id.label("area_id"),
        areas.c.name.label("area_name"),
        schedule_recipients.c.unsubscribed_at,
        schedule_recipients.c.removed_at,
        users.c.disabled,
    )
    .join(schedule_runs, schedule_runs.c.id == _DELIVERY.run_id)
    .join(schedules, schedules.c.id == schedule_runs.c.schedule_id)
    .join(plans, plans.c.id == schedules.c.plan_id)
    .join(areas, areas.c.id == _DELIVERY.area_id)
    .outerjoin(schedule_recipients, schedule_recipients.c.id == _DELIVERY.recipient_id)
    .outerjoin(users, users.c.id == schedule_recipients.c.user_id)
    .where(_DELIVERY.id == bindparam("delivery_id"))
)
_OF_ONE = _DELIVERY.id == bindparam("delivery_id")
_IS_OPEN = _DELIVERY.state.in_(OPEN)
_HAND_OVER = (
    update(run_deliveries)
    .where(_OF_ONE, _IS_OPEN)
    .values(state=MailState.handing_over, attempts=bindparam("tried"))
)
_STORE = (
    update(run_deliveries)
    .where(_OF_ONE, _IS_OPEN)
    .values(
        state=bindparam("how"),
        attempts=bindparam("tried"),
        last_error=bindparam("why"),
        sent_at=bindparam("sent_at"),
    )
)
_GIVE_UP = (
    update(run_deliveries).where(_OF_ONE, _IS_OPEN).values(state=MailState.dead, last_error=bindparam("why"))
)


def run(claimed: Claimed, renew: Callable[[], bool], now: datetime) -> None:
    """Send one message, and store what came of it with the end of its job."""
    with database.read(None) as reader:
        found = reader.execute(_JOB, {"delivery_id": UUID(claimed.key)}).one_or_none()
    if found is None or found.state not in OPEN:
        with database.write(None) as writer:
            jobs.finish(writer, claimed, now)
        return
    in_doubt = found.state != MailState.waiting
    if in_doubt:
        took = mail.sender().has(found.message_id)
        if took or (took is None and found.state == MailState.handing_over):
            _settle(claimed, found, now, took=bool(took))
            return
        in_doubt = took is None
    if left_out := _left_out(found):
        left_out += f" {_MAYBE_ARRIVED}" if in_doubt else ""
        _end(claimed, found, MailState.left_out, left_out, now, tried=found.attempts)
        return
    try:
        outcome = mail.sender().send(
            run_letters.mail_of(found), before_data=lambda: _hand_over(claimed, found)
        )
    except Unsendable as unsendable:
        outcome = Outcome(Verdict.permanent, str(unsendable))
    except _Lost:
        return
    _conclude(claimed, found, outcome, in_doubt=in_doubt)


def given_up(db: Connection, claimed: Claimed, now: datetime, error: str) -> None:
    """A message that could not even be tried, time and again, because of a fault of ours, is dead."""
    db.execute(
        _GIVE_UP,
        {"delivery_id": UUID(claimed.key), "why": f"A fault of the service: {error}"[:LONGEST_ERROR]},
    )


def _settle(claimed: Claimed, found: Any, now: datetime, *, took: bool) -> None:
    """Say of a message whose worker ended that the mail system has it, or that nobody can tell."""
    if took:
        _end(claimed, found, MailState.sent, _TAKEN_ALREADY, now, tried=found.attempts)
        return
    with database.write(None) as writer:
        if jobs.retry(writer, claimed, now, due_at=now + DOUBT_WAITS, error=_LOST_IN_HANDING):
            _store(writer, found, MailState.doubtful, _LOST_IN_HANDING, tried=found.attempts)


def _left_out(found: Any) -> str:
    """Why a recipient does not get it after all, since the run was made; "" where they do."""
    if found.unsubscribed_at is not None:
        return _UNSUBSCRIBED
    if found.removed_at is not None:
        return recipients.REMOVED
    return _GONE if found.disabled else ""


def _hand_over(claimed: Claimed, found: Any) -> None:
    """Write that the message is being handed over, while the job is ours for another minute. Raises _Lost."""
    with database.write(None) as writer:
        if not jobs.renew(writer, claimed, clock.now()):
            raise _Lost
        handed = {"delivery_id": found.id, "tried": found.attempts + 1}
        if not writer.execute(_HAND_OVER, handed).rowcount:
            raise _Lost


# --- How it ended -----------------------------------------------------------------------------------------


def _conclude(claimed: Claimed, found: Any, outcome: Outcome, *, in_doubt: bool) -> None:
    now, tried = clock.now(), found.attempts + 1
    error = (outcome.error or "")[:LONGEST_ERROR]
    if outcome.verdict is Verdict.accepted:
        # Whoever holds the job by now: the mail system has taken it, and that is what the row must say.
        _end(claimed, found, MailState.sent, _MAYBE_TWICE if in_doubt else None, now, tried=tried)
        return
    is_refused = outcome.verdict is Verdict.permanent
    if in_doubt:
        error = f"{error} {_MAYBE_ARRIVED}"[:LONGEST_ERROR]
    if is_refused or claimed.attempts >= MOST_TRIES:
        with database.write(None) as writer:
            if jobs.give_up(writer, claimed, now, error=error):
                _store(writer, found, MailState.refused if is_refused else MailState.dead, error, tried=tried)
        return
    due_at = next_try(found.id, claimed.attempts, outcome, now)
    # What was doubtful once stays so: a later try that fails does not tell where the first one went.
    in_doubt |= outcome.verdict is Verdict.doubtful
    with database.write(None) as writer:
        if not jobs.retry(writer, claimed, now, due_at=due_at, error=error):
            return
        _store(writer, found, MailState.doubtful if in_doubt else MailState.waiting, error, tried=tried)
        if until := pause_until(outcome, now):
            for lane in LANES:
                job_lanes.postpone(writer, lane, until)


def _end(
    claimed: Claimed, found: Any, state: MailState, why: str | None, now: datetime, *, tried: int
) -> None:
    """Store the end of a message and of its job, which may be somebody else's by now."""
    with database.write(None) as writer:
        _store(writer, found, state, why, tried=tried, sent_at=now if state is MailState.sent else None)
        jobs.finish(writer, claimed, now)


def _store(
    db: Connection,
    found: Any,
    state: MailState,
    why: str | None,
    *,
    tried: int,
    sent_at: datetime | None = None,
) -> None:
    stands = {"how": state, "why": why, "tried": tried, "sent_at": sent_at}
    db.execute(_STORE, {"delivery_id": found.id, **stands})


HANDLER = Handler(run=run, lane_limit=LANE_LIMIT, tries=MOST_TRIES, given_up=given_up)
"""How jobs of the kind ``mail_delivery`` are run."""
