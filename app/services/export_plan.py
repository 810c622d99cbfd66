"""The rows of an export that are a plan's own: priorities, actions, updates, periods, figures, people."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, or_, select

from app.access.roles import Principal
from app.entries.fold import FOREVER
from app.models.tables import (
    acknowledgements,
    action_co_leads,
    action_dependencies,
    actions,
    assessments,
    commentaries,
    errata,
    management_actions,
    people,
    periods,
    priorities,
    publications,
    registers,
    risk_strategic_leads,
    risks,
    updates,
)
from app.services import action_entries, cadences, progress
from app.services import priorities as priorities_service
from app.services.action_rows import STATE, WHOLE, Asked, shown
from app.services.export_rows import ENTRY, PLAN, ExportRow, entry, id_of, in_blocks, plain, stream
from app.transfer.plan_tables import FLAGS, SHARES

_CADENCE = ("kind", "anchor", "last_days", "meetings", "days_before", "meeting_days_after")
_STANDS = STATE.valid_to == FOREVER
_ACTIONS = WHOLE.where(STATE.plan_id == PLAN, _STANDS).order_by(STATE.ref_order, STATE.action_id)
_POINTS = (
    select(STATE.action_id, STATE.points)
    .where(STATE.plan_id == PLAN, _STANDS)
    .order_by(STATE.ref_order, STATE.action_id)
)
_OF_ACTION = actions.c.plan_id == PLAN
_CO_LEADS = (
    select(
        action_co_leads.c.action_id,
        action_co_leads.c.person_id,
        (action_co_leads.c.position + 1).label("position"),
    )
    .join(actions, actions.c.id == action_co_leads.c.action_id)
    .where(_OF_ACTION)
    .order_by(action_co_leads.c.action_id, action_co_leads.c.position)
)
_DEPENDENCIES = (
    select(action_dependencies.c.action_id, action_dependencies.c.depends_on_id)
    .join(actions, actions.c.id == action_dependencies.c.action_id)
    .where(_OF_ACTION, action_dependencies.c.valid_to == FOREVER)
    .order_by(action_dependencies.c.action_id, action_dependencies.c.depends_on_id)
)
_UPDATES = (
    select(*(updates.c[name] for name in (*ENTRY, "action_id", "facts")))
    .join(actions, actions.c.id == updates.c.action_id)
    .where(_OF_ACTION)
    .order_by(updates.c.sequence)
)
_PRIORITIES = (
    select(priorities).where(priorities.c.plan_id == PLAN).order_by(priorities.c.position, priorities.c.id)
)
_PUBLISHED = {
    "published_at": publications.c.published_at,
    "published_on": publications.c.published_on,
    "published_by": publications.c.author_name,
    "published_sequence": publications.c.sequence,
    "published_digest": publications.c.digest,
}
_OF_PERIOD = periods.c.plan_id == PLAN
_PERIODS = (
    select(periods, *(column.label(name) for name, column in _PUBLISHED.items()))
    .select_from(periods.outerjoin(publications, publications.c.period_id == periods.c.id))
    .where(_OF_PERIOD)
    .order_by(periods.c.first_day, periods.c.id)
)
_COMMENTARIES = (
    select(commentaries)
    .join(periods, periods.c.id == commentaries.c.period_id)
    .where(_OF_PERIOD)
    .order_by(periods.c.first_day, commentaries.c.id)
)
_ERRATA = (
    select(errata)
    .join(periods, periods.c.id == errata.c.period_id)
    .where(_OF_PERIOD)
    .order_by(errata.c.sequence)
)
_RISK_IDS = select(risks.c.id).join(registers).where(registers.c.plan_id == PLAN)
_MANAGED_IDS = select(management_actions.c.id).where(management_actions.c.risk_id.in_(_RISK_IDS))
_ACTION_IDS = select(actions.c.id).where(_OF_ACTION)
_ACKNOWLEDGEMENTS = (
    select(acknowledgements, acknowledgements.c.check_id.label("check"))
    .where(or_(*(acknowledgements.c.subject_id.in_(ids) for ids in (_ACTION_IDS, _RISK_IDS, _MANAGED_IDS))))
    .order_by(acknowledgements.c.sequence)
)
_ACCEPTANCES = select(assessments.c.facts).where(
    assessments.c.risk_id.in_(_RISK_IDS), assessments.c.operation == "accepted"
)


def _named_in(column: Any, *conditions: Any) -> Select[Any]:
    return select(column).where(*conditions, column.is_not(None))


_IN_RISKS = risks.c.id.in_(_RISK_IDS)
# Everybody whom a row of the export points to now; who accepted a risk once stands in its entries alone.
_NAMED = (
    _named_in(priorities.c.sro_id, priorities.c.plan_id == PLAN),
    _named_in(actions.c.lead_id, _OF_ACTION),
    _named_in(action_co_leads.c.person_id, action_co_leads.c.action_id.in_(_ACTION_IDS)),
    _named_in(risks.c.sro_id, _IN_RISKS),
    _named_in(risks.c.owner_id, _IN_RISKS),
    _named_in(risk_strategic_leads.c.person_id, risk_strategic_leads.c.risk_id.in_(_RISK_IDS)),
    _named_in(management_actions.c.lead_id, management_actions.c.risk_id.in_(_RISK_IDS)),
)


def plan_rows(
    db: Connection, who: Principal, plan: Mapping[str, Any], day: date
) -> dict[str, Iterable[ExportRow]]:
    """The rows of each table of the plan itself, read when they are asked for."""
    where = {"plan_id": plan["id"]}
    return {
        "plans": _plan(db, who, plan, day),
        "figures": _figures(db, who, plan, day),
        "people": _people(db, who, where),
        "priorities": plain(db, _PRIORITIES, where),
        "actions": _actions(db, who, plan["id"], day),
        "action_points": _points(db, where),
        "action_co_leads": plain(db, _CO_LEADS, where),
        "action_dependencies": plain(db, _DEPENDENCIES, where),
        "updates": (_update(row) for row in stream(db, _UPDATES, where)),
        "periods": plain(db, _PERIODS, where),
        "commentaries": plain(db, _COMMENTARIES, where),
        "errata": plain(db, _ERRATA, where),
        "acknowledgements": plain(db, _ACKNOWLEDGEMENTS, where),
    }


def _plan(db: Connection, who: Principal, plan: Mapping[str, Any], day: date) -> Iterator[ExportRow]:
    cadence = cadences.get_cadence(db, who, plan["id"], today=day)
    yield {**plan, **{f"cadence_{name}": cadence[name] for name in _CADENCE}}


def _actions(db: Connection, who: Principal, plan_id: UUID, day: date) -> Iterator[ExportRow]:
    scope = priorities_service.scope(db, who, plan_id, day)
    asked = Asked(day, scope.refs, scope.reported_from)
    rows = stream(db, _ACTIONS, {"plan_id": plan_id})
    for one in in_blocks(rows, lambda block: shown(db, asked, block)):
        ongoing = one["due_on"] == "ongoing"
        yield {
            **one,
            **one["flags"],
            "lead_id": id_of(one["lead"]),
            "due_on": None if ongoing else one["due_on"],
            "due_ongoing": ongoing,
            "latest_update_id": id_of(one["latest_update"]),
        }


def _points(db: Connection, where: Mapping[str, Any]) -> Iterator[ExportRow]:
    for row in stream(db, _POINTS, where):
        for position, point in enumerate(row.points, start=1):
            yield {"action_id": row.action_id, "position": position, **point}


def _update(row: Row[Any]) -> ExportRow:
    found = entry(row, (*action_entries.FACTS, "withdrawn"))
    found["due_ongoing"] = found["due_on"] == "ongoing"
    if found["due_ongoing"]:
        found["due_on"] = None
    found["depends_on"] = found["depends_on"] or []
    return found


def _figures(db: Connection, who: Principal, plan: Mapping[str, Any], day: date) -> Iterator[ExportRow]:
    """The figures that ``GET /plans/{id}/progress`` answers: a row for the plan, one for each priority."""
    found = progress.progress(db, who, plan["id"], today=day)
    scopes = [{"id": None, "ref": plan["ref"], **found["overall"]}, *found["priorities"]]
    for place, scope in enumerate(scopes):
        shares = scope["statuses"] | {"complete_or_on_target": scope["complete_or_on_target"]}
        row = {**scope, "place": place, "priority_id": scope["id"]}
        for name in SHARES:
            share = shares[name]
            row |= {
                name: share["count"],
                f"{name}_percent": share["percent"],
                f"{name}_rounded": share["rounded"],
            }
        for name in FLAGS:
            flag = scope["flags"][name] or {}
            row |= {f"{name}_points": flag.get("action_points"), f"{name}_actions": flag.get("actions")}
        yield row


def _people(db: Connection, who: Principal, where: Mapping[str, Any]) -> Iterator[ExportRow]:
    accepters = {
        UUID(facts["accepted_by_id"])
        for (facts,) in db.execute(_ACCEPTANCES, where)
        if facts.get("accepted_by_id")
    }
    named = or_(*(people.c.id.in_(ids) for ids in _NAMED), people.c.id.in_(accepters))
    statement = select(people.c.id, people.c.name, people.c.organisation)
    statement = statement.where(people.c.area_id == who.area_id, named).order_by(people.c.id)
    yield from plain(db, statement, where)
