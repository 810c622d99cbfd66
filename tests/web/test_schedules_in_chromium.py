"""A month of scheduled e-mail in a browser: set up, sent, read in its folder, stopped by its link.

Time is moved forward: the worker is told that it is the day on which the message is due, and its week.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser

from app.access.roles import Role
from app.clock import LONDON
from app.config import settings
from app.senders import mail
from tests import browsers, servers, visits
from tests.databases import copy_of, opened
from tests.mailing import Crew
from tests.visits import Visit

WEEK = timedelta(days=7)
DATE = re.compile(r"Monday (\d+ \w+ \d{4}) at (\d\d:\d\d)")


class Here(NamedTuple):
    """A running service, and the folder that takes its messages."""

    service: servers.Service
    folder: Path

    def messages(self) -> dict[str, EmailMessage]:
        """What is in the folder by the address that it is for, the newest of each."""
        found = sorted(self.folder.glob("*.eml"), key=lambda one: one.name)
        read = [message_from_bytes(one.read_bytes(), policy=policy.default) for one in found]
        return {str(one["to"]): one for one in read if isinstance(one, EmailMessage)}


@pytest.fixture
def here() -> Iterator[Here]:
    with copy_of("sample", "sqlite") as url, opened(url), servers.serve(url, "--no-worker") as service:
        yield Here(service, settings().mail_directory)


@pytest.fixture
def visit(browser: Browser, here: Here) -> Iterator[Visit]:
    """An admin at the overview."""
    with visits.somebody(browser, here.service.address) as opened:
        opened.begin(Role.admin)
        yield opened


def test_a_summary_is_scheduled_sent_read_and_stopped(
    browser: Browser, visit: Visit, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    crew = Crew(monkeypatch, mail.sender())
    set_up(visit)
    due = first_date(visit)
    crew.work(due + timedelta(minutes=1))
    found = here.messages()
    assert found.keys() == {"board@council.example", "Jo Smith <jo@council.example>"}
    message = found["board@council.example"]
    read(message, visit)
    stop(browser, here, message)

    crew.work(due + WEEK + timedelta(minutes=1))
    visit.page.go_back()
    visit.page.reload()
    visit.check()
    rows = visit.page.get_by_role("row").all_inner_texts()
    assert any("1 sent, 1 left out" in one for one in rows), rows
    assert any("2 sent" in one for one in rows), rows
    visit.go_on(visit.page.get_by_role("table").get_by_role("link").first)
    visit.check()
    visit.reads("They have unsubscribed.")


def set_up(visit: Visit) -> None:
    """From the page of schedules to one that runs, the form's mistakes included."""
    visit.follow("Admin", exact=True)
    visit.follow("Schedules")
    visit.follow("Add a schedule")
    visit.press("Add the schedule")
    visit.is_refused()
    visit.fill("Name", "Monday summary")
    visit.choose("Plan", "PAP SEND priority action plan")
    hidden = visit.field("Cron expression")
    assert not hidden.is_visible(), "what another choice needs is not in the way"
    visit.tick("By a cron expression")
    assert hidden.is_visible()
    visit.tick("Every week")
    visit.tick("PDF")
    visit.press("Add the schedule")
    visit.reads("The schedule is added. It is paused")
    visit.follow("Recipients")
    visit.follow("Add recipients")
    visit.fill("E-mail addresses", "board@council.example\nnobody")
    visit.press("Add the recipients")
    assert visit.page.get_by_text("Line 2").first.is_visible()
    visit.fill("E-mail addresses", "board@council.example\nJo Smith <jo@council.example>")
    visit.press("Add the recipients")
    visit.follow("Monday summary")
    visit.follow("The next message")
    visit.reads("61% of action points are complete or on target (57 of 93)")
    visit.follow("Monday summary")
    visit.press("Start the schedule")
    visit.reads("Two recipients get it.")


def first_date(visit: Visit) -> datetime:
    """When the page says that it is due next."""
    said = DATE.search(visit.page.get_by_role("region", name="Next dates").inner_text())
    assert said
    return datetime.strptime(f"{said[1]} {said[2]}", "%d %B %Y %H:%M").replace(tzinfo=LONDON)


def read(message: EmailMessage, visit: Visit) -> None:
    """The message says what the service's own pages say, in both its forms, and has the report with it."""
    assert str(message["subject"]) == "SEND priority action plan: 61% complete or on target, 1 July 2024"
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text
    assert html
    assert "61% of action points are complete or on target (57 of 93)" in text.get_content()
    [attached] = message.iter_attachments()
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_content().startswith(b"%PDF")
    shown = visit.page.context.new_page()
    shown.set_content(html.get_content())
    assert shown.get_by_text("57 of 93").first.is_visible()
    for width in visits.WIDTHS:
        shown.set_viewport_size(width)
        assert not browsers.overflows(shown)
    shown.close()


def stop(browser: Browser, here: Here, message: EmailMessage) -> None:
    """Follow the message's own link without signing in, and stop it."""
    link = str(message["list-unsubscribe"]).strip("<>")
    path = link.removeprefix(settings().opened_at)
    assert path.startswith("/unsubscribe/")
    with visits.somebody(browser, here.service.address, path=path) as reader:
        reader.check()
        reader.press("Stop these messages")
        reader.reads("You get these messages no more")
