"""Webhooks in words: the list, a webhook with what was sent to it, its forms, and the secret shown once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.models.change_kinds import CHANGE_KINDS, EVENT_TYPES
from app.models.webhooks import TEST_EVENT, DeliveryState
from app.sentences.words import plural
from app.web.forms import Form
from app.web.presenters.dates import recorded
from app.web.presenters.lists import Field, filters, pages
from app.web.presenters.overview import Todo
from app.web.presenters.updates import Difference

LIST = "/admin/webhooks"
_TYPE_FIELDS = {f"type_{kind.event_type.replace('.', '_')}": kind for kind in CHANGE_KINDS}
FIELDS = ("url", "description", "event_types", *_TYPE_FIELDS)
_STATES = {"enabled": "Enabled", "paused": "Paused", "disabled": "Disabled by the service"}
_DELIVERY_STATES = {"waiting": "Waiting", "delivered": "Delivered", "dead": "Given up"}
_SAID = {
    "created": "This webhook was added already, by the same form. Its secret was shown then. If nobody kept "
    "it, give it a new one.",
    "changed": "The webhook is changed.",
    "paused": "The webhook is paused. What happens meanwhile is kept.",
    "enabled": "The webhook is enabled. What waits is being sent.",
    "stale": "Nothing was changed: somebody changed this webhook since the page was opened, or the button "
    "was pressed twice. A secret is shown only once.",
    "deleted": "The webhook is deleted.",
    "test": "The test is being sent. Load this page again in a few seconds to see how it was taken.",
    "again": "The event is being sent again. Load this page again in a few seconds to see how it was taken.",
    "waits": "Nothing was changed: the event is waiting to be sent already, or its webhook is not enabled.",
}


class Row(NamedTuple):
    """A webhook in the list; ``notice`` is what an administrator must know, or ""."""

    href: str
    url: str
    description: str
    state: str
    notice: str
    events: str
    waiting: str


class Sent(NamedTuple):
    """A delivery in the list."""

    href: str
    event: str
    created: str
    state: str
    tries: str
    last: str


def list_page(webhooks: Sequence[Mapping[str, Any]], said: str) -> dict[str, Any]:
    """The list of webhooks: those that the service has disabled first."""
    rows = sorted(webhooks, key=lambda one: one["state"] != "disabled")
    return {
        "section": "admin",
        "heading": "Webhooks",
        "said": _SAID.get(said, ""),
        "rows": [
            Row(
                href=f"{LIST}/{one['id']}",
                url=one["url"],
                description=one["description"] or "",
                state=_STATES[one["state"]],
                notice=_notice(one),
                events=_events(one),
                waiting=str(one["waiting"]),
            )
            for one in rows
        ],
    }


def disabled_webhooks(number: int) -> list[Todo]:
    """The notice of webhooks that the service has disabled, for the overview; none where there are none."""
    words = f"{plural(number, 'webhook')} disabled by the service"
    return [Todo(number, words, LIST, "Another system is told of nothing.")] if number else []


def _notice(webhook: Mapping[str, Any]) -> str:
    """What an administrator must know of a webhook, in a sentence; "" where all is well."""
    if webhook["state"] == "disabled":
        return f"It is told of nothing. {webhook['state_reason']}"
    if webhook["failing_since"]:
        return f"Nothing has arrived since {recorded(webhook['failing_since'])}."
    return ""


def _events(webhook: Mapping[str, Any]) -> str:
    chosen = webhook["event_types"]
    return f"{len(chosen)} {plural(len(chosen), 'type')}" if chosen else "Every type"


def webhook_page(
    webhook: Mapping[str, Any],
    deliveries: Mapping[str, Any],
    said: str,
    state: str,
    event_type: str,
    cursor: str,
) -> dict[str, Any]:
    """A webhook, what can be done with it, and what was sent to it by state and event."""
    path = f"{LIST}/{webhook['id']}"
    is_enabled = webhook["state"] == "enabled"
    shown, total = deliveries["items"], deliveries["total"]
    used = (("state", state), ("event_type", event_type))
    return {
        "section": "admin",
        "heading": webhook["description"] or "Webhook",
        "said": _SAID.get(said, ""),
        "notice": _notice(webhook),
        "facts": _facts(webhook),
        "event_types": webhook["event_types"],
        "path": path,
        "version": webhook["version"],
        "turn": ("paused", "Pause") if is_enabled else ("enabled", "Enable"),
        "turn_hint": _PAUSING if is_enabled else _ENABLING,
        "rows": [_sent(one) for one in shown],
        "is_filtered": bool(state or event_type),
        "filters": filters(path, (), _filters(webhook, state, event_type), "deliveries"),
        "pages": pages(path, used, len(shown), total, cursor, deliveries["next"], "deliveries"),
    }


_PAUSING = "Events are kept while it is paused."
_ENABLING = "It goes on where it stopped, with at most the last 10,000 changes of the area."


def _filters(webhook: Mapping[str, Any], state: str, event_type: str) -> tuple[Field, ...]:
    types = [*(webhook["event_types"] or EVENT_TYPES), TEST_EVENT]
    return (
        Field("state", "State", state, (("", "Any"), *_DELIVERY_STATES.items())),
        Field("event_type", "Event", event_type, (("", "Any"), *((one, one) for one in types))),
    )


def _facts(webhook: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    until = webhook["previous_secret_until"]
    found = [
        ("Address", webhook["url"]),
        ("State", _STATES[webhook["state"]]),
        ("Told of", _events(webhook)),
        ("Waiting", f"{webhook['waiting']} {plural(webhook['waiting'], 'event')}"),
        ("Added", recorded(webhook["created_at"])),
        *([("Both secrets until", recorded(until))] if until else []),
    ]
    return [(label, value, "") for label, value in found]


def _sent(delivery: Mapping[str, Any]) -> Sent:
    return Sent(
        href=f"/admin/webhook-deliveries/{delivery['id']}",
        event=delivery["event_type"],
        created=recorded(delivery["created_at"]),
        state=_DELIVERY_STATES[delivery["state"]],
        tries=str(delivery["attempts"]),
        last=_answered(delivery["last_status"], delivery["last_error"], delivery["attempts"]),
    )


def _answered(status: int | None, error: str | None, tries: int) -> str:
    """How a try was taken, in words."""
    if not tries:
        return "Not tried yet"
    return f"Answered {status}" if status else error or ""


def delivery_page(delivery: Mapping[str, Any], webhook: Mapping[str, Any], said: str) -> dict[str, Any]:
    """One event: what is sent, and each try."""
    path = f"/admin/webhook-deliveries/{delivery['id']}"
    next_try: datetime | None = delivery["next_try_at"]
    pairs = [
        ("Event", delivery["event_type"]),
        ("State", _DELIVERY_STATES[delivery["state"]]),
        ("Entered", recorded(delivery["created_at"])),
        *([("Next try", recorded(next_try))] if next_try else []),
        ("Identifier (webhook-id)", str(delivery["id"])),
    ]
    is_over = delivery["state"] != DeliveryState.waiting
    return {
        "section": "admin",
        "heading": f"Event {delivery['event_type']}",
        "said": _SAID.get(said, ""),
        "caption": (webhook["description"] or webhook["url"], f"{LIST}/{webhook['id']}"),
        "facts": [(label, value, "") for label, value in pairs],
        "body": delivery["body"],
        "tries": [
            (recorded(one["tried_at"]), _answered(one["status"], one["error"], 1), f"{one['milliseconds']:,}")
            for one in delivery["tries"]
        ],
        "path": path,
        "version": webhook["version"],
        "may_resend": is_over and webhook["state"] == "enabled",
    }


# --- Forms ------------------------------------------------------------------------------------------------


def sent(typed: Mapping[str, str], faults: Form | None = None) -> Form:
    """The form as it was sent, with the faults of another one."""
    form = Form(typed, order=FIELDS)
    for name in ("", *FIELDS):
        if faults is not None and faults.error(name):
            form.fault(name, faults.error(name))
    return form


def known(webhook: Mapping[str, Any]) -> Form:
    """The form of a webhook as it is."""
    chosen = {name: "1" for name, kind in _TYPE_FIELDS.items() if kind.event_type in webhook["event_types"]}
    typed = {"url": webhook["url"], "description": webhook["description"] or ""}
    return sent({**typed, **chosen, "version": str(webhook["version"])})


def stated(form: Form) -> dict[str, Any]:
    """What the form states. Adds a problem where there is no address."""
    url = form.text("url")
    if url is None:
        form.fault("url", "Give the address that events are sent to, beginning with https://")
    return {"url": url, "description": form.text("description"), "event_types": _chosen(form)}


def _chosen(form: Form) -> list[str]:
    return [kind.event_type for name, kind in _TYPE_FIELDS.items() if form.has(name)]


def form_page(form: Form, webhook: Mapping[str, Any] | None) -> dict[str, Any]:
    """The form of a new webhook, or of one that is there."""
    key = "version" if webhook else "key"
    caption = (webhook["description"] or "Webhook", f"{LIST}/{webhook['id']}") if webhook else None
    return {
        "section": "admin",
        "heading": "Change the webhook" if webhook else "Add a webhook",
        "caption": caption or ("Webhooks", LIST),
        "form": form,
        "path": f"{LIST}/{webhook['id']}/edit" if webhook else f"{LIST}/new",
        "hidden": (key, form.value(key)),
        "types": [(name, kind.event_type, kind.meaning) for name, kind in _TYPE_FIELDS.items()],
        "button": "Save the webhook" if webhook else "Add the webhook",
    }


def differences(webhook: Mapping[str, Any], form: Form) -> list[Difference]:
    """Both versions of a webhook, field by field."""
    was_told, told = (", ".join(one) or "Every type" for one in (webhook["event_types"], _chosen(form)))
    rows = (
        ("Address", webhook["url"], form.value("url")),
        ("Description", webhook["description"] or "", form.value("description")),
        ("Told of", was_told, told),
    )
    return [Difference(label, was, yours, was == yours) for label, was, yours in rows]


def secret_page(webhook: Mapping[str, Any]) -> dict[str, Any]:
    """The page that shows a secret, the only one that ever does."""
    until = webhook["previous_secret_until"]
    return {
        "section": "admin",
        "heading": "Copy the secret now",
        "webhook": (webhook["description"] or "Webhook", f"{LIST}/{webhook['id']}"),
        "url": webhook["url"],
        "secret": webhook["secret"],
        "until": recorded(until) if until else "",
    }


def delete_page(webhook: Mapping[str, Any]) -> dict[str, Any]:
    """Asks whether a webhook is to go."""
    waiting = webhook["waiting"]
    kept = f"{waiting} {plural(waiting, 'event')} that {'waits' if waiting == 1 else 'wait'}"
    return {
        "section": "admin",
        "heading": "Delete this webhook?",
        "webhook": (webhook["description"] or "Webhook", f"{LIST}/{webhook['id']}"),
        "what": f"{webhook['url']} is told of nothing more"
        + (f", {kept} for it included" if waiting else "")
        + ". What was sent to it can no longer be looked up.",
        "path": f"{LIST}/{webhook['id']}/delete",
        "version": webhook["version"],
    }
