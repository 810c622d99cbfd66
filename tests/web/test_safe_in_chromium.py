"""Nothing typed is lost, with scripts and without; what scripts add can be left out or turned off."""

import re
import sqlite3
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import make_url

from app.access.roles import Role
from tests import browsers, servers, visits
from tests.databases import copy_of

RECORD = re.compile(r"/(plans|actions)/[0-9a-f-]{36}$")


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """A sample of this file's own."""
    with copy_of("sample", "sqlite") as url:
        yield url


@pytest.fixture(scope="module")
def service(database: str) -> Iterator[servers.Service]:
    with servers.serve(database) as started:
        yield started


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    """Whether the browser runs scripts."""
    return bool(request.param)


@pytest.fixture
def visitor(browser: Browser, scripts: bool) -> Iterator[BrowserContext]:
    with browsers.context(browser, java_script_enabled=scripts) as opened:
        yield opened


@pytest.fixture
def visit(browser: Browser, service: servers.Service) -> Iterator[Page]:
    """An editor whose browser runs scripts."""
    with browsers.context(browser) as opened:
        yield signed_in(opened.new_page(), service)


def signed_in(page: Page, service: servers.Service) -> Page:
    page.goto(f"{service.address}/sign-in")
    visits.sign_in(page, Role.editor)
    return page


def press(page: Page, name: str) -> None:
    visits.go_on(page, "button", name, exact=True)


def no_barrier(page: Page, scripts: bool = True) -> None:
    visits.check(page, scripts=scripts)
    page.set_viewport_size(browsers.LAPTOP)


def plan_of(page: Page, service: servers.Service) -> str:
    page.goto(f"{service.address}/plans")
    return first(page, service, "/plans/")


def action_of(page: Page, service: servers.Service) -> str:
    page.goto(plan_of(page, service))
    return first(page, service, "/actions/")


def first(page: Page, service: servers.Service, start: str) -> str:
    found = [link.get_attribute("href") or "" for link in page.locator(f'main a[href^="{start}"]').all()]
    return service.address + next(one for one in found if RECORD.search(one))


def test_two_who_edit_the_same_plan_merge_it_field_by_field(
    visitor: BrowserContext, service: servers.Service, scripts: bool
) -> None:
    mine, theirs = signed_in(visitor.new_page(), service), visitor.new_page()
    plan = plan_of(mine, service)
    for page in (mine, theirs):
        page.goto(f"{plan}/edit")
    before = mine.locator("#title").input_value()
    theirs.locator("#title").fill(f"{before}, theirs")
    last_day = "27" if scripts else "28"
    theirs.locator("#ends_on-day").fill(last_day)
    press(theirs, "Save the plan")
    mine.locator("#title").fill(f"{before}, mine")
    press(mine, "Save the plan")
    expect(mine.get_by_text("Someone saved the plan while you were writing")).to_be_visible()
    no_barrier(mine, scripts)
    expect(mine.get_by_label("Keep what is saved: Last day")).to_be_checked()
    press(mine, "Save what you chose")
    # Both had changed the title: nobody chose for the author, and the summary leads to the choice.
    assert mine.title().startswith("Error: ")
    no_barrier(mine, scripts)
    mine.get_by_role("link", name="Choose which version of “Title” to keep").press("Enter")
    if scripts:  # without, the browser of the tests tells no focus
        expect(mine.get_by_label("Keep what is saved: Title")).to_be_focused()
    mine.get_by_label("Keep yours: Title").press("Space")
    expect(mine.get_by_label("Keep yours: Title")).to_be_checked()
    press(mine, "Save what you chose")
    mine.goto(f"{plan}/edit")
    assert mine.locator("#title").input_value() == f"{before}, mine"
    assert mine.locator("#ends_on-day").input_value() == last_day
    mine.locator("#title").fill(before)
    press(mine, "Save the plan")


def test_text_sent_after_the_session_is_over_is_there_after_signing_in(
    visitor: BrowserContext, service: servers.Service, database: str, scripts: bool
) -> None:
    page = signed_in(visitor.new_page(), service)
    action = action_of(page, service)
    page.goto(f"{action}/update")
    page.get_by_label("What has happened").fill("Written while the session ended.")
    with sqlite3.connect(make_url(database).database or "", timeout=10) as connection:
        connection.execute("UPDATE sessions SET seen_at = '2024-01-01 00:00:00.000000'")
    press(page, "Save the update")
    expect(page.get_by_text("What you typed is kept: sign in to go on.")).to_be_visible()
    no_barrier(page, scripts)
    visits.sign_in(page, Role.editor)
    assert page.url == f"{action}/update"
    expect(page.get_by_role("heading", name="This is what you typed on")).to_be_visible()
    expect(page.get_by_label("What has happened")).to_have_value("Written while the session ended.")
    no_barrier(page, scripts)
    press(page, "Remove what I typed")
    expect(page.get_by_label("What has happened")).to_have_value("")


def test_what_is_typed_is_counted_and_kept_while_typing(visit: Page, service: servers.Service) -> None:
    form = f"{action_of(visit, service)}/update"
    visit.goto(form)
    told = visit.get_by_label("What has happened")
    told.fill("a" * 10_001)
    expect(visit.locator(".app-count:visible")).to_have_text("You have 1 character too many")
    no_barrier(visit)
    with visit.expect_response(
        lambda one: one.url.endswith("/drafts") and "Half" in (one.request.post_data or "")
    ):
        told.fill("Half a sentence")
    expect(visit.locator(".app-count:visible")).to_have_count(0)
    expect(visit.get_by_text("What you type is kept as a draft until you save it.")).to_be_visible()
    visit.goto(form)
    expect(told).to_have_value("Half a sentence")
    told.fill("Half a sentence, and left in a hurry")
    # Left before the pause: what is typed goes out as the page goes, on a way of its own.
    visit.goto(f"{service.address}/help")
    for _ in range(20):
        visit.goto(form)
        if "hurry" in told.input_value():
            break
    expect(told).to_have_value("Half a sentence, and left in a hurry")
    press(visit, "Save the update")
    visit.goto(form)
    expect(told).to_have_value("")


def test_shortcuts_work_outside_fields_and_can_be_turned_off(visit: Page, service: servers.Service) -> None:
    with visit.expect_response(re.compile("shortcuts.js")):
        visit.goto(f"{service.address}/help")
    switch = visit.get_by_role("button", name="Turn shortcuts off")
    expect(switch).to_be_visible()
    visit.keyboard.press("g")
    visit.keyboard.press("r")
    visit.wait_for_url("**/registers")
    visit.goto(f"{service.address}/help")
    expect(switch).to_be_visible()
    visit.keyboard.press("/")
    visit.keyboard.type("gr")
    expect(visit.get_by_role("searchbox")).to_have_value("gr")
    switch.press("Enter")
    expect(visit.get_by_text("Shortcuts are off in this browser.")).to_be_visible()
    visit.get_by_role("button", name="Turn shortcuts on").blur()
    visit.keyboard.press("g")
    visit.keyboard.press("r")
    visit.keyboard.press("/")
    visit.wait_for_timeout(300)
    assert visit.url.endswith("/help")
    expect(visit.get_by_role("searchbox")).not_to_be_focused()


def test_filters_change_the_list_in_place_and_the_way_back_undoes_it(
    visit: Page, service: servers.Service
) -> None:
    plan = plan_of(visit, service)
    with visit.expect_response(re.compile("filters.js")):
        visit.goto(plan)
    visit.wait_for_timeout(300)
    visit.evaluate("window.isSamePage = true")
    chosen = visit.locator("#f-status")
    chosen.focus()
    chosen.select_option("delayed")
    visit.wait_for_url("**status=delayed**")
    expect(visit.get_by_role("link", name="Remove filter Status")).to_be_visible()
    expect(chosen).to_be_focused()
    no_barrier(visit)
    visit.get_by_role("link", name="Remove filter Status").press("Enter")
    expect(visit.get_by_role("link", name="Remove filter Status")).to_have_count(0)
    visit.go_back()
    expect(chosen).to_have_value("delayed")
    assert visit.evaluate("window.isSamePage")
