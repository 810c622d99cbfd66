"""Assessments of a risk, and the changes of its state: dated entries."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from app.access.roles import Operation, Principal, may
from app.clock import Moment
from app.entries.fold import standing
from app.errors import Conflict, NotAllowed, NotFound, invalid
from app.models.risks import Acceptance, AssessmentCreate, StateChange
from app.models.tables import assessments, management_actions, risks
from app.risk.scoring import ALLOWED_MOVES, STATE_AFTER, RiskState
from app.services import access, entries, entry_lists, lists, records, registers, risk_entries
from app.services import risks as risks_service

_OPERATIONS = {
    "acceptance": "accepted",
    "materialisation": "materialised",
    "closure": "closed",
    "reopening": "reopened",
}


def list_assessments(db: Connection, who: Principal, risk_id: UUID) -> list[dict[str, Any]]:
    """Every entry of a risk, oldest first, replaced ones included. Raises NotFound."""
    records.find(db, who, risks, risk_id, "risk")
    return _with_scores(db, risk_id, entries.load(db, risk_entries.KIND, risk_id))


def find_assessment(db: Connection, who: Principal, assessment_id: UUID) -> dict[str, Any]:
    """An entry by its id alone; ``risk_id`` says whose it is. Raises NotFound."""
    return records.find(db, who, assessments, assessment_id, "entry")


def page_of_assessments(
    db: Connection,
    who: Principal,
    risk_id: UUID,
    *,
    asked: lists.Page = lists.FIRST_PAGE,
    wanted: entry_lists.Filter = entry_lists.NO_FILTER,
    descending: bool = False,
) -> dict[str, Any]:
    """A page of a risk's entries, oldest first or newest first. Raises NotFound."""
    records.find(db, who, risks, risk_id, "risk")
    found = entry_lists.page(db, risk_entries.KIND, risk_id, asked, wanted, descending=descending)
    return {**found, "items": _with_scores(db, risk_id, found["items"])}


def assess(
    db: Connection,
    who: Principal,
    at: Moment,
    risk_id: UUID,
    body: AssessmentCreate,
    *,
    version: int | None = None,
) -> dict[str, Any]:
    """Record an assessment and return it; one that states no score is "reviewed, no change".

    Raises Invalid; NotAllowed when it is not the caller's to make; Conflict for a closed risk;
    PreconditionFailed when the risk is not at ``version``.
    """
    current = records.find(db, who, risks, risk_id, "risk")
    access.require(who, Operation.contribute, own=_is_own(db, who, current))
    shown = risks_service.get_risk(db, who, risk_id, today=at.today)
    records.check_version(current, version, lambda: shown)
    if shown["state"] == RiskState.closed:
        raise Conflict("The risk is closed. Reopen it first.")
    entries.corrected(db, who, risk_entries.KIND, risk_id, body.replaces)
    stated = body.model_dump(exclude_unset=True)
    facts = entries.stated(stated, risk_entries.FACTS)
    if "priority_id" in facts and not may(who, Operation.edit):
        raise NotAllowed("Only editors may move a risk to another priority.")
    day = entries.effective_day(body.effective_on, at.today)
    facts["last_updated_on"] = day.isoformat()
    draft = entries.Draft("assessed", day, facts, body.narrative, body.reason, body.replaces)
    entry = risk_entries.record(db, who, at, current, draft)
    return _with_scores(db, risk_id, [entry])[0]


def _is_own(db: Connection, who: Principal, risk: Mapping[str, Any]) -> bool:
    """Whether the caller owns the risk, is its SRO, or leads one of its management actions."""
    if access.is_person(who, risk["owner_id"], risk["sro_id"]):
        return True
    leads = select(management_actions.c.lead_id).where(management_actions.c.risk_id == risk["id"])
    return access.is_person(who, *db.execute(leads).scalars())


def change_state(
    db: Connection,
    who: Principal,
    at: Moment,
    risk_id: UUID,
    move: str,
    body: StateChange,
    *,
    version: int | None = None,
) -> dict[str, Any]:
    """Accept, materialise, close or reopen a risk from a day on. Raises Conflict where it cannot be."""
    access.require(who, Operation.edit)
    current = records.find(db, who, risks, risk_id, "risk")
    records.check_version(current, version, lambda: risks_service.get_risk(db, who, risk_id, today=at.today))
    day = entries.effective_day(body.effective_on, at.today)
    try:
        was = risks_service.get_risk(db, who, risk_id, today=at.today, as_at=day)["state"]
    except NotFound as error:
        raise invalid("/effective_on", "The risk was not in the register yet on that day.") from error
    if RiskState(was) not in ALLOWED_MOVES[move]:
        allowed = " or ".join(sorted(ALLOWED_MOVES[move]))
        raise Conflict(f"As at {day} the risk is {was}; this needs one that is {allowed}.")
    facts: dict[str, Any] = {"state": str(STATE_AFTER[move])}
    if isinstance(body, Acceptance):
        facts |= _acceptance(db, who, risk_id, body, day)
    draft = entries.Draft(_OPERATIONS[move], day, facts, reason=body.reason)
    entry = risk_entries.record(db, who, at, current, draft)
    return _with_scores(db, risk_id, [entry])[0]


def _acceptance(db: Connection, who: Principal, risk_id: UUID, body: Acceptance, day: Any) -> dict[str, Any]:
    records.require_people(db, who, {"/accepted_by_id": body.accepted_by_id})
    if body.accepted_until < day:
        raise invalid("/accepted_until", f"Give {day} or a later day.")
    rows = entries.as_entries(risk_entries.KIND, entries.load(db, risk_entries.KIND, risk_id))
    scored = [
        entry
        for entry in standing(rows)
        if entry.effective_on <= day and {"current", "rating"} & set(entry.facts)
    ]
    return {
        "accepted_by_id": str(body.accepted_by_id),
        "accepted_until": body.accepted_until.isoformat(),
        "accepted_assessment_id": str(scored[-1].id) if scored else None,
    }


def _with_scores(db: Connection, risk_id: UUID, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Entries with the score and band of each pair that they state."""
    register_id = db.execute(select(risks.c.register_id).where(risks.c.id == risk_id)).scalar_one()
    matrices = {
        row["matrix_version"]: registers.matrix_of(row) for row in registers.versions(db, register_id)
    }
    return [
        {
            **row,
            **{
                side: risk_entries.pair_answer(row["facts"].get(side), matrices)
                for side in ("current", "target")
            },
        }
        for row in rows
    ]
