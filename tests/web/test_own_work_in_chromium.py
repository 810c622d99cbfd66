"""An action lead's way to updates, by keyboard and without scripts; what there is to decide; the briefing."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from app.access.roles import Role
from tests import browsers, servers, visits
from tests.visits import check, go_on


@pytest.fixture
def visit(browser: Browser, service: servers.Service) -> Iterator[Page]:
    """The Strategic SEND lead, who leads six actions that are not complete."""
    with visits.visiting(browser, service, Role.contributor, "/my-actions") as page:
        yield page


def test_several_actions_are_updated_with_the_keyboard_alone(visit: Page) -> None:
    check(visit)
    for ref in ("1.8", "5.58"):
        visit.get_by_label(f"Choose {ref} ").press("Space")
    go_on(visit, "button", "Update the chosen actions")
    assert visit.title().startswith("Update 2 actions")
    check(visit)
    first, second = visit.get_by_label("What has happened").all()
    first.fill("Two candidates were seen.")
    second.fill("Work has begun.")
    visit.get_by_label("On target").nth(1).press("Space")
    go_on(visit, "button", "Save the updates")
    visit.wait_for_function("document.activeElement.className === 'govuk-error-summary'")
    assert visit.title().startswith("Error: ")
    check(visit)
    go_on(visit, "link", "5.58: Give a reason")
    assert visit.evaluate("document.activeElement.id") == "reason-2", "the folded field is open"
    visit.keyboard.type("The post is filled.")
    go_on(visit, "button", "Save the updates")
    assert visit.get_by_text("Your 2 updates are saved.").is_visible()
    assert visit.get_by_text("Work has begun.").is_visible()


def test_a_form_that_went_stale_has_no_barrier(visit: Page) -> None:
    pages = visit, visit.context.new_page()
    pages[1].goto(visit.url)
    for page in pages:
        go_on(page, "link", "Update all ")
        page.get_by_label("What has happened").first.fill(f"Said by {pages.index(page)}.")
    for page in reversed(pages):
        go_on(page, "button", "Save the updates")
    assert visit.get_by_text("Saved while you were writing:").is_visible()
    assert visit.get_by_label("What has happened").first.input_value() == "Said by 0."
    check(visit)
    go_on(visit, "button", "Save the updates")
    assert visit.get_by_text("Your update is saved.").is_visible()


def test_one_action_is_updated_in_three_steps_without_scripts(
    browser: Browser, service: servers.Service
) -> None:
    phone = {"java_script_enabled": False, "viewport": browsers.PHONE}
    with visits.visiting(browser, service, Role.contributor, "/my-actions", **phone) as page:
        go_on(page, "link", "Update 5.55")
        page.get_by_label("What has happened").fill("Three managers began.")
        go_on(page, "button", "Save the update")
        assert page.get_by_text("Your update is saved.").is_visible()
        assert page.get_by_text("Three managers began.").is_visible()


def test_what_to_decide_and_the_briefing_have_no_barrier_and_print_on_two_pages(
    visit: Page, service: servers.Service
) -> None:
    visit.goto(f"{service.address}/my-priority")
    check(visit)
    go_on(visit, "link", "PAP 1 ")
    check(visit)
    visit.goto(f"{service.address}/briefing?as_at=2024-06-30&compare=2024-04-30")
    check(visit)
    assert len(re.findall(rb"/Type\s*/Page\b", visit.pdf(prefer_css_page_size=True))) == 2
