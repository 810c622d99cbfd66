"""A record is found; a list is narrowed, sorted, downloaded, kept as a view, and updated in one pass."""

from pathlib import Path

from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

from app.access.roles import Role
from tests.visits import Visit, journey


@journey(
    "A record is found by what it says",
    "A list is filtered, its filters taken off, and sorted",
    "The rows of a list are downloaded",
    "A view is saved and opened again",
)
def test_a_record_is_found_and_a_list_narrowed_downloaded_and_kept(visit: Visit, tmp_path: Path) -> None:
    visit.begin(Role.editor)
    box = visit.page.get_by_role("searchbox")
    visit.fill(box, "2.5")
    visit.go_on(box, "Enter")
    visit.check()
    visit.reads("Found for “2.5”")
    visit.fill(box, "nothing like this")
    visit.press("Search")
    visit.reads("Nothing found")

    visit.follow("Plans", exact=True)
    visit.follow("SEND priority action plan", exact=True)
    visit.choose("Status", "delayed")
    visit.press("Show")
    visit.follow("Due", exact=True)
    visit.reads("16 of 16 actions, due soonest first.")
    started = visit.download("Excel")
    file = tmp_path / started.suggested_filename
    started.save_as(file)
    assert len(CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()) == 17
    assert visit.download("CSV").suggested_filename.endswith(".csv")

    visit.follow("Save this view", exact=True)
    visit.press("Save the view")
    visit.is_refused()
    visit.fill("Name", "Delayed, soonest first")
    visit.press("Save the view")
    visit.follow("Delayed, soonest first", exact=True)
    visit.reads("16 of 16 actions, due soonest first.")
    visit.follow("Remove filter Status: Delayed", exact=True)
    visit.reads("89 of 89 actions, due soonest first.")


@journey("A list is turned over page by page")
def test_the_pages_of_a_long_list_have_no_barrier(visit: Visit) -> None:
    visit.begin(Role.editor, "/data-quality")
    visit.follow("Page 2", exact=True)
    visit.reads("101 to 192 of 192 points")
    visit.follow("What to do", exact=True)
    visit.reads("192 points")
    visit.go("/registers")
    visit.follow("SEND risk register", exact=True)
    visit.follow("Gap", exact=True)
    expect(visit.page.get_by_role("columnheader", name="Gap")).to_have_attribute("aria-sort", "ascending")


@journey("Rows that were found are chosen and updated together")
def test_what_was_found_is_updated_in_one_pass(visit: Visit) -> None:
    visit.begin(Role.editor, "/plans")
    visit.follow("SEND priority action plan", exact=True)
    visit.choose("Status", "delayed")
    visit.press("Show")
    visit.reads("16 of 16 actions")
    visit.follow("Update several of these actions in one pass")
    choices = visit.page.get_by_role("checkbox")
    for place in (0, 2):
        visit.tick(choices.nth(place))
    visit.press("Update the chosen actions")
    visit.fill("What has happened", "The board has seen it.", 0)
    visit.fill("What has happened", "It begins in September.", 1)
    visit.press("Save the updates")
    visit.reads("Your 2 updates are saved.")
