"""Reading rows of actions as at a day: the one statement, and rows as they are answered."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Connection,
    FromClause,
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
from app.models.base import EARLIEST_DATE
from app.models.tables import (
    action_co_leads,
    action_point_states,
    action_states,
    actions,
    people,
    plans,
    updates,
)
from app.plans.statuses import DUE_PASSED, REPORTED, START_PASSED, STATUS_BITS, flags, unpack
from app.services import lists
from app.services.action_filters import OF_STATE, filters
from app.services.as_at import stands

REPORTED_ON = "reported_on"
"""The sort by the day of the latest update, which pages offer and the API does not."""
LEAD = people.alias("lead")
STATE = action_states.c
_NARRATIVE = updates.alias("narrative")
# The columns that are answered as they are come first, then those that _summary works with, then what the
# longer forms add: each function below takes its part of a row by place, as names cost three times as much.
ECHOED = (
    STATE.action_id.label("id"),
    *(actions.c[name] for name in ("title", "responsible_body", "phase", "version", "updated_at")),
    *(STATE[name] for name in ("plan_id", "ref", "points", "status", "completed_on", "start_on", "due_on")),
    *(STATE[name] for name in ("original_due_on", "review_on", "forecast_on", "withdrawn", "added_on")),
)
_ECHOED_NAMES = tuple(column.key for column in ECHOED)
# A summary leaves out long texts and what needs further tables: a list of 100 costs half.
SUMMARY: Select[Any] = (
    select(
        *ECHOED,
        STATE.due_ongoing,
        STATE.code,
        STATE.deadline_on,
        STATE.narrative_on,
        actions.c.lead_id,
        LEAD.c.name.label("lead_name"),
        LEAD.c.organisation.label("lead_organisation"),
    )
    .select_from(actions)
    .join(action_states, STATE.action_id == actions.c.id)
    .outerjoin(LEAD, LEAD.c.id == actions.c.lead_id)
)
# What a table of a page shows beside that.
TOLD: Select[Any] = SUMMARY.add_columns(
    STATE.path_to_green,
    _NARRATIVE.c.id.label("narrative_id"),
    _NARRATIVE.c.effective_on.label("narrative_effective_on"),
    _NARRATIVE.c.narrative.label("narrative"),
    _NARRATIVE.c.author_name.label("narrative_author_name"),
).outerjoin(_NARRATIVE, _NARRATIVE.c.id == STATE.narrative_id)
_REST = (
    *(actions.c[name] for name in ("success_measure", "expected_impact", "evidence_links", "created_at")),
    *(STATE[name] for name in ("impact_state", "impact_review_on", "depends_on")),
)
WHOLE: Select[Any] = TOLD.add_columns(*_REST)
_REST_NAMES = tuple(column.key for column in _REST)
_ECHO_ENDS, _SUMMARY_ENDS, _TOLD_ENDS = (
    len(columns) for columns in (ECHOED, SUMMARY.selected_columns, TOLD.selected_columns)
)
_BY_ID = (actions.c.id == bindparam("action_id"), plans.c.area_id == bindparam("area_id"))
_IN_PLAN = WHOLE.join(plans, plans.c.id == STATE.plan_id)
ONE_TODAY = _IN_PLAN.where(*_BY_ID, stands(STATE, today=True))
ONE_AS_AT = _IN_PLAN.where(*_BY_ID, stands(STATE, today=False))


def listing(read: Select[Any], *, today: bool, under_priority: bool) -> lists.Listing:
    """The list of actions that a statement reads; it needs ``LEAD`` only to be sorted by lead."""
    # Totals are counted over the states of a plan alone, or over a priority's points: both read one index.
    in_plan = bindparam("plan_id", type_=Uuid)
    table = action_point_states if under_priority else action_states
    counted = table.c
    statement = read.where(counted.plan_id == in_plan, stands(counted, today=today))
    joined: FromClause = table.join(actions, actions.c.id == counted.action_id)
    wide = frozenset({"lead_id", "has_lead", "phase", "responsible_body", "updated_since", "q"})
    if under_priority:
        # The state's day stands in the join, so that it is no condition of the total.
        same = (counted.action_id == STATE.action_id) & stands(STATE, today=today)
        joined, wide = joined.join(action_states, same), wide | OF_STATE.keys()
        statement = statement.join(action_point_states, same).where(
            counted.priority_id == bindparam("priority_id")
        )
    return lists.Listing(
        "actions",
        statement,
        last=[counted.ref_order, counted.action_id],
        count_from=table,
        filter_from=joined,
        wide=wide,
        filters=filters(counted),
        # The index of a plan's states has the order of today's list alone.
        by_id=None if today or under_priority else (STATE.action_id, read.where(stands(STATE, today=False))),
        narrow=frozenset({"ref", "status", "due_on", REPORTED_ON}),
        sorts={
            "ref": [],
            "status": [counted.code.op("&", return_type=Integer())(STATUS_BITS)],
            "due_on": [func.coalesce(counted.deadline_on, literal(FOREVER))],
            # Without a lead comes last, whatever the database's order of letters.
            "lead": [case((LEAD.c.name.is_(None), 1), else_=0), func.coalesce(LEAD.c.name, literal(""))],
            "updated_at": [actions.c.updated_at],
            REPORTED_ON: [func.coalesce(counted.narrative_on, literal(EARLIEST_DATE))],
        },
    )


LISTINGS = {
    (form, today, under_priority): listing(read, today=today, under_priority=under_priority)
    for form, read in (("whole", WHOLE), ("told", TOLD), ("summary", SUMMARY))
    for today in (True, False)
    for under_priority in (True, False)
}
"""The lists of actions: in a form, today or as at an earlier day, of a plan or under a priority."""

_CO_LEADS = (
    select(action_co_leads.c.action_id, people.c.id, people.c.name, people.c.organisation)
    .join(people, people.c.id == action_co_leads.c.person_id)
    .order_by(action_co_leads.c.position)
)
_CO_LEADS_OF_ONE = _CO_LEADS.where(action_co_leads.c.action_id == bindparam("action_id"))
_CO_LEADS_OF_MANY = _CO_LEADS.where(action_co_leads.c.action_id.in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True, slots=True)
class Asked:
    """What rows are answered for: a day, the plan's priorities by the text of their ids, and its period.

    ``reported_from`` is the first day of the period that contains the day; None where no period does.
    """

    day: date
    refs: Mapping[str, str]
    reported_from: date | None


def shown(db: Connection, asked: Asked, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """Rows of the whole statement as they are answered for a day."""
    found = told(asked, rows)
    co_leads = co_leads_of(db, [one["id"] for one in found])
    for one, row in zip(found, rows, strict=True):
        one |= zip(_REST_NAMES, row[_TOLD_ENDS:], strict=False)
        one["co_leads"] = co_leads.get(one["id"], [])
    return found


def told(asked: Asked, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """Summaries with the latest update and the path back to green."""
    found = summaries(asked, rows)
    for one, row in zip(found, rows, strict=True):
        one["path_to_green"], told_id, told_on, narrative, author = row[_SUMMARY_ENDS:_TOLD_ENDS]
        one["latest_update"] = (
            {"id": told_id, "effective_on": told_on, "narrative": narrative, "author_name": author}
            if told_id
            else None
        )
    return found


def summaries(asked: Asked, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """Rows of any of the statements with what follows from them for a day."""
    return [_summary(asked, row) for row in rows]


def _summary(asked: Asked, row: Row[Any]) -> dict[str, Any]:
    day, refs, reported_from = asked.day, asked.refs, asked.reported_from
    found = dict(zip(_ECHOED_NAMES, row, strict=False))
    due_ongoing, code, deadline_on, narrative_on, lead_id, name, organisation = row[_ECHO_ENDS:_SUMMARY_ENDS]
    if due_ongoing:
        found["due_on"] = "ongoing"
    for point in found["points"]:
        point["priority_ref"] = refs.get(point["priority_id"], "")
    found["lead"] = {"id": lead_id, "name": name, "organisation": organisation} if lead_id else None
    found["flags"] = flags_on(day, reported_from, code, deadline_on, found["start_on"], narrative_on)
    found["as_at"] = day
    return found


def flags_on(
    day: date,
    reported_from: date | None,
    code: int,
    deadline_on: date | None,
    start_on: date | None,
    narrative_on: date | None,
) -> dict[str, bool | None]:
    """The flags on a day of a stored state; ``reported_from`` as in ``Asked``."""
    code += DUE_PASSED if deadline_on and deadline_on < day else 0
    code += START_PASSED if start_on and start_on < day else 0
    if reported_from and narrative_on and narrative_on >= reported_from:
        code += REPORTED
    return _flag_answer(code, reported_from is not None)


@cache
def _flag_answer(code: int, has_period: bool) -> dict[str, bool | None]:
    """The flags of a bucket's code as answered; the same dict each time, only to be read."""
    return asdict(flags(*unpack(code, has_period)))


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
