"""The figures of what one person leads or co-leads in a plan."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Uuid, bindparam, select, union

from app.access.roles import Principal
from app.models.tables import action_co_leads, action_states, actions
from app.plans.progress import BucketCount
from app.plans.progress import progress as progress_of
from app.plans.states import FIRST_POINT
from app.services import plans
from app.services.as_at import DAY, stands
from app.services.as_at import day as as_at_day
from app.services.progress import counts, tally

_PERSON: Any = bindparam("person_id", type_=Uuid)
_STATE = action_states.c
# From the person's own actions to their states: as few rows are read as that person leads.
LED = union(
    select(actions.c.id).where(actions.c.lead_id == _PERSON),
    select(action_co_leads.c.action_id).where(action_co_leads.c.person_id == _PERSON),
).subquery("led")
_COUNTS = {
    today: select(_STATE.plan_id, _STATE.code, *counts(_STATE, DAY))
    .select_from(LED.join(action_states, _STATE.action_id == LED.c.id))
    .where(_STATE.plan_id == bindparam("plan_id"), stands(_STATE, today=today))
    .group_by(_STATE.plan_id, _STATE.code)
    for today in (True, False)
}


def progress_of_lead(
    db: Connection, who: Principal, plan_id: UUID, person_id: UUID, *, today: date, as_at: date | None = None
) -> dict[str, Any]:
    """Progress of a person's own actions in a plan, each counted once however many points it has.

    Raises NotFound for an unknown plan; Invalid for a day to come.
    """
    plans.get_plan(db, who, plan_id)
    day = as_at_day(as_at, today)
    parameters = {"plan_id": plan_id, "person_id": person_id, "day": day}
    found = tally(db.execute(_COUNTS[day == today], parameters).all()).get(plan_id, {})
    buckets = [BucketCount(code & ~FIRST_POINT, count, count) for code, count in found.items()]
    return progress_of(buckets, has_period=False)
