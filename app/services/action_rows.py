"""Reading rows of actions as at a day: the one statement, and rows as they are answered."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Date,
    Integer,
    Row,
    Select,
    Uuid,
    bindparam,
    case,
    func,
    literal,
    select,
)

from app.entries.fold import FOREVER
from app.models.tables import (
    action_co_leads,
    action_point_states,
    action_states,
    actions,
    people,
    plans,
    updates,
)
from app.plans.states import FIRST_POINT
from app.plans.statuses import DUE_PASSED, START_PASSED, STATUS_BITS, WITHDRAWN, flag_names
from app.services import lists, priorities, records
from app.services.as_at import DAY, stands

LEAD = people.alias("lead")
_NARRATIVE = updates.alias("narrative")
STATE = action_states.c
_OWN = ("title", "lead_id", "responsible_body", "phase", "version", "updated_at")
_OWN_WHOLE = ("success_measure", "expected_impact", "evidence_links", "created_at")
_DAY = (
    "plan_id",
    "ref",
    "points",
    "status",
    "completed_on",
    "start_on",
    "due_on",
    "due_ongoing",
    "original_due_on",
    "review_on",
    "forecast_on",
    "withdrawn",
    "added_on",
    "code",
    "deadline_on",
)
_DAY_WHOLE = ("path_to_green", "impact_state", "impact_review_on", "depends_on")
# A summary leaves out long texts and what needs further tables: a list of 100 costs half.
SUMMARY: Select[Any] = (
    select(
        STATE.action_id.label("id"),
        *(actions.c[name] for name in _OWN),
        *(STATE[name] for name in _DAY),
        LEAD.c.name.label("lead_name"),
        LEAD.c.organisation.label("lead_organisation"),
    )
    .select_from(actions)
    .join(action_states, STATE.action_id == actions.c.id)
    .outerjoin(LEAD, LEAD.c.id == actions.c.lead_id)
)
WHOLE: Select[Any] = SUMMARY.add_columns(
    *(actions.c[name] for name in _OWN_WHOLE),
    *(STATE[name] for name in _DAY_WHOLE),
    _NARRATIVE.c.id.label("narrative_id"),
    _NARRATIVE.c.effective_on.label("narrative_effective_on"),
    _NARRATIVE.c.narrative.label("narrative"),
    _NARRATIVE.c.author_name.label("narrative_author_name"),
).outerjoin(_NARRATIVE, _NARRATIVE.c.id == STATE.narrative_id)
_BY_ID = (actions.c.id == bindparam("action_id"), plans.c.area_id == bindparam("area_id"))
_IN_PLAN = WHOLE.join(plans, plans.c.id == STATE.plan_id)
ONE_TODAY = _IN_PLAN.where(*_BY_ID, stands(STATE, today=True))
ONE_AS_AT = _IN_PLAN.where(*_BY_ID, stands(STATE, today=False))


def _filters(counted: Any) -> dict[str, ColumnElement[bool]]:
    """The filters of a list; ``counted`` are the columns that its totals are counted over."""
    point = action_point_states.alias("by_ref").c
    due = case((counted.deadline_on < DAY, DUE_PASSED), else_=0)
    started = case((counted.start_on < DAY, START_PASSED), else_=0)
    co_led = select(action_co_leads.c.action_id).where(
        action_co_leads.c.person_id == bindparam("lead_id", type_=Uuid)
    )
    with_ref = select(point.action_id).where(
        point.plan_id == counted.plan_id, point.ref == bindparam("ref"), stands(point, today=False)
    )
    whole = Integer()
    code = counted.code.op("&", return_type=whole)(FIRST_POINT - 1) + due + started
    return {
        "status": counted.code.op("&", return_type=whole)(STATUS_BITS) == bindparam("status", type_=whole),
        # The rule's truth table: which codes have the flag.
        "flag": code.in_(bindparam("flag", expanding=True)),
        "lead_id": (actions.c.lead_id == bindparam("lead_id", type_=Uuid)) | actions.c.id.in_(co_led),
        "ref": counted.action_id.in_(with_ref),
        "phase": actions.c.phase == bindparam("phase"),
        "responsible_body": actions.c.responsible_body == bindparam("responsible_body"),
        "due_before": counted.deadline_on < bindparam("due_before", type_=Date),
        "due_after": counted.deadline_on > bindparam("due_after", type_=Date),
        "withdrawn": (counted.code.op("&", return_type=whole)(WITHDRAWN) != 0)
        == bindparam("withdrawn", type_=Boolean),
        "updated_since": actions.c.updated_at >= bindparam("updated_since"),
        "q": lists.contains(actions.c.title),
    }


def _listing(read: Select[Any], *, today: bool, under_priority: bool) -> lists.Listing:
    # Totals are counted over the states of a plan alone, or over a priority's points: both read one index.
    in_plan = bindparam("plan_id", type_=Uuid)
    table = action_point_states if under_priority else action_states
    counted = table.c
    statement = read.where(counted.plan_id == in_plan, stands(counted, today=today))
    if under_priority:
        # The state's day stands in the join, so that it is no condition of the total.
        same = (counted.action_id == STATE.action_id) & stands(STATE, today=today)
        statement = statement.join(action_point_states, same).where(
            counted.priority_id == bindparam("priority_id")
        )
    return lists.Listing(
        statement,
        last=[counted.ref_order, counted.action_id],
        count_from=table,
        filter_from=table.join(actions, actions.c.id == counted.action_id),
        wide=frozenset({"lead_id", "phase", "responsible_body", "updated_since", "q"}),
        filters=_filters(counted),
        sorts={
            "ref": [],
            "status": [counted.code.op("&", return_type=Integer())(STATUS_BITS)],
            "due_on": [func.coalesce(counted.deadline_on, literal(FOREVER))],
            # Without a lead comes last, whatever the database's order of letters.
            "lead": [case((LEAD.c.name.is_(None), 1), else_=0), func.coalesce(LEAD.c.name, literal(""))],
            "updated_at": [actions.c.updated_at],
        },
    )


LISTINGS = {
    (summary, today, under_priority): _listing(
        SUMMARY if summary else WHOLE, today=today, under_priority=under_priority
    )
    for summary in (True, False)
    for today in (True, False)
    for under_priority in (True, False)
}
"""The lists of actions: summaries or whole, today or as at an earlier day, of a plan or under a priority."""

_CO_LEADS = (
    select(action_co_leads.c.action_id, people.c.id, people.c.name, people.c.organisation)
    .join(people, people.c.id == action_co_leads.c.person_id)
    .order_by(action_co_leads.c.position)
)
_CO_LEADS_OF_ONE = _CO_LEADS.where(action_co_leads.c.action_id == bindparam("action_id"))
_CO_LEADS_OF_MANY = _CO_LEADS.where(action_co_leads.c.action_id.in_(bindparam("ids", expanding=True)))


def shown(db: Connection, plan_id: UUID, rows: Sequence[Row[Any]], day: date) -> list[dict[str, Any]]:
    """Rows of the whole statement as they are answered for a day."""
    found = summaries(db, plan_id, rows, day)
    co_leads = co_leads_of(db, [row["id"] for row in found])
    for row in found:
        told = {name: row.pop(f"narrative_{name}") for name in ("id", "effective_on", "author_name")}
        narrative = row.pop("narrative")
        row["latest_update"] = {**told, "narrative": narrative} if told["id"] else None
        row["co_leads"] = co_leads.get(row["id"], [])
    return found


def summaries(db: Connection, plan_id: UUID, rows: Sequence[Row[Any]], day: date) -> list[dict[str, Any]]:
    """Rows of either statement with what follows from them for a day."""
    refs = {str(one["id"]): one["ref"] for one in priorities.of_plan(db, plan_id)} if rows else {}
    found = records.as_dicts(rows)
    for row in found:
        _complete(row, day, refs)
    return found


def _complete(row: dict[str, Any], day: date, refs: Mapping[str, str]) -> None:
    """Change the row itself into what is answered: a copy of each of 100 rows would cost as much again."""
    code, deadline_on, start_on = row.pop("code"), row.pop("deadline_on"), row["start_on"]
    code += DUE_PASSED if deadline_on and deadline_on < day else 0
    code += START_PASSED if start_on and start_on < day else 0
    if row.pop("due_ongoing"):
        row["due_on"] = "ongoing"
    for point in row["points"]:
        point["priority_ref"] = refs.get(point["priority_id"], "")
    lead_id, name, organisation = (row.pop(f"lead_{part}") for part in ("id", "name", "organisation"))
    row["lead"] = {"id": lead_id, "name": name, "organisation": organisation} if lead_id else None
    row["flags"] = flag_answer(code)
    row["as_at"] = day


_FLAGS_OFF: dict[str, bool | None] = {
    "overdue": False,
    "significantly_delayed": False,
    "late_start": False,
    "slipped": False,
    "no_reportable_progress": None,
    "blocked": False,
    "contradicted": False,
}


@cache
def flag_answer(code: int) -> dict[str, bool | None]:
    """The flags of a bucket's code as answered; the same dict each time, only to be read."""
    return _FLAGS_OFF | dict.fromkeys(flag_names(code, False), True)


def co_leads_of(db: Connection, ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """The co-leads of some actions, by action, in their order."""
    found: dict[UUID, list[dict[str, Any]]] = {}
    if not ids:
        return found
    if len(ids) == 1:
        # A list of parameters is put into the statement anew each time: dear for a single action.
        rows = db.execute(_CO_LEADS_OF_ONE, {"action_id": ids[0]})
    else:
        rows = db.execute(_CO_LEADS_OF_MANY, {"ids": list(ids)})
    for row in rows:
        person = {"id": row.id, "name": row.name, "organisation": row.organisation}
        found.setdefault(row.action_id, []).append(person)
    return found
