"""The overview and the timeline: by keyboard, at both widths and on paper, without a barrier."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from app.access.roles import Role
from tests import servers, visits
from tests.visits import check, follow


@pytest.fixture
def visit(browser: Browser, served_sample: servers.Service) -> Iterator[Page]:
    """A lead of the sample, with no scripts but those of the checks."""
    with visits.visiting(browser, served_sample, Role.contributor) as page:
        yield page


def test_from_what_presses_most_to_when_it_is_due_with_the_keyboard_alone(
    visit: Page, served_sample: servers.Service
) -> None:
    visit.goto(f"{served_sample.address}/?as_at=2024-06-30&compare=2024-04-30")
    check(visit)
    assert visit.get_by_role("heading", name="What changed since 30 April 2024?").is_visible()
    follow(visit, "Timeline")
    assert visit.get_by_role("img", name="Action points that are complete, that were due to be").is_visible()
    # On paper the bars stay, and so do the lines that tell them apart.
    visit.emulate_media(media="print")
    assert visit.locator(".ganttcell svg").first.is_visible()
    assert not visit.locator(".filters").is_visible()
    visit.emulate_media(media="screen")
    visit.locator("summary", has_text="The figures of the chart").press("Enter")
    assert visit.get_by_role("cell", name="To come").first.is_visible()
    visit.get_by_label("Show").select_option("due")
    visit.get_by_role("button", name="Show", exact=True).press("Enter")
    visit.wait_for_url("**show=due**")
    assert "as_at=2024-06-30" in visit.url, "the day stays"
    check(visit)
