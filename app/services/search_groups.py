"""What can be found in an area: each group of records, and every place where words may stand."""

from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Select, Table, Uuid, bindparam, func, select

from app.entries.fold import FOREVER
from app.models.tables import (
    action_co_leads,
    action_point_states,
    action_states,
    actions,
    assessments,
    commentaries,
    controls,
    errata,
    management_action_updates,
    management_actions,
    people,
    periods,
    plans,
    priorities,
    registers,
    risk_states,
    risk_strategic_leads,
    risks,
    updates,
)

Condition = Callable[[ColumnElement[Any]], ColumnElement[bool]]
"""A condition on a text: that it holds a word, or is a ref."""
AREA = bindparam("area_id", type_=Uuid)
_LEAD, _SRO, _OWNER = people.alias("lead"), people.alias("sro"), people.alias("owner")


class Source(NamedTuple):
    """Texts that hang on a record: what they are, whose, where from, and when and by whom they were told."""

    kind: str
    record: ColumnElement[Any]
    text: ColumnElement[Any]
    rows: FromClause
    conditions: tuple[ColumnElement[bool], ...]
    told_on: ColumnElement[Any] | None = None
    author: ColumnElement[Any] | None = None


class Group(NamedTuple):
    """Records that can be found: ``rows`` are those of the area, with their ``id``, ``ref`` and ``title``.

    ``texts`` are looked at beside the title; ``shown`` are those of them, by their names in ``rows``, that
    are quoted where the words stand in them. ``with_ref`` makes a condition of one on refs.
    """

    noun: str
    rows: Select[Any]
    record: ColumnElement[Any]
    title: ColumnElement[Any]
    texts: tuple[ColumnElement[Any], ...]
    shown: tuple[str, ...]
    with_ref: Callable[[Condition], ColumnElement[bool]]
    sources: tuple[Source, ...]
    order: tuple[ColumnElement[Any], ...]


def _entries(kind: str, record: ColumnElement[Any], table: Table, text: str, rows: FromClause) -> Source:
    """The texts of dated entries, but for those that a later one corrects."""
    later = table.alias("later")
    stands = ~select(later.c.id).where(later.c.replaces == table.c.id).exists()
    told = (table.c.effective_on, table.c.author_name)
    return Source(kind, record, table.c[text], rows, (table.c.area_id == AREA, stands), *told)


def _names(kind: str, record: ColumnElement[Any], table: Table) -> Source:
    """The names of the people whom a table joins to a record."""
    joined = table.join(people, people.c.id == table.c.person_id)
    return Source(kind, record, people.c.name, joined, (people.c.area_id == AREA,))


# --- Actions ----------------------------------------------------------------------------------------------

_STATE, _POINT = action_states.c, action_point_states.c
_POINTS_OF_AREA = action_point_states.join(plans, plans.c.id == _POINT.plan_id)


def _with_point(fits: Condition) -> ColumnElement[bool]:
    """An action has several refs."""
    found = select(_POINT.action_id).select_from(_POINTS_OF_AREA)
    return actions.c.id.in_(
        found.where(plans.c.area_id == AREA, _POINT.valid_to == FOREVER, fits(_POINT.ref))
    )


_ACTIONS = Group(
    noun="action",
    rows=select(
        actions.c.id,
        _STATE.ref,
        actions.c.title,
        _STATE.points,
        _STATE.status,
        _STATE.withdrawn,
        plans.c.title.label("plan"),
        _LEAD.c.name.label("lead"),
        actions.c.responsible_body,
        actions.c.phase,
        actions.c.success_measure,
        actions.c.expected_impact,
        _STATE.path_to_green,
    )
    .select_from(actions)
    .join(action_states, _STATE.action_id == actions.c.id)
    .join(plans, plans.c.id == actions.c.plan_id)
    .outerjoin(_LEAD, _LEAD.c.id == actions.c.lead_id)
    .where(plans.c.area_id == AREA, _STATE.valid_to == FOREVER),
    record=actions.c.id,
    title=actions.c.title,
    texts=(
        _LEAD.c.name,
        actions.c.responsible_body,
        actions.c.phase,
        actions.c.success_measure,
        actions.c.expected_impact,
        _STATE.path_to_green,
    ),
    shown=("lead", "responsible_body", "phase", "success_measure", "expected_impact", "path_to_green"),
    with_ref=_with_point,
    sources=(
        _entries("update", updates.c.action_id, updates, "narrative", updates),
        _entries("update_reason", updates.c.action_id, updates, "reason", updates),
        _names("co_lead", action_co_leads.c.action_id, action_co_leads),
    ),
    order=(plans.c.ref, _STATE.ref_order, actions.c.id),
)


# --- Risks ------------------------------------------------------------------------------------------------

_DAY = risk_states.c
_MANAGED = management_action_updates.join(
    management_actions, management_actions.c.id == management_action_updates.c.management_action_id
)
_MANAGED_LEADS = management_actions.join(people, people.c.id == management_actions.c.lead_id)
_RISKS = Group(
    noun="risk",
    rows=select(
        risks.c.id,
        risks.c.ref,
        risks.c.description.label("title"),
        risks.c.effect,
        risks.c.register_id,
        registers.c.title.label("register"),
        _DAY.state,
        _DAY.current_score,
        func.coalesce(_DAY.current_band, _DAY.rating).label("band"),
        _SRO.c.name.label("sro"),
        _OWNER.c.name.label("owner"),
    )
    .select_from(risks)
    .join(risk_states, _DAY.risk_id == risks.c.id)
    .join(registers, registers.c.id == risks.c.register_id)
    .outerjoin(_SRO, _SRO.c.id == risks.c.sro_id)
    .outerjoin(_OWNER, _OWNER.c.id == risks.c.owner_id)
    .where(registers.c.area_id == AREA, _DAY.valid_to == FOREVER),
    record=risks.c.id,
    title=risks.c.description,
    texts=(risks.c.effect, _SRO.c.name, _OWNER.c.name),
    shown=("effect", "sro", "owner"),
    with_ref=lambda fits: fits(risks.c.ref),
    sources=(
        _entries("assessment", assessments.c.risk_id, assessments, "narrative", assessments),
        _entries("assessment_reason", assessments.c.risk_id, assessments, "reason", assessments),
        Source(
            "control", controls.c.risk_id, controls.c.description, controls, (controls.c.area_id == AREA,)
        ),
        Source(
            "management_action",
            management_actions.c.risk_id,
            management_actions.c.title,
            management_actions,
            (management_actions.c.area_id == AREA,),
        ),
        _entries(
            "management_action_update",
            management_actions.c.risk_id,
            management_action_updates,
            "narrative",
            _MANAGED,
        ),
        Source(
            "management_action_lead",
            management_actions.c.risk_id,
            people.c.name,
            _MANAGED_LEADS,
            (management_actions.c.area_id == AREA,),
        ),
        _names("strategic_lead", risk_strategic_leads.c.risk_id, risk_strategic_leads),
    ),
    order=(registers.c.ref, risks.c.ref_order, risks.c.id),
)


# --- What holds them --------------------------------------------------------------------------------------

_PRIORITIES = Group(
    noun="priority",
    rows=select(
        priorities.c.id,
        priorities.c.ref,
        priorities.c.title,
        priorities.c.statement,
        priorities.c.responsible_bodies,
        _SRO.c.name.label("sro"),
        plans.c.title.label("plan"),
    )
    .select_from(priorities)
    .join(plans, plans.c.id == priorities.c.plan_id)
    .outerjoin(_SRO, _SRO.c.id == priorities.c.sro_id)
    .where(plans.c.area_id == AREA),
    record=priorities.c.id,
    title=priorities.c.title,
    texts=(priorities.c.statement, priorities.c.responsible_bodies, _SRO.c.name),
    shown=("statement", "responsible_bodies", "sro"),
    with_ref=lambda fits: fits(priorities.c.ref),
    sources=(),
    order=(plans.c.ref, priorities.c.position, priorities.c.id),
)


def _by_title(noun: str, table: Table) -> Group:
    """Plans and registers, which have nothing but a ref and a title."""
    return Group(
        noun=noun,
        rows=select(table.c.id, table.c.ref, table.c.title).where(table.c.area_id == AREA),
        record=table.c.id,
        title=table.c.title,
        texts=(),
        shown=(),
        with_ref=lambda fits: fits(table.c.ref),
        sources=(),
        order=(table.c.ref, table.c.id),
    )


_PERIODS = Group(
    noun="period",
    rows=select(
        periods.c.id,
        periods.c.ref,
        func.coalesce(periods.c.title, "").label("title"),
        periods.c.first_day,
        periods.c.last_day,
        plans.c.title.label("plan"),
    )
    .select_from(periods)
    .join(plans, plans.c.id == periods.c.plan_id)
    .where(plans.c.area_id == AREA),
    record=periods.c.id,
    title=periods.c.title,
    texts=(),
    shown=(),
    with_ref=lambda fits: fits(periods.c.ref),
    sources=(
        Source(
            "commentary",
            commentaries.c.period_id,
            commentaries.c.text,
            commentaries,
            (commentaries.c.area_id == AREA,),
        ),
        Source("erratum", errata.c.period_id, errata.c.text, errata, (errata.c.area_id == AREA,)),
    ),
    order=(periods.c.first_day.desc(), periods.c.id),
)

GROUPS: dict[str, Group] = {
    "actions": _ACTIONS,
    "risks": _RISKS,
    "priorities": _PRIORITIES,
    "periods": _PERIODS,
    "plans": _by_title("plan", plans),
    "registers": _by_title("register", registers),
}
"""The groups by name, in the order in which what is found is shown."""
