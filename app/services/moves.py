"""How many actions did what between two days: the counts of a comparison, without what explains them.

From the states that differ alone, by the rule that the comparison itself is told by (``app.plans.changes``),
so that its sections and these counts agree.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, Uuid, bindparam, select

from app.access.roles import Principal
from app.models.tables import action_states, plans
from app.plans.changes import ActionChange, ActionOnDay, action_changes
from app.plans.statuses import Status
from app.sentences.since import BY_DATES_ALONE, NAMED, Moved
from app.services import records
from app.services.as_at import day as as_at_day
from app.services.as_at import differs, earlier_day, stood
from app.services.as_published import AsPublished, State
from app.services.remembered import Remembered

_STATE = action_states.c
_STOOD: Select[Any] = (
    select(
        *(_STATE[name] for name in ("action_id", "valid_from", "valid_to", "ref", "status", "withdrawn")),
        *(_STATE[name] for name in ("deadline_on", "due_ongoing", "forecast_on", "points")),
    )
    .join(plans, plans.c.id == _STATE.plan_id)
    .where(
        _STATE.plan_id == bindparam("plan_id", type_=Uuid),
        plans.c.area_id == bindparam("area_id", type_=Uuid),
        stood(_STATE),
    )
    .order_by(_STATE.ref_order, _STATE.action_id, _STATE.valid_from)
)
_DIFFERING = _STOOD.where(differs(_STATE))
_DIFFERING_OR = _STOOD.where(differs(_STATE) | _STATE.action_id.in_(bindparam("touched", expanding=True)))
_MOVES = Remembered()


Moves = Mapping[ActionChange, Moved]


def moves(
    db: Connection,
    who: Principal,
    plan_id: UUID,
    *,
    today: date,
    compare: date,
    as_at: date | None = None,
    place: int | None = None,
    published: AsPublished | None = None,
) -> Moves:
    """What was recorded between two days, by kind; only kinds that somebody recorded, and that happened.

    With ``published`` since what was published for the earlier day. Remembered until the area changes;
    ``place`` as in ``Remembered.get``. Raises NotFound for an unknown plan, unless a ``place`` is given;
    Invalid as a comparison does.
    """
    day = as_at_day(as_at, today)
    earlier = earlier_day(compare, day)
    if place is None:
        records.find(db, who, plans, plan_id, "plan")
    values = {"plan_id": plan_id, "area_id": who.area_id, "compare": earlier, "day": day}

    touched = published.states if published else {}

    def counted() -> Moves:
        if not touched:
            return _counted(db.execute(_DIFFERING, values).all(), earlier, day, touched)
        rows = db.execute(_DIFFERING_OR, {**values, "touched": list(touched)}).all()
        return _counted(rows, earlier, day, touched)

    key = (plan_id, earlier, day, published is not None)
    found: Moves = _MOVES.get(db, who, key, counted, place=place)
    return found


def _counted(
    rows: Sequence[Row[Any]], earlier: date, day: date, touched: Mapping[UUID, State | None]
) -> Moves:
    points: Counter[ActionChange] = Counter()
    under: dict[ActionChange, Counter[str]] = {kind: Counter() for kind in ActionChange}
    refs: dict[ActionChange, list[str]] = {kind: [] for kind in ActionChange}
    for before, after in _pairs(rows, earlier, day, touched):
        places = [point["priority_id"] for point in after.points]
        kinds = action_changes(
            _on_day(before) if before else None, _on_day(dict(after._mapping)), earlier, day
        )
        for kind in kinds:
            points[kind] += len(places) or 1
            under[kind].update(places)
            refs[kind].append(after.ref)
    return {
        kind: Moved(points[kind], len(refs[kind]), tuple(refs[kind][:NAMED]), under[kind])
        for kind in ActionChange
        if refs[kind] and kind not in BY_DATES_ALONE
    }


def _pairs(
    rows: Sequence[Row[Any]], earlier: date, day: date, touched: Mapping[UUID, State | None]
) -> Iterator[tuple[State | None, Row[Any]]]:
    """The state of each action on both days, in the order of the plan; None where it was not there yet."""
    before: dict[UUID, Any] = {row.action_id: row._mapping for row in rows if row.valid_from <= earlier}
    before |= touched
    for row in rows:
        if row.valid_to > day:
            yield before.get(row.action_id), row


def _on_day(row: State) -> ActionOnDay:
    """What changes are told from, of a row of an action's states."""
    return ActionOnDay(
        status=Status(row["status"]),
        withdrawn=row["withdrawn"],
        deadline_on=row["deadline_on"],
        due_ongoing=row["due_ongoing"],
        forecast_on=row["forecast_on"],
        places=tuple((point["priority_id"], point["ref"]) for point in row["points"]),
    )
