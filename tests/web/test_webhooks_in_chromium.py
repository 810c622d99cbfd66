"""A webhook from its form to its end, without a barrier on the way."""

from collections.abc import Iterator

import pytest

from app.access.roles import Role
from tests import servers
from tests.databases import copy_of
from tests.visits import Visit, Way, journey

NETWORKS = {"SEND_TRACKER_WEBHOOK_NETWORKS": "127.0.0.0/8"}


@pytest.fixture(scope="module")
def service(way: Way) -> Iterator[servers.Service]:
    """The service with a sample of the way's own, whose webhooks may reach this machine."""
    with copy_of("sample", "sqlite") as url, servers.serve(url, settings=NETWORKS) as started:
        yield started


@journey("A webhook is added, tested, changed and deleted")
def test_a_webhook_lives_and_ends(visit: Visit) -> None:
    visit.begin(Role.admin, "/admin")
    visit.follow("Webhooks")
    visit.reads("No webhook has been added")
    visit.follow("Add a webhook")
    visit.press("Add the webhook")
    visit.is_refused()
    visit.go_to_mistake("Give the address")
    # Nothing listens there: the test is refused.
    visit.fill("Address", f"http://127.0.0.1:{servers.free_port()}/{'long-' * 30}hook")
    visit.tick("Only these")
    visit.tick("An action was updated")
    visit.press("Add the webhook")
    visit.reads("Copy the secret now")
    visit.follow("I have copied it")
    visit.press("Stop sending for now")
    visit.reads("The webhook is paused")
    visit.press("Send a test")
    for _ in range(40):
        visit.page.reload()
        visit.page.wait_for_load_state()
        if visit.page.get_by_text("The connection was refused").is_visible():
            break
        visit.page.wait_for_timeout(250)
    visit.reads("Given up")
    visit.check()
    visit.page.go_back()
    visit.page.reload()
    visit.page.wait_for_load_state()
    visit.check()
    visit.press("Start sending again")
    visit.press("Give it a new secret")
    visit.follow("I have copied it")
    visit.choose("State", "dead")
    visit.press("Show")
    visit.reads("A test")
    visit.follow("Change address")
    visit.fill("Description", "Data warehouse")
    visit.press("Save the webhook")
    visit.follow("Delete the webhook")
    visit.press("Delete the webhook")
    visit.reads("The webhook is deleted")
