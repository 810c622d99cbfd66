"""From due times to messages: once each, to whom may have it, whatever the mail system answers."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from app import clock, db
from app.clock import Moment
from app.errors import Conflict, NotAllowed
from app.models.recipients import RecipientCreate
from app.models.schedules import ScheduleCreate, ScheduleUpdate
from app.models.tables import jobs as jobs_table
from app.models.tables import users
from app.senders.mail import Outcome, Verdict
from app.services import recipients, run_dues, schedule_runs, schedules, subscriptions
from app.services.mail_retries import DELAYS, MOST_TRIES
from app.services.run_sending import DOUBT_WAITS
from tests.factories import Cast, Shown, cast, do, make_action, make_plan, make_priority, see, update
from tests.mailing import DAY, HOUR, Crew, Died, Post, deliveries, runs

START = datetime(2024, 6, 3, 6, 0, tzinfo=UTC)
"""A Monday, seven o'clock in London."""
FIRST = START + HOUR
MONDAYS = {"kind": "weekly", "weekday": "monday", "time": "08:00"}
REFUSED = Outcome(Verdict.permanent, "The mail server answered 550 No such user")
LATER = Outcome(Verdict.temporary, "The mail server answered 451 Greylisted")
LOST = Outcome(Verdict.doubtful, "The mail server hung up.")


def started(people: Cast, *addresses: str, at: datetime = START, **given: Any) -> Shown:
    """A schedule that runs, by default every Monday at 8, to some addresses."""
    plan = given.pop("plan_id", None) or make_plan(people.editor)["id"]
    values = {"name": "Monday summary", "rule": MONDAYS, "state": "active"} | given
    if values.get("kind") != "reminders":
        values.setdefault("recipients", [RecipientCreate(address=one) for one in addresses])
    body = ScheduleCreate(plan_id=plan, starts_on=at.date(), **values)
    made: Shown = do(schedules.create_schedule, people.admin, body, at=Moment(at, at.date()))
    return made


@pytest.fixture
def people(database: str) -> Cast:
    return cast()


def crew_of(monkeypatch: pytest.MonkeyPatch, *answers: Any, told: bool | None = None) -> tuple[Crew, Post]:
    post = Post(*answers, told=told)
    return Crew(monkeypatch, post), post


def test_a_due_time_sends_one_message_to_each_recipient_and_never_again(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    crew, post = crew_of(monkeypatch)
    started(people, "a@north.example", "b@north.example")
    crew.work(START)
    assert post.taken == []
    for minutes in (0, 1, 30, 90):
        crew.work(FIRST + timedelta(minutes=minutes))
    assert sorted(one.to_address for one in post.taken) == ["a@north.example", "b@north.example"]
    assert runs("due_at", "state", "as_at", "note") == [(FIRST, "done", date(2024, 6, 3), None)]
    assert deliveries("state", "attempts") == [("sent", 1), ("sent", 1)]
    assert len({one.message_id for one in post.taken}) == 2
    assert "as at 3 June 2024" in post.taken[0].text
    crew.work(FIRST + 7 * DAY)
    assert len(post.taken) == 4
