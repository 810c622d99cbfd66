"""How many risks of a register each choice of a filter would show, all other filters staying as they are."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, func, select

from app.access.roles import Principal
from app.models.tables import registers, risk_states
from app.risk.scoring import RiskState
from app.services import lists, records
from app.services.as_at import day as as_at_day
from app.services.risk_rows import LISTINGS, STATE
from app.services.risks import Filter

_BUCKETS = ("band", "state", "closed", "priority_id", "general")


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of risks: by band or rating, by priority (None is general), by state, and in all."""

    total: int
    bands: Mapping[str | None, int]
    any_band: int
    priorities: Mapping[UUID | None, int]
    any_priority: int
    states: Mapping[RiskState, int]


def counts(
    db: Connection,
    who: Principal,
    register_id: UUID,
    *,
    today: date,
    as_at: date | None = None,
    wanted: Filter,
) -> Counts:
    """The counts for a list of a register's risks. Raises NotFound for an unknown register."""
    records.find(db, who, registers, register_id, "register")
    day = as_at_day(as_at, today)
    bare = replace(wanted, **dict.fromkeys(_BUCKETS))
    looked_up = asdict(bare) | {"q": lists.pattern(bare.q)}
    given = {name: value for name, value in looked_up.items() if value is not None}
    rows = db.execute(
        _statement(day == today, frozenset(given)), {"register_id": register_id, "day": day, **given}
    ).all()
    bands: dict[str | None, int] = {}
    priorities: dict[UUID | None, int] = {}
    states = dict.fromkeys(RiskState, 0)
    total = 0
    for band, stored, priority_id, count in rows:
        state = RiskState(stored)
        fits = (
            wanted.band in (None, band),
            wanted.state in (None, state) and wanted.closed in (None, state is RiskState.closed),
            wanted.priority_id in (None, priority_id) and wanted.general in (None, priority_id is None),
        )
        if fits[1] and fits[2]:
            bands[band] = bands.get(band, 0) + count
        if fits[0] and fits[1]:
            priorities[priority_id] = priorities.get(priority_id, 0) + count
        if fits[0] and fits[2]:
            states[state] += count
        total += count if all(fits) else 0
    return Counts(total, bands, sum(bands.values()), priorities, sum(priorities.values()), states)


@cache
def _statement(today: bool, names: frozenset[str]) -> Select[Any]:
    listing = LISTINGS[today]
    scope = listing.statement.whereclause
    assert scope is not None
    band = func.coalesce(STATE.current_band, STATE.rating)
    return (
        select(band, STATE.state, STATE.priority_id, func.count())
        .select_from(listing.filter_from if names & listing.wide else risk_states)
        .where(scope, *(listing.filters[name] for name in sorted(names)))
        .group_by(band, STATE.state, STATE.priority_id)
    )
