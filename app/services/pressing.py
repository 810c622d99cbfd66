"""What presses most in a plan: late actions and those that fall due, its highest risks, one's own actions."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Integer,
    Row,
    Select,
    Subquery,
    Uuid,
    bindparam,
    case,
    func,
    select,
)

from app.access.roles import Principal
from app.models.tables import action_states, actions, matrix_versions, plans, registers, risk_states, risks
from app.plans.statuses import STATUS_BITS, STATUS_CODES, WITHDRAWN, Status
from app.risk.scoring import RiskState
from app.services.action_rows import flags_on
from app.services.as_at import DAY, stands
from app.services.own_actions import LED
from app.services.risk_rows import REVIEW_LATE

NAMED = 3
"""So many actions are named where a count of them stands."""
_AREA = bindparam("area_id", type_=Uuid)
_PLAN = bindparam("plan_id", type_=Uuid)
_STATE, _RISK = action_states.c, risk_states.c


def open_actions(state: Any) -> ColumnElement[bool]:
    """Whether a state counts and is not complete: the rule of ``plans.states.is_open`` in a statement."""
    kind = state.code.op("&", return_type=Integer())(STATUS_BITS + WITHDRAWN)
    found: ColumnElement[bool] = kind.in_([STATUS_CODES[one] for one in Status if one is not Status.complete])
    return found


_IS_LATE = case((_STATE.deadline_on < DAY, 1), else_=0)


def _deadlines(*, today: bool) -> Select[Any]:
    place = func.row_number().over(
        partition_by=_IS_LATE, order_by=(_STATE.deadline_on, _STATE.ref_order, _STATE.action_id)
    )
    found = (
        select(
            _STATE.action_id,
            _STATE.valid_from,
            _IS_LATE.label("is_late"),
            func.count().over(partition_by=_IS_LATE).label("count"),
            place.label("place"),
        )
        .where(
            _STATE.plan_id == _PLAN,
            stands(_STATE, today=today),
            open_actions(_STATE),
            _STATE.deadline_on <= bindparam("until", type_=Date),
        )
        .subquery("found")
    )
    return (
        select(
            found.c.is_late,
            found.c.count,
            *(_STATE[name] for name in ("action_id", "ref", "status", "deadline_on", "points")),
            actions.c.title,
        )
        .select_from(found)
        .join(
            action_states,
            (_STATE.action_id == found.c.action_id) & (_STATE.valid_from == found.c.valid_from),
        )
        .join(actions, actions.c.id == found.c.action_id)
        .where(found.c.place <= NAMED, actions.c.area_id == _AREA)
        .order_by(found.c.is_late, found.c.place)
    )


_DEADLINES = {today: _deadlines(today=today) for today in (True, False)}


def deadlines(
    db: Connection, who: Principal, plan_id: UUID, day: date, until: date, *, today: bool
) -> dict[str, Any]:
    """Open actions past their deadline on a day, and those whose deadline comes until another day.

    Each with how many there are and the first ``NAMED`` of them, the earliest deadline first.
    """
    parameters = {"plan_id": plan_id, "area_id": who.area_id, "day": day, "until": until}
    found: dict[str, Any] = {
        "until": until,
        "overdue": {"count": 0, "first": []},
        "due": {"count": 0, "first": []},
    }
    for row in db.execute(_DEADLINES[today], parameters).mappings():
        group = found["overdue" if row["is_late"] else "due"]
        group["count"] = row["count"]
        group["first"].append(
            {
                **{name: row[name] for name in ("ref", "title", "status", "deadline_on")},
                "points": len(row["points"]),
            }
        )
    return found


_SCORED = tuple(f"{side}_{name}" for side in ("current", "target") for name in ("score", "band"))
_BEFORE = risk_states.alias("before")
# The matrix of today gives the colours: ``registers.in_force`` in SQL; a test over days keeps the two equal.
_BANDS = (
    select(matrix_versions.c.bands)
    .where(
        matrix_versions.c.register_id == registers.c.id,
        matrix_versions.c.effective_on <= bindparam("today", type_=Date),
    )
    .order_by(matrix_versions.c.effective_on.desc(), matrix_versions.c.sequence.desc())
    .limit(1)
    .correlate(registers)
    .scalar_subquery()
)


_BANDS_OF_PLAN = select(registers.c.id, _BANDS.label("bands")).where(
    registers.c.plan_id == _PLAN, registers.c.area_id == _AREA
)


def bands_of(db: Connection, who: Principal, plan_id: UUID, *, today: date) -> dict[UUID, list[str]]:
    """The bands of the registers of a plan by the matrix of today, from the lowest, by the register's id."""
    rows = db.execute(_BANDS_OF_PLAN, {"plan_id": plan_id, "area_id": who.area_id, "today": today})
    return {row.id: [band["name"] for band in row.bands or ()] for row in rows}


def _ranked(*, today: bool) -> Subquery:
    """The risks that are not closed, each with its place from the worst, and how many reviews are late."""
    own = registers.alias("own")
    worst_first = (_RISK.severity.desc(), risks.c.ref_order, risks.c.id)
    return (
        select(
            *(risks.c[name] for name in ("id", "ref", "description")),
            *(_RISK[name] for name in ("register_id", "rating", "severity", *_SCORED)),
            func.row_number().over(order_by=worst_first).label("place"),
            func.sum(case((REVIEW_LATE, 1), else_=0)).over().label("reviews_late"),
        )
        .select_from(risks)
        .join(risk_states, _RISK.risk_id == risks.c.id)
        .join(own, own.c.id == _RISK.register_id)
        .where(
            own.c.plan_id == _PLAN,
            own.c.area_id == _AREA,
            _RISK.state != RiskState.closed,
            stands(_RISK, today=today),
        )
        .subquery("ranked")
    )


def _highest(*, today: bool) -> Select[Any]:
    ranked = _ranked(today=today)
    is_shown = ranked.c.place <= bindparam("row_limit", type_=Integer)
    since = bindparam("since", type_=Date)
    then = (_BEFORE.c.risk_id == ranked.c.id) & (_BEFORE.c.valid_from <= since) & (_BEFORE.c.valid_to > since)
    of_registers = registers.outerjoin(ranked, (ranked.c.register_id == registers.c.id) & is_shown)
    return (
        select(
            registers.c.id.label("own_register_id"),
            registers.c.title.label("register_title"),
            _BANDS.label("bands"),
            *ranked.c,
            _BEFORE.c.current_score.label("score_before"),
        )
        .select_from(of_registers.outerjoin(_BEFORE, then))
        .where(registers.c.plan_id == _PLAN, registers.c.area_id == _AREA)
    )


_HIGHEST = {today: _highest(today=today) for today in (True, False)}


def highest_risks(
    db: Connection,
    who: Principal,
    plan_id: UUID,
    day: date,
    *,
    today: date,
    since: date | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """The highest risks of a plan that are not closed, as at a day; a register without one has a row too.

    ``score_before`` is of the day ``since``. Each row says how many reviews are late.
    """
    parameters = {
        "plan_id": plan_id,
        "area_id": who.area_id,
        "day": day,
        "today": today,
        "since": since,
        "row_limit": limit,
    }
    return db.execute(_HIGHEST[day == today], parameters).all()


_LED_BY = {
    today: select(
        *(_STATE[name] for name in ("ref", "ref_order", "status", "code", "deadline_on", "start_on")),
        _STATE.path_to_green.is_(None).label("has_no_path"),
    )
    .select_from(LED.join(action_states, _STATE.action_id == LED.c.id))
    .join(plans, plans.c.id == _STATE.plan_id)
    .where(
        _STATE.plan_id == _PLAN,
        plans.c.area_id == _AREA,
        stands(_STATE, today=today),
        _STATE.withdrawn.is_(False),
    )
    .order_by(_STATE.deadline_on, _STATE.ref_order)
    for today in (True, False)
}


def led_by(
    db: Connection, who: Principal, plan_id: UUID, person_id: UUID, day: date, *, today: bool
) -> list[dict[str, Any]]:
    """The actions of a plan that a person leads or co-leads and that count, the earliest deadline first.

    Each with its ref, status, deadline and flags, and whether it has no path back to green.
    """
    parameters = {"plan_id": plan_id, "area_id": who.area_id, "person_id": person_id, "day": day}
    return [
        {
            "ref": row.ref,
            "status": row.status,
            "deadline_on": row.deadline_on,
            "has_no_path": row.has_no_path,
            "flags": flags_on(day, None, row.code, row.deadline_on, row.start_on, None),
        }
        for row in db.execute(_LED_BY[today], parameters)
    ]
