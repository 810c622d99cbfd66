"""The message of each delivery: what all of a run share is made once, what is a recipient's own each time.

Made from what the run stored: a message that is sent again says the same, whatever has changed since.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import from_json
from sqlalchemy import bindparam, select

from app import db as database
from app.access.roles import system
from app.config import settings
from app.models.schedule_runs import RunKind
from app.models.schedules import ScheduleKind
from app.models.tables import schedule_runs
from app.reports.document import Look
from app.reports.email import Rendered, rendered
from app.reports.letter import Letter
from app.reports.reminder import reminder
from app.reports.summary import summary
from app.senders.mail import Attachment, Mail
from app.services import report_files, subscriptions

MOST_KEPT = 4
"""Runs whose summary and files a process keeps at hand: a file may have some megabytes."""
TEST = "Test: "
_CONTENT = select(schedule_runs.c.content).where(schedule_runs.c.id == bindparam("run_id"))


class Shared(NamedTuple):
    """What all messages of a run have; reminders have a letter each."""

    look: Look
    letter: Letter | None
    attachments: tuple[Attachment, ...] = ()


_kept: OrderedDict[UUID, Shared] = OrderedDict()
_making = threading.Lock()


def mail_of(found: Any) -> Mail:
    """The message of a delivery, from its row with its run, schedule and area (``run_sending``)."""
    said, attachments = _rendered(found)
    return Mail(
        message_id=found.message_id,
        sent_at=found.made_at,
        to_address=found.address,
        to_name=found.name or "",
        subject=(TEST if found.run_kind == RunKind.test else "") + said.subject,
        text=said.text,
        html=said.html,
        attachments=attachments,
        unsubscribe_url=_unsubscribe_url(found),
        from_name=found.area_name,
    )


def _rendered(found: Any) -> tuple[Rendered, tuple[Attachment, ...]]:
    shared = _shared(found.run_id, lambda: _made(found))
    letter = shared.letter
    if letter is None:
        letter = reminder(found.body, shared.look, base_url=settings().opened_at)
    said = rendered(letter, unsubscribe_url=_unsubscribe_url(found), why=why_of(found.schedule_name))
    return said, shared.attachments


def why_of(schedule_name: str) -> str:
    """Why somebody gets a message, in a sentence."""
    return f"You get this e-mail under the schedule “{schedule_name}”."


def _unsubscribe_url(found: Any) -> str:
    """Where a recipient, or a lead who is reminded, stops it; "" for a test."""
    subject = found.recipient_id
    if found.body is not None and found.run_kind != RunKind.test and found.body["stops"]:
        subject = UUID(found.body["stops"])
    if subject is None:
        return ""
    return f"{settings().opened_at}/unsubscribe/{subscriptions.token_of(found.schedule_id, subject)}"


def summary_of(content: Mapping[str, Any], look: Look) -> Letter:
    """The summary of a report's content, with links to this service."""
    return summary(content, look, base_url=settings().opened_at)


def _shared(run_id: UUID, make: Callable[[], Shared]) -> Shared:
    # One at a time: the other threads want the same, and find it made.
    with _making:
        found = _kept.get(run_id)
        if found is None:
            found = _kept[run_id] = make()
        _kept.move_to_end(run_id)
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return found


def _made(found: Any) -> Shared:
    who = system(found.area_id, found.area_name)
    with database.read(who) as reader:
        look = report_files.look(reader, who)
        if found.schedule_kind == ScheduleKind.reminders:
            return Shared(look, None)
        content = from_json(reader.execute(_CONTENT, {"run_id": found.run_id}).scalar_one())
    files = (report_files.made(content, look, kind) for kind in found.attachments)
    attachments = tuple(Attachment(one.name, one.media_type, one.data) for one in files)
    return Shared(look, summary_of(content, look), attachments)
