"""The message of a schedule as it would be sent today: nothing is stored, sent or remembered."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from app.access.roles import Operation, Principal
from app.config import settings
from app.models.schedules import ScheduleKind
from app.reports import email
from app.reports.letter import Letter
from app.reports.reminder import reminder
from app.services import access, reminders, report_files, reports, schedules
from app.services.run_letters import summary_of, why_of


class Lead(NamedTuple):
    """Somebody who would be reminded; ``left_out`` says why nothing is sent to them, "" where it is."""

    person_id: UUID
    name: str
    left_out: str


class Preview(NamedTuple):
    """A message in both its forms. ``leads`` are all who would be reminded, ``lead`` the one it is for.

    Where nobody has to be reminded of anything there is no message, and ``subject`` is "".
    """

    subject: str
    text: str
    html: str
    leads: tuple[Lead, ...] = ()
    lead: Lead | None = None


def message(
    db: Connection,
    who: Principal,
    schedule_id: UUID,
    *,
    today: date,
    person_id: UUID | None = None,
) -> Preview:
    """The next message of a schedule, as at today; of reminders that to one lead, or the first that gets one.

    Raises NotFound.
    """
    schedule = schedules.row_of(db, who, schedule_id)
    access.require(who, Operation.manage_schedules)
    if schedule["kind"] == ScheduleKind.reminders:
        return _reminder(db, who, schedule, today, person_id)
    content = reports.of_day(db, who, schedule["plan_id"], today=today, day=today)
    found = _rendered(summary_of(content, report_files.look(db, who)), schedule)
    return Preview(found.subject, found.text, found.html)


def _reminder(
    db: Connection, who: Principal, schedule: Mapping[str, Any], today: date, person_id: UUID | None
) -> Preview:
    letters = reminders.wanted(
        db, who, schedule["id"], schedule["plan_id"], schedule["reminders"], today=today
    )
    leads = tuple(
        Lead(
            one.person_ids[0],
            one.name,
            one.left_out or ("" if one.address else "No e-mail address is known."),
        )
        for one in letters
    )
    if not leads:
        return Preview("", "", "")
    first = next((place for place, one in enumerate(leads) if not one.left_out), 0)
    chosen = next((place for place, one in enumerate(leads) if one.person_id == person_id), first)
    letter = reminder(letters[chosen].body, report_files.look(db, who), base_url=settings().opened_at)
    found = _rendered(letter, schedule)
    return Preview(found.subject, found.text, found.html, leads, leads[chosen])


def _rendered(letter: Letter, schedule: Mapping[str, Any]) -> email.Rendered:
    """As it is sent, but for the recipient's own link to stop it, which is nobody else's to see."""
    stops = f"{settings().opened_at}/unsubscribe/example"
    return email.rendered(letter, unsubscribe_url=stops, why=why_of(schedule["name"]))
