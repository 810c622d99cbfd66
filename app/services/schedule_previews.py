"""When a schedule is due next, in words, and what may not come as its admin expects."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.access.roles import Operation, Principal
from app.clock import LONDON
from app.models.schedules import ScheduleCreate, ScheduleKind, ScheduleState
from app.schedules import holidays, rules
from app.schedules.rules import Rule, RuleKind
from app.schedules.words import describe
from app.sentences.words import day_in_words
from app.services import access, due_times, schedules

SHOWN_DATES = 5


def preview(db: Connection, who: Principal, schedule_id: UUID, *, now: datetime) -> dict[str, Any]:
    """The next five due times of a schedule, also of one that is paused, and what to know about them."""
    return {"schedule_id": schedule_id, **_foreseen(db, schedules.row_of(db, who, schedule_id), now)}


def preview_new(db: Connection, who: Principal, body: ScheduleCreate, *, now: datetime) -> dict[str, Any]:
    """The same for a schedule that is not there yet. Raises Invalid as adding it would."""
    access.require(who, Operation.manage_schedules)
    values = schedules.stated(db, who, body, now.astimezone(LONDON).date())
    settled = due_times.settled_before(values["starts_on"], now)
    return _foreseen(db, {**values, "settled_until": settled, "recipient_count": len(body.recipients)}, now)


def _foreseen(db: Connection, row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    meetings = due_times.meetings_for(db, [row])
    following = due_times.next_due(row, meetings, max(now, row["settled_until"]), SHOWN_DATES)
    return {
        "rule_in_words": describe(Rule.of(row["rule"])),
        "due": [{"due_at": one, "local": in_london(one)} for one in following],
        "warnings": _warnings(row, meetings, following, now),
    }


def in_london(moment: datetime) -> str:
    """A time in words: "Monday 1 July 2024 at 08:00"."""
    local = moment.astimezone(LONDON)
    weekday = tuple(rules.Weekday)[local.weekday()].capitalize()
    return f"{weekday} {day_in_words(local.date())} at {local:%H:%M}"


def _warnings(
    row: Mapping[str, Any], meetings: due_times.Meetings, following: Sequence[datetime], now: datetime
) -> list[str]:
    found = []
    if row["state"] == ScheduleState.paused:
        found.append("The schedule is paused: nothing is sent until it is resumed.")
    if row["kind"] == ScheduleKind.summary and not row["recipient_count"]:
        found.append("Nobody receives it. Add a recipient.")
    if row["rule"]["kind"] == RuleKind.working_days_before_meeting and len(following) < SHOWN_DATES:
        last = max(meetings[row["plan_id"]], default=None)
        after = f" after {day_in_words(last)}" if last else ""
        found.append(f"The plan has no meeting{after}. Add its next periods with their meeting dates.")
    known_until = holidays.english().known_until
    if any(one.astimezone(LONDON).date() > known_until for one in [now, *following]):
        found.append(
            f"Bank holidays are known until {day_in_words(known_until)}. Later ones count as working days "
            "until the service is updated."
        )
    return found
