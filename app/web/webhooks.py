"""Pages of webhooks, for admins: the list, one with what was sent to it, its forms and its secret."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from app import db
from app.access.roles import Operation
from app.errors import Conflict, Invalid, NotFound, PreconditionFailed, invalid
from app.lazy_routes import page_router
from app.models.webhooks import DeliveryState, WebhookCreate, WebhookUpdate
from app.services import access
from app.services import webhook_deliveries as deliveries_service
from app.services import webhooks as webhooks_service
from app.services.lists import Page
from app.web import drafts
from app.web.deps import Present, SentForm
from app.web.forms import Form, filled
from app.web.presenters import webhook_forms as forms
from app.web.presenters import webhooks as presenter
from app.web.presenters.both_versions import Stale
from app.web.record_forms import NOT_WHOLE, version_sent
from app.web.rendering import page, see_other
from app.web.repeats import id_set_aside, sealed, set_aside
from app.web.stale import stale_page
from app.web.visits import Visit

router = page_router()
ROWS = 25
Words = Annotated[str, Query(max_length=2000)]


@router.get("/admin/webhooks")
def webhook_list(visit: Present, said: str = "") -> Response:
    """The webhooks of the area, those first that the service has disabled."""
    with db.read(visit.who) as connection:
        found = webhooks_service.list_webhooks(connection, visit.who, asked=Page(limit=ROWS))
    return page("pages/webhooks.html", visit.who, presenter.list_page(found["items"], said))


# --- Adding -----------------------------------------------------------------------------------------------


@router.get("/admin/webhooks/new")
def new_form(visit: Present) -> Response:
    """The form of a new webhook."""
    access.require(visit.who, Operation.manage_webhooks)
    return _form_page(visit, drafts.resumed(visit, forms.sent({"key": set_aside(visit.who)})), None)


@router.post("/admin/webhooks/new")
def new(visit: Present, sent: SentForm) -> Response:
    """Add a webhook and show its secret, once. The same form again adds nothing and shows no secret."""
    access.require(visit.who, Operation.manage_webhooks)
    form = forms.sent(sent)
    webhook_id = id_set_aside(visit.who, form.value("key"))
    if webhook_id is None:
        form.fault("", NOT_WHOLE)
    body = filled(WebhookCreate, forms.stated(form), form)
    if body is not None:
        _check_url(body.url, form)
    if form.problems or body is None or webhook_id is None:
        again = forms.sent({**sent, "key": set_aside(visit.who)}, form)
        return _form_page(visit, again, None, status=422)
    try:
        with db.write(visit.who) as connection:
            found = webhooks_service.create_webhook(
                connection, visit.who, visit.at, body, webhook_id=webhook_id
            )
    except Conflict as error:
        if error.detail == webhooks_service.ADDED_ALREADY:
            return drafts.saved(visit, f"/admin/webhooks/{webhook_id}?said=created")
        form.fault("", error.detail)
        return _form_page(visit, form, None, status=422)
    drafts.forget(visit, form)
    return page("pages/webhook_secret.html", visit.who, presenter.secret_page(found, visit.at.now))


def _check_url(url: str | None, form: Form) -> None:
    """Look the host up before the transaction; what is wrong stands at the field."""
    try:
        webhooks_service.check_url(url)
    except Invalid as error:
        form.take(error)


def _form_page(visit: Visit, form: Form, webhook: dict[str, Any] | None, *, status: int = 200) -> Response:
    content = forms.form_page(form, webhook) | {"draft": visit.path}
    return page("pages/webhook_form.html", visit.who, content, status=status)


# --- A webhook --------------------------------------------------------------------------------------------


@router.get("/admin/webhooks/{webhook_id}")
def webhook_page(
    visit: Present,
    webhook_id: UUID,
    said: str = "",
    state: Words = "",
    event_type: Words = "",
    cursor: Words = "",
) -> Response:
    """A webhook: whether it is told of changes, what was sent to it, and what can be done."""
    wanted = DeliveryState(state) if state in set(DeliveryState) else None
    with db.read(visit.who) as connection:
        webhook = webhooks_service.get_webhook(connection, visit.who, webhook_id)
        found = deliveries_service.list_deliveries(
            connection,
            visit.who,
            webhook_id,
            asked=Page(cursor or None, ROWS),
            state=wanted,
            event_type=event_type.replace("\x00", "") or None,
        )
    content = presenter.webhook_page(webhook, found, said, wanted or "", event_type, cursor, now=visit.at.now)
    return page("pages/webhook.html", visit.who, content)


@router.get("/admin/webhooks/{webhook_id}/edit")
def edit_form(visit: Present, webhook_id: UUID) -> Response:
    """The form of a webhook as it is."""
    webhook = _found(visit, webhook_id)
    return _form_page(visit, drafts.resumed(visit, forms.known(webhook)), webhook)


@router.post("/admin/webhooks/{webhook_id}/edit")
def edit(visit: Present, webhook_id: UUID, sent: SentForm) -> Response:
    """Save address, description and events. A stale form shows both versions."""
    webhook, form = _found(visit, webhook_id), forms.sent(sent)
    if form.value("edit"):
        return _form_page(visit, form, webhook)
    version = form.number("version", "The version")
    if version is None:
        form.fault("", NOT_WHOLE)
    body = filled(WebhookUpdate, forms.stated(form), form)
    if body is not None and body.url != webhook["url"]:
        _check_url(body.url, form)
    if form.problems or body is None:
        return _form_page(visit, form, webhook, status=422)
    try:
        with db.write(visit.who) as connection:
            webhooks_service.change_webhook(
                connection, visit.who, visit.at, webhook_id, body, version=version
            )
    except PreconditionFailed as stale:
        return _stale(visit, stale.current, form)
    return drafts.saved(visit, f"/admin/webhooks/{webhook_id}?said=changed", form)


def _found(visit: Visit, webhook_id: UUID) -> dict[str, Any]:
    with db.read(visit.who) as connection:
        return webhooks_service.get_webhook(connection, visit.who, webhook_id)


def _stale(visit: Visit, current: dict[str, Any], form: Form) -> Response:
    href = f"/admin/webhooks/{current['id']}"
    found = Stale(
        record_id=current["id"],
        caption="Webhook",
        heading="Change the webhook",
        what="this webhook",
        section="admin",
        path=f"{href}/edit",
        back=href,
        version=current["version"],
    )
    return stale_page(visit, found, form, forms.differences(current, form))


# --- What is done with it ---------------------------------------------------------------------------------


@router.post("/admin/webhooks/{webhook_id}/state")
def set_state(visit: Present, webhook_id: UUID, sent: SentForm) -> Response:
    """Pause a webhook or enable it again; again, it is so already."""
    _found(visit, webhook_id)
    form = Form(sent)
    body = filled(WebhookUpdate, {"state": form.value("state")}, form)
    version = version_sent(sent)
    if body is None or body.state is None:
        raise invalid("", NOT_WHOLE)
    try:
        with db.write(visit.who) as connection:
            webhooks_service.change_webhook(
                connection, visit.who, visit.at, webhook_id, body, version=version
            )
    except PreconditionFailed:
        return see_other(f"/admin/webhooks/{webhook_id}?said=stale")
    return see_other(f"/admin/webhooks/{webhook_id}?said={body.state}")


@router.post("/admin/webhooks/{webhook_id}/secret")
def rotate(visit: Present, webhook_id: UUID, sent: SentForm) -> Response:
    """Give it a new secret and show it, once. The same form again changes nothing.

    Where that ends a secret that is still good, it asks first.
    """
    webhook, version = _found(visit, webhook_id), version_sent(sent)
    ends_one = bool(presenter.both_until(webhook, visit.at.now))
    if ends_one and version == webhook["version"] and sent.get("ends") != "1":
        content = presenter.another_secret_page(webhook, visit.at.now)
        return page("pages/webhook_another_secret.html", visit.who, content)
    try:
        with db.write(visit.who) as connection:
            found = webhooks_service.rotate_secret(
                connection, visit.who, visit.at, webhook_id, version=version
            )
    except PreconditionFailed as stale:
        said = "secret" if presenter.is_new_secret_last(stale.current, version) else "stale"
        return see_other(f"/admin/webhooks/{webhook_id}?said={said}")
    content = presenter.secret_page(found, visit.at.now, has_ended=ends_one)
    return page("pages/webhook_secret.html", visit.who, content)


@router.post("/admin/webhooks/{webhook_id}/test")
def test(visit: Present, webhook_id: UUID, sent: SentForm) -> Response:
    """Send a test."""
    _found(visit, webhook_id)
    version_sent(sent)
    with db.write(visit.who) as connection:
        made = deliveries_service.test_webhook(connection, visit.who, visit.at, webhook_id)
    return see_other(f"/admin/webhook-deliveries/{made['id']}?said=test")


@router.get("/admin/webhooks/{webhook_id}/delete")
def delete_form(visit: Present, webhook_id: UUID) -> Response:
    """Asks whether a webhook is to go."""
    content = presenter.delete_page(_found(visit, webhook_id), sealed(visit.who, webhook_id))
    return page("pages/webhook_delete.html", visit.who, content)


@router.post("/admin/webhooks/{webhook_id}/delete")
def delete(visit: Present, webhook_id: UUID, sent: SentForm) -> Response:
    """Delete a webhook with its deliveries; again, it is deleted already."""
    try:
        _found(visit, webhook_id)
    except NotFound:
        # Only whoever was asked about this very webhook learns that it was there.
        if id_set_aside(visit.who, sent.get("key", "")) != webhook_id:
            raise
        return see_other("/admin/webhooks?said=gone")
    version = version_sent(sent)
    try:
        with db.write(visit.who) as connection:
            webhooks_service.delete_webhook(connection, visit.who, visit.at, webhook_id, version=version)
    except PreconditionFailed:
        return see_other(f"/admin/webhooks/{webhook_id}?said=stale")
    return see_other("/admin/webhooks?said=deleted")


# --- Deliveries -------------------------------------------------------------------------------------------


@router.get("/admin/webhook-deliveries/{delivery_id}")
def delivery_page(visit: Present, delivery_id: UUID, said: str = "") -> Response:
    """One event: what is sent, and each try."""
    with db.read(visit.who) as connection:
        delivery = deliveries_service.get_delivery(connection, visit.who, delivery_id)
        webhook = webhooks_service.get_webhook(connection, visit.who, delivery["webhook_id"])
    content = presenter.delivery_page(delivery, webhook, said)
    return page("pages/webhook_delivery.html", visit.who, content)


@router.post("/admin/webhook-deliveries/{delivery_id}/redelivery")
def redeliver(visit: Present, delivery_id: UUID, sent: SentForm) -> Response:
    """Send an event again; while it waits or its webhook stands, say so."""
    with db.read(visit.who) as connection:
        deliveries_service.get_delivery(connection, visit.who, delivery_id)
    version_sent(sent)
    said = "again"
    try:
        with db.write(visit.who) as connection:
            deliveries_service.redeliver(connection, visit.who, visit.at, delivery_id)
    except Conflict:
        said = "waits"
    return see_other(f"/admin/webhook-deliveries/{delivery_id}?said={said}")
