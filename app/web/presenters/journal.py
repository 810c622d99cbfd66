"""The area's journal in words, and what its verification found."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from app.clock import LONDON
from app.sentences.journal import Text, tell
from app.sentences.words import sentence_case
from app.services.journal_list import MOST_VERIFIED
from app.web.presenters import lists
from app.web.presenters.dates import to_the_second
from app.web.presenters.full_history import NEWEST, ORDERS

HOME = "/admin/journal"
NOUNS = (
    "action",
    "area",
    "area_settings",
    "client",
    "commentary",
    "control",
    "data_quality",
    "erratum",
    "management_action",
    "matrix",
    "period",
    "person",
    "plan",
    "priority",
    "register",
    "risk",
    "user",
    "webhook",
)
_LABELS = {"client": "API client", "data_quality": "Data-quality point"}
_PLACES = {
    "action": "/actions/{}/history",
    "plan": "/plans/{}/history",
    "priority": "/priorities/{}/history",
    "period": "/periods/{}/history",
    "register": "/registers/{}/history",
    "matrix": "/registers/{}/history",
    "risk": "/risks/{}/history",
    "user": "/admin/users/{}",
    "client": "/admin/clients/{}",
}


class Row(NamedTuple):
    """An entry: its place, when, by whom, of what, and what was changed."""

    sequence: int
    when: str
    author: str
    noun: str
    name: str
    href: str
    sentence: str
    changes: tuple[str, ...]
    texts: tuple[Text, ...]


class Asked(NamedTuple):
    """What of the journal is asked for."""

    noun: str
    author: str
    since: date | None
    until: date | None
    sort: str = NEWEST

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The filters as addresses keep them."""
        days = {"since": self.since, "until": self.until}
        typed = [(name, day.isoformat() if day else "") for name, day in days.items()]
        return [("noun", self.noun), ("author", self.author), *typed]

    @property
    def sort_pairs(self) -> list[tuple[str, str]]:
        """The order, where it is not the newest first."""
        return [("sort", self.sort)] if self.sort != NEWEST else []


def fields_of(asked: Asked) -> tuple[lists.Field, ...]:
    """The filters of the journal."""
    kept = dict(asked.kept)
    return (
        lists.Field(
            "noun", "Kind of record", asked.noun, [("", "All"), *((one, noun_label(one)) for one in NOUNS)]
        ),
        lists.Field("author", "Who", asked.author),
        lists.Field("since", "From", kept["since"], type="date"),
        lists.Field("until", "To", kept["until"], type="date"),
    )


def journal_page(asked: Asked, answer: Mapping[str, Any], cursor: str) -> dict[str, Any]:
    """The entries that are asked for, in the order that is asked for."""
    shown, pairs = len(answer["items"]), [*asked.kept, *asked.sort_pairs]
    return {
        "section": "admin",
        "heading": "Journal",
        "filters": lists.filters(HOME, asked.sort_pairs, fields_of(asked)),
        "shown": f"{lists.shown_of(shown, answer['total'], 'change')}, {ORDERS[asked.sort]}.",
        "columns": lists.columns(HOME, asked.kept, asked.sort, {"recorded": "Recorded"}),
        "rows": [_row(item, answer["names"]) for item in answer["items"]],
        "pages": lists.pages(HOME, pairs, shown, answer["total"], cursor, answer["next"], ""),
        "tools": lists.tools(HOME, pairs),
    }


def noun_label(noun: str) -> str:
    """What a kind of record is called."""
    return _LABELS.get(noun) or sentence_case(noun.replace("_", " "))


def subject_name(item: Mapping[str, Any], names: Mapping[str, Any]) -> str:
    """What the record of an entry is called; "" where it has no name."""
    name = names.get(str(item["subject_id"]), "")
    return "" if isinstance(name, date) else str(name)


def _row(item: Mapping[str, Any], names: Mapping[str, Any]) -> Row:
    told = tell(item, names, item["recorded_at"].astimezone(LONDON).date())
    subject = str(item["subject_id"])
    return Row(
        sequence=item["sequence"],
        when=to_the_second(item["recorded_at"]),
        author=item["author_name"],
        noun=noun_label(item["noun"]),
        name=subject_name(item, names),
        href=_PLACES.get(item["noun"], "").format(subject),
        sentence=told.sentence,
        changes=(*told.changes, *([told.narrative] if told.narrative else [])),
        texts=told.texts,
    )


def verification_page(found: Mapping[str, Any]) -> dict[str, Any]:
    """What verifying the journal found, and its head to be noted."""
    known, known_at = found["known_head"], found.get("known_at")
    faults = list(found.get("faults", ()))
    if known and not found["is_too_long"] and known_at is None:
        faults.append("The head that you noted is in the journal no more: it was cut or written anew since.")
    return {
        "section": "admin",
        "heading": "Verify the journal",
        "is_too_long": found["is_too_long"],
        "most": f"{MOST_VERIFIED:,}",
        "entries": f"{found['last_sequence']:,}",
        "head": found.get("head", ""),
        "faults": faults,
        "known": known,
        "known_at": f"{known_at:,}" if known_at else "",
    }
