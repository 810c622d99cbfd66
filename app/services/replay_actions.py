"""The figures of a plan's actions as at a day, worked out from entries alone as known at a place."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.entries.fold import as_learned, standing, state_as_at
from app.plans.progress import BucketCount
from app.plans.progress import progress as progress_of
from app.plans.states import is_open, settled
from app.plans.statuses import (
    FLAGS,
    Bucket,
    Comparisons,
    Status,
    compare,
    deadline,
    flags,
    original_due_on,
    pack,
)
from app.services.known import Known


@dataclass(frozen=True, slots=True)
class ActionThen:
    """An action as it stood on the day."""

    facts: Mapping[str, Any]
    added_on: date
    status: Status
    withdrawn: bool
    deadline_on: date | None
    original_due_on: date | None
    comparisons: Comparisons

    @property
    def code(self) -> int:
        """The code of its bucket."""
        return pack(Bucket(self.status, self.withdrawn, self.comparisons))

    @property
    def places(self) -> dict[str, str]:
        """Its ref under each priority, by the text of the priority's id, in order."""
        return {str(point["priority_id"]): point["ref"] for point in self.facts["points"]}


class ReplayedActions:
    """The actions of a plan on a day, folded from what was known."""

    def __init__(self, known: Known, day: date) -> None:
        self.known, self.day = known, day
        self.period = known.period_of(day)
        self.actions = self._actions(day)

    def figures(self) -> dict[str, Any]:
        """Progress of every scope, and what is true of each action."""
        return {
            "overall": self.progress(None),
            "priorities": {one: self.progress(str(one)) for one in self.known.priorities},
            "actions": {one: self._action(one) for one in self.actions},
        }

    def _actions(self, day: date) -> dict[UUID, ActionThen]:
        folded = {
            action_id: facts
            for action_id, found in self.known.updates.items()
            if (facts := state_as_at(settled(found), day)) is not None
        }
        waited_for = {
            str(action_id)
            for action_id, facts in folded.items()
            if is_open(facts["status"], bool(facts.get("withdrawn")))
        }
        return {
            action_id: self._action_then(action_id, facts, waited_for, day)
            for action_id, facts in folded.items()
        }

    def _action_then(
        self, action_id: UUID, facts: Mapping[str, Any], waited_for: set[str], day: date
    ) -> ActionThen:
        found = self.known.updates[action_id]
        due = deadline(facts.get("due_on"), bool(facts.get("due_ongoing")), facts.get("review_on"))
        original = original_due_on(as_learned(found), day)
        return ActionThen(
            facts=facts,
            added_on=standing(found)[0].effective_on,
            status=Status(facts["status"]),
            withdrawn=bool(facts.get("withdrawn")),
            deadline_on=due,
            original_due_on=original,
            comparisons=compare(
                deadline_on=due,
                original_due_on=original,
                forecast_on=facts.get("forecast_on"),
                start_on=facts.get("start_on"),
                day=day,
                open_dependency=not waited_for.isdisjoint(facts.get("depends_on") or ()),
                narrative_on=facts.get("narrative_on"),
                period_first_day=self.period["first_day"] if self.period else None,
            ),
        )

    def progress(self, priority: str | None) -> dict[str, Any]:
        """The figures of the plan, or of one priority."""
        points: Counter[int] = Counter()
        distinct: Counter[int] = Counter()
        for one in self.actions.values():
            count = len(one.places) if priority is None else int(priority in one.places)
            if count:
                points[one.code] += count
                distinct[one.code] += 1
        counts = [BucketCount(code, number, distinct[code]) for code, number in points.items()]
        return progress_of(counts, has_period=self.period is not None)

    def _action(self, action_id: UUID) -> dict[str, Any]:
        one = self.actions[action_id]
        facts = one.facts
        dated = ("completed_on", "start_on", "review_on", "forecast_on", "impact_state", "impact_review_on")
        found = flags(one.status, one.withdrawn, one.comparisons)
        return {
            **{name: facts.get(name) for name in (*dated, "path_to_green")},
            "status": one.status,
            "withdrawn": one.withdrawn,
            "added_on": one.added_on,
            "due_on": "ongoing" if facts.get("due_ongoing") else facts.get("due_on"),
            "original_due_on": one.original_due_on,
            "depends_on": list(facts.get("depends_on") or ()),
            "flags": {name: getattr(found, name) for name in FLAGS},
            "points": one.places,
            "narrative": facts.get("narrative_id"),
        }

    def falls_due(self, until: date) -> Iterator[str]:
        """The ids of open actions whose deadline has not passed and comes until a day."""
        for action_id, one in self.actions.items():
            due = one.deadline_on
            if is_open(one.status, one.withdrawn) and due is not None and self.day <= due <= until:
                yield str(action_id)
