"""A published day that has come to differ, in sentences: what was given, what is known now, and why."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from app.sentences.changes import Part, Told, counted_heading, reason_said
from app.sentences.words import day_in_words, listed, numeral, plural, sentence_case

MOST_NAMED = 5
"""Records that a sentence names."""


def note(restated: Mapping[str, Any] | None, given: Mapping[str, Any], day: date) -> str:
    """Beside figures compared with what was published; "" where nothing has come to differ from it.

    "61% (57 of 93) was published for 30 June 2024; as known now it is 62% (58 of 93). One entry recorded
    since explains this: action 1.6." ``given`` is the progress as published.
    """
    if not restated:
        return ""
    was, is_ = _share(given), _share(restated["known"])
    on, entries, left = day_in_words(day), restated["entries"], _left(restated["left"])
    if was != is_:
        now = f"it is {is_}" if is_ else "there are no actions"
        said = f"{was or 'No figure'} was published for {on}; as known now {now}. {explained(entries)}"
        return f"{said} {left}".rstrip()
    count = plural(len(entries), "entry recorded since counts", "entries recorded since count")
    number = sentence_case(numeral(len(entries)))
    said = f"{number} {count} by {on}, after its figures were published: {_named(entries)}."
    return f"{said} {left}".rstrip()


def left_heading(left: Sequence[Mapping[str, Any]]) -> str:
    """The heading over them: "Left the count: 2 action points, 1 action"."""
    return counted_heading("Left the count", sum(one["action_points"] for one in left), len(left))


def left_told(one: Mapping[str, Any], entries: Iterable[Mapping[str, Any]]) -> Told:
    """That a published action left the count, to be read after its ref and title, with who said why."""
    why = (
        reason_said(entry)
        for entry in entries
        if entry["subject"]["id"] == one["id"]
        and entry["effective_on"] == one["added_on"]
        and entry["reason"]
    )
    return Told((Part(" "), Part("left the count", True), Part(f": {_corrected(one)}.")), next(why, ""))


def _left(left: Sequence[Mapping[str, Any]]) -> str:
    """Published actions that no longer count by the later day; "" for none."""
    if not left:
        return ""
    if len(left) == 1:
        return f"Action {left[0]['ref']} left the count: {_corrected(left[0])}."
    refs = _some_of([one["ref"] for one in left])
    many = sentence_case(numeral(len(left)))
    return f"{many} actions left the count, their first entries corrected to later days: {refs}."


def _corrected(one: Mapping[str, Any]) -> str:
    return f"its first entry was corrected to {day_in_words(one['added_on'])}"


def about_actions(entries: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those of the entries that can explain a share of actions: a risk's cannot."""
    return [one for one in entries if one["subject"]["noun"] == "action"]


def explained(entries: Sequence[Mapping[str, Any]]) -> str:
    """Which entries explain it: "Two entries recorded since explain this: action 2.1 and risk 4."."""
    number = len(entries)
    explain = plural(number, "entry recorded since explains", "entries recorded since explain")
    return f"{sentence_case(numeral(number))} {explain} this: {_named(entries)}."


def _named(entries: Sequence[Mapping[str, Any]]) -> str:
    return _some_of(list(dict.fromkeys(subject_words(one["subject"]) for one in entries)))


def _some_of(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    if more > 0:
        names = [*names[:MOST_NAMED], f"{numeral(more)} {plural(more, 'other')}"]
    return listed(names)


def subject_words(subject: Mapping[str, Any]) -> str:
    """The record of an entry: "action 2.1"; a management action by the risk that it belongs to."""
    if subject["noun"] == "management_action":
        return f"management action of risk {subject['ref']}"
    return f"{str(subject['noun']).replace('_', ' ')} {subject['ref']}"


def _share(progress: Mapping[str, Any]) -> str:
    share = progress["complete_or_on_target"]
    if share["rounded"] is None:
        return ""
    return f"{share['rounded']}% ({share['count']} of {progress['action_points']})"
