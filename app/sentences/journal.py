"""A journal entry in words: "Status changed from Delayed to On target by Ed Editor on 3 May 2024: survey
went live".
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from app.sentences.journal_fields import (
    LONGEST_INLINE,
    Names,
    in_words,
    label,
    named,
    shown_fields,
)
from app.sentences.words import day_in_words, sentence_case

Entry = Mapping[str, Any]
_NOUNS = {"data_quality": "data-quality point"}
_PARTS = ("control", "management_action", "period", "commentary", "erratum")
# Commentary on PAP 1 in period 2024-06, erratum to period 2024-06.
_BETWEEN = {"commentary": "on", "erratum": "to"}
_COMMENTARY = {"created": "written", "deleted": "deleted"}
# What was done, where that is more than the fields that it changed.
_DEEDS = {
    ("action", "added"): "Added to the plan",
    ("risk", "added"): "Added to the register",
    ("management_action", "added"): "Added to the risk",
    ("action", "withdrawn"): "Withdrawn from every count",
    ("action", "reinstated"): "Reinstated",
    ("risk", "accepted"): "Accepted",
    ("risk", "materialised"): "Recorded as materialised",
    ("risk", "closed"): "Closed",
    ("risk", "reopened"): "Reopened",
    ("matrix", "added"): "Matrix added",
    ("period", "published"): "Published",
    ("data_quality", "acknowledged"): "Data-quality point acknowledged",
    ("user", "password_set"): "Password set",
    ("user", "link_made"): "One-time link made",
    ("user", "disabled"): "Account disabled",
    ("user", "enabled"): "Account enabled",
    ("user", "authenticator_added"): "Authenticator app added",
    ("user", "authenticator_removed"): "Authenticator app removed",
    ("user", "recovery_codes_renewed"): "Recovery codes renewed",
    ("schedule", "recipients_added"): "Recipients added",
    ("schedule", "recipients_removed"): "Recipients removed",
    ("schedule", "unsubscribed"): "Recipient unsubscribed",
    ("schedule", "subscribed_again"): "Recipient subscribed again",
}
_LISTED = ("check", "recipients")
_NOTHING_CHANGED = {"assessed": "Reviewed without change", "updated": "Update told"}


class Text(NamedTuple):
    """A long text that changed; "" before it was there or after it was cleared."""

    label: str
    before: str
    after: str


class Told(NamedTuple):
    """An entry in words: the sentence, what else changed with it, long texts before and after, its day.

    ``is_change`` is False where something was only looked at or told again.
    """

    sentence: str
    changes: tuple[str, ...]
    texts: tuple[Text, ...]
    narrative: str
    day: date
    corrects: str
    is_change: bool


def tell(entry: Entry, names: Names, recorded_on: date) -> Told:
    """An entry in words. ``recorded_on`` is the day of what has no effective date of its own."""
    before, after = entry["before"] or {}, entry["after"] or {}
    stated = after.get("effective_on")
    day = date.fromisoformat(stated) if stated else recorded_on
    short, texts = _changes(entry, before, after, names)
    deed = _deed(entry, before, after)
    headline, rest = (
        (deed, short) if deed else (short[0], short[1:]) if short else (_otherwise(entry, texts), [])
    )
    why = f": {entry['reason']}" if entry["reason"] else "."
    subject = _subject(entry, names)
    if subject:
        is_new = entry["operation"] == "created"
        if entry["noun"] == "commentary":
            headline = f"{subject} {_COMMENTARY.get(entry['operation'], 'changed')}"
        elif entry["operation"] == "deleted":
            headline = f"{subject} deleted"
        else:
            headline = f"{subject} added" if is_new else f"{subject}: {headline[:1].lower()}{headline[1:]}"
    return Told(
        sentence=f"{headline} by {_author(entry)} on {day_in_words(day)}{why}",
        changes=tuple(f"{one}." for one in rest),
        texts=tuple(texts),
        narrative=after.get("narrative") or "",
        day=day,
        corrects=named(str(after["replaces"]), names) if after.get("replaces") else "",
        is_change=bool(texts) or any(" kept at " not in one for one in short) or _is_deed(entry),
    )


def _is_deed(entry: Entry) -> bool:
    return entry["operation"] not in _NOTHING_CHANGED


def _author(entry: Entry) -> str:
    name = str(entry["author_name"])
    return "the service" if name == "The service" else name


def _deed(entry: Entry, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    if entry["operation"] == "created":
        return f"{_noun(entry)} added"
    if entry["operation"] == "deleted":
        name = f"“{before['name']}”" if "name" in before else ""
        return f"{_noun(entry)} {before.get('ref', name)}".rstrip() + " deleted"
    if entry["noun"] == "matrix" and before:
        return f"Matrix changed, version {after['matrix_version']}"
    if entry["operation"] == "assessed" and not {"current", "target", "rating"} & after.keys():
        return _NOTHING_CHANGED["assessed"]
    return _DEEDS.get((entry["noun"], entry["operation"]), "")


def _otherwise(entry: Entry, texts: list[Text]) -> str:
    if texts:
        return f"{sentence_case(texts[0].label)} {'changed' if texts[0].before else 'written'}"
    operation = str(entry["operation"])
    return _NOTHING_CHANGED.get(operation, sentence_case(operation.replace("_", " ")))


def _subject(entry: Entry, names: Names) -> str:
    """The part of the record that an entry is about, where it is not the record itself."""
    if entry["noun"] not in _PARTS:
        return ""
    name = named(str(entry["subject_id"]), names)
    if len(name) > LONGEST_INLINE:
        name = f"{name[:LONGEST_INLINE].rpartition(' ')[0]} …"
    between = _BETWEEN.get(entry["noun"])
    return f"{_noun(entry)} {between} {name}" if between else f"{_noun(entry)} “{name}”"


def _noun(entry: Entry) -> str:
    noun = str(entry["noun"])
    return sentence_case(_NOUNS.get(noun, noun.replace("_", " ")))


def _changes(
    entry: Entry, before: Mapping[str, Any], after: Mapping[str, Any], names: Names
) -> tuple[list[str], list[Text]]:
    short: list[str] = []
    texts: list[Text] = []
    for field in shown_fields(entry["noun"], after):
        was = in_words(field, before.get(field), names)
        now = in_words(field, after[field], names)
        is_prose = field == "text" and entry["noun"] in _BETWEEN
        if is_prose or max(len(was), len(now)) > LONGEST_INLINE or "\n" in was + now:
            if was != now:
                texts.append(Text(label(field), was, now))
        elif not before and entry["operation"] in ("created", "added"):
            short += [f"{sentence_case(label(field))}: {now}"] if now else []
        elif words := _change(field, was, now, is_dated="effective_on" in after):
            short.append(words)
    return short, texts


def _change(field: str, was: str, now: str, *, is_dated: bool) -> str:
    """One change in a phrase; "" where nothing was there and nothing is."""
    what = sentence_case(label(field))
    if was == now:
        return f"{what} kept at {now}" if now and is_dated else ""
    if not was:
        return f"{what}: {now}" if field in _LISTED else f"{what} set to {now}"
    if not now:
        return f"{what} cleared, it was {was}"
    return f"{what} changed from {was} to {now}"
