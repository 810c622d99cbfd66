"""How many risks of a register each choice of a filter would show, all other filters staying as they are."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, Uuid, bindparam, func, select

from app.access.roles import Principal
from app.models.tables import people, registers, risks
from app.risk.scoring import RiskState
from app.services import lists, records
from app.services.as_at import day as as_at_day
from app.services.facets import Facets, is_asked, tally
from app.services.remembered import Remembered
from app.services.risk_rows import LISTINGS, STATE, moving, review_is_late
from app.services.risks import Filter

_TALLIED = (
    *("band", "state", "closed", "priority_id", "general", "owner_id", "has_owner", "sro_id", "has_sro"),
    *("treatment", "direction", "review_overdue"),
)
Person = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of risks; ``total`` is that of the filters as they are.

    Every choice of a filter is counted as if it were made in place of the present one: by band or rating, by
    priority (None is general), by state, by who owns them and who is the SRO (None is nobody), by treatment
    and direction, and by whether the review is overdue. ``people`` are those who own one or are the SRO of
    one, whatever the filters, by name.
    """

    total: int
    bands: Mapping[str | None, int]
    any_band: int
    priorities: Mapping[UUID | None, int]
    any_priority: int
    states: Mapping[RiskState, int]
    owners: Mapping[UUID | None, int]
    sros: Mapping[UUID | None, int]
    treatments: Mapping[str | None, int]
    directions: Mapping[str, int]
    overdue: Mapping[bool, int]
    people: list[Person]


def counts(
    db: Connection,
    who: Principal,
    register_id: UUID,
    *,
    today: date,
    as_at: date | None = None,
    wanted: Filter,
    place: int | None = None,
) -> Counts:
    """The counts for a list of a register's risks. Raises NotFound for an unknown register.

    With a ``place`` (``Remembered.get``) they are remembered until the area changes.
    """
    day = as_at_day(as_at, today)

    def counted() -> Counts:
        records.find(db, who, registers, register_id, "register")
        return _counted(db, register_id, today, day, wanted)

    if place is None:
        return counted()
    found: Counts = _COUNTS.get(db, who, (register_id, day, today, wanted), counted, place=place)
    return found


_COUNTS = Remembered()


def _counted(db: Connection, register_id: UUID, today: date, day: date, wanted: Filter) -> Counts:
    bare = replace(wanted, **dict.fromkeys(_TALLIED))
    looked_up = asdict(bare) | {"q": lists.pattern(bare.q)}
    given = {name: value for name, value in looked_up.items() if value is not None}
    rows = db.execute(
        _statement(day == today, frozenset(given)), {"register_id": register_id, "day": day, **given}
    )
    found = _tallied(rows.all(), wanted)
    bands, states, priorities, owners, sros, treatments, directions, overdue = found.counts
    return Counts(
        total=found.total,
        bands=bands,
        any_band=bands.total(),
        priorities=priorities,
        any_priority=priorities.total(),
        states={state: states[state] for state in RiskState},
        owners=owners,
        sros=sros,
        treatments=treatments,
        directions=directions,
        overdue=overdue,
        people=[dict(row._mapping) for row in db.execute(_PEOPLE, {"register_id": register_id})],
    )


def _tallied(rows: Any, wanted: Filter) -> Facets:
    def fits_state(state: str) -> bool:
        is_closed = state == RiskState.closed
        return wanted.state in (None, state) and wanted.closed in (None, is_closed)

    def fits(value: UUID | None, is_wanted: UUID | None, has_any: bool | None) -> bool:
        return is_wanted in (None, value) and has_any in (None, value is not None)

    return tally(
        ((row, 1) for row in rows),
        (
            is_asked(wanted.band),
            fits_state,
            lambda one: fits(one, wanted.priority_id, None if wanted.general is None else not wanted.general),
            lambda one: fits(one, wanted.owner_id, wanted.has_owner),
            lambda one: fits(one, wanted.sro_id, wanted.has_sro),
            is_asked(wanted.treatment),
            is_asked(wanted.direction),
            is_asked(wanted.review_overdue),
        ),
    )


@cache
def _statement(today: bool, names: frozenset[str]) -> Select[Any]:
    """A row for each risk, as hardly two have all of this in common."""
    listing = LISTINGS[today]
    scope = listing.statement.whereclause
    assert scope is not None
    columns = (
        *(func.coalesce(STATE.current_band, STATE.rating), STATE.state, STATE.priority_id),
        *(risks.c.owner_id, risks.c.sro_id, risks.c.treatment, moving, review_is_late),
    )
    return (
        select(*columns)
        .select_from(listing.filter_from)
        .where(scope, *(listing.filters[name] for name in sorted(names)))
    )


def _of(column: Any) -> Select[Any]:
    return select(column).where(risks.c.register_id == bindparam("register_id", type_=Uuid))


_PEOPLE = (
    select(people.c.id, people.c.name, people.c.organisation)
    .where(people.c.id.in_(_of(risks.c.owner_id)) | people.c.id.in_(_of(risks.c.sro_id)))
    .order_by(people.c.name, people.c.id)
)
