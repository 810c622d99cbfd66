"""Webhooks: who is told of changes, and what was sent to them. What is not journalled is never kept."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import Field

from app.api.deps import (
    CHANGES,
    READS,
    Fields,
    OptionalVersion,
    UpdatedSince,
    Version,
    WebhookManager,
    answer,
    created,
    errors,
    page_answer,
)
from app.api.once import KeptWithout
from app.api.queries import ListQuery, parameters, read_query
from app.api.rendering import render
from app.api.routing import api_router
from app.clock import moment
from app.db import read, write
from app.models.webhooks import (
    DeliveryDetail,
    DeliveryList,
    DeliveryState,
    WebhookCreate,
    WebhookList,
    WebhookRead,
    WebhookState,
    WebhookUpdate,
    WebhookWithSecret,
)
from app.services import webhook_deliveries as deliveries_service
from app.services import webhooks as webhooks_service

router = api_router("webhooks")


def _fresh(response: Response) -> Response:
    """What it shows changes without an entry in the journal: nobody may keep it."""
    response.headers["cache-control"] = "no-store"
    return response


def _secret_once(found: dict[str, Any]) -> Response:
    """201 with the secret, which is left out of what is kept to repeat the answer."""
    plain = created(WebhookWithSecret, found, "webhooks")
    without = render(WebhookWithSecret, {**found, "secret": None})
    response = KeptWithout(plain.body, 201, dict(plain.headers), "application/json", kept=without)
    return _fresh(response)


# Before the endpoint, which may be in a transaction: somebody's name server must hold up nobody. It stands
# after `who` in each signature, so that hosts are looked up for nobody else.
def _new(body: WebhookCreate) -> WebhookCreate:
    webhooks_service.check_url(body.url)
    return body


def _changed(body: WebhookUpdate) -> WebhookUpdate:
    webhooks_service.check_url(body.url)
    return body


class WebhookQuery(ListQuery):
    """The filters of the list of webhooks."""

    state: WebhookState | None = Field(default=None, description="Only webhooks in this state.")
    updated_since: UpdatedSince = None


class DeliveryQuery(ListQuery):
    """The filters of the list of deliveries."""

    state: DeliveryState | None = Field(default=None, description="Only deliveries in this state.")
    event_type: str | None = Field(
        default=None, max_length=60, description="Only events of this type, for example `action.updated`."
    )


@router.get(
    "/webhooks",
    response_model=WebhookList,
    responses=errors(422),
    operation_id="list_webhooks",
    openapi_extra=parameters(WebhookQuery),
)
def list_webhooks(
    request: Request,
    who: WebhookManager,
    query: Annotated[WebhookQuery, Depends(read_query(WebhookQuery))],
) -> Response:
    """The webhooks of the area, oldest first. `disabled` ones are told of nothing until they are enabled."""
    with read(who) as db:
        found = webhooks_service.list_webhooks(db, who, asked=query.page(), **query.filters())
    return _fresh(page_answer(request, WebhookList, found, query.fields))


@router.post(
    "/webhooks",
    status_code=201,
    response_model=WebhookWithSecret,
    responses=errors(400, 409, 413, 422),
    operation_id="create_webhook",
)
def create_webhook(who: WebhookManager, body: Annotated[WebhookCreate, Depends(_new)]) -> Response:
    """Add a webhook; it is told of every change from now on. The answer shows its secret, this once.

    Events are signed as Standard Webhooks 1.0.0 says: verify each with one of its libraries. An event may
    arrive more than once: `webhook-id` tells. 409 for the 21st webhook of an area; 422 for an address that
    leads into an internal network.
    """
    with write(who) as db:
        found = webhooks_service.create_webhook(db, who, moment(), body)
    return _secret_once(found)


@router.get("/webhooks/{webhook_id}", response_model=WebhookRead, responses=READS, operation_id="get_webhook")
def get_webhook(webhook_id: UUID, who: WebhookManager, fields: Fields = None) -> Response:
    """One webhook, without its secret: whether it is told of changes, and how much waits for it."""
    with read(who) as db:
        found = webhooks_service.get_webhook(db, who, webhook_id)
    return _fresh(answer(WebhookRead, found, fields=fields))


@router.patch(
    "/webhooks/{webhook_id}", response_model=WebhookRead, responses=CHANGES, operation_id="change_webhook"
)
def change_webhook(
    webhook_id: UUID,
    who: WebhookManager,
    body: Annotated[WebhookUpdate, Depends(_changed)],
    version: Version,
) -> Response:
    """Change the fields that are sent. `paused` holds events back, `enabled` sends them on."""
    with write(who) as db:
        found = webhooks_service.change_webhook(db, who, moment(), webhook_id, body, version=version)
    return _fresh(answer(WebhookRead, found))


@router.delete(
    "/webhooks/{webhook_id}",
    status_code=204,
    response_class=Response,
    responses=errors(404, 412, 422, 428),
    operation_id="delete_webhook",
)
def delete_webhook(webhook_id: UUID, who: WebhookManager, version: Version) -> Response:
    """Delete a webhook and its deliveries. What waits for it is not sent any more."""
    with write(who) as db:
        webhooks_service.delete_webhook(db, who, moment(), webhook_id, version=version)
    return Response(status_code=204)


@router.post(
    "/webhooks/{webhook_id}/secret",
    status_code=201,
    response_model=WebhookWithSecret,
    responses=errors(404, 412, 422),
    operation_id="rotate_webhook_secret",
)
def rotate_webhook_secret(webhook_id: UUID, who: WebhookManager, version: OptionalVersion) -> Response:
    """Give the webhook a new secret, shown this once. For 24 hours events are signed with the old one too.

    A second rotation within them ends the first secret at once.
    """
    with write(who) as db:
        found = webhooks_service.rotate_secret(db, who, moment(), webhook_id, version=version)
    return _secret_once(found)


@router.post(
    "/webhooks/{webhook_id}/test",
    status_code=201,
    response_model=DeliveryDetail,
    responses=errors(404, 422),
    operation_id="test_webhook",
)
def test_webhook(webhook_id: UUID, who: WebhookManager) -> Response:
    """Send a `webhook.test` event, once, also to a webhook that is paused or disabled.

    It is sent within seconds: read the delivery again to see how it was taken.
    """
    with write(who) as db:
        found = deliveries_service.test_webhook(db, who, moment(), webhook_id)
    return _fresh(created(DeliveryDetail, found, f"webhook-deliveries/{found['id']}"))


@router.get(
    "/webhooks/{webhook_id}/deliveries",
    response_model=DeliveryList,
    responses=READS,
    operation_id="list_webhook_deliveries",
    openapi_extra=parameters(DeliveryQuery),
)
def list_deliveries(
    webhook_id: UUID,
    request: Request,
    who: WebhookManager,
    query: Annotated[DeliveryQuery, Depends(read_query(DeliveryQuery))],
) -> Response:
    """What the webhook was and is to be told, newest first. What ended is kept for 30 days."""
    with read(who) as db:
        found = deliveries_service.list_deliveries(db, who, webhook_id, asked=query.page(), **query.filters())
    return _fresh(page_answer(request, DeliveryList, found, query.fields))


@router.get(
    "/webhook-deliveries/{delivery_id}",
    response_model=DeliveryDetail,
    responses=READS,
    operation_id="get_webhook_delivery",
)
def get_delivery(delivery_id: UUID, who: WebhookManager, fields: Fields = None) -> Response:
    """One event for one webhook: what is sent, and each try."""
    with read(who) as db:
        found = deliveries_service.get_delivery(db, who, delivery_id)
    return _fresh(answer(DeliveryDetail, found, fields=fields))


@router.post(
    "/webhook-deliveries/{delivery_id}/redelivery",
    status_code=201,
    response_model=DeliveryDetail,
    responses=errors(404, 409, 422),
    operation_id="redeliver",
)
def redeliver(delivery_id: UUID, who: WebhookManager) -> Response:
    """Send an event again that was delivered or given up: the same id and body, with ten tries.

    409 while it is waiting to be sent, and while its webhook is paused or disabled.
    """
    with write(who) as db:
        found = deliveries_service.redeliver(db, who, moment(), delivery_id)
    return _fresh(created(DeliveryDetail, found, f"webhook-deliveries/{found['id']}"))
