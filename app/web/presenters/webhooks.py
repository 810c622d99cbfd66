"""Webhooks in words: the list, a webhook with what was sent to it, its secret shown once, its end."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.models.change_kinds import EVENT_TYPES
from app.models.webhooks import TEST_EVENT, DeliveryState
from app.sentences.words import plural
from app.services.webhooks import MOST_BEHIND, OLD_SECRET_LASTS
from app.web.presenters.dates import recorded, to_the_second
from app.web.presenters.lists import Field, filters, pages
from app.web.presenters.said import Said
from app.web.presenters.todos import Todo
from app.web.presenters.webhook_events import happened, with_code

LIST = "/admin/webhooks"
_STATES = {"enabled": "Sending", "paused": "Paused", "disabled": "Stopped by the service"}
_DELIVERY_STATES = {"waiting": "Waiting", "delivered": "Delivered", "dead": "Given up"}
_SAID = {
    "created": Said(
        "This webhook was added a moment ago, by the same form. It works, and its secret was shown then: "
        "it is shown only once. If nobody kept it, give the webhook a new one.",
        False,
    ),
    "secret": Said(
        "This webhook was given a new secret a moment ago, by the same button. Events are signed with it, "
        "and it is shown only once. If nobody kept it, give the webhook another one.",
        False,
    ),
    "changed": Said("The webhook is changed."),
    "paused": Said("The webhook is paused. What happens meanwhile is kept."),
    "enabled": Said("The webhook is sending again. What waits is on its way."),
    "stale": Said(
        "Nothing was changed just now: this webhook has changed since the page was opened, or the button was "
        "pressed twice. This is how it is. Press again if you still want to.",
        False,
    ),
    "deleted": Said("The webhook is deleted."),
    "gone": Said("That webhook is deleted already. Nothing more is sent to it."),
    "test": Said("The test is being sent. Load this page again in a few seconds to see how it was taken."),
    "again": Said(
        "The event is being sent again. Load this page again in a few seconds to see how it was taken."
    ),
    "waits": Said(
        "Nothing was changed: the event is waiting to be sent already, or its webhook is paused or stopped.",
        False,
    ),
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
    code: str
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
        "said": _SAID.get(said),
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
    words = f"{plural(number, 'webhook')} stopped by the service"
    return [Todo(number, words, LIST, "Another system is told of nothing.")] if number else []


def _notice(webhook: Mapping[str, Any]) -> str:
    """What an administrator must know of a webhook, in a sentence; "" where all is well."""
    if webhook["state"] == "disabled":
        return f"It is told of nothing. {webhook['state_reason']}"
    if webhook["failing_since"]:
        since = recorded(webhook["failing_since"])
        return f"No change has arrived since {since}. What waits is tried again; a test does not count."
    return ""


def _events(webhook: Mapping[str, Any]) -> str:
    chosen = webhook["event_types"]
    return f"{len(chosen)} {plural(len(chosen), 'kind')} of event" if chosen else "Everything"


def webhook_page(
    webhook: Mapping[str, Any],
    deliveries: Mapping[str, Any],
    said: str,
    state: str,
    event_type: str,
    cursor: str,
    *,
    now: datetime,
) -> dict[str, Any]:
    """A webhook, what can be done with it, and what was sent to it by state and event."""
    path = f"{LIST}/{webhook['id']}"
    is_enabled = webhook["state"] == "enabled"
    shown, total = deliveries["items"], deliveries["total"]
    used = (("state", state), ("event_type", event_type))
    return {
        "section": "admin",
        "heading": webhook["description"] or "Webhook",
        "said": _SAID.get(said),
        "notice": _notice(webhook),
        "facts": _facts(webhook, now),
        "event_types": [with_code(one) for one in webhook["event_types"]],
        "until": both_until(webhook, now),
        "path": path,
        "version": webhook["version"],
        "turn": ("paused", "Stop sending for now") if is_enabled else ("enabled", "Start sending again"),
        "turn_hint": _PAUSING if is_enabled else _ENABLING,
        "rows": [_sent(one) for one in shown],
        "is_filtered": bool(state or event_type),
        "filters": filters(path, (), _filters(webhook, state, event_type), "deliveries"),
        "pages": pages(path, used, len(shown), total, cursor, deliveries["next"], "deliveries"),
    }


_PAUSING = "Nothing is lost while it is paused: events wait."
_ENABLING = f"It goes on where it stopped, with at most the last {MOST_BEHIND:,} changes of the area."


def _filters(webhook: Mapping[str, Any], state: str, event_type: str) -> tuple[Field, ...]:
    types = [*(webhook["event_types"] or EVENT_TYPES), TEST_EVENT]
    return (
        Field("state", "State", state, (("", "Any"), *_DELIVERY_STATES.items())),
        Field("event_type", "Event", event_type, (("", "Any"), *((one, with_code(one)) for one in types))),
    )


def _facts(webhook: Mapping[str, Any], now: datetime) -> list[tuple[str, str, str]]:
    until = both_until(webhook, now)
    found = [
        ("Address", webhook["url"]),
        ("State", _STATES[webhook["state"]]),
        ("Told of", _events(webhook)),
        ("Waiting", f"{webhook['waiting']} {plural(webhook['waiting'], 'event')}"),
        ("Added", recorded(webhook["created_at"])),
        *([("Two secrets good until", until)] if until else []),
    ]
    return [(label, value, "") for label, value in found]


def _sent(delivery: Mapping[str, Any]) -> Sent:
    return Sent(
        href=f"/admin/webhook-deliveries/{delivery['id']}",
        event=happened(delivery["event_type"]),
        code=delivery["event_type"],
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
        "heading": happened(delivery["event_type"]),
        "said": _SAID.get(said),
        "caption": (webhook["description"] or webhook["url"], f"{LIST}/{webhook['id']}"),
        "facts": [(label, value, "") for label, value in pairs],
        "body": delivery["body"],
        "tries": [
            (
                to_the_second(one["tried_at"]),
                _answered(one["status"], one["error"], 1),
                f"{one['milliseconds']:,}",
            )
            for one in delivery["tries"]
        ],
        "path": path,
        "version": webhook["version"],
        "may_resend": is_over and webhook["state"] == "enabled",
    }


# --- Secrets and the end ----------------------------------------------------------------------------------


def both_until(webhook: Mapping[str, Any], now: datetime) -> str:
    """Until when events are signed with two secrets, in words; "" where they are signed with one."""
    until = webhook["previous_secret_until"]
    return recorded(until) if until and until > now else ""


def is_new_secret_last(webhook: Mapping[str, Any], version: int) -> bool:
    """Whether all that was done to it since ``version`` is that it got a new secret."""
    until = webhook["previous_secret_until"]
    is_next = webhook["version"] == version + 1
    return bool(is_next and until and webhook["updated_at"] == until - OLD_SECRET_LASTS)


def another_secret_page(webhook: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Asks whether a secret that is still good is to end, to make place for a further one."""
    return {
        "section": "admin",
        "heading": "End the older secret now?",
        "webhook": _caption(webhook),
        "until": both_until(webhook, now),
        "given": recorded(webhook["previous_secret_until"] - OLD_SECRET_LASTS),
        "path": f"{LIST}/{webhook['id']}/secret",
        "version": webhook["version"],
    }


def secret_page(webhook: Mapping[str, Any], now: datetime, *, has_ended: bool = False) -> dict[str, Any]:
    """The page that shows a secret, the only one that ever does; ``has_ended``: a third one ended for it."""
    return {
        "section": "admin",
        "heading": "Copy the secret now",
        "webhook": _caption(webhook),
        "url": webhook["url"],
        "secret": webhook["secret"],
        "until": both_until(webhook, now),
        "has_ended": has_ended,
    }


def delete_page(webhook: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Asks whether a webhook is to go; ``key`` shows, when sent again, that it was asked of this webhook."""
    waiting = webhook["waiting"]
    kept = f"{waiting} {plural(waiting, 'event')} that {'waits' if waiting == 1 else 'wait'}"
    return {
        "section": "admin",
        "heading": "Delete this webhook?",
        "webhook": _caption(webhook),
        "what": f"{webhook['url']} is told of nothing more"
        + (f", {kept} for it included" if waiting else "")
        + ". What was sent to it can no longer be looked up.",
        "path": f"{LIST}/{webhook['id']}/delete",
        "key": key,
        "version": webhook["version"],
    }


def _caption(webhook: Mapping[str, Any]) -> tuple[str, str]:
    return webhook["description"] or "Webhook", f"{LIST}/{webhook['id']}"
