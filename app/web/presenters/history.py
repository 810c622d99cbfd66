"""The history of an action in whole sentences: who changed what, why, and when it was recorded."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from app import clock
from app.clock import LONDON
from app.plans.statuses import STATUS_LABELS, ImpactState, Status
from app.web.presenters.actions import IMPACT_LABELS
from app.web.presenters.dates import days_between, long_date, recorded

BACKDATED = "Backdated: dated before an entry that already stood, or in a published period."
_STATED_DATES = {
    "completed_on": "completion date",
    "start_on": "start date",
    "due_on": "due date",
    "review_on": "review date",
    "forecast_on": "forecast date",
    "impact_review_on": "impact review date",
}


class Event(NamedTuple):
    """One entry of a timeline. ``css`` says whether something changed, or the entry was replaced.

    ``correct`` is the address of the form that corrects it, "" where the reader may not.
    """

    day: str
    iso: str
    css: str
    note: str
    sentences: tuple[Markup, ...]
    quotes: tuple[str, ...]
    by: str
    correct: str = ""


def action_history(
    entries: Sequence[Mapping[str, Any]], day: date, corrections: Mapping[Any, str] | None = None
) -> list[Event]:
    """The entries of an action up to ``day``, latest first, with what the rules made of its dates.

    ``corrections`` are the addresses of the forms that correct them, by the id of the entry.

    ``entries`` come in the order of their history. One that was replaced is shown as it was written, but
    what the others changed is told without it.
    """
    events: list[tuple[date, int, Event]] = []
    known: dict[str, Any] = {}
    shown = [entry for entry in entries if entry["effective_on"] <= day]
    by_id = {entry["id"]: entry for entry in entries}
    for entry in shown:
        if entry["replaced_by"]:
            events.append((entry["effective_on"], entry["sequence"], replaced(entry, by_id)))
            continue
        facts = facts_of(entry)
        event = _event(entry, facts, known, by_id)
        if corrections:
            event = event._replace(correct=corrections.get(entry["id"], ""))
        events.append((entry["effective_on"], entry["sequence"], event))
        known |= facts
        if entry["operation"] in ("withdrawn", "reinstated"):
            known["withdrawn"] = entry["operation"] == "withdrawn"
    missed = _missed_deadline(shown, day)
    if missed:
        events.append(missed)
    events.sort(key=lambda one: (one[0], one[1]), reverse=True)
    return [event for _day, _sequence, event in events]


def saved_words(entries: Sequence[Mapping[str, Any]], day: date) -> str:
    """What follows "Your update is saved" for the newest entry: where it stands in the history.

    A backdated one is not the first, and may not decide the status: the later entry that does is named.
    """
    newest = max(entries, key=lambda entry: entry["sequence"], default=None)
    later = [
        one
        for one in entries
        if newest and newest["effective_on"] < one["effective_on"] <= day and not one["replaced_by"]
    ]
    if newest is None or not later:
        return ". It is the first entry of the history below."
    words = f", dated {long_date(newest['effective_on'])}."
    stating = [one for one in later if one["facts"].get("status")]
    if not stating:
        return words
    last = max(stating, key=lambda one: (one["effective_on"], one["sequence"]))
    status, said = _status(last["facts"]["status"]), long_date(last["effective_on"])
    return f"{words} The later entry of {said} still decides the status: {status}."


def facts_of(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What an entry states, with stored dates as dates."""
    facts = dict(entry["facts"])
    for name in _STATED_DATES:
        if isinstance(facts.get(name), str) and facts[name] != "ongoing":
            facts[name] = date.fromisoformat(facts[name])
    return facts


def recorded_words(entry: Mapping[str, Any]) -> str:
    """When an entry was recorded, and how long after it took effect: the difference is part of the record.

    Not in demo, whose fixed day makes the difference mean nothing.
    """
    learned = entry["recorded_at"].astimezone(LONDON).date()
    words = f"Recorded {recorded(entry['recorded_at'])}"
    if learned > entry["effective_on"] and clock.pinned_today() is None:
        words += f", {days_between(entry['effective_on'], learned)} after it took effect"
    return words


def _event(
    entry: Mapping[str, Any],
    facts: Mapping[str, Any],
    known: Mapping[str, Any],
    by_id: Mapping[Any, Mapping[str, Any]],
) -> Event:
    changes = list(_changes(entry, facts, known))
    kept = "" if changes else _kept(entry, known)
    if entry["backdated"] and facts.get("status") and facts["status"] == known.get("status"):
        changes.append(Markup("It states the status <strong>{}</strong>.").format(_status(facts["status"])))
    sentences = changes or [Markup("{} {}").format(entry["author_name"], Markup(kept))]
    return Event(
        day=long_date(entry["effective_on"]),
        iso=entry["effective_on"].isoformat(),
        css="is-change" if changes else "",
        note=note_of(entry, by_id),
        sentences=tuple(sentences),
        quotes=quotes_of(entry, facts),
        by=recorded_words(entry),
    )


def _changes(entry: Mapping[str, Any], facts: Mapping[str, Any], known: Mapping[str, Any]) -> list[Markup]:
    author = entry["author_name"]
    found: list[Markup] = []
    if entry["operation"] == "added":
        found.append(_added(facts, author))
        return found
    if entry["operation"] == "withdrawn":
        found.append(Markup("{} <strong>withdrew the action</strong>: it counts no more.").format(author))
    if entry["operation"] == "reinstated":
        found.append(Markup("{} <strong>reinstated the action</strong>: it counts again.").format(author))
    status = facts.get("status")
    if status and status != known.get("status"):
        found.append(
            Markup("{} changed the status <strong>from {} to {}</strong>.").format(
                author, _status(known.get("status")), _status(status)
            )
        )
    for name, label in _STATED_DATES.items():
        if name in facts and facts[name] != known.get(name):
            found.append(_moved(label, known.get(name), facts[name]))
    if facts.get("impact_state") and facts["impact_state"] != known.get("impact_state"):
        words = IMPACT_LABELS[ImpactState(facts["impact_state"])]
        found.append(Markup("Impact: <strong>{}</strong>.").format(words))
    for name, words in (("points", "Its places under priorities"), ("depends_on", "What it waits for")):
        if name in facts and facts[name] != known.get(name, []):
            found.append(Markup("{} <strong>changed</strong>.").format(words))
    return found


def _added(facts: Mapping[str, Any], author: str) -> Markup:
    due = facts.get("due_on")
    words = ", no due date" if due is None else f", due {_date(due)}"
    start = facts.get("start_on")
    begin = f", to start on {_date(start)}" if start else ""
    return Markup("{} <strong>added it to the plan as {}</strong>{}{}.").format(
        author, _status(facts.get("status")), begin, words
    )


def _kept(entry: Mapping[str, Any], known: Mapping[str, Any]) -> Markup:
    words = Markup("<strong>kept the status at {}</strong>.").format(_status(known.get("status")))
    if known.get("status") == Status.delayed and not (facts_of(entry) | dict(known)).get("path_to_green"):
        words += Markup(" No path back to green was given.")
    return words


def _moved(label: str, before: Any, after: Any) -> Markup:
    if after is None:
        return Markup("The {} was <strong>cleared</strong>, it was {}.").format(label, _date(before))
    if before is None:
        return Markup("The {} was <strong>set to {}</strong>.").format(label, _date(after))
    return Markup("The {} moved <strong>from {} to {}</strong>.").format(label, _date(before), _date(after))


def quotes_of(entry: Mapping[str, Any], facts: Mapping[str, Any]) -> tuple[str, ...]:
    """What an entry says in words: what has happened, the reason, the path back to green."""
    path = facts.get("path_to_green")
    return tuple(
        words
        for words in (
            entry["narrative"],
            f"Reason: {entry['reason']}" if entry["reason"] else None,
            f"Path back to green: {path}" if path else None,
        )
        if words
    )


def note_of(entry: Mapping[str, Any], by_id: Mapping[Any, Mapping[str, Any]]) -> str:
    """What an entry corrects, and whether it is backdated."""
    notes = []
    corrected = by_id.get(entry["replaces"]) if entry["replaces"] else None
    if corrected:
        notes.append(f"Corrects an entry of {long_date(corrected['effective_on'])}.")
    if entry["backdated"]:
        notes.append(BACKDATED)
    return " ".join(notes)


def replaced(entry: Mapping[str, Any], by_id: Mapping[Any, Mapping[str, Any]]) -> Event:
    """An entry that was corrected, as it was written."""
    facts = facts_of(entry)
    said = [Markup("{} recorded an update.").format(entry["author_name"])]
    if facts.get("status"):
        said = [Markup("{} set the status to {}.").format(entry["author_name"], _status(facts["status"]))]
    said += [
        Markup("The {} was given as {}.").format(label, _date(facts[name]))
        for name, label in _STATED_DATES.items()
        if facts.get(name)
    ]
    newer = by_id.get(entry["replaced_by"])
    when = f" by one recorded {recorded(newer['recorded_at'])}" if newer else ""
    return Event(
        day=long_date(entry["effective_on"]),
        iso=entry["effective_on"].isoformat(),
        css="is-replaced",
        note=f"Replaced{when}. It no longer counts.",
        sentences=tuple(said),
        quotes=quotes_of(entry, facts),
        by=recorded_words(entry),
    )


def _missed_deadline(entries: Sequence[Mapping[str, Any]], day: date) -> tuple[date, int, Event] | None:
    """The day on which the present deadline passed, where the action was neither complete nor withdrawn."""
    state: dict[str, Any] = {}
    for entry in entries:
        if not entry["replaced_by"]:
            state |= facts_of(entry)
            if entry["operation"] in ("withdrawn", "reinstated"):
                state["withdrawn"] = entry["operation"] == "withdrawn"
    due = state.get("due_on")
    deadline = state.get("review_on") if due == "ongoing" else due
    over = state.get("status") == Status.complete or state.get("withdrawn")
    if not isinstance(deadline, date) or deadline >= day or over:
        return None
    passed = deadline + timedelta(days=1)
    name = "review date" if due == "ongoing" else "due date"
    words = Markup("<strong>The {}, {}, passed.</strong> The action is overdue.").format(
        name, long_date(deadline)
    )
    by = "Derived by rule: not complete, and due before this day"
    return passed, -1, Event(long_date(passed), passed.isoformat(), "is-change", "", (words,), (), by)


def _status(code: Any) -> str:
    return STATUS_LABELS[Status(code)] if code else "not stated"


def _date(value: Any) -> str:
    return long_date(value) if isinstance(value, date) else str(escape(value))
