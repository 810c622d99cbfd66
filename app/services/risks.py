"""Risks of a register: reading them as at any day, adding and changing them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, insert

from app.access.roles import Operation, Principal
from app.clock import Moment
from app.errors import NotFound, invalid
from app.models.base import changed_fields
from app.models.risks import RiskCreate, RiskUpdate
from app.models.tables import registers, risk_strategic_leads, risks
from app.plans.states import ref_order
from app.risk.scoring import Direction, RiskState, Treatment
from app.services import access, entries, lists, records, risk_entries
from app.services.as_at import day as as_at_day
from app.services.risk_rows import (
    HIGHEST,
    LISTINGS,
    OF_PRIORITY,
    ONE,
    ONLY_ON_PAGES,
    shown,
    strategic_leads,
)

SORTS = tuple(name for name in LISTINGS[True].sorts if name not in ONLY_ON_PAGES)
"""What a list of risks can be sorted by."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What of a register's risks is asked for; None leaves a filter out."""

    state: RiskState | None = None
    band: str | None = None
    target_band: str | None = None
    scored: bool | None = None
    min_score: int | None = None
    max_score: int | None = None
    likelihood: int | None = None
    impact: int | None = None
    target_likelihood: int | None = None
    target_impact: int | None = None
    closed: bool | None = None
    direction: Direction | None = None
    priority_id: UUID | None = None
    general: bool | None = None
    owner_id: UUID | None = None
    has_owner: bool | None = None
    sro_id: UUID | None = None
    has_sro: bool | None = None
    strategic_lead_id: UUID | None = None
    accepted_by_id: UUID | None = None
    ref: str | None = None
    treatment: Treatment | None = None
    review_overdue: bool | None = None
    review_before: date | None = None
    review_after: date | None = None
    target_before: date | None = None
    target_after: date | None = None
    opened_before: date | None = None
    opened_after: date | None = None
    last_updated_before: date | None = None
    last_updated_after: date | None = None
    added_before: date | None = None
    added_after: date | None = None
    updated_since: datetime | None = None
    q: str | None = None


NO_FILTER = Filter()
_NAMES = tuple(one.name for one in fields(Filter))


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
    listing = LISTINGS[day == today]
    given = {name: getattr(wanted, name) for name in _NAMES} | {"q": lists.pattern(wanted.q)}
    scope = {"register_id": register_id, "day": day}
    rows, following, total = listing.page(db, scope, given, asked, sort=sort, descending=descending)
    return lists.answer(shown(db, rows, day), following, total)


def of_priority(
    db: Connection, who: Principal, priority_id: UUID, *, today: date, as_at: date | None = None
) -> list[dict[str, Any]]:
    """Every risk under a priority that is not closed, highest first, as at a day."""
    day = as_at_day(as_at, today)
    parameters = {"priority_id": priority_id, "area_id": who.area_id, "day": day}
    return shown(db, db.execute(OF_PRIORITY[day == today], parameters).all(), day)


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
    parameters = {"plan_id": plan_id, "area_id": who.area_id, "day": day, "row_limit": limit}
    return shown(db, db.execute(HIGHEST[day == today], parameters).all(), day)


def get_risk(
    db: Connection, who: Principal, risk_id: UUID, *, today: date, as_at: date | None = None
) -> dict[str, Any]:
    """One risk as at a day. Raises NotFound when it is unknown or was not there on that day."""
    day = as_at_day(as_at, today)
    parameters = {"risk_id": risk_id, "area_id": who.area_id, "day": day}
    row = db.execute(ONE[day == today], parameters).one_or_none()
    if row is None:
        raise NotFound("risk" if day == today else f"risk on {day}")
    return shown(db, [row], day)[0]


def create_risk(
    db: Connection,
    who: Principal,
    at: Moment,
    register_id: UUID,
    body: RiskCreate,
    *,
    risk_id: UUID | None = None,
) -> dict[str, Any]:
    """Add a risk with its first assessment, with the id that was set aside for it.

    Raises Invalid with every fault.
    """
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
    leads = list(dict.fromkeys(body.strategic_lead_ids))
    also = {"strategic_lead_ids": leads} if leads else None
    risk_id = records.create(db, who, at, risks, "risk", own, also=also, record_id=risk_id)
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
