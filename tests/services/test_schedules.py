"""Schedules: what may be set, when they are due, who receives them, and who may know."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import select, update

from app import db
from app.access.roles import Principal, Role
from app.clock import Moment
from app.errors import Conflict, NotAllowed, NotFound, PreconditionFailed
from app.models.base import new_id
from app.models.cadences import CadencePut
from app.models.recipients import RecipientCreate, is_mail_address
from app.models.schedules import ScheduleCreate, ScheduleUpdate
from app.models.tables import journal_entries, schedule_recipients, schedule_runs, users
from app.services import cadences, due_times, recipients, run_ends, schedule_previews, subscriptions
from app.services import schedules as service
from app.services import users as users_service
from tests.factories import (
    AT,
    NOW,
    TODAY,
    Cast,
    Shown,
    do,
    make_period,
    make_person,
    make_plan,
    refused,
    see,
)

MONDAYS: Shown = {"kind": "weekly", "weekday": "monday", "time": "08:00"}
BEFORE: Shown = {"kind": "working_days_before_meeting", "working_days": 5, "time": "09:00"}
BOARD = "board@north.example"


@pytest.fixture
def plan(people: Cast) -> Shown:
    return make_plan(people.editor)


def body(plan: Shown, **given: Any) -> ScheduleCreate:
    values = {"plan_id": plan["id"], "name": "Monday summary", "rule": MONDAYS} | given
    return ScheduleCreate.model_validate(values)


def make(people: Cast, plan: Shown, at: Moment = AT, **given: Any) -> Shown:
    made: Shown = do(service.create_schedule, people.admin, body(plan, **given), at=at)
    return made


def running(people: Cast, plan: Shown, **given: Any) -> Shown:
    return make(people, plan, **{"state": "active", "recipients": [{"address": BOARD}]} | given)


def changed(people: Cast, one: Shown, at: Moment = AT, **given: Any) -> Shown:
    found: Shown = do(
        service.update_schedule,
        people.admin,
        one["id"],
        ScheduleUpdate.model_validate(given),
        version=None,
        at=at,
    )
    return found


def later(**passed: float) -> Moment:
    now = NOW + timedelta(**passed)
    return Moment(now, now.date())


def addresses(one: Shown) -> list[str]:
    with db.read(None) as reader:
        return [found["address"] for found in recipients.to_send(reader, one["id"])]


def add(people: Cast, one: Shown, *given: Shown) -> Shown:
    found: Shown = do(
        recipients.add_recipients, people.admin, one["id"], [RecipientCreate(**each) for each in given]
    )
    return found


def user(area: Principal, email: str, **given: Any) -> UUID:
    do(users_service.create_user, area, email=email, role=Role.viewer, **given)
    with db.read(None) as reader:
        found: UUID = reader.execute(select(users.c.id).where(users.c.email == email)).scalar_one()
    return found


# --- Setting one ------------------------------------------------------------------------------------------


def test_a_schedule_is_paused_until_it_is_told_to_run(people: Cast, plan: Shown) -> None:
    made = make(people, plan)
    assert (made["state"], made["next_due_at"], made["recipient_count"]) == ("paused", None, 0)
    assert made["rule_in_words"] == "Every Monday at 08:00"
    assert (made["starts_on"], made["missed"]) == (TODAY, "send_late")
    runs = running(people, plan)
    # 1 July 2024 is a Monday; eight o'clock in London has passed.
    assert runs["next_due_at"] == datetime(2024, 7, 8, 7, tzinfo=UTC)
    assert runs["recipient_count"] == 1


def test_a_summary_runs_only_where_somebody_receives_it(people: Cast, plan: Shown) -> None:
    assert "/state" in refused(make, people, plan, state="active")
    made = make(people, plan)
    assert "/state" in refused(do, service.resume, people.admin, made["id"])
    add(people, made, {"address": BOARD})
    assert do(service.resume, people.admin, made["id"])["state"] == "active"


def test_reminders_need_nobody_and_say_of_what_they_remind(people: Cast, plan: Shown) -> None:
    told = {"due_days": [14, 3, 14], "overdue_every_days": 7, "not_updated": True}
    made = make(people, plan, kind="reminders", reminders=told, state="active")
    assert made["reminders"] == {**told, "due_days": [14, 3]}
    assert "/recipients" in refused(add, people, made, {"address": BOARD})
    assert "/reminders" in refused(changed, people, made, reminders={})
    assert "/attachments" in refused(changed, people, made, attachments=["pdf"])


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"rule": {"kind": "weekly", "time": "08:00"}}, "/rule/weekday"),
        ({"rule": {**MONDAYS, "day": 3}}, "/rule/day"),
        ({"rule": {"kind": "cron", "expression": "0 25 * * *"}}, "/rule/expression"),
        ({"rule": {"kind": "cron", "expression": "0 8 30 2 *"}}, "/rule/expression"),
        ({"kind": "reminders"}, "/reminders"),
        ({"kind": "reminders", "reminders": {}}, "/reminders"),
        ({"reminders": {"not_updated": True}}, "/reminders"),
        ({"kind": "reminders", "reminders": {"due_days": [3]}, "attachments": ["pdf"]}, "/attachments"),
        (
            {"kind": "reminders", "reminders": {"due_days": [3]}, "recipients": [{"address": BOARD}]},
            "/recipients",
        ),
        ({"plan_id": new_id()}, "/plan_id"),
    ],
)
def test_what_does_not_go_together_is_named_and_nothing_is_stored(
    people: Cast, plan: Shown, given: Shown, field: str
) -> None:
    assert field in refused(make, people, plan, **given)
    assert see(service.list_schedules, people.admin, now=NOW)["total"] == 0


def test_a_plan_of_another_area_is_no_plan_here(people: Cast) -> None:
    elsewhere = make_plan(people.stranger)
    assert "/plan_id" in refused(make, people, elsewhere)


def test_an_area_has_a_hundred_schedules_at_most(
    people: Cast, plan: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_SCHEDULES", 1)
    make(people, plan)
    with pytest.raises(Conflict):
        make(people, plan)


def test_only_who_saw_the_present_version_changes_it(people: Cast, plan: Shown) -> None:
    made = make(people, plan)
    assert changed(people, made, name="Weekly summary")["version"] == 2
    with pytest.raises(PreconditionFailed):
        do(service.update_schedule, people.admin, made["id"], ScheduleUpdate(name="x"), version=1)
    with pytest.raises(PreconditionFailed):
        do(service.pause, people.admin, made["id"], version=1)


def test_nothing_is_journalled_where_nothing_changed(people: Cast, plan: Shown) -> None:
    made = running(people, plan)
    before = entries(people)
    same = changed(people, made, name=made["name"], rule=MONDAYS, missed="send_late", attachments=[])
    do(service.resume, people.admin, made["id"])
    assert same["version"] == made["version"]
    assert entries(people) == before


def entries(people: Cast) -> list[Any]:
    statement = (
        select(journal_entries.c.operation, journal_entries.c.before, journal_entries.c.after)
        .where(journal_entries.c.noun == "schedule", journal_entries.c.area_id == people.admin.area_id)
        .order_by(journal_entries.c.sequence)
    )
    with db.read(None) as reader:
        return [tuple(row) for row in reader.execute(statement)]


# --- When it is due ---------------------------------------------------------------------------------------


def runs(one: Shown) -> list[tuple[datetime, str]]:
    statement = (
        select(schedule_runs.c.due_at, schedule_runs.c.state)
        .where(schedule_runs.c.schedule_id == one["id"])
        .order_by(schedule_runs.c.due_at)
    )
    with db.read(None) as reader:
        return [(row.due_at, row.state) for row in reader.execute(statement)]


def test_nothing_is_due_before_its_first_day(people: Cast, plan: Shown) -> None:
    made = running(people, plan, starts_on="2024-08-05")
    assert made["next_due_at"] == datetime(2024, 8, 5, 7, tzinfo=UTC)
    assert changed(people, made, starts_on="2024-08-06")["next_due_at"].day == 12


def test_what_falls_due_while_it_is_paused_is_never_sent(people: Cast, plan: Shown) -> None:
    made = running(people, plan)
    do(service.pause, people.admin, made["id"], at=later(days=1))
    back = do(service.resume, people.admin, made["id"], at=later(days=10))
    assert back["settled_until"] == NOW + timedelta(days=10)
    assert back["next_due_at"] == datetime(2024, 7, 15, 7, tzinfo=UTC)
    assert runs(made) == []


def test_a_new_rule_counts_from_now_and_what_was_due_by_the_old_one_is_sent(
    people: Cast, plan: Shown
) -> None:
    made = running(people, plan)
    at = later(days=7)  # a Monday, half an hour after it was due, and no worker came
    new = changed(people, made, at=at, rule={**MONDAYS, "time": "09:00"})
    assert new["next_due_at"] == datetime(2024, 7, 15, 8, tzinfo=UTC)
    assert runs(made) == [(datetime(2024, 7, 8, 7, tzinfo=UTC), "waiting")]


def test_meetings_are_those_of_periods_and_those_a_cadence_lists_that_no_period_has_taken(
    people: Cast, plan: Shown
) -> None:
    listed = CadencePut(
        kind="relative_to_meetings",
        anchor=date(2024, 4, 1),
        meetings=[date(2024, 7, 18), date(2024, 10, 17), date(2025, 1, 16)],
        days_before=18,
    )
    do(cadences.set_cadence, people.editor, plan["id"], listed, version=None)
    # The first listed meeting belongs to this period, whose own date counts; the second period has none.
    make_period(people.editor, plan["id"], meeting_on=date(2024, 7, 25))
    make_period(people.editor, plan["id"], ref="Q2", first_day=date(2024, 7, 1), last_day=date(2024, 9, 30))
    with db.read(None) as reader:
        found = due_times.meetings_of(reader, [plan["id"]])[plan["id"]]
    assert list(found) == [date(2024, 7, 25), date(2025, 1, 16)]
    made = running(people, plan, rule=BEFORE)
    assert made["next_due_at"] == datetime(2024, 7, 18, 8, tzinfo=UTC)


def test_a_preview_tells_the_next_five_dates_and_what_may_not_come_as_expected(
    people: Cast, plan: Shown
) -> None:
    made = make(people, plan, rule=BEFORE)
    found = see(schedule_previews.preview, people.viewer, made["id"], now=NOW)
    assert found["due"] == []
    assert [one.partition(".")[0] for one in found["warnings"]] == [
        "The schedule is paused: nothing is sent until it is resumed",
        "Nobody receives it",
        "The plan has no meeting",
    ]
    make_period(people.editor, plan["id"], meeting_on=date(2024, 7, 18))
    found = see(schedule_previews.preview, people.viewer, made["id"], now=NOW)
    assert [one["local"] for one in found["due"]] == ["Thursday 11 July 2024 at 09:00"]
    assert "The plan has no meeting after 18 July 2024." in found["warnings"][2]
    weekly = running(people, plan)
    found = see(schedule_previews.preview, people.viewer, weekly["id"], now=NOW)
    assert (len(found["due"]), found["warnings"]) == (5, [])
    far = running(people, plan, starts_on="2060-01-01")
    [warning] = see(schedule_previews.preview, people.viewer, far["id"], now=NOW)["warnings"]
    assert warning.startswith("Bank holidays are known until 31 December")
    new = see(schedule_previews.preview_new, people.admin, body(plan), now=NOW)
    assert new["due"][0]["local"] == "Monday 8 July 2024 at 08:00"


# --- Recipients -------------------------------------------------------------------------------------------


def test_an_address_is_there_once_however_it_is_written(people: Cast, plan: Shown) -> None:
    made = make(people, plan)
    first = add(people, made, {"address": "Board@North.example"}, {"address": BOARD}, {"address": "x@y.org"})
    assert first == {"added": 2, "already_there": 1, "total": 2}
    assert add(people, made, {"address": "X@Y.ORG", "name": "Other"})["added"] == 0
    assert sorted(addresses(made)) == [BOARD, "x@y.org"]


def test_a_user_receives_it_at_the_address_that_they_have_now_until_they_are_disabled(
    people: Cast, plan: Shown
) -> None:
    pat = user(people.service, "pat@north.example")
    made = make(people, plan)
    add(people, made, {"user_id": pat}, {"address": BOARD})
    with db.write(None) as writer:
        writer.execute(update(users).where(users.c.id == pat).values(email="pat.new@north.example"))
    assert addresses(made) == ["pat.new@north.example", BOARD]
    with db.write(None) as writer:
        writer.execute(update(users).where(users.c.id == pat).values(disabled=True))
    assert addresses(made) == [BOARD]


def test_nobody_is_added_who_is_not_of_the_area_or_named_twice_over(people: Cast, plan: Shown) -> None:
    made = make(people, plan)
    stranger = user(people.stranger, "s@south.example")
    own = user(people.service, "o@north.example")
    wrong = refused(
        add,
        people,
        made,
        {"address": BOARD},
        {"user_id": stranger},
        {"user_id": own, "address": BOARD},
        {"name": "Nobody"},
    )
    assert list(wrong) == ["/recipients/1/user_id", "/recipients/2", "/recipients/3"]
    assert addresses(made) == []


def test_five_thousand_are_added_at_once_and_not_one_more(people: Cast, plan: Shown) -> None:
    made = make(people, plan)
    many = [{"address": f"member-{number}@north.example"} for number in range(5_000)]
    assert add(people, made, *many)["total"] == 5_000
    assert "/recipients" in refused(add, people, made, {"address": BOARD})
    assert len(addresses(made)) == 5_000
    page = see(recipients.list_recipients, people.admin, made["id"], q="member-49")
    assert page["total"] == 111
    assert see(service.get_schedule, people.viewer, made["id"], now=NOW)["recipient_count"] == 5_000


def test_recipients_are_listed_by_group_and_address(people: Cast, plan: Shown) -> None:
    made = make(people, plan)
    board = {"group_name": "Board"}
    add(
        people, made, {"address": "b@x.org", **board}, {"address": "z@x.org"}, {"address": "a@x.org", **board}
    )
    found = see(recipients.list_recipients, people.admin, made["id"])["items"]
    assert [one["address"] for one in found] == ["z@x.org", "a@x.org", "b@x.org"]
    found = see(recipients.list_recipients, people.admin, made["id"], group_name="Board")["items"]
    assert len(found) == 2


def test_the_last_recipient_of_a_schedule_that_runs_stays(people: Cast, plan: Shown) -> None:
    made = running(people, plan)
    add(people, made, {"address": "other@north.example"})
    first, last = see(recipients.list_recipients, people.admin, made["id"])["items"]
    do(recipients.remove_recipient, people.admin, made["id"], last["id"])
    with pytest.raises(Conflict):
        do(recipients.remove_recipient, people.admin, made["id"], first["id"])
    with pytest.raises(NotFound):
        do(recipients.remove_recipient, people.admin, made["id"], last["id"])
    do(service.pause, people.admin, made["id"])
    do(recipients.remove_recipient, people.admin, made["id"], first["id"])
    assert addresses(made) == []
    names = [entry[0] for entry in entries(people)]
    assert names.count("recipients_removed") == 2


@pytest.mark.parametrize(
    "address",
    [
        "a b@x.org",
        '"a"@x.org',
        "a@x.org\r\nBcc: b@y.org",
        "a@x.org\n",
        "a@x.org,b@y.org",
        "a@x.org;b@y.org",
        "a@localhost",
        "a@x..org",
        "a@-x.org",
        "@x.org",
        "a@",
        "a",
        "",
        "a@x.org\u2028",
        "\u0000a@x.org",
        "ä@x.org",
        "a@b@x.org",
        "A <a@x.org>",
        "a(comment)@x.org",
        "=?utf-8?q?a=0D=0ABcc:b?=@x.org ",
        "=?utf-8?q?a=0D=0A?=@x.org",
        f"{'a' * 65}@x.org",
        f"a@{'x' * 64}.org",
        f"a@{'x.' * 130}org",
    ],
)
def test_an_address_that_could_be_more_than_one_or_none_is_refused(address: str) -> None:
    try:
        taken = RecipientCreate(address=address).address
    except ValidationError:
        return
    # Spaces and line ends around it are cut off, as of everything that is typed.
    assert taken == address.strip().lower()
    assert taken is not None
    assert is_mail_address(taken)
    assert taken.isascii()
    assert taken.isprintable()
    assert not set(taken) & set(' "(),:;<>[]\\')


@given(st.text(max_size=30), st.text(max_size=30))
def test_whatever_is_taken_as_an_address_is_one_and_safe_in_a_header(local: str, domain: str) -> None:
    test_an_address_that_could_be_more_than_one_or_none_is_refused(f"{local}@{domain}.org")


# --- Unsubscribing ----------------------------------------------------------------------------------------


def token(one: Shown, place: int = 0) -> str:
    with db.read(None) as reader:
        found = reader.execute(
            select(schedule_recipients.c.id).where(schedule_recipients.c.schedule_id == one["id"])
        ).scalars()
        return subscriptions.token_of(one["id"], list(found)[place])


def follow(what: Any, link: str, at: Moment = AT) -> Shown:
    with db.write(None) as writer:
        found: Shown = what(writer, at, link)
    return found


def test_one_click_ends_it_for_good_until_they_take_it_back(people: Cast, plan: Shown) -> None:
    made = running(people, plan)
    link = token(made)
    assert follow(subscriptions.unsubscribe, link)["address"] == BOARD
    follow(subscriptions.unsubscribe, link)
    assert addresses(made) == []
    assert add(people, made, {"address": BOARD})["added"] == 0
    shown = see(service.get_schedule, people.viewer, made["id"], now=NOW)
    assert (shown["recipient_count"], shown["unsubscribed"]) == (0, 1)
    with db.read(None) as reader:
        assert recipients.unsubscribed_addresses(reader, made["id"]) == {BOARD}
    assert follow(subscriptions.subscribe_again, link)["unsubscribed_at"] is None
    assert addresses(made) == [BOARD]
    told = [entry[0] for entry in entries(people)]
    assert told[-2:] == ["unsubscribed", "subscribed_again"]


def test_who_unsubscribed_stays_so_when_they_are_removed_and_added_again(people: Cast, plan: Shown) -> None:
    made = make(people, plan, recipients=[{"address": BOARD}])
    link = token(made)
    follow(subscriptions.unsubscribe, link)
    remove(people, made)
    assert see(recipients.list_recipients, people.admin, made["id"])["items"] == []
    assert "/state" in refused(do, service.resume, people.admin, made["id"])
    assert follow(subscriptions.subscribe_again, link)["unsubscribed_at"], "they were removed as well"
    assert add(people, made, {"address": BOARD, "name": "Board"}) == {
        "added": 0,
        "already_there": 1,
        "total": 1,
    }
    [shown] = see(recipients.list_recipients, people.admin, made["id"])["items"]
    assert (shown["name"], shown["unsubscribed_at"] is None, addresses(made)) == ("Board", False, [])
    follow(subscriptions.subscribe_again, link)
    assert addresses(made) == [BOARD]


def test_the_link_of_a_removed_recipient_says_so_and_stops_what_they_are_added_to_again(
    people: Cast, plan: Shown
) -> None:
    made = make(people, plan, recipients=[{"address": BOARD}])
    link = token(made)
    remove(people, made)
    with db.read(None) as reader:
        assert subscriptions.find(reader, link)["removed_at"] == NOW
    assert add(people, made, {"address": BOARD})["added"] == 1
    assert addresses(made) == [BOARD]
    remove(people, made)
    follow(subscriptions.unsubscribe, link)
    add(people, made, {"address": BOARD})
    assert addresses(made) == []


def test_the_link_of_a_removed_address_stops_what_it_gets_as_a_user(people: Cast, plan: Shown) -> None:
    made = make(people, plan, recipients=[{"address": "old@north.example"}])
    link = token(made)
    remove(people, made)
    pat = user(people.service, "pat@north.example")
    add(people, made, {"user_id": pat})
    with db.write(None) as writer:
        writer.execute(update(users).where(users.c.id == pat).values(email="old@north.example"))
    follow(subscriptions.unsubscribe, link)
    assert addresses(made) == []


def test_a_lead_who_is_taken_from_the_list_of_the_unsubscribed_gets_no_reminders_all_the_same(
    people: Cast, plan: Shown
) -> None:
    made = make(people, plan, kind="reminders", reminders={"due_days": [3]})
    link = subscriptions.token_of(made["id"], make_person(people.editor, email="lead@north.example")["id"])
    follow(subscriptions.unsubscribe, link)
    remove(people, made)
    with db.read(None) as reader:
        assert recipients.unsubscribed_addresses(reader, made["id"]) == {"lead@north.example"}
    follow(subscriptions.subscribe_again, link)
    with db.read(None) as reader:
        assert recipients.unsubscribed_addresses(reader, made["id"]) == set()
    follow(subscriptions.unsubscribe, link)
    assert see(recipients.list_recipients, people.admin, made["id"])["total"] == 1


def test_removed_recipients_are_forgotten_in_the_end_but_for_who_unsubscribed(
    people: Cast, plan: Shown
) -> None:
    made = make(people, plan, recipients=[{"address": BOARD}, {"address": "stopped@north.example"}])
    shown = {
        one["address"]: one["id"]
        for one in see(recipients.list_recipients, people.admin, made["id"])["items"]
    }
    links = {one: subscriptions.token_of(made["id"], found) for one, found in shown.items()}
    follow(subscriptions.unsubscribe, links["stopped@north.example"])
    remove(people, made)
    remove(people, made)
    with db.write(None) as writer:
        assert not run_ends.clear_recipients(writer, NOW + timedelta(days=401))
        left = writer.execute(select(schedule_recipients.c.address)).scalars().all()
    assert left == ["stopped@north.example"]
    assert follow(subscriptions.unsubscribe, links[BOARD])["is_forgotten"]


def remove(people: Cast, one: Shown) -> None:
    """Take the first of the list away."""
    first = see(recipients.list_recipients, people.admin, one["id"])["items"][0]
    do(recipients.remove_recipient, people.admin, one["id"], first["id"])


def test_who_unsubscribed_from_one_schedule_still_gets_others(people: Cast, plan: Shown) -> None:
    one, other = running(people, plan), running(people, plan)
    follow(subscriptions.unsubscribe, token(one))
    assert (addresses(one), addresses(other)) == ([], [BOARD])


def test_an_address_that_unsubscribed_gets_nothing_as_a_user_either(people: Cast, plan: Shown) -> None:
    made = running(people, plan)
    follow(subscriptions.unsubscribe, token(made))
    pat = user(people.service, "pat@north.example")
    add(people, made, {"user_id": pat})
    with db.write(None) as writer:
        writer.execute(update(users).where(users.c.id == pat).values(email=BOARD))
    assert addresses(made) == []


@pytest.mark.parametrize("has_own", [True, False])
def test_a_lead_ends_reminders_by_the_link_in_one(people: Cast, plan: Shown, has_own: bool) -> None:
    made = make(people, plan, kind="reminders", reminders={"due_days": [3]})
    lead = make_person(people.editor, email="Lead@North.example" if has_own else None)
    account = "other@north.example" if has_own else "lead@north.example"
    _of_person(user(people.service, account), lead["id"])
    link = subscriptions.token_of(made["id"], lead["id"])
    with db.read(None) as reader:
        assert subscriptions.find(reader, link)["unsubscribed_at"] is None
    assert follow(subscriptions.unsubscribe, link)["address"] == "lead@north.example"
    with db.read(None) as reader:
        assert recipients.unsubscribed_addresses(reader, made["id"]) == {"lead@north.example"}
    follow(subscriptions.subscribe_again, link)
    with db.read(None) as reader:
        assert recipients.unsubscribed_addresses(reader, made["id"]) == set()


def _of_person(user_id: UUID, person_id: UUID) -> None:
    with db.write(None) as writer:
        writer.execute(update(users).where(users.c.id == user_id).values(person_id=person_id))


def test_a_link_that_the_service_did_not_make_leads_nowhere(people: Cast, plan: Shown) -> None:
    made, other = running(people, plan), running(people, plan)
    link = token(made)
    wrong = [link[:-1], link[1:], link[:-1] + ("A" if link[-1] != "A" else "E"), "", "é", "a" * 59]
    wrong += [subscriptions.token_of(new_id(), new_id())]
    for one in wrong:
        with pytest.raises(NotFound):
            follow(subscriptions.unsubscribe, one)
    elsewhere = make_person(people.stranger, email="s@south.example")
    reminders = make(people, plan, kind="reminders", reminders={"due_days": [3]})
    for schedule, subject in ((made["id"], new_id()), (reminders["id"], elsewhere["id"])):
        found = follow(subscriptions.unsubscribe, subscriptions.token_of(schedule, subject))
        assert (found["is_forgotten"], found["address"]) == (True, None)
    assert addresses(made) == addresses(other) == [BOARD]


# --- Who may ----------------------------------------------------------------------------------------------


def test_admins_set_schedules_and_everybody_reads_them_without_addresses(people: Cast, plan: Shown) -> None:
    made = running(people, plan)
    for who in (people.viewer, people.contributor, people.editor):
        with pytest.raises(NotAllowed):
            do(service.create_schedule, who, body(plan))
        with pytest.raises(NotAllowed):
            do(service.pause, who, made["id"])
        with pytest.raises(NotAllowed):
            see(recipients.list_recipients, who, made["id"])
        shown = see(service.list_schedules, who, now=NOW)["items"]
        assert BOARD not in str(shown)
    with pytest.raises(NotFound):
        see(service.get_schedule, people.stranger, made["id"], now=NOW)
    assert see(service.list_schedules, people.stranger, now=NOW)["items"] == []
