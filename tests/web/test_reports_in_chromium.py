"""A report from the choice to the file, with the keyboard alone, at both widths and on paper."""

import re

from playwright.sync_api import Browser, Page

from app.access.roles import Role
from tests import servers, visits
from tests.visits import follow, press


def test_a_report_is_read_and_downloaded_with_the_keyboard_alone(
    browser: Browser, served_sample: servers.Service
) -> None:
    with visits.visiting(browser, served_sample, Role.viewer, java_script_enabled=True) as page:
        follow(page, "Reports")
        page.get_by_label("Date, not after today").fill("2024-06-30")
        press(page, "Show the report")
        assert page.locator(".report h1").inner_text() == "SEND priority action plan: board report"
        with page.expect_download() as download:
            page.get_by_role("link", name="Web page").press("Enter")
        assert download.value.suggested_filename == "PAP-board-report-2024-06-30.html"
        _is_whole_on_paper(page)


def _is_whole_on_paper(page: Page) -> None:
    """Printed, only the report is there, in black on white, and no table is cut off at the side."""
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 960})
    for gone in (".app-header", "nav", ".govuk-footer", "text=Print this page"):
        assert not page.locator(gone).first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 680
    grounds = page.eval_on_selector_all(
        ".report-heat td", "all => all.map(one => getComputedStyle(one).backgroundColor)"
    )
    for ground in {one for one in grounds if "0, 0, 0, 0" not in one}:
        assert len({*re.findall(r"\d+", ground)}) == 1, "a shade of grey"
