"""Recording dated entries on risks: decide by the rules first, then write entry and states."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from app.access.roles import Principal
from app.clock import Moment
from app.entries.fold import Entry, fold, standing, state_as_at
from app.errors import Fault, Invalid
from app.models.tables import assessments, priorities, registers, risk_states, risks
from app.risk.bands import band_of, band_rank
from app.risk.matrix import Matrix, MatrixKind
from app.risk.scoring import (
    ALLOWED_MOVES,
    STATE_AFTER,
    RiskState,
    pair_faults,
    rationale_needed,
    score,
)
from app.services import entries, period_days, records
from app.services import registers as registers_service

DATES = ("target_on", "review_on", "accepted_until", "last_updated_on")
IDS = ("priority_id", "accepted_by_id", "accepted_assessment_id")
FACTS = ("current", "target", "rating", "target_on", "target_rationale", "review_on", "priority_id")


def decode(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Stored facts as the rules take them."""
    facts = dict(stored)
    for name in DATES:
        if name in facts:
            facts[name] = entries.day(facts[name])
    for name in IDS:
        if facts.get(name):
            facts[name] = UUID(str(facts[name]))
    return facts


KIND = entries.Kind(assessments, "risk_id", "risk", decode)


def record(
    db: Connection, who: Principal, at: Moment, risk: Mapping[str, Any], draft: entries.Draft
) -> dict[str, Any]:
    """Check a draft against the risk's whole history, store it and work out the states again.

    Pairs and ratings are stamped with the version of the matrix in force on the effective date. Raises
    Invalid, with every fault found, before anything is written.
    """
    stored = entries.as_entries(KIND, entries.load(db, KIND, risk["id"]))
    entry_id = entries.new_entry_id()
    found = registers_service.versions(db, risk["register_id"])
    matrix = registers_service.matrix_of(registers_service.in_force(found, draft.effective_on))
    before = state_as_at(stored, draft.effective_on) or {}
    published = period_days.published_on(db, draft.effective_on, register_id=risk["register_id"])
    placed = _stamped(entries.place(stored, draft, published), matrix)
    tried = [*stored, entries.draft_entry(KIND, placed, entry_id)]
    faults = [*_fact_faults(db, risk, placed, matrix), *_target_faults(placed, tried)]
    faults += _state_faults(tried)
    if faults:
        raise Invalid(faults)
    shown_before = {name: before.get(name) for name in placed.facts if name in before}
    entry = entries.append(
        db, who, at, KIND, risk["id"], placed, entry_id=entry_id, before=shown_before or None
    )
    if stored:
        records.touch(db, at, risks, risk)
    matrices = {row["matrix_version"]: registers_service.matrix_of(row) for row in found}
    entries.rewrite(db, derive(risk["id"], risk["register_id"], tried, matrices))
    return entry


def _stamped(draft: entries.Draft, matrix: Matrix) -> entries.Draft:
    facts = dict(draft.facts)
    for name in ("current", "target"):
        if facts.get(name):
            facts[name] = {**facts[name], "matrix_version": matrix.version}
    if facts.get("rating"):
        facts["rating"] = {"band": facts["rating"], "matrix_version": matrix.version}
    return replace(draft, facts=facts)


def _fact_faults(
    db: Connection, risk: Mapping[str, Any], draft: entries.Draft, matrix: Matrix
) -> Iterable[Fault]:
    for name in ("current", "target"):
        pair = draft.facts.get(name)
        if pair:
            for fault in pair_faults(matrix, pair["likelihood"], pair["impact"], f"/{name}"):
                yield Fault(fault.field, fault.message)
    rating = draft.facts.get("rating")
    if rating and matrix.kind is MatrixKind.scored:
        yield Fault("/rating", "This register scores likelihood and impact: give pairs, not a rating.")
    elif rating and rating["band"] not in {band.name for band in matrix.bands}:
        listed = ", ".join(band.name for band in matrix.bands)
        yield Fault("/rating", f"Give one of the matrix's bands: {listed}.")
    priority_id = draft.facts.get("priority_id")
    if priority_id is not None:
        plan_of_register = select(registers.c.plan_id).where(registers.c.id == risk["register_id"])
        of_plan = select(priorities.c.id).where(
            priorities.c.id == UUID(str(priority_id)),
            priorities.c.plan_id == plan_of_register.scalar_subquery(),
        )
        if db.execute(of_plan).one_or_none() is None:
            yield Fault("/priority_id", "There is no such priority in the plan of this register.")


def _target_faults(draft: entries.Draft, tried: Sequence[Entry]) -> Iterable[Fault]:
    if not {"current", "target"} & set(draft.facts):
        return
    after = state_as_at(tried, draft.effective_on) or {}
    current, target = _score(after.get("current")), _score(after.get("target"))
    if rationale_needed(current, target) and not after.get("target_rationale"):
        yield Fault(
            "/target_rationale", f"Say why the target ({target}) is not below the current score ({current})."
        )


def _state_faults(tried: Sequence[Entry]) -> Iterable[Fault]:
    if any(not state.facts.get("state") for state in fold(tried)):
        yield Fault("/replaces", "The entry that added the risk cannot be moved to a later day.")
        return
    was: RiskState | None = None
    for entry in standing(tried):
        state = entry.facts.get("state")
        if state is None:
            continue
        after = RiskState(state)
        # A backdated move must also leave every later one possible.
        if was is not None and was not in _COMES_FROM[after]:
            yield Fault(
                "/effective_on",
                f"On {entry.effective_on} the risk would go from {was} to {after}. Correct that entry first.",
            )
            return
        was = after


_COMES_FROM = {STATE_AFTER[move]: allowed for move, allowed in ALLOWED_MOVES.items()}


def _score(pair: Mapping[str, Any] | None) -> int | None:
    return score(pair["likelihood"], pair["impact"]) if pair else None


def derive(
    risk_id: UUID, register_id: UUID, found: Sequence[Entry], matrices: Mapping[int, Matrix]
) -> entries.Derived:
    """The derived rows that a risk with these entries must have."""
    days = fold(found)
    rows = [
        {
            **_state_row(day.facts, matrices),
            "risk_id": risk_id,
            "register_id": register_id,
            "valid_from": day.valid_from,
            "valid_to": day.valid_to,
            "added_on": days[0].valid_from,
        }
        for day in days
    ]
    return entries.Derived(risk_states, {"risk_id": risk_id}, ("risk_id", "valid_from"), rows)


def _state_row(facts: Mapping[str, Any], matrices: Mapping[int, Matrix]) -> dict[str, Any]:
    current = _pair("current", facts.get("current"), matrices)
    rating = facts.get("rating") or {}
    accepted = facts["state"] == RiskState.accepted
    plain = ("priority_id", "target_on", "target_rationale", "review_on", "last_updated_on", "narrative_id")
    return {
        **{name: facts.get(name) for name in plain},
        **current,
        **_pair("target", facts.get("target"), matrices),
        "state": facts["state"],
        "rating": rating.get("band"),
        "rating_matrix_version": rating.get("matrix_version"),
        "severity": _severity(facts, matrices),
        **{
            name: facts.get(name) if accepted else None
            for name in ("accepted_by_id", "accepted_until", "accepted_assessment_id")
        },
    }


def _severity(facts: Mapping[str, Any], matrices: Mapping[int, Matrix]) -> int:
    """What risks are ordered by: the score, or the rank of the rating; 0 for one that is not scored."""
    rating = facts.get("rating")
    if rating:
        return band_rank(matrices[rating["matrix_version"]], rating["band"])
    return _score(facts.get("current")) or 0


def pair_answer(pair: Mapping[str, Any] | None, matrices: Mapping[int, Matrix]) -> dict[str, Any] | None:
    """A stated pair with its score and band."""
    if not pair:
        return None
    found = score(pair["likelihood"], pair["impact"])
    return {**pair, "score": found, "band": band_of(matrices[pair["matrix_version"]], found).name}


def _pair(side: str, pair: Mapping[str, Any] | None, matrices: Mapping[int, Matrix]) -> dict[str, Any]:
    shown = pair_answer(pair, matrices) or {}
    return {
        f"{side}_{name}": shown.get(name)
        for name in ("likelihood", "impact", "score", "band", "matrix_version")
    }
