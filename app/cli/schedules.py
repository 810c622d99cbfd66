"""The command schedules: list, create, pause, resume, send, test, delete."""

import re
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from pydantic_core import to_jsonable_python
from sqlalchemy import func, select

from app import clock, db
from app.access.roles import ROLE_OPERATIONS, Principal, Role
from app.cli import DONE
from app.cli.clients import print_table
from app.cli.failures import CommandError, WrongUse
from app.cli.opening import area_named, opened, print_json
from app.errors import Invalid, NotFound
from app.models.base import Output
from app.models.runs import RunRead
from app.models.schedules import ScheduleCreate, ScheduleKind, ScheduleRead
from app.models.tables import users
from app.schedules.rules import RuleKind
from app.services import plans as plans_service
from app.services import removals, schedule_runs, schedules
from app.services.lists import WHOLE
from app.services.schedule_previews import in_london

_HEADINGS = ("schedule", "name", "state", "when", "next", "recipients")
# Which option says what of the body, where they are not called the same.
_OPTIONS = {
    "name": "name",
    "time": "time",
    "month": "month",
    "working_days": "before-meeting",
    "expression": "cron",
    "holidays": "holidays",
    "recipients": "to",
    "attachments": "attach",
    "due_days": "due-days",
    "overdue_every_days": "overdue-every",
    "reminders": "due-days, --overdue-every or --not-updated",
    "state": "to",
    "starts_on": "starts-on",
}
# What messages name as the API does, in the command's own words.
_WORDS = {
    **{kind.value: f"--{kind.replace('_', '-')}" for kind in RuleKind},
    RuleKind.working_days_before_meeting.value: "--before-meeting",
    ScheduleKind.summary.value: "a summary",
    ScheduleKind.reminders.value: "reminders",
}
_NAMED = re.compile("`([a-z_]+)`")


def list_schedule(options: Namespace) -> int:
    """Print the schedules of an area."""
    with opened():
        who, now = area_named(options.area), clock.moment().calendar
        with db.read(who) as connection:
            found = schedules.list_schedules(connection, who, now=now, asked=WHOLE, state=options.state)
    items = found["items"]
    if options.json:
        print_json({"items": [_plain(ScheduleRead, one) for one in items]})
    elif not items:
        print(f"{options.area} has no such schedules. Next: send-tracker schedules create --help")
    else:
        print_table([_HEADINGS, *(_row(one) for one in items)])
    return DONE


def create_schedule(options: Namespace) -> int:
    """Create a schedule and print it. Raises WrongUse for a rule that does not hold together."""
    with opened():
        who, at = area_named(options.area), clock.moment()
        with db.write(who) as connection:
            plans = plans_service.list_plans(connection, who, ref=options.plan)["items"]
            if not plans:
                raise CommandError(f"{options.area} has no plan {options.plan}. Check the ref")
            try:
                body = ScheduleCreate.model_validate({"plan_id": plans[0]["id"], **_stated(options)})
                found = schedules.create_schedule(connection, who, at, body)
            except ValidationError as error:
                raise _wrong(options, ((one["loc"], one["msg"]) for one in error.errors())) from None
            except Invalid as error:
                found_wrong = ((one.pointer.split("/"), one.message) for one in error.faults)
                raise _wrong(options, found_wrong) from None
    return _told(found, options)


def pause_schedule(options: Namespace) -> int:
    """Pause a schedule."""
    return _changed(options, schedules.pause)


def resume_schedule(options: Namespace) -> int:
    """Run a schedule from now on."""
    return _changed(options, schedules.resume)


def delete_schedule(options: Namespace) -> int:
    """Delete a schedule that never ran."""
    with opened(), _known(options):
        who, at = area_named(options.area), clock.moment()
        with db.write(who) as connection:
            removals.delete_schedule(connection, who, at, options.schedule, version=None)
    if options.json:
        print_json({"deleted": str(options.schedule)})
    else:
        print(f"Schedule {options.schedule} is deleted. What it was stays in the journal.")
    return DONE


def send_schedule(options: Namespace) -> int:
    """Send a schedule now."""
    with opened(), _known(options):
        who = area_named(options.area)
        with db.write(who) as connection:
            run = schedule_runs.send_now(connection, who, clock.moment(), options.schedule)
    return _sent(run, options)


def test_schedule(options: Namespace) -> int:
    """Send a test of a schedule to a user."""
    with opened(), _known(options):
        area = area_named(options.area)
        with db.write(area) as connection:
            who = _user(connection, area, options.to)
            run = schedule_runs.send_test(connection, who, clock.moment(), options.schedule)
    return _sent(run, options)


def _stated(options: Namespace) -> dict[str, Any]:
    """The body of a new schedule."""
    reminders = {
        "due_days": options.due_days.split(",") if options.due_days else [],
        "overdue_every_days": options.overdue_every,
        "not_updated": options.not_updated,
    }
    try:
        reminders["due_days"] = [int(one) for one in reminders["due_days"]]
    except ValueError:
        raise WrongUse(f"--due-days: give days as 14,3, not {options.due_days}") from None
    is_reminders = any(reminders.values())
    stated = {
        "name": options.name,
        "kind": "reminders" if is_reminders else "summary",
        "rule": _rule(options),
        "missed": options.missed,
        "attachments": [one.strip() for one in options.attach.split(",") if one.strip()],
        "reminders": reminders if is_reminders else None,
        "starts_on": options.starts_on,
        "state": "active" if options.start else "paused",
        "recipients": [{"address": one} for one in options.to],
    }
    return stated


def _rule(options: Namespace) -> dict[str, Any]:
    day = options.monthly if options.monthly is not None else options.quarterly
    kinds = {
        RuleKind.weekly: options.weekly is not None,
        RuleKind.monthly: options.monthly is not None,
        RuleKind.quarterly: options.quarterly is not None,
        RuleKind.working_days_before_meeting: options.before_meeting is not None,
        RuleKind.first_working_day: options.first_working_day,
        RuleKind.last_working_day: options.last_working_day,
        RuleKind.cron: options.cron is not None,
    }
    [kind] = [kind for kind, is_given in kinds.items() if is_given]
    month = options.month
    if kind is RuleKind.quarterly and month is None:
        month = 1
    return {
        "kind": kind,
        "time": options.time,
        "weekday": options.weekly,
        "day": day,
        "month": month,
        "working_days": options.before_meeting,
        "expression": options.cron,
        "holidays": options.holidays,
    }


def _wrong(options: Namespace, faults: Iterable[tuple[Sequence[Any], str]]) -> WrongUse:
    """What is wrong with a new schedule, each thing by its option."""
    by_day = {"day": "quarterly" if options.quarterly is not None else "monthly"}
    return WrongUse("; ".join(_fault(_OPTIONS | by_day, *one) for one in faults))


def _fault(options: Mapping[str, str], place: Sequence[Any], words: str) -> str:
    named = [str(one) for one in place if str(one) in options]
    option = f"--{options[named[-1]]}: " if named else ""
    said = words.removeprefix("Value error, ")
    return option + _NAMED.sub(lambda found: _WORDS.get(found[1], found[1]), said)


@contextmanager
def _known(options: Namespace) -> Iterator[None]:
    """A step on the schedule that is named. Raises CommandError where there is none."""
    try:
        yield
    except NotFound:
        raise CommandError(
            f"{options.area} has no schedule {options.schedule}: list them with "
            f"send-tracker schedules list --area {options.area}"
        ) from None


def _changed(options: Namespace, change: Callable[..., dict[str, Any]]) -> int:
    with opened(), _known(options):
        who = area_named(options.area)
        with db.write(who) as connection:
            found = change(connection, who, clock.moment(), options.schedule)
    return _told(found, options)


def _told(found: dict[str, Any], options: Namespace) -> int:
    if options.json:
        print_json(_plain(ScheduleRead, found))
    else:
        print_table([_HEADINGS, _row(found)])
    return DONE


def _sent(run: dict[str, Any], options: Namespace) -> int:
    if options.json:
        print_json(_plain(RunRead, run))
    else:
        print(f"Run {run['id']} is entered: a worker sends it within seconds. No worker: send-tracker worker")
    return DONE


def _user(connection: Any, area: Principal, email: str) -> Principal:
    """The user with this address, acting as who may send. Raises CommandError when there is none."""
    statement = select(users.c.id).where(
        users.c.area_id == area.area_id, func.lower(users.c.email) == email.strip().lower(), ~users.c.disabled
    )
    user_id = connection.execute(statement).scalar()
    if user_id is None:
        raise CommandError(f"{area.area_name} has no user {email}: a test goes to somebody who signs in")
    may = ROLE_OPERATIONS[Role.admin]
    return Principal("user", user_id, email, area.area_id, area.area_name, may, Role.admin)


def _plain(model: type[Output], found: dict[str, Any]) -> dict[str, Any]:
    """A record for programs, as the API answers it."""
    plain: dict[str, Any] = to_jsonable_python({name: found[name] for name in model.model_fields})
    return plain


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    return (
        str(one["id"]),
        one["name"],
        one["state"],
        one["rule_in_words"],
        _when(one["next_due_at"]),
        f"{one['recipient_count']:,}",
    )


def _when(moment: datetime | None) -> str:
    return in_london(moment) if moment else "none"
