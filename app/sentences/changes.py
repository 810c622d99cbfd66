"""What changed between two days, in words, from the comparison answer and from nothing else."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from app.plans.statuses import STATUS_LABELS, Status
from app.sentences.actions import deadline_of
from app.sentences.words import day_in_words, listed, numeral, plural, sentence_case, two_days

HEADINGS = {
    "delayed_to_on_target": "Went from delayed to on target",
    "became_delayed": "Became delayed",
    "still_delayed": "Still delayed",
    "became_overdue": "Completion date missed",
    "completed": "Completed",
    "reopened": "No longer complete",
    "started": "Started",
    "not_started_again": "Set back to not started",
    "new": "Added",
    "withdrawn": "Withdrawn",
    "reinstated": "Reinstated",
    "due_moved": "Due date moved",
    "forecast_moved": "Forecast moved",
    "moved": "Moved within the plan",
}
"""The sections on actions, in the order of the page."""

# What these did needs a reason more than a narrative: the board asks why.
_REASON_FIRST = {"delayed_to_on_target", "reopened", "not_started_again", "withdrawn", "reinstated"}
_REASON_FIRST |= {"due_moved", "forecast_moved", "moved"}


class Part(NamedTuple):
    """A piece of a sentence; the strong pieces are what changed."""

    text: str
    is_strong: bool = False


class Told(NamedTuple):
    """What is told of one record after its name: the sentence in pieces, and below it who said why."""

    parts: tuple[Part, ...]
    why: str

    @property
    def text(self) -> str:
        """The sentence as plain text."""
        return "".join(part.text for part in self.parts)


def span(answer: Mapping[str, Any]) -> str:
    """The two days: "From 30 April to 30 June 2024."; the year of the first only where it differs."""
    first, last = answer["compare"], answer["as_at"]
    if first == last:
        return f"{day_in_words(last)}."
    return f"From {two_days(first, last, 'to')}."


def lead(answer: Mapping[str, Any]) -> str:
    """The sentence the page opens with.

    "Complete or on target rose from 40% (37 of 93) to 61% (57 of 93)."
    """
    if answer["compare"] == answer["as_at"]:
        return "The two dates are the same, so nothing changed between them."
    before, after = answer["earlier"], answer["later"]
    totals = before["action_points"], after["action_points"]
    if not any(totals):
        return "There were no actions on either date."
    shares = before["complete_or_on_target"], after["complete_or_on_target"]
    said = [
        f"{share['rounded']}% ({share['count']} of {total})"
        for share, total in zip(shares, totals, strict=True)
    ]
    first, last = day_in_words(answer["compare"]), day_in_words(answer["as_at"])
    if not totals[0]:
        return f"There were no actions on {first}. On {last} {said[1]} were complete or on target."
    if not totals[1]:
        return f"On {first} {said[0]} were complete or on target. There were no actions on {last}."
    if said[0] == said[1]:
        return f"Complete or on target stayed at {said[0]}."
    if shares[0]["rounded"] == shares[1]["rounded"]:
        counts = [f"{share['count']} of {total}" for share, total in zip(shares, totals, strict=True)]
        return f"Complete or on target stayed at {shares[0]['rounded']}%: {counts[0]}, now {counts[1]}."
    verb = "rose" if shares[1]["percent"] > shares[0]["percent"] else "fell"
    return f"Complete or on target {verb} from {said[0]} to {said[1]}."


def second(answer: Mapping[str, Any]) -> str:
    """What follows the lead: the delays, and what was added, withdrawn or moved.

    "Delayed rose from 4 to 20. No action was added, withdrawn or had its due date moved."
    """
    if answer["compare"] == answer["as_at"]:
        return ""
    return f"{_delays(answer['statuses']['delayed'])} {_plan_changes(answer['actions'])}"


def _delays(flow: Mapping[str, int]) -> str:
    before, after = flow["earlier"], flow["later"]
    if before != after:
        verb = "rose" if after > before else "fell"
        return f"Delayed {verb} from {before or 'none'} to {after or 'none'}."
    if not after:
        return "None was delayed on either date."
    swapped = ", but not the same ones" if flow["came"] else ""
    return f"Delayed stayed at {after}{swapped}."


def _plan_changes(actions: Mapping[str, Any]) -> str:
    told = [
        (actions["new"]["actions"], "was added", "were added"),
        (actions["withdrawn"]["actions"], "was withdrawn", "were withdrawn"),
        (actions["reinstated"]["actions"], "was reinstated", "were reinstated"),
        (actions["due_moved"]["actions"], "had its due date moved", "had their due date moved"),
    ]
    some = [(number, one if number == 1 else many) for number, one, many in told if number]
    if not some:
        return "No action was added, withdrawn or had its due date moved."
    clauses = [
        f"{numeral(number)} {plural(number, 'action')} {verb}" if place == 0 else f"{numeral(number)} {verb}"
        for place, (number, verb) in enumerate(some)
    ]
    return f"{sentence_case(listed(clauses))}."


def heading(kind: str, group: Mapping[str, Any]) -> str:
    """The heading of a section: "Became delayed: 18 action points, 14 actions", "Completed: 14"."""
    return counted_heading(HEADINGS[kind], group["action_points"], group["actions"])


def counted_heading(name: str, points: int, actions: int) -> str:
    """A heading with how many it stands over; action points and actions where these differ."""
    if points == actions:
        return f"{name}: {actions}"
    return f"{name}: {points} action points, {actions} {plural(actions, 'action')}"


def action_told(kind: str, item: Mapping[str, Any], answer: Mapping[str, Any]) -> Told:
    """What happened to one action, to be read after its ref and title."""
    before, after = item["before"], item["after"]
    if kind in ("due_moved", "forecast_moved", "moved"):
        parts = {"due_moved": _due, "forecast_moved": _forecast, "moved": _places}[kind](before, after)
    elif kind in ("new", "withdrawn", "reinstated", "became_overdue", "completed"):
        parts = _event(kind, before, after, item["entry"])
    elif kind == "still_delayed":
        since = day_in_words(answer["compare"])
        parts = (Part(" is "), Part("still delayed", True), Part(f", as it was on {since}."))
    else:
        moved = f"{_word(before)} to {_word(after)}"
        parts = (Part(" went from "), Part(moved, True), Part("."))
    parts += _under(item, answer)
    was = f"Before: {_word(before)}. " if kind == "completed" else ""
    return Told(parts, was + _why(kind, item["entry"]))


def _event(
    kind: str, before: Mapping[str, Any] | None, after: Mapping[str, Any], entry: Mapping[str, Any] | None
) -> tuple[Part, ...]:
    on = f" on {day_in_words(entry['effective_on'])}" if entry else ""
    if kind == "new":
        return (
            Part(" was "),
            Part("added", True),
            Part(f"{on}. It is {_word(after)} and {_due_words(after)}."),
        )
    if kind == "withdrawn":
        first = " was added, then " if before is None else " was "
        return Part(first), Part("withdrawn", True), Part(f"{on}. It no longer counts.")
    if kind == "reinstated":
        return Part(" was "), Part("reinstated", True), Part(f"{on}. It counts again, as {_word(after)}.")
    if kind == "completed":
        done = after["completed_on"]
        return Part(" was "), Part("completed", True), Part(f" on {day_in_words(done)}." if done else ".")
    missed = deadline_of(after)
    words = "missed its review date" if after["due_on"] == "ongoing" else "missed its date"
    on = f", {day_in_words(missed)}" if missed else ""
    return Part(" "), Part(words, True), Part(f"{on}. It is {_word(after)}.")


def _due(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Part, ...]:
    was, now = _due_words(before), _due_words(after)
    comma = "," if "," in was else ""
    return Part(f" was {was}{comma} and is now "), Part(now, True), Part(".")


def _due_words(position: Mapping[str, Any]) -> str:
    due = position["due_on"]
    if due is None:
        return "without a due date"
    if due != "ongoing":
        return f"due on {day_in_words(due)}"
    review = position["review_on"]
    return f"ongoing, to be reviewed on {day_in_words(review)}" if review else "ongoing"


def _forecast(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Part, ...]:
    was, now = before["forecast_on"], after["forecast_on"]
    first = f" was forecast for {day_in_words(was)}" if was else " had no forecast"
    if now is None:
        return Part(f"{first} and now has "), Part("no forecast", True), Part(".")
    due = after["due_on"]
    late = isinstance(due, date) and now > due
    rest = f", after its due date, {day_in_words(due)}." if late else "."
    return Part(f"{first} and is now "), Part(f"forecast for {day_in_words(now)}", True), Part(rest)


def _places(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Part, ...]:
    def words(position: Mapping[str, Any]) -> str:
        return listed([f"{point['ref']} under {point['priority_ref']}" for point in position["points"]])

    return Part(f" was {words(before)} and is now "), Part(words(after), True), Part(".")


def _under(item: Mapping[str, Any], answer: Mapping[str, Any]) -> tuple[Part, ...]:
    """How often an action counts that stands under several priorities."""
    number, every = item["action_points"], len(answer["priorities"])
    if number < 2:
        return ()
    label = answer["plan"]["priority_label"]
    many = f"{label[:-1]}ies" if label.endswith("y") else f"{label}s"
    which = f"all {numeral(number)}" if number == every and number > 2 else numeral(number)
    return (Part(f" It counts under {which} {many}."),)


def _word(position: Mapping[str, Any] | None) -> str:
    return STATUS_LABELS[Status(position["status"])].lower() if position else "not there yet"


def _why(kind: str, entry: Mapping[str, Any] | None) -> str:
    """Who said why: the narrative of the entry, or its reason with who gave it."""
    if entry is None:
        return ""
    narrative, reason = entry["narrative"], entry["reason"]
    if reason and (kind in _REASON_FIRST or not narrative):
        return reason_said(entry)
    return narrative.rstrip() if narrative else ""


def reason_said(entry: Mapping[str, Any]) -> str:
    """A reason and who gave it: "Reason: the post is vacant. Said by: SRO Priority 1."."""
    return f"Reason: {stopped(entry['reason'])} Said by: {entry['author_name']}."


def together(texts: Iterable[str]) -> str:
    """Texts one after another, each told once: a stop parts two of them; the last ends as it was written.

    >>> together(["Two posts are vacant", "", "Recruitment follows"])
    'Two posts are vacant. Recruitment follows'
    """
    *before, last = dict.fromkeys(one.rstrip() for one in texts if one.strip()) or ("",)
    return " ".join([*map(stopped, before), last])


def stopped(text: str) -> str:
    """What somebody wrote, ending as a sentence does, where something follows it."""
    plain = text.rstrip()
    return plain if plain.endswith((".", "!", "?", "…")) else f"{plain}."
