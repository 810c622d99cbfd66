"""Risks that the heat map leaves out, because the grid is smaller than the one they were scored with.

A new version of a matrix never rewrites a score ("Domain rules", section 5), so a pair may lie outside of it.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import Connection, bindparam, or_, select

from app.models.tables import risk_states, risks
from app.risk.matrix import Matrix
from app.risk.scoring import RiskState
from app.services import as_at

_SIDES = ("current", "target")
_BEYOND = {
    side: or_(
        risk_states.c[f"{side}_likelihood"] > bindparam("likelihoods"),
        risk_states.c[f"{side}_impact"] > bindparam("impacts"),
    )
    for side in _SIDES
}
_LEFT_OUT = {
    is_today: select(risks.c.ref, *(_BEYOND[side].label(side) for side in _SIDES))
    .join(risks, risks.c.id == risk_states.c.risk_id)
    .where(
        risk_states.c.register_id == bindparam("register_id"),
        risk_states.c.state != RiskState.closed,
        or_(*_BEYOND.values()),
        as_at.stands(risk_states.c, today=is_today),
    )
    .order_by(risks.c.ref_order, risks.c.id)
    for is_today in (True, False)
}


def off_grid(
    db: Connection, register_id: UUID, matrix: Matrix, *, today: date, day: date | None = None
) -> dict[str, list[str]]:
    """Refs of the risks whose ``current`` or ``target`` pair lies outside of this matrix's grid on a day.

    For a register that the caller has read. Closed risks are left out, as they are of the map.
    """
    shown_day = as_at.day(day, today)
    parameters = {
        "register_id": register_id,
        "day": shown_day,
        "likelihoods": len(matrix.likelihood_labels),
        "impacts": len(matrix.impact_labels),
    }
    found = db.execute(_LEFT_OUT[shown_day == today], parameters).mappings().all()
    return {side: [one["ref"] for one in found if one[side]] for side in _SIDES}
