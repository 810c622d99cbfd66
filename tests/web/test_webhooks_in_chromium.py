"""A webhook from its form to its end, with the keyboard alone, and without a barrier on the way."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from app.access.roles import Role
from tests import servers, visits
from tests.databases import copy_of
from tests.visits import check, follow, press

NETWORKS = {"SEND_TRACKER_WEBHOOK_NETWORKS": "127.0.0.0/8"}


@pytest.fixture(scope="module")
def service() -> Iterator[servers.Service]:
    """The service with a sample of this file's own, whose webhooks may reach this machine."""
    with copy_of("sample", "sqlite") as url, servers.serve(url, settings=NETWORKS) as started:
        yield started


@pytest.fixture
def visit(browser: Browser, service: servers.Service) -> Iterator[Page]:
    """An admin, with no scripts but those of the checks."""
    with visits.visiting(browser, service, Role.admin) as page:
        yield page


def test_a_webhook_lives_and_ends_with_the_keyboard_alone(visit: Page, service: servers.Service) -> None:
    visit.goto(f"{service.address}/admin")
    follow(visit, "Webhooks")
    assert visit.get_by_text("No webhook has been added").is_visible()
    follow(visit, "Add a webhook")
    press(visit, "Add the webhook")
    assert visit.title().startswith("Error: ")
    visit.get_by_role("link", name="Give the address").press("Enter")
    assert visit.evaluate("document.activeElement.id") == "url"
    # Nothing listens there: the test is refused.
    visit.get_by_label("Address").fill(f"http://127.0.0.1:{servers.free_port()}/{'long-' * 30}hook")
    visit.get_by_label("Only these", exact=True).first.press("Space")
    visit.get_by_label("An action was updated", exact=True).press("Space")
    press(visit, "Add the webhook")
    assert visit.get_by_role("heading", name="Copy the secret now").is_visible()
    follow(visit, "I have copied it")
    press(visit, "Stop sending for now")
    assert visit.get_by_text("The webhook is paused").is_visible()
    press(visit, "Send a test")
    for _ in range(40):
        visit.reload()
        visit.wait_for_load_state()
        if visit.get_by_text("The connection was refused").is_visible():
            break
        visit.wait_for_timeout(250)
    assert visit.get_by_text("Given up").is_visible()
    check(visit)
    visit.go_back()
    visit.reload()
    visit.wait_for_load_state()
    check(visit)
    press(visit, "Start sending again")
    press(visit, "Give it a new secret")
    follow(visit, "I have copied it")
    visit.get_by_label("State").select_option("dead")
    press(visit, "Show")
    assert visit.get_by_role("link", name="A test").is_visible()
    follow(visit, "Change address")
    visit.get_by_label("Description").fill("Data warehouse")
    press(visit, "Save the webhook")
    follow(visit, "Delete the webhook")
    press(visit, "Delete the webhook")
    assert visit.get_by_text("The webhook is deleted").is_visible()
