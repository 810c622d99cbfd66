"""The risks of a plan's registers on two days: what happened to them in between."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from app.risk.changes import RiskChange, RiskOnDay, risk_changes
from app.risk.scoring import RiskState, direction
from app.services import comparison_rows as rows
from app.services.comparison_rows import Found

_STATES = {RiskChange.closed, RiskChange.materialised, RiskChange.accepted, RiskChange.reopened}


class Risks:
    """The changes of risks by kind."""

    def __init__(self, before: date, day: date, refs: Mapping[str, str], priority_id: UUID | None) -> None:
        self.before, self.day, self.refs, self.priority_id = before, day, refs, priority_id
        self.kinds: dict[RiskChange, list[dict[str, Any]]] = defaultdict(list)

    def add(self, found: Found) -> None:
        """Tell one risk apart, if it threatens the scope on one of the days."""
        on_days = [found.after, *([found.before] if found.before else [])]
        if self.priority_id and self.priority_id not in [one["priority_id"] for one in on_days]:
            return
        assessed = any(entry["operation"] == "assessed" for entry in found.entries)
        states = (_state(found.before) if found.before else None), _state(found.after)
        for kind in risk_changes(states[0], states[1], self.before, self.day, assessed=assessed):
            self.kinds[kind].append(self._item(found, kind))

    def answer(self) -> dict[str, Any]:
        """Each kind with its count."""
        return {
            kind.value: {"risks": len(self.kinds[kind]), "items": self.kinds[kind]} for kind in RiskChange
        }

    def _item(self, found: Found, kind: RiskChange) -> dict[str, Any]:
        before, after = found.before, found.after
        return {
            **{name: after[name] for name in ("id", "register_id", "ref", "description")},
            "direction": direction((before and before["severity"]) or None, after["severity"] or None),
            "before": position(before, self.refs) if before else None,
            "after": position(after, self.refs),
            "entry": _explained(found, kind),
        }


def _explained(found: Found, kind: RiskChange) -> dict[str, Any] | None:
    """The entry that explains a change of a risk."""
    before = found.before
    if kind is RiskChange.new:
        return rows.first(found)
    if kind in _STATES:
        return rows.explaining(found, {"state": before and before["state"]})
    if kind is RiskChange.reviewed or before is None:
        return rows.last(found, "assessed")
    if kind in (RiskChange.scored, RiskChange.rescored):
        rating = _rating(before)
        return rows.explaining(found, {"current": _stored(before, "current"), "rating": rating})
    if kind is RiskChange.target_changed:
        target_on = rows.stored(before["target_on"])
        return rows.explaining(found, {"target": _stored(before, "target"), "target_on": target_on})
    priority_id = before["priority_id"]
    return rows.explaining(found, {"priority_id": str(priority_id) if priority_id else None})


def _stored(row: Mapping[str, Any], side: str) -> dict[str, Any] | None:
    """A pair as the entries hold it."""
    names = ("likelihood", "impact", "matrix_version")
    return {name: row[f"{side}_{name}"] for name in names} if row[f"{side}_score"] is not None else None


def _rating(row: Mapping[str, Any]) -> dict[str, Any] | None:
    if not row["rating"]:
        return None
    return {"band": row["rating"], "matrix_version": row["rating_matrix_version"]}


def _state(row: Mapping[str, Any]) -> RiskOnDay:
    def pair(side: str) -> tuple[int, int, str] | None:
        if row[f"{side}_score"] is None:
            return None
        return row[f"{side}_likelihood"], row[f"{side}_impact"], row[f"{side}_band"]

    return RiskOnDay(
        state=RiskState(row["state"]),
        current=pair("current") or row["rating"],
        target=pair("target"),
        target_on=row["target_on"],
        priority=str(row["priority_id"]) if row["priority_id"] else None,
    )


def position(row: Mapping[str, Any], refs: Mapping[str, str]) -> dict[str, Any]:
    """A risk's dated facts on a day; ``refs`` are those of priorities by the text of their ids."""
    names = ("likelihood", "impact", "score", "band", "matrix_version")
    pairs = {
        side: {name: row[f"{side}_{name}"] for name in names} if row[f"{side}_score"] is not None else None
        for side in ("current", "target")
    }
    return {
        "state": row["state"],
        **pairs,
        "rating": _rating(row),
        "target_on": row["target_on"],
        "priority_id": row["priority_id"],
        "priority_ref": refs.get(str(row["priority_id"])) if row["priority_id"] else None,
    }
