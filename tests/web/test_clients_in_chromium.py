"""A client from its form to its end, with the keyboard alone, and without a barrier on the way."""

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
    """The service with a sample of this file's own: clients are added to it."""
    with copy_of("sample", "sqlite") as url, servers.serve(url) as started:
        yield started


@pytest.fixture
def visit(browser: Browser, service: servers.Service) -> Iterator[Page]:
    """An admin, with no scripts but those of the checks."""
    with browsers.context(browser) as visitor:
        page = visitor.new_page()
        page.goto(f"{service.address}/")
        admin = next(one for one in SIGN_INS if one.role is Role.admin)
        page.get_by_label("E-mail address").fill(admin.email)
        page.get_by_label("Password").fill(admin.password)
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


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=name).first.press("Enter")
    page.wait_for_load_state()
    check(page)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).press("Enter")
    page.wait_for_load_state()
    check(page)


def test_a_client_lives_and_ends_with_the_keyboard_alone(visit: Page, service: servers.Service) -> None:
    visit.goto(f"{service.address}/admin")
    follow(visit, "API clients")
    assert visit.get_by_text("No client has been added").is_visible()
    follow(visit, "Add an API client")
    visit.get_by_label("Read", exact=True).press("Space")
    press(visit, "Add the client")
    assert visit.title().startswith("Error: ")
    visit.get_by_role("link", name="Choose at least one scope").press("Enter")
    assert visit.evaluate("document.activeElement.id") == "scopes"
    visit.get_by_label("Read", exact=True).press("Space")
    visit.get_by_label("Name", exact=True).fill("Data warehouse " * 6)
    visit.get_by_label("Days until it expires").fill("20")
    press(visit, "Add the client")
    assert visit.get_by_role("heading", name="Copy the secret now").is_visible()
    visit.reload()
    visit.wait_for_load_state()
    assert visit.get_by_text("This client was created already").is_visible(), "reloading shows no secret"
    check(visit)
    press(visit, "Add a secret")
    assert visit.get_by_text("The first secret stays good").is_visible()
    follow(visit, "I have copied it")
    assert visit.get_by_text("Two secrets are live").is_visible()
    follow(visit, "API clients")
    assert visit.get_by_text("Expires soon").is_visible()
    follow(visit, "Data warehouse")
    follow(visit, "Change name, quota or end")
    visit.get_by_label("Requests in a minute").fill("none")
    press(visit, "Save the client")
    assert visit.title().startswith("Error: ")
    visit.get_by_label("Requests in a minute").fill("600")
    press(visit, "Save the client")
    follow(visit, "Revoke secret")
    press(visit, "Revoke the secret")
    follow(visit, "Revoke the client")
    press(visit, "Revoke the client")
    assert visit.get_by_text("The client is revoked.").is_visible()
