"""A month of scheduled e-mail with the keyboard alone: set up, sent, read in its folder, stopped by its link.

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
from playwright.sync_api import Browser, Page

from app.access.roles import Role
from app.clock import LONDON
from app.config import settings
from app.senders import mail
from tests import browsers, servers, visits
from tests.databases import copy_of, opened
from tests.mailing import Crew
from tests.visits import check, follow, press

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
def visit(browser: Browser, here: Here) -> Iterator[Page]:
    """An admin, with no scripts but those of the checks."""
    with visits.visiting(browser, here.service, Role.admin) as page:
        yield page


def test_a_summary_is_scheduled_sent_read_and_stopped(
    browser: Browser, visit: Page, here: Here, monkeypatch: pytest.MonkeyPatch
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
    visit.go_back()
    visit.reload()
    check(visit)
    rows = visit.get_by_role("row").all_inner_texts()
    assert any("1 sent, 1 left out" in one for one in rows), rows
    assert any("2 sent" in one for one in rows), rows
    visit.get_by_role("table").get_by_role("link").first.press("Enter")
    check(visit)
    assert visit.get_by_text("They have unsubscribed.").is_visible()


def set_up(visit: Page) -> None:
    """From the page of schedules to one that runs, the form's mistakes included."""
    follow(visit, "Admin", exact=True)
    follow(visit, "Schedules")
    follow(visit, "Add a schedule")
    press(visit, "Add the schedule")
    assert visit.title().startswith("Error: ")
    visit.get_by_label("Name", exact=True).fill("Monday summary")
    visit.get_by_label("Plan", exact=True).select_option(label="SEND priority action plan")
    hidden = visit.get_by_label("Cron expression", exact=True)
    assert not hidden.is_visible(), "what another choice needs is not in the way"
    visit.get_by_label("By a cron expression").press("Space")
    assert hidden.is_visible()
    visit.get_by_label("Every week").press("Space")
    visit.get_by_label("PDF").press("Space")
    press(visit, "Add the schedule")
    assert visit.get_by_text("The schedule is added. It is paused").is_visible()
    follow(visit, "Recipients")
    follow(visit, "Add recipients")
    visit.get_by_label("E-mail addresses").fill("board@council.example\nnobody")
    press(visit, "Add the recipients")
    assert visit.get_by_text("Line 2").first.is_visible()
    visit.get_by_label("E-mail addresses").fill("board@council.example\nJo Smith <jo@council.example>")
    press(visit, "Add the recipients")
    follow(visit, "Monday summary")
    follow(visit, "The next message")
    assert visit.get_by_text("61% of action points are complete or on target (57 of 93)").is_visible()
    follow(visit, "Monday summary")
    press(visit, "Start the schedule")
    assert visit.get_by_text("Two recipients get it.").is_visible()


def first_date(visit: Page) -> datetime:
    """When the page says that it is due next."""
    said = DATE.search(visit.get_by_role("region", name="Next dates").inner_text())
    assert said
    return datetime.strptime(f"{said[1]} {said[2]}", "%d %B %Y %H:%M").replace(tzinfo=LONDON)


def read(message: EmailMessage, visit: Page) -> None:
    """The message says what the service's own pages say, in both its forms, and has the report with it."""
    assert str(message["subject"]) == "SEND priority action plan: 61% complete or on target, 1 July 2024"
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text
    assert html
    assert "61% of action points are complete or on target (57 of 93)" in text.get_content()
    [attached] = message.iter_attachments()
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_content().startswith(b"%PDF")
    shown = visit.context.new_page()
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
    with browsers.context(browser) as somebody:
        page = somebody.new_page()
        page.goto(here.service.address + path)
        check(page)
        press(page, "Stop these messages")
        assert page.get_by_role("heading", name="You get these messages no more").is_visible()
