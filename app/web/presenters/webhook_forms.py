"""The form of a webhook: what was typed, what it states, and both versions where it is stale."""

from collections.abc import Mapping
from typing import Any

from app.web.forms import Form
from app.web.presenters.both_versions import Both, both
from app.web.presenters.webhook_events import TYPE_FIELDS, groups, with_code

LIST = "/admin/webhooks"
FIELDS = ("url", "description", "told", "event_types", *TYPE_FIELDS)
_LONGEST_URL = 2000
_LONGEST_DESCRIPTION = 300
_TOLD = (
    ("everything", "Everything", "Every kind of event, those of later versions of the service as well."),
    ("chosen", "Only these", "The events that you choose below."),
)


def sent(typed: Mapping[str, str], faults: Form | None = None) -> Form:
    """The form as it was sent, with the faults of another one."""
    form = Form(typed, order=FIELDS)
    for name in ("", *FIELDS):
        if faults is not None and faults.error(name):
            form.fault(name, faults.error(name))
    return form


def known(webhook: Mapping[str, Any]) -> Form:
    """The form of a webhook as it is."""
    chosen = {name: "1" for name, code in TYPE_FIELDS.items() if code in webhook["event_types"]}
    told = {"told": "chosen" if chosen else "everything"}
    typed = {"url": webhook["url"], "description": webhook["description"] or ""}
    return sent({**typed, **told, **chosen, "version": str(webhook["version"])})


def stated(form: Form) -> dict[str, Any]:
    """What the form states. Adds a problem to each field that says nothing, or what cannot be."""
    url, description = form.text("url"), form.text("description")
    if url is None:
        form.fault("url", "Give the address that events are sent to, beginning with https://")
    elif len(url) > _LONGEST_URL:
        form.fault("url", f"Shorten the address to {_LONGEST_URL:,} characters or fewer")
    elif not all("!" <= letter <= "~" and letter != "\\" for letter in url):
        form.fault(
            "url",
            "Write the address without spaces, backslashes and accented letters: copy it from where it is "
            "documented, or from a browser, which writes such letters with % or xn--",
        )
    if description and len(description) > _LONGEST_DESCRIPTION:
        form.fault("description", f"Shorten the description to {_LONGEST_DESCRIPTION} characters or fewer")
    _check_told(form)
    return {"url": url, "description": description, "event_types": _chosen(form)}


def _check_told(form: Form) -> None:
    """Everything, or at least one kind of event; never one by leaving out the other."""
    told, chosen = form.value("told"), _chosen(form)
    if told not in ("everything", "chosen"):
        form.fault("told", "Choose whether it is told of everything or only of some events")
    elif told == "chosen" and not chosen:
        form.fault("event_types", "Choose at least one event, or choose Everything above")
    elif told == "everything" and chosen:
        form.fault("told", "Choose Only these, or clear the events below: you have chosen both")


def _chosen(form: Form) -> list[str]:
    return [code for name, code in TYPE_FIELDS.items() if form.has(name)]


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
        "told": _TOLD,
        "groups": groups(),
        "button": "Save the webhook" if webhook else "Add the webhook",
    }


def differences(webhook: Mapping[str, Any], form: Form) -> list[Both]:
    """Both versions of a webhook, field by field."""
    saved = known(webhook)
    was_told, told = (
        ", ".join(map(with_code, one)) or "Everything" for one in (webhook["event_types"], _chosen(form))
    )
    return [
        both("url", "Address", (webhook["url"], form.value("url")), ["url"], saved),
        both(
            "description",
            "Description",
            (webhook["description"] or "", form.value("description")),
            ["description"],
            saved,
        ),
        both("told", "Told of", (was_told, told), ["told", *TYPE_FIELDS], saved),
    ]
