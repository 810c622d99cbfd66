"""A web address in typed text wraps on the narrowest screen, wherever it was typed."""

import sqlite3
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from app.access.roles import Role
from tests import browsers, servers, visits
from tests.databases import copy_of

ADDRESS = "https://www.example.org/" + "documents-of-the-partnership/" * 3 + "minutes-of-the-board"
ADDRESS += "x" * (126 - len(ADDRESS))
_TYPED = {
    "plans": ("title",),
    "priorities": ("title", "statement"),
    "registers": ("title",),
    "people": ("name",),
    "management_actions": ("title",),
}


@pytest.fixture(scope="module")
def service() -> Iterator[servers.Service]:
    """The service with a sample of this file's own, whose titles and names all hold the address."""
    with copy_of("sample", "sqlite") as url:
        with sqlite3.connect(url.removeprefix("sqlite:///")) as store:
            for table, columns in _TYPED.items():
                for column in columns:
                    store.execute(f"UPDATE {table} SET {column} = {column} || ' ' || ?", (ADDRESS,))
            store.execute("UPDATE actions SET title = ? || ' ' || title", (ADDRESS,))
            store.execute("UPDATE risks SET description = ? || ' ' || description", (ADDRESS,))
        store.close()
        with servers.serve(url) as started:
            yield started


@pytest.fixture
def visit(browser: Browser, service: servers.Service) -> Iterator[Page]:
    with visits.somebody(browser, service.address) as somebody:
        somebody.begin(Role.editor)
        somebody.page.set_viewport_size(browsers.PHONE)
        yield somebody.page


def check(page: Page) -> None:
    """Nothing is wider than the screen, at 320 px and at 1280 px, and the address is there to be wrapped."""
    page.wait_for_load_state()
    assert ADDRESS[:110] in page.content(), page.url
    for width in visits.WIDTHS:
        page.set_viewport_size(width)
        assert not browsers.overflows(page), f"{page.url} scrolls sideways at {width['width']}"


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()
    check(page)


def follow(page: Page, name: str, place: int = 0) -> None:
    page.get_by_role("link", name=name).nth(place).click()
    page.wait_for_load_state()


@pytest.mark.parametrize(
    "path",
    ["/", "/plans", "/registers", "/data-quality?noun=action", "/changes?compare=2024-04-30"],
)
def test_titles_and_names_wrap(visit: Page, service: servers.Service, path: str) -> None:
    visit.goto(service.address + path)
    check(visit)


def test_an_update_wraps_wherever_it_is_shown(visit: Page, service: servers.Service) -> None:
    visit.goto(f"{service.address}/plans")
    follow(visit, "SEND priority action plan")
    check(visit)
    follow(visit, "1.9 ")
    check(visit)
    follow(visit, "Add an update")
    check(visit)
    visit.get_by_label("What has happened").fill(f"See {ADDRESS}")
    press(visit, "Save the update")
    assert visit.get_by_text("Your update is saved").is_visible()
    follow(visit, "Full history")
    check(visit)
    follow(visit, "Overview")
    check(visit)


def test_an_assessment_and_an_acknowledgement_wrap(visit: Page, service: servers.Service) -> None:
    visit.goto(f"{service.address}/registers")
    follow(visit, "SEND risk register")
    check(visit)
    visit.locator("th a[href^='/risks/']").first.click()
    check(visit)
    follow(visit, "Assess this risk")
    check(visit)
    visit.locator("input[name=kind]").last.check()
    visit.get_by_label("Reason").fill(f"See {ADDRESS}")
    press(visit, "Save the assessment")
    assert visit.get_by_text("is saved").first.is_visible()
    follow(visit, "Acknowledge a point")
    check(visit)
    visit.locator("input[type=radio]").first.check()
    visit.locator("textarea").first.fill(f"See {ADDRESS}")
    visit.get_by_role("button", name="Acknowledge").click()
    check(visit)
    assert visit.get_by_text("Your acknowledgement is saved").is_visible()


def test_a_period_its_commentary_and_its_errata_wrap(visit: Page, service: servers.Service) -> None:
    visit.goto(f"{service.address}/periods")
    follow(visit, "Add a period")
    visit.get_by_label("Ref").fill("2024-06")
    visit.get_by_label("Title").fill(ADDRESS[:110])
    for place, (day, month) in enumerate((("1", "4"), ("30", "6"))):
        visit.get_by_label("Day", exact=True).nth(place).fill(day)
        visit.get_by_label("Month", exact=True).nth(place).fill(month)
        visit.get_by_label("Year", exact=True).nth(place).fill("2024")
    visit.get_by_role("button", name="Add the period").click()
    follow(visit, "Write the commentary on the period as a whole")
    visit.get_by_label("Commentary").fill(f"See {ADDRESS}")
    press(visit, "Save the commentary")
    follow(visit, "Publish this period")
    check(visit)
    press(visit, "Publish and freeze")
    follow(visit, "Add an erratum")
    visit.get_by_label("What is wrong").fill(f"See {ADDRESS}")
    press(visit, "Add the erratum")
    visit.goto(f"{service.address}/periods")
    check(visit)
