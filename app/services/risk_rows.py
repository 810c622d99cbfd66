"""Reading rows of risks as at a day: the one statement, and rows as they are answered."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
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
    assessments,
    people,
    priorities,
    registers,
    risk_states,
    risk_strategic_leads,
    risks,
)
from app.risk.scoring import Direction, RiskState, direction, gap, review_overdue
from app.services import lists, period_days, records
from app.services.as_at import DAY, stands

STATE = risk_states.c
_SRO, _OWNER, _ACCEPTER = people.alias("sro"), people.alias("owner"), people.alias("accepter")
_OWN = (
    "id",
    "register_id",
    "ref",
    "description",
    "effect",
    "opened_on",
    "treatment",
    "version",
    "created_at",
    "updated_at",
)
_DAY = (
    "state",
    "priority_id",
    "rating",
    "rating_matrix_version",
    "target_on",
    "target_rationale",
    "review_on",
    "last_updated_on",
    "accepted_until",
    "accepted_assessment_id",
    "added_on",
)
_SIDES = tuple(
    f"{side}_{name}"
    for side in ("current", "target")
    for name in ("likelihood", "impact", "score", "band", "matrix_version")
)


def _person(alias: Any, name: str) -> list[Any]:
    return [alias.c[part].label(f"{name}_{part}") for part in ("id", "name", "organisation")]


# How severe the risk was as at the last published period: directions are measured from there.
_BEFORE = risk_states.alias("before").c
_LAST_PUBLISHED = period_days.last_published_of(registers.c.plan_id)
_SEVERITY_BEFORE = (
    select(_BEFORE.severity)
    .where(
        _BEFORE.risk_id == risks.c.id,
        _BEFORE.valid_from <= _LAST_PUBLISHED,
        _BEFORE.valid_to > _LAST_PUBLISHED,
    )
    .scalar_subquery()
)

READ: Select[Any] = (
    select(
        *(risks.c[name] for name in _OWN),
        *(STATE[name] for name in (*_DAY, *_SIDES)),
        STATE.severity,
        _SEVERITY_BEFORE.label("severity_before"),
        *_person(_SRO, "sro"),
        *_person(_OWNER, "owner"),
        *_person(_ACCEPTER, "accepter"),
        priorities.c.ref.label("priority_ref"),
        assessments.c.id.label("narrative_id"),
        assessments.c.effective_on.label("narrative_effective_on"),
        assessments.c.narrative.label("narrative"),
        assessments.c.author_name.label("narrative_author"),
    )
    .select_from(risks)
    .join(risk_states, STATE.risk_id == risks.c.id)
    .join(registers, registers.c.id == risks.c.register_id)
    .outerjoin(_SRO, _SRO.c.id == risks.c.sro_id)
    .outerjoin(_OWNER, _OWNER.c.id == risks.c.owner_id)
    .outerjoin(_ACCEPTER, _ACCEPTER.c.id == STATE.accepted_by_id)
    .outerjoin(priorities, priorities.c.id == STATE.priority_id)
    .outerjoin(assessments, assessments.c.id == STATE.narrative_id)
)
_IN_AREA = registers.c.area_id == bindparam("area_id")
_NOT_CLOSED = STATE.state != RiskState.closed
_WORST_FIRST = (STATE.severity.desc(), risks.c.ref_order, risks.c.id)


def _both(*conditions: ColumnElement[bool]) -> dict[bool, Select[Any]]:
    """A statement for today (True) and as at an earlier day (False)."""
    return {today: READ.where(*conditions, stands(STATE, today=today)) for today in (True, False)}


ONE = _both(risks.c.id == bindparam("risk_id"), _IN_AREA)
OF_PRIORITY = {
    today: statement.order_by(*_WORST_FIRST)
    for today, statement in _both(
        STATE.priority_id == bindparam("priority_id"), _IN_AREA, _NOT_CLOSED
    ).items()
}
HIGHEST = {
    today: statement.order_by(*_WORST_FIRST).limit(bindparam("row_limit", type_=Integer))
    for today, statement in _both(registers.c.plan_id == bindparam("plan_id"), _IN_AREA, _NOT_CLOSED).items()
}
# The rule of scoring.review_overdue in SQL; a test over all states and dates keeps the two equal.
REVIEW_LATE = (STATE.review_on < DAY) & STATE.state.in_((RiskState.open, RiskState.accepted))
# The rule of scoring.direction in SQL; a test over pairs of scores keeps the two equal. 0 is no score.
_NOW, _THEN = func.nullif(STATE.severity, 0), func.nullif(_SEVERITY_BEFORE, 0)
moving = case(
    (_NOW < _THEN, literal(Direction.improving.value)),
    (_NOW > _THEN, literal(Direction.worsening.value)),
    (_NOW == _THEN, literal(Direction.stable.value)),
    else_=literal(Direction.no_data.value),
)
_LED = select(risk_strategic_leads.c.risk_id).where(
    risk_strategic_leads.c.person_id == bindparam("strategic_lead_id", type_=Uuid)
)
review_is_late = func.coalesce(REVIEW_LATE, literal(False))
_FILTERS: dict[str, ColumnElement[bool]] = {
    "state": STATE.state == bindparam("state"),
    "band": func.coalesce(STATE.current_band, STATE.rating) == bindparam("band"),
    "target_band": STATE.target_band == bindparam("target_band"),
    "scored": (STATE.severity > 0) == bindparam("scored", type_=Boolean),
    "min_score": STATE.current_score >= bindparam("min_score", type_=Integer),
    "max_score": STATE.current_score <= bindparam("max_score", type_=Integer),
    # A cell of the heat map: the risks that are there, or that should be.
    "likelihood": STATE.current_likelihood == bindparam("likelihood", type_=Integer),
    "impact": STATE.current_impact == bindparam("impact", type_=Integer),
    "target_likelihood": STATE.target_likelihood == bindparam("target_likelihood", type_=Integer),
    "target_impact": STATE.target_impact == bindparam("target_impact", type_=Integer),
    "closed": (STATE.state == RiskState.closed.value) == bindparam("closed", type_=Boolean),
    "direction": moving == bindparam("direction"),
    "strategic_lead_id": risks.c.id.in_(_LED),
    "accepted_by_id": STATE.accepted_by_id == bindparam("accepted_by_id"),
    "priority_id": STATE.priority_id == bindparam("priority_id"),
    "general": STATE.priority_id.is_(None) == bindparam("general", type_=Boolean),
    "owner_id": risks.c.owner_id == bindparam("owner_id"),
    "has_owner": risks.c.owner_id.is_not(None) == bindparam("has_owner", type_=Boolean),
    "sro_id": risks.c.sro_id == bindparam("sro_id"),
    "has_sro": risks.c.sro_id.is_not(None) == bindparam("has_sro", type_=Boolean),
    "ref": risks.c.ref == bindparam("ref"),
    "treatment": risks.c.treatment == bindparam("treatment"),
    "review_overdue": review_is_late == bindparam("review_overdue", type_=Boolean),
    "updated_since": risks.c.updated_at >= bindparam("updated_since"),
    "q": lists.contains(risks.c.description),
    **lists.days(
        {
            "review": STATE.review_on,
            "target": STATE.target_on,
            "opened": risks.c.opened_on,
            "last_updated": STATE.last_updated_on,
            "added": STATE.added_on,
        }
    ),
}
_WIDE = (
    *("owner_id", "has_owner", "sro_id", "has_sro", "strategic_lead_id"),
    *("ref", "treatment", "updated_since", "q", "direction"),
)
HIGHEST_FIRST = {"severity": "highest", "target": "highest_target"}
"""The sorts with the highest first and equal ones by ref upwards, by the sort of the API they stand for."""
_TARGET = func.coalesce(STATE.target_score, literal(0))
_OF_PAGES: dict[str, list[ColumnElement[Any]]] = {
    "gap": [func.coalesce(STATE.current_score - STATE.target_score, literal(-100))],
    "movement": [case(*((moving == one.value, place) for place, one in enumerate(Direction)), else_=9)],
    "state": [case(*((STATE.state == one.value, place) for place, one in enumerate(RiskState)), else_=9)],
}
ONLY_ON_PAGES = frozenset({*HIGHEST_FIRST.values(), *_OF_PAGES})
"""The sorts that the API does not offer."""
LISTINGS = {
    today: lists.Listing(
        "risks",
        READ.where(STATE.register_id == bindparam("register_id"), stands(STATE, today=today)),
        last=[risks.c.ref_order, risks.c.id],
        count_from=risk_states,
        filter_from=risk_states.join(risks, STATE.risk_id == risks.c.id).join(
            registers, registers.c.id == risks.c.register_id
        ),
        wide=frozenset({*_WIDE, "opened_before", "opened_after"}),
        filters=_FILTERS,
        sorts={
            "ref": [],
            "severity": [STATE.severity],
            "target": [_TARGET],
            "review_on": [func.coalesce(STATE.review_on, literal(FOREVER))],
            "updated_at": [risks.c.updated_at],
            "highest": [-STATE.severity],
            "highest_target": [-_TARGET],
            **_OF_PAGES,
        },
    )
    for today in (True, False)
}
"""The list of a register's risks: today (True) or as at an earlier day (False)."""
_LEADS = (
    select(risk_strategic_leads.c.risk_id, people.c.id, people.c.name, people.c.organisation)
    .join(people, people.c.id == risk_strategic_leads.c.person_id)
    .where(risk_strategic_leads.c.risk_id.in_(bindparam("ids", expanding=True)))
    .order_by(risk_strategic_leads.c.position)
)


def shown(db: Connection, rows: Sequence[Row[Any]], day: date) -> list[dict[str, Any]]:
    """Rows of the statement as they are answered for a day."""
    leads = strategic_leads(db, [row.id for row in rows])
    return [_one(row, day, leads.get(row["id"], [])) for row in records.as_dicts(rows)]


def _one(row: Mapping[str, Any], day: date, leads: list[dict[str, Any]]) -> dict[str, Any]:
    found = {name: row[name] for name in (*_OWN, *_DAY)}
    until, assessment_id = found.pop("accepted_until"), found.pop("accepted_assessment_id")
    accepter = _named(row, "accepter")
    rated = found.pop("rating_matrix_version")
    return {
        **found,
        "as_at": day,
        "current": _pair(row, "current"),
        "target": _pair(row, "target"),
        "rating": {"band": row["rating"], "matrix_version": rated} if row["rating"] else None,
        "gap": gap(row["current_score"], row["target_score"]),
        # Stored as 0 where there is no score or rating.
        "direction": direction(row["severity_before"] or None, row["severity"] or None),
        # For pages alone: the score, or the rank of the rating, that the direction is measured from.
        "severity_before": row["severity_before"] or None,
        "review_overdue": review_overdue(RiskState(row["state"]), row["review_on"], day),
        "priority_ref": row["priority_ref"],
        "sro": _named(row, "sro"),
        "owner": _named(row, "owner"),
        "strategic_leads": leads,
        "accepted": {"by": accepter, "until": until, "assessment_id": assessment_id} if accepter else None,
        "latest_narrative": {
            "id": row["narrative_id"],
            "effective_on": row["narrative_effective_on"],
            "narrative": row["narrative"],
            "author_name": row["narrative_author"],
        }
        if row["narrative_id"]
        else None,
    }


def _named(row: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    if row[f"{name}_id"] is None:
        return None
    return {part: row[f"{name}_{part}"] for part in ("id", "name", "organisation")}


def _pair(row: Mapping[str, Any], side: str) -> dict[str, Any] | None:
    if row[f"{side}_score"] is None:
        return None
    return {
        name: row[f"{side}_{name}"] for name in ("likelihood", "impact", "score", "band", "matrix_version")
    }


def strategic_leads(db: Connection, ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """The strategic leads of some risks, by risk, in their order."""
    found: dict[UUID, list[dict[str, Any]]] = {}
    if not ids:
        return found
    rows = db.execute(_LEADS, {"ids": list(ids)})
    for row in rows:
        person = {"id": row.id, "name": row.name, "organisation": row.organisation}
        found.setdefault(row.risk_id, []).append(person)
    return found
