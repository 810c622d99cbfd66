"""Pages of schedules: set up, changed and started by admins; recipients, runs, and the way out by a link."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from starlette.testclient import TestClient

from app import clock, db
from app.access.roles import Principal, Role
from app.models.schedule_runs import MailState
from app.models.tables import run_deliveries, schedule_recipients, schedule_runs, schedules
from app.services import subscriptions
from app.web.presenters.schedule_meant import read
from tests import doors
from tests.web.conftest import Visitor, errors, fields, links, plan_path, words

LIST = "/schedules"
NEW = f"{LIST}/new"
WEEKLY = {
    "name": "Monday summary",
    "kind": "summary",
    "rule_kind": "weekly",
    "rule_weekday": "monday",
    "rule_time": "08:00",
    "rule_holidays": "after",
    "missed": "send_late",
}


@pytest.fixture
def admin(http: TestClient, area: Principal) -> Visitor:
    return Visitor(http, doors.session(area, Role.admin))


@pytest.fixture
def plan_id(admin: Visitor) -> str:
    return plan_path(admin).removeprefix("/plans/")


@pytest.fixture
def ids(area: Principal, plan_id: str) -> dict[str, str]:
    """A paused schedule with a recipient, a run, and a message that was given up."""
    return doors.schedule(area.area_id, UUID(plan_id))


@pytest.fixture
def path(ids: dict[str, str]) -> str:
    return f"{LIST}/{ids['schedule_id']}"


def count(table: Any) -> int:
    with db.read(None) as reader:
        return int(reader.execute(select(func.count()).select_from(table)).scalar_one())


def set_aside(admin: Visitor, address: str) -> dict[str, str]:
    """What a form carries hidden."""
    shown = fields(admin.get(address))
    return {name: shown[name] for name in ("set_aside", "version") if name in shown}


def message(ids: dict[str, str], **values: Any) -> None:
    """Make the message of the run stand otherwise."""
    wanted = run_deliveries.c.id == UUID(ids["run_delivery_id"])
    with db.write(None) as writer:
        writer.execute(update(run_deliveries).where(wanted).values(**values))


# --- Who may see what -------------------------------------------------------------------------------------


def test_everybody_reads_when_something_is_sent_and_only_admins_read_to_whom(
    admin: Visitor, viewer: Visitor, path: str, ids: dict[str, str]
) -> None:
    run = f"/schedule-runs/{ids['run_id']}"
    for page in (LIST, path, run):
        assert "Monday summary" in words(viewer.get(page))
        assert (
            "@"
            not in words(viewer.get(page)).replace("@halton", "").replace("viewer-", "").split("Sign out")[1]
        )
    assert "One recipient gets it" in words(viewer.get(path))
    assert not [one for one in links(viewer.get(path), path) if one != path]
    assert NEW not in links(viewer.get(LIST), LIST)
    assert "board@council.example" in words(admin.get(run))
    assert "board@council.example" in words(admin.get(f"{path}/recipients"))


# --- Setting one up ---------------------------------------------------------------------------------------


def test_a_schedule_is_added_once_and_is_paused_until_it_has_recipients(admin: Visitor, plan_id: str) -> None:
    before = count(schedules)
    sent = WEEKLY | {"plan_id": plan_id, "attachments-pdf": "1", **set_aside(admin, NEW)}
    first = admin.send(NEW, sent, 303).headers["location"]
    assert admin.send(NEW, sent, 303).headers["location"].partition("?")[0] == first.partition("?")[0]
    assert count(schedules) == before + 1
    shown = words(admin.get(first))
    assert "The schedule is added. It is paused" in shown
    assert "Every Monday at 08:00, or on the working day after where that is a bank holiday" in shown
    assert "Nobody receives it" in shown
    path = first.partition("?")[0]
    started = admin.send(f"{path}/state", {"state": "active", **set_aside(admin, path)}, 303)
    assert "nobody would receive it" in words(admin.get(started.headers["location"]))
    other = admin.send(NEW, sent | {"name": "Another"}, 409)
    assert "The form was used already" in words(other.text)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"name": ""}, "Give the schedule a name"),
        ({"name": "a\r\nBcc: x"}, "Remove the line breaks and tabs"),
        ({"plan_id": ""}, "Choose the plan"),
        ({"kind": ""}, "Choose what is sent"),
        ({"rule_time": "25:00"}, "Give the time of day in London, for example 08:00"),
        ({"rule_time": ""}, "Give the time of day in London, for example 08:00"),
        ({"rule_weekday": ""}, "Choose the day of the week"),
        ({"rule_holidays": ""}, "Choose what happens on a bank holiday"),
        ({"rule_kind": "monthly", "rule_day": "32"}, "The day of the month must be from 1 to 31"),
        ({"rule_kind": "quarterly", "rule_month": "1"}, "Give the day of the month"),
        ({"rule_kind": "working_days_before_meeting"}, "Give the working days before the meeting"),
        ({"rule_kind": "cron", "rule_expression": "0 8 * *"}, "Give five fields"),
        ({"rule_kind": "cron", "rule_expression": "* 8 * * 1"}, "Give one number from 0 to 59 as the minute"),
        ({"starts_on-day": "31", "starts_on-month": "6", "starts_on-year": "2024"}, "must be a real date"),
        ({"kind": "reminders", "reminders_due_days": "soon"}, "“soon” is none"),
        ({"kind": "reminders"}, "Say at least one thing that leads are reminded of"),
    ],
)
def test_what_is_wrong_with_a_schedule_stands_at_its_field_and_nothing_typed_is_lost(
    admin: Visitor, plan_id: str, typed: dict[str, str], message: str
) -> None:
    sent = WEEKLY | {"plan_id": plan_id, **set_aside(admin, NEW), **typed}
    answer = admin.send(NEW, sent, 422)
    assert any(message in one for one in errors(answer.text)), errors(answer.text)
    kept = fields(answer.text)
    assert all(
        kept.get(name) == value for name, value in typed.items() if value and not name.endswith("kind")
    )


def test_all_that_is_wrong_is_named_at_once(admin: Visitor, plan_id: str) -> None:
    typed = {"name": "", "kind": "reminders", "rule_kind": "cron", "rule_expression": "* * *", "missed": ""}
    answer = admin.send(NEW, WEEKLY | {"plan_id": plan_id, **set_aside(admin, NEW), **typed}, 422)
    found = " / ".join(errors(answer.text))
    for words_of in ("Give the schedule a name", "Give five fields", "Say at least one thing"):
        assert words_of in found


def test_only_fields_of_the_choice_that_is_made_count(admin: Visitor, plan_id: str) -> None:
    typed = {"rule_kind": "first_working_day", "rule_day": "99", "rule_expression": "nonsense"}
    typed |= {"reminders_due_days": "soon"}
    sent = WEEKLY | {"plan_id": plan_id, **set_aside(admin, NEW), **typed}
    added = admin.get(admin.send(NEW, sent, 303).headers["location"])
    assert "On the first working day of each month at 08:00" in words(added)


@pytest.mark.parametrize(
    ("typed", "found"),
    [("8:00", "08:00"), ("8.30", "08:30"), ("9am", "09:00"), ("12 pm", "12:00"), ("8", "8")],
)
def test_a_time_is_read_as_people_write_it(typed: str, found: str) -> None:
    assert read((), {"rule_time": typed}).value("rule_time") == found


def test_reminders_go_to_leads_and_take_no_recipients(admin: Visitor, plan_id: str) -> None:
    typed = {"kind": "reminders", "reminders_due_days": "14 3", "reminders_overdue_every_days": "7"}
    sent = WEEKLY | {"plan_id": plan_id, **set_aside(admin, NEW), **typed}
    path = admin.send(NEW, sent, 303).headers["location"].partition("?")[0]
    shown = admin.get(path)
    assert "Due in 14 and 3 days; overdue, every 7 days" in words(shown)
    assert f"{path}/recipients" not in links(shown, path)
    preview = words(admin.get(f"{path}/preview"))
    assert "of your actions" in preview
    assert "Overdue" in preview
    assert "something to be reminded of" in preview
    assert "Add recipients" not in words(admin.get(f"{path}/recipients"))
    started = admin.send(f"{path}/state", {"state": "active", **set_aside(admin, path)}, 303)
    assert "The schedule is running" in words(admin.get(started.headers["location"]))


def test_a_schedule_is_changed_and_a_stale_form_shows_both_versions(admin: Visitor, path: str) -> None:
    shown = fields(admin.get(f"{path}/edit"))
    assert shown["rule_time"] == "08:00"
    mine = admin.send(f"{path}/edit", shown | {"rule_time": "9:15", "rule_kind": "weekly"}, 303)
    assert "Every Monday at 09:15" in words(admin.get(mine.headers["location"]))
    stale = admin.send(f"{path}/edit", shown | {"name": "Mine", "rule_kind": "weekly"}, 409)
    assert "Someone saved the schedule while you were writing" in words(stale.text)
    assert "Mine" in stale.text
    same = admin.send(f"{path}/edit", shown | {"rule_time": "09:15", "rule_kind": "weekly"}, 303)
    assert same.headers["location"].endswith("said=changed"), "the same form again is saved already"


def test_a_button_of_an_old_page_changes_nothing(admin: Visitor, path: str) -> None:
    old = set_aside(admin, path)
    admin.send(f"{path}/state", {"state": "active", **old}, 303)
    again = admin.send(f"{path}/state", {"state": "paused", **old}, 303)
    assert "Nothing was changed just now" in words(admin.get(again.headers["location"]))
    admin.send(f"{path}/state", {"state": "gone", **old}, 422)


def test_a_date_that_a_bank_holiday_moves_says_so(admin: Visitor, plan_id: str) -> None:
    typed = {"rule_kind": "cron", "rule_expression": "0 8 25 12 *"}
    sent = WEEKLY | {"plan_id": plan_id, **set_aside(admin, NEW), **typed}
    shown = words(admin.get(admin.send(NEW, sent, 303).headers["location"]))
    assert "in place of 25 December" in shown
    assert "a bank holiday" in shown


# --- The list ---------------------------------------------------------------------------------------------


def test_the_list_tells_the_last_run_and_what_of_it_needs_somebody(
    admin: Visitor, path: str, ids: dict[str, str]
) -> None:
    shown = words(admin.get(LIST))
    assert "Look at this: 1 given up" in shown
    message(ids, state=MailState.sent)
    assert "Look at this" not in words(admin.get(LIST))
    assert "No schedule fits these filters" in words(admin.get(f"{LIST}?kind=reminders"))
    assert path in links(admin.get(f"{LIST}?state=paused&sort=-last"), LIST)
    assert "Monday summary" in admin.get(f"{LIST}?download=csv")
    admin.get(f"{LIST}?state=gone", 422)


def test_the_overview_and_admin_tell_admins_alone_of_messages_that_did_not_arrive(
    admin: Visitor, editor: Visitor, ids: dict[str, str]
) -> None:
    assert "1 scheduled message that did not arrive 1 given up." in words(admin.get("/"))
    assert "One last sent something that did not arrive" in words(admin.get("/admin"))
    assert "scheduled message" not in words(editor.get("/"))
    message(ids, state=MailState.sent)
    assert "scheduled message" not in words(admin.get("/"))
    assert "One schedule. None is running." in words(admin.get("/admin"))


# --- Recipients -------------------------------------------------------------------------------------------


def test_many_addresses_are_added_at_once_as_mail_programs_copy_them(admin: Visitor, path: str) -> None:
    form = f"{path}/recipients/new"
    typed = 'Jo Smith <JO@council.example>; ann@icb.example\n\n"Green, Sam" sam@council.example\n'
    typed += "board@council.example"
    sent = {"addresses": typed, "group_name": "Leads", **set_aside(admin, form)}
    added = admin.get(admin.send(form, sent, 303).headers["location"])
    assert "Three recipients are added. One was there already and stays as before." in words(added)
    assert "jo@council.example Name Jo Smith" in words(added)
    assert "Green, Sam" in words(added)
    again = admin.get(admin.send(form, sent, 303).headers["location"])
    assert "No recipients are added. Four were there already" in words(again)
    found = admin.get(f"{path}/recipients?q=jo%40")
    assert "ann@icb.example" not in words(found)
    assert "Jo Smith" in admin.get(f"{path}/recipients?download=csv")


def test_wrong_lines_are_named_and_none_is_added(admin: Visitor, path: str) -> None:
    form, before = f"{path}/recipients/new", count(schedule_recipients)
    typed = "jo@council.example\nnobody\na@b@c.example\nx@council.example\r\nBcc: <all@council.example\x00>"
    answer = admin.send(form, {"addresses": typed, **set_aside(admin, form)}, 422)
    assert "Remove the hidden control character" in errors(answer.text)[0]
    lines = typed.replace("\x00", "")
    answer = admin.send(form, {"addresses": lines, **set_aside(admin, form)}, 422)
    [found] = errors(answer.text)
    assert "Line 2: “nobody” is not one e-mail address. Line 3: “a@b@c.example”" in found
    assert count(schedule_recipients) == before
    empty = admin.send(form, set_aside(admin, form), 422)
    assert errors(empty.text) == ["Give at least one address, or choose a user"]


def test_names_beside_addresses_are_kept_whole_or_refused_and_a_wrong_group_is_named(
    admin: Visitor, path: str
) -> None:
    form, before = f"{path}/recipients/new", count(schedule_recipients)
    typed = f"Bcc: evil@x.example\n{'n' * 121} <jo@council.example>"
    answer = admin.send(form, {"addresses": typed, **set_aside(admin, form)}, 422)
    assert errors(answer.text) == [
        "Line 1: “Bcc:” is no name. Give the address alone, or with a name before it. "
        "Line 2: shorten the name to 120 characters or fewer"
    ]
    group = {"addresses": "jo@council.example", "group_name": "Board\x07", **set_aside(admin, form)}
    answer = admin.send(form, group, 422)
    assert 'href="#group_name"' in answer.text
    assert len(errors(answer.text)) == 1
    assert count(schedule_recipients) == before


def test_the_link_that_stops_messages_answers_a_check_by_head_and_changes_nothing(
    anybody: Visitor, admin: Visitor, path: str, ids: dict[str, str]
) -> None:
    answer = anybody.answer("HEAD", f"/unsubscribe/{ids['link']}")
    assert answer.status_code == 200
    assert "Gets it" in words(admin.get(f"{path}/recipients"))


def test_users_are_added_from_a_list_of_those_who_are_none_yet(admin: Visitor, path: str) -> None:
    form = f"{path}/recipients/new"
    shown = fields(admin.get(form))
    user = next(name for name in shown if name.startswith("users-"))
    admin.send(form, {user: "1", "set_aside": shown["set_aside"]}, 303)
    assert "Gets it, as a user" in words(admin.get(f"{path}/recipients"))
    assert user not in fields(admin.get(form))
    other = {"users-" + "0" * 8 + "-0000-4000-8000-" + "0" * 12: "1", "set_aside": shown["set_aside"]}
    admin.send(form, other, 422)


def test_a_recipient_is_removed_after_being_asked_and_once(
    admin: Visitor, path: str, ids: dict[str, str]
) -> None:
    remove = f"{path}/recipients/{ids['recipient_id']}/removal"
    asked = set_aside(admin, remove)
    assert "Remove board@council.example?" in words(admin.get(remove))
    admin.send(remove, {}, 422)
    assert "said=removed" in admin.send(remove, asked, 303).headers["location"]
    assert "said=gone" in admin.send(remove, asked, 303).headers["location"]
    admin.send(remove, {}, 404)
    assert "Nobody receives it yet" in words(admin.get(f"{path}/recipients"))


def test_the_last_recipient_of_a_running_schedule_is_not_removed_without_a_word(
    admin: Visitor, path: str, ids: dict[str, str]
) -> None:
    admin.send(f"{path}/state", {"state": "active", **set_aside(admin, path)}, 303)
    remove = f"{path}/recipients/{ids['recipient_id']}/removal"
    answer = admin.send(remove, set_aside(admin, remove), 409)
    assert "Pause the schedule first, or add another recipient" in words(answer.text)


# --- What was sent ----------------------------------------------------------------------------------------


def test_sending_now_names_how_many_and_is_done_once(admin: Visitor, path: str) -> None:
    before = count(schedule_runs)
    asked = set_aside(admin, f"{path}/now")
    assert "Send it to 1 recipient now" in words(admin.get(f"{path}/now"))
    first = admin.send(f"{path}/now", asked, 303).headers["location"]
    assert admin.send(f"{path}/now", asked, 303).headers["location"] == first
    assert count(schedule_runs) == before + 1
    assert "Sent by hand" in words(admin.get(first))
    admin.send(f"{path}/now", {}, 422)


def test_what_nobody_would_receive_is_not_sent_and_says_what_to_do(
    admin: Visitor, path: str, ids: dict[str, str]
) -> None:
    asked, before = set_aside(admin, f"{path}/now"), count(schedule_runs)
    with db.write(None) as writer:
        writer.execute(update(schedule_recipients).values(unsubscribed_at=clock.now()))
    assert "Add a recipient first" in words(admin.send(f"{path}/now", asked, 422).text)
    assert count(schedule_runs) == before


def test_a_test_goes_to_whoever_asks_once(admin: Visitor, path: str) -> None:
    before = count(schedule_runs)
    key = set_aside(admin, path)["set_aside"]
    for _time in range(2):
        sent = admin.send(f"{path}/test", {"set_aside": key}, 303)
    assert "A test is on its way to you" in words(admin.get(sent.headers["location"]))
    assert count(schedule_runs) == before + 1
    assert "Never" not in words(admin.get(LIST)), "a test is no run of the schedule"


def test_a_message_that_was_given_up_is_sent_again_after_being_asked(
    admin: Visitor, ids: dict[str, str]
) -> None:
    run, again = f"/schedule-runs/{ids['run_id']}", f"/run-deliveries/{ids['run_delivery_id']}/again"
    shown = admin.get(run)
    assert again in links(shown, "/run-deliveries")
    assert "The mail server answered 451: try later." in words(shown)
    assert "Send it again to board@council.example?" in words(admin.get(again))
    sent = admin.send(again, set_aside(admin, again), 303)
    assert "being sent again" in words(admin.get(sent.headers["location"]))
    message(ids, state=MailState.sent)
    assert "Nothing to send again" in words(admin.get(again))
    refused = admin.send(again, set_aside(admin, again), 303)
    assert "Nothing was sent again" in words(admin.get(refused.headers["location"]))


def test_a_doubtful_message_says_so_and_can_be_said_to_have_arrived(
    admin: Visitor, ids: dict[str, str]
) -> None:
    message(ids, state=MailState.doubtful)
    run, step = f"/schedule-runs/{ids['run_id']}", f"/run-deliveries/{ids['run_delivery_id']}"
    assert "It may have arrived" in words(admin.get(f"{run}?state=doubtful"))
    assert "most mail programs show it once" in words(admin.get(f"{step}/again"))
    key = set_aside(admin, run)
    told = admin.send(f"{step}/arrived", key, 303)
    assert "It counts as sent" in words(admin.get(told.headers["location"]))
    again = admin.send(f"{step}/arrived", key, 303)
    assert "only a doubtful message" in words(admin.get(again.headers["location"]))


def test_the_next_message_is_shown_as_it_would_be_sent_and_its_html_stands_apart(
    admin: Visitor, path: str
) -> None:
    shown = words(admin.get(f"{path}/preview"))
    assert "61% of action points are complete or on target (57 of 93)" in shown
    assert "/unsubscribe/example" in shown, "nobody's own link is shown to somebody else"
    html = admin.answer("GET", f"{path}/preview/message")
    policy = html.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert policy.endswith("sandbox")
    assert "unsafe-inline" not in admin.answer("GET", f"{path}/preview").headers["content-security-policy"]
    admin.get(f"{path}/preview?lead=nobody", 422)


# --- The way out ------------------------------------------------------------------------------------------


def test_a_link_stops_the_messages_without_signing_in_and_lets_them_come_again(
    anybody: Visitor, admin: Visitor, path: str, ids: dict[str, str]
) -> None:
    link = f"/unsubscribe/{ids['link']}"
    asked = anybody.get(link)
    assert "Stop these messages?" in words(asked)
    assert "board@council.example" not in asked, "a message may have been passed on"
    assert "Gets it" in words(admin.get(f"{path}/recipients")), "looking changes nothing"
    assert anybody.send(link, {"step": "stop"}, 303).headers["location"] == link
    assert "You get these messages no more" in words(anybody.get(link))
    assert "Unsubscribed on" in words(admin.get(f"{path}/recipients"))
    assert "One has unsubscribed" in words(admin.get(path))
    anybody.send(link, {"step": "again"}, 303)
    assert "Stop these messages?" in words(anybody.get(link))


@pytest.mark.parametrize(
    "sent",
    [
        {
            "content": b"List-Unsubscribe=One-Click",
            "headers": {"content-type": "application/x-www-form-urlencoded"},
        },
        {"files": {"List-Unsubscribe": (None, "One-Click")}},
        {"content": b""},
        {"content": b"\xff" * 20_000},
    ],
    ids=["form", "parts", "nothing", "rubbish"],
)
def test_a_mail_program_stops_them_in_one_step_from_wherever_it_is(
    anybody: Visitor, ids: dict[str, str], sent: dict[str, Any]
) -> None:
    link = f"/unsubscribe/{ids['link']}"
    elsewhere = {"sec-fetch-site": "cross-site", "origin": "https://mail.example", **sent.pop("headers", {})}
    for _time in range(2):
        answer = anybody.answer("POST", link, headers=elsewhere, **sent)
        assert answer.status_code in (200, 303)
    assert "You get these messages no more" in words(anybody.get(link))


def test_only_our_own_page_lets_messages_come_again(anybody: Visitor, ids: dict[str, str]) -> None:
    link = f"/unsubscribe/{ids['link']}"
    anybody.send(link, {"step": "stop"}, 303)
    elsewhere = {"sec-fetch-site": "cross-site"}
    assert anybody.answer("POST", link, data={"step": "again"}, headers=elsewhere).status_code == 403
    assert "You get these messages no more" in words(anybody.get(link))


def test_a_link_that_is_none_says_nothing_of_anybody(
    anybody: Visitor, ids: dict[str, str], area: Principal
) -> None:
    strangers = subscriptions.token_of(UUID(int=7), UUID(int=7))
    shown = {
        anybody.get(f"/unsubscribe/{link}", 404) for link in ("x", strangers, ids["link"][:-2] + "AA", "é")
    }
    assert len({words(one) for one in shown}) == 1
    anybody.send(f"/unsubscribe/{strangers}", {"step": "stop"}, 404)


def test_the_link_of_somebody_who_was_removed_says_that_nothing_is_sent_any_more(
    anybody: Visitor, admin: Visitor, path: str, ids: dict[str, str]
) -> None:
    link = f"/unsubscribe/{ids['link']}"
    remove = f"{path}/recipients/{ids['recipient_id']}/removal"
    admin.send(remove, set_aside(admin, remove), 303)
    assert "was removed from the recipients" in words(anybody.get(link))
    anybody.send(link, {"step": "stop"}, 303)
    assert "Since" in words(anybody.get(link))
    assert "<button" not in anybody.get(link)
    forgotten = f"/unsubscribe/{subscriptions.token_of(UUID(ids['schedule_id']), UUID(int=7))}"
    assert "You get these messages no more" in words(anybody.get(forgotten))
    anybody.send(forgotten, {"step": "stop"}, 303)


def test_runs_of_long_ago_do_not_hide_the_last_one(admin: Visitor, ids: dict[str, str]) -> None:
    late = clock.moment().calendar - timedelta(days=300)
    run = schedule_runs.c.id == UUID(ids["run_id"])
    with db.write(None) as writer:
        writer.execute(update(schedule_runs).where(run).values(due_at=late))
    asked = set_aside(admin, f"{LIST}/{ids['schedule_id']}/now")
    admin.send(f"{LIST}/{ids['schedule_id']}/now", asked, 303)
    assert "Being made" in words(admin.get(LIST))
