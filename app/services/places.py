"""Where the record of a journal entry stands: its table, its ref, and the plan, register or period it is of.

One table, from which the change feed and the webhooks take what they say of a record.
"""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Table

from app.entries.fold import FOREVER
from app.models.tables import (
    action_states,
    actions,
    areas,
    commentaries,
    controls,
    errata,
    management_actions,
    people,
    periods,
    plans,
    priorities,
    registers,
    risks,
)


class Place(NamedTuple):
    """How to find what is said of a record of ``table``; ``source`` is that table with what it needs beside.

    A column is None where the noun has no such thing.
    """

    table: Table
    source: FromClause
    title: ColumnElement[Any] | None = None
    ref: ColumnElement[Any] | None = None
    plan_id: ColumnElement[Any] | None = None
    register_id: ColumnElement[Any] | None = None
    period_id: ColumnElement[Any] | None = None


_RISKS = risks.join(registers, registers.c.id == risks.c.register_id)
_STANDING = (action_states.c.action_id == actions.c.id) & (action_states.c.valid_to == FOREVER)
_REGISTER = Place(
    registers, registers, registers.c.title, registers.c.ref, registers.c.plan_id, registers.c.id
)


def _in_risk(table: Table, title: ColumnElement[Any]) -> Place:
    source = table.join(_RISKS, risks.c.id == table.c.risk_id)
    return Place(table, source, title, None, registers.c.plan_id, risks.c.register_id)


def _in_period(table: Table) -> Place:
    source = table.join(periods, periods.c.id == table.c.period_id)
    return Place(table, source, None, periods.c.ref, periods.c.plan_id, None, table.c.period_id)


PLACES: dict[str, Place] = {
    "area": Place(areas, areas, areas.c.name, areas.c.slug),
    "person": Place(people, people, people.c.name),
    "plan": Place(plans, plans, plans.c.title, plans.c.ref, plans.c.id),
    "priority": Place(priorities, priorities, priorities.c.title, priorities.c.ref, priorities.c.plan_id),
    "action": Place(
        actions,
        actions.outerjoin(action_states, _STANDING),
        actions.c.title,
        action_states.c.ref,
        actions.c.plan_id,
    ),
    "register": _REGISTER,
    "matrix": _REGISTER,
    "risk": Place(risks, _RISKS, risks.c.description, risks.c.ref, registers.c.plan_id, risks.c.register_id),
    "control": _in_risk(controls, controls.c.description),
    "management_action": _in_risk(management_actions, management_actions.c.title),
    "period": Place(periods, periods, periods.c.title, periods.c.ref, periods.c.plan_id, None, periods.c.id),
    "commentary": _in_period(commentaries),
    "erratum": _in_period(errata),
}
"""By noun. An acknowledgement ("data_quality") is of an action, a risk or a management action."""
ACKNOWLEDGED = ("action", "risk", "management_action")
