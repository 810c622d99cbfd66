"""Nothing typed is lost, with scripts and without; what scripts add can be left out or turned off."""

import re
import sqlite3
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from sqlalchemy import make_url

from app.access.roles import Role
from tests import servers
from tests.databases import copy_of
from tests.visits import Visit, Way, journey

RECORD = re.compile(r"/(plans|actions)/[0-9a-f-]{36}$")


@pytest.fixture(scope="module")
def database(way: Way) -> Iterator[str]:
    """A sample of the way's own."""
    with copy_of("sample", "sqlite") as url:
        yield url


@pytest.fixture(scope="module")
def service(database: str) -> Iterator[servers.Service]:
    with servers.serve(database, "--no-worker") as started:
        yield started


def plan_of(visit: Visit) -> str:
    """The address of a plan of the sample; the visit is at the list of plans."""
    visit.go("/plans")
    return first(visit, "/plans/")


def action_of(visit: Visit) -> str:
    """The address of an action of it."""
    visit.go(plan_of(visit))
    return first(visit, "/actions/")


def first(visit: Visit, start: str) -> str:
    links = visit.page.locator(f'main a[href^="{start}"]').all()
    found = [link.get_attribute("href") or "" for link in links]
    return visit.address + next(one for one in found if RECORD.search(one))


@journey("A form that went stale shows both versions", "Two versions are merged field by field")
def test_two_who_edit_the_same_plan_merge_it_field_by_field(visit: Visit) -> None:
    visit.begin(Role.editor)
    other = visit.another_tab()
    plan = plan_of(visit)
    for one in (visit, other):
        one.go(f"{plan}/edit")
    before = visit.field("Title").input_value()
    other.fill("Title", f"{before}, theirs")
    other.fill(other.page.locator("#ends_on-day"), "27")
    other.press("Save the plan")
    visit.fill("Title", f"{before}, mine")
    visit.press("Save the plan")
    visit.reads("Someone saved the plan while you were writing")
    expect(visit.field("Keep what is saved: Last day")).to_be_checked()
    visit.press("Save what you chose")
    # Both had changed the title: nobody chose for the author, and the summary leads to the choice.
    visit.is_refused()
    visit.go_to_mistake("Choose which version of “Title” to keep")
    visit.tick("Keep yours: Title")
    visit.press("Save what you chose")
    visit.go(f"{plan}/edit")
    assert visit.field("Title").input_value() == f"{before}, mine"
    assert visit.page.locator("#ends_on-day").input_value() == "27"


@journey("What is typed outlives the session")
def test_text_sent_after_the_session_is_over_is_there_after_signing_in(visit: Visit, database: str) -> None:
    visit.begin(Role.editor)
    action = action_of(visit)
    visit.go(f"{action}/update")
    visit.fill("What has happened", "Written while the session ended.")
    with sqlite3.connect(make_url(database).database or "", timeout=10) as connection:
        connection.execute("UPDATE sessions SET seen_at = '2024-01-01 00:00:00.000000'")
    connection.close()
    visit.press("Save the update")
    visit.reads("What you typed is kept: sign in to go on.")
    visit.sign_in(Role.editor)
    assert visit.page.url == f"{action}/update"
    visit.reads("This is what you typed on")
    expect(visit.field("What has happened")).to_have_value("Written while the session ended.")
    visit.check()
    visit.press("Remove what I typed")
    expect(visit.field("What has happened")).to_have_value("")


def has_scripts(way: Way) -> bool:
    return way.has_scripts


@journey("What is typed is counted, and kept while typing", needs=has_scripts)
def test_what_is_typed_is_counted_and_kept_while_typing(visit: Visit) -> None:
    visit.begin(Role.editor)
    form = f"{action_of(visit)}/update"
    visit.go(form)
    page, told = visit.page, visit.field("What has happened")
    visit.fill(told, "a" * 10_001)
    expect(page.locator(".app-count:visible")).to_have_text("You have 1 character too many")
    visit.check()
    with page.expect_response(
        lambda one: one.url.endswith("/drafts") and "Half" in (one.request.post_data or "")
    ):
        visit.fill(told, "Half a sentence")
    expect(page.locator(".app-count:visible")).to_have_count(0)
    visit.reads("What you type is kept as a draft until you save it.")
    visit.go(form)
    expect(told).to_have_value("Half a sentence")
    visit.fill(told, "Half a sentence, and left in a hurry")
    # Left before the pause: what is typed goes out as the page goes, on a way of its own.
    visit.go("/help")
    for _ in range(20):
        visit.go(form)
        if "hurry" in told.input_value():
            break
    expect(told).to_have_value("Half a sentence, and left in a hurry")
    visit.press("Save the update")
    visit.go(form)
    expect(told).to_have_value("")


@journey("Shortcuts are used and turned off", needs=has_scripts)
def test_shortcuts_work_outside_fields_and_can_be_turned_off(visit: Visit) -> None:
    visit.begin(Role.editor)
    page = visit.page
    with page.expect_response(re.compile("shortcuts.js")):
        visit.go("/help")
    switch = visit.named("button", "Turn shortcuts off")
    expect(switch).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.wait_for_url("**/registers")
    visit.go("/help")
    expect(switch).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("gr")
    expect(page.get_by_role("searchbox")).to_have_value("gr")
    visit.use(switch)
    visit.reads("Shortcuts are off in this browser.")
    visit.named("button", "Turn shortcuts on").blur()
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.keyboard.press("/")
    page.wait_for_timeout(300)
    assert page.url.endswith("/help")
    expect(page.get_by_role("searchbox")).not_to_be_focused()


@journey("Filters change a list in place", needs=has_scripts)
def test_filters_change_the_list_in_place_and_the_way_back_undoes_it(visit: Visit) -> None:
    visit.begin(Role.editor)
    page, plan = visit.page, plan_of(visit)
    with page.expect_response(re.compile("filters.js")):
        visit.go(plan)
    page.wait_for_timeout(300)
    page.evaluate("window.isSamePage = true")
    chosen, chip = page.locator("#f-status"), page.get_by_role("link", name="Remove filter Status")
    chosen.focus()
    visit.choose(chosen, "delayed")
    page.wait_for_url("**status=delayed**")
    expect(chip).to_be_visible()
    expect(chosen).to_be_focused()
    visit.check()
    visit.use(chip)
    expect(chip).to_have_count(0)
    page.go_back()
    expect(chosen).to_have_value("delayed")
    assert page.evaluate("window.isSamePage")
