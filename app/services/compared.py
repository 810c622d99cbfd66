"""How records of an answer stood on an earlier day, beside how they stand on the day asked for.

Asked for with ``compare``; an answer that does not ask costs no query.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, bindparam, select

from app.access.roles import Principal
from app.models.tables import action_states, plans, priorities, registers, risk_states, risks
from app.services import priorities as priorities_service
from app.services import progress as progress_service
from app.services.action_rows import flags_on
from app.services.as_at import day as as_at_day
from app.services.as_at import earlier_day, stands
from app.services.comparison_risks import position
from app.services.comparison_rows import RISK_STATE

_ACTION, _RISK = action_states.c, risk_states.c
_PLAIN = ("status", "withdrawn", "completed_on", "due_on", "forecast_on")
_ACTIONS: Select[Any] = (
    select(
        _ACTION.action_id,
        *(_ACTION[name] for name in _PLAIN),
        _ACTION.due_ongoing,
        _ACTION.code,
        _ACTION.deadline_on,
        _ACTION.start_on,
        _ACTION.narrative_on,
    )
    .join(plans, plans.c.id == _ACTION.plan_id)
    .where(
        _ACTION.action_id.in_(bindparam("ids", expanding=True)),
        plans.c.area_id == bindparam("area_id"),
        stands(_ACTION, today=False),
    )
)
_RISKS: Select[Any] = (
    select(
        _RISK.risk_id,
        risks.c.ref,
        priorities.c.ref.label("priority_ref"),
        *(_RISK[name] for name in RISK_STATE),
    )
    .join(risks, risks.c.id == _RISK.risk_id)
    .join(registers, registers.c.id == _RISK.register_id)
    .outerjoin(priorities, priorities.c.id == _RISK.priority_id)
    .where(registers.c.area_id == bindparam("area_id"), stands(_RISK, today=False))
)
_BY_IDS = _RISKS.where(_RISK.risk_id.in_(bindparam("ids", expanding=True)))
_OF_REGISTER = _RISKS.where(_RISK.register_id == bindparam("register_id")).order_by(
    risks.c.ref_order, risks.c.id
)


def progress(
    db: Connection,
    who: Principal,
    plan_id: UUID,
    *,
    today: date,
    as_at: date | None = None,
    compare: date | None = None,
) -> dict[str, Any]:
    """Progress of a plan with ``compared``, its progress on an earlier day; None where not asked for.

    Raises NotFound; Invalid for an ``as_at`` to come, or a day to compare with that is after it.
    """
    earlier = _earlier(as_at, today, compare)
    found = progress_service.progress(db, who, plan_id, today=today, as_at=as_at)
    before = earlier and progress_service.progress(db, who, plan_id, today=today, as_at=earlier)
    return {**found, "compared": before or None}


def beside_actions(
    db: Connection,
    who: Principal,
    found: Sequence[dict[str, Any]],
    *,
    today: date,
    as_at: date | None = None,
    compare: date | None = None,
) -> None:
    """Add to actions of one plan, as they are answered, how each stood on an earlier day: ``compared``.

    None where it was not there yet, or where nothing was asked for. Raises Invalid as ``progress`` does.
    """
    earlier = _earlier(as_at, today, compare)
    before: dict[UUID, dict[str, Any]] = {}
    if earlier and found:
        scope = priorities_service.scope(db, who, found[0]["plan_id"], earlier)
        parameters = {"ids": [one["id"] for one in found], "area_id": who.area_id, "day": earlier}
        for row in db.execute(_ACTIONS, parameters).mappings():
            before[row["action_id"]] = _action(dict(row), earlier, scope.reported_from)
    for one in found:
        one["compared"] = before.get(one["id"]) if before else None


def _action(row: Mapping[str, Any], day: date, reported_from: date | None) -> dict[str, Any]:
    stored = (row[name] for name in ("code", "deadline_on", "start_on", "narrative_on"))
    found = {name: row[name] for name in _PLAIN}
    if row["due_ongoing"]:
        found["due_on"] = "ongoing"
    return {"as_at": day, **found, "flags": flags_on(day, reported_from, *stored)}


def beside_risks(
    db: Connection,
    who: Principal,
    found: Sequence[dict[str, Any]],
    *,
    today: date,
    as_at: date | None = None,
    compare: date | None = None,
) -> None:
    """Add to risks, as they are answered, how each stood on an earlier day: ``compared``.

    None where it was not there yet, or where nothing was asked for. Raises Invalid as ``progress`` does.
    """
    earlier = _earlier(as_at, today, compare)
    before: dict[UUID, dict[str, Any]] = {}
    if earlier and found:
        parameters = {"ids": [one["id"] for one in found], "area_id": who.area_id, "day": earlier}
        for row in db.execute(_BY_IDS, parameters).mappings():
            before[row["risk_id"]] = {"as_at": earlier, **_risk(dict(row))}
    for one in found:
        one["compared"] = before.get(one["id"]) if before else None


def beside_heat_map(
    db: Connection,
    who: Principal,
    found: dict[str, Any],
    *,
    today: date,
    as_at: date | None = None,
    compare: date | None = None,
) -> None:
    """Add to a register's heat map where each risk was on an earlier day: ``compared``, or None.

    Raises Invalid as ``progress`` does.
    """
    earlier = _earlier(as_at, today, compare)
    found["compared"] = None
    if earlier:
        parameters = {"register_id": found["register_id"], "area_id": who.area_id, "day": earlier}
        found["compared"] = [
            {"id": row["risk_id"], "ref": row["ref"], "as_at": earlier, **_risk(dict(row))}
            for row in db.execute(_OF_REGISTER, parameters).mappings()
        ]


def _risk(row: Mapping[str, Any]) -> dict[str, Any]:
    refs = {str(row["priority_id"]): row["priority_ref"]}
    return position(row, refs)


def _earlier(as_at: date | None, today: date, compare: date | None) -> date | None:
    day = as_at_day(as_at, today)
    return None if compare is None else earlier_day(compare, day)
