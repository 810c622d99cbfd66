"""A plan is set up, put in order, moved about and copied: with the keyboard alone, and without scripts."""

from collections.abc import Callable

from playwright.sync_api import Browser, Page

from app.access.roles import Role
from tests import servers
from tests.visits import check, go_on, visiting


def press(page: Page, name: str, said: str = "") -> None:
    """Press a button with the keyboard; ``said`` is what the page says then."""
    go_on(page, "button", name)
    if said:
        assert page.get_by_text(said).first.is_visible()


def give_date(page: Page, legend: str, *typed: str) -> None:
    group = page.get_by_role("group", name=legend, exact=True)
    for part, value in zip(("Day", "Month", "Year"), typed, strict=True):
        group.get_by_label(part, exact=True).fill(value)


def test_a_plan_is_set_up_ordered_moved_and_copied_with_the_keyboard(
    browser: Browser, service: servers.Service
) -> None:
    with visiting(browser, service, Role.editor) as page:
        set_up(page, f"{service.address}/plans", "SIP", check)


def test_all_of_it_works_without_scripts(browser: Browser, service: servers.Service) -> None:
    with visiting(browser, service, Role.editor, java_script_enabled=False) as page:
        # axe is a script itself.
        set_up(page, f"{service.address}/plans", "WSOA", lambda page: None)


def set_up(visit: Page, start: str, ref: str, look: Callable[[Page], None]) -> None:
    """From an empty plan to a copy of it; ``look`` at each form and each kind of error on the way."""
    visit.goto(start)
    go_on(visit, "link", "Add a plan", exact=True)
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
        go_on(visit, "link", "Add a priority", exact=True)
        visit.get_by_label("Title", exact=True).fill(title)
        visit.get_by_label("Ref", exact=True).fill(f"{title[:3]} {len(title)}")
        visit.get_by_label("Senior responsible officer", exact=True).press("S")
        press(visit, "Add the priority", "It is added. Add its actions next.")
        visit.goto(plan)
    look(visit)
    go_on(visit, "link", "Order of the priorities", exact=True)
    look(visit)
    visit.get_by_label("Place of Inf 11").fill("1")
    press(visit, "Save this order", "The new order is saved.")

    for title, place in (("Agree a process", "Inf 11"), ("Build a dashboard", "Inf 11")):
        go_on(visit, "link", "Add an action", exact=True)
        visit.get_by_label("Title", exact=True).fill(title)
        visit.get_by_label(f"Ref under {place}").fill("11.1" if title < "B" else "11.2")
        give_date(visit, "Due date", "30", "6", "2024")
        if title < "B":
            look(visit)
        press(visit, "Add the action", "The action is added.")
        action = visit.url.partition("?")[0]
        visit.goto(plan)
    go_on(visit, "link", "Inf 11 Information", exact=True)
    go_on(visit, "link", "Order of the actions", exact=True)
    look(visit)
    visit.get_by_label("Place of 11.2").fill("1")
    press(visit, "Save this order")
    look(visit)
    visit.get_by_label("Reason", exact=True).fill("As in the inspection report")
    press(visit, "Save this order", "The new order is saved. It holds from today on.")
    assert visit.get_by_role("link", name="11.1 Build a dashboard").is_visible()

    visit.goto(action)
    go_on(visit, "link", "Change its action points", exact=True)
    look(visit)
    visit.get_by_label("Ref under Gov 10").fill("10.1")
    press(visit, "Save these action points", "The action points are recorded.")
    go_on(visit, "link", "Change dates and impact", exact=True)
    look(visit)
    visit.get_by_label("Ongoing", exact=True).press("Space")
    for part in ("Day", "Month", "Year"):
        visit.get_by_role("group", name="Due date", exact=True).get_by_label(part, exact=True).fill("")
    give_date(visit, "Review date", "30", "9", "2024")
    press(visit, "Save these dates", "The dates and the impact are recorded.")
    assert visit.get_by_text("Ongoing, review 30 September 2024").first.is_visible()
    for name, word in (("Withdraw", "withdrawn"), ("Reinstate", "reinstated")):
        go_on(visit, "link", f"{name} the action", exact=True)
        look(visit)
        visit.get_by_label("Reason", exact=True).fill("Agreed by the board")
        press(visit, f"{name} the action", f"The action is {word}.")
    visit.goto(plan)
    go_on(visit, "link", "Copy the plan", exact=True)
    look(visit)
    visit.get_by_label("Ref", exact=True).fill(f"{ref} 2")
    give_date(visit, "First day of the new plan", "1", "4", "2025")
    press(visit, "Copy the plan", "Every action in it begins as not started.")
    assert visit.get_by_text("0 of 3").first.is_visible()
