"""What the overview of a plan answers: figures of two days, what moved, what presses most.

A few statements, whatever the plan's size: a board looks at this page first and most often.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from app.access.roles import Principal
from app.services import data_quality_counts, moves, priorities, progress
from app.services.as_at import day as as_at_day
from app.services.as_at import earlier_day
from app.services.as_published import AsPublished, as_published, left_in, left_out
from app.services.comparison import usual_day_after
from app.services.overview_rows import Periods, frame, seen_from
from app.services.plans import priority_label
from app.services.pressing import deadlines, highest_risks, led_by

HIGHEST = 5
"""So many risks are the highest ones."""
WEEKS_AHEAD = 4
"""What falls due is shown for so long where no meeting of the board is known."""


def overview(
    db: Connection,
    who: Principal,
    plan_id: UUID | None = None,
    *,
    today: date,
    as_at: date | None = None,
    compare: date | None = None,
) -> dict[str, Any] | None:
    """The overview of a plan, or of the area's first; None for an area without plans.

    Compared with ``compare``, or with the usual day; where a published period ended then, with what was
    published. Raises NotFound for an unknown plan; Invalid for a day
    to come, and for a day to compare with that is after it.
    """
    day = as_at_day(as_at, today)
    framed = frame(db, who, plan_id)
    if framed is None:
        return None
    plan = {**framed.plan, "priority_label": priority_label(framed.plan["kind"])}
    periods = seen_from(framed.periods, day)
    before = usual_day_after(periods.published, day) if compare is None else earlier_day(compare, day)
    named = {name: plan[name] for name in ("id", "ref", "title", "priority_label")}
    scope = priorities.Scope(named, framed.priorities, periods.reported_from(day))
    later, earlier = progress.on_two_days(db, scope, today=today, day=day, compare=before)
    published = as_published(db, who, plan["id"], before) if periods.was_published(before, day) else None
    return {
        "plan": plan,
        "plans": framed.plans,
        "period": periods.on_day,
        "published": periods.published,
        "meeting_on": periods.meeting_on,
        "as_at": day,
        "compare": before,
        "later": later,
        "earlier": published.given(earlier) if published else earlier,
        "restated": published
        and {
            "known": earlier["overall"],
            "entries": published.entries,
            "left": left_in(left_out(db, published, day)),
        },
        **_counted(db, who, plan["id"], today, day, before, framed.place, published),
        **_pressing(db, who, plan["id"], today, day, periods),
    }


def _counted(
    db: Connection,
    who: Principal,
    plan_id: UUID,
    today: date,
    day: date,
    before: date,
    place: int,
    published: AsPublished | None,
) -> dict[str, Any]:
    """What takes long to work out for a large plan, and is remembered until the area changes."""
    asked: dict[str, Any] = {"today": today, "as_at": day, "place": place}
    return {
        "moves": moves.moves(db, who, plan_id, compare=before, published=published, **asked),
        "findings": data_quality_counts.of_plan(db, who, plan_id, **asked),
    }


def _pressing(
    db: Connection, who: Principal, plan_id: UUID, today: date, day: date, periods: Periods
) -> dict[str, Any]:
    until = periods.meeting_on or day + timedelta(weeks=WEEKS_AHEAD)
    ranked = highest_risks(db, who, plan_id, day, today=today, since=periods.published, limit=HIGHEST)
    mine = led_by(db, who, plan_id, who.person_id, day, today=day == today) if who.person_id else None
    return {
        "deadlines": deadlines(db, who, plan_id, day, until, today=day == today),
        "mine": mine,
        **_risks(ranked),
    }


def _risks(rows: Sequence[Row[Any]]) -> dict[str, Any]:
    """The registers of a plan with their bands, its highest risks, and how many reviews are late."""
    registers = {
        row.own_register_id: {
            "id": row.own_register_id,
            "title": row.register_title,
            "bands": [band["name"] for band in row.bands or ()],
        }
        for row in rows
    }
    ranked = sorted((row for row in rows if row.id is not None), key=lambda row: int(row.place))
    return {
        "registers": [registers[one] for one in sorted(registers)],
        "risks": [dict(row._mapping) for row in ranked],
        "reviews_late": int(ranked[0].reviews_late) if ranked else 0,
    }
