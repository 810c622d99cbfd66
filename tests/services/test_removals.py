"""What was added by mistake can be deleted where nothing hangs on it; all else stays, and says what to do."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app import db
from app.clock import Moment
from app.errors import Conflict, NotAllowed, NotFound, PreconditionFailed
from app.models.commentaries import CommentaryPut
from app.models.plans import PlanUpdate
from app.models.recipients import RecipientCreate
from app.models.schedules import ScheduleCreate
from app.models.tables import commentaries as commentaries_table
from app.models.tables import journal_entries, periods
from app.models.updates import PointPlace
from app.services import (
    changes_feed,
    commentaries,
    histories,
    plans,
    recipients,
    removals,
    schedule_runs,
    schedules,
    webhook_events,
)
from app.services import periods as periods_service
from app.services import record_traces as traces
from app.services import stored as stored_rows
from tests.factories import (
    AT,
    Cast,
    Shown,
    do,
    make_action,
    make_period,
    make_plan,
    make_priority,
    make_published,
    make_register,
    make_risk,
    see,
    update,
)

ANY: dict[str, Any] = {"version": None}


def delete(people: Cast, noun: str, record: Shown, version: int | None = None) -> None:
    do(getattr(removals, f"delete_{noun}"), people.editor, record["id"], version=version)


def stays(people: Cast, noun: str, record: Shown) -> str:
    """Why a record cannot be deleted; the same words as the page has."""
    with pytest.raises(Conflict) as caught:
        delete(people, noun, record)
    if noun != "period":
        assert see(getattr(removals, f"why_{noun}_stays"), people.editor, record["id"]) == str(caught.value)
    return str(caught.value)


def entries_of(record_id: Any) -> Iterator[Any]:
    with db.read(None) as reader:
        wanted = select(journal_entries).where(journal_entries.c.subject_id == record_id)
        yield from reader.execute(wanted.order_by(journal_entries.c.sequence)).all()


def faults() -> list[str]:
    with db.read(None) as reader:
        return stored_rows.summed(reader, traces.wrong_records(reader))


def test_a_period_that_was_never_published_is_deleted_with_its_commentary(
    people: Cast, priority: Shown
) -> None:
    period = make_period(people.editor, priority["plan_id"], title="Spring")
    written = do(
        commentaries.write_commentary, people.editor, period["id"], CommentaryPut(text="Two posts."), **ANY
    )
    delete(people, "period", period, version=1)
    with pytest.raises(NotFound):
        see(periods_service.get_period, people.viewer, period["id"])
    with db.read(None) as reader:
        for table in (periods, commentaries_table):
            assert not reader.execute(select(table.c.id)).all()
    *_, gone = entries_of(period["id"])
    assert (gone.operation, gone.author_name, gone.after) == ("deleted", people.editor.name, None)
    assert (gone.before["title"], gone.before["last_day"]) == ("Spring", "2024-06-30")
    *_, words = entries_of(written["id"])
    assert (words.operation, words.before["text"]) == ("deleted", "Two posts.")
    assert faults() == []
    # Its ref and its days are free again.
    assert make_period(people.editor, priority["plan_id"])["ref"] == period["ref"]


def test_a_published_period_stays(people: Cast, priority: Shown) -> None:
    published = make_published(people.editor, priority["plan_id"])
    assert "Add an erratum" in stays(people, "period", published)


def test_somebody_who_saw_another_version_deletes_nothing(people: Cast, priority: Shown) -> None:
    period = make_period(people.editor, priority["plan_id"])
    for noun, record in (("period", period), ("priority", priority)):
        with pytest.raises(PreconditionFailed):
            delete(people, noun, record, version=2)
    with pytest.raises(NotAllowed):
        do(removals.delete_period, people.contributor, period["id"], **ANY)


def test_a_plan_is_deleted_as_long_as_it_has_nothing_in_it(people: Cast) -> None:
    plan = make_plan(people.editor)
    changed = do(plans.change_plan, people.editor, plan["id"], PlanUpdate(title="Second thoughts"), **ANY)
    priority = make_priority(people.editor, plan["id"])
    assert stays(people, "plan", changed).startswith("The plan has 1 priority. ")
    delete(people, "priority", priority)
    register = make_register(people.editor, plan_id=plan["id"])
    make_period(people.editor, plan["id"])
    assert stays(people, "plan", changed).startswith("The plan has 1 risk register and 1 period. ")
    assert register["plan_id"] == plan["id"]

    other = make_plan(people.editor, ref="SIP", title="Made twice")
    delete(people, "plan", other)
    assert [one["ref"] for one in see(plans.list_plans, people.viewer)["items"]] == ["PAP"]
    *_, gone = entries_of(other["id"])
    assert (gone.operation, gone.before["title"]) == ("deleted", "Made twice")
    assert faults() == []


def test_a_priority_under_which_something_was_ever_recorded_stays(people: Cast) -> None:
    plan = make_plan(people.editor)
    first, second, third, fourth = (
        make_priority(people.editor, plan["id"], ref=f"PAP {number}") for number in range(1, 5)
    )
    action = make_action(people.editor, first)
    points = [PointPlace(priority_id=second["id"], ref="2.1")]
    update(people.editor, action["id"], points=points, reason="It belongs there.")
    register = make_register(people.editor, plan_id=plan["id"])
    make_risk(people.editor, register["id"], priority_id=third["id"])
    for record, held in ((first, "1 action"), (second, "1 action"), (third, "1 risk")):
        assert f"recorded under it: {held}." in stays(people, "priority", record)
    delete(people, "priority", fourth)
    assert faults() == []


def test_a_priority_of_a_published_report_stays_and_one_added_since_need_not(people: Cast) -> None:
    plan = make_plan(people.editor)
    told = make_priority(people.editor, plan["id"])
    published = make_published(people.editor, plan["id"])
    assert f"stands in the published period {published['ref']}" in stays(people, "priority", told)


def test_the_history_of_the_plan_the_feed_and_webhooks_tell_what_was_deleted(people: Cast) -> None:
    plan = make_plan(people.editor)
    priority = make_priority(people.editor, plan["id"], ref="PAP 9")
    period = make_period(people.editor, plan["id"])
    delete(people, "priority", priority)
    delete(people, "period", period)

    found = see(histories.history, people.viewer, plan["id"], noun="plan")
    told = [(one["noun"], one["operation"]) for one in found["items"]]
    assert told[:2] == [("period", "deleted"), ("priority", "deleted")]
    assert (found["names"][str(period["id"])], found["names"][str(priority["id"])]) == (
        period["ref"],
        "PAP 9",
    )

    feed = see(changes_feed.changes, people.viewer, plan_id=plan["id"], operation="deleted")["items"]
    assert [(one["noun"], one["ref"], one["href"]) for one in feed] == [
        ("priority", "PAP 9", None),
        ("period", period["ref"], None),
    ]
    assert [str(one["plan_id"]) for one in feed] == [str(plan["id"])] * 2
    assert see(changes_feed.changes, people.stranger, operation="deleted")["items"] == []

    entries = [dict(row._mapping) for row in entries_of(period["id"])]
    with db.read(None) as reader:
        body = webhook_events.bodies(reader, people.editor.area_id, entries)[-1]
    assert '"period.deleted"' in body
    assert f'"ref":"{period["ref"]}"' in body
    assert '"href":null' in body


def test_a_schedule_that_never_ran_is_deleted_with_its_recipients(people: Cast) -> None:
    plan = make_plan(people.editor)
    made = planned(people, plan)
    for who, error in ((people.editor, NotAllowed), (people.stranger, NotFound)):
        with pytest.raises(error):
            do(removals.delete_schedule, who, made["id"], version=None)
    with pytest.raises(PreconditionFailed):
        do(removals.delete_schedule, people.admin, made["id"], version=made["version"] + 1)
    assert "1 schedule" in stays(people, "plan", plan)
    do(removals.delete_schedule, people.admin, made["id"], version=made["version"])
    with pytest.raises(NotFound):
        see(schedules.get_schedule, people.viewer, made["id"], now=AT.now)
    *_, left, gone = entries_of(made["id"])
    assert (left.operation, left.before) == ("recipients_removed", {"recipients": ["board@north.example"]})
    assert (gone.operation, gone.before["name"], gone.after) == ("deleted", "By mistake", None)
    assert faults() == []
    delete(people, "plan", plan)


def test_a_recipient_that_is_remembered_keeps_no_schedule(people: Cast) -> None:
    made = planned(people, make_plan(people.editor))
    [board] = see(recipients.list_recipients, people.admin, made["id"])["items"]
    do(recipients.remove_recipient, people.admin, made["id"], board["id"])
    do(removals.delete_schedule, people.admin, made["id"], version=None)
    assert list(entries_of(made["id"]))[-1].operation == "deleted"


def test_a_schedule_that_ran_or_was_due_already_stays_and_can_be_paused(people: Cast) -> None:
    plan = make_plan(people.editor)
    sent, due = planned(people, plan), planned(people, plan, state="active")
    do(schedule_runs.send_now, people.admin, sent["id"])
    later = Moment(AT.now + timedelta(days=8), AT.today + timedelta(days=8))
    for one in (sent, due):
        with pytest.raises(Conflict, match=r"has 1 run, tests included, .* Pause it instead"):
            do(removals.delete_schedule, people.admin, one["id"], version=None, at=later)
        assert see(recipients.list_recipients, people.admin, one["id"])["total"] == 1
    assert "1 run" in see(removals.why_schedule_stays, people.admin, sent["id"])


def planned(people: Cast, plan: Shown, **given: Any) -> Shown:
    """A schedule for Mondays with a recipient."""
    rule = {"kind": "weekly", "weekday": "monday", "time": "08:00"}
    to = [RecipientCreate(address="board@north.example")]
    body = ScheduleCreate(plan_id=plan["id"], name="By mistake", rule=rule, recipients=to, **given)
    made: Shown = do(schedules.create_schedule, people.admin, body)
    return made


def test_the_days_of_a_deleted_period_belong_to_none(people: Cast, priority: Shown) -> None:
    period = make_period(people.editor, priority["plan_id"])
    assert see(periods_service.on_day, people.viewer, priority["plan_id"], date(2024, 6, 30))
    delete(people, "period", period)
    assert see(periods_service.on_day, people.viewer, priority["plan_id"], date(2024, 6, 30)) is None
