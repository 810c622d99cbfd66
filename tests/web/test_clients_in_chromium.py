"""A client from its form to its end, with the keyboard alone, and without a barrier on the way."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from app.access.roles import Role
from tests import servers, visits
from tests.visits import check, follow, press


@pytest.fixture
def visit(browser: Browser, service: servers.Service) -> Iterator[Page]:
    """An admin, with no scripts but those of the checks."""
    with visits.visiting(browser, service, Role.admin) as page:
        yield page


def test_a_client_lives_and_ends_with_the_keyboard_alone(visit: Page, service: servers.Service) -> None:
    visit.goto(f"{service.address}/admin")
    follow(visit, "API clients")
    assert visit.get_by_text("No client has been added").is_visible()
    follow(visit, "Add an API client")
    visit.get_by_label("Read", exact=True).press("Space")
    press(visit, "Add the client")
    assert visit.title().startswith("Error: ")
    visit.get_by_role("link", name="Choose what the program may do").press("Enter")
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
    assert visit.get_by_text("Expires soon", exact=True).is_visible()
    follow(visit, "Data warehouse")
    follow(visit, "Change name, limit or end")
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
