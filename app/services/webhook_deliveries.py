"""What webhooks are told: deliveries entered from the journal, looked at, sent again, cleared.

A delivery is entered with its job in one transaction, which also moves the webhook's place in the journal:
whatever ends a worker, each change is entered once. While a webhook stands (paused, disabled), or has much
waiting, nothing is entered: the journal itself is the queue.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, bindparam, delete, func, insert, select, update

from app.access.roles import Operation, Principal
from app.clock import Moment
from app.errors import Conflict, NotFound
from app.models.base import new_id
from app.models.jobs import JobState
from app.models.tables import (
    areas,
    jobs,
    journal_entries,
    webhook_attempts,
    webhook_deliveries,
    webhooks,
)
from app.models.webhooks import TEST_EVENT, DeliveryState, WebhookState
from app.services import access, lists, records, webhook_events
from app.services import jobs as jobs_service
from app.services.job_lanes import NEVER
from app.services.webhooks import get_webhook, lane_of, test_lane_of

KIND = "webhook"
"""The kind of the jobs; their key is the delivery's id."""
AT_ONCE = 100
"""Journal entries that one transaction looks at: about 50 ms, for which others wait on SQLite."""
MOST_WAITING = 2_000
KEPT_FOR = timedelta(days=30)
CLEARED_AT_ONCE = 500

# --- Entering ---------------------------------------------------------------------------------------------

_BEHIND = (
    select(webhooks.c.id)
    .join(areas, areas.c.id == webhooks.c.area_id)
    .where(webhooks.c.state == WebhookState.enabled, webhooks.c.after_sequence < areas.c.last_sequence)
    .order_by(webhooks.c.id)
)
# Another worker that enters for it, or somebody who changes it, goes first: it comes round again in a second.
_TAKE = (
    select(webhooks.c.id, webhooks.c.area_id, webhooks.c.event_types, webhooks.c.after_sequence)
    .where(webhooks.c.id == bindparam("webhook_id"), webhooks.c.state == WebhookState.enabled)
    .with_for_update(skip_locked=True)
)
_COUNT_WAITING = (
    select(func.count())
    .select_from(webhook_deliveries)
    .where(
        webhook_deliveries.c.webhook_id == bindparam("webhook_id"),
        webhook_deliveries.c.state == DeliveryState.waiting,
    )
)
_ENTRIES = (
    select(
        *(
            journal_entries.c[name]
            for name in (
                *("sequence", "noun", "subject_id", "operation", "recorded_at"),
                *("before", "after", "reason"),
            )
        )
    )
    .where(
        journal_entries.c.area_id == bindparam("area_id"),
        journal_entries.c.sequence > bindparam("after_sequence"),
    )
    .order_by(journal_entries.c.sequence)
    .limit(AT_ONCE)
)
_MOVE = (
    update(webhooks)
    .where(webhooks.c.id == bindparam("webhook_id"))
    .values(after_sequence=bindparam("reached"))
)
_ADD = insert(webhook_deliveries)


def behind(db: Connection) -> list[UUID]:
    """The webhooks that have not been told of all; one read, and mostly of nothing."""
    return list(db.execute(_BEHIND).scalars())


def enter(db: Connection, webhook_id: UUID, now: datetime) -> bool:
    """Enter the next deliveries of a webhook. Returns whether there may be more to enter at once."""
    webhook = db.execute(_TAKE, {"webhook_id": webhook_id}).one_or_none()
    if webhook is None or db.execute(_COUNT_WAITING, {"webhook_id": webhook_id}).scalar_one() >= MOST_WAITING:
        return False
    scope = {"area_id": webhook.area_id, "after_sequence": webhook.after_sequence}
    found = [dict(row._mapping) for row in db.execute(_ENTRIES, scope)]
    if not found:
        return False
    wanted = [entry for entry in found if _is_wanted(entry, webhook.event_types)]
    told = webhook_events.bodies(db, webhook.area_id, wanted)
    events = [
        {
            "sequence": entry["sequence"],
            "event_type": webhook_events.type_of(entry),
            "subject_id": entry["subject_id"],
            "body": body,
        }
        for entry, body in zip(wanted, told, strict=True)
    ]
    if events:
        _add(db, webhook.area_id, webhook_id, now, events)
    db.execute(_MOVE, {"webhook_id": webhook_id, "reached": found[-1]["sequence"]})
    return len(found) == AT_ONCE


def _is_wanted(entry: Mapping[str, Any], event_types: list[str]) -> bool:
    event_type = webhook_events.type_of(entry)
    return event_type is not None and (not event_types or event_type in event_types)


def _add(
    db: Connection, area_id: UUID, webhook_id: UUID, now: datetime, events: list[dict[str, Any]]
) -> UUID:
    """Add deliveries with their jobs; returns the id of the last. Each event has its own part of the row."""
    shared = {"area_id": area_id, "webhook_id": webhook_id, "state": DeliveryState.waiting, "created_at": now}
    rows = [{"id": new_id(), **shared, **event} for event in events]
    db.execute(_ADD, rows)
    for row in rows:
        _enter_job(db, row, now)
    return UUID(str(rows[-1]["id"]))


def _enter_job(db: Connection, delivery: Mapping[str, Any], now: datetime) -> None:
    """The job of a delivery: those of one record in its order, a test by itself."""
    webhook_id, sequence = delivery["webhook_id"], delivery["sequence"]
    lane = lane_of(webhook_id) if sequence else test_lane_of(webhook_id)
    record = delivery["subject_id"] if sequence else delivery["id"]
    jobs_service.enter(
        db,
        area_id=delivery["area_id"],
        kind=KIND,
        key=str(delivery["id"]),
        lane=lane,
        order_key=f"{KIND}:{webhook_id}:{record}",
        position=sequence or 0,
        payload={},
        due_at=now,
        now=now,
    )


# --- Looking ----------------------------------------------------------------------------------------------

_DELIVERY = webhook_deliveries.c
_OWN = webhook_attempts.c.delivery_id == _DELIVERY.id
_TRIES = select(func.count()).select_from(webhook_attempts).where(_OWN).scalar_subquery()


def _last(name: str) -> Any:
    newest = webhook_attempts.c.id.desc()
    return select(webhook_attempts.c[name]).where(_OWN).order_by(newest).limit(1).scalar_subquery()


_SHOWN: Select[Any] = select(
    *(_DELIVERY[name] for name in ("id", "webhook_id", "sequence", "event_type", "subject_id", "state")),
    _DELIVERY.created_at,
    _DELIVERY.finished_at,
    _TRIES.label("attempts"),
    _last("status").label("last_status"),
    _last("error").label("last_error"),
)
_LIST = lists.Listing(
    "webhook deliveries",
    _SHOWN.where(_DELIVERY.webhook_id == bindparam("webhook_id")),
    last=[_DELIVERY.id],
    count_from=webhook_deliveries,
    filters={
        "state": _DELIVERY.state == bindparam("state"),
        "event_type": _DELIVERY.event_type == bindparam("event_type"),
    },
)
_ONE = _SHOWN.add_columns(_DELIVERY.body, _DELIVERY.area_id).where(
    _DELIVERY.id == bindparam("delivery_id"), _DELIVERY.area_id == bindparam("area_id")
)
_ATTEMPTS = (
    select(*(webhook_attempts.c[name] for name in ("tried_at", "status", "error", "milliseconds")))
    .where(webhook_attempts.c.delivery_id == bindparam("delivery_id"))
    .order_by(webhook_attempts.c.id)
)
_DUE = select(jobs.c.key, jobs.c.due_at).where(
    jobs.c.kind == KIND,
    jobs.c.key.in_(bindparam("keys", expanding=True)),
    jobs.c.state == JobState.waiting,
    jobs.c.due_at < NEVER,
)


def list_deliveries(
    db: Connection,
    who: Principal,
    webhook_id: UUID,
    *,
    asked: lists.Page = lists.FIRST_PAGE,
    state: DeliveryState | None = None,
    event_type: str | None = None,
) -> dict[str, Any]:
    """What a webhook was and is to be told, newest first. Raises NotFound."""
    get_webhook(db, who, webhook_id)
    wanted = {"state": state, "event_type": event_type}
    rows, following, total = _LIST.page(db, {"webhook_id": webhook_id}, wanted, asked, descending=True)
    return lists.answer(_with_next_try(db, records.as_dicts(rows)), following, total)


def get_delivery(db: Connection, who: Principal, delivery_id: UUID) -> dict[str, Any]:
    """One delivery with its body and each try. Raises NotFound."""
    row = _find(db, who, delivery_id)
    tries = [dict(one._mapping) for one in db.execute(_ATTEMPTS, {"delivery_id": delivery_id})]
    return {**_with_next_try(db, [dict(row._mapping)])[0], "tries": tries}


def _find(db: Connection, who: Principal, delivery_id: UUID) -> Row[Any]:
    row = db.execute(_ONE, {"delivery_id": delivery_id, "area_id": who.area_id}).one_or_none()
    if row is None:
        raise NotFound("delivery")
    access.require(who, Operation.manage_webhooks)
    return row


def _with_next_try(db: Connection, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    keys = [str(one["id"]) for one in items if one["state"] == DeliveryState.waiting]
    due = {row.key: row.due_at for row in db.execute(_DUE, {"keys": keys})} if keys else {}
    return [{**one, "next_try_at": due.get(str(one["id"]))} for one in items]


# --- Sending by hand --------------------------------------------------------------------------------------


def test_webhook(db: Connection, who: Principal, at: Moment, webhook_id: UUID) -> dict[str, Any]:
    """Enter a ``webhook.test`` event: sent at once and once, also to a webhook that stands."""
    get_webhook(db, who, webhook_id)
    event = {
        "sequence": None,
        "event_type": TEST_EVENT,
        "subject_id": webhook_id,
        "body": webhook_events.body_of_test(webhook_id, at.now),
    }
    delivery_id = _add(db, who.area_id, webhook_id, at.now, [event])
    return get_delivery(db, who, delivery_id)


def redeliver(db: Connection, who: Principal, at: Moment, delivery_id: UUID) -> dict[str, Any]:
    """Send a delivery again that was delivered or given up: same id, same body, all its tries.

    Raises Conflict for one that is still waiting, and while its webhook stands.
    """
    row = _find(db, who, delivery_id)
    webhook = get_webhook(db, who, row.webhook_id)
    if webhook["state"] != WebhookState.enabled:
        raise Conflict(f"The webhook is {webhook['state']}. Enable it first: what waits is sent then.")
    again = update(webhook_deliveries).where(
        _DELIVERY.id == delivery_id, _DELIVERY.state != DeliveryState.waiting
    )
    if not db.execute(again.values(state=DeliveryState.waiting, finished_at=None)).rowcount:
        raise Conflict("It is waiting to be sent already. Pause and enable the webhook to try all at once.")
    if not jobs_service.revive(db, who.area_id, KIND, str(delivery_id), at.now):
        _enter_job(db, dict(row._mapping), at.now)
    return get_delivery(db, who, delivery_id)


# --- Clearing ---------------------------------------------------------------------------------------------


def clear_deliveries(db: Connection, now: datetime) -> bool:
    """Remove deliveries that ended 30 days ago, with their tries; whether more are left."""
    cutoff = now - KEPT_FOR
    some = (
        select(_DELIVERY.id)
        .where(_DELIVERY.created_at <= cutoff, _DELIVERY.finished_at <= cutoff)
        .limit(CLEARED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    found = list(db.execute(some).scalars())
    if found:
        db.execute(delete(webhook_attempts).where(webhook_attempts.c.delivery_id.in_(found)))
        db.execute(delete(webhook_deliveries).where(_DELIVERY.id.in_(found)))
    return len(found) == CLEARED_AT_ONCE
