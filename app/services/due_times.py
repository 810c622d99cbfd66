"""When schedules are due: their rules, with the meetings of their plans and the bank holidays."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.models.tables import periods, plans
from app.plans.cadence import CadenceKind
from app.schedules import holidays, rules
from app.schedules.rules import Rule, RuleKind

Meetings = Mapping[UUID, Collection[date]]
"""The days on which boards meet, by the plan that they meet about."""
_PERIODS = select(periods.c.plan_id, periods.c.first_day, periods.c.last_day, periods.c.meeting_on).where(
    periods.c.plan_id.in_(bindparam("plan_ids", expanding=True))
)
_CADENCES = select(plans.c.id, plans.c.cadence).where(
    plans.c.id.in_(bindparam("plan_ids", expanding=True)), plans.c.cadence.is_not(None)
)


def meetings_for(db: Connection, schedules: Iterable[Mapping[str, Any]]) -> Meetings:
    """The meetings that the rules of some schedules ask about; nothing is read where none does."""
    wanted = {
        one["plan_id"] for one in schedules if one["rule"]["kind"] == RuleKind.working_days_before_meeting
    }
    return meetings_of(db, wanted) if wanted else {}


def meetings_of(db: Connection, plan_ids: Collection[UUID]) -> Meetings:
    """The meetings of plans: of their periods, and those that a cadence lists and no period has taken yet.

    A meeting of the cadence belongs to the period that ends so many days before it. Where the plan has that
    period, its own meeting date counts, or none.
    """
    found: dict[UUID, set[date]] = {plan_id: set() for plan_id in plan_ids}
    taken: dict[UUID, list[tuple[date, date]]] = {plan_id: [] for plan_id in plan_ids}
    for row in db.execute(_PERIODS, {"plan_ids": list(plan_ids)}):
        taken[row.plan_id].append((row.first_day, row.last_day))
        if row.meeting_on is not None:
            found[row.plan_id].add(row.meeting_on)
    for plan_id, cadence in db.execute(_CADENCES, {"plan_ids": list(plan_ids)}):
        if cadence["kind"] != CadenceKind.relative_to_meetings:
            continue
        before = timedelta(days=cadence["days_before"])
        for text in cadence["meetings"]:
            meeting = date.fromisoformat(text)
            if not any(first <= meeting - before <= last for first, last in taken[plan_id]):
                found[plan_id].add(meeting)
    return {plan_id: sorted(days) for plan_id, days in found.items()}


def due_between(
    schedule: Mapping[str, Any], meetings: Meetings, after: datetime, until: datetime
) -> list[datetime]:
    """The UTC times at which a schedule is due after one time and up to another, in order."""
    return rules.due_times(Rule.of(schedule["rule"]), after, until, **_days(schedule, meetings))


def next_due(schedule: Mapping[str, Any], meetings: Meetings, after: datetime, number: int) -> list[datetime]:
    """The next UTC times at which a schedule is due; fewer where no more meetings are known."""
    return rules.next_due(Rule.of(schedule["rule"]), after, number, **_days(schedule, meetings))


def settled_before(starts_on: date, now: datetime) -> datetime:
    """Up to when due times do not count: now, or the moment before the London day on which it starts."""
    start = rules.moment_of(datetime.combine(starts_on, datetime.min.time()))
    return max(now, start - timedelta(seconds=1))


def _days(schedule: Mapping[str, Any], meetings: Meetings) -> dict[str, Any]:
    return {"meetings": meetings.get(schedule["plan_id"], ()), "holidays": holidays.english().days}
