"""The rows of an export that belong to a plan's registers: matrices, risks, their entries and parts."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select

from app.access.roles import Principal
from app.entries.fold import FOREVER
from app.models.tables import (
    assessments,
    controls,
    management_action_updates,
    management_actions,
    matrix_versions,
    registers,
    risk_strategic_leads,
    risks,
)
from app.risk.matrix import Matrix
from app.services import management_actions as management_actions_service
from app.services import registers as registers_service
from app.services import risk_entries, risk_rows
from app.services.export_rows import ENTRY, PLAN, ExportRow, entry, id_of, in_blocks, plain, stream

Matrices = Mapping[UUID, Mapping[int, Matrix]]

_OF_PLAN = registers.c.plan_id == PLAN
_IN_REGISTER = risks.join(registers, registers.c.id == risks.c.register_id)
_REGISTERS = select(registers).where(_OF_PLAN).order_by(registers.c.id)
_VERSIONS = (
    select(matrix_versions)
    .join(registers, registers.c.id == matrix_versions.c.register_id)
    .where(_OF_PLAN)
    .order_by(matrix_versions.c.register_id, matrix_versions.c.matrix_version)
)
_RISKS = risk_rows.READ.where(_OF_PLAN, risk_rows.STATE.valid_to == FOREVER).order_by(
    risks.c.register_id, risks.c.ref_order, risks.c.id
)
_LEADS = (
    select(
        risk_strategic_leads.c.risk_id,
        risk_strategic_leads.c.person_id,
        (risk_strategic_leads.c.position + 1).label("position"),
    )
    .select_from(_IN_REGISTER.join(risk_strategic_leads, risk_strategic_leads.c.risk_id == risks.c.id))
    .where(_OF_PLAN)
    .order_by(risk_strategic_leads.c.risk_id, risk_strategic_leads.c.position)
)
_ASSESSMENTS = (
    select(*(assessments.c[name] for name in (*ENTRY, "risk_id", "facts")), risks.c.register_id)
    .select_from(_IN_REGISTER.join(assessments, assessments.c.risk_id == risks.c.id))
    .where(_OF_PLAN)
    .order_by(assessments.c.sequence)
)
_CONTROLS = (
    select(controls)
    .select_from(_IN_REGISTER.join(controls, controls.c.risk_id == risks.c.id))
    .where(_OF_PLAN)
    .order_by(controls.c.risk_id, controls.c.position, controls.c.id)
)
_MANAGED = _IN_REGISTER.join(management_actions, management_actions.c.risk_id == risks.c.id)
_MANAGEMENT_UPDATES = (
    select(*(management_action_updates.c[name] for name in (*ENTRY, "management_action_id", "facts")))
    .select_from(
        _MANAGED.join(
            management_action_updates,
            management_action_updates.c.management_action_id == management_actions.c.id,
        )
    )
    .where(_OF_PLAN)
    .order_by(management_action_updates.c.sequence)
)
_SIDE = ("likelihood", "impact", "score", "band", "matrix_version")
_FACTS = (*risk_entries.FACTS, *risk_entries.DATES, *risk_entries.IDS, "state")
_MANAGEMENT_FACTS = ("status", "due_on")


def risk_tables(db: Connection, who: Principal, plan_id: UUID, day: date) -> dict[str, Iterable[ExportRow]]:
    """The rows of each table of the plan's registers, read when they are asked for."""
    where = {"plan_id": plan_id}
    return {
        "registers": plain(db, _REGISTERS, where),
        "matrix_versions": plain(db, _VERSIONS, where),
        "matrix_bands": _bands(db, where),
        "risks": _risks(db, where, day),
        "risk_strategic_leads": plain(db, _LEADS, where),
        "assessments": _assessments(db, where),
        "controls": plain(db, _CONTROLS, where),
        "management_actions": _management_actions(db, who, plan_id, day),
        "management_action_updates": (
            entry(row, _MANAGEMENT_FACTS) for row in stream(db, _MANAGEMENT_UPDATES, where)
        ),
    }


def _management_actions(db: Connection, who: Principal, plan_id: UUID, day: date) -> Iterator[ExportRow]:
    yield from management_actions_service.of_plan(db, who, plan_id, today=day)


def _bands(db: Connection, where: Mapping[str, Any]) -> Iterator[ExportRow]:
    for version in plain(db, _VERSIONS, where):
        for position, band in enumerate(version["bands"], start=1):
            yield {"matrix_id": version["id"], "position": position, "lowest": None, "highest": None, **band}


def _risks(db: Connection, where: Mapping[str, Any], day: date) -> Iterator[ExportRow]:
    rows = stream(db, _RISKS, {**where, "day": day})
    for one in in_blocks(rows, lambda block: risk_rows.shown(db, block, day)):
        accepted = one["accepted"] or {}
        yield {
            **one,
            **_pair("current", one["current"]),
            **_pair("target", one["target"]),
            **_rating(one["rating"]),
            "sro_id": id_of(one["sro"]),
            "owner_id": id_of(one["owner"]),
            "accepted_by_id": id_of(accepted.get("by")),
            "accepted_until": accepted.get("until"),
            "accepted_assessment_id": accepted.get("assessment_id"),
            "latest_narrative_id": id_of(one["latest_narrative"]),
        }


def _assessments(db: Connection, where: Mapping[str, Any]) -> Iterator[ExportRow]:
    matrices = _matrices(db, where)
    for row in stream(db, _ASSESSMENTS, where):
        yield _assessment(row, matrices[row.register_id])


def _assessment(row: Row[Any], matrices: Mapping[int, Matrix]) -> ExportRow:
    found = entry(row, _FACTS)
    for side in ("current", "target"):
        found |= _pair(side, risk_entries.pair_answer(found[side], matrices))
    return found | _rating(found["rating"])


def _matrices(db: Connection, where: Mapping[str, Any]) -> Matrices:
    found: dict[UUID, dict[int, Matrix]] = {}
    for version in plain(db, _VERSIONS, where):
        of_register = found.setdefault(version["register_id"], {})
        of_register[version["matrix_version"]] = registers_service.matrix_of(version)
    return found


def _pair(side: str, pair: Mapping[str, Any] | None) -> dict[str, Any]:
    return {f"{side}_{name}": (pair or {}).get(name) for name in _SIDE}


def _rating(rating: Mapping[str, Any] | None) -> dict[str, Any]:
    found = rating or {}
    return {"rating": found.get("band"), "rating_matrix_version": found.get("matrix_version")}
