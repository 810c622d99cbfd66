"""From due times to messages: once each, to whom may have it, whatever the mail system answers."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from app import clock, db
from app.clock import Moment
from app.errors import Conflict, Invalid, NotAllowed
from app.models.base import new_id
from app.models.recipients import RecipientCreate
from app.models.schedules import ScheduleCreate, ScheduleUpdate
from app.models.tables import jobs as jobs_table
from app.models.tables import users
from app.senders.mail import Outcome, Verdict
from app.services import recipients, reminders, run_dues, run_ends, schedule_runs, schedules, subscriptions
from app.services.mail_retries import DELAYS, MOST_TRIES
from app.services.run_sending import DOUBT_WAITS
from tests.factories import (
    Cast,
    Shown,
    cast,
    do,
    make_action,
    make_person,
    make_plan,
    make_priority,
    see,
    update,
)
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


def crew_on_real_days(monkeypatch: pytest.MonkeyPatch) -> tuple[Crew, Post]:
    """A crew for which the day passes with its clock."""
    monkeypatch.setattr(clock, "pinned_today", lambda: None)
    return crew_of(monkeypatch)


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


# --- Due times --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "sent", "said"),
    [
        ("send_late", 1, ["skipped", "skipped", "done"]),
        ("skip", 0, ["skipped", "skipped", "skipped"]),
    ],
)
def test_of_what_a_sleeping_worker_missed_the_latest_is_sent_late_or_nothing(
    people: Cast, monkeypatch: pytest.MonkeyPatch, rule: str, sent: int, said: list[str]
) -> None:
    crew, post = crew_of(monkeypatch)
    started(people, "a@north.example", missed=rule)
    woken = FIRST + 15 * DAY
    crew.work(woken)
    crew.work(woken + HOUR)
    assert len(post.taken) == sent
    assert runs("due_at", "state") == [(FIRST + week * 7 * DAY, one) for week, one in enumerate(said)]
    assert all("was not sending" in note for note in runs("note"))
    if sent:
        assert runs("as_at")[-1] == date(2024, 6, 17), "the figures are those of the day on which it was due"


def test_what_is_due_now_is_sent_beside_what_was_missed_and_nothing_else(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    crew, post = crew_of(monkeypatch)
    started(people, "a@north.example")
    crew.work(FIRST + 14 * DAY + timedelta(minutes=59))
    assert len(post.taken) == 1
    assert runs("state") == ["skipped", "skipped", "done"]
    assert runs("note")[-1] is None


def test_each_sunday_of_400_days_is_one_run_at_the_hour_of_london(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At half past one, which the clocks leave out on 30 March 2025 and strike twice on 27 October 2024."""
    crew, post = crew_on_real_days(monkeypatch)
    started(people, "a@north.example", rule={"kind": "weekly", "weekday": "sunday", "time": "01:30"})
    asleep = range(30, 33)
    for week in range(58):
        if week not in asleep:
            for hours in (-2, -1, 0, 1, 25):
                crew.work(START + timedelta(days=6 + 7 * week, hours=hours - 5))
    found = [one.astimezone(clock.LONDON) for one in runs("due_at")]
    sundays = [date(2024, 6, 9) + week * 7 * DAY for week in range(58)]
    assert [one.date() for one in found] == sundays
    odd = {one.date(): f"{one:%H:%M %z}" for one in found if f"{one:%H:%M}" != "01:30"}
    assert odd == {date(2025, 3, 30): "02:00 +0100"}
    assert f"{found[sundays.index(date(2024, 10, 27))]:%z}" == "+0100", "the first of the two"
    states = runs("state")
    *missed, late = asleep
    assert [place for place, one in enumerate(states) if one == "skipped"] == missed
    assert len(post.taken) == 58 - len(missed) == len([one for one in states if one == "done"])
    assert runs("note")[late] == "Sent late: the service was not sending at the time."
    assert [one.date() for one in found] == [
        as_at or one.date() for one, as_at in zip(found, runs("as_at"), strict=True)
    ]


def test_two_workers_enter_and_make_a_due_time_once(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    crew, post = crew_of(monkeypatch)
    made = started(people, "a@north.example")
    with db.write(None) as writer:
        known = dict(writer.execute(sa.select(run_dues.schedules)).one()._mapping)
        run_dues.settle(writer, known, FIRST)
    with db.write(None) as writer:
        run_dues.settle(writer, known, FIRST)  # as another one would that read it before
    crew.work(FIRST)
    assert runs("schedule_id") == [made["id"]]
    assert len(post.taken) == 1


def test_a_rule_that_changes_while_the_worker_sleeps_loses_nothing_that_was_due(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    crew, post = crew_of(monkeypatch)
    made = started(people, "a@north.example", "b@north.example")
    later = Moment(FIRST + DAY, date(2024, 6, 4))
    body = ScheduleUpdate(rule={"kind": "weekly", "weekday": "monday", "time": "07:00"})
    do(schedules.update_schedule, people.admin, made["id"], body, version=None, at=later)
    do(schedules.pause, people.admin, made["id"], at=later)
    crew.work(FIRST + DAY + HOUR)
    assert runs("due_at", "state") == [(FIRST, "done")]
    assert len(post.taken) == 2
    crew.work(FIRST + 14 * DAY)
    do(schedules.resume, people.admin, made["id"], at=Moment(FIRST + 15 * DAY, date(2024, 6, 18)))
    crew.work(FIRST + 15 * DAY)
    assert len(runs("id")) == 1, "what fell due while it was paused is not sent"


# --- To whom ----------------------------------------------------------------------------------------------


def test_who_may_not_have_it_is_left_out_and_shown(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    crew, post = crew_of(monkeypatch)
    made = started(people, "a@north.example", "gone@north.example")
    found = see(recipients.list_recipients, people.admin, made["id"])["items"]
    gone = next(one["id"] for one in found if one["address"] == "gone@north.example")
    with db.write(None) as writer:
        subscriptions.unsubscribe(
            writer, Moment(START, START.date()), subscriptions.token_of(made["id"], gone)
        )
    crew.work(FIRST)
    assert [one.to_address for one in post.taken] == ["a@north.example"]
    assert deliveries("address", "state", "last_error")[1] == (
        "gone@north.example",
        "left_out",
        "They have unsubscribed.",
    )
    [run] = see(schedule_runs.list_runs, people.viewer, made["id"])["items"]
    assert (run["deliveries"]["sent"], run["deliveries"]["left_out"]) == (1, 1)


def test_what_waits_for_somebody_who_is_removed_is_not_sent(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    crew, post = crew_of(monkeypatch, LATER, LATER)
    made = started(people, "a@north.example", "gone@north.example")
    crew.work(FIRST)
    found = see(recipients.list_recipients, people.admin, made["id"])["items"]
    gone = next(one["id"] for one in found if one["address"] == "gone@north.example")
    do(recipients.remove_recipient, people.admin, made["id"], gone)
    crew.work(FIRST + DAY)
    assert [one.to_address for one in post.taken] == ["a@north.example"]
    assert deliveries("address", "state")[1] == ("gone@north.example", "left_out")


def test_a_user_is_written_to_at_the_address_of_now_and_not_once_disabled(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    crew, post = crew_of(monkeypatch)
    with db.write(None) as writer:
        user = user_of(writer, people, "old@north.example")
    started(people, recipients=[RecipientCreate(user_id=user), RecipientCreate(address="b@north.example")])
    set_user(user, email="new@north.example")
    crew.work(FIRST)
    assert sorted(one.to_address for one in post.taken) == ["b@north.example", "new@north.example"]
    set_user(user, disabled=True)
    crew.work(FIRST + 7 * DAY)
    assert len(post.taken) == 3
    assert deliveries("state", "last_error")[-1] == ("left_out", "The account is disabled.")


def test_a_run_without_anybody_to_send_to_says_so(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    crew, _post = crew_of(monkeypatch)
    made = started(people, "gone@north.example", state="paused")
    do(schedule_runs.send_now, people.admin, made["id"], at=Moment(START, START.date()))
    [gone] = see(recipients.list_recipients, people.admin, made["id"])["items"]
    do(recipients.remove_recipient, people.admin, made["id"], gone["id"])
    crew.work(FIRST)
    assert runs("state", "kind") == [("done", "now")]
    assert "no recipients" in runs("note")[0]


def test_what_nobody_would_receive_is_not_sent_by_hand(people: Cast) -> None:
    made = started(people, state="paused")
    with db.write(None) as writer:
        user = user_of(writer, people, "me@north.example")
    do(recipients.add_recipients, people.admin, made["id"], [RecipientCreate(user_id=user)])
    set_user(user, disabled=True)
    with pytest.raises(Invalid, match="Add a recipient first"):
        do(schedule_runs.send_now, people.admin, made["id"])
    assert runs("id") == []
    set_user(user, disabled=False)
    run_id = new_id()
    do(schedule_runs.send_now, people.admin, made["id"], run_id=run_id)
    set_user(user, disabled=True)
    again = do(schedule_runs.send_now, people.admin, made["id"], run_id=run_id)
    assert again["id"] == run_id, "a form that is sent again finds the run that it made"


@pytest.mark.parametrize("number", [5_000])
def test_thousands_of_recipients_get_one_message_each(
    people: Cast, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    crew, post = crew_of(monkeypatch)
    started(people, *(f"r{one}@north.example" for one in range(number)))
    crew.now = FIRST
    assert not run_dues.enter_due(FIRST)
    assert crew.one(FIRST), "the run is made"
    assert len(deliveries("id")) == number
    for _ in range(25):
        assert crew.one(FIRST)
    assert len({one.to_address for one in post.taken}) == len(post.taken) == 25
    assert len(set(deliveries("message_id"))) == number


# --- By hand ----------------------------------------------------------------------------------------------


def test_a_test_goes_to_whoever_asks_alone(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    crew, post = crew_of(monkeypatch)
    made = started(people, "a@north.example")
    with db.write(None) as writer:
        user = user_of(writer, people, "me@north.example")
    me = as_user(people, user)
    do(schedule_runs.send_test, me, made["id"], at=Moment(START, START.date()))
    crew.work(START)
    [only] = post.taken
    assert (only.to_address, only.unsubscribe_url) == ("me@north.example", "")
    assert only.subject.startswith("Test: ")
    with pytest.raises(NotAllowed):
        do(schedule_runs.send_test, people.service, made["id"])
    crew.work(FIRST)
    assert len(post.taken) == 2, "the due time is not used up"


def test_what_is_sent_now_leaves_the_next_due_time_as_it_is(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    crew, post = crew_of(monkeypatch)
    made = started(people, "a@north.example")
    at = Moment(START, START.date())
    first, second = (do(schedule_runs.send_now, people.admin, made["id"], at=at) for _ in range(2))
    assert first["id"] != second["id"]
    assert first["note"] == "Asked for by Admin of the north."
    crew.work(START)
    crew.work(FIRST)
    assert len(post.taken) == 3
    assert runs("kind") == ["now", "now", "due"]
    with pytest.raises(NotAllowed):
        do(schedule_runs.send_now, people.editor, made["id"])


# --- What the mail system answers -------------------------------------------------------------------------


def test_what_is_refused_for_good_is_never_tried_again_until_somebody_says_so(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    crew, post = crew_of(monkeypatch, REFUSED)
    started(people, "a@north.example")
    for day in range(10):
        crew.work(FIRST + day * DAY / 2)
    assert len(post.tried) == 1
    [(delivery, state, error)] = deliveries("id", "state", "last_error")
    assert (state, error) == ("refused", REFUSED.error)
    assert runs("state") == ["done"]
    at = Moment(FIRST + 5 * DAY, date(2024, 6, 8))
    again = do(schedule_runs.send_again, people.admin, delivery, at=at)
    assert (again["state"], again["next_try_at"]) == ("waiting", at.now)
    assert runs("state") == ["made"]
    crew.work(at.now)
    assert deliveries("state", "attempts") == [("sent", 2)]
    assert len({one.message_id for one in post.tried}) == 1
    with pytest.raises(Conflict):
        do(schedule_runs.send_again, people.admin, delivery, at=at)


def test_what_is_put_off_is_tried_eleven_times_in_two_days_then_given_up(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    crew, post = crew_of(monkeypatch, *[LATER] * 11)
    started(people, "a@north.example")
    crew.work(FIRST)
    [(delivery, run)] = deliveries("id", "run_id")
    tried_at = [FIRST]
    for delay in DELAYS:
        [shown] = see(schedule_runs.list_deliveries, people.admin, run, now=tried_at[-1])["items"]
        due_at = shown["next_try_at"]
        assert delay <= due_at - tried_at[-1] <= delay * 1.1
        crew.work(due_at - timedelta(seconds=1))
        assert len(post.tried) == len(tried_at), "not before"
        crew.work(due_at)
        tried_at.append(due_at)
        assert len(post.tried) == len(tried_at)
    assert len(tried_at) == MOST_TRIES == 11
    assert timedelta(hours=47) < tried_at[-1] - tried_at[0] < timedelta(hours=53)
    crew.work(FIRST + 10 * DAY - HOUR)
    assert see(schedule_runs.get_delivery, people.admin, delivery, now=FIRST)["next_try_at"] is None
    assert deliveries("state", "attempts", "last_error")[0] == ("dead", 11, LATER.error)
    assert runs("state")[0] == "done"


def test_nothing_knocks_at_a_mail_system_that_keeps_everybody_out(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_out = Outcome(Verdict.temporary, "The mail server refused the connection.", 30)
    crew, post = crew_of(monkeypatch, kept_out)
    started(people, *(f"r{one}@north.example" for one in range(8)))
    crew.work(FIRST)
    assert len(post.tried) == 1
    crew.work(FIRST + timedelta(seconds=29))
    assert len(post.tried) == 1
    crew.work(FIRST + timedelta(seconds=31))
    crew.work(FIRST + timedelta(minutes=5))
    assert deliveries("state") == ["sent"] * 8


def test_no_answer_after_handing_over_is_doubtful_and_the_same_message_is_sent_again(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    crew, post = crew_of(monkeypatch, LOST)
    started(people, "a@north.example")
    crew.work(FIRST)
    assert deliveries("state") == ["doubtful"]
    crew.work(FIRST + timedelta(minutes=2))
    assert deliveries("state", "attempts") == [("sent", 2)]
    assert "may have arrived twice" in deliveries("last_error")[0]
    assert len(post.taken) == 2
    assert len({(one.message_id, one.text, one.sent_at) for one in post.taken}) == 1


def test_what_was_doubtful_and_is_refused_then_may_have_arrived(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    crew, _post = crew_of(monkeypatch, LOST, LATER, REFUSED)
    started(people, "a@north.example")
    for minutes, state in ((0, "doubtful"), (2, "doubtful"), (10, "refused")):
        crew.work(FIRST + timedelta(minutes=minutes))
        assert deliveries("state") == [state]
    assert deliveries("last_error")[0].endswith("It may have arrived all the same, at an earlier try.")


def test_a_doubtful_message_that_arrived_is_not_sent_again(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    crew, post = crew_of(monkeypatch, LOST)
    started(people, "a@north.example")
    crew.work(FIRST)
    [delivery] = deliveries("id")
    at = Moment(FIRST + timedelta(seconds=10), FIRST.date())
    found = do(schedule_runs.resolve_doubtful, people.admin, delivery, at=at)
    assert (found["state"], found["last_error"]) == ("sent", "It arrived, says Admin of the north.")
    crew.work(FIRST + DAY)
    assert len(post.taken) == 1
    with pytest.raises(Conflict):
        do(schedule_runs.resolve_doubtful, people.admin, delivery, at=at)


@pytest.mark.parametrize(("told", "sent"), [(None, 2), (True, 1)])
def test_a_worker_that_dies_in_handing_over_leaves_a_row_that_says_so(
    people: Cast, monkeypatch: pytest.MonkeyPatch, told: bool | None, sent: int
) -> None:
    crew, post = crew_of(monkeypatch, Died, told=told)
    made = started(people, "a@north.example")
    crew.work(FIRST)
    assert deliveries("state") == ["handing_over"]
    [run] = runs("id")
    now = FIRST + timedelta(seconds=59)
    [shown] = see(schedule_runs.list_deliveries, people.admin, run, now=now)["items"]
    assert shown["state"] == "handing_over", "its worker may still say how it ended"
    now += timedelta(seconds=2)
    [shown] = see(schedule_runs.list_deliveries, people.admin, run, now=now)["items"]
    assert shown["state"] == "doubtful"
    crew.work(now)
    assert deliveries("state") == ["sent" if told else "doubtful"]
    crew.work(now + DOUBT_WAITS)
    assert deliveries("state") == ["sent"]
    assert len(post.taken) == sent
    assert len({one.message_id for one in post.taken}) == 1
    assert made["id"]


def test_a_worker_that_lost_its_job_hands_nothing_over(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    crew, post = crew_of(monkeypatch)
    started(people, "a@north.example")
    real = post.send

    def slow(mail: Any, *, before_data: Any) -> Outcome:
        crew.now += timedelta(minutes=2)  # longer than the lease
        return real(mail, before_data=before_data)

    monkeypatch.setattr(post, "send", slow)
    crew.now = FIRST
    run_dues.enter_due(FIRST)
    for _ in range(2):
        crew.one(FIRST)
    assert (post.taken, deliveries("state")) == ([], ["waiting"])


# --- Keeping ----------------------------------------------------------------------------------------------


def test_runs_are_forgotten_after_400_days_and_their_jobs_before(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    crew, _post = crew_of(monkeypatch)
    started(people, "a@north.example")
    crew.work(FIRST)
    for days, left in ((399, 1), (401, 0)):
        with db.write(None) as writer:
            assert not run_ends.clear_runs(writer, FIRST + days * DAY)
        assert len(runs("id")) == len(deliveries("id")) == left
    with db.read(None) as reader:
        assert reader.execute(sa.select(sa.func.count()).select_from(jobs_table)).scalar_one() == 2


# --- Reminders --------------------------------------------------------------------------------------------


def test_a_lead_is_reminded_of_each_thing_once_and_in_one_message(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    crew, post = crew_on_real_days(monkeypatch)
    plan = make_plan(people.editor)
    priority = make_priority(people.editor, plan["id"])
    lead = person_with(people, "lead@north.example")
    for ref, due in (("1.1", "2024-06-20"), ("1.2", "2024-05-01"), ("1.3", "2024-09-01")):
        made = make_action(people.editor, priority, ref=ref, title=f"Action {ref}", lead_id=lead)
        update(people.editor, made["id"], due_on=due, effective_on=date(2024, 4, 2), status="delayed")
    started(
        people,
        plan_id=plan["id"],
        kind="reminders",
        rule={"kind": "cron", "expression": "0 8 * * *"},
        reminders={"due_days": [14, 3], "overdue_every_days": 7, "not_updated": False},
    )
    said = []
    for day in range(20):
        before = len(post.taken)
        crew.work(FIRST + day * DAY)
        said += [(day, one.to_address, refs(one.text)) for one in post.taken[before:]]
    # Overdue since 2 May, told every seventh day; 20 June is 14 days off on the 6th and 3 on the 17th.
    assert said == [
        (0, "lead@north.example", ["1.2"]),
        (3, "lead@north.example", ["1.1", "1.2"]),
        (10, "lead@north.example", ["1.2"]),
        (14, "lead@north.example", ["1.1"]),
        (17, "lead@north.example", ["1.2"]),
        (18, "lead@north.example", ["1.1"]),
    ]


def test_two_leads_with_one_address_are_told_whose_each_action_is_by_date(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    crew, post = crew_on_real_days(monkeypatch)
    plan = make_plan(people.editor)
    priority = make_priority(people.editor, plan["id"])
    other = make_priority(people.editor, plan["id"], ref="2", title="Other")
    ann, bea = (
        make_person(people.editor, name=name, email="both@north.example")["id"] for name in ("Ann", "Bea")
    )
    for ref, lead, due, co in (
        ("1.1", ann, "2024-06-07", []),
        ("1.2", ann, "2024-06-05", [bea]),
        ("1.3", bea, "2024-06-06", []),
    ):
        points = [{"priority_id": priority["id"], "ref": ref}]
        points += [{"priority_id": other["id"], "ref": "2.7"}] if ref == "1.3" else []
        made = make_action(
            people.editor,
            priority,
            ref=ref,
            title=f"Action {ref}",
            lead_id=lead,
            co_lead_ids=co,
            points=points,
        )
        update(people.editor, made["id"], due_on=due, effective_on=date(2024, 4, 2), status="delayed")
    started(people, plan_id=plan["id"], kind="reminders", reminders={"due_days": [14]})
    crew.work(FIRST)
    [sent] = post.taken
    assert (sent.to_address, sent.to_name) == ("both@north.example", "Ann and Bea")
    lines = [line.strip("*- ") for line in sent.text.splitlines() if "Action" in line or "Led by" in line]
    told = " ".join(lines)
    places = [
        told.index(part)
        for part in (
            "1.2 Action",
            "Led by Ann and Bea",
            "1.3 and 2.7 Action",
            "Led by Bea",
            "1.1 Action",
            "Led by Ann.",
        )
    ]
    assert places == sorted(places), sent.text


def test_the_note_of_reminders_says_who_has_no_address_and_that_nothing_was_sent(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    crew, _post = crew_on_real_days(monkeypatch)
    plan = make_plan(people.editor)
    priority = make_priority(people.editor, plan["id"])
    for place, name in enumerate(("Data officer", "Data officer", "Finance lead", "Head of service")):
        lead = make_person(people.editor, name=name)["id"]
        ref = f"1.{place}"
        made = make_action(people.editor, priority, ref=ref, title=f"Action {ref}", lead_id=lead)
        update(
            people.editor, made["id"], due_on="2024-06-07", effective_on=date(2024, 4, 2), status="delayed"
        )
    started(people, plan_id=plan["id"], kind="reminders", reminders={"due_days": [14]})
    crew.work(FIRST)
    assert runs("state", "note") == [
        (
            "done",
            "Nothing was sent. No e-mail address is known of Data officer (two of this name), "
            "Finance lead and Head of service.",
        )
    ]
    many = reminders.without_address([f"Lead of service {number}" for number in range(100)])
    assert len(many) < 440
    assert many.endswith("“The next message” on the page of the schedule names everybody.")


def refs(text: str) -> list[str]:
    return [ref for ref in ("1.1", "1.2", "1.3") if f"{ref} Action" in text]


# --- People -----------------------------------------------------------------------------------------------


def person_with(people: Cast, email: str) -> UUID:
    found: UUID = make_person(people.editor, name="Joint lead", email=email)["id"]
    return found


def user_of(writer: Any, people: Cast, email: str) -> UUID:
    user = new_id()
    row = {"id": user, "area_id": people.admin.area_id, "email": email, "role": "admin", "version": 1}
    stamps = {"created_at": START, "updated_at": START, "disabled": False, "failures": 0}
    writer.execute(sa.insert(users), row | stamps)
    return user


def set_user(user: UUID, **values: Any) -> None:
    with db.write(None) as writer:
        writer.execute(sa.update(users).where(users.c.id == user).values(**values))


def as_user(people: Cast, user: UUID) -> Any:
    return replace(people.admin, id=user)
