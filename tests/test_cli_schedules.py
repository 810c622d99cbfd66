"""The command schedules: what it prints and does, and what it says of wrong use."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from app import clock, db
from app.access.roles import Role
from app.models.plans import PlanCreate
from app.models.tables import jobs, run_deliveries
from app.services import areas, plans, users
from tests.test_cli import Run, file, north, run, url

__all__ = ["file", "north", "run", "url"]
NOBODY = "01900000-0000-7000-8000-000000000000"
NAMED = ("--area", "north", "--plan", "PAP", "--name", "Summary")
WEEKLY = ("--weekly", "monday", "--time", "08:00")


@pytest.fixture
def plan(north: str) -> str:
    """The plan PAP of the north, and its user Pat."""
    db.open(north)
    with db.write(None) as writer:
        who = areas.by_slug(writer, "north")
        plans.create_plan(writer, who, clock.moment(), PlanCreate(ref="PAP", title="Priority action plan"))
        users.create_user(writer, who, clock.moment(), email="pat@north.example", role=Role.viewer)
    db.close()
    return north


def create(run: Run, *more: str) -> dict[str, Any]:
    done = run("schedules", "create", *NAMED, *more, "--json")
    assert done.code == 0, done.err
    answer: dict[str, Any] = json.loads(done.out)
    return answer


def test_a_schedule_is_created_paused_resumed_and_listed(run: Run, plan: str) -> None:
    assert "north has no such schedules" in run("schedules", "list", "--area", "north").out
    made = create(run, *WEEKLY, "--holidays", "after", "--to", "Board@north.example", "--attach", "pdf,docx")
    assert (made["state"], made["recipient_count"], made["attachments"]) == ("paused", 1, ["pdf", "docx"])
    assert made["rule_in_words"].startswith("Every Monday at 08:00, or on the working day after")
    one = ("--area", "north", "--schedule", made["id"])
    done = run("schedules", "resume", *one)
    assert "active" in done.out
    assert "at 08:00" in done.out
    assert json.loads(run("schedules", "pause", *one, "--json").out)["state"] == "paused"
    listed = json.loads(run("schedules", "list", "--area", "north", "--json").out)["items"]
    assert [found["id"] for found in listed] == [made["id"]]
    assert json.loads(run("schedules", "list", "--area", "north", "--state", "active", "--json").out) == {
        "items": []
    }


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("--monthly", "31", "--time", "07:30"), "On the last day of each month at 07:30"),
        (("--quarterly", "1", "--time", "09:00"), "On the 1st of January, April, July and October at 09:00"),
        (
            ("--before-meeting", "5", "--time", "09:00"),
            "Five working days before each board meeting, at",
        ),
        (("--first-working-day", "--time", "09:00"), "On the first working day of each month at 09:00"),
        (("--last-working-day", "--time", "09:00"), "On the last working day of each month at 09:00"),
        (("--cron", "0 8 * * 1"), "At 08:00 on Monday"),
    ],
)
def test_every_rule_can_be_typed(run: Run, plan: str, given: tuple[str, ...], words: str) -> None:
    assert create(run, *given)["rule_in_words"].startswith(words)


def test_reminders_are_typed_by_what_they_remind_of(run: Run, plan: str) -> None:
    made = create(run, *WEEKLY, "--due-days", "14,3", "--overdue-every", "7", "--not-updated", "--start")
    assert (made["kind"], made["state"]) == ("reminders", "active")
    assert made["reminders"] == {"due_days": [14, 3], "overdue_every_days": 7, "not_updated": True}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("--weekly", "monday"), "--time: Give the time of day in London"),
        (("--monthly", "40", "--time", "08:00"), "--monthly: "),
        (("--quarterly", "0", "--time", "08:00"), "--quarterly: "),
        (
            ("--cron", "0 8 * * 1", "--time", "08:00"),
            "--time: Leave this out: it belongs to --weekly or --monthly or --quarterly or --before-meeting",
        ),
        (
            (*WEEKLY, "--due-days", "3", "--attach", "pdf"),
            "--attach: Leave this out: it belongs to a sum",
        ),
        ((*WEEKLY, "--name", "a\nb"), "--name: remove the line breaks"),
        (("--cron", "0 25 * * *"), "--cron: The hour cannot be read: 25."),
        ((*WEEKLY, "--start"), "--to: Nobody would receive it."),
        ((*WEEKLY, "--to", "a b@x.org"), "--to: give one e-mail address"),
        ((*WEEKLY, "--attach", "exe"), "--attach: "),
        ((*WEEKLY, "--due-days", "soon"), "--due-days: give days as 14,3, not soon"),
        ((*WEEKLY, "--due-days", "3", "--to", "a@x.org"), "--to: Leave this out"),
        ((), "one of the arguments --weekly"),
        (("--weekly", "monday", "--cron", "0 8 * * 1"), "not allowed with"),
    ],
)
def test_wrong_use_is_one_line_by_the_option(run: Run, plan: str, given: tuple[str, ...], words: str) -> None:
    done = run("schedules", "create", *NAMED, *given)
    assert done.code == 2
    assert words in done.line
    assert "`" not in done.line


def test_sending_enters_a_run_and_a_test_goes_to_a_user(run: Run, plan: str) -> None:
    made = create(run, *WEEKLY, "--to", "board@north.example")
    one = ("--area", "north", "--schedule", made["id"])
    sent = json.loads(run("schedules", "send", *one, "--json").out)
    assert (sent["kind"], sent["state"]) == ("now", "waiting")
    assert (
        "a worker sends it within seconds" in run("schedules", "test", *one, "--to", "pat@north.example").out
    )
    nobody = run("schedules", "test", *one, "--to", "nobody@north.example")
    assert nobody.code == 1
    assert "has no user nobody@north.example" in nobody.line
    db.open(plan)
    with db.read(None) as reader:
        assert len(reader.execute(select(jobs.c.id).where(jobs.c.kind == "schedule_run")).all()) == 2
        assert reader.execute(select(run_deliveries.c.id)).all() == []
    db.close()


def test_a_schedule_that_never_ran_is_deleted_and_one_that_did_stays(run: Run, plan: str) -> None:
    made, sent = create(run, *WEEKLY), create(run, *WEEKLY, "--to", "board@north.example")
    one, other = (("--area", "north", "--schedule", found["id"]) for found in (made, sent))
    assert "is deleted" in run("schedules", "delete", *one).out
    assert run("schedules", "delete", *one).code == 1
    assert run("schedules", "send", *other).code == 0
    done = run("schedules", "delete", *other)
    assert (done.code, "Pause it instead" in done.line) == (1, True)


def test_what_is_not_there_is_said(run: Run, plan: str) -> None:
    north = ("--area", "north")
    for step in ("pause", "resume", "send"):
        done = run("schedules", step, "--area", "north", "--schedule", NOBODY)
        listing = "list them with send-tracker schedules list --area north"
        assert (done.code, f"north has no schedule {NOBODY}: {listing}" in done.line) == (1, True)
    assert (
        "as send-tracker schedules list prints it" in run("schedules", "send", *north, "--schedule", "x").line
    )
    done = run("schedules", "create", "--area", "north", "--plan", "SIP", "--name", "x", *WEEKLY)
    assert (done.code, "no plan SIP" in done.line) == (1, True)
    assert run("schedules").code == 2


def test_help_shows_examples_of_every_step(run: Run) -> None:
    assert "send-tracker schedules list --area north" in run("schedules", "--help").out
    for step in ("list", "create", "pause", "resume", "send", "test", "delete"):
        assert f"send-tracker schedules {step} --area north" in run("schedules", step, "--help").out
