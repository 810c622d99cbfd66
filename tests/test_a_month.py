"""A month in the sample, as docs/schedules.md tells how to try it: real processes, a real folder."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.databases import copy_of, opened
from tests.months import LEAD, Month, Schedule, bodies, to

MONDAYS = {"kind": "weekly", "weekday": "monday", "holidays": "after"}
MONDAYS_DUE = (
    *("2024-07-08", "2024-07-15", "2024-07-22", "2024-07-29", "2024-08-05", "2024-08-12", "2024-08-19"),
    # Monday the 26th was a bank holiday. The clocks changed on 27 October.
    *("2024-08-27", "2024-09-02", "2024-09-09", "2024-09-16", "2024-09-23", "2024-09-30", "2024-10-07"),
    *("2024-10-14", "2024-10-21", "2024-10-28"),
)
SUNDAYS_DUE = (
    *("2024-07-07", "2024-07-14", "2024-07-21", "2024-07-28", "2024-08-04", "2024-08-11", "2024-08-18"),
    *("2024-08-25", "2024-09-01", "2024-09-08", "2024-09-15", "2024-09-22", "2024-09-29", "2024-10-06"),
    *("2024-10-13", "2024-10-20", "2024-10-27"),
)
FILES = ("pdf", "docx", "xlsx")
BOARD, JO, SKIPPED, CHAIR, MEMBER = (
    f"{name}@council.example" for name in ("board", "jo", "skipped", "chair", "member")
)
WEEKLY = Schedule("weekly", MONDAYS, MONDAYS_DUE, recipients=(BOARD, JO))
SKIPS = Schedule("skips", MONDAYS, MONDAYS_DUE, missed="skip", recipients=(SKIPPED,))
REMINDERS = Schedule("reminders", MONDAYS, MONDAYS_DUE)
BEFORE = {"kind": "working_days_before_meeting", "working_days": 2}
ON_THE_15TH = {"kind": "monthly", "day": 15, "holidays": "after"}


@contextmanager
def month_of(kind: str, folder: Path, *schedules: Schedule) -> Iterator[Month]:
    """A month in a copy of the sample; at its end each due time has been there once."""
    with copy_of("sample", kind) as url, opened(url):
        month = Month(url, folder, schedules)
        yield month
        month.ends()


def shares(sent: Iterable[EmailMessage]) -> dict[str, str]:
    """The percentage that each message has in its subject, "" for none, by whom it is for."""
    return {to(one): "".join(re.findall(r"\d+%", one["subject"])) for one in sent}


def test_a_month_of_messages_is_sent_once_each_with_the_figures_of_its_day(tmp_path: Path) -> None:
    monthly = Schedule("monthly", ON_THE_15TH, ("2024-07-15",), attachments=FILES, recipients=(CHAIR,))
    before = Schedule("before", BEFORE, ("2024-07-16",), recipients=(MEMBER,))
    with month_of("sqlite", tmp_path, WEEKLY, SKIPS, REMINDERS, monthly, before) as month:
        month.begin({"2024-06-30": "2024-07-18"})

        sent = month.move_to("2024-07-08", completes="2.4", publishes="2024-06-30")
        assert shares(sent) == dict.fromkeys((BOARD, JO, SKIPPED), "61%")

        sent = month.move_to("2024-07-16")  # down on Monday the 15th
        assert shares(sent) == dict.fromkeys((BOARD, JO, CHAIR, MEMBER), "62%")
        [files] = [list(one.iter_attachments()) for one in sent if to(one) == CHAIR]
        assert [str(one.get_filename()).rpartition(".")[2] for one in files] == list(FILES)
        assert all("What changed since 30 June 2024" in body for one in sent for body in bodies(one))

        sent = month.move_to("2024-08-06")  # asleep over the 22nd, the 29th and the 5th
        assert shares(sent) == {BOARD: "62%", JO: "62%", LEAD: ""}
        [reminder] = [one for one in sent if to(one) == LEAD]
        assert str(reminder["subject"]) == "One of your actions needs you: one past its date"
        assert "1.8 Appoint the SEND programme lead" in bodies(reminder)[0]


# --- Every kind of schedule -------------------------------------------------------------------------------

EVERY_KIND = (
    *(WEEKLY, SKIPS, REMINDERS),
    Schedule(
        "monthly",
        {"kind": "monthly", "day": 31, "holidays": "before"},
        ("2024-07-31", "2024-08-30", "2024-09-30", "2024-10-31"),
        attachments=FILES,
        recipients=(CHAIR,),
    ),
    Schedule(
        "quarterly",
        {"kind": "quarterly", "month": 1, "day": 1, "holidays": "keep"},
        ("2024-10-01",),
        recipients=("quarterly@council.example",),
    ),
    Schedule(
        "first",
        {"kind": "first_working_day"},
        ("2024-08-01", "2024-09-02", "2024-10-01"),
        missed="skip",
        recipients=("first@council.example",),
    ),
    Schedule(
        "last",
        {"kind": "last_working_day"},
        ("2024-07-31", "2024-08-30", "2024-09-30", "2024-10-31"),
        recipients=("last@council.example",),
    ),
    # Before Wednesday 28 August lie a Tuesday, a bank holiday and a weekend.
    Schedule("before", BEFORE, ("2024-07-16", "2024-08-23"), recipients=(MEMBER,)),
    Schedule(
        "cron",
        {"kind": "cron", "expression": "{minute} {hour} * * sun"},
        SUNDAYS_DUE,
        missed="skip",
        recipients=("cron@council.example",),
    ),
)
DAYS = (
    *("2024-07-16", "2024-07-31", "2024-08-01", "2024-08-27", "2024-08-30", "2024-09-02"),
    *("2024-09-30", "2024-10-01", "2024-10-27", "2024-10-28", "2024-10-31"),
)
_OVERDUE = re.compile(r"^\* (\S+) .*\n.*Was due [^,]+, (\d+) days? ago", re.MULTILINE)
_DUE = re.compile(r"^\* (\S+) .*\n.*(?:Due today|Due [^,.]+, in (\d+) days?)", re.MULTILINE)


@pytest.mark.long
def test_four_months_of_every_kind_of_schedule(database_kind: str, tmp_path: Path) -> None:
    with month_of(database_kind, tmp_path, *EVERY_KIND) as month:
        month.begin({"2024-06-30": "2024-07-18", "2024-08-20": "2024-08-28"})
        sent = month.move_to("2024-07-08", completes="2.4", publishes="2024-06-30")
        for day in DAYS:
            sent += month.move_to(day)
        assert month.move_to(DAYS[-1]) == [], "started again on the same day it sends nothing"
    reminded = [one for one in sent if to(one) == LEAD]
    assert len(reminded) > 4
    assert set(_reasons(reminded).values()) == {1}, "nobody is reminded of the same twice"


def _reasons(reminders: Iterable[EmailMessage]) -> Counter[tuple[str, str]]:
    """Of what was reminded, and how near or far its date was, as the schedule tells that apart."""
    found: Counter[tuple[str, str]] = Counter()
    for one in reminders:
        text = bodies(one)[0]
        found.update((ref, f"week {(int(days) - 1) // 7} after") for ref, days in _OVERDUE.findall(text))
        found.update(
            (ref, "3 days" if int(days or 0) <= 3 else "14 days") for ref, days in _DUE.findall(text)
        )
    return found
