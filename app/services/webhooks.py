"""Webhooks of an area: made, changed and deleted by administrators; journalled, without their secrets.

A secret is derived from the service's key, the webhook's id and its generation: nothing that is stored, read
or copied from the database gives it away. What is told, and when, is in ``webhook_deliveries``.
"""

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, bindparam, delete, func, select, update

from app.access.roles import Operation, Principal
from app.clock import Moment
from app.config import settings
from app.errors import Conflict, NotFound, invalid
from app.models.base import changed_fields
from app.models.tables import areas, webhook_attempts, webhook_deliveries, webhooks
from app.models.webhooks import DeliveryState, WebhookCreate, WebhookState, WebhookUpdate
from app.security import derived_key
from app.senders.webhook import Refused
from app.senders.webhook import check_url as check
from app.services import access, job_lanes, journal, lists, records

MOST_WEBHOOKS = 20
OLD_SECRET_LASTS = timedelta(hours=24)
ADDED_ALREADY = "This webhook was added already."
MOST_BEHIND = 10_000
"""Changes that are still sent when a webhook is enabled again; earlier ones are read from the change feed."""

_WAITING = (
    select(func.count())
    .select_from(webhook_deliveries)
    .where(
        webhook_deliveries.c.webhook_id == webhooks.c.id,
        webhook_deliveries.c.state == DeliveryState.waiting,
    )
    .scalar_subquery()
    .label("waiting")
)
_SHOWN: Select[Any] = select(webhooks, _WAITING).where(webhooks.c.area_id == bindparam("area_id"))
_ONE = _SHOWN.where(webhooks.c.id == bindparam("webhook_id"))
_LIST = lists.Listing(
    "webhooks",
    _SHOWN,
    last=[webhooks.c.id],
    count_from=webhooks,
    filters={
        "state": webhooks.c.state == bindparam("state"),
        "updated_since": webhooks.c.updated_at >= bindparam("updated_since"),
    },
)
_COUNT = select(func.count()).select_from(webhooks).where(webhooks.c.area_id == bindparam("area_id"))
_HEAD = select(areas.c.last_sequence).where(areas.c.id == bindparam("area_id"))
_LOCK = select(webhooks.c.id).where(webhooks.c.id == bindparam("webhook_id")).with_for_update()


def check_url(url: str | None) -> None:
    """Raise Invalid for an address that events would not be sent to. Looks its host up: up to 5 s.

    Call it before the transaction begins, or writers would wait for somebody's name server.
    """
    if url is None:
        return
    try:
        check(url, networks=settings().webhook_networks)
    except Refused as refused:
        raise invalid("/url", str(refused)) from None


def lane_of(webhook_id: UUID) -> str:
    """The lane of a webhook's jobs."""
    return f"webhook:{webhook_id}"


def test_lane_of(webhook_id: UUID) -> str:
    """The lane of its tests, which wait for nothing else."""
    return f"webhook:{webhook_id}:test"


def secrets_of(webhook: Mapping[str, Any], now: datetime) -> list[bytes]:
    """What events are signed with: the secret, and for a day after a rotation the one before it too."""
    generation, until = webhook["generation"], webhook["previous_secret_until"]
    wanted = [generation, generation - 1] if until and until > now else [generation]
    return [derived_key(f"webhook:{webhook['id']}:{one}", settings().key()) for one in wanted]


def _with_secret(found: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {**found, "secret": f"whsec_{base64.b64encode(secrets_of(found, now)[0]).decode()}"}


def list_webhooks(
    db: Connection,
    who: Principal,
    *,
    asked: lists.Page = lists.FIRST_PAGE,
    state: WebhookState | None = None,
    updated_since: datetime | None = None,
) -> dict[str, Any]:
    """The webhooks of the area, oldest first."""
    access.require(who, Operation.manage_webhooks)
    wanted = {"state": state, "updated_since": updated_since}
    rows, following, total = _LIST.page(db, {"area_id": who.area_id}, wanted, asked)
    return lists.answer(records.as_dicts(rows), following, total)


def get_webhook(db: Connection, who: Principal, webhook_id: UUID) -> dict[str, Any]:
    """One webhook. Raises NotFound, for everybody alike where it is another area's."""
    row = db.execute(_ONE, {"area_id": who.area_id, "webhook_id": webhook_id}).one_or_none()
    if row is None:
        raise NotFound("webhook")
    access.require(who, Operation.manage_webhooks)
    return dict(row._mapping)


def create_webhook(
    db: Connection, who: Principal, at: Moment, body: WebhookCreate, *, webhook_id: UUID | None = None
) -> dict[str, Any]:
    """Add a webhook, told of changes from now on; answered with its secret.

    Raises Conflict for the 21st, and where there is one with the id that a form set aside.
    """
    access.require(who, Operation.manage_webhooks)
    if webhook_id and db.execute(_LOCK, {"webhook_id": webhook_id}).first():
        raise Conflict(ADDED_ALREADY)
    if db.execute(_COUNT, {"area_id": who.area_id}).scalar_one() >= MOST_WEBHOOKS:
        raise Conflict(f"An area has at most {MOST_WEBHOOKS} webhooks. Delete one that is not used.")
    values = {
        **body.model_dump(),
        "state": WebhookState.enabled,
        "generation": 1,
        "after_sequence": db.execute(_HEAD, {"area_id": who.area_id}).scalar_one(),
    }
    webhook_id = records.create(db, who, at, webhooks, "webhook", values, record_id=webhook_id)
    return _with_secret(get_webhook(db, who, webhook_id), at.now)


def change_webhook(
    db: Connection, who: Principal, at: Moment, webhook_id: UUID, body: WebhookUpdate, *, version: int | None
) -> dict[str, Any]:
    """Change what was sent. Pausing holds back what waits; enabling sends on from there, at once."""
    current = get_webhook(db, who, webhook_id)
    records.check_version(current, version, lambda: current)
    values = changed_fields(body)
    records.refuse_nulls(values, ("url", "event_types", "state"))
    state = values.get("state", current["state"])
    if state != current["state"]:
        values["state_reason"] = None
    records.change(db, who, at, webhooks, "webhook", current, values)
    if state != current["state"]:
        _stand_or_go(db, who, at, current, enabled=state == WebhookState.enabled)
    return get_webhook(db, who, webhook_id)


def _stand_or_go(
    db: Connection, who: Principal, at: Moment, webhook: Mapping[str, Any], *, enabled: bool
) -> None:
    # The webhook's row is locked by the change: whoever ends a try of it waits, and sees the new state.
    lane = lane_of(webhook["id"])
    if not enabled:
        job_lanes.hold(db, lane)
        return
    head = db.execute(_HEAD, {"area_id": who.area_id}).scalar_one()
    start = max(webhook["after_sequence"], head - MOST_BEHIND)
    going = update(webhooks).where(webhooks.c.id == webhook["id"])
    db.execute(going.values(after_sequence=start, failing_since=None))
    job_lanes.release(db, lane, at.now)


def rotate_secret(
    db: Connection, who: Principal, at: Moment, webhook_id: UUID, *, version: int | None = None
) -> dict[str, Any]:
    """Give a webhook a new secret, answered here; the one before it stays good for 24 hours.

    A second rotation within them ends the first secret at once: events carry at most two signatures.
    """
    current = get_webhook(db, who, webhook_id)
    records.check_version(current, version, lambda: current)
    until = at.now + OLD_SECRET_LASTS
    values = {"generation": current["generation"] + 1, "previous_secret_until": until}
    records.change(db, who, at, webhooks, "webhook", current, values)
    return _with_secret(get_webhook(db, who, webhook_id), at.now)


def delete_webhook(
    db: Connection, who: Principal, at: Moment, webhook_id: UUID, *, version: int | None
) -> None:
    """Delete a webhook with its deliveries; what it was stays in the journal. Raises PreconditionFailed."""
    current = get_webhook(db, who, webhook_id)
    records.check_version(current, version, lambda: current)
    # Whoever ends a try of it holds this row: its attempt is stored first, or finds nothing any more.
    db.execute(_LOCK, {"webhook_id": webhook_id})
    job_lanes.drop(db, lane_of(webhook_id))
    job_lanes.drop(db, test_lane_of(webhook_id))
    of_webhook = select(webhook_deliveries.c.id).where(webhook_deliveries.c.webhook_id == webhook_id)
    db.execute(delete(webhook_attempts).where(webhook_attempts.c.delivery_id.in_(of_webhook)))
    db.execute(delete(webhook_deliveries).where(webhook_deliveries.c.webhook_id == webhook_id))
    db.execute(delete(webhooks).where(webhooks.c.id == webhook_id))
    shown = {name: current[name] for name in ("url", "description", "event_types", "state")}
    journal.record(db, who, at, journal.Change("webhook", webhook_id, "deleted", shown, None))
