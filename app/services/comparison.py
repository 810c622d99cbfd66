"""A plan and its risks on two days: the figures of both, and what happened in between, with who said why."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.access.roles import Principal
from app.errors import NotFound
from app.models.base import EARLIEST_DATE
from app.plans.changes import ActionChange, ActionOnDay, Move, action_changes, flows, point_moves
from app.plans.statuses import Status
from app.services import comparison_rows as rows
from app.services import period_days
from app.services import progress as progress_service
from app.services.as_at import day as as_at_day
from app.services.as_at import earlier_day
from app.services.as_published import AsPublished, as_published, left_in, left_out
from app.services.comparison_risks import Risks
from app.services.comparison_rows import Found

_STATUS = {
    ActionChange.delayed_to_on_target,
    ActionChange.became_delayed,
    ActionChange.completed,
    ActionChange.reopened,
    ActionChange.started,
    ActionChange.not_started_again,
}
_TOLD = {ActionChange.still_delayed, ActionChange.became_overdue}


def compare(
    db: Connection,
    who: Principal,
    plan_id: UUID,
    *,
    today: date,
    as_at: date | None = None,
    compare: date | None = None,
    priority_id: UUID | None = None,
    as_given: bool = False,
) -> dict[str, Any]:
    """A plan, or one of its priorities, and its risks as at two days: ``compare`` and the later ``as_at``.

    By default today and ``usual_day``. Both days are answered as known now; with ``as_given`` the earlier
    one as it was published, where a published period ended on it, and ``restated`` then says what was
    recorded about it since (risks stay as known now). Raises NotFound for an unknown
    plan or priority; Invalid for an ``as_at`` to come, and for a day to compare with that is after it.
    """
    day = as_at_day(as_at, today)
    before = usual_day(db, plan_id, day) if compare is None else earlier_day(compare, day)
    known = progress_service.progress(db, who, plan_id, today=today, as_at=before)
    later = progress_service.progress(db, who, plan_id, today=today, as_at=day)
    published = as_published(db, who, plan_id, before) if as_given and before < day else None
    earlier = published.given(known) if published else known
    refs = {str(one["id"]): one["ref"] for one in later["priorities"]}
    if priority_id is not None and str(priority_id) not in refs:
        raise NotFound("priority")
    parameters = {"plan_id": plan_id, "area_id": who.area_id, "compare": before, "day": day}
    told = rows.narratives(db, parameters)
    actions = _Actions(before, day, refs, str(priority_id) if priority_id else None, told)
    between = rows.actions_between(db, parameters, published)
    left = left_out(db, published, day)
    actions.tell(between, left)
    scopes = [_scope(earlier, priority_id), _scope(later, priority_id)]
    return {
        "plan": later["plan"],
        "priority": _named(later, priority_id),
        "as_at": day,
        "compare": before,
        "earlier": scopes[0],
        "later": scopes[1],
        "priorities": _both(earlier["priorities"], later["priorities"], priority_id),
        "statuses": _flows(scopes[0], scopes[1], actions.moves),
        "actions": actions.answer(),
        "risks": _risks(db, parameters, refs, priority_id),
        **({"restated": _restated(published, known, priority_id, between, left)} if as_given else {}),
    }


def _restated(
    published: AsPublished | None,
    known: Mapping[str, Any],
    priority_id: UUID | None,
    between: Sequence[Found],
    left: Sequence[Mapping[str, Any]],
) -> dict[str, Any] | None:
    """The scope's figures of the earlier day as known now, and the entries on its actions that say why.

    ``left`` are those that no change tells: published, and now known to begin only after the later day.
    """
    if published is None:
        return None
    entries = published.entries
    if priority_id is not None:
        entries = published.entries_under(priority_id, {one.after["id"]: one.known for one in between})
    if not entries:
        return None
    return {"known": _scope(known, priority_id), "entries": entries, "left": left_in(left, priority_id)}


def _risks(
    db: Connection, parameters: Mapping[str, Any], refs: Mapping[str, str], priority_id: UUID | None
) -> Any:
    risks = Risks(parameters["compare"], parameters["day"], refs, priority_id)
    for found in rows.risks_between(db, parameters):
        risks.add(found)
    return risks.answer()


def usual_day(db: Connection, plan_id: UUID, day: date) -> date:
    """The day that a day is compared with unless another is asked for.

    The last day of the plan's last published period before it; where none is, the last end of a month that
    is at least four weeks before it.
    """
    return usual_day_after(period_days.last_published(db, plan_id, day), day)


def usual_day_after(published: date | None, day: date) -> date:
    """The same where the last day of the last published period before the day, or that none is, is known."""
    if published is not None or day < EARLIEST_DATE:
        return published or day  # before every entry: nothing changed
    weeks_before = day - timedelta(days=27)
    return weeks_before.replace(day=1) - timedelta(days=1)


def _scope(answer: Mapping[str, Any], priority_id: UUID | None) -> dict[str, Any]:
    if priority_id is None:
        found: dict[str, Any] = answer["overall"]
        return found
    mine = next(one for one in answer["priorities"] if one["id"] == priority_id)
    return {name: mine[name] for name in answer["overall"]}


def _named(answer: Mapping[str, Any], priority_id: UUID | None) -> dict[str, Any] | None:
    for one in answer["priorities"]:
        if one["id"] == priority_id:
            return {name: one[name] for name in ("id", "ref", "title")}
    return None


def _both(
    earlier: Sequence[Mapping[str, Any]], later: Sequence[Mapping[str, Any]], priority_id: UUID | None
) -> list[dict[str, Any]]:
    """The figures of each priority on both days."""
    return [
        {**{name: after[name] for name in ("id", "ref", "title")}, "earlier": before, "later": after}
        for before, after in zip(earlier, later, strict=True)
        if priority_id in (None, after["id"])
    ]


def _flows(
    earlier: Mapping[str, Any], later: Mapping[str, Any], moves: Sequence[Move]
) -> dict[str, dict[str, int]]:
    """How the count of each status follows from the earlier one: plus what came, less what left."""
    return {
        status.value: {
            "earlier": earlier["statuses"][status.value]["count"],
            "came": flow.came,
            "left": flow.left,
            "later": later["statuses"][status.value]["count"],
        }
        for status, flow in flows(moves).items()
    }


class _Actions:
    """The changes of actions by kind, and the moves of their points between the statuses."""

    def __init__(
        self,
        before: date,
        day: date,
        refs: Mapping[str, str],
        priority: str | None,
        told: Mapping[UUID, dict[str, Any]],
    ) -> None:
        self.before, self.day, self.refs, self.priority, self.told = before, day, refs, priority, told
        self.kinds: dict[ActionChange, list[dict[str, Any]]] = defaultdict(list)
        self.moves: list[Move] = []

    def tell(self, between: Sequence[Found], left: Sequence[Mapping[str, Any]]) -> None:
        """What happened to each action; ``left`` were published and are not there on the later day."""
        for found in between:
            self._add(found)
        for one in left:
            self.moves += point_moves(_action_state(one), None, self.priority)

    def _add(self, found: Found) -> None:
        """Tell one action apart, if it is or was in the scope."""
        states = (_action_state(found.before) if found.before else None), _action_state(found.after)
        self.moves += point_moves(states[0], states[1], self.priority)
        was_in, is_in = (one is not None and self._is_in(one) for one in states)
        if not was_in and not is_in:
            return
        kinds = action_changes(states[0], states[1], self.before, self.day)
        if self.priority and was_in is not is_in and ActionChange.moved in kinds:
            kinds = (ActionChange.moved,)
        for kind in kinds:
            self.kinds[kind].append(self._item(found, kind))

    def answer(self) -> dict[str, Any]:
        """Each kind with its counts of action points and of distinct actions."""
        return {
            kind.value: {
                "action_points": sum(one["action_points"] for one in self.kinds[kind]),
                "actions": len(self.kinds[kind]),
                "items": self.kinds[kind],
            }
            for kind in ActionChange
        }

    def _is_in(self, state: ActionOnDay) -> bool:
        return self.priority is None or any(place == self.priority for place, _ref in state.places)

    def _item(self, found: Found, kind: ActionChange) -> dict[str, Any]:
        after = found.after
        places = _places(after, self.refs)
        counted = [one for one in places if self.priority in (None, one["priority_id"])]
        return {
            "id": after["id"],
            "ref": (counted or places)[0]["ref"],
            "title": after["title"],
            "action_points": len(counted) or 1,
            "before": _position(found.before, self.refs) if found.before else None,
            "after": _position(after, self.refs),
            "entry": self.told.get(after["id"]) if kind in _TOLD else _explained(found, kind),
        }


def _explained(found: Found, kind: ActionChange) -> dict[str, Any] | None:
    """The entry that explains a change of an action."""
    before = found.before
    if kind is ActionChange.new:
        return rows.first(found)
    if kind in (ActionChange.withdrawn, ActionChange.reinstated):
        return rows.explaining(found, {"withdrawn": kind is ActionChange.reinstated})
    if before is None:
        return None
    if kind in _STATUS:
        return rows.explaining(found, {"status": before["status"]})
    if kind is ActionChange.due_moved:
        due = "ongoing" if before["due_ongoing"] else rows.stored(before["due_on"])
        return rows.explaining(found, {"due_on": due, "review_on": rows.stored(before["review_on"])})
    if kind is ActionChange.forecast_moved:
        return rows.explaining(found, {"forecast_on": rows.stored(before["forecast_on"])})
    return rows.explaining(found, {"points": before["points"]})


def _action_state(row: Mapping[str, Any]) -> ActionOnDay:
    return ActionOnDay(
        status=Status(row["status"]),
        withdrawn=row["withdrawn"],
        deadline_on=row["deadline_on"],
        due_ongoing=row["due_ongoing"],
        forecast_on=row["forecast_on"],
        places=tuple((point["priority_id"], point["ref"]) for point in row["points"]),
    )


def _position(row: Mapping[str, Any], refs: Mapping[str, str]) -> dict[str, Any]:
    """An action's dated facts on a day."""
    plain = ("status", "withdrawn", "completed_on", "review_on", "forecast_on")
    return {
        **{name: row[name] for name in plain},
        "due_on": "ongoing" if row["due_ongoing"] else row["due_on"],
        "points": _places(row, refs),
    }


def _places(row: Mapping[str, Any], refs: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "priority_id": point["priority_id"],
            "priority_ref": refs.get(point["priority_id"], ""),
            "ref": point["ref"],
        }
        for point in row["points"]
    ]
