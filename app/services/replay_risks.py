"""The figures of a plan's risks as at a day, worked out from entries alone as known at a place."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.entries.fold import standing, state_as_at
from app.plans.statuses import Status, compare, flags
from app.risk.bands import band_of, band_rank
from app.risk.matrix import Matrix
from app.risk.scoring import RiskState, direction, gap, review_overdue, score
from app.services.known import Known
from app.services.registers import in_force, matrix_of

_PLAIN = (
    "target_on",
    "target_rationale",
    "review_on",
    "last_updated_on",
    "priority_id",
)


@dataclass(frozen=True, slots=True)
class RiskThen:
    """A risk as it stood on a day."""

    facts: Mapping[str, Any]
    added_on: date
    register_id: UUID
    state: RiskState


class ReplayedRisks:
    """The risks of a plan's registers on a day, folded from what was known."""

    def __init__(self, known: Known, day: date) -> None:
        self.known, self.day = known, day
        self.matrices: dict[UUID, dict[int, Matrix]] = {
            register_id: {row["matrix_version"]: matrix_of(row) for row in rows}
            for register_id, rows in known.matrices.items()
        }
        self.risks = self.on(day)
        self.managed = {
            one: facts
            for one, found in known.management_updates.items()
            if (facts := state_as_at(found, day)) is not None
        }

    def on(self, day: date) -> dict[UUID, RiskThen]:
        """The risks that were in a register on a day, closed ones included."""
        return {
            risk_id: RiskThen(
                facts,
                standing(found)[0].effective_on,
                self.known.risks[risk_id]["register_id"],
                RiskState(facts["state"]),
            )
            for risk_id, found in self.known.assessments.items()
            if (facts := state_as_at(found, day)) is not None
        }

    def figures(self) -> dict[str, Any]:
        """The figures of risks that are not closed, of their management actions and of the heat maps."""
        listed = {one: then for one, then in self.risks.items() if then.state is not RiskState.closed}
        return {
            "risks": {one: self._risk(one, then) for one, then in listed.items()},
            "management_actions": {
                one: self._management_action(one, facts)
                for one, facts in self.managed.items()
                if self.known.management_actions[one]["risk_id"] in listed
            },
            "heat_maps": {one: self._heat_map(one) for one in self.matrices},
        }

    def _risk(self, risk_id: UUID, then: RiskThen) -> dict[str, Any]:
        facts = then.facts
        current, target = self.pair(then, "current"), self.pair(then, "target")
        accepted = then.state is RiskState.accepted
        return {
            **{name: facts.get(name) for name in _PLAIN},
            "state": then.state,
            "current": current,
            "target": target,
            "rating": facts.get("rating"),
            "gap": gap(current["score"] if current else None, target["score"] if target else None),
            "direction": direction(self._severity_before(risk_id), self.severity(then)),
            "review_overdue": review_overdue(then.state, facts.get("review_on"), self.day),
            "added_on": then.added_on,
            "accepted_by": facts.get("accepted_by_id") if accepted else None,
            "accepted_until": facts.get("accepted_until") if accepted else None,
            "accepted_at": facts.get("accepted_assessment_id") if accepted else None,
            "narrative": facts.get("narrative_id"),
        }

    def pair(self, then: RiskThen, side: str) -> dict[str, Any] | None:
        """A risk's current or target pair with its score and band; None where it is not scored."""
        pair = then.facts.get(side)
        if not pair:
            return None
        found = score(pair["likelihood"], pair["impact"])
        matrix = self.matrices[then.register_id][pair["matrix_version"]]
        return {**pair, "score": found, "band": band_of(matrix, found).name}

    def severity(self, then: RiskThen) -> int | None:
        """The score, or the rank of the rating; None for a risk that is not scored."""
        rating, pair = then.facts.get("rating"), then.facts.get("current")
        if rating:
            matrix = self.matrices[then.register_id][rating["matrix_version"]]
            return band_rank(matrix, rating["band"])
        return score(pair["likelihood"], pair["impact"]) if pair else None

    def _severity_before(self, risk_id: UUID) -> int | None:
        day = self.known.previous_day
        facts = state_as_at(self.known.assessments[risk_id], day) if day else None
        if facts is None:
            return None
        register_id = self.known.risks[risk_id]["register_id"]
        return self.severity(RiskThen(facts, self.day, register_id, RiskState(facts["state"])))

    def _management_action(self, action_id: UUID, facts: Mapping[str, Any]) -> dict[str, Any]:
        compared = compare(
            deadline_on=facts.get("due_on"),
            original_due_on=None,
            forecast_on=None,
            start_on=None,
            day=self.day,
        )
        status = Status(facts["status"]) if facts.get("status") else Status.not_started
        return {
            "status": facts.get("status"),
            "due_on": facts.get("due_on"),
            "overdue": flags(status, False, compared).overdue,
            "added_on": standing(self.known.management_updates[action_id])[0].effective_on,
        }

    def _heat_map(self, register_id: UUID) -> dict[str, Any]:
        row = in_force(self.known.matrices[register_id], self.day)
        matrix = matrix_of(row)
        mine = {one: then for one, then in self.risks.items() if then.register_id == register_id}
        listed = {one: then for one, then in mine.items() if then.state is not RiskState.closed}
        cells: dict[str, list[str]] = defaultdict(list)
        bands: Counter[str] = Counter({band.name: 0 for band in matrix.bands})
        not_scored, other = [], []
        for risk_id, then in listed.items():
            for side in ("current", "target"):
                pair = then.facts.get(side)
                if pair and _is_in_grid(matrix, pair):
                    cells[f"{pair['likelihood']} x {pair['impact']}, {side}"].append(str(risk_id))
            current, rating = self.pair(then, "current"), then.facts.get("rating")
            held = current or rating
            if held:
                bands[held["band"]] += 1
            else:
                not_scored.append(str(risk_id))
            if current and (not _is_in_grid(matrix, current) or current["matrix_version"] != matrix.version):
                other.append(str(risk_id))
        return {
            "matrix_version": matrix.version,
            "bands": dict(bands),
            "cells": {cell: sorted(found) for cell, found in cells.items()},
            "not_scored": sorted(not_scored),
            "other_matrix": sorted(other),
            "closed": len(mine) - len(listed),
        }


def _is_in_grid(matrix: Matrix, pair: Mapping[str, Any]) -> bool:
    sides = (pair["likelihood"], len(matrix.likelihood_labels)), (pair["impact"], len(matrix.impact_labels))
    return all(1 <= value <= size for value, size in sides)
