"""A day as the board was given it: what was published for it, where something was recorded about it since.

What is compared with a published period is compared with what was published. Entries recorded since that
count by its last day are then changes since the publication, as the later ones are (domain rules, section 5).
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Date, bindparam, func, select

from app.access.roles import Principal
from app.models.tables import action_states, actions
from app.plans.progress import progress as progress_of
from app.sentences.restated import about_actions
from app.services import publication_differences

_NOTHING = progress_of((), has_period=False)
_DAYS = ("completed_on", "review_on", "forecast_on", "deadline_on")
State = Mapping[str, Any]
_ADDED_ON = func.min(action_states.c.valid_from)
_ADDED_LATER = (
    select(actions.c.id, actions.c.title, _ADDED_ON.label("added_on"))
    .join(action_states, action_states.c.action_id == actions.c.id)
    .where(actions.c.id.in_(bindparam("ids", expanding=True)))
    .group_by(actions.c.id, actions.c.title)
    .having(bindparam("day", type_=Date) < _ADDED_ON)
    .order_by(func.min(action_states.c.ref_order), actions.c.id)
)


class AsPublished(NamedTuple):
    """What was published for a day, and what was recorded since about actions that counts by it.

    ``states`` are those published of the actions with such an entry, by id; None for one not in the copy.
    ``place`` is that of the publication in the journal.
    """

    place: int
    overall: Mapping[str, Any]
    priorities: Mapping[UUID, Mapping[str, Any]]
    states: Mapping[UUID, State | None]
    entries: Sequence[Mapping[str, Any]]

    def given(self, known: Mapping[str, Any]) -> dict[str, Any]:
        """A progress answer of the day with the figures as published: of a priority added since, nothing."""
        of_each = [{**one, **self.priorities.get(one["id"], _NOTHING)} for one in known["priorities"]]
        return {**known, "overall": self.overall, "priorities": of_each}

    def entries_under(
        self, priority_id: UUID, known: Mapping[UUID, State | None]
    ) -> Sequence[Mapping[str, Any]]:
        """The entries whose action had a point under a priority, as published or as ``known`` now."""
        under = {
            one
            for states in (self.states, known)
            for one, state in states.items()
            if state and str(priority_id) in [point["priority_id"] for point in state["points"]]
        }
        return [one for one in self.entries if one["subject"]["id"] in under]


def as_published(db: Connection, who: Principal, plan_id: UUID, day: date) -> AsPublished | None:
    """What was published of a plan for a day; None where nothing was, or nothing on its actions since.

    Without entries on actions recorded since, the day as known now has the figures that were published.
    """
    published = publication_differences.differing_on(db, who, plan_id, day)
    if published is None:
        return None
    since = publication_differences.entries(db, who, plan_id, day=day, after=published.sequence)
    entries = about_actions(since)
    if not entries:
        return None
    content = json.loads(published.content)
    told = {one["id"]: one for one in _actions(content)}
    touched = {one["subject"]["id"] for one in entries}
    return AsPublished(
        place=published.sequence,
        overall=content["overall"]["progress"],
        priorities={UUID(one["id"]): one["progress"] for one in content["priorities"]},
        states={one: _state(told[str(one)]) if str(one) in told else None for one in touched},
        entries=entries,
    )


def left_out(db: Connection, published: AsPublished | None, day: date) -> list[dict[str, Any]]:
    """Published actions that counted and that are now known to begin only after ``day``, as published.

    Each with its ``id`` and ``title``, and since when it is there as known now: ``added_on``.
    """
    states = published.states if published else {}
    counted = {one: state for one, state in states.items() if state and not state["withdrawn"]}
    if not counted:
        return []
    rows = db.execute(_ADDED_LATER, {"ids": list(counted), "day": day}).all()
    return [{**counted[row.id], **row._mapping} for row in rows]


def left_in(left: Sequence[Mapping[str, Any]], priority_id: UUID | None = None) -> list[dict[str, Any]]:
    """What is told of ``left_out`` in a plan, or of those that had a point under one of its priorities."""
    found = []
    for one in left:
        refs = [
            point["ref"]
            for point in one["points"]
            if priority_id is None or point["priority_id"] == str(priority_id)
        ]
        if refs:
            told = {name: one[name] for name in ("id", "title", "added_on")}
            found.append({**told, "ref": refs[0], "action_points": len(refs)})
    return found


def _actions(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [
        one
        for priority in content["priorities"]
        for name in ("actions", "withdrawn_actions")
        for one in priority.get(name, ())
    ]


def _state(told: Mapping[str, Any]) -> State:
    """An action of the stored copy as a row of its states has it."""
    ongoing = told["due_on"] == "ongoing"
    return {
        **{name: told[name] for name in ("status", "withdrawn")},
        **{name: _date(told[name]) for name in _DAYS},
        "due_on": None if ongoing else _date(told["due_on"]),
        "due_ongoing": ongoing,
        "points": [{name: point[name] for name in ("priority_id", "ref")} for point in told["points"]],
    }


def _date(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
