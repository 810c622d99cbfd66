"""What the page of a record's full history shows."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from markupsafe import escape

from app.clock import LONDON
from app.errors import invalid
from app.sentences.journal import Text, Told, tell
from app.web.presenters import lists
from app.web.presenters.dates import long_date, recorded
from app.web.presenters.history import Event
from app.web.presenters.periods import period_name
from app.web.presenters.text import headline
from app.web.visits import Visit

ROWS = 50
NEWEST, OLDEST = "-recorded", "recorded"
ORDERS = {NEWEST: "the last one recorded first", OLDEST: "the first one recorded first"}
_OTHER = {NEWEST: OLDEST, OLDEST: NEWEST}
_OTHER_WORDS = {NEWEST: "Show the first one first", OLDEST: "Show the last one first"}
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


class Asked(NamedTuple):
    """What the address of a history asks for."""

    sort: str
    page: int

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The order, where it is not the newest first."""
        return [("sort", self.sort)] if self.sort != NEWEST else []


def asked_for(typed: Mapping[str, str]) -> Asked:
    """What the address asks for. Raises Invalid for a value that no page offers."""
    return Asked(order_asked(typed), lists.page_asked(typed))


def order_asked(typed: Mapping[str, str]) -> str:
    """The order that an address asks for, the newest first by itself. Raises Invalid for one that is not."""
    sort = typed.get("sort", "") or NEWEST
    if sort not in ORDERS:
        raise invalid("/sort", "Choose an order from the list.")
    return sort


def title_of(noun: str, record: Mapping[str, Any]) -> str:
    """The record whose history it is."""
    return f"Period: {period_name(record)}" if noun == "period" else _name(noun, record)


def history_page(visit: Visit, noun: str, answer: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    """The history of a record in the order in which it was recorded, newest first or last."""
    record = answer["record"]
    name = title_of(noun, record)
    shown = len(answer["items"])
    href = f"/{_PLACES[noun]}/{record['id']}"
    return {
        "section": _SECTIONS.get(noun, "plans"),
        "heading": "Full history",
        "title": f"Full history: {name}",
        "record": (name, href),
        "about": _ABOUT[noun],
        "shown": f"{lists.shown_of(shown, answer['total'], 'change', before=ROWS * (asked.page - 1))}, "
        f"{ORDERS[asked.sort]}.",
        "other_order": (
            _OTHER_WORDS[asked.sort],
            lists.url(visit.path, [("sort", _OTHER[asked.sort])]),
        ),
        "events": [_event(item, answer["names"]) for item in answer["items"]],
        "pages": lists.numbered(visit.path, asked.pairs, asked.page, ROWS, answer["total"]),
        "tools": lists.tools(visit.path, asked.pairs),
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
