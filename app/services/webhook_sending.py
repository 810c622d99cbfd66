"""Sending what is due to webhooks: the handler of their jobs, and when what failed is tried again.

Nothing is open in the database while it sends: a receiver that hangs holds up nobody but itself. Whatever
ends a worker between the sending and the storing, another one sends again: at least once, with the same id.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from app import db as database
from app.access.roles import Principal, system
from app.clock import LONDON, Moment
from app.config import settings
from app.models.base import new_id
from app.models.tables import areas, webhook_attempts, webhook_deliveries, webhooks
from app.models.webhooks import TEST_EVENT, DeliveryState, WebhookState
from app.senders import webhook as sender
from app.senders.webhook import Outcome
from app.services import job_lanes, jobs, records
from app.services import webhook_deliveries as webhook_deliveries_service
from app.services.jobs import Claimed, Handler
from app.services.webhook_retries import (
    MOST_TRIES,
    describe,
    disabled_because,
    is_delivered,
    next_try,
    pause_until,
)
from app.services.webhooks import lane_of, secrets_of

TIMEOUT_SECONDS = 15.0
LONGEST_ERROR = 300

# --- The handler ------------------------------------------------------------------------------------------

_JOB = (
    select(
        webhook_deliveries.c.id,
        webhook_deliveries.c.event_type,
        webhook_deliveries.c.body,
        webhook_deliveries.c.state.label("delivery_state"),
        webhooks.c.id.label("webhook_id"),
        webhooks.c.area_id,
        webhooks.c.url,
        webhooks.c.state,
        webhooks.c.generation,
        webhooks.c.previous_secret_until,
        webhooks.c.failing_since,
        areas.c.name.label("area_name"),
    )
    .join(webhooks, webhooks.c.id == webhook_deliveries.c.webhook_id)
    .join(areas, areas.c.id == webhooks.c.area_id)
    .where(webhook_deliveries.c.id == bindparam("delivery_id"))
)
_LOCK = select(webhooks).where(webhooks.c.id == bindparam("webhook_id")).with_for_update()


class _Try(NamedTuple):
    """A try that is over: of which job and delivery, how it ended, and when."""

    claimed: Claimed
    delivery_id: UUID
    outcome: Outcome
    tried_at: datetime
    ended_at: datetime


def run(claimed: Claimed, renew: Callable[[], bool], now: datetime) -> None:
    """Send one delivery, and store what came of it with the end of its job."""
    with database.read(None) as reader:
        found = reader.execute(_JOB, {"delivery_id": UUID(claimed.key)}).one_or_none()
    if found is None or found.delivery_state != DeliveryState.waiting:
        with database.write(None) as writer:
            jobs.finish(writer, claimed, now)
        return
    is_test = found.event_type == TEST_EVENT
    if found.state != WebhookState.enabled and not is_test:
        with database.write(None) as writer:
            jobs.retry(writer, claimed, now, due_at=job_lanes.NEVER, error=f"The webhook is {found.state}.")
        return
    outcome = sender.send(
        found.url,
        message_id=str(found.id),
        timestamp=now,
        body=found.body.encode(),
        secrets=secrets_of({**found._mapping, "id": found.webhook_id}, now),
        networks=settings().webhook_networks,
        timeout=TIMEOUT_SECONDS,
    )
    done = _Try(claimed, found.id, outcome, now, now + timedelta(milliseconds=outcome.milliseconds))
    if is_test:
        with database.write(None) as writer:
            _store(writer, done, stands=False, last=True)
        return
    _conclude(done, found)


def given_up(db: Connection, claimed: Claimed, now: datetime, error: str) -> None:
    """A delivery that could not even be tried, ten times, because of a fault of ours, is dead."""
    ended = {"delivery_id": UUID(claimed.key), "how": DeliveryState.dead, "now": now}
    db.execute(_END, ended)


def _conclude(done: _Try, found: Any) -> None:
    reason = disabled_because(done.outcome, found.failing_since, done.ended_at)
    # Disabling is journalled, which takes the area's lock: first, as everybody does who takes both.
    who = system(found.area_id, found.area_name)
    with database.write(who if reason else None) as writer:
        webhook = writer.execute(_LOCK, {"webhook_id": found.webhook_id}).one_or_none()
        if webhook is None:
            return  # deleted meanwhile, with its jobs
        stands = reason is not None or webhook.state != WebhookState.enabled
        if not _store(writer, done, stands=stands, last=done.claimed.attempts >= MOST_TRIES):
            return  # lost to another worker, who tells how it ended
        if webhook.state != WebhookState.enabled:
            return
        if reason:
            _disable(writer, done, webhook, who, reason)
        elif is_delivered(done.outcome):
            _arrived(writer, done, webhook)
        else:
            _failed(writer, done, webhook)


_ATTEMPT = insert(webhook_attempts)
_END = (
    update(webhook_deliveries)
    .where(webhook_deliveries.c.id == bindparam("delivery_id"))
    .values(state=bindparam("how"), finished_at=bindparam("now"))
)


def _store(db: Connection, done: _Try, *, stands: bool, last: bool) -> bool:
    """Store a try and how its job and delivery stand after it; False, and nothing, where the job was lost.

    Where the webhook stands now, what failed waits with all the rest, after its last try too.
    """
    claimed, outcome, now = done.claimed, done.outcome, done.ended_at
    error = describe(outcome)[:LONGEST_ERROR]
    state = DeliveryState.waiting
    if is_delivered(outcome):
        held, state = jobs.finish(db, claimed, now), DeliveryState.delivered
    elif stands:
        held = jobs.retry(db, claimed, now, due_at=job_lanes.NEVER, error=error)
    elif last:
        held, state = jobs.give_up(db, claimed, now, error=error), DeliveryState.dead
    else:
        due_at = next_try(done.delivery_id, claimed.attempts, outcome, now)
        held = jobs.retry(db, claimed, now, due_at=due_at, error=error)
    if not held:
        return False
    attempt = {"id": new_id(), "delivery_id": done.delivery_id, "tried_at": done.tried_at}
    told = {"status": outcome.status, "error": error or None, "milliseconds": outcome.milliseconds}
    db.execute(_ATTEMPT, attempt | told)
    if state is not DeliveryState.waiting:
        db.execute(_END, {"delivery_id": done.delivery_id, "how": state, "now": now})
    return True


def _disable(db: Connection, done: _Try, webhook: Row[Any], who: Principal, reason: str) -> None:
    at = Moment(done.ended_at, done.ended_at.astimezone(LONDON).date())
    values = {"state": WebhookState.disabled, "state_reason": reason[:LONGEST_ERROR]}
    records.change(db, who, at, webhooks, "webhook", dict(webhook._mapping), values)
    job_lanes.hold(db, lane_of(webhook.id))


def _arrived(db: Connection, done: _Try, webhook: Row[Any]) -> None:
    if webhook.failing_since is not None:
        db.execute(_FAILING, {"webhook_id": webhook.id, "since": None})
        job_lanes.hasten(db, lane_of(webhook.id), done.ended_at)


def _failed(db: Connection, done: _Try, webhook: Row[Any]) -> None:
    if webhook.failing_since is None:
        db.execute(_FAILING, {"webhook_id": webhook.id, "since": done.ended_at})
    until = pause_until(webhook.failing_since, done.outcome, done.ended_at)
    if until > done.ended_at:
        job_lanes.postpone(db, lane_of(webhook.id), until)


_FAILING = (
    update(webhooks).where(webhooks.c.id == bindparam("webhook_id")).values(failing_since=bindparam("since"))
)

HANDLER = Handler(run=run, tries=MOST_TRIES, given_up=given_up)
"""How jobs of the kind ``webhook`` are run."""


def enter_deliveries(now: datetime) -> bool:
    """A step of the worker: enter what webhooks are to be told. Whether more is left to enter at once."""
    with database.read(None) as reader:
        wanted = webhook_deliveries_service.behind(reader)
    more = False
    for webhook_id in wanted:
        with database.write(None) as writer:
            more |= webhook_deliveries_service.enter(writer, webhook_id, now)
    return more
