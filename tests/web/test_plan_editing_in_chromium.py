"""A plan is set up, put in order, moved about and copied: with the keyboard alone, and without scripts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from app.access.roles import Role
from app.demo import SIGN_INS
from tests import browsers, servers
from tests.databases import copy_of

WIDTHS = (1280, 320)


@pytest.fixture(scope="module")
def service() -> Iterator[servers.Service]:
    """The service with a sample of this file's own: plans are added to it."""
    with copy_of("sample", "sqlite") as url, servers.serve(url) as started:
        yield started


@contextmanager
def visiting(browser: Browser, service: servers.Service, **options: Any) -> Iterator[Page]:
    """An editor who has signed in."""
    with browsers.context(browser, **options) as visitor:
        page = visitor.new_page()
        page.goto(f"{service.address}/")
        editor = next(one for one in SIGN_INS if one.role is Role.editor)
        page.get_by_label("E-mail address").fill(editor.email)
        page.get_by_label("Password").fill(editor.password)
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
    page.get_by_role("link", name=name, exact=True).first.press("Enter")
    page.wait_for_load_state()


def press(page: Page, name: str, said: str = "") -> None:
    """Press a button with the keyboard; ``said`` is what the page says then."""
    page.get_by_role("button", name=name).press("Enter")
    page.wait_for_load_state()
    if said:
        assert page.get_by_text(said).first.is_visible()


def give_date(page: Page, legend: str, *typed: str) -> None:
    group = page.get_by_role("group", name=legend, exact=True)
    for part, value in zip(("Day", "Month", "Year"), typed, strict=True):
        group.get_by_label(part, exact=True).fill(value)


def test_a_plan_is_set_up_ordered_moved_and_copied_with_the_keyboard(
    browser: Browser, service: servers.Service
) -> None:
    with visiting(browser, service) as page:
        set_up(page, f"{service.address}/plans", "SIP", check)


def test_all_of_it_works_without_scripts(browser: Browser, service: servers.Service) -> None:
    with visiting(browser, service, java_script_enabled=False) as page:
        # axe is a script itself.
        set_up(page, f"{service.address}/plans", "WSOA", lambda page: None)


def set_up(visit: Page, start: str, ref: str, look: Callable[[Page], None]) -> None:
    """From an empty plan to a copy of it; ``look`` at each form and each kind of error on the way."""
    visit.goto(start)
    follow(visit, "Add a plan")
    look(visit)
    visit.get_by_label("Title", exact=True).fill("SEND improvement plan")
    press(visit, "Add the plan")
    assert visit.title().startswith("Error: ")
    look(visit)
    visit.get_by_role("link", name="Give a ref").press("Enter")
    assert visit.get_by_label("Title", exact=True).input_value() == "SEND improvement plan"
    visit.keyboard.type(ref)
    give_date(visit, "First day", "1", "April", "2024")
    press(visit, "Add the plan", "The plan is added. Add its priorities next.")
    plan = visit.url.partition("?")[0]
    for title in ("Governance", "Information"):
        follow(visit, "Add a priority")
        visit.get_by_label("Title", exact=True).fill(title)
        visit.get_by_label("Ref", exact=True).fill(f"{title[:3]} {len(title)}")
        visit.get_by_label("Senior responsible officer", exact=True).press("S")
        press(visit, "Add the priority", "It is added. Add its actions next.")
        visit.goto(plan)
    look(visit)
    follow(visit, "Order of the priorities")
    look(visit)
    visit.get_by_label("Place of Inf 11").fill("1")
    press(visit, "Save this order", "The new order is saved.")

    for title, place in (("Agree a process", "Inf 11"), ("Build a dashboard", "Inf 11")):
        follow(visit, "Add an action")
        visit.get_by_label("Title", exact=True).fill(title)
        visit.get_by_label(f"Ref under {place}").fill("11.1" if title < "B" else "11.2")
        give_date(visit, "Due date", "30", "6", "2024")
        if title < "B":
            look(visit)
        press(visit, "Add the action", "The action is added.")
        action = visit.url.partition("?")[0]
        visit.goto(plan)
    follow(visit, "Inf 11 Information")
    follow(visit, "Order of the actions")
    look(visit)
    visit.get_by_label("Place of 11.2").fill("1")
    press(visit, "Save this order")
    look(visit)
    visit.get_by_label("Reason", exact=True).fill("As in the inspection report")
    press(visit, "Save this order", "The new order is saved. It holds from today on.")
    assert visit.get_by_role("link", name="11.1 Build a dashboard").is_visible()

    visit.goto(action)
    follow(visit, "Change its action points")
    look(visit)
    visit.get_by_label("Ref under Gov 10").fill("10.1")
    press(visit, "Save these action points", "The action points are recorded.")
    follow(visit, "Change dates and impact")
    look(visit)
    visit.get_by_label("Ongoing", exact=True).press("Space")
    for part in ("Day", "Month", "Year"):
        visit.get_by_role("group", name="Due date", exact=True).get_by_label(part, exact=True).fill("")
    give_date(visit, "Review date", "30", "9", "2024")
    press(visit, "Save these dates", "The dates and the impact are recorded.")
    assert visit.get_by_text("Ongoing, review 30 September 2024").first.is_visible()
    for name, word in (("Withdraw", "withdrawn"), ("Reinstate", "reinstated")):
        follow(visit, f"{name} the action")
        look(visit)
        visit.get_by_label("Reason", exact=True).fill("Agreed by the board")
        press(visit, f"{name} the action", f"The action is {word}.")
    visit.goto(plan)
    follow(visit, "Copy the plan")
    look(visit)
    visit.get_by_label("Ref", exact=True).fill(f"{ref} 2")
    give_date(visit, "First day of the new plan", "1", "4", "2025")
    press(visit, "Copy the plan", "Every action in it begins as not started.")
    assert visit.get_by_text("0 of 3").first.is_visible()
