"""A published day that has come to differ, in sentences: what was given, what is known now, and why."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

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
    on, entries = day_in_words(day), restated["entries"]
    if was != is_:
        now = f"it is {is_}" if is_ else "there are no actions"
        return f"{was or 'No figure'} was published for {on}; as known now {now}. {explained(entries)}"
    count = plural(len(entries), "entry recorded since counts", "entries recorded since count")
    number = sentence_case(numeral(len(entries)))
    return f"{number} {count} by {on}, after its figures were published: {_named(entries)}."


def about_actions(entries: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those of the entries that can explain a share of actions: a risk's cannot."""
    return [one for one in entries if one["subject"]["noun"] == "action"]


def explained(entries: Sequence[Mapping[str, Any]]) -> str:
    """Which entries explain it: "Two entries recorded since explain this: action 2.1 and risk 4."."""
    number = len(entries)
    explain = plural(number, "entry recorded since explains", "entries recorded since explain")
    return f"{sentence_case(numeral(number))} {explain} this: {_named(entries)}."


def _named(entries: Sequence[Mapping[str, Any]]) -> str:
    names = list(dict.fromkeys(subject_words(one["subject"]) for one in entries))
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
