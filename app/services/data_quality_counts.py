"""How many findings of which kind a plan has, for pages that only count them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.access.roles import Principal
from app.services import data_quality, plans
from app.services.as_at import day as as_at_day
from app.services.remembered import Remembered

_OF_PLANS = Remembered()


def of_plan(
    db: Connection,
    who: Principal,
    plan_id: UUID,
    *,
    today: date,
    as_at: date | None = None,
    place: int | None = None,
) -> Sequence[Mapping[str, Any]]:
    """The findings of a plan by check, severity and whether they are acknowledged, each with its ``count``.

    The largest plan takes a second to check: what was found is remembered until the area changes. ``place``
    as in ``Remembered.get``. Raises NotFound for an unknown plan, unless a ``place`` is given.
    """
    day = as_at_day(as_at, today)

    def found() -> Sequence[Mapping[str, Any]]:
        every = data_quality.ordered(db, who, day, today, {"plan_id": plan_id})
        return _alike(data_quality.counted(every))

    if place is None:
        plans.get_plan(db, who, plan_id)

    remembered: Sequence[Mapping[str, Any]] = _OF_PLANS.get(
        db, who, (plan_id, day, today), found, place=place
    )
    return remembered


def _alike(every: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    counts = Counter((one["check"], one["severity"], one["acknowledged"]) for one in every)
    return [
        {"check": check, "severity": severity, "acknowledged": acknowledged, "count": count}
        for (check, severity, acknowledged), count in counts.items()
    ]
