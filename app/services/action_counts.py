"""How many actions each choice of a filter would show, all other filters staying as they are."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, func, select, union

from app.access.roles import Principal
from app.models.tables import action_co_leads, actions, people
from app.plans.statuses import STATUS_BITS, STATUS_CODES, WITHDRAWN, Flag, Status, flag_names
from app.services import lists, priorities
from app.services.action_filters import bucket_code
from app.services.action_rows import LISTINGS
from app.services.actions import Filter, looked_up
from app.services.as_at import day as as_at_day
from app.services.remembered import Remembered


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of distinct actions; ``total`` is that of the filters as they are.

    Every choice of status, flag and lead is counted as if it were made in place of the present one.
    ``leads`` are those who lead or co-lead an action that the other filters show, by name, with ``count``.
    """

    total: int
    statuses: Mapping[Status, int]
    withdrawn: int
    flags: Mapping[Flag, int]
    any_flag: int
    leads: list[dict[str, Any]]
    any_lead: int


def counts(
    db: Connection,
    who: Principal,
    plan_id: UUID,
    *,
    today: date,
    as_at: date | None = None,
    wanted: Filter,
    place: int | None = None,
) -> Counts:
    """The counts for a list of actions of a plan or, by ``wanted``, of a priority. Raises NotFound.

    With a ``place`` (``Remembered.get``) they are remembered until the area changes.
    """
    day = as_at_day(as_at, today)

    def counted() -> Counts:
        return _counted(db, who, plan_id, today, day, wanted)

    if place is None:
        return counted()
    found: Counts = _COUNTS.get(db, who, (plan_id, day, today, wanted), counted, place=place)
    return found


_COUNTS = Remembered()


def _counted(db: Connection, who: Principal, plan_id: UUID, today: date, day: date, wanted: Filter) -> Counts:
    scope = priorities.scope(db, who, plan_id, day)
    has_period = scope.reported_from is not None
    place = {"plan_id": plan_id, "day": day, "reported_from": scope.reported_from}
    if wanted.priority_id:
        place["priority_id"] = wanted.priority_id
    kind = (day == today, wanted.priority_id is not None)
    bare = replace(wanted, status=None, flag=None, withdrawn=None)
    given = _given(bare, has_period)
    rows = db.execute(_buckets(*kind, has_period, frozenset(given)), {**place, **given})
    found = _tallied({row[0]: row[1] for row in rows}, wanted, has_period)
    given = _given(replace(wanted, lead_id=None), has_period)
    leads = db.execute(_leads(*kind, frozenset(given)), {**place, **given}).all()
    any_lead = found["total"]
    if wanted.lead_id:
        any_lead = db.execute(_total(*kind, frozenset(given)), {**place, **given}).scalar_one()
    return Counts(**found, leads=[dict(row._mapping) for row in leads], any_lead=any_lead)


def _given(wanted: Filter, has_period: bool) -> dict[str, Any]:
    return {name: value for name, value in looked_up(wanted, has_period).items() if value is not None}


def _tallied(by_code: Mapping[int, int], wanted: Filter, has_period: bool) -> dict[str, Any]:
    statuses, of_flag = dict.fromkeys(Status, 0), dict.fromkeys(Flag, 0)
    total = withdrawn = any_flag = 0
    for code, count in by_code.items():
        named = flag_names(code, has_period)
        is_withdrawn, status = bool(code & WITHDRAWN), _STATUSES[code & STATUS_BITS]
        if wanted.flag is None or wanted.flag in named:
            if is_withdrawn:
                withdrawn += count
            else:
                statuses[status] += count
        if is_withdrawn != bool(wanted.withdrawn) or wanted.status not in (None, status):
            continue
        any_flag += count
        for flag in Flag:
            of_flag[flag] += count if flag in named else 0
        if wanted.flag is None or wanted.flag in named:
            total += count
    return {
        "total": total,
        "statuses": statuses,
        "withdrawn": withdrawn,
        "flags": of_flag,
        "any_flag": any_flag,
    }


_STATUSES = {code: status for status, code in STATUS_CODES.items()}


def _parts(today: bool, under_priority: bool, names: frozenset[str]) -> tuple[lists.Listing, Any, Any]:
    """The list, what its conditions are read from, and the columns that it is counted over."""
    listing = LISTINGS["summary", today, under_priority]
    rows = listing.filter_from if names & listing.wide else listing.count_from
    return listing, rows, listing.last[1].table.c


@cache
def _buckets(today: bool, under_priority: bool, in_period: bool, names: frozenset[str]) -> Select[Any]:
    listing, rows, counted = _parts(today, under_priority, names)
    code, reported = bucket_code(counted)
    columns: list[ColumnElement[Any]] = [(code + reported if in_period else code).label("code"), func.count()]
    return select(*columns).select_from(rows).where(*_conditions(listing, names)).group_by(columns[0])


@cache
def _total(today: bool, under_priority: bool, names: frozenset[str]) -> Select[Any]:
    listing, rows, _ = _parts(today, under_priority, names)
    return select(func.count()).select_from(rows).where(*_conditions(listing, names))


@cache
def _leads(today: bool, under_priority: bool, names: frozenset[str]) -> Select[Any]:
    listing, _, counted = _parts(today, under_priority, names)
    fitting = _conditions(listing, names)
    led = select(actions.c.lead_id.label("person_id"), counted.action_id).select_from(listing.filter_from)
    joined = listing.filter_from.join(action_co_leads, action_co_leads.c.action_id == counted.action_id)
    co_led = select(action_co_leads.c.person_id, counted.action_id).select_from(joined)
    # One who both leads and co-leads an action leads it once.
    found = union(led.where(*fitting, actions.c.lead_id.is_not(None)), co_led.where(*fitting)).subquery()
    return (
        select(people.c.id, people.c.name, people.c.organisation, func.count().label("count"))
        .join(found, found.c.person_id == people.c.id)
        .group_by(people.c.id, people.c.name, people.c.organisation)
        .order_by(people.c.name, people.c.id)
    )


def _conditions(listing: lists.Listing, names: frozenset[str]) -> list[Any]:
    scope = listing.statement.whereclause
    assert scope is not None
    return [scope, *(listing.filters[name] for name in sorted(names))]
