"""Finding a record, narrowing a list, downloading it and keeping the view, with the keyboard alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from python_calamine import CalamineWorkbook

from app.access.roles import Role
from app.demo import SIGN_INS
from tests import browsers, servers
from tests.databases import copy_of

WIDTHS = (1280, 320)


@pytest.fixture(scope="module")
def service() -> Iterator[servers.Service]:
    """The service with a sample of this file's own: views are saved in it."""
    with copy_of("sample", "sqlite") as url, servers.serve(url) as started:
        yield started


@pytest.fixture
def visit(browser: Browser, service: servers.Service) -> Iterator[Page]:
    """An editor at the overview, with no scripts but those of the checks."""
    with browsers.context(browser) as visitor:
        visitor.route("**/*.js", lambda route: route.abort())
        page = visitor.new_page()
        page.goto(f"{service.address}/")
        editor = next(one for one in SIGN_INS if one.role is Role.editor)
        page.get_by_label("E-mail address").fill(editor.email)
        page.get_by_label("Password").fill(editor.password)
        page.get_by_role("button", name="Sign in").press("Enter")
        page.wait_for_load_state()
        yield page


def check(page: Page) -> None:
    """No barrier and no sideways scroll, at each width."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.locator("h1").count() == 1
        assert not browsers.overflows(page), f"{page.url} scrolls sideways at {width}"
        assert browsers.violations(page) == [], page.url


def press(page: Page, role: str, name: str) -> None:
    page.get_by_role(role, name=name, exact=role == "link").first.press("Enter")  # type: ignore[arg-type]
    page.wait_for_load_state()
    check(page)


def test_a_record_is_found_and_a_list_narrowed_downloaded_and_kept(visit: Page, tmp_path: Path) -> None:
    box = visit.get_by_role("searchbox")
    box.fill("2.5")
    box.press("Enter")
    visit.wait_for_load_state()
    check(visit)
    assert visit.get_by_text("Found for “2.5”").is_visible()
    box.fill("nothing like this")
    press(visit, "button", "Search")
    assert visit.get_by_text("Nothing found").is_visible()

    press(visit, "link", "Plans")
    press(visit, "link", "SEND priority action plan")
    visit.get_by_label("Status", exact=True).select_option("delayed")
    press(visit, "button", "Show")
    press(visit, "link", "Due")
    assert visit.get_by_role("status").get_by_text("16 of 16 actions, due soonest first.").is_visible()
    with visit.expect_download() as started:
        visit.get_by_role("link", name="Excel").press("Enter")
    file = tmp_path / started.value.suggested_filename
    started.value.save_as(file)
    assert len(CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()) == 17

    press(visit, "link", "Save this view")
    press(visit, "button", "Save the view")
    assert visit.title().startswith("Error: ")
    visit.get_by_label("Name").fill("Delayed, soonest first")
    press(visit, "button", "Save the view")
    press(visit, "link", "Delayed, soonest first")
    assert visit.get_by_role("status").get_by_text("16 of 16 actions, due soonest first.").is_visible()
    press(visit, "link", "Remove filter Status: Delayed")
    assert visit.get_by_role("status").get_by_text("89 of 89 actions, due soonest first.").is_visible()


def test_the_pages_of_a_long_list_have_no_barrier(visit: Page, service: servers.Service) -> None:
    visit.goto(f"{service.address}/data-quality")
    press(visit, "link", "Page 2")
    assert visit.get_by_role("status").get_by_text("101 to 192 of 192 points").is_visible()
    press(visit, "link", "What to do")
    visit.goto(f"{service.address}/registers")
    press(visit, "link", "SEND risk register")
    press(visit, "link", "Gap")
