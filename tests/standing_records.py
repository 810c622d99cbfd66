"""Records in the states that a page shows only sometimes: schedules and messages, a published period."""

from uuid import UUID

from sqlalchemy import insert

from app import clock, db
from app.access.roles import Principal
from app.models import tables
from app.models.base import new_id
from app.models.recipients import RecipientCreate
from app.models.schedule_runs import MailState
from app.models.schedules import Reminders, RuleStated, ScheduleCreate, ScheduleKind
from app.schedules.rules import HolidayRule, RuleKind, Weekday
from app.services import recipients as recipients_service
from app.services import schedule_runs as runs_service
from app.services import schedules as schedules_service
from app.services import subscriptions
from tests.doors import Program

Ids = dict[str, str]

_MONTHLY = RuleStated(kind=RuleKind.monthly, day=31, time="07:30", holidays=HolidayRule.before)
_WEEKLY = RuleStated(kind=RuleKind.weekly, weekday=Weekday.friday, time="16:00")


def schedules(who: Principal, ids: Ids) -> Ids:
    """A schedule without recipients, one that runs, reminders; and a message in each state.

    Of the recipients of the one that runs somebody is a user and somebody has unsubscribed. One run of it
    waits to be made. ``ids`` are those of ``doors.schedule``, whose run gets the messages.
    """
    at, plan_id = clock.moment(), UUID(ids["plan_id"])
    few = [
        RecipientCreate(address="chair@council.example", name="Chair of the board", group_name="Board"),
        RecipientCreate(address="gone@council.example", group_name="Board"),
        RecipientCreate(address="a.long.address.of.somebody.in.a.department@a-long-name.council.example"),
    ]
    bare = ScheduleCreate(plan_id=plan_id, name="Month's end", rule=_MONTHLY)
    running = ScheduleCreate(plan_id=plan_id, name="Friday", rule=_WEEKLY, recipients=few, state="active")
    reminding = ScheduleCreate(
        plan_id=plan_id,
        name="Reminders of what is due",
        kind=ScheduleKind.reminders,
        rule=_WEEKLY,
        reminders=Reminders(due_days=[14, 3], overdue_every_days=7, not_updated=True),
        state="active",
    )
    with db.write(who) as writer:
        made = {
            name: schedules_service.create_schedule(writer, who, at, body)["id"]
            for name, body in (("bare", bare), ("running", running), ("reminding", reminding))
        }
        found = recipients_service.list_recipients(writer, who, made["running"])["items"]
        gone = next(one["id"] for one in found if one["address"].startswith("gone@"))
        waiting = runs_service.send_now(writer, who, at, made["running"])
        writer.execute(insert(tables.run_deliveries), _messages(who, UUID(ids["run_id"])))
    with db.write(None) as writer:
        link = subscriptions.token_of(made["running"], gone)
        subscriptions.unsubscribe(writer, clock.moment(), link)
    shown = {f"{name}_schedule_id": str(found) for name, found in made.items()}
    return {**shown, "waiting_run_id": str(waiting["id"]), "followed_link": link}


def _messages(who: Principal, run_id: UUID) -> list[dict[str, object]]:
    now = clock.now()
    return [
        {
            "id": new_id(),
            "area_id": who.area_id,
            "run_id": run_id,
            "address": f"{state}@council.example",
            "name": "A member of the board",
            "message_id": f"<{state}.{run_id}@tracker.example>",
            "state": state,
            "attempts": 1,
            "last_error": "The mail server answered 550: no such user."
            if state == MailState.refused
            else None,
            "sent_at": now if state == MailState.sent else None,
            "created_at": now,
        }
        for state in MailState
    ]


def of_published(program: Program, ids: Ids) -> None:
    """The published period has an erratum, and an entry that was recorded since of a day before."""
    period = ids["published_period_id"]
    program.post(f"/periods/{period}/errata", {"text": "The figure of action 1.9 was wrong."}, 201)
    late = {"reason": "It was not known.", "effective_on": "2024-05-20"}
    body = {"status": "delayed", "narrative": "Late news.", **late}
    program.post(f"/actions/{ids['action_id']}/updates", body, 201)
