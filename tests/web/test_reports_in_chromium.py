"""A report from the choice to the file, at both widths and on paper."""

import re

from playwright.sync_api import Page

from app.access.roles import Role
from tests.visits import Visit, journey


@journey("A report is read, downloaded and printed")
def test_a_report_is_read_and_downloaded(visit: Visit) -> None:
    visit.begin(Role.viewer)
    visit.follow("Reports")
    visit.fill("Date, not after today", "2024-06-30")
    visit.press("Show the report")
    assert visit.page.locator(".report h1").inner_text() == "SEND priority action plan: board report"
    assert visit.download("Web page").suggested_filename == "PAP-board-report-2024-06-30.html"
    _is_whole_on_paper(visit.page)


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
