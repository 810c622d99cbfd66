"""The next message of a schedule, in words."""

from collections.abc import Mapping
from typing import Any

from app.models.schedules import Attachment
from app.sentences.words import listed, numeral, plural, sentence_case
from app.services.message_previews import Preview
from app.web.presenters.lists import Field, filters, url
from app.web.presenters.schedule_forms import FORMATS, LIST
from app.web.presenters.schedule_page import due_words
from app.web.presenters.schedules import SECTION

NO_MESSAGE = (
    '<!DOCTYPE html><html lang="en-GB"><title>No message</title>'
    "<p>Today nobody would be reminded of anything.</p></html>"
)


def preview_page(schedule: Mapping[str, Any], ahead: Mapping[str, Any], message: Preview) -> dict[str, Any]:
    """The next five dates, and the message as it would be sent today."""
    path = f"{LIST}/{schedule['id']}"
    lead = str(message.lead.person_id) if message.lead else ""
    attached = [FORMATS[Attachment(one)].partition(",")[0] for one in schedule["attachments"]]
    return {
        "section": SECTION,
        "heading": "The next message",
        "caption": (schedule["name"], path),
        "warnings": ahead["warnings"],
        "dates": due_words(schedule["rule"], ahead["due"]),
        "subject": message.subject,
        "text": message.text,
        "attached": listed(attached),
        "filters": _of_leads(f"{path}/preview", message, lead),
        "to": _to(message),
        "left_out": message.lead.left_out if message.lead else "",
        "message": url(f"{path}/preview/message", [("lead", lead)]),
    }


def _to(message: Preview) -> str:
    """To how many leads reminders would go, and how many would get none; "" for a summary."""
    number = len(message.leads)
    if not number:
        return ""
    out = sum(bool(one.left_out) for one in message.leads)
    leads = plural(number, "lead has", "leads have")
    told = f"{sentence_case(numeral(number))} {leads} something to be reminded of."
    if not out:
        return told
    if out == number:
        return f"{told} {plural(number, 'They get no message.', 'None of them gets a message.')}"
    without = plural(out, "of them gets no message", "of them get no message")
    return f"{told} {sentence_case(numeral(out))} {without}: choose them to see why."


def _of_leads(path: str, message: Preview, lead: str) -> Any:
    """The form that chooses whose reminder is shown; None for a summary, which is the same for all."""
    if not message.leads:
        return None
    options = [(str(one.person_id), one.name) for one in message.leads]
    return filters(path, (), [Field("lead", "The message to", lead, options, unused=lead)])
