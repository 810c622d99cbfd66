"""An action lead's way to updates, by keyboard and without scripts; what there is to decide; the briefing."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from app.access.roles import Role
from app.demo import SIGN_INS
from tests import browsers, servers
from tests.databases import copy_of

WIDTHS = (1280, 320)


@pytest.fixture(scope="module")
def service() -> Iterator[servers.Service]:
    """The service with a sample of this file's own: updates are added to it."""
    with copy_of("sample", "sqlite") as url, servers.serve(url) as started:
        yield started


def signed_in(page: Page, service: servers.Service) -> None:
    page.goto(f"{service.address}/my-actions")
    lead = next(one for one in SIGN_INS if one.role is Role.contributor)
    page.get_by_label("E-mail address").fill(lead.email)
    page.get_by_label("Password").fill(lead.password)
    page.get_by_role("button", name="Sign in").press("Enter")
    page.wait_for_load_state()
    page.goto(f"{service.address}/my-actions")


@pytest.fixture
def visit(browser: Browser, service: servers.Service) -> Iterator[Page]:
    """The Strategic SEND lead, who leads six actions that are not complete."""
    with browsers.context(browser) as visitor:
        page = visitor.new_page()
        signed_in(page, service)
        yield page


def check(page: Page) -> None:
    """No barrier and no sideways scroll, at each width."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.locator("h1").count() == 1
        assert not browsers.overflows(page), f"{page.url} scrolls sideways at {width}"
        assert browsers.violations(page) == [], page.url


def press(page: Page, role: str, name: str) -> None:
    page.get_by_role(role, name=name).first.press("Enter")  # type: ignore[arg-type]  # link or button
    page.wait_for_load_state()


def test_several_actions_are_updated_with_the_keyboard_alone(visit: Page) -> None:
    check(visit)
    for ref in ("1.8", "5.58"):
        visit.get_by_label(f"Choose {ref} ").press("Space")
    press(visit, "button", "Update the chosen actions")
    assert visit.title().startswith("Update 2 actions")
    check(visit)
    first, second = visit.get_by_label("What has happened").all()
    first.fill("Two candidates were seen.")
    second.fill("Work has begun.")
    visit.get_by_label("On target").nth(1).press("Space")
    press(visit, "button", "Save the updates")
    visit.wait_for_function("document.activeElement.className === 'govuk-error-summary'")
    assert visit.title().startswith("Error: ")
    check(visit)
    press(visit, "link", "5.58: Give a reason")
    assert visit.evaluate("document.activeElement.id") == "reason-2", "the folded field is open"
    visit.keyboard.type("The post is filled.")
    press(visit, "button", "Save the updates")
    assert visit.get_by_text("Your 2 updates are saved.").is_visible()
    assert visit.get_by_text("Work has begun.").is_visible()


def test_a_form_that_went_stale_has_no_barrier(visit: Page) -> None:
    pages = visit, visit.context.new_page()
    pages[1].goto(visit.url)
    for page in pages:
        press(page, "link", "Update all ")
        page.get_by_label("What has happened").first.fill(f"Said by {pages.index(page)}.")
    for page in reversed(pages):
        press(page, "button", "Save the updates")
    assert visit.get_by_text("Saved while you were writing:").is_visible()
    assert visit.get_by_label("What has happened").first.input_value() == "Said by 0."
    check(visit)
    press(visit, "button", "Save the updates")
    assert visit.get_by_text("Your update is saved.").is_visible()


def test_one_action_is_updated_in_three_steps_without_scripts(
    browser: Browser, service: servers.Service
) -> None:
    with browsers.context(
        browser, java_script_enabled=False, viewport={"width": 320, "height": 800}
    ) as visitor:
        page = visitor.new_page()
        signed_in(page, service)
        press(page, "link", "Update 5.55")
        page.get_by_label("What has happened").fill("Three managers began.")
        press(page, "button", "Save the update")
        assert page.get_by_text("Your update is saved.").is_visible()
        assert page.get_by_text("Three managers began.").is_visible()


def test_what_to_decide_and_the_briefing_have_no_barrier_and_print_on_two_pages(
    visit: Page, service: servers.Service
) -> None:
    visit.goto(f"{service.address}/my-priority")
    check(visit)
    press(visit, "link", "PAP 1 ")
    check(visit)
    visit.goto(f"{service.address}/briefing?as_at=2024-06-30&compare=2024-04-30")
    check(visit)
    assert len(re.findall(rb"/Type\s*/Page\b", visit.pdf(prefer_css_page_size=True))) == 2
