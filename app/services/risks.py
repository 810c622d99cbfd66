"""Risks of a register: reading them as at any day, adding and changing them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, func, insert, literal

from app.access.roles import Operation, Principal
from app.clock import Moment
from app.entries.fold import FOREVER
from app.errors import NotFound, invalid
from app.models.base import changed_fields
from app.models.risks import RiskCreate, RiskUpdate
from app.models.tables import (
    registers,
    risk_states,
    risk_strategic_leads,
    risks,
)
from app.plans.states import ref_order
from app.risk.scoring import RiskState, Treatment
from app.services import access, entries, lists, records, risk_entries
from app.services.as_at import day as as_at_day
from app.services.as_at import stands
from app.services.risk_rows import READ, STATE, shown, strategic_leads

SORTS = ("ref", "severity", "target", "review_on", "updated_at")


@dataclass(frozen=True, slots=True)
class Filter:
    """What of a register's risks is asked for; None leaves a filter out."""

    state: RiskState | None = None
    band: str | None = None
    priority_id: UUID | None = None
    general: bool | None = None
    owner_id: UUID | None = None
    sro_id: UUID | None = None
    ref: str | None = None
    treatment: Treatment | None = None
    review_overdue: bool | None = None
    updated_since: datetime | None = None
    q: str | None = None


NO_FILTER = Filter()


def list_risks(
    db: Connection,
    who: Principal,
    register_id: UUID,
    *,
    today: date,
    as_at: date | None = None,
    wanted: Filter = NO_FILTER,
    sort: str = "ref",
    descending: bool = False,
    asked: lists.Page = lists.FIRST_PAGE,
) -> dict[str, Any]:
    """Risks of a register as at a day. Raises NotFound for an unknown register."""
    records.find(db, who, registers, register_id, "register")
    day = as_at_day(as_at, today)
    statement = READ.where(
        STATE.register_id == register_id, stands(STATE, day, today), *_conditions(wanted, day)
    )
    first: dict[str, list[ColumnElement[Any]]] = {
        "ref": [],
        "severity": [STATE.severity],
        "target": [func.coalesce(STATE.target_score, literal(0))],
        "review_on": [func.coalesce(STATE.review_on, literal(FOREVER))],
        "updated_at": [risks.c.updated_at],
    }
    rows, following, total = lists.page(
        db,
        statement,
        keys=[*first[sort], risks.c.ref_order, risks.c.id],
        count_from=risk_states.join(risks, STATE.risk_id == risks.c.id),
        asked=asked,
        order=f"{sort}{'-' if descending else ''}",
        descending=descending,
    )
    return lists.answer(shown(db, rows, day), following, total)


def of_priority(
    db: Connection, who: Principal, priority_id: UUID, *, today: date, as_at: date | None = None
) -> list[dict[str, Any]]:
    """Every risk under a priority that is not closed, highest first, as at a day."""
    day = as_at_day(as_at, today)
    statement = READ.where(
        STATE.priority_id == priority_id,
        registers.c.area_id == who.area_id,
        STATE.state != RiskState.closed,
        stands(STATE, day, today),
    ).order_by(STATE.severity.desc(), risks.c.ref_order, risks.c.id)
    return shown(db, db.execute(statement).all(), day)


def highest(
    db: Connection,
    who: Principal,
    plan_id: UUID,
    *,
    today: date,
    as_at: date | None = None,
    limit: int = 5,
) -> list[dict[str, Any]]:
    """The highest risks of a plan's registers that are not closed, as at a day."""
    day = as_at_day(as_at, today)
    statement = (
        READ.where(
            registers.c.plan_id == plan_id,
            registers.c.area_id == who.area_id,
            STATE.state != RiskState.closed,
            stands(STATE, day, today),
        )
        .order_by(STATE.severity.desc(), risks.c.ref_order, risks.c.id)
        .limit(limit)
    )
    return shown(db, db.execute(statement).all(), day)


def _conditions(wanted: Filter, day: date) -> Iterable[ColumnElement[bool]]:
    for name in ("owner_id", "sro_id", "ref", "treatment"):
        if getattr(wanted, name):
            yield risks.c[name] == getattr(wanted, name)
    if wanted.state:
        yield STATE.state == wanted.state
    if wanted.band:
        yield func.coalesce(STATE.current_band, STATE.rating) == wanted.band
    if wanted.priority_id:
        yield STATE.priority_id == wanted.priority_id
    if wanted.general is not None:
        yield STATE.priority_id.is_(None) if wanted.general else STATE.priority_id.is_not(None)
    if wanted.review_overdue is not None:
        # The rule's own words in SQL; `test_the_review_filter_agrees_with_the_rule` keeps them equal.
        late = (STATE.review_on < day) & STATE.state.in_((RiskState.open, RiskState.accepted))
        yield late if wanted.review_overdue else ~func.coalesce(late, literal(False))
    if wanted.updated_since:
        yield risks.c.updated_at >= wanted.updated_since
    if wanted.q:
        yield lists.contains(risks.c.description, wanted.q)


def get_risk(
    db: Connection, who: Principal, risk_id: UUID, *, today: date, as_at: date | None = None
) -> dict[str, Any]:
    """One risk as at a day. Raises NotFound when it is unknown or was not there on that day."""
    day = as_at_day(as_at, today)
    statement = READ.where(
        risks.c.id == risk_id, registers.c.area_id == who.area_id, stands(STATE, day, today)
    )
    row = db.execute(statement).one_or_none()
    if row is None:
        raise NotFound("risk" if day == today else f"risk on {day}")
    return shown(db, [row], day)[0]


def create_risk(
    db: Connection, who: Principal, at: Moment, register_id: UUID, body: RiskCreate
) -> dict[str, Any]:
    """Add a risk with its first assessment. Raises Invalid with every fault."""
    access.require(who, Operation.edit)
    records.find(db, who, registers, register_id, "register")
    values = body.model_dump(include={*RiskUpdate.model_fields} - {"strategic_lead_ids"})
    _check_people(db, who, values, body.strategic_lead_ids)
    _check_opened(values, at.today)
    day = entries.effective_day(body.effective_on, at.today)
    updated_on = body.last_updated_on or day
    if updated_on > at.today:
        raise invalid("/last_updated_on", f"Give today, {at.today}, or an earlier day.")
    facts = entries.stated(body.model_dump(exclude_unset=True), risk_entries.FACTS)
    facts |= {"state": str(RiskState.open), "last_updated_on": updated_on.isoformat()}
    draft = entries.Draft("added", day, facts, body.narrative, body.reason)
    own = {**values, "register_id": register_id, "ref_order": ref_order(body.ref)}
    risk_id = records.create(db, who, at, risks, "risk", own)
    _write_leads(db, risk_id, body.strategic_lead_ids)
    risk_entries.record(db, who, at, {"id": risk_id, "register_id": register_id, "version": 1}, draft)
    return get_risk(db, who, risk_id, today=at.today)


def change_risk(
    db: Connection, who: Principal, at: Moment, risk_id: UUID, body: RiskUpdate, *, version: int | None
) -> dict[str, Any]:
    """Change what was sent. Raises PreconditionFailed when the risk is not at ``version``."""
    access.require(who, Operation.edit)
    current = records.find(db, who, risks, risk_id, "risk")
    records.check_version(current, version, lambda: get_risk(db, who, risk_id, today=at.today))
    values = changed_fields(body)
    records.refuse_nulls(values, ("ref", "description", "strategic_lead_ids"))
    leads = values.pop("strategic_lead_ids", None)
    _check_people(db, who, values, leads or [])
    _check_opened(values, at.today)
    if "ref" in values:
        values["ref_order"] = ref_order(values["ref"])
    also = {}
    if leads is not None:
        before = [one["id"] for one in strategic_leads(db, [risk_id]).get(risk_id, [])]
        also["strategic_lead_ids"] = (before, list(dict.fromkeys(leads)))
        db.execute(delete(risk_strategic_leads).where(risk_strategic_leads.c.risk_id == risk_id))
        _write_leads(db, risk_id, leads)
    records.change(db, who, at, risks, "risk", current, values, also=also)
    return get_risk(db, who, risk_id, today=at.today)


def _check_people(db: Connection, who: Principal, values: Mapping[str, Any], leads: Sequence[UUID]) -> None:
    wanted = {f"/{name}": values.get(name) for name in ("sro_id", "owner_id")}
    wanted |= {f"/strategic_lead_ids/{number}": one for number, one in enumerate(leads)}
    records.require_people(db, who, wanted)


def _check_opened(values: Mapping[str, Any], today: date) -> None:
    opened = values.get("opened_on")
    if opened and opened > today:
        raise invalid("/opened_on", f"Give today, {today}, or an earlier day.")


def _write_leads(db: Connection, risk_id: UUID, people_ids: Sequence[UUID]) -> None:
    rows = [
        {"risk_id": risk_id, "person_id": person_id, "position": place}
        for place, person_id in enumerate(dict.fromkeys(people_ids))
    ]
    if rows:
        db.execute(insert(risk_strategic_leads), rows)
