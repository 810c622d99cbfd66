"""What changed in a plan since the last published period, from entries alone as known at a place."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from app.entries.fold import Entry, standing
from app.plans.changes import ActionChange, ActionOnDay, Move, action_changes, flows, point_moves
from app.risk.changes import RiskChange, RiskOnDay, risk_changes
from app.services.known import Known
from app.services.replay_actions import ActionThen, ReplayedActions
from app.services.replay_risks import ReplayedRisks, RiskThen


def changes(
    known: Known, earlier: ReplayedActions | None, actions: ReplayedActions, risks: ReplayedRisks
) -> dict[str, Any]:
    """Which actions and risks each kind of change names; empty where no period was published before.

    ``earlier`` are the actions as that period published them; risks stand on that day as known later.
    """
    if earlier is None:
        return {}
    before = earlier.day
    return {
        "earlier": earlier.progress(None),
        **_of_actions(earlier, actions),
        **_of_risks(known, risks.on(before), risks, before),
    }


def _of_actions(earlier: ReplayedActions, later: ReplayedActions) -> dict[str, Any]:
    kinds: dict[ActionChange, list[UUID]] = defaultdict(list)
    moves: list[Move] = []
    for action_id, then in later.actions.items():
        before, after = _action(earlier.actions.get(action_id)), _action(then)
        moves += point_moves(before, after)
        for kind in action_changes(before, after, earlier.day, later.day):
            kinds[kind].append(action_id)
    # Published, and as known later not there yet on the later day: no change tells that, their points left.
    for action_id in earlier.actions.keys() - later.actions.keys():
        moves += point_moves(_action(earlier.actions[action_id]), None)
    counts = [one.progress(None)["statuses"] for one in (earlier, later)]
    statuses = {
        status.value: {
            "earlier": counts[0][status.value]["count"],
            "came": flow.came,
            "left": flow.left,
            "later": counts[1][status.value]["count"],
        }
        for status, flow in flows(moves).items()
    }
    return {"statuses": statuses, **_named("actions", ActionChange, kinds)}


def _named(noun: str, every: Iterable[Any], kinds: Mapping[Any, list[UUID]]) -> dict[str, list[str]]:
    return {f"{noun}_{kind.value}": sorted(map(str, kinds.get(kind, ()))) for kind in every}


def _action(then: ActionThen | None) -> ActionOnDay | None:
    if then is None:
        return None
    return ActionOnDay(
        status=then.status,
        withdrawn=then.withdrawn,
        deadline_on=then.deadline_on,
        due_ongoing=bool(then.facts.get("due_ongoing")),
        forecast_on=then.facts.get("forecast_on"),
        places=tuple(then.places.items()),
    )


def _of_risks(
    known: Known, earlier: Mapping[UUID, RiskThen], risks: ReplayedRisks, before: date
) -> dict[str, Any]:
    kinds: dict[RiskChange, list[UUID]] = defaultdict(list)
    for risk_id, then in risks.risks.items():
        was = earlier.get(risk_id)
        assessed = _is_assessed(known.assessments[risk_id], before, risks.day)
        states = (_risk(risks, was) if was else None), _risk(risks, then)
        for kind in risk_changes(states[0], states[1], before, risks.day, assessed=assessed):
            kinds[kind].append(risk_id)
    return _named("risks", RiskChange, kinds)


def _is_assessed(found: Iterable[Entry], before: date, day: date) -> bool:
    return any(
        before < entry.effective_on <= day and entry.facts["operation"] == "assessed"
        for entry in standing(found)
    )


def _risk(risks: ReplayedRisks, then: RiskThen) -> RiskOnDay:
    def pair(side: str) -> tuple[int, int, str] | None:
        found = risks.pair(then, side)
        return (found["likelihood"], found["impact"], found["band"]) if found else None

    rating, priority_id = then.facts.get("rating"), then.facts.get("priority_id")
    return RiskOnDay(
        state=then.state,
        current=pair("current") or (rating["band"] if rating else None),
        target=pair("target"),
        target_on=then.facts.get("target_on"),
        priority=str(priority_id) if priority_id else None,
    )
