"""What was added by mistake and can be taken away, because nothing hangs on it and no report holds it.

A period until it is published (its commentary goes with it), a priority under which nothing was ever
recorded, a plan with nothing in it, and a schedule of which no run is known. All else stays for ever: actions
are withdrawn, risks closed, schedules paused, and a register has a matrix from its first day, which is
append-only. What was deleted stays in the journal, whole.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, String, Uuid, bindparam, cast, func, select

from app.access.roles import Operation, Principal
from app.clock import Moment
from app.errors import Conflict
from app.models.periods import PeriodState
from app.models.tables import (
    actions,
    assessments,
    commentaries,
    periods,
    plans,
    priorities,
    publications,
    registers,
    risks,
    schedule_runs,
    schedules,
    updates,
)
from app.sentences.words import listed, plural
from app.services import access, recipients, records
from app.services import periods as periods_service
from app.services import plans as plans_service
from app.services import priorities as priorities_service
from app.services import schedules as schedules_service

_ID = bindparam("record_id", type_=Uuid)


def _count(column: Any, *where: Any) -> Any:
    return select(func.count(column)).where(*where).scalar_subquery()


def _names(facts: Any) -> ColumnElement[bool]:
    """Whether an entry's facts name the priority, now or before they were corrected."""
    found: ColumnElement[bool] = cast(facts, String).like(bindparam("named"))
    return found


_OF_PLAN: Select[Any] = select(
    _count(priorities.c.id, priorities.c.plan_id == _ID),
    _count(actions.c.id, actions.c.plan_id == _ID),
    _count(registers.c.id, registers.c.plan_id == _ID),
    _count(periods.c.id, periods.c.plan_id == _ID),
    _count(schedules.c.id, schedules.c.plan_id == _ID),
)
_IN_PLAN = bindparam("plan_id", type_=Uuid)
_OF_PRIORITY: Select[Any] = select(
    select(func.count(updates.c.action_id.distinct()))
    .join(actions, actions.c.id == updates.c.action_id)
    .where(actions.c.plan_id == _IN_PLAN, _names(updates.c.facts))
    .scalar_subquery(),
    select(func.count(assessments.c.risk_id.distinct()))
    .join(risks, risks.c.id == assessments.c.risk_id)
    .join(registers, registers.c.id == risks.c.register_id)
    .where(registers.c.plan_id == _IN_PLAN, _names(assessments.c.facts))
    .scalar_subquery(),
    _count(commentaries.c.id, commentaries.c.priority_id == _ID),
)
_REPORTED = (
    select(periods.c.ref)
    .join(publications, publications.c.period_id == periods.c.id)
    .where(periods.c.plan_id == _IN_PLAN, publications.c.published_at >= bindparam("since"))
    .order_by(periods.c.first_day)
)
_RUNS = select(func.count()).where(schedule_runs.c.schedule_id == _ID)
_COMMENTARIES = select(commentaries).where(commentaries.c.period_id == _ID).order_by(commentaries.c.id)


def why_period_stays(period: Mapping[str, Any]) -> str:
    """Why a period cannot be deleted, and what to do instead; "" where it can."""
    if period["state"] != PeriodState.published:
        return ""
    return (
        "The period is published and stays as it is. Add an erratum to say what is wrong in it: the erratum "
        "is shown beside what was published."
    )


def why_plan_stays(db: Connection, who: Principal, plan_id: UUID) -> str:
    """Why a plan cannot be deleted, and what to do instead; "" where it can. Raises NotFound."""
    label = plans_service.get_plan(db, who, plan_id)["priority_label"]
    numbers = db.execute(_OF_PLAN, {"record_id": plan_id}).one()
    held = _held(numbers, (label, "action", "risk register", "period", "schedule"))
    if not held:
        return ""
    return (
        f"The plan has {held}. A plan can be deleted as long as it has nothing in it. Delete what was "
        "never used; withdraw its actions and close its risks: they leave every count and keep their history."
    )


def why_priority_stays(db: Connection, who: Principal, priority_id: UUID) -> str:
    """Why a priority cannot be deleted, and what to do instead; "" where it can. Raises NotFound."""
    priority = priorities_service.get_priority(db, who, priority_id)
    of = {"record_id": priority_id, "named": f"%{priority_id}%", "plan_id": priority["plan_id"]}
    numbers = db.execute(_OF_PRIORITY, of).one()
    held = _held(numbers, ("action", "risk", "commentary"))
    if held:
        return (
            f"Something was recorded under it: {held}. That stays for ever, and so does what it stands "
            "under. Move its actions to another priority or withdraw them, and say in its title that it "
            "is no longer used."
        )
    since = {"plan_id": priority["plan_id"], "since": priority["created_at"]}
    ref = db.execute(_REPORTED, since).scalar()
    if ref is None:
        return ""
    return (
        f"It stands in the published period {ref}, which stays as it is. Say in its title that it is no "
        "longer used."
    )


def why_schedule_stays(db: Connection, who: Principal, schedule_id: UUID) -> str:
    """Why a schedule cannot be deleted, and what to do instead; "" where it can. Raises NotFound."""
    schedules_service.row_of(db, who, schedule_id)
    number = db.execute(_RUNS, {"record_id": schedule_id}).scalar_one()
    if not number:
        return ""
    return (
        f"The schedule has {number:,} {plural(number, 'run')}, tests included, which say what was sent to "
        "whom. Pause it instead: then it sends nothing any more."
    )


def delete_period(
    db: Connection, who: Principal, at: Moment, period_id: UUID, *, version: int | None
) -> None:
    """Delete a period that was not published, with its commentary; both stay in the journal.

    Raises Conflict once it is published, PreconditionFailed when it is not at ``version``.
    """
    access.require(who, Operation.edit)
    current = periods_service.get_period(db, who, period_id)
    records.check_version(current, version, lambda: current)
    _require(why_period_stays(current))
    for row in db.execute(_COMMENTARIES, {"record_id": period_id}).all():
        records.delete(db, who, at, commentaries, "commentary", dict(row._mapping))
    records.delete(db, who, at, periods, "period", current)


def delete_priority(
    db: Connection, who: Principal, at: Moment, priority_id: UUID, *, version: int | None
) -> None:
    """Delete a priority under which nothing was ever recorded; it stays in the journal.

    Raises Conflict with what to do instead where something was, PreconditionFailed as ``delete_period``.
    """
    access.require(who, Operation.edit)
    current = priorities_service.get_priority(db, who, priority_id)
    records.check_version(current, version, lambda: current)
    _require(why_priority_stays(db, who, priority_id))
    records.delete(db, who, at, priorities, "priority", current)


def delete_plan(db: Connection, who: Principal, at: Moment, plan_id: UUID, *, version: int | None) -> None:
    """Delete a plan with nothing in it; it stays in the journal. Raises as ``delete_priority``."""
    access.require(who, Operation.edit)
    current = plans_service.get_plan(db, who, plan_id)
    records.check_version(current, version, lambda: current)
    _require(why_plan_stays(db, who, plan_id))
    records.delete(db, who, at, plans, "plan", current)


def delete_schedule(
    db: Connection, who: Principal, at: Moment, schedule_id: UUID, *, version: int | None
) -> None:
    """Delete a schedule that never ran, with its recipients; both stay in the journal.

    What was due already, though no worker has come to it, is a run too. Raises as ``delete_priority``.
    """
    current = schedules_service.row_of(db, who, schedule_id)
    access.require(who, Operation.manage_schedules)
    records.check_version(
        current, version, lambda: schedules_service.get_schedule(db, who, schedule_id, now=at.calendar)
    )
    schedules_service.enter_due(db, current, at)
    _require(why_schedule_stays(db, who, schedule_id))
    recipients.remove_all(db, who, at, schedule_id)
    records.delete(db, who, at, schedules, "schedule", current)


def _held(numbers: Iterable[int], nouns: Sequence[str]) -> str:
    """What is there, in words: "2 priorities and 1 period"; "" where nothing is."""
    return listed(
        [
            f"{number} {plural(number, noun, _MANY.get(noun))}"
            for number, noun in zip(numbers, nouns, strict=True)
            if number
        ]
    )


_MANY = {"priority": "priorities", "commentary": "commentaries"}


def _require(obstacle: str) -> None:
    if obstacle:
        raise Conflict(obstacle)
