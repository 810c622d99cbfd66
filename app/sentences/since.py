"""Progress beside that of an earlier day, and what moved in between, in the sentences of an overview.

The inputs are two progress answers and how many actions did what in between (``Moved``), by kind of change.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from app.plans.changes import ActionChange
from app.plans.statuses import STATUS_LABELS, Status
from app.sentences import progress as words
from app.sentences.words import listed, plural, short_of

_DID: Mapping[ActionChange, tuple[str, str]] = {
    ActionChange.completed: ("was completed", "were completed"),
    ActionChange.became_delayed: ("became delayed", "became delayed"),
    ActionChange.delayed_to_on_target: ("went from delayed to on target", "went from delayed to on target"),
    ActionChange.started: ("started", "started"),
    ActionChange.reopened: ("is no longer complete", "are no longer complete"),
    ActionChange.not_started_again: ("was set back to not started", "were set back to not started"),
    ActionChange.new: ("was added", "were added"),
    ActionChange.withdrawn: ("was withdrawn", "were withdrawn"),
    ActionChange.reinstated: ("was reinstated", "were reinstated"),
    ActionChange.due_moved: ("had its due date moved", "had their due date moved"),
    ActionChange.forecast_moved: ("had its forecast moved", "had their forecast moved"),
    ActionChange.moved: ("was moved within the plan", "were moved within the plan"),
}
"""What is told, in this order: what the board asks for first comes first."""
_FIGURE = {
    ActionChange.completed: Status.complete,
    ActionChange.became_delayed: Status.delayed,
    ActionChange.started: Status.not_started,
}
_FEW_TO_PLACE = 3
NAMED = 3
"""So many actions are named where a count of them stands."""
BY_DATES_ALONE = ActionChange.became_overdue, ActionChange.still_delayed
"""What also happens to actions of which no state differs: nobody recorded it, and no line tells of it."""


class Moved(NamedTuple):
    """How many action points and distinct actions did the same, the first of them by ref, and where.

    ``priorities`` are the action points under each priority, by the text of its id.
    """

    action_points: int
    actions: int
    refs: tuple[str, ...]
    priorities: Mapping[str, int]


class Line(NamedTuple):
    """A kind of change: what happened, to be read strongly, and the rest of its sentence."""

    kind: ActionChange
    strong: str
    rest: str


def lead(
    progress: Mapping[str, Any],
    earlier: Mapping[str, Any],
    since: date,
    day: date,
    *,
    as_published: bool = False,
) -> str:
    """The opening sentence: "61% of actions are complete or on target (57 of 93), up from 40% on 1 May.".

    With ``as_published``: "..., up from 61% as published for 30 June.".
    """
    share, before = progress["complete_or_on_target"], earlier["complete_or_on_target"]
    on = f" as published for {short_of(since, day)}" if as_published else _on(since, day)
    return words.lead(progress, was=_was(share, before, on))


def second(progress: Mapping[str, Any], earlier: Mapping[str, Any]) -> str:
    """What follows it: "22% are delayed (20 of 93), up from 4%. One completion date has been missed."."""
    share, before = (one["statuses"][Status.delayed.value] for one in (progress, earlier))
    return words.second(progress, was=_was(share, before, ""))


def moved_lines(
    moves: Mapping[ActionChange, Moved],
    earlier: Mapping[str, Any],
    later: Mapping[str, Any],
    refs: Mapping[str, str],
) -> list[Line]:
    """What happened between two days, a sentence a kind; ``refs`` are those of the priorities by id.

    "14 action points were completed, 12 of them under PAP 5. Complete rose from 3 to 17."
    """
    found: list[Line] = []
    for kind in _DID:
        if kind in moves:
            is_first = not found
            rest = f"{_named(moves[kind], refs)}. {_rose(kind, earlier, later)}"
            found.append(Line(kind, _strong(kind, moves[kind], is_first=is_first), rest.rstrip()))
    return found


def _strong(kind: ActionChange, moved: Moved, *, is_first: bool) -> str:
    number = moved.action_points
    noun = f" {plural(number, 'action point' if number != moved.actions else 'action')}" if is_first else ""
    return f"{number}{noun} {plural(number, *_DID[kind])}"


def _named(moved: Moved, refs: Mapping[str, str]) -> str:
    """How many actions these points are, and which or where: " (14 actions), 12 of them under PAP 5"."""
    points, actions = moved.action_points, moved.actions
    counted = f" ({actions} {plural(actions, 'action')})" if points != actions else ""
    if actions <= len(moved.refs):
        return f"{counted}: {listed(moved.refs)}"
    place, most = max(moved.priorities.items(), key=lambda one: int(one[1]))
    if len(moved.priorities) > 1 and 2 * most > points >= _FEW_TO_PLACE and refs.get(place):
        return f"{counted}, {most} of them under {refs[place]}"
    return counted


def _rose(kind: ActionChange, earlier: Mapping[str, Any], later: Mapping[str, Any]) -> str:
    if kind not in _FIGURE:
        return ""
    status = _FIGURE[kind]
    before, after = (one["statuses"][status.value]["count"] for one in (earlier, later))
    if before == after:
        return f"{STATUS_LABELS[status]} stayed at {after}."
    return f"{STATUS_LABELS[status]} {'rose' if after > before else 'fell'} from {before} to {after}."


def _was(share: Mapping[str, Any], before: Mapping[str, Any], on: str) -> str:
    """Where a share stood: ", up from 40% on 30 April"; "" without actions on that day."""
    if before["rounded"] is None or share["rounded"] is None:
        return ""
    if before["rounded"] == share["rounded"]:
        return f", the same as{on.removeprefix(' as')}" if on else ", the same as before"
    return f", {'up' if share['percent'] > before['percent'] else 'down'} from {before['rounded']}%{on}"


def _on(since: date, day: date) -> str:
    return f" on {short_of(since, day)}"
