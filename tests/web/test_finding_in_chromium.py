"""Finding a record, narrowing a list, downloading it and keeping the view, with the keyboard alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from python_calamine import CalamineWorkbook

from app.access.roles import Role
from tests import servers, visits
from tests.visits import check, follow, press


@pytest.fixture
def visit(browser: Browser, service: servers.Service) -> Iterator[Page]:
    """An editor at the overview, with no scripts but those of the checks."""
    with visits.visiting(browser, service, Role.editor) as page:
        yield page


def test_a_record_is_found_and_a_list_narrowed_downloaded_and_kept(visit: Page, tmp_path: Path) -> None:
    box = visit.get_by_role("searchbox")
    box.fill("2.5")
    box.press("Enter")
    visit.wait_for_load_state()
    check(visit)
    assert visit.get_by_text("Found for “2.5”").is_visible()
    box.fill("nothing like this")
    press(visit, "Search")
    assert visit.get_by_text("Nothing found").is_visible()

    follow(visit, "Plans", exact=True)
    follow(visit, "SEND priority action plan", exact=True)
    visit.get_by_label("Status", exact=True).select_option("delayed")
    press(visit, "Show")
    follow(visit, "Due", exact=True)
    assert visit.get_by_role("status").get_by_text("16 of 16 actions, due soonest first.").is_visible()
    with visit.expect_download() as started:
        visit.get_by_role("link", name="Excel").press("Enter")
    file = tmp_path / started.value.suggested_filename
    started.value.save_as(file)
    assert len(CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()) == 17

    follow(visit, "Save this view", exact=True)
    press(visit, "Save the view")
    assert visit.title().startswith("Error: ")
    visit.get_by_label("Name").fill("Delayed, soonest first")
    press(visit, "Save the view")
    follow(visit, "Delayed, soonest first", exact=True)
    assert visit.get_by_role("status").get_by_text("16 of 16 actions, due soonest first.").is_visible()
    follow(visit, "Remove filter Status: Delayed", exact=True)
    assert visit.get_by_role("status").get_by_text("89 of 89 actions, due soonest first.").is_visible()


def test_the_pages_of_a_long_list_have_no_barrier(visit: Page, service: servers.Service) -> None:
    visit.goto(f"{service.address}/data-quality")
    follow(visit, "Page 2", exact=True)
    assert visit.get_by_role("status").get_by_text("101 to 192 of 192 points").is_visible()
    follow(visit, "What to do", exact=True)
    visit.goto(f"{service.address}/registers")
    follow(visit, "SEND risk register", exact=True)
    follow(visit, "Gap", exact=True)
