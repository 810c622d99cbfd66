"""What happened to risks between two days, in words, from the comparison answer and from nothing else."""

from collections.abc import Mapping
from typing import Any

from app.sentences.changes import Part, Told, reason_said
from app.sentences.risks import rated
from app.sentences.words import day_in_words, listed, numeral, plural, sentence_case

_COUNTED = {
    "rescored": ("rescored", "was rescored", "were rescored"),
    "scored": ("scored", "was scored", "were scored"),
    "materialised": ("materialised", "materialised", "materialised"),
    "new": ("added", "was added", "were added"),
    "target_changed": ("with a new target", "was given a new target", "were given a new target"),
    "accepted": ("accepted", "was accepted", "were accepted"),
    "reopened": ("reopened", "was reopened", "were reopened"),
    "closed": ("closed", "was closed", "were closed"),
    "moved": ("moved", "was moved", "were moved"),
    "reviewed": ("reviewed without change", "was reviewed without change", "were reviewed without change"),
}
"""The kinds in the order of the page: as a heading counts them, and as a sentence says of one and of many."""

KINDS = tuple(_COUNTED)


def heading(risks: Mapping[str, Any]) -> str:
    """The heading of the section: "Risks: 2 rescored, 2 added"; "" where nothing happened to any."""
    counts = [(risks[kind]["risks"], words[0]) for kind, words in _COUNTED.items()]
    told = ", ".join(f"{number} {word}" for number, word in counts if number)
    return f"Risks: {told}" if told else ""


def lead(answer: Mapping[str, Any]) -> str:
    """What happened to risks in one sentence: "Two risks were rescored and one was closed."."""
    some = [
        (answer["risks"][kind]["risks"], words)
        for kind, words in _COUNTED.items()
        if answer["risks"][kind]["risks"]
    ]
    if not some:
        return "No risk was scored, added, closed or reviewed."
    clauses = []
    for place, (number, (_, one, many)) in enumerate(some):
        noun = f" {plural(number, 'risk')}" if place == 0 else ""
        clauses.append(f"{numeral(number)}{noun} {one if number == 1 else many}")
    return f"{sentence_case(listed(clauses))}."


def to_tell(risks: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Every change of a risk with its kind, in the order of the page.

    A new target is told beside the new score, and not again, where there is one too.
    """
    scored = {item["id"] for kind in ("rescored", "scored") for item in risks[kind]["items"]}
    return [
        (kind, item)
        for kind in KINDS
        for item in risks[kind]["items"]
        if kind != "target_changed" or item["id"] not in scored
    ]


def risk_told(kind: str, item: Mapping[str, Any]) -> Told:
    """What happened to one risk, to be read after its ref and name."""
    before, after, entry = item["before"], item["after"], item["entry"]
    on = f" on {day_in_words(entry['effective_on'])}" if entry else ""
    if kind in ("rescored", "scored"):
        parts = (*_rescored(item, on), *_target_beside(before, after))
    elif kind == "target_changed":
        parts = _target_changed(before, after)
    elif kind == "moved":
        parts = _moved(before, after)
    elif kind == "new":
        scored = _rated(after)
        first = f" at {scored}. There is no earlier score." if scored else ". It is not scored."
        parts = (Part(" was "), Part("added", True), Part(f"{on}{first}"))
    elif kind == "reviewed":
        stays = f" and stays at {_rated(after)}." if _rated(after) else " and is still not scored."
        parts = (Part(" was "), Part("reviewed", True), Part(f"{on}{stays}"))
    else:
        parts = _state(kind, before, after, on)
    return Told(parts, _why(entry))


def _state(
    kind: str, before: Mapping[str, Any] | None, after: Mapping[str, Any], on: str
) -> tuple[Part, ...]:
    at = f", at {_rated(after)}" if _rated(after) else ""
    if kind == "materialised":
        return Part(" "), Part("materialised", True), Part(f"{on}{at}.")
    first = " was added, then " if before is None else " was "
    return Part(first), Part(kind, True), Part(f"{on}{at}.")


def _rescored(item: Mapping[str, Any], on: str) -> tuple[Part, ...]:
    was, now = _rated(item["before"]), _rated(item["after"])
    if not was:
        return Part(" was not scored and is now "), Part(now, True), Part(f", scored{on}.")
    if not now:
        return (
            Part(f" was {was} and is "),
            Part("no longer scored", True),
            Part(f", since its score was removed{on}."),
        )
    verb = {"improving": "fell", "worsening": "rose"}.get(item["direction"], "went")
    return Part(" "), Part(f"{verb} from {was} to {now}", True), Part(f"{on}.")


def _target_beside(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Part, ...]:
    """The target beside a new score: as it was, reached, passed again, or changed too."""
    was, now = before["target"], after["target"]
    if now is None:
        return (Part(f" Its target, {rated(was)}, was removed."),) if was else ()
    if was is None:
        return (Part(f" Its target is {rated(now)}."),)
    if (was["score"], was["band"]) != (now["score"], now["band"]):
        return (Part(f" Its target went from {rated(was)} to {rated(now)}."),)
    reached = [bool(one["current"]) and one["current"]["score"] <= now["score"] for one in (before, after)]
    if before["current"] and after["current"] and reached[0] != reached[1]:
        words = "It has reached its target" if reached[1] else "It is now above its target"
        return (Part(f" {words} of {now['score']}."),)
    return (Part(f" The target, {rated(now)}, did not change."),)


def _target_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Part, ...]:
    was, now = before["target"], after["target"]
    parts: tuple[Part, ...] = ()
    if was and now and was != now:
        parts = (Part(" had its target moved "), Part(f"from {rated(was)} to {rated(now)}", True), Part("."))
    elif now and not was:
        parts = (Part(" was given "), Part(f"a target of {rated(now)}", True), Part("."))
    elif was and not now:
        parts = (Part(" had its target of "), Part(f"{rated(was)} removed", True), Part("."))
    first, last = before["target_on"], after["target_on"]
    if first == last:
        return parts
    lead_in = " Its target date " if parts else " had its target date "
    if not parts and last and first:
        moved = f"moved from {day_in_words(first)} to {day_in_words(last)}"
    elif not parts:
        moved = f"set to {day_in_words(last)}" if last else f"removed; it was {day_in_words(first)}"
    elif last:
        moved = f"is {day_in_words(last)}"
    else:
        moved = "was removed"
    return (*parts, Part(lead_in), Part(moved, not parts), Part("."))


def _moved(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Part, ...]:
    was, now = before["priority_ref"], after["priority_ref"]
    first = f" threatened {was}" if was else " was a general risk"
    if now is None:
        return Part(f"{first} and is now "), Part("a general risk", True), Part(".")
    return Part(f"{first} and now threatens "), Part(now, True), Part(".")


def _rated(position: Mapping[str, Any] | None) -> str:
    """A score with its band, or a rating: "16 High", "M"; "" where there is neither."""
    return rated(position["current"] or position["rating"]) if position else ""


def _why(entry: Mapping[str, Any] | None) -> str:
    if entry is None:
        return ""
    if entry["reason"]:
        return reason_said(entry)
    return str(entry["narrative"] or "").rstrip()
