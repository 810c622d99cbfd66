"""What lists of actions are filtered by, and the code of a bucket on a day that flags are found by."""

from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    Integer,
    Uuid,
    bindparam,
    case,
    select,
)

from app.models.tables import (
    action_co_leads,
    action_dependencies,
    action_point_states,
    action_states,
    actions,
)
from app.plans.states import FIRST_POINT
from app.plans.statuses import DUE_PASSED, REPORTED, START_PASSED, STATUS_BITS, WITHDRAWN
from app.services import lists
from app.services.as_at import DAY, stands

STATE = action_states.c
_WAITING = select(action_dependencies.c.action_id).where(
    action_dependencies.c.depends_on_id == bindparam("depends_on", type_=Uuid),
    stands(action_dependencies.c, today=False),
)
OF_STATE: dict[str, ColumnElement[bool]] = {
    "impact_state": STATE.impact_state == bindparam("impact_state"),
    "depends_on": STATE.action_id.in_(_WAITING),
    **lists.days(
        {
            "start": STATE.start_on,
            "completed": STATE.completed_on,
            "original_due": STATE.original_due_on,
            "review": STATE.review_on,
            "forecast": STATE.forecast_on,
            "impact_review": STATE.impact_review_on,
            "added": STATE.added_on,
            "reported": STATE.narrative_on,
        }
    ),
}


def bucket_code(counted: Any) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """The code of a bucket on the day, and what it adds where progress was reported in the day's period."""
    due = case((counted.deadline_on < DAY, DUE_PASSED), else_=0)
    started = case((counted.start_on < DAY, START_PASSED), else_=0)
    since = bindparam("reported_from", type_=Date)
    reported = case((counted.narrative_on >= since, REPORTED), else_=0)
    return counted.code.op("&", return_type=Integer())(FIRST_POINT - 1) + due + started, reported


def filters(counted: Any) -> dict[str, ColumnElement[bool]]:
    """The filters of a list; ``counted`` are the columns that its totals are counted over."""
    point = action_point_states.alias("by_ref").c
    code, reported = bucket_code(counted)
    co_led = select(action_co_leads.c.action_id).where(
        action_co_leads.c.person_id == bindparam("lead_id", type_=Uuid)
    )
    with_ref = select(point.action_id).where(
        point.plan_id == counted.plan_id, point.ref == bindparam("ref"), stands(point, today=False)
    )
    whole = Integer()
    return {
        "status": counted.code.op("&", return_type=whole)(STATUS_BITS) == bindparam("status", type_=whole),
        # The rule's truth table: which codes have the flag.
        "flag": code.in_(bindparam("flag", expanding=True)),
        "flag_in_period": (code + reported).in_(bindparam("flag_in_period", expanding=True)),
        "lead_id": (actions.c.lead_id == bindparam("lead_id", type_=Uuid)) | actions.c.id.in_(co_led),
        "has_lead": actions.c.lead_id.is_not(None) == bindparam("has_lead", type_=Boolean),
        "ref": counted.action_id.in_(with_ref),
        "phase": actions.c.phase == bindparam("phase"),
        "responsible_body": actions.c.responsible_body == bindparam("responsible_body"),
        **lists.days({"due": counted.deadline_on}),
        **OF_STATE,
        "withdrawn": (counted.code.op("&", return_type=whole)(WITHDRAWN) != 0)
        == bindparam("withdrawn", type_=Boolean),
        "updated_since": actions.c.updated_at >= bindparam("updated_since"),
        "q": lists.contains(actions.c.title),
    }
