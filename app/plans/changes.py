"""What happened to an action between two days, from its states on both.

Nothing here reads entries: what changed follows from the two states alone, so that changes and figures cannot
disagree. Entries only explain them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.plans.statuses import Status


class ActionChange(StrEnum):
    """What can have happened to an action, in the order in which it is told."""

    delayed_to_on_target = "delayed_to_on_target"
    became_delayed = "became_delayed"
    still_delayed = "still_delayed"
    became_overdue = "became_overdue"
    completed = "completed"
    reopened = "reopened"
    started = "started"
    not_started_again = "not_started_again"
    new = "new"
    withdrawn = "withdrawn"
    reinstated = "reinstated"
    due_moved = "due_moved"
    forecast_moved = "forecast_moved"
    moved = "moved"


_PLACES = {change: place for place, change in enumerate(ActionChange)}


@dataclass(frozen=True, slots=True)
class ActionOnDay:
    """The part of an action's state on a day that changes are told from.

    ``deadline_on`` is what the rules measure against: the due date, or the review date of an ongoing action.
    ``places`` are (priority, ref), in order.
    """

    status: Status
    withdrawn: bool
    deadline_on: date | None
    due_ongoing: bool
    forecast_on: date | None
    places: tuple[tuple[str, str], ...]

    def is_overdue(self, day: date) -> bool:
        """Whether it is counted, not complete, and its deadline is before the day."""
        open_ = not self.withdrawn and self.status is not Status.complete
        return open_ and self.deadline_on is not None and self.deadline_on < day


def action_changes(
    before: ActionOnDay | None, after: ActionOnDay | None, earlier: date, later: date
) -> tuple[ActionChange, ...]:
    """What happened to an action between two days, in the order of ``ActionChange``; nothing on equal days.

    ``before`` is None where it was not there yet. An action that was both added and withdrawn in between
    never counted: it is told as withdrawn. Status, dates and places are compared while it counts.
    """
    if earlier == later or after is None:
        return ()
    counted_before = before is not None and not before.withdrawn
    found: set[ActionChange] = set()
    if after.withdrawn:
        return (ActionChange.withdrawn,) if before is None or counted_before else ()
    if before is None:
        found.add(ActionChange.new)
    elif before.withdrawn:
        found.add(ActionChange.reinstated)
    else:
        found |= _status_changes(before.status, after.status) | _date_changes(before, after)
        if before.places != after.places:
            found.add(ActionChange.moved)
    if after.is_overdue(later) and not (before is not None and before.is_overdue(earlier)):
        found.add(ActionChange.became_overdue)
    return tuple(sorted(found, key=_PLACES.__getitem__)) if found else ()


def _status_changes(before: Status, after: Status) -> set[ActionChange]:
    if before is after:
        return {ActionChange.still_delayed} if after is Status.delayed else set()
    found = set()
    if before is Status.complete:
        found.add(ActionChange.reopened)
    elif after is Status.not_started:
        found.add(ActionChange.not_started_again)
    if after is Status.complete:
        found.add(ActionChange.completed)
    elif after is Status.delayed:
        found.add(ActionChange.became_delayed)
    elif after is Status.on_target and before is Status.delayed:
        found.add(ActionChange.delayed_to_on_target)
    elif after is Status.on_target and before is Status.not_started:
        found.add(ActionChange.started)
    return found


def _date_changes(before: ActionOnDay, after: ActionOnDay) -> set[ActionChange]:
    found = set()
    if (before.deadline_on, before.due_ongoing) != (after.deadline_on, after.due_ongoing):
        found.add(ActionChange.due_moved)
    if before.forecast_on != after.forecast_on:
        found.add(ActionChange.forecast_moved)
    return found


Move = tuple[Status | None, Status | None]
"""An action point's status on the earlier and on the later day; None where it did not count."""


def point_moves(
    before: ActionOnDay | None, after: ActionOnDay | None, priority: str | None = None
) -> list[Move]:
    """The move of each of an action's points that counts on one of the days and is not the same on both.

    With ``priority``, of its points under that priority alone.
    """
    there = _counted(before, priority), _counted(after, priority)
    moves = [(there[0].get(place), there[1].get(place)) for place in sorted({*there[0], *there[1]})]
    return [move for move in moves if move[0] is not move[1]]


def _counted(state: ActionOnDay | None, priority: str | None) -> Mapping[str, Status]:
    if state is None or state.withdrawn:
        return {}
    return {place: state.status for place, _ref in state.places if priority in (None, place)}


@dataclass(frozen=True, slots=True)
class Flow:
    """How many action points came to a status between two days, and how many left it."""

    came: int
    left: int


def flows(moves: Iterable[Move]) -> dict[Status, Flow]:
    """For each status what came and left: later = earlier + came - left."""
    came: Counter[Status | None] = Counter()
    left: Counter[Status | None] = Counter()
    for before, after in moves:
        left[before] += 1
        came[after] += 1
    return {status: Flow(came[status], left[status]) for status in Status}
