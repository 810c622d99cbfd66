"""How many actions each choice of a filter would show, all other filters staying as they are."""

from collections.abc import Iterable, Mapping, Sequence
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
from app.services.action_filters import STATE, bucket_code
from app.services.action_rows import LISTINGS
from app.services.actions import Filter, looked_up
from app.services.as_at import day as as_at_day
from app.services.facets import is_asked, tally
from app.services.remembered import Remembered


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of distinct actions; ``total`` is that of the filters as they are.

    Every choice of a filter is counted as if it were made in place of the present one. ``leads`` are those
    who lead or co-lead an action that the other filters show, by name, with ``count``; ``no_lead`` is how
    many of those nobody leads. ``bodies``, ``phases`` and ``impacts`` have None for what states none.
    """

    total: int
    statuses: Mapping[Status, int]
    withdrawn: int
    flags: Mapping[Flag, int]
    any_flag: int
    bodies: Mapping[str | None, int]
    phases: Mapping[str | None, int]
    impacts: Mapping[str | None, int]
    leads: list[dict[str, Any]]
    no_lead: int
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
    bare = replace(wanted, **dict.fromkeys(_TALLIED))
    given = _given(bare, has_period)
    rows = db.execute(_buckets(*kind, has_period, frozenset(given)), {**place, **given})
    found = _tallied(rows, wanted, has_period)
    given = _given(replace(wanted, lead_id=None, has_lead=None), has_period)
    led = [dict(row._mapping) for row in db.execute(_leads(*kind, frozenset(given)), {**place, **given})]
    any_lead = found["total"]
    if wanted.lead_id or wanted.has_lead is not None:
        any_lead = db.execute(_total(*kind, frozenset(given)), {**place, **given}).scalar_one()
    return Counts(
        **found,
        leads=[one for one in led if one["id"]],
        no_lead=sum(one["count"] for one in led if not one["id"]),
        any_lead=any_lead,
    )


def _given(wanted: Filter, has_period: bool) -> dict[str, Any]:
    return {name: value for name, value in looked_up(wanted, has_period).items() if value is not None}


_TALLIED = ("status", "withdrawn", "flag", "phase", "responsible_body", "impact_state")


def _tallied(rows: Iterable[Sequence[Any]], wanted: Filter, has_period: bool) -> dict[str, Any]:
    def fits_status(of: tuple[bool, Status]) -> bool:
        return of[0] == bool(wanted.withdrawn) and wanted.status in (None, of[1])

    found = tally(
        (
            (
                (
                    (bool(code & WITHDRAWN), _STATUSES[code & STATUS_BITS]),
                    flag_names(code, has_period),
                    *rest,
                ),
                count,
            )
            for code, *rest, count in rows
        ),
        (
            fits_status,
            lambda named: wanted.flag is None or wanted.flag in named,
            is_asked(wanted.responsible_body),
            is_asked(wanted.phase),
            is_asked(wanted.impact_state),
        ),
    )
    by_status, by_flags, bodies, phases, impacts = found.counts
    return {
        "total": found.total,
        "statuses": {status: by_status[False, status] for status in Status},
        "withdrawn": sum(by_status[True, status] for status in Status),
        "flags": {flag: sum(by_flags[named] for named in by_flags if flag in named) for flag in Flag},
        "any_flag": by_flags.total(),
        "bodies": bodies,
        "phases": phases,
        "impacts": impacts,
    }


_STATUSES = {code: status for status, code in STATUS_CODES.items()}


def _parts(today: bool, under_priority: bool, names: frozenset[str]) -> tuple[lists.Listing, Any, Any]:
    """The list, what its conditions are read from, and the columns that it is counted over."""
    listing = LISTINGS["summary", today, under_priority]
    rows = listing.filter_from if names & listing.wide else listing.count_from
    return listing, rows, listing.last[1].table.c


@cache
def _buckets(today: bool, under_priority: bool, in_period: bool, names: frozenset[str]) -> Select[Any]:
    listing, _, counted = _parts(today, under_priority, names)
    code, reported = bucket_code(counted)
    columns: list[ColumnElement[Any]] = [
        (code + reported if in_period else code).label("code"),
        *(actions.c.responsible_body, actions.c.phase, STATE.impact_state),
    ]
    read = select(*columns, func.count()).select_from(listing.filter_from)
    return read.where(*_conditions(listing, names)).group_by(*columns)


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
    # One who both leads and co-leads an action leads it once. What nobody leads is counted for nobody.
    found = union(led.where(*fitting), co_led.where(*fitting)).subquery()
    return (
        select(people.c.id, people.c.name, people.c.organisation, func.count().label("count"))
        .select_from(found.outerjoin(people, found.c.person_id == people.c.id))
        .group_by(people.c.id, people.c.name, people.c.organisation)
        .order_by(people.c.name, people.c.id)
    )


def _conditions(listing: lists.Listing, names: frozenset[str]) -> list[Any]:
    scope = listing.statement.whereclause
    assert scope is not None
    return [scope, *(listing.filters[name] for name in sorted(names))]
