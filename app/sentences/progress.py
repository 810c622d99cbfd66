"""Progress in words, for a plan, a priority or any other scope (domain rules, section 6).

The input is the progress answer as it is returned everywhere: a mapping with ``action_points``,
``distinct_actions``, ``withdrawn``, ``statuses``, ``complete_or_on_target``, ``flags``, ``sums_to_100``.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from app.plans.statuses import STATUS_LABELS, Status
from app.sentences.words import day_in_words, listed, numeral, plural, sentence_case

MOST_NAMED = 3
"""More missed dates than this are counted, not named: the list below the sentence names them all."""

ROUNDING_NOTE = "Percentages may not sum to 100 because of rounding."


_LAST_NUMBER = re.compile(r"(?<![\d.])\d+$")


class Missed(NamedTuple):
    """An overdue action to be named in a sentence: its ref in the scope, and the date that it missed."""

    ref: str
    due_on: date


def scope_sentence(label: str, progress: Mapping[str, Any], missed: Sequence[Missed] = ()) -> str:
    """The progress of a scope in one paragraph.

    "Priority 2: 60% of actions (3 of 5) are on target and 40% (2 of 5) are delayed. None is complete. One
    completion date has been missed (2.5, due 31 May 2024)."
    """
    sentences = [f"{label}: {_shares(progress)}", _nothing_of(progress), missed_dates(progress, missed)]
    return " ".join(part for part in [*sentences, withdrawn(progress)] if part)


def place_label(noun: str, ref: str, number: int) -> str:
    """What a priority is called in its sentence: the number of "PAP 2" where it is its place in the plan.

    >>> place_label("priority", "PAP 2", 2), place_label("workstream", "1b", 2)
    ('Priority 2', 'Workstream 1b')
    """
    last = _LAST_NUMBER.search(ref)
    is_place = last is not None and last.group() == str(number)
    return f"{noun.capitalize()} {number if is_place else ref}"


def lead(progress: Mapping[str, Any], *, was: str = "") -> str:
    """The one sentence a page opens with: "61% of action points are complete or on target (57 of 93).".

    ``was`` follows its share where it names one: ", up from 40% on 1 May".
    """
    total = progress["action_points"]
    if not total:
        return "There are no actions to report on."
    share = progress["complete_or_on_target"]
    noun = _noun(progress)
    if progress["statuses"][Status.not_started.value]["count"] == total:
        return sentence_case(_unstarted(total, noun))
    if share["count"] == 0:
        return f"None of the {total} {noun}s is complete or on target." if total > 1 else _only(progress)
    if share["count"] == total:
        whole = f"All {total} {noun}s are" if total > 1 else f"The only {noun} is"
        return f"{whole} complete or on target."
    return f"{share['rounded']}% of {noun}s are complete or on target ({share['count']} of {total}){was}."


def second(progress: Mapping[str, Any], missed: Sequence[Missed] = (), *, was: str = "") -> str:
    """What follows the lead: delays and missed dates; "" when there is nothing to say.

    ``was`` follows the share that is delayed, as in ``lead``.
    """
    total = progress["action_points"]
    if not total:
        return withdrawn(progress)
    delayed = progress["statuses"][Status.delayed.value]
    share = f"{delayed['rounded']}% are delayed ({delayed['count']} of {total}){was}."
    first = share if delayed["count"] else ""
    begun = total - progress["statuses"][Status.not_started.value]["count"]
    none = "None is delayed." if begun and total > 1 else ""
    return " ".join(part for part in (first or none, missed_dates(progress, missed)) if part)


def missed_dates(progress: Mapping[str, Any], missed: Sequence[Missed] = ()) -> str:
    """How many completion dates have been missed, naming up to three; "" when none has.

    Counts distinct actions; where one of them counts at several places, says so.
    """
    overdue = progress["flags"]["overdue"]
    actions, points = overdue["actions"], overdue["action_points"]
    if not actions:
        return ""
    verb = "has" if actions == 1 else "have"
    sentence = f"{sentence_case(numeral(actions))} completion {plural(actions, 'date')} {verb} been missed"
    if len(missed) == actions and actions <= MOST_NAMED:
        named = [f"{one.ref}, due {day_in_words(one.due_on)}" for one in missed]
        sentence += f" ({listed(named, between='; ')})"
    elif points != actions:
        sentence += f", counted as {points} action points"
    return f"{sentence}."


def withdrawn(progress: Mapping[str, Any]) -> str:
    """How many action points were left out of the figures as withdrawn; "" when none was.

    A shared action is left out at each of its places, so these are not the distinct actions of a list.
    """
    number = progress["withdrawn"]
    if not number:
        return ""
    verb = "is" if number == 1 else "are"
    noun = plural(number, "withdrawn action point")
    return f"{sentence_case(numeral(number))} {noun} {verb} not counted."


def rounding_note(*shown: Mapping[str, Any]) -> str:
    """The one note for all progress that is shown together; "" where each one's percentages add to 100."""
    return ROUNDING_NOTE if any(one["sums_to_100"] is False for one in shown) else ""


def counted(progress: Mapping[str, Any]) -> str:
    """What the figures count: "93 action points, 89 distinct actions. None withdrawn."."""
    total, distinct = progress["action_points"], progress["distinct_actions"]
    if not total:
        return "No actions."
    text = f"{total} {plural(total, 'action point' if total != distinct else 'action')}"
    if total != distinct:
        text += f", {distinct} distinct {plural(distinct, 'action')}: a shared action counts at each place"
    return f"{text}. {withdrawn(progress) or 'None withdrawn.'}"


def _noun(progress: Mapping[str, Any]) -> str:
    return "action" if progress["action_points"] == progress["distinct_actions"] else "action point"


def _phrase(status: Status) -> str:
    return STATUS_LABELS[status].lower()


def _shares(progress: Mapping[str, Any]) -> str:
    total = progress["action_points"]
    if not total:
        return "no actions."
    present = [status for status in Status if progress["statuses"][status.value]["count"]]
    noun = _noun(progress)
    if present == [Status.not_started]:
        return _unstarted(total, noun)
    if len(present) == 1:
        whole = f"all {total} {noun}s are" if total > 1 else f"the only {noun} is"
        return f"{whole} {_phrase(present[0])}."
    clauses = []
    for place, status in enumerate(present):
        share = progress["statuses"][status.value]
        of = f" of {noun}s" if place == 0 else ""
        clauses.append(f"{share['rounded']}%{of} ({share['count']} of {total}) are {_phrase(status)}")
    return f"{listed(clauses)}."


def _unstarted(total: int, noun: str) -> str:
    return f"none of the {total} {noun}s has started." if total > 1 else f"the only {noun} has not started."


def _nothing_of(progress: Mapping[str, Any]) -> str:
    """What there is none of, where the shares leave it out: nothing complete, delayed, or not started."""
    absent = [status for status in Status if not progress["statuses"][status.value]["count"]]
    if len(absent) > 2:
        return ""
    named = [_phrase(status) for status in absent if status in (Status.complete, Status.delayed)]
    if named:
        return f"None is {' or '.join(named)}."
    return "All have started." if absent else ""


def _only(progress: Mapping[str, Any]) -> str:
    status = next(status for status in Status if progress["statuses"][status.value]["count"])
    return f"The only {_noun(progress)} is {_phrase(status)}."
