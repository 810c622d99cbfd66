"""Risk registers, the versions of their matrix, and the heat map."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, insert, select

from app.access.roles import Operation, Principal
from app.clock import Moment
from app.errors import Fault, Invalid, invalid
from app.models.base import changed_fields, new_id
from app.models.registers import MatrixCreate, RegisterCreate, RegisterUpdate
from app.models.tables import matrix_versions, plans, registers, risk_states, risks
from app.risk.bands import band_of
from app.risk.matrix import Band, Matrix, MatrixKind
from app.risk.matrix import faults as matrix_faults
from app.risk.scoring import RiskState, score
from app.services import access, as_at, entries, journal, lists, records

_LIST = lists.Listing(
    "registers",
    select(registers).where(registers.c.area_id == bindparam("area_id")),
    last=[registers.c.id],
    count_from=registers,
    filters={
        "q": lists.contains(registers.c.title),
        "ref": registers.c.ref == bindparam("ref"),
        "plan_id": registers.c.plan_id == bindparam("plan_id"),
        # The kind of a register never changes: another one is another register.
        "kind": registers.c.id.in_(
            select(matrix_versions.c.register_id).where(matrix_versions.c.kind == bindparam("kind"))
        ),
        "updated_since": registers.c.updated_at >= bindparam("updated_since"),
    },
    sorts={"added": [], "ref": [registers.c.ref], "updated_at": [registers.c.updated_at]},
)
_OF_REGISTER = select(matrix_versions).where(matrix_versions.c.register_id == bindparam("register_id"))
_VERSIONS = _OF_REGISTER.order_by(matrix_versions.c.matrix_version.desc())
_LIST_VERSIONS = lists.Listing(
    "matrix", _OF_REGISTER, last=[matrix_versions.c.matrix_version], count_from=matrix_versions, filters={}
)
_VERSIONS_OF_MANY = (
    select(matrix_versions)
    .where(matrix_versions.c.register_id.in_(bindparam("ids", expanding=True)))
    .order_by(matrix_versions.c.matrix_version.desc())
)
_SHAPE = {"kind", "likelihood_labels", "impact_labels", "bands"}


def matrix_of(row: Mapping[str, Any]) -> Matrix:
    """A stored version as the rules take it."""
    return Matrix(
        version=row["matrix_version"],
        kind=MatrixKind(row["kind"]),
        likelihood_labels=tuple(row["likelihood_labels"]),
        impact_labels=tuple(row["impact_labels"]),
        bands=tuple(Band(**band) for band in row["bands"]),
    )


def versions(db: Connection, register_id: UUID) -> list[dict[str, Any]]:
    """Every version of a register's matrix, newest first."""
    rows = db.execute(_VERSIONS, {"register_id": register_id})
    return [dict(row._mapping) for row in rows]


def in_force(found: Sequence[dict[str, Any]], day: date) -> dict[str, Any]:
    """The version in force on a day: the last one recorded of those effective by then, else the first."""
    by_then = [row for row in found if row["effective_on"] <= day]
    return max(by_then, key=lambda row: (row["effective_on"], row["sequence"])) if by_then else found[-1]


def _shown(db: Connection, row: dict[str, Any], day: date) -> dict[str, Any]:
    return {**row, "matrix": in_force(versions(db, row["id"]), day)}


def list_registers(
    db: Connection,
    who: Principal,
    *,
    today: date,
    asked: lists.Page = lists.FIRST_PAGE,
    q: str | None = None,
    sort: str = "added",
    descending: bool = False,
    **filters: Any,
) -> dict[str, Any]:
    """The area's registers in the order in which they were added, or another, with the matrix of today.

    ``filters`` are ``ref``, ``plan_id``, ``kind`` and ``updated_since``.
    """
    wanted, scope = {"q": lists.pattern(q), **filters}, {"area_id": who.area_id}
    rows, following, total = _LIST.page(db, scope, wanted, asked, sort=sort, descending=descending)
    by_register: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for version in db.execute(_VERSIONS_OF_MANY, {"ids": [row.id for row in rows]}):
        by_register[version.register_id].append(dict(version._mapping))
    items = [{**row, "matrix": in_force(by_register[row["id"]], today)} for row in records.as_dicts(rows)]
    return lists.answer(items, following, total)


def get_register(
    db: Connection, who: Principal, register_id: UUID, *, today: date, day: date | None = None
) -> dict[str, Any]:
    """One register with the matrix in force on a day. Raises NotFound."""
    row = records.find(db, who, registers, register_id, "register")
    return _shown(db, row, as_at.day(day, today))


def create_register(
    db: Connection, who: Principal, at: Moment, body: RegisterCreate, *, register_id: UUID | None = None
) -> dict[str, Any]:
    """Add a register with the first version of its matrix, with the id that was set aside for it."""
    access.require(who, Operation.edit)
    of_area = select(plans.c.id).where(plans.c.id == body.plan_id, plans.c.area_id == who.area_id)
    if body.plan_id is not None and not db.execute(of_area).one_or_none():
        raise invalid("/plan_id", "There is no such plan in your area.")
    values = body.model_dump(include={"ref", "title", "plan_id"})
    _check_matrix(body.matrix, prefix="/matrix")
    register_id = records.create(db, who, at, registers, "register", values, record_id=register_id)
    _add_version(db, who, at, register_id, body.matrix, before=None)
    return get_register(db, who, register_id, today=at.today)


def change_register(
    db: Connection,
    who: Principal,
    at: Moment,
    register_id: UUID,
    body: RegisterUpdate,
    *,
    version: int | None,
) -> dict[str, Any]:
    """Change what was sent. Raises PreconditionFailed when the register is not at ``version``."""
    access.require(who, Operation.edit)
    current = get_register(db, who, register_id, today=at.today)
    records.check_version(current, version, lambda: current)
    values = changed_fields(body)
    records.refuse_nulls(values, ("ref", "title"))
    records.change(db, who, at, registers, "register", current, values)
    return get_register(db, who, register_id, today=at.today)


def list_matrix(
    db: Connection, who: Principal, register_id: UUID, *, asked: lists.Page = lists.FIRST_PAGE
) -> dict[str, Any]:
    """The versions of a register's matrix, newest first. Raises NotFound."""
    records.find(db, who, registers, register_id, "register")
    scope = {"register_id": register_id}
    rows, following, total = _LIST_VERSIONS.page(db, scope, {}, asked, descending=True)
    return lists.answer(records.as_dicts(rows), following, total)


def add_matrix_version(
    db: Connection, who: Principal, at: Moment, register_id: UUID, body: MatrixCreate
) -> dict[str, Any]:
    """Add a new version of a matrix. What was scored before keeps the version it was scored with."""
    access.require(who, Operation.set_matrix)
    current = records.find(db, who, registers, register_id, "register")
    _check_matrix(body)
    if not body.reason:
        raise invalid("/reason", "Give a reason: the matrix of a register is changing.")
    found = versions(db, register_id)
    if body.kind != found[0]["kind"]:
        raise invalid(
            "/kind", f"This register's matrix is {found[0]['kind']}. Create another register instead."
        )
    if body.effective_on and body.effective_on < found[0]["effective_on"]:
        first = found[0]["effective_on"]
        raise invalid("/effective_on", f"Give {first} or a later day: the newest version is of that day.")
    matrix_id = _add_version(db, who, at, register_id, body, before=found[0])
    records.touch(db, at, registers, current)
    return next(row for row in versions(db, register_id) if row["id"] == matrix_id)


def _check_matrix(body: MatrixCreate, prefix: str = "") -> None:
    tried = Matrix(
        version=0,
        kind=body.kind,
        likelihood_labels=tuple(body.likelihood_labels),
        impact_labels=tuple(body.impact_labels),
        bands=tuple(Band(band.name, band.lowest, band.highest) for band in body.bands),
    )
    found = [Fault(prefix + fault.field, fault.message) for fault in matrix_faults(tried)]
    if found:
        raise Invalid(found)


def _add_version(
    db: Connection,
    who: Principal,
    at: Moment,
    register_id: UUID,
    body: MatrixCreate,
    *,
    before: Mapping[str, Any] | None,
) -> UUID:
    day = entries.effective_day(body.effective_on, at.today)
    version = before["matrix_version"] + 1 if before else 1
    shape = body.model_dump(mode="json", include=_SHAPE)
    after = {**shape, "matrix_version": version, "effective_on": day}
    shown_before = {name: before[name] for name in after} if before else None
    change = journal.Change("matrix", register_id, "added", shown_before, after, body.reason)
    sequence = journal.record(db, who, at, change)
    row = {
        **shape,
        "id": new_id(),
        "area_id": who.area_id,
        "register_id": register_id,
        "matrix_version": version,
        "sequence": sequence,
        "effective_on": day,
        "recorded_at": at.now,
        "author_name": who.name,
        "reason": body.reason,
    }
    db.execute(insert(matrix_versions), [row])
    found: UUID = row["id"]
    return found


_PLACES = (
    *("state", "current_likelihood", "current_impact", "current_score", "current_band"),
    *("current_matrix_version", "target_likelihood", "target_impact", "rating"),
)
_PLACED = {
    is_today: select(risks.c.id, risks.c.ref, *(risk_states.c[name] for name in _PLACES))
    .join(risks, risks.c.id == risk_states.c.risk_id)
    .where(risk_states.c.register_id == bindparam("register_id"), as_at.stands(risk_states.c, today=is_today))
    .order_by(risks.c.ref_order, risks.c.id)
    for is_today in (True, False)
}


def heat_map(
    db: Connection, who: Principal, register_id: UUID, *, today: date, day: date | None = None
) -> dict[str, Any]:
    """Where each risk that is not closed is and should be, as at a day. Raises NotFound."""
    register = get_register(db, who, register_id, today=today, day=day)
    shown_day = as_at.day(day, today)
    row, matrix = register["matrix"], matrix_of(register["matrix"])
    parameters = {"register_id": register_id, "day": shown_day}
    found = db.execute(_PLACED[shown_day == today], parameters).all()
    not_closed = [one for one in found if one.state != RiskState.closed]
    placed: dict[tuple[str, int, int], list[dict[str, Any]]] = defaultdict(list)
    for one in not_closed:
        for side in ("current", "target"):
            pair = (one._mapping[f"{side}_likelihood"], one._mapping[f"{side}_impact"])
            if None not in pair:
                placed[(side, *pair)].append({"id": one.id, "ref": one.ref})
    counted = [one.current_band or one.rating for one in not_closed]
    in_grid = _cells(matrix, placed)
    shown = {risk["id"] for cell in in_grid for risk in cell["current"]}
    return {
        "register_id": register_id,
        "as_at": shown_day,
        "matrix": row,
        "cells": in_grid,
        "bands": [{"band": name, "count": counted.count(name)} for name in _band_names(matrix, counted)],
        "not_scored": [_named(one) for one in not_closed if not (one.current_band or one.rating)],
        "closed": len(found) - len(not_closed),
        "other_matrix": [
            _named(one)
            for one in not_closed
            if one.current_score is not None
            and (one.id not in shown or one.current_matrix_version != matrix.version)
        ],
    }


def _band_names(matrix: Matrix, counted: Sequence[str | None]) -> list[str]:
    """The matrix's bands, then those that older versions gave and this one does not have."""
    names = [band.name for band in matrix.bands]
    return names + sorted({band for band in counted if band and band not in names})


def _named(row: Any) -> dict[str, Any]:
    return {"id": row.id, "ref": row.ref}


def _cells(
    matrix: Matrix, placed: Mapping[tuple[str, int, int], list[dict[str, Any]]]
) -> list[dict[str, Any]]:
    return [
        {
            "likelihood": likelihood,
            "impact": impact,
            "score": score(likelihood, impact),
            "band": band_of(matrix, score(likelihood, impact)).name,
            "current": placed.get(("current", likelihood, impact), []),
            "target": placed.get(("target", likelihood, impact), []),
        }
        for likelihood in range(len(matrix.likelihood_labels), 0, -1)
        for impact in range(1, len(matrix.impact_labels) + 1)
    ]
