"""What a comparison of two days reads: the states that differ, and the entries in between.

States that stood on both days are left out in the database: of 10,000 actions only those come back to which
something happened, or of which there is something to say without it (still delayed, overdue since).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Integer, Select, bindparam, select

from app.models.tables import (
    action_states,
    actions,
    assessments,
    plans,
    registers,
    risk_states,
    risks,
    updates,
)
from app.plans.statuses import STATUS_BITS, STATUS_CODES, Status
from app.services import records
from app.services.as_at import COMPARE, DAY, differs, stood
from app.services.as_published import AsPublished

_ACTION, _RISK = action_states.c, risk_states.c
_OF_PLAN = bindparam("plan_id", type_=plans.c.id.type)
_IN_AREA = bindparam("area_id", type_=plans.c.area_id.type)
_ENTRY = (
    "id",
    "sequence",
    "effective_on",
    "author_name",
    "operation",
    "narrative",
    "reason",
    "backdated",
)
_ACTION_STATE = (
    "valid_from",
    "status",
    "withdrawn",
    "completed_on",
    "due_on",
    "due_ongoing",
    "review_on",
    "deadline_on",
    "forecast_on",
    "points",
)
RISK_STATE = (
    *("state", "priority_id", "target_on", "rating", "rating_matrix_version", "severity"),
    *(
        f"{side}_{name}"
        for side in ("current", "target")
        for name in ("likelihood", "impact", "score", "band", "matrix_version")
    ),
)
"""What of a risk's state on a day is told or compared."""


_IS_DELAYED = _ACTION.code.op("&", return_type=Integer())(STATUS_BITS) == STATUS_CODES[Status.delayed]
_NO_ENTRY_NEEDED = _IS_DELAYED | ((_ACTION.deadline_on >= COMPARE) & (_ACTION.deadline_on < DAY))
_STOOD: Select[Any] = (
    select(
        _ACTION.action_id.label("id"),
        actions.c.title,
        _ACTION.valid_to,
        *(_ACTION[name] for name in _ACTION_STATE),
    )
    .select_from(action_states)
    .join(actions, actions.c.id == _ACTION.action_id)
    .where(
        _ACTION.plan_id == _OF_PLAN,
        actions.c.area_id == _IN_AREA,
        stood(_ACTION),
    )
    .order_by(_ACTION.ref_order, _ACTION.action_id, _ACTION.valid_from)
)
_TOUCHED: Any = bindparam("touched", expanding=True)
_ACTIONS = _STOOD.where(differs(_ACTION) | _NO_ENTRY_NEEDED)
_ACTIONS_OR = _STOOD.where(differs(_ACTION) | _NO_ENTRY_NEEDED | _ACTION.action_id.in_(_TOUCHED))
_RISKS: Select[Any] = (
    select(
        _RISK.risk_id.label("id"),
        risks.c.register_id,
        risks.c.ref,
        risks.c.description,
        _RISK.valid_to,
        _RISK.valid_from,
        *(_RISK[name] for name in RISK_STATE),
    )
    .select_from(risk_states)
    .join(risks, risks.c.id == _RISK.risk_id)
    .join(registers, registers.c.id == _RISK.register_id)
    .where(registers.c.plan_id == _OF_PLAN, registers.c.area_id == _IN_AREA, stood(_RISK), differs(_RISK))
    .order_by(registers.c.id, risks.c.ref_order, risks.c.id, _RISK.valid_from)
)


def _not_replaced(table: Any) -> ColumnElement[bool]:
    replacing = table.alias("replacing")
    return ~select(replacing.c.id).where(replacing.c.replaces == table.c.id).exists()


def _standing(table: Any) -> list[ColumnElement[bool]]:
    """Entries in between that count: no later one replaced them."""
    return [table.c.effective_on > COMPARE, table.c.effective_on <= DAY, _not_replaced(table)]


_UPDATES_OF_PLAN: Select[Any] = (
    select(updates.c.action_id.label("of"), updates.c.facts, *(updates.c[name] for name in _ENTRY))
    .join(actions, actions.c.id == updates.c.action_id)
    .where(actions.c.plan_id == _OF_PLAN, actions.c.area_id == _IN_AREA)
    .order_by(updates.c.effective_on, updates.c.sequence)
)
_UPDATES = _UPDATES_OF_PLAN.where(*_standing(updates))
_UPDATES_SINCE = _UPDATES_OF_PLAN.where(
    updates.c.sequence > bindparam("place", type_=Integer),
    updates.c.effective_on <= COMPARE,
    _not_replaced(updates),
)
_ASSESSMENTS: Select[Any] = (
    select(assessments.c.risk_id.label("of"), assessments.c.facts, *(assessments.c[name] for name in _ENTRY))
    .join(risks, risks.c.id == assessments.c.risk_id)
    .join(registers, registers.c.id == risks.c.register_id)
    .where(registers.c.plan_id == _OF_PLAN, registers.c.area_id == _IN_AREA, *_standing(assessments))
    .order_by(assessments.c.effective_on, assessments.c.sequence)
)


# The newest narrative explains what no entry in between does: still delayed, overdue since.
_TOLD: Select[Any] = (
    select(updates.c.action_id.label("of"), *(updates.c[name] for name in _ENTRY))
    .join(action_states, _ACTION.narrative_id == updates.c.id)
    .join(plans, plans.c.id == _ACTION.plan_id)
    .where(
        plans.c.id == _OF_PLAN,
        plans.c.area_id == _IN_AREA,
        _ACTION.valid_to > DAY,
        _ACTION.valid_from <= DAY,
        _IS_DELAYED | (_ACTION.deadline_on < DAY),
    )
)


class Found(NamedTuple):
    """One record to which something may have happened: its state on both days and the entries in between.

    ``before`` is None where it was not there yet; the two are one where nothing was recorded in between.
    Where ``before`` is as it was published, ``known`` is the state on that day as known now.
    """

    before: Mapping[str, Any] | None
    after: Mapping[str, Any]
    entries: Sequence[Mapping[str, Any]]
    known: Mapping[str, Any] | None = None


def actions_between(
    db: Connection, parameters: Mapping[str, Any], published: AsPublished | None = None
) -> list[Found]:
    """The actions of a plan that may have changed, in the order of the plan.

    With ``published`` since that was published: an action that an entry recorded since states anew has
    the state before that the board was given, and that entry as one in between.
    """
    if published is None or not published.states:
        return _found(db, _ACTIONS, _UPDATES, parameters)
    states = published.states
    found = _found(db, _ACTIONS_OR, _UPDATES, {**parameters, "touched": list(states)})
    since: dict[UUID, list[Mapping[str, Any]]] = defaultdict(list)
    for row in records.as_dicts(db.execute(_UPDATES_SINCE, {**parameters, "place": published.place}).all()):
        since[row["of"]].append(row)
    return [
        Found(states[key], one.after, [*since[key], *one.entries], one.before)
        if (key := one.after["id"]) in states
        else one
        for one in found
    ]


def narratives(db: Connection, parameters: Mapping[str, Any]) -> dict[UUID, dict[str, Any]]:
    """The newest narrative of each action that is delayed or past its deadline on the later day."""
    rows = records.as_dicts(db.execute(_TOLD, parameters).all())
    return {row.pop("of"): row for row in rows}


def risks_between(db: Connection, parameters: Mapping[str, Any]) -> list[Found]:
    """The risks of a plan's registers that may have changed, in the order of the registers."""
    return _found(db, _RISKS, _ASSESSMENTS, parameters)


def _found(
    db: Connection, states: Select[Any], entries: Select[Any], parameters: Mapping[str, Any]
) -> list[Found]:
    compare, day = parameters["compare"], parameters["day"]
    before: dict[UUID, Mapping[str, Any]] = {}
    after: dict[UUID, Mapping[str, Any]] = {}
    for row in records.as_dicts(db.execute(states, parameters).all()):
        if row["valid_from"] <= compare:
            before[row["id"]] = row
        if row["valid_to"] > day:
            after[row["id"]] = row
    between: dict[UUID, list[Mapping[str, Any]]] = defaultdict(list)
    if after:
        for row in records.as_dicts(db.execute(entries, parameters).all()):
            between[row["of"]].append(row)
    return [Found(before.get(key), row, between[key]) for key, row in after.items()]


def explaining(found: Found, known: Mapping[str, Any]) -> dict[str, Any] | None:
    """The entry that last changed one of the facts ``known``, as they stood on the earlier day.

    An entry that states again what stood already changes nothing.
    """
    facts, last = dict(known), None
    for entry in found.entries:
        stated = {name: value for name, value in entry["facts"].items() if name in facts}
        if any(facts[name] != value for name, value in stated.items()):
            last = entry
            facts |= stated
    return entry_answer(last) if last else None


def entry_answer(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry as a comparison answers it."""
    return {name: entry[name] for name in _ENTRY}


def first(found: Found) -> dict[str, Any] | None:
    """The entry that added a record in between."""
    return entry_answer(found.entries[0]) if found.entries else None


def last(found: Found, operation: str) -> dict[str, Any] | None:
    """The last entry of this kind in between."""
    wanted = [entry for entry in found.entries if entry["operation"] == operation]
    return entry_answer(wanted[-1]) if wanted else None


def stored(value: date | None) -> str | None:
    """A date as facts hold it."""
    return value.isoformat() if value else None
