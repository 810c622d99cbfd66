"""The risks that a person answers for and should look at."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Uuid, bindparam, func, literal, or_, select

from app.access.roles import Principal
from app.entries.fold import FOREVER
from app.models.tables import management_actions, registers, risks
from app.risk.scoring import RiskState
from app.services.across_plans import DUE_SOON
from app.services.as_at import stands
from app.services.risk_rows import READ, STATE, shown

_PERSON: Any = bindparam("person_id", type_=Uuid)
_LEADS_ONE = select(management_actions.c.risk_id).where(management_actions.c.lead_id == _PERSON)
# Whose risks somebody may assess (domain rules, section 8).
_OWN = READ.where(
    or_(risks.c.owner_id == _PERSON, risks.c.sro_id == _PERSON, risks.c.id.in_(_LEADS_ONE)),
    registers.c.area_id == bindparam("area_id", type_=Uuid),
    STATE.state != RiskState.closed.value,
    stands(STATE, today=True),
).order_by(func.coalesce(STATE.review_on, literal(FOREVER)), STATE.severity.desc(), risks.c.id)


def to_review(db: Connection, who: Principal, person_id: UUID, *, today: date) -> list[dict[str, Any]]:
    """Risks that a person may assess whose review is due soon or overdue, or has no date: those come last.

    Closed ones are left out. Each as ``risks.get_risk`` answers it.
    """
    parameters = {"person_id": person_id, "area_id": who.area_id, "day": today}
    found = shown(db, db.execute(_OWN, parameters).all(), today)
    return [one for one in found if _is_due(one, today)]


def _is_due(risk: Mapping[str, Any], today: date) -> bool:
    review_on: date | None = risk["review_on"]
    return review_on is None or review_on <= today + DUE_SOON
