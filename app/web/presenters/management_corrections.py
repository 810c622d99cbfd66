"""The history of a management action, and the form that corrects an entry of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from app.access.roles import Operation, may
from app.plans.statuses import STATUS_LABELS, Status
from app.web.presenters.control_forms import stated_fields
from app.web.presenters.corrections import LOOK_AGAIN, about, addresses, entry_fields
from app.web.presenters.dates import long_date
from app.web.presenters.history import Event, facts_of, note_of, quotes_of, recorded_words, replaced
from app.web.record_forms import RecordForm
from app.web.visits import Visit

Item = Mapping[str, Any]


def history_page(
    visit: Visit, one: Item, risk: Item, entries: Sequence[Item], *, saved: str
) -> dict[str, Any]:
    """What was recorded of a management action, latest first."""
    by_id = {entry["id"]: entry for entry in entries}
    correct = {}
    if may(visit.who, Operation.edit):
        correct = addresses(visit, entries, visit.path)
    return {
        "section": "risks",
        "heading": "History of a management action",
        "title": f"History of a management action of risk {risk['ref']}",
        "risk": (f"Risk {risk['ref']}", f"/risks/{risk['id']}"),
        "about": one["title"],
        "saved": "The correction is saved. What it corrects stays below, struck through." if saved else "",
        "events": [
            _event(entry, by_id)._replace(correct=correct.get(entry["id"], "")) for entry in reversed(entries)
        ],
    }


def _event(entry: Item, by_id: Mapping[Any, Item]) -> Event:
    if entry["replaced_by"]:
        return replaced(entry, by_id)
    facts = facts_of(entry)
    did = "added it" if entry["operation"] == "added" else "updated it"
    sentences = [Markup("{} {}.").format(entry["author_name"], did)]
    if "status" in facts:
        label = STATUS_LABELS[Status(facts["status"])] if facts["status"] else "Not stated"
        sentences.append(Markup("Status: <strong>{}</strong>.").format(label))
    if "due_on" in facts:
        due = long_date(facts["due_on"]) if facts["due_on"] else "none"
        sentences.append(Markup("Due date: <strong>{}</strong>.").format(due))
    return Event(
        day=long_date(entry["effective_on"]),
        iso=entry["effective_on"].isoformat(),
        css="is-change" if facts else "",
        note=note_of(entry, by_id),
        sentences=tuple(sentences),
        quotes=quotes_of(entry, facts),
        by=recorded_words(entry),
    )


def correct(one: Item, risk: Item, entry: Item) -> RecordForm:
    """The form that corrects an entry of a management action."""
    href = f"/management-actions/{one['id']}/updates"
    return RecordForm(
        heading="Correct an entry of a management action",
        caption=(f"Risk {risk['ref']}", f"/risks/{risk['id']}"),
        fields=[
            *stated_fields(),
            *entry_fields(entry),
        ],
        submit="Save the correction",
        back=href,
        section="risks",
        note=about(entry),
        saved=f"{href}?saved=corrected",
        look_again=LOOK_AGAIN,
    )


def as_typed(entry: Item, version: int) -> dict[str, Any]:
    """What an entry says, as its form takes it, but for the reason, which is new."""
    said = {name: entry[name] for name in ("narrative", "effective_on")}
    return facts_of(entry) | said | {"version": version}


def meant(found: Item, entry: Item) -> dict[str, Any]:
    """The input of ``record_update``. What was cleared by the entry and is still empty is cleared by this."""
    facts = entry["facts"]
    return {
        name: value
        for name, value in found.items()
        if value is not None or (name in facts and facts[name] is None)
    } | {"replaces": entry["id"]}
