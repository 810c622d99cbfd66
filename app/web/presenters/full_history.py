"""What the page of a record's full history shows."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from markupsafe import escape

from app.clock import LONDON
from app.sentences.journal import Text, Told, tell
from app.web.presenters import lists
from app.web.presenters.dates import long_date, recorded
from app.web.presenters.history import Event
from app.web.presenters.periods import period_name
from app.web.presenters.text import headline
from app.web.visits import Visit

_ABOUT = {
    "plan": "The plan and its periods, with their commentary and errata. Each priority and action has a "
    "history of its own.",
    "priority": "The priority itself. Each of its actions has a history of its own.",
    "action": "",
    "register": "The register and its matrix. Each risk has a history of its own.",
    "risk": "The risk, its controls and its management actions.",
    "period": "The period, its commentary, its errata, its review and its publication.",
}
_PLACES = {
    "plan": "plans",
    "priority": "priorities",
    "action": "actions",
    "register": "registers",
    "risk": "risks",
    "period": "periods",
}
_SECTIONS = {"register": "risks", "risk": "risks", "period": "periods"}


def history_page(visit: Visit, noun: str, answer: Mapping[str, Any], cursor: str) -> dict[str, Any]:
    """The history of a record in the order in which it was recorded, newest first."""
    record = answer["record"]
    name = f"Period: {period_name(record)}" if noun == "period" else _name(noun, record)
    shown = len(answer["items"])
    href = f"/{_PLACES[noun]}/{record['id']}"
    return {
        "section": _SECTIONS.get(noun, "plans"),
        "heading": "Full history",
        "title": f"Full history: {name}",
        "record": (name, href),
        "about": _ABOUT[noun],
        "shown": f"{lists.shown_of(shown, answer['total'], 'change')}, the last one recorded first.",
        "events": [_event(item, answer["names"]) for item in answer["items"]],
        "pages": lists.pages(visit.path, [], shown, answer["total"], cursor, answer["next"], ""),
    }


def _name(noun: str, record: Mapping[str, Any]) -> str:
    if noun == "risk":
        return f"Risk {record['ref']}: {headline(record['description'])}"
    ref = f"{record['ref']} " if noun == "priority" else ""
    return f"{ref}{record['title']}"


def _event(item: Mapping[str, Any], names: Mapping[str, Any]) -> Event:
    learned = item["recorded_at"].astimezone(LONDON).date()
    told = tell(item, names, learned)
    quotes = [told.narrative] if told.narrative else []
    for text in told.texts:
        quotes += _quotes(text)
    return Event(
        day=long_date(learned),
        iso=learned.isoformat(),
        css="is-change" if told.is_change else "",
        note=_note(told, learned),
        sentences=tuple(escape(one) for one in (told.sentence, *told.changes)),
        quotes=tuple(quotes),
        by=f"Recorded {recorded(item['recorded_at'])}. Entry {item['sequence']} of the journal.",
    )


def _note(told: Told, learned: date) -> str:
    """What stands under the day on which an entry was recorded: the day it is effective, what it corrects."""
    effective = f"Effective {long_date(told.day)}." if told.day != learned else ""
    corrects = f"Corrects the entry of {told.corrects}." if told.corrects else ""
    return f"{effective} {corrects}".strip()


def _quotes(text: Text) -> list[str]:
    """A long text that changed, as it was and as it is."""
    if not text.before:
        return [f"{text.label.capitalize()}: {text.after}"]
    return [
        f"{text.label.capitalize()} before: {text.before}",
        f"{text.label.capitalize()} after: {text.after or 'none'}",
    ]
